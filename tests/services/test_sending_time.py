"""Time: repeats, their limits, schedules, and a wall clock that somebody sets (promises A4 to A7)."""

from __future__ import annotations

import contextlib
import random
from itertools import pairwise

import pytest

from desktop_app.errors import BadRequest, StoreError
from desktop_app.services.schedule import next_poll_at
from desktop_app.wechat import Audience
from tests.outbox_world import START, World

DAY = 86_400.0


def in_doubt(world: World, fault: str = "drop-after", **more: object) -> int:
    """A send whose first attempt ended in doubt; from here on WeChat answers."""
    world.sandbox.fault(f"mass/sendall:{fault}*1")
    send_id = world.queue(**more)
    world.sending.deliver()
    assert world.state(send_id) == "unsure"
    return send_id


def leaving_times(world: World, send_id: int) -> list[float]:
    """When its attempts left."""
    return [line.at for line in world.sending.story(send_id) if line.code == "submitting"]


# --- repeats ----------------------------------------------------------------------------------------


def test_same_key_after_a_minute(world: World) -> None:
    """After a doubt the same bytes go again after 60 s or more; 45065 brings the msg_id of the first (A4)."""
    send_id = in_doubt(world)
    world.run(58, step=1)
    assert len(leaving_times(world, send_id)) == 1
    world.run(120, step=1)
    first, second = leaving_times(world, send_id)
    assert second - first >= 60
    assert world.state(send_id) == "succeeded"
    assert world.row(send_id).msg_id == world.sandbox.sent()[0]["msg_id"]
    assert "already_accepted" in world.codes(send_id)


def test_too_fast_for_wechat(world: World) -> None:
    """45066 on a repeat: a minute more, the same key, then 45065 (A4)."""
    send_id = in_doubt(world)
    world.sandbox.fault("mass/sendall:errcode=45066*3")
    world.run(600, step=1)
    times = leaving_times(world, send_id)
    assert len(times) == 5
    assert min(later - earlier for earlier, later in pairwise(times)) >= 60
    assert world.state(send_id) == "succeeded"
    assert len({request["body"] for request in world.sends_asked()}) == 1


def test_first_attempt_slowed_down(world: World) -> None:
    """45011 on a first attempt: nothing was taken, and the account's other sends wait the minute too."""
    world.sandbox.fault("mass/sendall:errcode=45011*1")
    first, second = world.queue("1"), world.queue("2")
    assert world.sending.deliver() == 1
    assert world.state(first) == world.state(second) == "queued"
    world.run(55, step=1)
    assert len(world.sends_asked()) == 1
    world.reopen()
    world.run(3, step=1)
    assert len(world.sends_asked()) == 1, "a restart does not shorten the minute"
    world.run(60, step=1)
    assert len(world.keys_sent()) == 2


@pytest.mark.parametrize("restart", [False, True])
def test_no_automatic_repeat_later(world: World, restart: bool) -> None:
    """Never an automatic repeat later than 10 minutes after the confirmation, in 30 days (A5)."""
    world.sandbox.fault("mass/sendall:drop-before")
    send_id = world.queue()
    confirmed = world.clock.wall
    world.run(1200, step=7)
    for _ in range(30):
        if restart:
            world.reopen()
        world.run(DAY, step=3600)
    times = leaving_times(world, send_id)
    assert 8 <= len(times) <= 10
    assert max(times) - confirmed <= 600
    assert min(later - earlier for earlier, later in pairwise(times)) >= 60
    assert (world.state(send_id), world.sending.next_due()) == ("unsure", None)


def test_asleep_over_the_repeat(world: World) -> None:
    """The machine slept through the minutes for repeats: none comes on waking."""
    send_id = in_doubt(world)
    world.clock.advance(3600)
    world.run(600)
    assert len(leaving_times(world, send_id)) == 1
    assert world.codes(send_id)[-1] == "repeats_end"


def test_worded_button(world: World) -> None:
    """A person may repeat until 23 h after the first attempt left, a minute after the last one; then nobody."""
    send_id = in_doubt(world)
    left = world.clock.wall
    world.clock.advance(20)
    world.sending.resubmit(send_id)
    assert world.sending.next_due() == left + 60
    world.clock.advance(20)
    world.sandbox.fault("mass/sendall:drop-before*1")
    world.clock.advance(3600)
    world.sending.deliver()  # asleep: what was asked for an hour ago is forgotten
    assert len(leaving_times(world, send_id)) == 1
    world.sending.resubmit(send_id)
    world.run(600)
    assert len(leaving_times(world, send_id)) == 2
    assert world.state(send_id) == "unsure"
    assert world.sending.repeat_until(world.row(send_id)) == left + 23 * 3600
    world.clock.advance(left + 23 * 3600 - world.clock.wall - 1)
    world.sending.resubmit(send_id)
    world.clock.advance(30)
    world.run(30)
    assert len(leaving_times(world, send_id)) == 2, "asked in time, but it would have left too late"
    assert world.sending.repeat_until(world.row(send_id)) is None
    with pytest.raises(BadRequest) as caught:
        world.sending.resubmit(send_id)
    assert caught.value.code == "send.too_late"


