"""Which kind of message fits what is dropped, and how the overlay's targets say so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from desktop_app.media.limits import IMAGES_MAX, LIMITS
from desktop_app.ui.drop_overlay import DropTarget
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.units import size_text, translated_kind

FILE_KINDS = ("image", "voice", "video")
SINGLE = ("voice", "video")
_ICONS = {"image": "image", "voice": "voice", "video": "video"}


def _tr(text: str) -> str:
    return QCoreApplication.translate("ComposeDrops", text)


def web_sentence() -> str:
    """What to do with something dragged out of a web page."""
    return _tr("网页上的内容不能直接放进来。先存到这台电脑，再把文件拖进来")


def best_kind(payload: Payload, current: str) -> str:
    """The kind for files that were not let go on a target: the one in front if it may take them."""
    if current in FILE_KINDS and payload.may_be(current):
        return current
    return max(FILE_KINDS, key=payload.count)  # the first one, pictures, when nothing is known


def payload_words(payload: Payload) -> str:
    """「12 个文件 · 9 张图片 · 3 个视频」."""
    if payload.addresses:
        return web_sentence()
    if payload.bitmap is not None:
        return _tr("1 张图片")
    patterns = {"image": _tr("{n} 张图片"), "voice": _tr("{n} 个语音"), "video": _tr("{n} 个视频")}
    parts = [_tr("{n} 个文件").format(n=len(payload.files))]
    for kind, pattern in patterns.items():
        if count := payload.count(kind):
            parts.append(pattern.format(n=count))
    return " · ".join(parts)


def make_targets(
    payload: Payload, current: str, take: Callable[[str], Callable[[Payload], object]]
) -> list[DropTarget]:
    """One target for each kind that takes files; the most likely one first, so that it is the large one."""
    targets = [_target(kind, payload, take(kind)) for kind in FILE_KINDS]
    likely = best_kind(payload, current)
    return sorted(targets, key=lambda target: (bool(target.refusal), target.key != likely))


def _target(kind: str, payload: Payload, take: Callable[[Payload], object]) -> DropTarget:
    limit = LIMITS[kind]
    titles = {"image": _tr("发图片"), "voice": _tr("发语音"), "video": _tr("发视频")}
    hints = {
        "image": _tr("JPG / PNG / GIF，单张不超过 {size}，最多 {n} 张"),
        "voice": _tr("MP3 / AMR，不超过 {size}、{seconds} 秒"),
        "video": _tr("MP4，不超过 {size}"),
    }
    hint = hints[kind].format(size=size_text(limit.max_bytes), n=IMAGES_MAX, seconds=limit.max_seconds)
    return DropTarget(kind, _ICONS[kind], titles[kind], hint, take, _refusal(kind, payload), _notes(kind, payload))


def _refusal(kind: str, payload: Payload) -> str:
    if payload.addresses:
        return _tr("只收这台电脑上的文件")
    possible = payload.may_be(kind)
    if not possible:
        return _tr("这里只收{kind}").format(kind=translated_kind(kind))
    if kind in SINGLE and possible > 1:
        return _tr("一次只能放 1 个{kind}").format(kind=translated_kind(kind))
    return ""


def _notes(kind: str, payload: Payload) -> tuple[tuple[str, str, str], ...]:
    fit, all_files = payload.may_be(kind), payload.count()
    if fit == all_files:
        return ()
    good = _tr("{n} 个文件放得进来").format(n=fit)
    bad = _tr("{n} 个文件不是{kind}").format(n=all_files - fit, kind=translated_kind(kind))
    return ((good, "outline", _ICONS[kind]), (bad, "amber", "warning"))
