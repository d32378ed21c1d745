"""Routes of the account itself: tokens, server lists, call quotas."""

from __future__ import annotations

import hmac
from typing import Any

from .account import Account
from .api import ROUTES, Call, Refusal, route

_API_IPS = ["203.0.113.10", "203.0.113.11", "203.0.113.12"]
_CALLBACK_IPS = ["198.51.100.0/25", "198.51.100.130"]


def _authenticate(call: Call, values: dict[str, Any], *, secret_name: str = "secret") -> Account:
    """Check AppID, whitelist and AppSecret. Raises 41002, 41004, 40013, 40164, 40125."""
    if not values.get("appid"):
        raise Refusal(41002)
    if not values.get(secret_name):
        raise Refusal(41004)
    account = call.world.account_by_id(values["appid"])
    blocked = call.world.switches.blocked_ip
    if blocked:
        raise Refusal(40164, f"invalid ip {blocked} ipv6 ::ffff:{blocked}, not in whitelist")
    if not hmac.compare_digest(str(values[secret_name]).encode(), account.app_secret.encode()):
        raise Refusal(40125)
    return account


@route("GET", "token", token=False)
def token(call: Call) -> dict[str, Any]:
    """GET token: a new classic token; the one before it works for five more minutes."""
    if call.query.get("grant_type") != "client_credential":
        raise Refusal(40002)
    account = _authenticate(call, dict(call.query))
    account.quota.count_call("token")
    text, seconds = account.tokens.classic()
    return {"access_token": text, "expires_in": seconds}


@route("POST", "stable_token", token=False)
def stable_token(call: Call) -> dict[str, Any]:
    """POST stable_token: the same token until five minutes before its end, or a new one by force."""
    if call.json.get("grant_type") != "client_credential":
        raise Refusal(40002)
    account = _authenticate(call, call.json)
    force = call.json.get("force_refresh", False)
    if not isinstance(force, bool):
        raise Refusal(47001)
    account.quota.count_call("stable_token")
    text, seconds = account.tokens.stable(force=force)
    return {"access_token": text, "expires_in": seconds}


@route("GET", "get_api_domain_ip")
def get_api_domain_ip(call: Call) -> dict[str, Any]:
    """GET get_api_domain_ip: addresses of the api domain."""
    return {"ip_list": _API_IPS}


@route("GET", "getcallbackip")
def getcallbackip(call: Call) -> dict[str, Any]:
    """GET getcallbackip: addresses that events come from, some as blocks."""
    return {"ip_list": _CALLBACK_IPS}


@route("POST", "callback/check")
def callback_check(call: Call) -> dict[str, Any]:
    """POST callback/check: the network towards the account's server."""
    action, operator = call.json.get("action"), call.json.get("check_operator", "DEFAULT")
    if action not in ("all", "dns", "ping"):
        raise Refusal(40202)
    if operator not in ("DEFAULT", "CHINANET", "UNICOM", "CAP"):
        raise Refusal(40203)
    dns = [{"ip": "198.51.100.130", "real_operator": "UNICOM"}]
    ping = [{"ip": "198.51.100.130", "from_operator": "UNICOM", "package_loss": "0%", "time": "23.079ms"}]
    return {"dns": dns if action != "ping" else [], "ping": ping if action != "dns" else []}


@route("POST", "clear_quota")
def clear_quota(call: Call) -> dict[str, Any]:
    """POST clear_quota: reset all daily counters, ten times a month."""
    if call.json.get("appid") != call.account.app_id:
        raise Refusal(40013)
    call.account.quota.clear()
    return {"errcode": 0, "errmsg": "ok"}


@route("POST", "clear_quota/v2", token=False, body="json?")
def clear_quota_v2(call: Call) -> dict[str, Any]:
    """POST clear_quota/v2: the same without a token; its arguments lie in the body or in the query."""
    account = _authenticate(call, {**call.query, **call.json}, secret_name="appsecret")
    account.quota.clear()
    return {"errcode": 0, "errmsg": "ok"}


@route("POST", "openapi/quota/get")
def quota_get(call: Call) -> dict[str, Any]:
    """POST openapi/quota/get: how often a path was called today."""
    path = call.text("cgi_path", 76021)
    if not path.startswith("/"):
        raise Refusal(76003)
    known = ROUTES.get(path.removeprefix("/cgi-bin/")) if path.startswith("/cgi-bin/") else None
    if known is None:
        raise Refusal(76021)
    return {"errcode": 0, "errmsg": "ok", **call.account.quota.report(known.quota)}


@route("POST", "openapi/rid/get")
def rid_get(call: Call) -> dict[str, Any]:
    """POST openapi/rid/get: what a refused request was."""
    about = call.world.rids.get(call.text("rid", 76001))
    if about is None:
        raise Refusal(76001)
    return {"errcode": 0, "errmsg": "ok", "request": about}