def test_the_button_finds_what_went_out(world: World) -> None:
    """The worded button adopts the first attempt's msg_id: one message, known at last."""
    send_id = in_doubt(world)
    world.clock.advance(7200)
    world.sending.deliver()
    world.sending.resubmit(send_id)
    world.run(60)
    assert world.state(send_id) == "succeeded"
    assert len(world.keys_sent()) == 1


def test_resubmit_needs_a_doubt(world: World) -> None:
    """What is not in doubt is not repeated."""
    send_id = world.queue()
    with pytest.raises(BadRequest) as caught:
        world.sending.resubmit(send_id)
    assert caught.value.code == "send.not_unsure"


# --- restart ----------------------------------------------------------------------------------------


def test_found_as_submitting(world: World) -> None:
    """A crash during a request: 结果未知, and the repeat comes after a minute, with the same bytes."""
    send_id = world.queue()
    due = world.outbox.due(world.service, world.clock.wall)[0]
    world.outbox.claim(due, world.clock.wall + 23 * 3600)
    world.reopen()
    assert world.state(send_id) == "unsure"
    assert world.codes(send_id) == ["queued", "submitting", "recovered"]
    world.run(50, step=1)
    assert world.sends_asked() == []
    world.run(100)
    assert world.state(send_id) == "succeeded"


@pytest.mark.parametrize(("age", "goes_on"), [(300, True), (900, False)])
def test_found_queued(world: World, age: float, goes_on: bool) -> None:
    """A queued row found at start goes on if it is younger than 10 minutes; an older one asks."""
    send_id = world.queue()
    world.close()
    world.clock.advance(age)
    world._open()
    world._connect(world.sandbox.service, "service")
    world.run(60)
    assert (world.state(send_id) == "succeeded") is goes_on
    assert world.row(send_id).waits_for_person is not goes_on
    if not goes_on:
        assert world.row(send_id).reason == "send.found"
        world.sending.resume(send_id)
        world.run(60)
        assert world.state(send_id) == "succeeded"


# --- schedules --------------------------------------------------------------------------------------


def test_schedule(world: World) -> None:
    """A scheduled send leaves at its time, not before; its 10 minutes count from then."""
    at = world.clock.wall + 2 * 3600
    send_id = world.queue(not_before=at)
    world.run(2 * 3600 - 1, step=60)
    assert world.sends_asked() == []
    world.sandbox.fault("mass/sendall:drop-after*1")
    world.run(200, step=1)
    assert world.state(send_id) == "succeeded"
    assert at <= leaving_times(world, send_id)[0] <= at + 1


def test_missed_schedule(world: World) -> None:
    """More than 15 minutes late (asleep) it asks; a little late it goes (A7)."""
    late, little = world.queue(not_before=world.clock.wall + 60), world.queue(not_before=world.clock.wall + 1200)
    world.clock.advance(60 + 1000)
    world.run(300)
    assert (world.state(late), world.row(late).reason) == ("queued", "schedule.missed")
    assert world.state(little) == "succeeded"
    world.sending.resume(late)
    world.run(60)
    assert world.state(late) == "succeeded"


def test_resumed_schedule_keeps_its_time(world: World) -> None:
    """A scheduled send that waited for a person and is resumed early still leaves at its time."""
    at = world.clock.wall + 3600
    send_id = world.queue(not_before=at)
    world.clock.set_back(-600)
    world.sending.deliver()
    assert world.row(send_id).reason == "clock.jumped"
    world.sending.resume(send_id)
    world.run(2000)
    assert world.sends_asked() == []
    world.run(2000)
    assert world.state(send_id) == "succeeded"


# --- the clock is set -------------------------------------------------------------------------------


def test_clock_set_forward_sends_nothing_early(world: World) -> None:
    """The wall clock jumps over the schedule: nothing leaves, it asks."""
    send_id = world.queue(not_before=world.clock.wall + DAY)
    world.sending.deliver()
    world.clock.set_back(-DAY - 60)
    world.run(600)
    assert world.sends_asked() == []
    assert world.row(send_id).reason == "clock.jumped"


