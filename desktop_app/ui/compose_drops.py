"""Which kind of message fits what is dropped, and how the overlay's targets say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from desktop_app.media.limits import IMAGES_MAX, LIMITS
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget, Note
from desktop_app.ui.units import size_text, translated_kind

Take = Callable[[Payload], object]

FILE_KINDS = ("image", "voice", "video")
SINGLE = ("voice", "video")
HEIC = ("heic", "heif")
# What a message takes as it is, or what is mended without asking; other suffixes of the kind have to be converted.
_AS_IT_IS = {"voice": ("mp3", "amr"), "video": ("mp4", "m4v")}


def _tr(text: str) -> str:
    return QCoreApplication.translate("ComposeDrops", text)


def best_kind(payload: Payload, current: str) -> str:
    """The kind for files that were not let go on a target: the one in front if it may take them."""
    if current in FILE_KINDS and payload.may_be(current):
        return current
    return max(FILE_KINDS, key=payload.count)  # the first one, pictures, when nothing is known


def make_targets(payload: Payload, current: str, take: Callable[[str], Take], library: Take) -> list[DropTarget]:
    """The likely kind of message first and large, the other kinds and the library at its right."""
    targets = [_target(kind, payload, take(kind)) for kind in FILE_KINDS]
    likely = best_kind(payload, current)
    targets.sort(key=lambda target: (bool(target.refusal), target.key != likely))
    large = replace(targets[0], place="centre")
    return [large, *targets[1:], library_target(payload, library, _tr("永久素材，公众平台也看得到\n不放进消息"))]


def library_target(payload: Payload, take: Take, hint: str) -> DropTarget:
    """只存进素材库: nothing else is changed."""
    refusal = _tr("已经在素材库里") if payload.own else page_refusal(payload)
    return DropTarget("library", "grid", _tr("只存进素材库"), hint, take, refusal)


def library_page_targets(payload: Payload, take: Take) -> list[DropTarget]:
    """On the library's own page there is one large target; none for what is dragged out of it."""
    if payload.own:
        return []
    hint = _tr("图片、语音、视频都可以，一次放多少都行\n永久素材，公众平台也看得到")
    target = library_target(payload, take, hint)
    return [replace(target, title=_tr("存进素材库"), place="centre", notes=heic_note(payload))]


def list_targets(payload: Payload, suffixes: tuple[str, ...], take: Take, refusal: str) -> list[DropTarget]:
    """On the page that chooses the audience a table may become the list; none for other files."""
    tables = payload.suffixed(suffix.lstrip(".") for suffix in suffixes)
    if not tables:
        return []
    refusal = refusal or (_tr("一次只能放 1 个名单") if tables > 1 else "")
    hint = _tr("CSV、Excel（.xlsx）或文本文件\n自动识别 OpenID 所在的列")
    return [DropTarget("list", "table", _tr("读成名单"), hint, take, refusal, place="centre")]


def page_refusal(payload: Payload) -> str:
    """Why a link cannot be taken; "" for anything else."""
    return _tr("网页链接不是图片") if payload.pages else ""


def heic_note(payload: Payload) -> tuple[Note, ...]:
    """How many pictures no message and no article takes before they are converted."""
    count = payload.suffixed(HEIC)
    return ((_tr("{n} 张 HEIC 要转格式").format(n=count), "amber", "warning"),) if count else ()


def _target(kind: str, payload: Payload, take: Take) -> DropTarget:
    titles = {"image": _tr("发图片"), "voice": _tr("发语音"), "video": _tr("发视频")}
    return DropTarget(kind, kind, titles[kind], _hint(kind), take, _refusal(kind, payload), _notes(kind, payload))


def _hint(kind: str) -> str:
    limit = LIMITS[kind]
    hints = {
        "image": _tr("JPG / PNG / GIF / WebP / BMP / HEIC\n最多 {n} 张"),
        "voice": _tr("MP3 / AMR / WAV / M4A\n{seconds} 秒以内，更长的可以截取"),
        "video": _tr("MP4 / MOV\n超过 {size} 的可以压缩"),
    }
    return hints[kind].format(size=size_text(limit.max_bytes), n=IMAGES_MAX, seconds=limit.max_seconds)


def _refusal(kind: str, payload: Payload) -> str:
    if payload.pages:
        return page_refusal(payload)
    possible = payload.may_be(kind)
    if not possible:
        return _tr("这里只收{kind}").format(kind=translated_kind(kind))
    if kind in SINGLE and possible > 1:
        return _tr("一次只能放 1 个{kind}").format(kind=translated_kind(kind))
    return ""


def _notes(kind: str, payload: Payload) -> tuple[Note, ...]:
    """How many fit, how many do not, and what has to be converted, as far as the names promise."""
    fit, all_files = payload.likely(kind), payload.count()
    notes: list[Note] = []
    if fit != all_files:
        if fit:
            notes.append((_tr("{n} 个文件放得进来").format(n=fit), "outline", kind))
        bad = _tr("{n} 个文件不是{kind}").format(n=all_files - fit, kind=translated_kind(kind))
        notes.append((bad, "amber", "warning"))
    if kind == "image":
        if fit > IMAGES_MAX:
            notes.append((_tr("只放前 {n} 张").format(n=IMAGES_MAX), "amber", "warning"))
        return (*notes, *heic_note(payload))
    others = payload.count(kind) - payload.suffixed(_AS_IT_IS[kind])
    if others > 0:
        text = _tr("要转成 MP3") if kind == "voice" else _tr("要转成 MP4")
        notes.append((text, "amber", "warning"))
    return tuple(notes)
