"""The ledger: legal transitions, claims, the story, lists and counts."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import StoreError
from desktop_app.store.database import Database
from desktop_app.store.outbox import TRANSITIONS, Batch, NewBatch, NewSend, Outbox, State
from desktop_app.store.outbox_types import combined_state, group_of

NOW = 1_795_000_000.0
S = State
STORED = [state for state in State if state is not State.PARTLY_FAILED]


class Ledger(Outbox):
    """An outbox of one account with a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.at = NOW
        self.db = Database(folder / "qunfa.db", now=lambda: self.at)
        with self.db.transaction() as connection:
            connection.executemany(
                "INSERT INTO account (app_id, name, kind, base_url, created_at) VALUES (?, 'n', 'service', 'x', 1)",
                [("wx1",), ("wx2",)],
            )
        super().__init__(self.db, lambda: self.at)
        self.keys = itertools.count()

    def send(self, batches: int = 1, **more: Any) -> int:
        """Write one send."""
        values = {
            "account_id": 1,
            "kind": "text",
            "title": "a",
            "message": {},
            "audience": {"type": "tag", "name": "标签"},
        }
        new = [NewBatch(f"k{next(self.keys)}", "/p", b"body", 5) for _ in range(batches)]
        return self.add(NewSend(**{**values, **more}), new)

    def force(self, send_id: int, state: State, number: int = 1, **columns: Any) -> Batch:
        """Put a batch into a state by the shortest legal way."""
        ways: dict[State, list[State]] = {
            S.QUEUED: [],
            S.CANCELLED: [S.CANCELLED],
            S.SUBMITTING: [S.SUBMITTING],
            S.DELETED: [S.SUBMITTING, S.ACCEPTED, S.DELETED],
            S.SUCCEEDED: [S.SUBMITTING, S.ACCEPTED, S.SUCCEEDED],
        }
        batch = self.row(send_id).batches[number - 1]
        for step in ways.get(state, [S.SUBMITTING, state]):
            batch = self.change(batch, "cancelled", state=step)
        return self.change(batch, "cancelled", **columns) if columns else batch


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path)
    yield ledger
    ledger.db.close()


# --- transitions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [pair for pair in itertools.product(STORED, STORED) if pair[0] != pair[1]])
def test_every_pair_of_states(ledger: Ledger, old: State, new: State) -> None:
    """What the table allows can be written, everything else is refused and changes nothing."""
    send_id = ledger.send()
    batch = ledger.force(send_id, old)
    story = len(ledger.story(send_id))
    if new in TRANSITIONS[old]:
        assert ledger.change(batch, "cancelled", state=new).state is new
        assert ledger.row(send_id).state is new
    else:
        with pytest.raises(StoreError) as caught:
            ledger.change(batch, "cancelled", state=new)
        assert caught.value.code == "store.transition"
        assert ledger.row(send_id).state is old
        assert len(ledger.story(send_id)) == story


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED])
def test_doubt_never_becomes_nothing_went_out(ledger: Ledger, state: State) -> None:
    """A batch in doubt can neither be queued again nor fail by an answer, and the doubt cannot be taken away."""
    batch = ledger.force(ledger.send(), S.UNSURE, in_doubt=True)
    again = ledger.change(batch, "submitting", state=S.SUBMITTING)
    for changes in ({"state": state}, {"state": S.UNSURE, "in_doubt": False}):
        with pytest.raises(StoreError):
            ledger.change(again, "cancelled", **changes)
    assert ledger.change(again, "in_doubt", state=S.UNSURE).in_doubt


def test_no_mark_for_what_wechat_can_tell(ledger: Ledger) -> None:
    """An accepted send with a msg_id is asked about; a person may mark only the one without."""
    known = ledger.force(ledger.send(), S.ACCEPTED, msg_id=5)
    with pytest.raises(StoreError):
        ledger.change(known, "marked", state=S.SUCCEEDED, marked=True)
    unknown = ledger.force(ledger.send(), S.ACCEPTED)
    assert ledger.change(unknown, "marked", state=S.SUCCEEDED, marked=True).marked


def test_old_copies_cannot_write(ledger: Ledger) -> None:
    """A row that changed since it was read is not overwritten."""
    send_id = ledger.send()
    batch = ledger.row(send_id).batches[0]
    ledger.change(batch, "waits", {"reason": "x"}, waits_for_person=True)
    with pytest.raises(StoreError) as caught:
        ledger.change(batch, "cancelled", state=S.CANCELLED)
    assert caught.value.code == "store.changed"
    assert ledger.change_all([batch], "cancelled", state=S.CANCELLED) == []
    assert ledger.row(send_id).state is S.QUEUED


