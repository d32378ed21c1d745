"""Where files may be let go on the 图文 form: into the body, as the cover, as new articles, into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop_app.article.limits import ARTICLES_MAX
from desktop_app.ui.compose_drops import Take, heic_note, library_target, page_refusal
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget, Note

if TYPE_CHECKING:
    from desktop_app.ui.news_form import NewsForm


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewsDrops", text)


def news_targets(payload: Payload, form: NewsForm, library: Take) -> list[DropTarget]:
    """The body first and large; each says why it cannot take what hovers."""
    return [
        _body(payload, form),
        _cover(payload, form),
        _articles(payload, form),
        library_target(payload, library, _tr("永久素材，公众平台也看得到\n不改动这篇图文")),
    ]


def _only_pictures(payload: Payload) -> str:
    return page_refusal(payload) or ("" if payload.may_be("image") else _tr("这里只收图片"))


def _body(payload: Payload, form: NewsForm) -> DropTarget:
    hint = _tr("放在光标处，按文件名排序。超过 1 MB 的图片自动压缩")
    refusal = page_refusal(payload)
    if not refusal and not payload.may_be("image"):
        refusal = _tr("正文里不能通过接口放视频和语音，可以只存进素材库")
    notes = _notes(payload)
    return DropTarget("body", "image", _tr("插入正文"), hint, form.files.insert_pictures, refusal, notes, "centre")


def _notes(payload: Payload) -> tuple[Note, ...]:
    pictures, sounds_and_films = payload.likely("image"), payload.count("video") + payload.count("voice")
    strangers = payload.count() - pictures - sounds_and_films
    notes: list[Note] = []
    if pictures and (sounds_and_films or strangers or payload.suffixed(("heic", "heif"))):
        notes.append((_tr("{n} 张图片可插入").format(n=pictures), "outline", "image"))
    for kind, pattern in (("video", _tr("{n} 个视频只进素材库")), ("voice", _tr("{n} 个语音只进素材库"))):
        if count := payload.count(kind):
            notes.append((pattern.format(n=count), "amber", "warning"))
    if strangers:
        notes.append((_tr("{n} 个文件不是图片").format(n=strangers), "amber", "warning"))
    return (*notes, *heic_note(payload))


def _cover(payload: Payload, form: NewsForm) -> DropTarget:
    refusal = _only_pictures(payload)
    if not refusal and payload.may_be("image") > 1:
        refusal = _tr("一次只能放 1 张图")
    return DropTarget("cover", "crop", _tr("设为封面"), _tr("放好就能裁剪"), form.files.cover_from, refusal)


def _articles(payload: Payload, form: NewsForm) -> DropTarget:
    room = ARTICLES_MAX - form.model.rowCount()
    refusal = _only_pictures(payload) or ("" if room else _tr("已经有 {n} 篇了").format(n=ARTICLES_MAX))
    hint = _tr("每张图新建一篇\n还能放 {n} 篇").format(n=room)
    return DropTarget("articles", "plus", _tr("新增图文"), hint, form.files.add_articles_for, refusal, place="left")
