"""Routes of followers and tags."""

from __future__ import annotations

from typing import Any

from .api import Call, Refusal, is_int, route
from .people import FOLLOWERS, SYSTEM_TAGS, Tag

PAGE = 10_000
BLACKLIST_PAGE = 1000
_TAGGED_AT_ONCE = 50
_BLOCKED_AT_ONCE = 20
_CARDS_AT_ONCE = 100
_REMARK_BYTES = 30
_OK = {"errcode": 0, "errmsg": "ok"}


def _tag_object(call: Call) -> dict[str, Any]:
    value = call.json.get("tag")
    if not isinstance(value, dict):
        raise Refusal(47001)
    return value


def _own_tag(call: Call, tag_id: object) -> Tag:
    """A tag that people made. Raises 45058 for a system tag, 45159 for an unknown one."""
    if is_int(tag_id) and tag_id in SYSTEM_TAGS:
        raise Refusal(45058)
    return call.account.people.tag(tag_id)


@route("POST", "tags/create", need="verified")
def tags_create(call: Call) -> dict[str, Any]:
    """POST tags/create: a new tag."""
    tag = call.account.people.add_tag(_tag_object(call).get("name"))
    return {"tag": {"id": tag.tag_id, "name": tag.name}}


@route("GET", "tags/get", need="verified")
def tags_get(call: Call) -> dict[str, Any]:
    """GET tags/get: all tags with how many carry them."""
    tags = call.account.people.tags.values()
    return {"tags": [{"id": tag.tag_id, "name": tag.name, "count": tag.count} for tag in tags]}


@route("POST", "tags/update", need="verified")
def tags_update(call: Call) -> dict[str, Any]:
    """POST tags/update: another name."""
    wanted = _tag_object(call)
    tag = _own_tag(call, wanted.get("id"))
    tag.name = call.account.people.check_name(wanted.get("name"), but=tag.tag_id)
    return _OK


@route("POST", "tags/delete", need="verified")
def tags_delete(call: Call) -> dict[str, Any]:
    """POST tags/delete: not with more than 100,000 followers."""
    tag = _own_tag(call, _tag_object(call).get("id"))
    if tag.count > call.world.switches.big_tag_fans:
        raise Refusal(45057)
    del call.account.people.tags[tag.tag_id]
    return _OK


@route("POST", "user/tag/get", need="verified")
def user_tag_get(call: Call) -> dict[str, Any]:
    """POST user/tag/get: the followers of a tag, 10,000 a page."""
    people = call.account.people
    members = sorted(people.members(people.tag(call.json.get("tagid"))))
    openids, after = people.page(members, call.json.get("next_openid"), PAGE)
    return {"count": len(openids), **_data(openids), "next_openid": after}


def _data(openids: list[str]) -> dict[str, Any]:
    return {"data": {"openid": openids}} if openids else {}


def _openid_list(call: Call, most: int) -> list[int]:
    """The people of `openid_list`. Raises 47001, 40032 (none, too many), 40003, 49003 (another account's)."""
    listed = call.json.get("openid_list")
    if not isinstance(listed, list):
        raise Refusal(47001)
    if not 1 <= len(listed) <= most:
        raise Refusal(40032)
    found = [call.account.people.find(one) for one in listed]
    for at, openid in zip(found, listed, strict=True):
        if at is None:
            others = [one for one in call.world.accounts if one is not call.account]
            foreign = any(one.people.find(openid) is not None for one in others)
            raise Refusal(49003 if foreign else 40003)
    return [at for at in found if at is not None]


@route("POST", "tags/members/batchtagging", need="verified")
def batchtagging(call: Call) -> dict[str, Any]:
    """POST tags/members/batchtagging: put a tag on up to 50 followers."""
    tag = call.account.people.tag(call.json.get("tagid"))
    call.account.people.label(tag, _openid_list(call, _TAGGED_AT_ONCE), on=True)
    return _OK


@route("POST", "tags/members/batchuntagging", need="verified")
def batchuntagging(call: Call) -> dict[str, Any]:
    """POST tags/members/batchuntagging: take a tag off up to 50 followers."""
    tag = call.account.people.tag(call.json.get("tagid"))
    call.account.people.label(tag, _openid_list(call, _TAGGED_AT_ONCE), on=False)
    return _OK


@route("POST", "tags/getidlist", need="verified")
def tags_getidlist(call: Call) -> dict[str, Any]:
    """POST tags/getidlist: the tags of one person."""
    people = call.account.people
    return {"tagid_list": people.tags_of(people.index(call.json.get("openid")))}


@route("GET", "user/get", need="verified")
def user_get(call: Call) -> dict[str, Any]:
    """GET user/get: all followers, 10,000 a page."""
    people = call.account.people
    openids, after = people.page(list(range(FOLLOWERS)), call.query.get("next_openid"), PAGE)
    return {"total": FOLLOWERS, "count": len(openids), **_data(openids), "next_openid": after}


@route("GET", "user/info", need="verified")
def user_info(call: Call) -> dict[str, Any]:
    """GET user/info: one person; no names since 2021."""
    people = call.account.people
    return people.card(people.index(call.query.get("openid")))


@route("POST", "user/info/batchget", need="verified")
def user_info_batchget(call: Call) -> dict[str, Any]:
    """POST user/info/batchget: up to 100 people."""
    listed = call.json.get("user_list")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Refusal(47001)
    if not 1 <= len(listed) <= _CARDS_AT_ONCE:
        raise Refusal(40032)
    people = call.account.people
    return {"user_info_list": [people.card(people.index(one.get("openid"))) for one in listed]}


@route("POST", "user/info/updateremark", need="verified")
def updateremark(call: Call) -> dict[str, Any]:
    """POST user/info/updateremark: a remark shorter than 30 bytes."""
    at = call.account.people.index(call.json.get("openid"))
    remark = call.json.get("remark")
    if not isinstance(remark, str) or len(remark.encode()) >= _REMARK_BYTES:
        raise Refusal(40092)
    call.account.people.remarks[at] = remark
    return _OK


@route("POST", "tags/members/getblacklist", need="verified")
def getblacklist(call: Call) -> dict[str, Any]:
    """POST tags/members/getblacklist: the blocked people, 1,000 a page."""
    people = call.account.people
    openids, after = people.page(people.blocked, call.json.get("begin_openid"), BLACKLIST_PAGE)
    return {"total": len(people.blocked), "count": len(openids), **_data(openids), "next_openid": after}


@route("POST", "tags/members/batchblacklist", need="verified")
def batchblacklist(call: Call) -> dict[str, Any]:
    """POST tags/members/batchblacklist: block up to 20 people."""
    people = call.account.people
    people.blocked = sorted({*people.blocked, *_openid_list(call, _BLOCKED_AT_ONCE)})
    return _OK


@route("POST", "tags/members/batchunblacklist", need="verified")
def batchunblacklist(call: Call) -> dict[str, Any]:
    """POST tags/members/batchunblacklist: unblock up to 20 people."""
    people = call.account.people
    people.blocked = sorted({*people.blocked} - {*_openid_list(call, _BLOCKED_AT_ONCE)})
    return _OK