# --- claims -----------------------------------------------------------------------------------------


def test_claim(ledger: Ledger) -> None:
    """A claim gives the exact bytes once, and writes down when the first and the latest attempt left."""
    send_id = ledger.send()
    due = ledger.due(1, NOW)[0]
    claimed = ledger.claim(due, NOW + 100)
    assert claimed is not None
    batch, body = claimed
    assert (body, batch.state, batch.attempts) == (b"body", S.SUBMITTING, 1)
    assert (batch.first_left_at, batch.last_left_at, batch.repeats_until) == (NOW, NOW, NOW + 100)
    assert ledger.claim(due, NOW) is None
    unsure = ledger.change(batch, "in_doubt", state=S.UNSURE, in_doubt=True, not_before=NOW + 60)
    ledger.at += 60
    again = ledger.claim(ledger.due(1, NOW + 60)[0], NOW + 9999)
    assert again is not None
    assert (again[0].first_left_at, again[0].last_left_at, again[0].repeats_until) == (NOW, NOW + 60, NOW + 100)
    assert again[0].client_msg_id == unsure.client_msg_id
    assert ledger.story(send_id)[-1].args == {"attempt": 2, "repeat": True}


def test_due(ledger: Ledger) -> None:
    """What waits for a time or a person is not due; order is that of the start."""
    later, now, waits = ledger.send(not_before=NOW + 50), ledger.send(), ledger.send()
    ledger.change(ledger.row(waits).batches[0], "waits", {"reason": "x"}, waits_for_person=True)
    assert [due.batch.send_id for due in ledger.due(1, NOW)] == [now]
    assert ledger.next_due(1) == 0
    ledger.change(ledger.row(now).batches[0], "cancelled", state=S.CANCELLED)
    assert ledger.next_due(1) == NOW + 50
    assert [due.start for due in ledger.due(1, NOW + 50)] == [NOW + 50]
    assert ledger.due(2, NOW + 50) == []
    assert ledger.open_accounts() == (1,)
    assert ledger.row(later).not_before == NOW + 50


def test_ids_of_64_bits(ledger: Ledger) -> None:
    """msg_id and msg_data_id keep all 64 bits."""
    big = (1 << 64) - 1
    send_id = ledger.send()
    ledger.force(send_id, S.ACCEPTED, msg_id=big, msg_data_id=big - 1)
    assert ledger.row(send_id).msg_id == big
    assert ledger.row(send_id).batches[0].msg_data_id == big - 1
    assert ledger.page(1, search=str(big))[0].id == send_id


# --- what a send shows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "shown", "group"),
    [
        ({S.QUEUED}, S.QUEUED, "running"),
        ({S.QUEUED, S.ACCEPTED}, S.QUEUED, "running"),
        ({S.SUBMITTING, S.ACCEPTED, S.QUEUED}, S.SUBMITTING, "running"),
        ({S.ACCEPTED, S.SUCCEEDED}, S.ACCEPTED, "running"),
        ({S.WAITING_ADMIN, S.ACCEPTED}, S.WAITING_ADMIN, "running"),
        ({S.UNSURE, S.QUEUED}, S.UNSURE, "attention"),
        ({S.SUCCEEDED, S.FAILED}, S.PARTLY_FAILED, "attention"),
        ({S.SUCCEEDED, S.CANCELLED}, S.PARTLY_FAILED, "attention"),
        ({S.FAILED, S.CANCELLED}, S.FAILED, "done"),
        ({S.CANCELLED}, S.CANCELLED, "done"),
        ({S.SUCCEEDED, S.DELETED}, S.SUCCEEDED, "done"),
        ({S.DELETED}, S.DELETED, "done"),
        (set(), S.FAILED, "done"),
    ],
)
def test_one_state_for_several(states: set[State], shown: State, group: str) -> None:
    """The state of a send is made from those of its batches."""
    assert combined_state(states) is shown
    assert group_of(shown, False) == group
    assert group_of(shown, True) == "attention"


def test_row_of_several_batches(ledger: Ledger) -> None:
    """People and reasons come from the batches; the first msg_id is shown."""
    send_id = ledger.send(batches=3)
    ledger.force(send_id, S.SUCCEEDED, 1, msg_id=7)
    ledger.force(send_id, S.FAILED, 2, reason="wx.40003", reason_args={"errmsg": "x"})
    row = ledger.row(send_id)
    assert (row.people_accepted, row.people_failed, row.msg_id) == (5, 5, 7)
    assert (row.reason, row.reason_args) == ("wx.40003", {"errmsg": "x"})
    ledger.change(row.batches[2], "waits", {"reason": "secret.needed"}, waits_for_person=True, reason="secret.needed")
    assert ledger.row(send_id).reason == "secret.needed"


