"""The connection check tells what is wrong in WeChat's own order, and does no harm."""

from __future__ import annotations

import pytest

from desktop_app.errors import Cancelled
from desktop_app.job import Job
from desktop_app.services.account import CheckResult, CheckRow, ConnectForm, format_problem
from desktop_app.services.connection_check import KEYS

HARMLESS = {
    "/cgi-bin/stable_token",
    "/cgi-bin/tags/get",
    "/cgi-bin/user/get",
    "/cgi-bin/message/mass/speed/get",
    "/cgi-bin/draft/count",
    "/cgi-bin/openapi/quota/get",
}


def run(world, account=None, **more) -> tuple[CheckResult, list[CheckRow]]:
    account = account or world.sandbox.service
    form = {"app_id": account.app_id, "secret": account.app_secret, "base_url": world.sandbox.address, **more}
    told: list[CheckRow] = []
    result = world.accounts.check(ConnectForm(**form), Job(on_report=told.append))
    return result, told


def states(result: CheckResult) -> dict[str, str]:
    return {row.key: row.state for row in result.rows}


def test_a_good_account_passes_every_step(world):
    """All rows in order, each told while it goes; followers, rights and calls of today are known."""
    result, told = run(world)
    assert result.ok
    assert tuple(row.key for row in result.rows) == KEYS
    assert set(states(result).values()) == {"ok"}
    assert result.followers == 48216
    assert result.rights == {"mass": True, "preview": None, "drafts": True, "tags": True, "followers": True}
    assert {"daily_limit", "used", "remain"} <= set(result.rows[-1].args)
    order = [row.key for row in told if row.state == "ok"]
    assert order == list(KEYS)
    assert told[0] == CheckRow("network", "running")


def test_only_harmless_calls_are_made(world):
    """Nothing is sent, previewed, uploaded or changed."""
    run(world)
    assert {request["path"] for request in world.sandbox.requests()} == HARMLESS
    assert not world.sandbox.sent()


def test_an_ip_outside_the_whitelist_stops_there(world):
    """The address that WeChat saw is in the row; later rows wait; asking again is right."""
    world.sandbox.switches.set(blocked_ip="203.0.113.86")
    result, _ = run(world)
    assert states(result) == {
        "network": "ok",
        "format": "ok",
        "whitelist": "failed",
        "token": "waiting",
        "rights": "waiting",
        "quota": "waiting",
    }
    assert (result.ok, result.ip, result.may_retry) == (False, "203.0.113.86", True)
    assert result.rows[2].args == {"ip": "203.0.113.86"}
    assert result.rows[3].code == "check.waits_for_whitelist"
    world.sandbox.switches.set(blocked_ip="")
    assert run(world)[0].ok


@pytest.mark.parametrize(
    ("code", "state"), [(40125, "failed"), (40013, "failed"), (89503, "failed"), (45009, "failed")]
)
def test_a_refused_token_is_named_and_not_asked_for_again(world, code: int, state: str):
    """A wrong secret or an unconfirmed caller: repeating makes it worse."""
    world.sandbox.fault(f"stable_token:errcode={code}")
    result, _ = run(world)
    assert states(result)["token"] == state
    assert states(result)["whitelist"] == "skipped"
    assert states(result)["rights"] == "waiting"
    assert (result.ok, result.may_retry) == (False, False)
    assert result.rows[3].error is not None
    assert result.rows[3].error.code == f"wx.{code}"


def test_a_wrong_secret_is_found_by_wechat(world):
    """The sandbox refuses it as WeChat does."""
    result, _ = run(world, secret="f" * 32)
    assert states(result)["token"] == "failed"
    assert not result.ok
    assert "f" * 32 not in repr(result)


