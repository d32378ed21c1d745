"""Routes of the mass send: to a tag, to all, to a list; preview, delete, status and speed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from .api import Call, Refusal, decimal, flag, is_int, route
from .jobs import REAL_SPEED, Job, msg_id_of, seconds_of
from .message import Message, read_message
from .people import FOLLOWERS, OPENID

MAX_OPENIDS = 10_000
_BIG_BATCH = 10_000
_BATCH_PAUSE_S = 60


@dataclass(frozen=True)
class Receivers:
    """Who gets it: how many, and whether it is all followers."""

    people: int
    to_all: bool


@route("POST", "message/mass/sendall", need="verified", quota="mass")
def sendall(call: Call) -> dict[str, Any]:
    """POST message/mass/sendall: to all followers or to one tag."""
    return _mass(call, "sendall", _by_filter(call))


@route("POST", "message/mass/send", need="service", quota="mass")
def send(call: Call) -> dict[str, Any]:
    """POST message/mass/send: to a list of 2 to 10,000 openids; not for a 订阅号."""
    return _mass(call, "send", _by_openids(call))


def _by_filter(call: Call) -> Receivers:
    """Raises 47001 (no filter, wrong types), 40152 (no such tag)."""
    wanted = call.json.get("filter")
    if not isinstance(wanted, dict):
        raise Refusal(47001)
    to_all = wanted.get("is_to_all", False)
    if not isinstance(to_all, bool):
        raise Refusal(47001)
    if to_all:
        return Receivers(FOLLOWERS, True)
    return Receivers(call.account.people.tag(decimal(wanted.get("tag_id")), 40152).count, False)


def _by_openids(call: Call) -> Receivers:
    """Raises 40031 (no list, malformed), 40130 (fewer than two), 40032 (more than 10,000), 40003 (unknown)."""
    listed = call.json.get("touser")
    if not isinstance(listed, list):
        raise Refusal(40031)
    if len(listed) < 2:
        raise Refusal(40130)
    if len(listed) > MAX_OPENIDS:
        raise Refusal(40032)
    if not all(isinstance(one, str) and OPENID.fullmatch(one) for one in listed):
        raise Refusal(40031)
    people = call.account.people
    known = {people.index(one) for one in listed}
    return Receivers(sum(1 for at in known if people.follows(at)), False)


def _mass(call: Call, endpoint: str, receivers: Receivers) -> dict[str, Any]:
    """Check message, key, quota and media in the order of the switch, then accept the job."""
    switches = call.world.switches
    message = read_message(call.json, comments=switches.comments)
    flag(call.json.get("send_ignore_reprint"))
    key = _key(call)
    checks = {
        "key": lambda: _check_key(call, key),
        "quota": lambda: _check_quota(call, receivers),
        "media": lambda: message.resolve(call.account, switches),
    }
    for name in switches.check_order.split(","):
        checks[name]()
    refused, pending = 0, receivers.to_all and switches.protection != "off"
    if pending and switches.protection != "pending":
        code, fate = switches.protection.split("-")
        refused = int(code)
        if fate == "none":
            raise Refusal(refused)
    job = _accept(call, endpoint, receivers, message, key, protected=pending)
    if refused:
        raise Refusal(refused)
    answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": job.msg_id}
    return answer if job.msg_data_id is None else {**answer, "msg_data_id": job.msg_data_id}


def _key(call: Call) -> str:
    """The clientmsgid, or the digest of audience and content when there is none. Raises 47001, 45067."""
    given = call.json.get("clientmsgid")
    if given is None or given == "":
        content = {name: value for name, value in call.json.items() if name != "clientmsgid"}
        return "digest " + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if not isinstance(given, str):
        raise Refusal(47001)
    if len(given.encode("utf-8", "surrogatepass")) > call.world.switches.clientmsgid_limit:
        raise Refusal(45067)
    return "given " + given


def _check_key(call: Call, key: str) -> None:
    """Raises 45065 with the first msg_id, or 45066 within a minute of the last 45065."""
    now = call.world.clock.now()
    earlier = call.account.jobs.keyed(key, now)
    if earlier is None:
        return
    if call.account.jobs.repeated_too_fast(key, now):
        raise Refusal(45066)
    raise Refusal(45065, msg_id=earlier.msg_id)


def _check_quota(call: Call, receivers: Receivers) -> None:
    """Raises 45028, and 42010 for batches in quick succession."""
    call.account.quota.check_send(to_all=receivers.to_all)
    if call.world.switches.fast_batches and call.account.jobs.by_id:
        last = list(call.account.jobs.by_id.values())[-1]
        if last.people > _BIG_BATCH and call.world.clock.now() - last.created_at < _BATCH_PAUSE_S:
            raise Refusal(42010)


def _accept(call: Call, endpoint: str, receivers: Receivers, message: Message, key: str, *, protected: bool) -> Job:
    """Write the job down, durably, before anybody is told of it."""
    world, account = call.world, call.account
    now = world.clock.now()
    number = world.next_job_number()
    news = message.kind == "mpnews"
    given = call.json.get("clientmsgid")
    job = Job(
        msg_id=msg_id_of(number),
        endpoint=endpoint,
        kind=message.kind,
        created_at=now,
        people=receivers.people,
        to_all=receivers.to_all,
        body_sha256=world.files.add(call.request.body),
        clientmsgid=given if isinstance(given, str) else None,
        key=key,
        seconds=seconds_of(receivers.people, account.speed),
        # A send that reaches nobody has been seen to end as DELETE.
        outcome=world.switches.outcome if receivers.people else "delete",
        msg_data_id=2_247_483_650 + number * 8_191 if news else None,
        medias=message.sha256s(account),
        articles=[_published(article, number, at) for at, article in enumerate(message.articles)],
        protected=protected,
    )
    job.answer(world.switches.admin, now)
    account.jobs.add(job)
    account.quota.count_send(to_all=receivers.to_all)
    for media in message.medias:
        media.sends += 1
    rule = world.switches.draft_after_send
    if message.draft and (rule == "consumed" or (rule == "consumed-if-all" and receivers.to_all)):
        del account.drafts[message.draft.media_id]
    world.saver.now()
    return job


def _published(article: dict[str, Any], number: int, at: int) -> dict[str, Any]:
    digest = hashlib.sha256(f"{number} {at} {article['title']}".encode()).hexdigest()[:22]
    return {**article, "url": f"https://mp.weixin.qq.com/s/{digest}"}


@route("POST", "message/mass/preview", need="verified")
def preview(call: Call) -> dict[str, Any]:
    """POST message/mass/preview: to one follower by openid, or by WeChat id (which goes first)."""
    world, account = call.world, call.account
    to = _preview_receiver(call)
    message = read_message(call.json, comments=world.switches.comments, preview=True)
    message.resolve(account, world.switches)
    about = {
        "to": to,
        "kind": message.kind,
        "created_at": world.clock.now(),
        "body_sha256": world.files.add(call.request.body),
        "media_sha256s": message.sha256s(account),
        "articles": message.articles,
    }
    world.add_preview(account, about)
    if world.switches.preview_msg_id:
        return {"errcode": 0, "errmsg": "preview success", "msg_id": msg_id_of(world.next_job_number())}
    return {"errcode": 0, "errmsg": "preview success"}


STRANGER = "wx_stranger"


def _preview_receiver(call: Call) -> str:
    """Raises 40132 (no WeChat id), 43004 (not following), 43019 (blocked), 40003 (unknown), 47001 (no text)."""
    name = call.json.get("towxname")
    if name:
        if not isinstance(name, str) or not 6 <= len(name) <= 20 or not name.replace("-", "_").isidentifier():
            raise Refusal(40132)
        if not name.isascii():
            raise Refusal(40132)
        if name == STRANGER:
            raise Refusal(43004)
        return name
    openid = call.text("touser", 40003)
    people = call.account.people
    at = people.index(openid)
    if not people.follows(at):
        raise Refusal(43004)
    if at in people.blocked:
        raise Refusal(43019)
    return openid


@route("POST", "message/mass/delete", need="verified")
def delete(call: Call) -> dict[str, Any]:
    """POST message/mass/delete: one article or all of a job that ended well; only news and video."""
    job = _job_to_delete(call)
    if job.kind not in ("mpnews", "mpvideo") or job.status(call.world.clock.now()) != "SEND_SUCCESS":
        raise Refusal(40065)
    count = max(1, len(job.articles))
    given = call.json.get("article_idx")
    index = 0 if given in (None, "") or not call.json.get("msg_id") else decimal(given)
    if index is None or not 0 <= index <= count:
        raise Refusal(40060)
    if index in job.deleted:
        raise Refusal(40065)
    gone = range(1, count + 1) if index == 0 else [index]
    job.deleted = sorted({*job.deleted, *gone})
    call.world.saver.now()
    return {"errcode": 0, "errmsg": "ok"}


def _job_to_delete(call: Call) -> Job:
    """The job by msg_id, which goes first, or by the address of one of its articles. Raises 40059."""
    if call.json.get("msg_id"):
        return call.account.job(decimal(call.json["msg_id"]))
    url = call.json.get("url")
    for job in call.account.jobs.by_id.values():
        if url and any(article["url"] == url for article in job.articles):
            return job
    raise Refusal(40059)


@route("POST", "message/mass/get", need="verified")
def status(call: Call) -> dict[str, Any]:
    """POST message/mass/get: SENDING, SEND_SUCCESS, SEND_FAIL or DELETE; takes the id as text or number."""
    job = call.account.job(decimal(call.json.get("msg_id")))
    return {"msg_id": job.msg_id, "msg_status": job.status(call.world.clock.now())}


@route("POST", "message/mass/speed/get", need="verified", body="json?")
def speed_get(call: Call) -> dict[str, Any]:
    """POST message/mass/speed/get: the speed, and the ten thousands a minute that it means."""
    return {"speed": call.account.speed, "realspeed": REAL_SPEED[call.account.speed]}


@route("POST", "message/mass/speed/set", need="verified")
def speed_set(call: Call) -> dict[str, Any]:
    """POST message/mass/speed/set: 0 (fast) to 4 (slow)."""
    speed = call.json.get("speed")
    if speed is None:
        raise Refusal(45084)
    if not is_int(speed) or not 0 <= speed <= 4:
        raise Refusal(45083)
    call.account.speed = speed
    return {"errcode": 0, "errmsg": "ok"}
