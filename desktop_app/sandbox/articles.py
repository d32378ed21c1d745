"""Articles of drafts and of uploadnews: the rules for their fields, and what WeChat removes from their HTML."""

from __future__ import annotations

import re
from typing import Any

from .api import Refusal, flag
from .article_html import strip_html
from .media import MediaBox
from .switches import Switches

MAX_ARTICLES = 8
MAX_PICTURES = 20
TITLE = 64
AUTHOR = 16
DIGEST = 120
CONTENT = 20_000
CONTENT_BYTES = 1024 * 1024
URL_BYTES = 1024
_TAG = re.compile(r"<[^>]*>")
_CROP = re.compile(r"(?:[01](?:\.\d{1,6})?_){3}[01](?:\.\d{1,6})?")


def read_articles(value: object, media: MediaBox, switches: Switches, *, draft: bool) -> list[dict[str, Any]]:
    """The checked articles of a list. Raises 44003, 47001, 45008 (more than 8), or an article's code."""
    if value is None or value == []:
        raise Refusal(44003)
    if not isinstance(value, list):
        raise Refusal(47001)
    if len(value) > MAX_ARTICLES:
        raise Refusal(45008)
    return [read_article(one, media, switches, draft=draft, single=len(value) == 1) for one in value]


def read_article(
    value: object, media: MediaBox, switches: Switches, *, draft: bool, single: bool = True
) -> dict[str, Any]:
    """One checked article with its defaults. `draft` needs a permanent cover, uploadnews takes a temporary one too.

    `content` is what WeChat keeps of the HTML, `raw_content` exactly what came.

    Raises 47001, 41039, 45003, 45110, 45004, 45005, 45008, 45166, 40007, 88000, 41026, 40215.
    """
    if not isinstance(value, dict):
        raise Refusal(47001)
    kind = value.get("article_type") or "news"
    if kind not in ("news", "newspic") or (kind == "newspic" and not draft):
        raise Refusal(47001)
    raw = _content(value)
    content = raw if kind == "newspic" else strip_html(raw, outside_links=switches.outside_links)
    article: dict[str, Any] = {
        "article_type": kind,
        "title": _text(value, "title", 45003, TITLE),
        "author": _text(value, "author", 45110, AUTHOR),
        "digest": _text(value, "digest", 45004, DIGEST),
        "content": content,
        "raw_content": raw,
        "content_source_url": _text(value, "content_source_url", 45005, URL_BYTES, in_bytes=True),
        "show_cover_pic": flag(value.get("show_cover_pic")),
        "need_open_comment": flag(value.get("need_open_comment")),
        "only_fans_can_comment": flag(value.get("only_fans_can_comment")),
    }
    if not article["title"]:
        raise Refusal(41039)
    if article["need_open_comment"] and not switches.comments:
        raise Refusal(88000)
    if kind == "newspic":
        article["image_info"] = _pictures(value.get("image_info"), media)
    else:
        article.update(_cover(value, media, draft=draft))
    if single and not article["digest"]:
        article["digest"] = _TAG.sub("", content)[: 54 if draft else 64]
    return article


def _text(value: dict[str, Any], name: str, too_long: int, limit: int, *, in_bytes: bool = False) -> str:
    text = value.get(name)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Refusal(47001)
    if (len(text.encode()) if in_bytes else len(text)) > limit:
        raise Refusal(too_long)
    return text


def _content(value: dict[str, Any]) -> str:
    content = value.get("content")
    if not content:
        raise Refusal(41039)
    if not isinstance(content, str):
        raise Refusal(47001)
    if len(content) >= CONTENT or len(content.encode()) >= CONTENT_BYTES:
        raise Refusal(45008)
    if "tempkey=" in content:
        raise Refusal(45166)
    return content


def _cover(value: dict[str, Any], media: MediaBox, *, draft: bool) -> dict[str, Any]:
    thumb = media.get(value.get("thumb_media_id"), "image", "thumb", permanent=True if draft else None)
    cover = {"thumb_media_id": thumb.media_id, "thumb_url": thumb.url}
    for name in ("pic_crop_235_1", "pic_crop_1_1"):
        crop = value.get(name)
        if crop:
            if not isinstance(crop, str) or not _CROP.fullmatch(crop):
                raise Refusal(47001)
            cover[name] = crop
    return cover


def _pictures(value: object, media: MediaBox) -> dict[str, Any]:
    listed = value.get("image_list") if isinstance(value, dict) else None
    if not listed:
        raise Refusal(41026)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Refusal(47001)
    if len(listed) > MAX_PICTURES:
        raise Refusal(40215)
    found = [media.get(one.get("image_media_id"), "image", permanent=True) for one in listed]
    return {"image_list": [{"image_media_id": one.media_id} for one in found]}
