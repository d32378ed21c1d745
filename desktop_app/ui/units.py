"""Sizes, durations and times as the window writes them: 486 KB, 0:42, 2 天 21 小时, 14:32."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication


def _tr(text: str) -> str:
    return QCoreApplication.translate("Units", text)


def size_text(size_bytes: float) -> str:
    """A file size: ``640 KB`` below one megabyte, ``3.1 MB`` above."""
    if size_bytes < 1024:
        return f"{int(size_bytes)} B"
    if size_bytes < 1024 * 1024 * 0.9995:
        return f"{size_bytes / 1024:.0f} KB"
    megabytes = size_bytes / (1024 * 1024)
    return f"{megabytes:.0f} MB" if megabytes == int(megabytes) else f"{megabytes:.1f} MB"


def duration_text(seconds: float) -> str:
    """The length of a recording as on a player: ``0:42``, ``12:05``."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def left_text(seconds: float) -> str:
    """Time left in its two largest units: ``2 天 21 小时``, ``21 小时 5 分钟``, ``5 分钟``."""
    minutes = max(int(seconds // 60), 0)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days and not hours:
        return _tr("{days} 天").format(days=days)
    if days:
        return _tr("{days} 天 {hours} 小时").format(days=days, hours=hours)
    if hours:
        return _tr("{hours} 小时 {minutes} 分钟").format(hours=hours, minutes=minutes)
    return _tr("{minutes} 分钟").format(minutes=minutes)


def clock_text(at: float) -> str:
    """A moment of today on this computer's clock: ``14:32``. ``at`` is in Unix seconds."""
    return time.strftime("%H:%M", time.localtime(at))


def count_text(number: int) -> str:
    """A number with thousands commas: ``9,126``."""
    return f"{number:,}"


def day_text(at: float, now: float) -> str:
    """A moment in a table: ``今天 14:32``, ``3/24 18:02``, ``2025/12/30 09:00``."""
    then, today = time.localtime(at), time.localtime(now)
    clock = time.strftime("%H:%M", then)
    if then[:3] == today[:3]:
        return _tr("今天 {clock}").format(clock=clock)
    day = f"{then.tm_mon}/{then.tm_mday}"
    return f"{day} {clock}" if then.tm_year == today.tm_year else f"{then.tm_year}/{day} {clock}"


def translated_kind(kind: str) -> str:
    """What the tabs call a kind of message."""
    names = {
        "text": QCoreApplication.translate("Kinds", "文字"),
        "image": QCoreApplication.translate("Kinds", "图片"),
        "voice": QCoreApplication.translate("Kinds", "语音"),
        "video": QCoreApplication.translate("Kinds", "视频"),
        "news": QCoreApplication.translate("Kinds", "图文"),
    }
    return names.get(kind, kind)


class _Argument:
    """One argument inside a sentence, written as the sentence asks for it."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __format__(self, how: str) -> str:
        value = self._value
        if how == "size" and isinstance(value, int | float):
            return size_text(value)
        if how == "time" and isinstance(value, int | float):
            return duration_text(value)
        if how == "kind":
            return translated_kind(str(value))
        if how == "format":
            parts = value if isinstance(value, list | tuple) else [value]
            return " / ".join({"jpeg": "JPG", "webp": "WebP"}.get(part, part.upper()) for part in parts)
        if isinstance(value, float):
            if value >= 100:
                return count_text(round(value))
            return f"{value:g}" if value < 10 else f"{round(value, 1):g}"
        return count_text(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)


class _Arguments(dict[str, Any]):
    """Arguments of a sentence; one that the error did not bring stays out instead of failing."""

    def __missing__(self, name: str) -> _Argument:
        return _Argument("")


def fill(sentence: str, args: Mapping[str, Any]) -> str:
    """A sentence with its arguments: ``{name}``, ``{limit:size}``, ``{seconds:time}``, ``{kind:kind}``,
    ``{formats:format}``; numbers get their commas.
    """
    return sentence.format_map(_Arguments((name, _Argument(value)) for name, value in args.items()))