@pytest.mark.parametrize("set_back", [DAY, -DAY, 365 * DAY, 3600, -3600])
def test_clock_set_during_a_doubt(world: World, set_back: float) -> None:
    """Once the clock was set nobody can count the 24 h: no repeat any more, not even by the button."""
    send_id = in_doubt(world)
    world.clock.set_back(set_back)
    world.run(3 * DAY, step=1800)
    assert len(leaving_times(world, send_id)) == 1
    assert world.sending.repeat_until(world.row(send_id)) is None
    with pytest.raises(BadRequest):
        world.sending.resubmit(send_id)
    world.sending.mark(send_id, True)


def test_clock_set_while_the_program_was_off(world: World) -> None:
    """A clock that went back behind the ledger is noticed at the next start."""
    send_id = in_doubt(world)
    other = world.queue("2")
    world.close()
    world.clock.set_back(2 * DAY)
    world._open()
    world._connect(world.sandbox.service, "service")
    world.run(3 * DAY, step=1800)
    assert len(leaving_times(world, send_id)) == 1
    assert world.row(other).reason == "clock.jumped"


def test_clock_set_while_a_request_is_under_way(world: World) -> None:
    """Set back between request and answer: the doubt that follows is not repeated."""
    send_id = world.queue()
    client = world.accounts.client(world.service)
    submit = client.submit

    def slow(sealed: object) -> object:
        world.clock.set_back(DAY)
        return submit(sealed)  # type: ignore[arg-type]

    client.submit = slow  # type: ignore[method-assign, assignment]
    world.sandbox.fault("mass/sendall:drop-after*1")
    world.sending.deliver()
    assert world.sending.repeat_until(world.row(send_id)) is None


def test_jump_that_cannot_be_written_down(world: World) -> None:
    """The disk is full when the jump is noticed: it is noticed again until it is written, and nothing leaves."""
    send_id = world.queue(not_before=world.clock.wall + DAY)
    pages = world.db.one("PRAGMA page_count")
    assert pages is not None
    world.db.one(f"PRAGMA max_page_count = {pages[0]}")
    with contextlib.suppress(StoreError):
        for _ in range(10_000):
            world.outbox.tell(send_id, None, "cancelled")
    world.clock.set_back(-DAY - 60)
    for _ in range(3):
        with pytest.raises(StoreError):
            world.sending.deliver()
    world.db.one("PRAGMA max_page_count = 1000000")
    world.run(60)
    assert world.row(send_id).reason == "clock.jumped"
    assert world.sends_asked() == []


def test_random_jumps(world: World, long_run: bool) -> None:
    """Random jumps by up to a year either way: nothing early, nothing twice (A6)."""
    seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    world.sandbox.switches.set(daily_quotas=False, minute_limit=False)
    due_at: dict[int, float] = {}
    for number in range(1000 if long_run else 60):
        delay = chance.choice([0, 0, 1800, DAY])
        at = world.clock.wall + delay
        send_id = world.queue(str(number), not_before=at if delay else None)
        due_at[send_id] = world.clock.real + delay
        if chance.random() < 0.5:
            world.sandbox.fault(f"mass/sendall:{chance.choice(['drop-before', 'drop-after', '502/after'])}*1")
        world.run(chance.choice([0, 30, 90]), step=15)
        world.clock.set_back(chance.choice([DAY, -DAY, 365 * DAY, -365 * DAY, 3600, -3600, 30]))
        world.run(chance.choice([30, 700]), step=35)
        if chance.random() < 0.2:
            world.reopen()
        if chance.random() < 0.3:
            world.sandbox.fault("clear")
    sent = world.sandbox.sent()
    keys = [job["clientmsgid"] for job in sent]
    assert len(keys) == len(set(keys)) > len(due_at) / 5
    send_of = {world.row(send_id).batches[0].client_msg_id: send_id for send_id in due_at}
    assert all(job["created_at"] >= due_at[send_of[job["clientmsgid"]]] - 150 for job in sent)


def test_small_corrections_are_no_jump(world: World) -> None:
    """A clock that is corrected by seconds stops nothing."""
    send_id = in_doubt(world)
    world.clock.set_back(3)
    world.run(120)
    assert world.state(send_id) == "succeeded"


def test_poll_times() -> None:
    """The plan for questions, asked late or early."""
    assert next_poll_at(START, START - 5) == START + 10
    assert next_poll_at(START, START + 45) == START + 60
    assert next_poll_at(START, START + 700) == START + 700 + 1800
    assert next_poll_at(START, START + DAY) is None


def test_order_of_sends(world: World) -> None:
    """Sends of an account leave in the order of their confirmation."""
    ids = [world.queue(str(number), audience=Audience.tag(2)) for number in range(5)]
    world.sending.deliver()
    assert [job["payload"]["text"]["content"] for job in world.sandbox.sent()] == [str(n) for n in range(5)]
    assert all(world.state(send_id) == "accepted" for send_id in ids)
