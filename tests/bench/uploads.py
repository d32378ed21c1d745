"""Uploads and small calls by our client, curl, wechatpy and requests: memory, throughput and CPU in one run.

All go to a sink, a process of its own that throws away what it gets. Before that each client shows to another
one, which hashes, that it sends a file byte for byte.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import _far, _ways
from tests.bench._growth import AT_ONCE, growth_mib, in_fresh_process
from tests.bench._row import Row, ratio, rounds
from tests.bench._ways import CURL, FILES, HASHED, OURS, SESSION, WECHATPY, Way

ROUNDS = 9
MEMORY_ROUNDS = 3
BIG_BYTES = 1 << 30
MEMORY_GOAL_MIB = 1.0
VIDEOS, VIDEO_BYTES = 20, 10_000_000
IMAGES, IMAGE_BYTES = 200, 500_000
CALLS = 500

Server = Mapping[str, str]
Cost = tuple[float, float]  # seconds by the clock, seconds of CPU


@dataclass(frozen=True)
class Load:
    """What every client has to do in a round, and how ours should look beside the others.

    ``speed``: our throughput over theirs, at least. ``cpu``: our CPU over theirs, at most. ``size`` in bytes, 0 for
    calls without a file.
    """

    what: str
    count: int
    size: int
    at_once: int
    speed: Mapping[str, float]
    cpu: Mapping[str, float]

    def run(self, way: Way, path: Path) -> None:
        """One round of one client."""
        if self.size:
            way.upload("video", path, self.count, self.at_once)
        else:
            way.ask(self.count)


PEERS = (WECHATPY, SESSION, FILES)
_AHEAD, _FOUR_TIMES, _A_FIFTH = dict.fromkeys(PEERS, 1.0), dict.fromkeys(PEERS, 4.0), dict.fromkeys(PEERS, 0.2)
_VIDEO = f"{VIDEOS} videos of 10 MB"
_IMAGE = f"{IMAGES} pictures of 500 kB"
PLAIN = (
    Load(_VIDEO, VIDEOS, VIDEO_BYTES, 1, {CURL: 0.95, **_FOUR_TIMES}, {CURL: 1.2, **_A_FIFTH}),
    Load(f"{_IMAGE}, one at a time", IMAGES, IMAGE_BYTES, 1, {CURL: 0.4, **_AHEAD}, {}),
    Load(f"{_IMAGE}, four at once", IMAGES, IMAGE_BYTES, 4, {CURL: 0.4, **_AHEAD}, {}),
    Load(f"{CALLS} small calls", CALLS, 0, 1, {CURL: 0.35}, {CURL: 4.5}),
)
TLS = (
    Load(f"{_VIDEO}, TLS", VIDEOS, VIDEO_BYTES, 1, {CURL: 0.95}, {CURL: 1.2}),
    Load(f"{_IMAGE}, TLS, one at a time", IMAGES, IMAGE_BYTES, 1, {CURL: 0.7, **_AHEAD}, {}),
    Load(f"{_IMAGE}, TLS, four at once", IMAGES, IMAGE_BYTES, 4, {CURL: 0.7, **_AHEAD}, {}),
)


def measure() -> list[Row]:
    """Memory first, then time: in the clear, and over TLS where the openssl program can make a certificate."""
    with tempfile.TemporaryDirectory(prefix="qunfa-bench-") as name:
        folder = Path(name)
        files = {size: _far.noise(folder / f"clip-{size}.mp4", size) for size in (VIDEO_BYTES, IMAGE_BYTES)}
        with _far.sink() as server:
            rows = _memory(server, files[VIDEO_BYTES], _far.video(folder, BIG_BYTES))
        rows += _time(PLAIN, files, None)
        if pem := _far.certificate(folder):
            rows += _time(TLS, files, pem)
    return rows


# --- memory -------------------------------------------------------------------------------------------


def _memory(server: Server, path: Path, big: Path) -> list[Row]:
    def most(path: Path, name: str, at_once: int = AT_ONCE) -> float:
        grown = rounds({name: partial(in_fresh_process, growth_mib, server, path, name, at_once)}, MEMORY_ROUNDS)
        return max(grown[name])

    peers = {name: most(path, name) for name in (WECHATPY, FILES)}
    ours, one = most(path, OURS), most(big, OURS, 1)
    goal = f"<= {MEMORY_GOAL_MIB:g} MiB"
    each = f"memory growth for each of {AT_ONCE} uploads of 10 MB"
    return [
        Row(f"{OURS}: {each}", ours, "MiB", ours / peers[FILES], goal, ours <= MEMORY_GOAL_MIB),
        *(Row(f"{name}: {each}", grown, "MiB") for name, grown in peers.items()),
        Row(f"{OURS}: memory growth, one upload of 1 GB", one, "MiB", None, goal, one <= MEMORY_GOAL_MIB),
    ]


# --- time ---------------------------------------------------------------------------------------------


def _time(loads: tuple[Load, ...], files: Mapping[int, Path], pem: Path | None) -> list[Row]:
    """All loads by all clients, who keep their connections from one to the next."""
    with ExitStack() as stack:
        stack.enter_context(_far.trusting(pem))
        prove(_far.sink(pem, hashing=True), files[IMAGE_BYTES], files[VIDEO_BYTES])
        ways = _ways.all_ways(stack.enter_context(_far.sink(pem)))
        rows = []
        for load in loads:
            path = files.get(load.size, Path())
            wanted = {name: way for name, way in ways.items() if name != HASHED or load.size == VIDEO_BYTES}
            work = {name: partial(_cost, partial(load.run, way, path)) for name, way in wanted.items()}
            rounds(work, 1)  # connections, caches; not counted
            rows += list(_rows(load, rounds(work, ROUNDS)))
        for way in ways.values():
            way.close()
    return rows


def prove(sink: AbstractContextManager[dict[str, str]], *paths: Path) -> None:
    """Each client sends the files byte for byte, one at a time and four at once. Raises AssertionError."""
    with sink as server:
        for name, way in _ways.all_ways(server).items():
            for path in paths:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                came = {*way.upload("video", path, 2), *way.upload("video", path, 8, 4)}
                assert came == {digest}, f"{name} does not send what is in the file"
            way.close()


def _rows(load: Load, found: Mapping[str, list[Cost]]) -> Iterator[Row]:
    """Ours over each other: throughput, and CPU where there is a goal. Medians of the ratios of each round."""
    clock, cpu = ({name: [cost[side] for cost in costs] for name, costs in found.items()} for side in (0, 1))
    amount, unit = (load.count * load.size / 1e6, "MB/s") if load.size else (float(load.count), "calls/s")
    for name in found:
        if name == OURS:
            continue
        ours = OURS
        if name == HASHED:  # what checking costs, told beside curl
            ours, name = HASHED, CURL
            if name not in found:
                continue
        speed, cost = ratio(clock[name], clock[ours]), ratio(cpu[ours], cpu[name])
        what = f"{ours} over {name}, {load.what}"
        wanted, most = (load.speed.get(name), load.cpu.get(name)) if ours == OURS else (None, None)
        goal = (f">= {wanted:g} x", speed >= wanted) if wanted else ("", None)
        yield Row(f"{what}: throughput", amount / statistics.median(clock[ours]), unit, speed, *goal)
        if most:
            each = statistics.median(cpu[ours]) / load.count * 1000
            yield Row(f"{what}: CPU for each", each, "ms", cost, f"<= {most:g} x", cost <= most)


def _cost(work: Callable[[], object]) -> Cost:
    """Seconds by the clock and of CPU, of this process and of programs that it ran and that have ended."""
    cpu, started = _cpu(), time.perf_counter()
    work()
    return time.perf_counter() - started, _cpu() - cpu


def _cpu() -> float:
    try:
        import resource
    except ImportError:  # Windows: without what curl costs
        return time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
