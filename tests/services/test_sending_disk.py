"""A disk that is full, and rows that were damaged, around a request (promises D1, D3)."""

from __future__ import annotations

import contextlib

import pytest

from desktop_app.errors import StoreError
from desktop_app.wechat import Audience
from tests.outbox_world import World


def fill(world: World, send_id: int) -> None:
    """Leave no room for one more story line."""
    pages = world.db.one("PRAGMA page_count")
    assert pages is not None
    world.db.one(f"PRAGMA max_page_count = {pages[0]}")
    with contextlib.suppress(StoreError):
        for _ in range(10_000):
            world.outbox.tell(send_id, None, "cancelled")


def make_room(world: World) -> None:
    """The disk has room again."""
    world.db.one("PRAGMA max_page_count = 1000000")


def test_nothing_leaves_on_a_full_disk(world: World) -> None:
    """If 提交中 cannot be written, no request is made; with room again the send goes out once (D1)."""
    send_id = world.queue(audience=Audience.tag(2))
    fill(world, send_id)
    with pytest.raises(StoreError) as caught:
        world.sending.deliver()
    assert caught.value.code == "store.full"
    assert world.sends_asked() == []
    with pytest.raises(StoreError):
        world.queue("b", Audience.tag(2))
    make_room(world)
    world.run(60)
    assert world.state(send_id) == "succeeded"
    assert len(world.keys_sent()) == 1


def test_full_between_request_and_answer(world: World) -> None:
    """An answer that cannot be written is kept and written when there is room: accepted, without a second request."""
    send_id = world.queue(audience=Audience.tag(2))
    client = world.accounts.client(world.service)
    submit = client.submit

    def then_full(sealed: object) -> object:
        receipt = submit(sealed)  # type: ignore[arg-type]
        fill(world, send_id)
        return receipt

    client.submit = then_full  # type: ignore[method-assign, assignment]
    with pytest.raises(StoreError):
        world.sending.deliver()
    assert world.state(send_id) == "submitting"
    make_room(world)
    client.submit = submit  # type: ignore[method-assign]
    world.run(60)
    assert world.state(send_id) == "succeeded"
    assert len(world.sends_asked()) == 1


def test_full_and_then_a_crash(world: World) -> None:
    """The same, but the program ends before there is room: in doubt, and the repeat finds what went out."""
    send_id = world.queue(audience=Audience.tag(2))
    client = world.accounts.client(world.service)
    submit = client.submit

    def then_full(sealed: object) -> object:
        receipt = submit(sealed)  # type: ignore[arg-type]
        fill(world, send_id)
        return receipt

    client.submit = then_full  # type: ignore[method-assign, assignment]
    with pytest.raises(StoreError):
        world.sending.deliver()
    world.reopen()
    assert world.state(send_id) == "unsure"
    world.run(200)
    assert world.state(send_id) == "succeeded"
    assert len(world.keys_sent()) == 1


def test_full_at_every_step(world: World) -> None:
    """However few pages are left when a campaign starts: no duplicate, no loss, and it goes on with room."""
    ids = []
    for room in range(8):
        pages = world.db.one("PRAGMA page_count")
        assert pages is not None
        world.db.one(f"PRAGMA max_page_count = {pages[0] + room}")
        with contextlib.suppress(StoreError):
            ids.append(world.queue(f"{room} " * 800, Audience.tag(2)))
            world.sending.deliver()
        make_room(world)
        world.run(130, step=10)
    world.run(300, step=10)
    keys = world.keys_sent()
    assert len(keys) == len(set(keys)) == len(ids)
    assert {world.state(send_id) for send_id in ids} == {"succeeded"}


def test_a_damaged_row_waits(world: World) -> None:
    """A row that does not fit its seal is not sent: it waits, with the reason, and the others go on."""
    damaged, good = world.queue("1", Audience.tag(2)), world.queue("2", Audience.tag(2))
    with world.db.transaction() as connection:
        connection.execute(
            "UPDATE batch_body SET body = x'7b7d' WHERE batch_id = ?", (world.row(damaged).batches[0].id,)
        )
    world.run(60)
    assert (world.state(damaged), world.row(damaged).reason) == ("queued", "store.row_damaged")
    assert world.state(good) == "succeeded"
    world.sending.resume(damaged)
    world.run(60)
    assert world.row(damaged).waits_for_person
    assert len(world.keys_sent()) == 1
