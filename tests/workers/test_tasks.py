"""Tasks: the only code that crosses threads. Nothing gets lost, nothing arrives on the wrong thread."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
from PySide6.QtWidgets import QApplication, QLabel

from desktop_app.errors import AppError, Cancelled, StoreError
from desktop_app.job import Job
from desktop_app.workers.tasks import THREADS, Tasks


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    """Tasks that are closed at the end."""
    made = Tasks()
    yield made
    made.close()


def until(met: Callable[[], object], seconds: float = 60.0) -> None:
    """Run the event loop until a condition holds."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        QCoreApplication.processEvents()
        time.sleep(0.001)


def delete_later_now(thing: QObject) -> None:
    """Delete as the event loop would."""
    thing.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_work_runs_elsewhere_and_comes_home(tasks: Tasks) -> None:
    """The function runs off the window's thread, its result is told on it."""
    seen: list[Any] = []
    tasks.start(
        "work", lambda job: QThread.currentThread(), on_done=lambda t: seen.extend((t, QThread.currentThread()))
    )
    until(lambda: seen)
    assert seen[0] is not QApplication.instance().thread()
    assert seen[1] is QApplication.instance().thread()


def test_two_thousand_tasks_on_four_threads(tasks: Tasks) -> None:
    """Each is done once, none twice, all on the window's thread; never more threads than the lane has."""
    here, done, threads = threading.get_ident(), list[int](), set[int]()
    lock = threading.Lock()

    def work(number: int) -> Callable[[Job], int]:
        def run(job: Job) -> int:
            with lock:
                threads.add(threading.get_ident())
            return number

        return run

    def note(number: int) -> None:
        assert threading.get_ident() == here
        done.append(number)

    for number in range(2000):
        tasks.start("work", work(number), on_done=note)
    until(lambda: len(done) == 2000)
    assert sorted(done) == list(range(2000))
    assert 1 <= len(threads) <= THREADS["work"]
    assert tasks.running() == 0


def test_the_send_lane_keeps_the_order_of_an_account(tasks: Tasks) -> None:
    """One account's sends and deletes run one after the other; two accounts run beside each other."""
    order: list[tuple[str, int]] = []
    both = threading.Barrier(2, timeout=10)

    def work(account: str, number: int) -> Callable[[Job], None]:
        def run(job: Job) -> None:
            if number == 0:
                both.wait()  # passes only if the other account's thread is here as well
            order.append((account, number))

        return run

    for number in range(20):
        for account in ("a", "b"):
            tasks.start("send", work(account, number), key=account)
    until(lambda: not tasks.running())
    for account in ("a", "b"):
        assert [n for who, n in order if who == account] == list(range(20))


def test_lanes_do_not_wait_for_each_other(tasks: Tasks) -> None:
    """Four slow uploads leave the other lanes free."""
    free = threading.Event()
    for _ in range(THREADS["upload"] + 1):
        tasks.start("upload", lambda job: free.wait(10))
    done: list[str] = []
    tasks.start("work", lambda job: "work", on_done=done.append)
    tasks.start("send", lambda job: "send", key=1, on_done=done.append)
    until(lambda: len(done) == 2)
    assert tasks.running("upload") == THREADS["upload"] + 1
    free.set()
    until(lambda: not tasks.running())


def test_an_owner_that_is_gone_hears_nothing(tasks: Tasks) -> None:
    """Callbacks are dropped when the widget was deleted, by Qt or by Python, while its task ran."""
    free, heard = threading.Event(), list[str]()
    deleted, collected, alive = QLabel(), QLabel(), QLabel()
    for name, owner in (("deleted", deleted), ("collected", collected), ("alive", alive)):
        tasks.start("work", lambda job, n=name: free.wait(10) and n, owner=owner, on_done=heard.append)
    del owner
    delete_later_now(deleted)
    del collected
    gc.collect()
    free.set()
    until(lambda: not tasks.running())
    assert heard == ["alive"]


def test_widgets_deleted_by_the_hundred(tasks: Tasks) -> None:
    """Widgets that come and go while their tasks run bring nothing down, and the live ones hear everything."""
    heard: list[int] = []
    kept: list[QLabel] = []
    for number in range(400):
        label = QLabel()
        tasks.start("work", lambda job, n=number: n, owner=label, on_done=heard.append)
        if number % 2:
            kept.append(label)
        else:
            delete_later_now(label)
        QCoreApplication.processEvents()
    until(lambda: not tasks.running())
    assert {n for n in heard if n % 2} == set(range(1, 400, 2))


def test_cancel(tasks: Tasks) -> None:
    """A cancelled task stops at its next check and tells nobody; one that waited never begins."""
    begun, heard = threading.Event(), list[Any]()
    began_too_late: list[bool] = []

    def long(job: Job) -> None:
        begun.set()
        job.sleep(3600)

    first = tasks.start("send", long, key=1, on_done=heard.append, on_error=heard.append)
    second = tasks.start("send", lambda job: began_too_late.append(True), key=1, on_done=heard.append)
    begun.wait(10)
    assert first.running
    second.cancel()
    first.cancel()
    until(lambda: not tasks.running())
    assert not first.running
    assert heard == []
    assert began_too_late == []


