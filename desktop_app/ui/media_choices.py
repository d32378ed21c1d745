"""What can be done with chosen items of 素材库, with which of them, and why not with others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop_app.media.limits import IMAGES_MAX
from desktop_app.ui.media_words import body_only
from desktop_app.ui.units import translated_kind

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem

ICONS = {
    "article": "plus",
    "message": "send",
    "renew": "refresh",
    "permanent": "lock",
    "copy": "copy",
    "delete": "delete",
}
"""The keys of all choices in the order of the bar, with their icons."""


@dataclass(frozen=True)
class Choice:
    """One thing to do. ``items`` are those it is done with; ``reason`` says why it cannot be done at all."""

    key: str
    text: str
    icon: str
    items: tuple[LibraryItem, ...]
    reason: str = ""
    hint: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("MediaChoices", text)


def choice_text(key: str) -> str:
    """The words on the button."""
    return {
        "article": _tr("插入图文"),
        "message": _tr("用它发消息"),
        "renew": _tr("续 3 天"),
        "permanent": _tr("转永久"),
        "copy": "media_id",
        "delete": _tr("删除"),
    }[key]


def choices(items: Sequence[LibraryItem]) -> list[Choice]:
    """All of them, in the order of the bar."""
    return [_choice(key, icon, tuple(items)) for key, icon in ICONS.items()]


def _choice(key: str, icon: str, items: tuple[LibraryItem, ...]) -> Choice:
    if key in ("article", "message"):
        reason = _article_reason(items) if key == "article" else _message_reason(items)
        return Choice(key, choice_text(key), icon, items, reason)
    lasting = _tr("正文图片不会过期") if all(map(body_only, items)) else _tr("永久素材不会过期")
    away = _tr("原文件不在这台电脑上，不能重新上传")
    usable, reason = {
        "renew": (renewable, lasting if all(item.permanent for item in items) else away),
        "permanent": (_keepable, _tr("已经是永久素材") if all(map(_kept, items)) else away),
        "copy": (_has_media_id, _tr("正文里的图片只有地址，没有 media_id")),
        "delete": (lambda item: True, ""),
    }[key]
    return _partly(key, icon, items, usable, reason)


def _partly(
    key: str,
    icon: str,
    items: tuple[LibraryItem, ...],
    usable: Callable[[LibraryItem], bool],
    reason: str,
) -> Choice:
    """Something that is done with those of the items that it makes sense for."""
    fit = tuple(item for item in items if usable(item))
    if fit:
        hint = _whole_hint(key) if len(fit) == len(items) else _tr("对其中 {n} 项").format(n=len(fit))
        return Choice(key, choice_text(key), icon, fit, hint=hint)
    return Choice(key, choice_text(key), icon, (), reason)


def _whole_hint(key: str) -> str:
    """What a button with few words does."""
    return {
        "renew": _tr("重新上传，从现在起再存 3 天"),
        "permanent": _tr("再上传一份永久素材，公众平台也看得到"),
        "copy": _tr("复制 media_id"),
    }.get(key, "")


def renewable(item: LibraryItem) -> bool:
    """Whether it is temporary and the file is here to be sent up once more."""
    return not item.permanent and item.path is not None


def _keepable(item: LibraryItem) -> bool:
    """Whether it has no permanent media_id yet and the file is here to be sent up as one."""
    return item.path is not None and not _kept(item)


def _kept(item: LibraryItem) -> bool:
    """Whether it is in WeChat's own library."""
    return item.permanent and bool(item.media_id)


def _has_media_id(item: LibraryItem) -> bool:
    return bool(item.media_id)


def _lost(items: Sequence[LibraryItem]) -> bool:
    """Whether one is not on this computer and cannot be fetched: WeChat hands out permanent media only."""
    return any(item.path is None and not _kept(item) for item in items)


def _article_reason(items: Sequence[LibraryItem]) -> str:
    if any(item.kind != "image" for item in items):
        return _tr("图文正文里只能插入图片")
    return _tr("原文件不在这台电脑上，也不能从微信取回") if _lost(items) else ""


def _message_reason(items: Sequence[LibraryItem]) -> str:
    kinds = {item.kind for item in items}
    if len(kinds) > 1:
        return _tr("一条消息只能用一种素材")
    kind = next(iter(kinds), "image")
    if kind != "image" and len(items) > 1:
        return _tr("一条消息只能放 1 个{kind}").format(kind=translated_kind(kind))
    if len(items) > IMAGES_MAX:
        return _tr("一条消息最多放 {n} 张图片").format(n=IMAGES_MAX)
    return _tr("原文件不在这台电脑上，也不能从微信取回") if _lost(items) else ""
