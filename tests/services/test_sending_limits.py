"""Quota, rate and the split of lists (promises A11 to A13)."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import BadRequest
from desktop_app.services.sealing import audience_parts
from desktop_app.wechat import Audience, TextMessage
from desktop_app.wechat.types import OpenidAudience
from tests.outbox_world import World


def test_quota_of_a_month(world: World) -> None:
    """The fifth send to all of a 服务号 in a month is refused here; tags still go; a correction lets it through."""
    for number in range(4):
        world.queue(str(number), Audience.everyone())
        world.sending.deliver()
        world.clock.advance(61)
    with pytest.raises(BadRequest) as caught:
        world.queue("5", Audience.everyone())
    assert caught.value.code == "quota.spent"
    world.queue("tag")
    world.accounts.correct_quota(world.service, 1)
    world.queue("5", Audience.everyone())


def test_quota_spent_before_it_leaves(world: World) -> None:
    """Two sends of a 订阅号 queued on one day: the second waits until the count is corrected."""
    first, second = (world.queue(each, Audience.everyone(), account_id=world.subscription) for each in "ab")
    world.run(60)
    assert (world.state(first), world.state(second)) == ("succeeded", "queued")
    assert world.row(second).reason == "quota.spent"
    assert len(world.sends_asked()) == 1
    world.accounts.correct_quota(world.subscription, 1)
    world.sandbox.switches.set(send_quota=False)
    world.sending.resume(second)
    world.run(60)
    assert world.state(second) == "succeeded"


def test_server_refusal_is_final(world: World) -> None:
    """45028 ends a first attempt as 失败, is never tried again, and the local count is known to be spent."""
    world.sandbox.fault("mass/sendall:errcode=45028")
    send_id = world.queue("a", Audience.everyone())
    world.run(3600, step=30)
    assert (world.state(send_id), len(world.sends_asked())) == ("failed", 1)
    assert world.row(send_id).reason == "wx.45028"
    assert world.accounts.quota(world.service).left == 0
    with pytest.raises(BadRequest):
        world.queue("b", Audience.everyone())


def test_daily_api_quota_is_final(world: World) -> None:
    """45009 is not tried again either."""
    world.sandbox.fault("mass/sendall:errcode=45009")
    send_id = world.queue()
    world.run(3600, step=30)
    assert (world.state(send_id), len(world.sends_asked())) == ("failed", 1)


def test_sixty_a_minute(world: World, long_run: bool) -> None:
    """Never more than 60 in any 60 s; all go out, in order, across a restart (A12)."""
    batches = 1000 if long_run else 200
    world.sandbox.switches.set(daily_quotas=False)
    for number in range(batches):
        world.queue(str(number), Audience.tag(2))
    for _ in range(batches):
        world.run(10, step=5)
        if len(world.keys_sent()) == batches:
            break
        if len(world.keys_sent()) == 120:
            world.reopen()
    sent = world.sandbox.sent()
    assert [job["payload"]["text"]["content"] for job in sent] == [str(number) for number in range(batches)]
    times = sorted(job["created_at"] for job in sent)
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[60:], strict=False))
    assert times[-1] - times[0] <= batches + 60


@settings(max_examples=60)
@given(st.integers(2, 45_000))
def test_split(count: int) -> None:
    """Every list is split into even parts of 2 to 10,000; nobody is lost, nobody twice (A13)."""
    openids = [f"o{number}" for number in range(count)]
    parts = [part.list_ for part in audience_parts(openids) if isinstance(part, OpenidAudience)]
    assert [openid for part in parts for openid in part] == openids
    sizes = [len(part) for part in parts]
    assert min(sizes) >= 2
    assert max(sizes) <= 10_000
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) == -(-count // 10_000)


def test_two_deliveries_at_once(world: World) -> None:
    """Many threads deliver the same outbox at the same moment: each send goes out once."""
    ids = [world.queue(str(number), Audience.tag(2)) for number in range(20)]
    threads = [threading.Thread(target=world.sending.deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.sends_asked()) == len(ids)
    assert all(world.state(send_id) == "accepted" for send_id in ids)


def test_claimed_once(world: World) -> None:
    """Of two claims of one batch one wins, whoever asks."""
    world.queue()
    due = world.outbox.due(world.service, world.clock.wall)[0]
    claims = [world.outbox.claim(due, 0.0) for _ in range(2)]
    assert claims[0] is not None
    assert claims[1] is None


def test_cancelled_while_delivering(world: World) -> None:
    """A send cancelled while an earlier one is on its way is not sent."""
    first, second = world.queue("1"), world.queue("2")
    client = world.accounts.client(world.service)
    submit = client.submit

    def cancel_meanwhile(sealed: object) -> object:
        if world.state(second) == "queued":
            world.sending.cancel(second)
        return submit(sealed)  # type: ignore[arg-type]

    client.submit = cancel_meanwhile  # type: ignore[method-assign, assignment]
    world.sending.deliver()
    assert (world.state(first), world.state(second)) == ("accepted", "cancelled")
    assert len(world.keys_sent()) == 1
    world.sending.queue(TextMessage("3"), Audience.tag(2), account_id=world.service)