def test_a_result_that_is_on_its_way_is_dropped_by_cancel(tasks: Tasks) -> None:
    """Cancelling after the work was done, before its result was shown, still keeps it from being shown."""
    done, heard = threading.Event(), list[Any]()
    task = tasks.start("work", lambda job: done.set(), on_done=heard.append)
    done.wait(10)
    task.cancel()
    until(lambda: not tasks.running())
    assert heard == []


def test_what_came_too_late_is_told_apart(tasks: Tasks) -> None:
    """Cancelled after its work was done: ``on_late`` gets the result, to take back what it left behind."""
    done, heard, late = threading.Event(), list[Any](), list[Any]()

    def work(job: Job) -> str:
        done.set()
        return "a note"

    task = tasks.start("work", work, on_done=heard.append, on_late=late.append)
    done.wait(10)
    task.cancel()
    until(lambda: not tasks.running())
    assert (heard, late) == ([], ["a note"])
    tasks.start("work", work, on_done=heard.append, on_late=late.append)
    until(lambda: not tasks.running())
    assert (heard, late) == (["a note"], ["a note"])


def test_progress_is_thinned(tasks: Tasks) -> None:
    """A flood of steps comes at most 20 times a second, and the last one always comes."""
    steps: list[tuple[int, int]] = []

    def flood(job: Job) -> None:
        end = time.monotonic() + 0.3
        number = 0
        while time.monotonic() < end:
            number += 1
            job.progress(number, 10**9)
        job.progress(10**9, 10**9)

    tasks.start("work", flood, on_progress=lambda done, total: steps.append((done, total)))
    until(lambda: not tasks.running())
    assert 2 <= len(steps) <= 10
    assert steps[-1] == (10**9, 10**9)


def test_no_report_is_dropped(tasks: Tasks) -> None:
    """Intermediate results come all, in order, before the result."""
    heard: list[Any] = []

    def work(job: Job) -> str:
        for number in range(300):
            job.report(number)
        return "done"

    tasks.start("work", work, on_report=heard.append, on_done=heard.append)
    until(lambda: not tasks.running())
    assert heard == [*range(300), "done"]


def test_expected_errors_go_to_their_callback(tasks: Tasks) -> None:
    """An AppError is handed over as it is."""
    heard: list[AppError] = []
    error = StoreError("store.full")

    def fail(job: Job) -> None:
        raise error

    tasks.start("work", fail, on_error=heard.append)
    until(lambda: heard)
    assert heard == [error]


@pytest.mark.parametrize("bug", [TypeError("a bug"), StoreError("store.full"), KeyError("x")])
def test_bugs_reach_the_hook(tasks: Tasks, bug: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody expected, and an AppError without a listener, reaches sys.excepthook; later tasks still run."""
    caught: list[BaseException] = []

    def hook(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        caught.append(value)

    monkeypatch.setattr(sys, "excepthook", hook)

    def fail(job: Job) -> None:
        raise bug

    tasks.start("work", fail, on_done=lambda _: None)
    until(lambda: caught)
    assert caught == [bug]
    heard: list[int] = []
    tasks.start("work", lambda job: 1, on_done=heard.append)
    until(lambda: heard)
    assert tasks.running() == 0


def test_cancelled_is_not_an_error(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that ends with Cancelled by itself is silent."""
    caught: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *args: caught.append(args))

    def stop(job: Job) -> None:
        raise Cancelled

    tasks.start("work", stop, on_done=caught.append, on_error=caught.append)
    until(lambda: not tasks.running())
    assert caught == []


def test_idle_is_told(tasks: Tasks) -> None:
    """idle_changed says when something starts and when all is done."""
    told: list[bool] = []
    tasks.idle_changed.connect(told.append)
    for _ in range(3):
        tasks.start("work", lambda job: None)
    until(lambda: not tasks.running())
    assert told[0] is False
    assert told[-1] is True


def test_close_ends(qapp: QApplication) -> None:
    """close() cancels what runs, drops what waits, tells nobody, and comes back; nothing starts afterwards."""
    tasks, heard, begun = Tasks(), list[Any](), threading.Event()

    def long(job: Job) -> None:
        begun.set()
        job.sleep(3600)

    for number in range(8):
        tasks.start("send", long, key=number % 2, on_done=heard.append, on_error=heard.append)
    begun.wait(10)
    began = time.monotonic()
    tasks.close()
    assert time.monotonic() - began < 5
    late = tasks.start("work", lambda job: heard.append("late"), on_done=heard.append)
    QCoreApplication.processEvents()
    assert not late.running
    assert tasks.running() == 0
    assert heard == []
