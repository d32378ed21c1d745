"""What 素材库 says of an item: its badge, its facts, where it is used, which of WeChat's limits is near."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from desktop_app.ui.units import count_text, duration_text, size_text, translated_kind

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem, NearLimit, Use

DAY_S = 24 * 3600.0


class Badge(NamedTuple):
    """A chip on top of a picture. ``tone`` as chips have them."""

    text: str
    tone: str
    icon: str


def _tr(text: str) -> str:
    return QCoreApplication.translate("Media", text)


def is_expired(item: LibraryItem, now: float) -> bool:
    """Whether WeChat has thrown it away by now."""
    return item.expires_at is not None and item.expires_at <= now


def left_text(seconds: float) -> str:
    """Time left as a card has room for: ``2 天 21 小时``, ``9 小时``, ``5 分钟``."""
    minutes = max(int(seconds // 60), 0)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days and not hours:
        return _tr("{days} 天").format(days=days)
    if days:
        return _tr("{days} 天 {hours} 小时").format(days=days, hours=hours)
    if hours:
        return _tr("{hours} 小时").format(hours=hours)
    return _tr("{minutes} 分钟").format(minutes=minutes)


def badge(item: LibraryItem, now: float) -> Badge:
    """How long an item lives: 永久, 剩 2 天 21 小时 (amber under a day), 已过期; or 正文图片, for good as well."""
    if body_only(item):
        return Badge(_tr("正文图片"), "inverse", "article")
    if item.expires_at is None:
        return Badge(_tr("永久"), "inverse", "lock")
    left = item.expires_at - now
    if left <= 0:
        return Badge(_tr("已过期"), "red", "warning")
    return Badge(_tr("剩 {time}").format(time=left_text(left)), "amber" if left < DAY_S else "surface", "clock")


def body_only(item: LibraryItem) -> bool:
    """Whether WeChat has it as a picture of articles alone: kept for good, an address without a media_id."""
    return item.expires_at is None and not item.media_id


def size_facts(item: LibraryItem) -> str:
    """「1080×720 · 486 KB」, 「1080p · 9.6 MB」, 「412 KB」; what is not known is left out."""
    parts = []
    if item.kind == "image" and item.width and item.height:
        parts.append(f"{item.width}×{item.height}")
    elif item.kind == "video" and item.width and item.height:
        parts.append(f"{min(item.width, item.height)}p")
    if item.size_bytes:
        parts.append(size_text(item.size_bytes))
    return " · ".join(parts) or _tr("大小未知")


def length_text(item: LibraryItem) -> str:
    """「0:42」 of a voice or video; empty when it is not known."""
    return duration_text(item.seconds) if item.kind != "image" and item.seconds else ""


def spoken(item: LibraryItem, now: float) -> str:
    """The item as a sentence: 「春山_头图.png，图片，486 KB，剩 2 天 21 小时」."""
    size = size_text(item.size_bytes) if item.size_bytes else ""
    parts = [item.name, translated_kind(item.kind), length_text(item), size, badge(item, now).text]
    return "，".join(part for part in parts if part)


def uses_text(uses: Iterable[Use]) -> str:
    """「用在 2 篇图文草稿和 1 条已发的消息里」; empty when it is used nowhere."""
    count = Counter(use.where for use in uses)
    patterns = {
        "article": _tr("{n} 篇图文草稿"),
        "draft": _tr("{n} 条没发的消息"),
        "send": _tr("{n} 条已发的消息"),
    }
    parts = [pattern.format(n=count_text(count[where])) for where, pattern in patterns.items() if count[where]]
    if not parts:
        return ""
    before = "、".join(parts[:-1])
    listed = _tr("{some}和 {last}").format(some=before, last=parts[-1]) if before else parts[-1]
    return _tr("用在 {what}里").format(what=listed)


def limit_text(near: NearLimit) -> str:
    """「图片素材 98,300 / 100,000，快满了」."""
    names = {
        "images": _tr("图片素材"),
        "voices": _tr("语音素材"),
        "videos": _tr("视频素材"),
        "upload": _tr("今天的临时素材上传"),
        "uploadimg": _tr("今天的正文图片上传"),
        "add_material": _tr("今天的永久素材上传"),
    }
    full = near.used >= near.limit
    daily = near.what not in ("images", "voices", "videos")
    end = {
        (True, False): _tr("快用完了"),
        (True, True): _tr("用完了，明天 0 点恢复"),
        (False, False): _tr("快满了"),
        (False, True): _tr("满了，删掉一些才能再放"),
    }[daily, full]
    name = names.get(near.what, _tr("今天的 {what} 次数").format(what=near.what))
    return f"{name} {count_text(near.used)} / {count_text(near.limit)}，{end}"
