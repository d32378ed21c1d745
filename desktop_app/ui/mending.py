"""What the buttons beside a refused file say, and the one question that mending may ask: where a cut begins."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_app.media.limits import LIMITS
from desktop_app.store.caches import MediaFile
from desktop_app.ui.context import Context
from desktop_app.ui.error_box import words
from desktop_app.ui.settings_page import SettingsPage
from desktop_app.ui.units import translated_kind
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import CUT, Transfer


def _tr(text: str) -> str:
    return QCoreApplication.translate("Mending", text)


def fix_words(fix: str) -> str:
    """The verb on the button, "" for a fix that nobody knows."""
    return {
        "to_jpg": _tr("转成 JPG"),
        "to_mp3": _tr("转成 MP3"),
        "to_mp4": _tr("转成 MP4"),
        "fit_video": _tr("压到 9 MB"),
        "fit_voice": _tr("压到 2 MB"),
        CUT: _tr("截取 {seconds} 秒").format(seconds=LIMITS["voice"].max_seconds),
    }.get(fix, "")


def move_words(kind: str) -> str:
    """The button of a file that belongs into the form of another kind of message."""
    return _tr("放到{kind}").format(kind=translated_kind(kind))


def mend(context: Context, near: QWidget, transfer: Transfer) -> None:
    """Do what the refusal of a file proposes; a cut first asks which part is wanted.

    Where the converter is missing, it is said how to get it.
    """
    if transfer.error is not None and _lacks_converter(context, transfer):
        window = near.window()  # the widget may be gone when the toast is answered
        said = words(transfer.error)
        shell(near).toast(said.advice, "info", "amber", (_tr("去设置"), lambda: _open_settings(window)))
        return
    if transfer.fix != CUT or transfer.error is None:
        context.transfers.mend(transfer)
        return
    media, sha256, window = context.profile.media, str(transfer.error.args_["sha256"]), near.window()
    context.tasks.start(
        "work",
        lambda job: media.media(sha256),
        owner=window,
        on_done=lambda original: _ask_part(context, window, transfer, original),
    )


def _ask_part(context: Context, window: QWidget, transfer: Transfer, original: MediaFile | None) -> None:
    if original is None or transfer.fix != CUT:  # somebody emptied the folder: the attempt says so
        context.transfers.mend(transfer)
        return
    from desktop_app.ui.trim_dialog import TrimDialog  # sound is loaded when it is wanted

    limit_s = float(LIMITS["voice"].max_seconds)
    dialog = TrimDialog(
        context, window, name=transfer.name, path=original.path, seconds=original.seconds, limit_s=limit_s
    )
    dialog.chosen.connect(lambda start_s: context.transfers.mend(transfer, start_s))
    dialog.open()


def mend_all(context: Context, near: QWidget, transfers: Sequence[Transfer]) -> None:
    """Mend files whose fix asks nothing. Where the converter is missing that is said once, and the others go on."""
    stuck = [each for each in transfers if _lacks_converter(context, each)]
    for transfer in transfers:
        if transfer not in stuck:
            context.transfers.mend(transfer)
    if stuck:
        mend(context, near, stuck[0])


def _lacks_converter(context: Context, transfer: Transfer) -> bool:
    needs = transfer.error is not None and bool(transfer.error.args_.get("needs"))
    return needs and context.profile.media.ffmpeg is None


def _open_settings(window: QWidget) -> None:
    """Show where the converter is chosen."""
    shell(window).show_page("settings")
    page = window.findChild(SettingsPage)
    if page is not None:
        page.show_section("media")
