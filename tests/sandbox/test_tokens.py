"""Tokens: two isolated families, their overlaps and ends; and the quota tools."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from desktop_app.sandbox.server import Sandbox
from tests.sandbox.caller import Caller


def classic(wx: Caller) -> dict[str, Any]:
    return wx.json("GET", "/cgi-bin/token?" + urlencode(wx.credentials()))


def stable(wx: Caller, *, force: bool = False) -> dict[str, Any]:
    return wx.json("POST", "/cgi-bin/stable_token", json.dumps(wx.credentials(force_refresh=force)).encode())


def works(wx: Caller, token: str) -> int:
    """The errcode of a call with this token."""
    return int(wx.json("GET", f"/cgi-bin/draft/count?access_token={token}").get("errcode", 0))


def test_a_new_classic_token_ends_the_one_before_after_five_minutes(sandbox: Sandbox, wx: Caller) -> None:
    """For five minutes both work; then the older one is not the latest (40001)."""
    first, second = classic(wx)["access_token"], classic(wx)["access_token"]
    assert first != second
    sandbox.advance(299)
    assert (works(wx, first), works(wx, second)) == (0, 0)
    sandbox.advance(1)
    assert (works(wx, first), works(wx, second)) == (40001, 0)
    sandbox.advance(6900)
    assert works(wx, second) == 42001


def test_a_stable_token_stays_the_same_and_tells_what_remains(sandbox: Sandbox, wx: Caller) -> None:
    """It is rotated five minutes before its end, and both work until then."""
    first = stable(wx)
    assert first["expires_in"] == 7200
    sandbox.advance(5000)
    assert stable(wx) == {"access_token": first["access_token"], "expires_in": 2200}
    sandbox.advance(1901)
    second = stable(wx)
    assert second["access_token"] != first["access_token"]
    assert second["expires_in"] == 7200
    assert (works(wx, first["access_token"]), works(wx, second["access_token"])) == (0, 0)
    sandbox.advance(299)
    assert (works(wx, first["access_token"]), works(wx, second["access_token"])) == (42001, 0)


def test_a_forced_refresh_ends_the_old_token_at_once_but_not_within_30_s(sandbox: Sandbox, wx: Caller) -> None:
    """Called faster than every 30 s it refreshes nothing, and says nothing of it."""
    first = stable(wx)["access_token"]
    second = stable(wx, force=True)["access_token"]
    assert (works(wx, first), works(wx, second)) == (40001, 0)
    assert stable(wx, force=True)["access_token"] == second
    sandbox.advance(30)
    assert stable(wx, force=True)["access_token"] != second


def test_the_two_families_do_not_touch_each_other(sandbox: Sandbox, wx: Caller) -> None:
    """Neither call ends the other's token."""
    kept, other = stable(wx)["access_token"], classic(wx)["access_token"]
    sandbox.advance(40)
    stable(wx, force=True)
    assert works(wx, other) == 0
    fresh = stable(wx)["access_token"]
    classic(wx), classic(wx)
    sandbox.advance(400)
    assert (works(wx, kept), works(wx, fresh)) == (40001, 0)


def test_a_caller_off_the_whitelist_is_told_its_ip(sandbox: Sandbox, wx: Caller) -> None:
    """40164 carries the IP in WeChat's own words; a new entry in the list works at once."""
    sandbox.switches.set(blocked_ip="203.0.113.86")
    text = stable(wx)["errmsg"]
    assert text.startswith("invalid ip 203.0.113.86 ipv6 ::ffff:203.0.113.86, not in whitelist rid: ")
    sandbox.switches.set(blocked_ip="")
    assert "access_token" in stable(wx)


def test_the_accounts_have_the_form_of_real_ones(sandbox: Sandbox) -> None:
    """An AppID is wx and 16 hex digits, an AppSecret 32; the token is long; no repr tells a secret."""
    for account in sandbox.accounts:
        assert account.app_id[:2] == "wx"
        assert len(bytes.fromhex(account.app_id[2:])) == 8
        assert len(bytes.fromhex(account.app_secret)) == 16
        assert account.app_secret not in repr(account)
    assert (sandbox.service.kind, sandbox.subscription.kind) == ("service", "subscription")
    assert sandbox.service.name.startswith("岚间茶事")


def test_the_quota_tools_tell_what_was_really_called(sandbox: Sandbox, wx: Caller) -> None:
    """Both ways to send share one counter; clearing resets it; a new day in Beijing does too."""

    def used(path: str) -> int:
        return int(wx.post("openapi/quota/get", {"cgi_path": path})["quota"]["used"])

    wx.sendall(key="a")
    wx.sendall(key="a")
    answer = wx.post("openapi/quota/get", {"cgi_path": "/cgi-bin/message/mass/send"})
    assert answer["quota"] == {"daily_limit": 100, "used": 2, "remain": 98}
    assert answer["rate_limit"] == {"call_count": 60, "refresh_second": 60}
    wx.post("clear_quota", {"appid": sandbox.service.app_id})
    assert used("/cgi-bin/message/mass/sendall") == 0
    wx.sendall(key="b")
    sandbox.advance(4 * 3600 - 1)
    wx.renew()
    assert used("/cgi-bin/message/mass/sendall") == 1
    sandbox.advance(1)
    assert used("/cgi-bin/message/mass/sendall") == 0


def test_a_rid_tells_about_the_refused_request(wx: Caller) -> None:
    """openapi/rid/get knows what was asked and answered."""
    text = wx.post("tags/create", {"tag": {"name": ""}})["errmsg"]
    about = wx.post("openapi/rid/get", {"rid": text.rpartition("rid: ")[2]})["request"]
    assert about["request_url"] == "/cgi-bin/tags/create"
    assert json.loads(about["response_body"])["errcode"] == 45157


def test_server_lists_and_the_network_check_answer(wx: Caller) -> None:
    """The neighbours that a firewall's keeper asks for."""
    assert wx.get("get_api_domain_ip")["ip_list"]
    assert any("/" in address for address in wx.get("getcallbackip")["ip_list"])
    assert wx.post("callback/check", {"action": "all", "check_operator": "DEFAULT"})["ping"]