@pytest.mark.parametrize(
    ("fault", "retry"), [("drop-before", True), ("portal", True), ("502", False), ("garbage", False)]
)
def test_no_usable_network_fails_the_first_row(world, fault: str, retry: bool):
    """Everything else waits; whether asking again may help depends on what happened."""
    world.sandbox.fault(f"*:{fault}")
    result, _ = run(world)
    assert states(result) == {"network": "failed", **dict.fromkeys(KEYS[1:], "waiting")}
    assert (result.ok, result.may_retry) == (False, retry)


def test_a_closed_port_is_no_network(world):
    """Nobody answers at that address."""
    result, _ = run(world, base_url="http://127.0.0.1:9")
    assert states(result)["network"] == "failed"
    assert result.may_retry


@pytest.mark.parametrize("more", [{"base_url": "http://example.com"}, {"base_url": "nonsense"}])
def test_an_impossible_address_fails_without_a_request(world, more: dict):
    """Plain http to somewhere else is never tried."""
    world.sandbox.forget_requests()
    result, _ = run(world, **more)
    assert states(result)["network"] == "failed"
    assert not result.may_retry
    assert not world.sandbox.requests()


@pytest.mark.parametrize(
    ("app_id", "secret", "code"),
    [
        ("", "", "check.app_id"),
        ("gh_0123456789ab", "0" * 32, "check.app_id"),
        ("wx0123456789abcdef", "0" * 31, "check.secret"),
        ("wx0123456789abcdef", "0" * 31 + " ", "check.secret"),
        ("wx0123456789abcdef", "0" * 32, ""),
    ],
)
def test_the_form_of_both_values_is_checked_first(world, app_id: str, secret: str, code: str):
    """What cannot be right is not sent anywhere."""
    assert format_problem(app_id, secret) == code
    if code:
        world.sandbox.forget_requests()
        result, told = run(world, app_id=app_id, secret=secret)
        assert [(row.key, row.code) for row in told] == [("format", code)]
        assert not result.ok
        assert not world.sandbox.requests()


def test_an_account_without_mass_sends_may_be_connected(world):
    """A warning with the chips; its missing right is kept with the account."""
    world.sandbox.switches.set(verified=False)
    result, _ = run(world)
    assert result.ok
    assert states(result)["rights"] == "warning"
    assert result.rights["mass"] is False
    assert result.rights["drafts"] is True
    assert states(result)["quota"] == "skipped"
    assert world.accounts.get(world.service).mass_send_right is False
    world.sandbox.switches.set(verified=True)
    run(world)
    assert world.accounts.get(world.service).mass_send_right is True


def test_the_right_of_a_new_account_is_known_when_it_is_added(world):
    """First the check, then the account."""
    world.account_store.remove(world.subscription)
    run(world, world.sandbox.subscription)
    simulated = world.sandbox.subscription
    account = world.accounts.add(
        simulated.app_id, simulated.app_secret, name="订阅号", kind="subscription", base_url=world.sandbox.address
    )
    assert account.mass_send_right is True


def test_used_up_calls_of_one_probe_leave_its_chip_open(world):
    """45009 says nothing about the right."""
    world.sandbox.fault("tags/get:errcode=45009")
    result, _ = run(world)
    assert result.ok
    assert result.rights["tags"] is None
    assert states(result)["rights"] == "warning"


def test_a_line_that_breaks_between_the_steps_is_told(world):
    """The token was had, then the network went."""
    world.sandbox.fault("speed/get:drop-before")
    result, _ = run(world)
    assert states(result)["token"] == "ok"
    assert states(result)["rights"] == "failed"
    assert states(result)["quota"] == "waiting"
    assert not result.ok
    assert result.may_retry


def test_a_check_can_be_cancelled(world):
    """Typing on stops the check of what was typed before."""
    account = world.sandbox.service
    form = ConnectForm(account.app_id, account.app_secret, world.sandbox.address)
    job = Job(on_report=lambda row: job.cancel() if row.key == "token" else None)
    with pytest.raises(Cancelled):
        world.accounts.check(form, job)
