"""The outbox: a durable intent against a bare fdatasync (P12), a status refresh against bare calls (P11)."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from desktop_app.sandbox.server import Sandbox
from desktop_app.store.outbox import NewBatch, NewSend
from tests.bench._row import Row, ratio, rounds
from tests.outbox_world import Clock, World

ROUNDS = 7
INTENTS = 100
JOBS = 1000


def measure() -> list[Row]:
    """Each round measures ours and the yardstick in turn; the median of the ratios counts."""
    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name), Clock()
        with Sandbox(clock=clock.steady, seed=1) as sandbox:
            sandbox.switches.set(minute_limit=False, daily_quotas=False)
            world = World(folder, sandbox, clock)
            try:
                return [*_intents(world, folder), *_refresh(world)]
            finally:
                world.close()


def _ratios(ours: Callable[[], None], bare: Callable[[], None]) -> tuple[float, float]:
    """Median seconds of ours, and the median ratio to the yardstick."""
    found = rounds({"ours": partial(_seconds, ours), "bare": partial(_seconds, bare)}, ROUNDS)
    return statistics.median(found["ours"]), ratio(found["ours"], found["bare"])


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _intents(world: World, folder: Path) -> list[Row]:
    numbers = iter(range(1_000_000))
    body = b"x" * 2000

    def ours() -> None:
        for _ in range(INTENTS):
            batch = NewBatch(f"bench{next(numbers)}", "/cgi-bin/message/mass/sendall", body)
            world.outbox.add(NewSend(world.subscription, "text", "t", {}, {"type": "all"}), [batch])

    sync = getattr(os, "fdatasync", os.fsync)
    with (folder / "bare").open("wb", buffering=0) as file:

        def bare() -> None:
            for _ in range(INTENTS):
                file.write(body)
                sync(file.fileno())

        seconds, times = _ratios(ours, bare)
    for due in world.outbox.due(world.subscription, world.clock()):
        world.sending.cancel(due.batch.send_id)
    return [Row("one durable intent of 2 kB", 1000 * seconds / INTENTS, "ms", times, "<= 2 x fdatasync", times <= 2)]


def _refresh(world: World) -> list[Row]:
    """Status questions about open jobs, while WeChat says SENDING."""
    for number in range(JOBS):
        world.queue(str(number), 2)
    while world.outbox.due(world.service, world.clock() + 1e6):
        world.sending.deliver()
        world.clock.advance(61)
    for job in world.sandbox.service.jobs.by_id.values():
        job.seconds = 1e9
    token = world.accounts.client(world.service)._transport.tokens.current
    msg_id = world.sandbox.sent()[0]["msg_id"]
    path, body = f"/cgi-bin/message/mass/get?access_token={token}", json.dumps({"msg_id": str(msg_id)})
    target = urlsplit(world.sandbox.address)
    bare_line = http.client.HTTPConnection(target.hostname or "", target.port)

    def ours() -> None:
        assert world.sending.poll(world.service, force=True) == JOBS

    def bare() -> None:
        for _ in range(JOBS):
            bare_line.request("POST", path, body)
            bare_line.getresponse().read()

    seconds, times = _ratios(ours, bare)
    bare_line.close()
    return [Row(f"status of {JOBS} open jobs", seconds, "s", times, "<= 1.5 x bare calls", times <= 1.5)]
