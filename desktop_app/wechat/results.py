"""From the JSON of a reply to the values of ``types``; an answer without what was asked for is ``Unreadable``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from desktop_app.wechat import reply
from desktop_app.wechat.reply import Unreadable
from desktop_app.wechat.types import (
    DraftEntry,
    DraftPage,
    Follower,
    FollowerPage,
    MassStatus,
    Material,
    MaterialCount,
    MaterialPage,
    Quota,
    Receipt,
    Speed,
    Tag,
    Uploaded,
    VideoMaterial,
)

Reply = Mapping[str, Any]


def done(found: Reply) -> None:
    """The plain "ok" of a call that returns nothing else."""
    reply.acknowledged(found)


def uploaded(kind: str) -> Callable[[Reply], Uploaded]:
    """Reads the answer to an upload of ``kind``. A thumb is answered with ``thumb_media_id`` alone."""

    def read(found: Reply) -> Uploaded:
        media_id = reply.identifier(found, "media_id", "thumb_media_id")
        url = reply.identifier(found, "url") if found.get("url") else ""
        created_at = reply.whole_number(found.get("created_at"))
        return Uploaded(reply.text(found, "type") or kind, media_id, created_at, url)

    return read


def media_id(found: Reply) -> str:
    """A draft's media_id."""
    return reply.identifier(found, "media_id")


def url(found: Reply) -> str:
    """The address of a picture for an article's body."""
    return reply.identifier(found, "url")


def mass_receipt(found: Reply) -> Receipt:
    """Without a msg_id nobody can say that WeChat has a job."""
    msg_id = reply.whole_number(found.get("msg_id"))
    if msg_id is None:
        raise Unreadable("net.garbage")
    return Receipt(msg_id, reply.whole_number(found.get("msg_data_id")))


def preview_receipt(found: Reply) -> Receipt:
    """A preview may be acknowledged without any id."""
    reply.acknowledged(found)
    return Receipt(
        reply.whole_number(found.get("msg_id")),
        reply.whole_number(found.get("msg_data_id")),
    )


def mass_status(asked: int) -> Callable[[Reply], MassStatus]:
    """Reads the status of the job ``asked`` for; that of another job is no answer."""

    def read(found: Reply) -> MassStatus:
        status = found.get("msg_status")
        if not isinstance(status, str) or not re.fullmatch(r"[A-Z][A-Z_]{2,39}", status):
            raise Unreadable("net.garbage")
        if "msg_id" in found and reply.whole_number(found["msg_id"]) != asked:
            raise Unreadable("net.garbage")
        return MassStatus(asked, status)

    return read


def material_count(found: Reply) -> MaterialCount:
    """The four counters."""
    counts = (reply.number(found, f"{kind}_count") for kind in ("voice", "video", "image", "news"))
    return MaterialCount(*counts)


def material_page(found: Reply) -> MaterialPage:
    """One page of the library."""
    total = reply.number(found, "total_count")
    return MaterialPage(total, tuple(map(_material, reply.objects(found.get("item")))))


def video_material(found: Reply) -> VideoMaterial:
    """Where a video lies; without an address there is nothing to fetch."""
    return VideoMaterial(
        reply.text(found, "title"), reply.text(found, "description"), reply.identifier(found, "down_url")
    )


def total_count(found: Reply) -> int:
    """The one counter."""
    return reply.number(found, "total_count")


def news_items(found: Reply) -> list[dict[str, Any]]:
    """The articles of a draft."""
    return reply.objects(found.get("news_item"))


def draft_page(found: Reply) -> DraftPage:
    """One page of the draft box."""
    total = reply.number(found, "total_count")
    return DraftPage(total, tuple(map(_draft, reply.objects(found.get("item")))))


def tags(found: Reply) -> tuple[Tag, ...]:
    """All tags; ids 0, 1 and 2 are the system's."""
    return tuple(
        Tag(reply.number(each, "id"), reply.text(each, "name"), reply.number(each, "count", 0))
        for each in reply.objects(found.get("tags"))
    )


def tag_page(found: Reply) -> tuple[tuple[str, ...], str]:
    """Openids and the one to go on from, empty at the end."""
    return _openids(found), reply.text(found, "next_openid")


def follower_page(found: Reply) -> FollowerPage:
    """One page of followers."""
    openids = _openids(found)
    return FollowerPage(reply.number(found, "total"), len(openids), openids, reply.text(found, "next_openid"))


def followers(found: Reply) -> tuple[Follower, ...]:
    """What WeChat still tells about followers."""
    return tuple(map(_follower, reply.objects(found.get("user_info_list"))))


def quota(found: Reply) -> Quota:
    """Today's calls of one path."""
    told = found.get("quota")
    if not isinstance(told, dict):
        raise Unreadable("net.garbage")
    return Quota(*(reply.number(told, name) for name in ("daily_limit", "used", "remain")))


def speed(found: Reply) -> Speed:
    """The mass-send speed."""
    return Speed(reply.number(found, "speed"), reply.whole_number(found.get("realspeed")))


def ip_list(found: Reply) -> tuple[str, ...]:
    """Addresses or blocks of them."""
    return reply.texts(found.get("ip_list"))


def _openids(found: Reply) -> tuple[str, ...]:
    """An empty page has ``count`` 0 and often no ``data`` at all."""
    data = found.get("data")
    if data is None and reply.number(found, "count") == 0:
        return ()
    if not isinstance(data, dict):
        raise Unreadable("net.garbage")
    return reply.texts(data.get("openid"))


def _draft(each: Reply) -> DraftEntry:
    content = each.get("content")
    if not isinstance(content, dict):
        raise Unreadable("net.garbage")
    articles = tuple(reply.objects(content.get("news_item")))
    return DraftEntry(reply.identifier(each, "media_id"), reply.whole_number(each.get("update_time")), articles)


def _material(each: Reply) -> Material:
    url = reply.identifier(each, "url") if each.get("url") else ""
    updated_at = reply.whole_number(each.get("update_time")) or 0
    return Material(reply.identifier(each, "media_id"), reply.text(each, "name"), updated_at, url)


def _follower(each: Reply) -> Follower:
    ids = each.get("tagid_list")
    tag_ids = tuple(id_ for id_ in ids if isinstance(id_, int)) if isinstance(ids, list) else ()
    return Follower(
        openid=reply.identifier(each, "openid"),
        subscribe=reply.number(each, "subscribe", 0) == 1,
        subscribe_time=reply.whole_number(each.get("subscribe_time")),
        remark=reply.text(each, "remark"),
        tag_ids=tag_ids,
        subscribe_scene=reply.text(each, "subscribe_scene"),
    )
