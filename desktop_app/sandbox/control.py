"""The sandbox's own paths below `/__sandbox__/`: what was accepted, faults, clock, switches, the administrator."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from .account import Account
from .api import Refusal, Reply, Request
from .world import World, as_json

PREFIX = "/__sandbox__/"
HELP = """\
GET  /__sandbox__/sent       accepted mass sends of both accounts: payload, raw_text, raw_base64, people, status …
GET  /__sandbox__/previews   accepted previews, likewise
GET  /__sandbox__/drafts     the draft boxes of both accounts; raw_content: the exact HTML that came
GET  /__sandbox__/file/SHA256  the bytes of an uploaded file
GET  /__sandbox__/requests   the last requests without tokens (DELETE or POST {"clear": true} empties the log)
GET  /__sandbox__/accounts   the built-in accounts
POST /__sandbox__/fault      a spec as text, or JSON: a fault, a list, or {"spec": "…"}; `clear` ends all; GET lists
POST /__sandbox__/clock      {"advance": seconds} and/or {"speed": x}; GET tells the time
POST /__sandbox__/switch     {"name": value, …}; GET tells all
POST /__sandbox__/admin      {"msg_id": N, "answer": "confirm" | "refuse"}: a send that waits for the administrator
POST /__sandbox__/job        {"msg_id": N, "outcome": "success" | "fail" | "delete"}: how a running job will end
POST /__sandbox__/tokens     {"do": "gone" | "expire"}, optional "app_id": take tokens away or let them run out
POST /__sandbox__/material   {"kind", "name", "data": base64, "copies": N}: material uploaded on the website; its ids
                             {"gone": media_id}: deleted there. Optional "app_id", otherwise the 服务号's
POST /__sandbox__/quota      {"app_id": "…", "name": "mass", "calls": N} or {"app_id": …, "sends": N, "to_all": true}
"""


def answer(world: World, request: Request) -> Reply:
    """Answer one of the paths of HELP; what is wrong with a request is said with status 400."""
    name = request.path.removeprefix(PREFIX)
    try:
        if name.startswith("file/"):
            return _file(world, name.removeprefix("file/"))
        if request.method == "GET" and name in _GET:
            return _json(_GET[name](world))
        if request.method == "DELETE" and name == "requests":
            world.forget_requests()
            return _json({"ok": True})
        if request.method == "POST" and name in _POST:
            return _json(_POST[name](world, _body(request, name)))
    except (ValueError, KeyError, TypeError) as problem:
        return _json({"error": str(problem)}, 400)
    except Refusal as no:
        return _json({"error": f"the accounts refuse with {no.errcode}"}, 400)
    return Reply(HELP.encode(), "text/plain; charset=utf-8", 404)


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), "application/json; charset=utf-8", status
    )


def _body(request: Request, name: str) -> Any:
    text = request.body.decode("utf-8")
    if name == "fault" and text.strip()[:1] not in ("{", "[", '"'):
        return text
    return json.loads(text)


def _file(world: World, sha256: str) -> Reply:
    path = world.files.path(sha256)
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not path.exists():
        return _json({"error": "no such file"}, 404)
    return Reply(b"", "application/octet-stream", file=path)


def _account(world: World, body: dict[str, Any]) -> Account:
    return world.account_by_id(body["app_id"])


def _accounts(world: World) -> Any:
    return [
        {"app_id": one.app_id, "app_secret": one.app_secret, "name": one.name, "kind": one.kind}
        for one in world.accounts
    ]


def _set_fault(world: World, body: Any) -> Any:
    spec = body["spec"] if isinstance(body, dict) and "spec" in body else body
    world.faults.add(spec)
    return world.faults.as_list()


def _clock(world: World) -> Any:
    return {"now": world.clock.now(), "day": world.clock.day(), "speed": world.clock.speed}


def _set_clock(world: World, body: Any) -> Any:
    if unknown := set(body) - {"advance", "speed"}:
        raise ValueError(f"the clock does not know {sorted(unknown)}")
    if "speed" in body:
        world.clock.speed = float(body["speed"])
    world.clock.advance(float(body.get("advance", 0)))
    world.saver.later()
    return _clock(world)


def _set_switch(world: World, body: Any) -> Any:
    with world.lock:
        world.switches.set(**body)
        return world.switches.as_dict()


def _set_job(world: World, body: Any) -> Any:
    with world.lock:
        for account in world.accounts:
            job = account.jobs.by_id.get(int(body["msg_id"]))
            if job is None:
                continue
            if "answer" in body:
                if body["answer"] not in ("confirm", "refuse"):
                    raise ValueError("the administrator answers confirm or refuse")
                job.answer(body["answer"], world.clock.now())
            if "outcome" in body:
                if body["outcome"] not in ("success", "fail", "delete"):
                    raise ValueError("a job ends with success, fail or delete")
                job.outcome = body["outcome"]
            world.saver.later()
            return {"msg_id": job.msg_id, "status": job.status(world.clock.now())}
    raise ValueError("there is no such job")


def _set_tokens(world: World, body: Any) -> Any:
    accounts = [_account(world, body)] if "app_id" in body else world.accounts
    deeds: dict[str, Callable[[Account], None]] = {
        "gone": lambda account: account.tokens.take_away(),
        "expire": lambda account: account.tokens.expire(),
    }
    with world.lock:
        for account in accounts:
            deeds[body["do"]](account)
    return {"ok": True}


def _set_material(world: World, body: Any) -> Any:
    box = (_account(world, body) if "app_id" in body else world.accounts[0]).media
    with world.lock:
        world.saver.later()
        if "gone" in body:
            del box.items[body["gone"]]
            return {"ok": True}
        data = base64.b64decode(body["data"], validate=True)
        copies = int(body.get("copies", 1))
        names = [str(body["name"])] if copies == 1 else [f"{n + 1} {body['name']}" for n in range(copies)]
        return {"media_ids": [box.put(body["kind"], name, data).media_id for name in names]}


def _set_quota(world: World, body: Any) -> Any:
    account = _account(world, body)
    with world.lock:
        if "name" in body:
            account.quota.use(str(body["name"]), int(body["calls"]))
        for _ in range(int(body.get("sends", 0))):
            account.quota.count_send(to_all=bool(body.get("to_all", True)))
        return account.quota.report(str(body.get("name", "mass")))


_GET: dict[str, Callable[[World], Any]] = {
    "sent": lambda world: [as_json(row) for row in world.sent()],
    "previews": lambda world: [as_json(row) for row in world.previews()],
    "drafts": lambda world: world.drafts(),
    "requests": lambda world: [as_json(row) for row in world.requests()],
    "accounts": _accounts,
    "fault": lambda world: world.faults.as_list(),
    "clock": _clock,
    "switch": lambda world: world.switches.as_dict(),
}
_POST: dict[str, Callable[[World, Any], Any]] = {
    "fault": _set_fault,
    "clock": _set_clock,
    "switch": _set_switch,
    "admin": _set_job,
    "job": _set_job,
    "tokens": _set_tokens,
    "quota": _set_quota,
    "material": _set_material,
    "requests": lambda world, body: world.forget_requests(),
}
