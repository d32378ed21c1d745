"""What the window says about a file on its way: one line for the row, one for screen readers, one for the bar."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_app.ui.error_box import words
from desktop_app.ui.units import duration_text, size_text
from desktop_app.workers.transfer import BODY, GONE, Stage, Totals, Transfer


def _tr(text: str) -> str:
    return QCoreApplication.translate("TransferWords", text)


def about_seconds(seconds: float) -> str:
    """「还要约 20 秒」, in steps that do not flicker."""
    if seconds >= 90:
        return _tr("还要约 {n} 分钟").format(n=round(seconds / 60))
    step = 5 if seconds > 10 else 1
    return _tr("还要约 {n} 秒").format(n=max(step, round(seconds / step) * step))


def size_words(transfer: Transfer) -> str:
    """「8.2 MB → 0.9 MB · 已压缩」, 「2 MB → 3 MB · 已转换」, 「880 KB · 无需压缩」, 「9.6 MB · 0:42」."""
    before, after, media = transfer.size_before, transfer.size_after, transfer.media
    if not before:
        return ""
    sizes = (size_text(before), size_text(after))
    if after and before > after and sizes[0] != sizes[1]:
        return f"{sizes[0]} → {sizes[1]} · {_tr('已压缩')}"
    if media is not None and media.made_from:
        changed = f"{sizes[0]} → {sizes[1]}" if sizes[0] != sizes[1] else sizes[0]
        return f"{changed} · {_tr('已转换')}"
    if media is not None and media.seconds:
        return f"{size_text(before)} · {duration_text(media.seconds)}"
    # Whether a body's picture has to be made smaller is known when it goes up.
    unchanged = media is not None and (transfer.use != BODY or transfer.stage == Stage.DONE)
    return f"{size_text(before)} · {_tr('无需压缩')}" if unchanged else size_text(before)


def kept_words(transfer: Transfer) -> str:
    """How long WeChat keeps it."""
    if transfer.stage != Stage.DONE:
        return ""
    if transfer.expires_at == GONE:
        return _tr("发送时重新上传")
    if transfer.expires_at is not None:
        return _tr("临时素材，存 3 天")
    return _tr("正文图片") if transfer.use == BODY else _tr("永久素材")


def second_line(transfer: Transfer) -> tuple[str, str]:
    """What stands below the name, and its colour."""
    if transfer.needs_person and transfer.error is not None:
        if transfer.stage == Stage.FAILED and 0 < transfer.fraction < 1:
            broken = _tr("上传中断，已传 {percent}%").format(percent=round(transfer.fraction * 100))
            return broken, "red.text"
        said = words(transfer.error)
        helped = transfer.fix or transfer.belongs_to  # beside a button that helps nobody needs the rule
        return said.title if helped else said.line, "red.text"
    if transfer.stage == Stage.READING:
        return _tr("正在检查"), "text.3"
    if transfer.stage == Stage.MENDING:
        parts = [_tr("正在转换")]
        if transfer.seconds_left is not None:
            parts.append(about_seconds(transfer.seconds_left))
        return " · ".join(parts), "text.3"
    parts = [size_words(transfer), kept_words(transfer)]
    return " · ".join(part for part in parts if part), "text.3"


def state_words(transfer: Transfer) -> str:
    """The word at the right of the row, "" where a button says it."""
    percent = f"{round(transfer.fraction * 100)}%"
    if transfer.stage == Stage.UPLOADING and transfer.fraction >= 1.0:
        return _tr("等微信回应")
    return {
        Stage.READING: "",
        Stage.MENDING: percent,
        Stage.WAITING: _tr("等待"),
        Stage.UPLOADING: percent,
        Stage.DONE: _tr("已上传"),
        Stage.STOPPED: _tr("已停止"),
    }.get(transfer.stage, "")


def sentence(transfer: Transfer) -> str:
    """The whole row for a screen reader: 「茶园航拍，已上传 62%」."""
    state = state_words(transfer)
    if transfer.stage == Stage.UPLOADING:
        state = _tr("已上传 {percent}").format(percent=state)
    return "，".join(part for part in (transfer.name, second_line(transfer)[0], state) if part)


def progress_words(totals: Totals) -> str:
    """「正在上传 3 / 12」, 「正在检查 3 / 12」: which one of how many is on its way."""
    at = min(totals.done + 1, totals.count)
    current = totals.current
    if current is not None and current.stage == Stage.MENDING:
        return _tr("正在转换")
    if current is not None and current.stage == Stage.READING:
        return _tr("正在检查 {at} / {count}").format(at=at, count=totals.count)
    return _tr("正在上传 {at} / {count}").format(at=at, count=totals.count)
