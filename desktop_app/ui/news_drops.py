"""Where files may be let go on the 图文 form: into the body, as the cover, as new articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop_app.article.limits import ARTICLES_MAX, PICTURE_BYTES
from desktop_app.ui.drop_overlay import DropTarget
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.units import size_text

if TYPE_CHECKING:
    from desktop_app.ui.news_form import NewsForm


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewsDrops", text)


def news_targets(payload: Payload, form: NewsForm) -> list[DropTarget]:
    """The body first and large; each says why it cannot take what hovers."""
    return [_body(payload, form), _cover(payload, form), _articles(payload, form)]


def _only_pictures(payload: Payload) -> str:
    if payload.addresses:
        return _tr("只收这台电脑上的文件")
    return "" if payload.may_be("image") else _tr("这里只收图片")


def _body(payload: Payload, form: NewsForm) -> DropTarget:
    hint = _tr("放在光标处，按文件名排序。超过 {size} 的图片自动压缩").format(size=size_text(PICTURE_BYTES))
    pictures, others = payload.may_be("image"), payload.count("video") + payload.count("voice")
    notes: tuple[tuple[str, str, str], ...] = ()
    if pictures and others:
        notes = (
            (_tr("{n} 张图片可插入").format(n=pictures), "outline", "image"),
            (_tr("{n} 个视频或语音放不进正文").format(n=others), "amber", "warning"),
        )
    refusal = _tr("只收这台电脑上的文件") if payload.addresses else ""
    return DropTarget("body", "image", _tr("插入正文"), hint, form.files.insert_pictures, refusal, notes)


def _cover(payload: Payload, form: NewsForm) -> DropTarget:
    refusal = _only_pictures(payload)
    if not refusal and payload.may_be("image") > 1:
        refusal = _tr("一次只能放 1 张图")
    return DropTarget("cover", "crop", _tr("设为封面"), _tr("放好就能裁剪"), form.files.cover_from, refusal)


def _articles(payload: Payload, form: NewsForm) -> DropTarget:
    room = ARTICLES_MAX - form.model.rowCount()
    refusal = _only_pictures(payload) or ("" if room else _tr("已经有 {n} 篇了").format(n=ARTICLES_MAX))
    hint = _tr("每张图新建一篇，还能放 {n} 篇").format(n=room)
    return DropTarget("articles", "plus", _tr("新增图文"), hint, form.files.add_articles_for, refusal)
