"""The outbox worker: rounds by timers, one thread per account, everything said on the window's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.sandbox.server import Sandbox
from desktop_app.wechat import Audience
from desktop_app.workers.outbox_worker import OutboxWorker
from desktop_app.workers.tasks import Tasks
from tests.outbox_world import Clock, World

TIMEOUT_MS = 60_000  # counts only against a broken test


def until(qtbot: QtBot, met: Callable[[], object]) -> None:
    """Run events until something is so."""
    qtbot.waitUntil(lambda: bool(met()), timeout=TIMEOUT_MS)


class RunningClock(Clock):
    """A clock that runs 60 times as fast as the real one, and can be moved."""

    speed = 60.0

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    def __call__(self) -> float:
        return self.wall + self._passed()

    def steady(self) -> float:
        return self.real + self._passed()

    def _passed(self) -> float:
        return self.speed * (time.monotonic() - self._began)


class Desk:
    """A world with a worker in front."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tasks = Tasks()
        speed = world.clock.speed if isinstance(world.clock, RunningClock) else 1.0
        self.worker = OutboxWorker(self.tasks, world.sending, world.accounts, clock_speed=speed)
        self.rows: list[int] = []
        self.secrets: list[int] = []
        self.threads: set[object] = set()
        self.worker.row_changed.connect(self._on_row)
        self.worker.secret_needed.connect(self.secrets.append)

    def _on_row(self, send_id: int) -> None:
        self.rows.append(send_id)
        self.threads.add(threading.current_thread())

    def close(self) -> None:
        self.worker.stop()
        self.tasks.close()


@pytest.fixture
def make_desk(tmp_path: Path, qapp: object) -> Iterator[Callable[[Clock], Desk]]:
    desks: list[tuple[Desk, Sandbox]] = []

    def make(clock: Clock) -> Desk:
        sandbox = Sandbox(clock=clock.steady, seed=1).start()
        desk = Desk(World(tmp_path, sandbox, clock))
        desks.append((desk, sandbox))
        return desk

    yield make
    for desk, sandbox in desks:
        desk.close()
        desk.world.close()
        sandbox.stop()


@pytest.fixture
def desk(make_desk: Callable[[Clock], Desk]) -> Desk:
    return make_desk(Clock())


def test_woken(desk: Desk, qtbot: QtBot) -> None:
    """A queued send leaves when the worker is woken; each change is said, on the window's thread."""
    desk.worker.start()
    send_id = desk.world.queue()
    desk.worker.wake()
    until(qtbot, lambda: desk.world.state(send_id) == "accepted")
    until(qtbot, lambda: desk.rows == [send_id] * 3)
    assert desk.threads == {threading.main_thread()}
    assert QThread.isMainThread()


def test_by_itself_to_the_end(make_desk: Callable[[Clock], Desk], qtbot: QtBot) -> None:
    """Timers alone bring a send from 排队中 over a doubt and its repeat to 成功."""
    desk = make_desk(RunningClock())
    desk.world.sandbox.fault("mass/sendall:drop-after*1")
    desk.worker.start()
    send_id = desk.world.queue()
    desk.worker.wake()
    until(qtbot, lambda: desk.world.state(send_id) == "succeeded")
    assert len(desk.world.keys_sent()) == 1


def test_start_takes_up_what_is_open(desk: Desk, qtbot: QtBot) -> None:
    """Sends of both accounts that were queued before the start go out."""
    ids = [desk.world.queue(), desk.world.queue("b", Audience.everyone(), account_id=desk.world.subscription)]
    desk.worker.start()
    until(qtbot, lambda: all(desk.world.state(send_id) == "accepted" for send_id in ids))


def test_secret_is_asked_for_once(desk: Desk, qtbot: QtBot) -> None:
    """A missing AppSecret is said once, and typing it sends what waited."""
    send_id = desk.world.queue()
    account = desk.world.accounts.get(desk.world.service)
    desk.world.secrets.forget(account.app_id)
    desk.worker.start()
    until(qtbot, lambda: desk.secrets == [desk.world.service])
    for _ in range(3):
        with qtbot.waitSignal(desk.worker.state_changed, timeout=TIMEOUT_MS):
            desk.worker.wake()
    until(qtbot, lambda: not desk.worker.busy)
    assert desk.secrets == [desk.world.service]
    assert desk.world.row(send_id).reason == "secret.needed"
    desk.world.accounts.type_secret(desk.world.service, desk.world.sandbox.service.app_secret)
    desk.worker.wake()
    until(qtbot, lambda: desk.world.state(send_id) == "accepted")


def test_refresh_at_most_every_five_seconds(desk: Desk, qtbot: QtBot) -> None:
    """Pressing 刷新 again and again asks WeChat once in 5 seconds."""
    now = [0.0]
    desk.worker._clock = lambda: now[0]
    send_id = desk.world.queue()
    desk.world.sending.deliver()
    desk.world.clock.advance(60)

    def questions() -> int:
        return sum(request["path"].endswith("/mass/get") for request in desk.world.sandbox.requests())

    for _ in range(20):
        desk.worker.refresh(send_id)
    until(qtbot, lambda: desk.world.state(send_id) == "succeeded")
    assert questions() == 1
    now[0] += 5.1
    desk.worker.refresh(send_id)
    until(qtbot, lambda: questions() == 2)
    desk.worker.refresh(9999)
    until(qtbot, lambda: desk.worker.last_error is not None)


def test_an_error_is_said_and_tried_again(desk: Desk, qtbot: QtBot) -> None:
    """A store that fails stops nothing for good: it is said, and the next round clears it."""
    errors: list[StoreError] = []
    desk.worker.failed.connect(errors.append)
    send_id = desk.world.queue()
    deliver = desk.world.sending.deliver

    def fail(*args: object) -> int:
        raise StoreError("store.full")

    desk.world.sending.deliver = fail  # type: ignore[method-assign, assignment]
    desk.worker.start()
    until(qtbot, lambda: [error.code for error in errors] == ["store.full"])
    desk.world.sending.deliver = deliver  # type: ignore[method-assign]
    desk.worker.wake()
    until(qtbot, lambda: desk.world.state(send_id) == "accepted")
    until(qtbot, lambda: desk.worker.last_error is None)


def test_idle_is_quiet(desk: Desk, qtbot: QtBot) -> None:
    """With nothing to do no timer runs, and nothing is asked or written (P16)."""
    send_id = desk.world.queue()
    desk.world.sending.deliver()
    desk.world.clock.advance(120)
    desk.worker.start()
    until(qtbot, lambda: desk.world.state(send_id) == "succeeded")
    until(qtbot, lambda: not desk.worker.busy)
    assert not any(timer.isActive() for timer in desk.worker._timers.values())


def test_stopped(desk: Desk, qtbot: QtBot) -> None:
    """After stop() nothing leaves."""
    desk.worker.start()
    desk.worker.stop()
    send_id = desk.world.queue()
    desk.worker.wake()
    qtbot.wait(50)
    assert desk.world.state(send_id) == "queued"


def test_window_thread_is_never_held_up(desk: Desk, qtbot: QtBot) -> None:
    """A silent WeChat holds up the account's thread; the window's goes on turning meanwhile."""
    desk.world.sandbox.fault("mass/sendall:silent=2*1")
    send_id = desk.world.queue()
    desk.worker.start()
    until(qtbot, lambda: desk.world.state(send_id) == "submitting")
    turns = 0
    while desk.world.state(send_id) == "submitting":
        qtbot.wait(1)
        turns += 1
    assert desk.world.state(send_id) == "unsure"
    assert turns > 10
