"""What a message of each kind is made of before it goes to WeChat, as plain JSON, and the rules for it.

text: ``{"text"}`` · image: ``{"files": [FILE …], "recommend", "comments": "off"|"all"|"fans"}`` ·
voice: ``{"file": FILE|None}`` · video: ``{"file": FILE|None, "title", "description"}`` ·
FILE: ``{"sha256", "name"}``, a file in the media cache · news: see ``desktop_app.article.contents``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from desktop_app.article import contents as article_contents
from desktop_app.article.check import Finding
from desktop_app.media import limits
from desktop_app.store.caches import MediaFile

KINDS = ("text", "image", "voice", "video", "news")
TITLE_CHARS = 40
COMMENTS = {"off": (False, False), "all": (True, False), "fans": (True, True)}
"""need_open_comment and only_fans_can_comment."""

_ATTRIBUTE = r"""[\w-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*')\s*"""
_LINK = re.compile(rf"<a\s+(?:{_ATTRIBUTE})+>.*?</a\s*>", re.IGNORECASE | re.DOTALL)
_TORN_LINK = re.compile(r"<a\s|</a\b|\bhref\s*=", re.IGNORECASE)

Look = Callable[[str], MediaFile | None]


@dataclass(frozen=True)
class Check:
    """One finding: ``level`` "red" stops a send, "amber" is to be read, "ok" is good to know.

    Keys, with their args: ``text.empty`` ``text.encoding`` ``text.long`` (chars, limit) ``text.over_2048``
    (size_bytes, limit) ``text.torn_link`` ``text.ok`` (chars) · ``image.empty`` ``image.too_many`` (count, limit)
    ``image.recommend_too_long`` (chars, limit) ``image.preview_first_only`` ``image.ok`` (count) ·
    ``voice.empty`` ``voice.ok`` (seconds) · ``video.empty`` ``video.title_empty``
    ``video.title_too_long`` ``video.description_too_long`` (chars, limit) ``video.may_be_refused`` ``video.ok``
    (seconds) · ``media.gone`` (name) ``media.expiring`` (name, expires_at) · ``account.no_right`` ·
    ``quota.spent`` ``quota.left`` (left, total, period). Of news: the codes of ``article.check.Finding``, with
    ``article`` (from 0, -1 for the whole message), ``where`` and ``fix`` beside the finding's own args. The forms
    add ``image.upload_failed`` ``voice.upload_failed`` ``video.upload_failed`` (count).
    """

    key: str
    level: str
    args: dict[str, Any] = field(default_factory=dict)


def empty_content(kind: str) -> dict[str, Any]:
    """A message of this kind with nothing in it yet."""
    empty: dict[str, dict[str, Any]] = {
        "news": {"articles": [], "draft_id": None},
        "text": {"text": ""},
        "image": {"files": [], "recommend": "", "comments": "off"},
        "voice": {"file": None},
        "video": {"file": None, "title": "", "description": ""},
    }
    return empty[kind]


def files_of(kind: str, content: Mapping[str, Any]) -> list[dict[str, str]]:
    """The files in the order in which they go out."""
    if kind == "image":
        return list(content.get("files") or ())
    file = content.get("file")  # the files of articles are in their texts
    return [file] if file else []


def with_file(kind: str, content: Mapping[str, Any], file: dict[str, str], after: str = "") -> dict[str, Any]:
    """The same message with one file more; a message with one place has it instead of its own.

    ``after``: see ``place_behind``. A message that has this file already, or no room for it, stays as it is.
    """
    if kind != "image":
        return {**content, "file": file}
    files = files_of(kind, content)
    held = [each["sha256"] for each in files]
    if file["sha256"] in held or len(files) >= limits.IMAGES_MAX:
        return dict(content)
    files.insert(place_behind(after, held), file)
    return {**content, "files": files}


def place_behind(after: str, held: Sequence[str]) -> int:
    """Where a file goes among those ``held`` (SHA-256s): behind ``after``, first for "", last if that one is gone."""
    if after in held:
        return held.index(after) + 1
    return len(held) if after else 0


def content_hash(kind: str, content: Mapping[str, Any]) -> str:
    """The same for what the followers would see the same; names of files do not count."""
    if kind == "news":
        return article_contents.content_hash(content)
    seen = {name: content.get(name, default) for name, default in empty_content(kind).items()}
    seen.pop("file", None)
    seen["files"] = [file["sha256"] for file in files_of(kind, content)]
    text = json.dumps([kind, seen], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def title_of(kind: str, content: Mapping[str, Any]) -> str:
    """What a list shows for it: the first line, the title or the name of the first file; "" for nothing."""
    if kind == "news":
        titles = [str(each.get("title", "")) for each in content.get("articles") or ()]
        text = next((title for title in titles if title.strip()), "")
    elif kind == "text":
        text = str(content.get("text", ""))
    elif kind == "image":
        text = str(content.get("recommend", ""))
    else:
        text = str(content.get("title", ""))
    title = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if not title:
        files = files_of(kind, content)
        title = PurePath(files[0]["name"]).stem if files else ""
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"


def of_finding(finding: Finding) -> Check:
    """A finding about articles as a check."""
    place = {"article": finding.article_index, "where": finding.where, "fix": finding.fix}
    return Check(finding.code, finding.level, {**finding.args, **place})


def rules(kind: str, content: Mapping[str, Any], look: Look) -> list[Check]:
    """What can be said about the content alone, the worst first."""
    if kind == "text":
        return _text_rules(str(content.get("text", "")))
    files = files_of(kind, content)
    if not files:
        return [Check(f"{kind}.empty", "red")]
    found = [look(file["sha256"]) for file in files]
    gone = [Check("media.gone", "red", {"name": f["name"]}) for f, m in zip(files, found, strict=True) if m is None]
    if kind == "image":
        return gone + _image_rules(len(files), str(content.get("recommend", "")))
    seconds = found[0].seconds if found[0] is not None else 0.0
    more = _video_rules(content) if kind == "video" else []
    return gone + more + [Check(f"{kind}.ok", "ok", {"seconds": seconds})]


def _text_rules(text: str) -> list[Check]:
    try:
        size_bytes = len(text.encode())
    except UnicodeEncodeError:  # half of a surrogate pair
        return [Check("text.encoding", "red")]
    if not text.strip():
        return [Check("text.empty", "red")]
    found = []
    if len(text) > limits.TEXT_WARN_CHARS:
        found.append(Check("text.long", "amber", {"chars": len(text), "limit": limits.TEXT_WARN_CHARS}))
    if size_bytes > limits.TEXT_BYTES:
        found.append(Check("text.over_2048", "amber", {"size_bytes": size_bytes, "limit": limits.TEXT_BYTES}))
    if _TORN_LINK.search(_LINK.sub("", text)):
        found.append(Check("text.torn_link", "amber"))
    return found or [Check("text.ok", "ok", {"chars": len(text)})]


def _image_rules(count: int, recommend: str) -> list[Check]:
    found = []
    if count > limits.IMAGES_MAX:
        found.append(Check("image.too_many", "red", {"count": count, "limit": limits.IMAGES_MAX}))
    found += _too_long("image.recommend_too_long", recommend, limits.RECOMMEND_CHARS)
    if count > 1:
        found.append(Check("image.preview_first_only", "ok"))
    found.append(Check("image.ok", "ok", {"count": count}))
    return found


def _video_rules(content: Mapping[str, Any]) -> list[Check]:
    title, description = str(content.get("title", "")), str(content.get("description", ""))
    found = [] if title.strip() else [Check("video.title_empty", "red")]
    found += _too_long("video.title_too_long", title, limits.VIDEO_TITLE)
    found += _too_long("video.description_too_long", description, limits.VIDEO_DESCRIPTION)
    # 48013, 48022: today's server may refuse a video that came through the API.
    return [*found, Check("video.may_be_refused", "amber")]


def _too_long(key: str, text: str, limit: int) -> list[Check]:
    return [Check(key, "red", {"chars": len(text), "limit": limit})] if len(text) > limit else []
