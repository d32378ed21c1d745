"""Routes of files: temporary media, permanent material, pictures of articles, videos for mass sends."""

from __future__ import annotations

import json
from typing import Any

from .api import Call, Refusal, Reply, is_int, route
from .articles import read_articles
from .media import Media
from .multipart import Part

_MIME = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "amr": "audio/amr",
    "mp3": "audio/mp3",
    "wav": "audio/wav",
    "wma": "audio/x-ms-wma",
}
_VIDEO_TITLE = 128
_VIDEO_TEXT = 512


def _media_part(call: Call) -> Part | None:
    return call.request.form.file("media") if call.request.form else None


def _address(call: Call, media: Media) -> str:
    host = call.request.headers.get("Host", "127.0.0.1")
    return f"http://{host}/__sandbox__/file/{media.sha256}"


def _file_reply(call: Call, media: Media) -> Reply:
    name = f"{media.media_id}.{media.format}"
    headers = {"Content-disposition": f'attachment; filename="{name}"'}
    return Reply(b"", _MIME[media.format], 200, headers, call.world.files.path(media.sha256))


@route("POST", "media/upload", body="form")
def media_upload(call: Call) -> dict[str, Any]:
    """POST media/upload: temporary media; a thumb answers with thumb_media_id only."""
    kind = call.query.get("type", "")
    media = call.account.media.upload(kind, _media_part(call), permanent=False)
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: media.media_id, "created_at": media.created_at, "item": []}


@route("GET", "media/get")
def media_get(call: Call) -> dict[str, Any] | Reply:
    """GET media/get: the bytes of temporary media, an address for a video."""
    if not call.query.get("media_id"):
        raise Refusal(41006)
    media = call.account.media.get(call.query["media_id"], "image", "voice", "video", "thumb", permanent=False)
    if media.kind == "video":
        return {"video_url": _address(call, media)}
    return _file_reply(call, media)


@route("POST", "media/uploadimg", body="form")
def media_uploadimg(call: Call) -> dict[str, Any]:
    """POST media/uploadimg: a picture of an article's body, jpg or png below 1 MB; an address, no media_id."""
    return {"url": call.account.media.upload_picture(_media_part(call)), "errcode": 0, "errmsg": "ok"}


@route("POST", "media/uploadvideo")
def media_uploadvideo(call: Call) -> dict[str, Any]:
    """POST media/uploadvideo: from an uploaded video to the id that can be mass-sent."""
    source = call.world.switches.uploadvideo_source
    permanent = {"temporary": False, "permanent": True, "either": None}[source]
    video = call.account.media.get(call.text("media_id", 41006), "video", permanent=permanent)
    title, description = call.json.get("title") or "", call.json.get("description") or ""
    if not isinstance(title, str) or not isinstance(description, str):
        raise Refusal(47001)
    if len(title) > _VIDEO_TITLE:
        raise Refusal(45003)
    if len(description) > _VIDEO_TEXT:
        raise Refusal(45004)
    made = call.account.media.add("mpvideo", form=video.format)
    made.sha256, made.size, made.title, made.description = video.sha256, video.size, title, description
    return {"type": "video", "media_id": made.media_id, "created_at": made.created_at}


@route("POST", "media/uploadnews")
def media_uploadnews(call: Call) -> dict[str, Any]:
    """POST media/uploadnews: one to eight articles as temporary news."""
    articles = read_articles(call.json.get("articles"), call.account.media, call.world.switches, draft=False)
    news = call.account.media.add("news")
    news.articles = articles
    return {"type": "news", "media_id": news.media_id, "created_at": news.created_at}


@route("POST", "material/add_material", body="form")
def add_material(call: Call) -> dict[str, Any]:
    """POST material/add_material: permanent material; a video needs the field `description`."""
    kind = call.query.get("type", "")
    texts = _description(call) if kind == "video" else {}
    _check_room(call, kind)
    media = call.account.media.upload(kind, _media_part(call), permanent=True)
    media.title, media.description = texts.get("title", ""), texts.get("introduction", "")
    url = {"url": media.url} if kind in ("image", "thumb") else {}
    return {"media_id": media.media_id, **url, "item": []}


def _check_room(call: Call, kind: str) -> None:
    """Raises 45074 when the library holds as much of this kind as fits."""
    switches = call.world.switches
    room = switches.library_images if kind == "image" else switches.library_others
    if len(_listed(call, kind)) >= room:
        raise Refusal(45074)


def _description(call: Call) -> dict[str, str]:
    """The video's texts: a form field with JSON in it. Raises 41039 (absent), 47001 (no such JSON), 45003, 45004."""
    text = call.request.form.value("description") if call.request.form else None
    if not text:
        raise Refusal(41039)
    try:
        value = json.loads(text)
    except ValueError:
        raise Refusal(47001) from None
    if not isinstance(value, dict):
        raise Refusal(47001)
    title, introduction = value.get("title", ""), value.get("introduction", "")
    if not isinstance(title, str) or not isinstance(introduction, str):
        raise Refusal(47001)
    if not title:
        raise Refusal(41039)
    if len(title) > _VIDEO_TITLE:
        raise Refusal(45003)
    if len(introduction) > _VIDEO_TEXT:
        raise Refusal(45004)
    return {"title": title, "introduction": introduction}


def _material(call: Call) -> Media:
    return call.account.media.get(call.text("media_id", 41006), "image", "voice", "video", "thumb", permanent=True)


@route("POST", "material/get_material")
def get_material(call: Call) -> dict[str, Any] | Reply:
    """POST material/get_material: the bytes, or for a video its texts and address."""
    media = _material(call)
    if media.kind == "video":
        return {"title": media.title, "description": media.description, "down_url": _address(call, media)}
    return _file_reply(call, media)


def _listed(call: Call, kind: str) -> list[Media]:
    found = [media for media in call.account.media.items.values() if media.permanent and media.kind == kind]
    return found[::-1]


@route("POST", "material/batchget_material")
def batchget_material(call: Call) -> dict[str, Any]:
    """POST material/batchget_material: a page of permanent material, newest first."""
    kind = call.json.get("type")
    if kind not in ("image", "video", "voice", "news"):
        raise Refusal(40004)
    offset, count = call.json.get("offset", 0), call.json.get("count")
    if not is_int(offset) or not is_int(count) or offset < 0 or not 1 <= count <= 20:
        raise Refusal(40035)
    listed = _listed(call, kind)
    page = [
        {"media_id": one.media_id, "name": one.filename, "update_time": one.created_at, "url": one.url}
        for one in listed[offset : offset + count]
    ]
    return {"total_count": len(listed), "item_count": len(page), "item": page}


@route("GET", "material/get_materialcount")
def get_materialcount(call: Call) -> dict[str, Any]:
    """GET material/get_materialcount: how much permanent material there is."""
    return {f"{kind}_count": len(_listed(call, kind)) for kind in ("voice", "video", "image", "news")}


@route("POST", "material/del_material")
def del_material(call: Call) -> dict[str, Any]:
    """POST material/del_material: delete permanent material that no menu and no auto-reply uses."""
    media = _material(call)
    if media.media_id == call.world.switches.menu_material:
        raise Refusal(48005)
    del call.account.media.items[media.media_id]
    return {"errcode": 0, "errmsg": "ok"}


@route("POST", "material/add_news")
def add_news(call: Call) -> dict[str, Any]:
    """POST material/add_news: retired in 2022."""
    raise Refusal(45106)


@route("POST", "material/update_news")
def update_news(call: Call) -> dict[str, Any]:
    """POST material/update_news: retired in 2022."""
    raise Refusal(45103)
