"""The quota by the local record, in Beijing time."""

from __future__ import annotations

import datetime

import pytest

from desktop_app.services.quota import BEIJING, Quota, period_of
from desktop_app.wechat import Audience


def at(text: str) -> float:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp()


@pytest.mark.parametrize(
    ("kind", "moment", "name", "since"),
    [
        ("service", "2026-11-30 23:59:59", "2026-11", "2026-11-01"),
        ("service", "2026-12-01 00:00:00", "2026-12", "2026-12-01"),
        ("subscription", "2026-11-30 23:59:59", "2026-11-30", "2026-11-30"),
        ("subscription", "2024-02-29 00:00:00", "2024-02-29", "2024-02-29"),
    ],
)
def test_periods_begin_at_midnight_in_beijing(kind: str, moment: str, name: str, since: str):
    """Month for a 服务号, day for a 订阅号, whatever zone this computer is in."""
    assert period_of(kind, at(moment)) == (name, at(since))


def left(world, account_id: int) -> int:
    return world.accounts.quota(account_id).left


def send(world, account_id: int, audience) -> None:
    world.queue("群发", audience, account_id=account_id)
    world.sending.deliver()


def test_a_fresh_account_has_everything_left(world):
    """4 a month, 1 a day."""
    assert world.accounts.quota(world.service) == Quota(4, 4, "month", False)
    assert world.accounts.quota(world.subscription) == Quota(1, 1, "day", False)


def test_a_service_account_counts_its_sends_to_all(world):
    """Sends to a tag are not counted; a new month begins at none."""
    send(world, world.service, Audience.tag(world.a_tag()))
    assert left(world, world.service) == 4
    send(world, world.service, Audience.everyone())
    assert left(world, world.service) == 3
    world.clock.advance(31 * 24 * 3600)
    assert left(world, world.service) == 4


def test_a_subscription_account_counts_every_send(world):
    """One a day, the next one after midnight in Beijing."""
    send(world, world.subscription, Audience.tag(world.a_tag()))
    assert left(world, world.subscription) == 0
    world.clock.advance(24 * 3600)
    assert left(world, world.subscription) == 1


def test_a_send_in_doubt_counts_as_used(world):
    """Nobody knows whether it went out: the cautious number is shown."""
    world.sandbox.fault("mass/sendall:drop-after*1")
    send(world, world.service, Audience.everyone())
    assert left(world, world.service) == 3


def test_a_refused_send_uses_nothing(world):
    """WeChat said no: nothing went out."""
    world.sandbox.fault("mass/sendall:errcode=48001*1")
    send(world, world.service, Audience.everyone())
    assert left(world, world.service) == 4


def test_the_person_may_correct_the_number(world):
    """Our own count goes on from there, until the period ends."""
    send(world, world.service, Audience.everyone())
    assert world.accounts.correct_quota(world.service, 2) == Quota(4, 2, "month", True)
    send(world, world.service, Audience.everyone())
    assert world.accounts.quota(world.service) == Quota(4, 1, "month", True)
    world.clock.advance(31 * 24 * 3600)
    assert world.accounts.quota(world.service) == Quota(4, 4, "month", False)


def test_wechat_is_trusted_over_our_own_count(world):
    """45028: nothing is left in this period."""
    assert world.accounts.quota_refused(world.service) == Quota(4, 0, "month", True)
    assert world.accounts.correct_quota(world.service, 99).left == 4
