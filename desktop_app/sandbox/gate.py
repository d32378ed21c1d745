"""The gate in front of every route: path, verb, token, permission, quota, JSON; and how a refusal is worded."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

from . import routes_audience, routes_base, routes_drafts, routes_mass, routes_media  # noqa: F401 - they fill ROUTES
from .account import Account
from .api import ROUTES, Call, Refusal, Reply, Request, Route, read_json
from .errmsg import text_of, with_rid
from .world import World, without_secrets

_log = logging.getLogger(__name__)
_TEXT_PLAIN_EVERY = 5


def route_path(path: str) -> str:
    """The path behind the last `/cgi-bin/`; an empty text when there is none. What stands before it is free."""
    return path.rpartition("/cgi-bin/")[2] if "/cgi-bin/" in path else ""


def answer(world: World, request: Request) -> Reply:
    """Process a request against the simulated accounts; a bug is a 500 with its trace.

    Raises ConnectionAbortedError once the sandbox has stopped.
    """
    with world.lock:
        if world.closed:
            raise ConnectionAbortedError
        try:
            result = _pass(world, request)
            reply = result if isinstance(result, Reply) else json_reply(world, result)
        except Refusal as no:
            reply = refusal_reply(world, request, no)
        except Exception:
            # A bug of the sandbox must be seen by whoever tests against it, not look like an answer of WeChat.
            _log.exception("the sandbox failed over %s", request.path)
            return Reply(traceback.format_exc().encode(), "text/plain; charset=utf-8", 500)
        if request.method == "POST" or route_path(request.path) == "token":
            world.saver.later()
        return reply


def _pass(world: World, request: Request) -> dict[str, Any] | Reply:
    route = ROUTES.get(route_path(request.path))
    if route is None:
        raise Refusal(40066)
    if request.method != route.method:
        raise Refusal(43001 if route.method == "GET" else 43002)
    account = _account(world, request, route)
    _check_permission(world, account, route)
    body: dict[str, Any] = {}
    if route.body.startswith("json"):
        body = read_json(request.body, required=route.body == "json", escapes=world.switches.escapes)
    if route.token:
        account.quota.count_call(route.quota)
    return route.handle(Call(world, account, request, body))


def _account(world: World, request: Request, route: Route) -> Account:
    if route.token:
        return world.account_of(request.query.get("access_token", ""))
    return world.accounts[0]  # routes without a token find their account by themselves


def _check_permission(world: World, account: Account, route: Route) -> None:
    if route.need != "anyone" and not world.switches.verified:
        raise Refusal(48001)
    if route.need == "service" and account.kind != "service":
        raise Refusal(48001)


def json_reply(world: World, result: dict[str, Any]) -> Reply:
    """A JSON reply as WeChat sends it: not ASCII, and now and then labelled as plain text."""
    body = json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()
    if world.switches.control_characters:
        body = body.replace(b"\\n", b"\n").replace(b"\\t", b"\t")
    plain = world.next_reply_number() % _TEXT_PLAIN_EVERY == 0
    kind = "text/plain" if plain else "application/json; encoding=utf-8"
    return Reply(body, kind, errcode=int(result.get("errcode", 0)))


def refusal_reply(world: World, request: Request, no: Refusal) -> Reply:
    """`{"errcode": …, "errmsg": "… rid: …"}` with the refusal's further keys; the rid is remembered."""
    rid = world.new_rid()
    text = with_rid(no.errmsg or text_of(no.errcode), rid)
    reply = json_reply(world, {"errcode": no.errcode, "errmsg": text, **no.extra})
    about = {
        "invoke_time": int(world.clock.now()),
        "cost_in_ms": 1,
        "request_url": request.path,
        "request_body": without_secrets(request.body[:2000]).decode("utf-8", "replace"),
        "response_body": reply.body.decode(),
        "client_ip": "127.0.0.1",
    }
    world.remember_rid(rid, about)
    return reply