# --- lists ------------------------------------------------------------------------------------------


def test_pages(ledger: Ledger) -> None:
    """Pages by key, newest first, hold everything once, also when times are equal."""
    for number in range(25):
        ledger.at = NOW + number // 3
        ledger.send(title=str(number))
    seen: list[int] = []
    before = None
    while page := ledger.page(1, before=before, limit=7):
        seen += [row.id for row in page]
        before = (page[-1].confirmed_at, page[-1].id)
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 25


def test_groups_follow_the_batches(ledger: Ledger) -> None:
    """Counts and filters see each change at once."""
    ids = [ledger.send(title=f"第{number}条", kind="text" if number % 2 else "image") for number in range(6)]
    assert ledger.counts(1) == {"all": 6, "running": 6, "attention": 0, "done": 0}
    ledger.force(ids[0], S.SUCCEEDED)
    ledger.force(ids[1], S.UNSURE, in_doubt=True)
    ledger.change(ledger.row(ids[2]).batches[0], "waits", {"reason": "x"}, waits_for_person=True)
    assert ledger.counts(1) == {"all": 6, "running": 3, "attention": 2, "done": 1}
    assert ledger.counts(1, kind="image") == {"all": 3, "running": 1, "attention": 1, "done": 1}
    assert {row.id for row in ledger.page(1, group="attention")} == {ids[1], ids[2]}
    assert ledger.counts(2)["all"] == 0


def test_search(ledger: Ledger) -> None:
    """Search looks into title, msg_id and the name of the audience; signs of SQL mean themselves."""
    ids = [ledger.send(title=title) for title in ("百分之100%", "a_b", "axb", "普通")]
    ledger.force(ids[3], S.ACCEPTED, msg_id=3147483652)
    assert [row.id for row in ledger.page(1, search="100%")] == [ids[0]]
    assert [row.id for row in ledger.page(1, search="a_b")] == [ids[1]]
    assert [row.id for row in ledger.page(1, search="31474")] == [ids[3]]
    assert len(ledger.page(1, search=" 标签 ")) == 4
    assert ledger.page(1, search="'; DROP TABLE send; --") == []
    assert ledger.counts(1, search="a_b")["all"] == 1
    assert ledger.page(1, since=NOW + 1) == []


def test_a_state_read_leaves_the_bytes_alone(ledger: Ledger) -> None:
    """Reading rows, what is due and what is open never touches the stored requests."""
    sql: list[str] = []
    ledger.send(batches=3)
    ledger.db._connection.set_trace_callback(sql.append)
    ledger.page(1)
    ledger.due(1, NOW)
    ledger.in_state([S.QUEUED])
    ledger.poll_due(1, NOW)
    ledger.db._connection.set_trace_callback(None)
    assert not any("batch_body" in each or "SELECT *" in each for each in sql if "batch" in each)


def test_many_rows(ledger: Ledger, long_run: bool) -> None:
    """A page near the end of a long history costs about what the first one does (P10)."""
    rows = 1_000_000 if long_run else 20_000
    with ledger.db.transaction() as connection:
        connection.executemany(
            "INSERT INTO send (id, account_id, kind, title, message, audience, confirmed_at, changed_at, grp)"
            " VALUES (?, 1, 'text', 't', '{}', '{}', ?, 1, 'done')",
            ((number, NOW + number) for number in range(1, rows + 1)),
        )
        connection.executemany(
            "INSERT INTO batch (send_id, number, client_msg_id, path, body_sha256, seal, state)"
            " VALUES (?, 1, 'm' || ?, '/p', '', '', 'succeeded')",
            ((number, number) for number in range(1, rows + 1)),
        )

    def seconds(before: tuple[float, int] | None) -> float:
        times = []
        for _ in range(7):
            started = time.thread_time()
            assert len(ledger.page(1, group="done", before=before)) == 200
            times.append(time.thread_time() - started)
        return sorted(times)[3]

    first, deep = seconds(None), seconds((NOW + 300, 300))
    started = time.thread_time()
    assert ledger.due(1, NOW) == []
    assert ledger.next_poll(1) is None
    assert ledger.open_accounts() == ()
    assert time.thread_time() - started < 0.05
    assert deep <= 2 * first + 0.005
