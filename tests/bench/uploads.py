"""10 MB video uploads by the client: memory, throughput and CPU against curl and against requests' own ``files=``."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import requests

from desktop_app.errors import BadContent
from desktop_app.wechat import WeChatClient
from tests.bench import _far
from tests.bench._row import Row, ratio, rounds

OURS, CURL, FILES = "client", "curl", "requests files="
AT_ONCE = 4
EACH_ROUND = 6
ROUNDS = 9
MEMORY_ROUNDS = 3
BIG_BYTES = 1 << 30
MEMORY_GOAL_MIB = 1.0
CURL_GOAL, PEER_GOAL, CPU_GOAL, PEER_CPU_GOAL = 0.95, 4.0, 1.2, 0.2

Server = Mapping[str, str]
Cost = tuple[float, float]  # seconds by the clock, seconds of CPU


def measure() -> list[Row]:
    """Memory first, then time: to the sandbox, which stores and hashes, and to a sink that throws away."""
    with tempfile.TemporaryDirectory(prefix="qunfa-bench-") as name:
        folder = Path(name)
        path, big = _far.video(folder), _far.video(folder, BIG_BYTES)
        with _far.sandbox() as server:
            rows = _memory(server, path, big)
            rows += _time(server, path, "to the sandbox", goals=False)
        with _far.sink() as server:
            rows += _time(server, path, "to a sink", goals=True)
    return rows


# --- memory -------------------------------------------------------------------------------------------


def _memory(server: Server, path: Path, big: Path) -> list[Row]:
    ours = [in_fresh_process(growth_mib, server, path, OURS) for _ in range(MEMORY_ROUNDS)]
    files = [in_fresh_process(growth_mib, server, path, FILES) for _ in range(MEMORY_ROUNDS)]
    one = [in_fresh_process(growth_mib, server, big, OURS, 1) for _ in range(MEMORY_ROUNDS)]
    goal = f"<= {MEMORY_GOAL_MIB:g} MiB"
    each = f"memory growth for each of {AT_ONCE} uploads of 10 MB"
    return [
        Row(f"{OURS}: {each}", max(ours), "MiB", max(ours) / max(files), goal, max(ours) <= MEMORY_GOAL_MIB),
        Row(f"{FILES}: {each}", max(files), "MiB"),
        Row(f"{OURS}: memory growth, one upload of 1 GB", max(one), "MiB", None, goal, max(one) <= MEMORY_GOAL_MIB),
    ]


def in_fresh_process(function: Callable[..., float], *arguments: object) -> float:
    """What a process grew to earlier would hide what it grows by now."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def growth_mib(server: Server, path: Path, way: str, at_once: int = AT_ONCE) -> float:
    """The most memory taken for one of several uploads at once, above what the same process has while idle."""
    small = path.with_name("small.mp4")
    with path.open("rb") as file:
        small.write_bytes(file.read(100_000))
    with ThreadPoolExecutor(at_once) as pool, WeChatClient(*_account(server), base_url=server["address"]) as client:
        send = {OURS: partial(_by_client, client), FILES: partial(_by_files, _upload_url(server))}[way]
        send(small)  # modules, a token
        list(pool.map(lambda _: client.count_drafts(), range(4 * at_once)))  # threads, connections
        before = _reset_peak()
        list(pool.map(lambda _: send(path), range(3 * at_once)))
        return max(0.0, _peak_mib() - before) / at_once


def _reset_peak() -> float:
    """Start to watch for a new peak; returns the memory in use now, in MiB."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return _status_mib("VmRSS")
    return _peak_mib()


def _peak_mib() -> float:
    """The most memory in use since ``_reset_peak`` (elsewhere than on Linux: since the process began)."""
    with suppress(OSError):
        return _status_mib("VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS


def _status_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


# --- time ---------------------------------------------------------------------------------------------


def _time(server: Server, path: Path, where: str, *, goals: bool) -> list[Row]:
    url = _upload_url(server)
    with requests.Session() as session, WeChatClient(*_account(server), base_url=server["address"]) as client:
        session.trust_env = False
        ways: dict[str, Callable[[], Cost]] = {
            OURS: lambda: _cost(lambda: _by_client(client, path, EACH_ROUND)),
            FILES: lambda: _cost(lambda: _by_files(url, path, EACH_ROUND, session)),
        }
        if curl := shutil.which("curl"):
            ways[CURL] = lambda: _cost(lambda: _by_curl(str(curl), url, path, EACH_ROUND))
        rounds(ways, 1)  # connections, caches; not counted
        found = rounds(ways, ROUNDS)
    rows = []
    for name, costs in found.items():
        seconds, cpu = (statistics.median(cost[column] for cost in costs) / EACH_ROUND for column in (0, 1))
        speed = path.stat().st_size / 1e6 / seconds
        rows.append(Row(f"{name}, 10 MB video {where}", speed, "MB/s"))
        rows.append(Row(f"{name}, 10 MB video {where}: CPU", cpu * 1000, "ms"))
    wanted = ((CURL, CURL_GOAL, CPU_GOAL), (FILES, PEER_GOAL, PEER_CPU_GOAL))
    for name, speed_goal, cpu_goal in wanted:
        if name in found:
            rows += _beside(where, found[OURS], name, found[name], (speed_goal, cpu_goal) if goals else None)
    return rows


def _beside(
    where: str, ours: list[Cost], name: str, other: list[Cost], goals: tuple[float, float] | None
) -> list[Row]:
    """Two rows: our throughput and our CPU over those of the other. A median of the ratios of each round."""
    speed = ratio([cost[0] for cost in other], [cost[0] for cost in ours])
    cpu = ratio([cost[1] for cost in ours], [cost[1] for cost in other])
    fast = (f">= {goals[0]} x", speed >= goals[0]) if goals else ("", None)
    light = (f"<= {goals[1]} x", cpu <= goals[1]) if goals else ("", None)
    milliseconds = statistics.median(cost[0] for cost in ours) / EACH_ROUND * 1000
    return [
        Row(f"{OURS} over {name} {where}: throughput", milliseconds, "ms", speed, *fast),
        Row(f"{OURS} over {name} {where}: CPU", _cpu_ms(ours), "ms", cpu, *light),
    ]


def _cpu_ms(costs: list[Cost]) -> float:
    return statistics.median(cost[1] for cost in costs) / EACH_ROUND * 1000


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


# --- the ways to upload -------------------------------------------------------------------------------


def _account(server: Server) -> tuple[str, str]:
    return server["app_id"], server["app_secret"]


def _upload_url(server: Server) -> str:
    """The address of an upload, with a token: what a script without a client has to find out by hand."""
    body = {
        "grant_type": "client_credential",
        "appid": server["app_id"],
        "secret": server["app_secret"],
        "force_refresh": False,
    }
    with requests.Session() as session:
        session.trust_env = False
        token = session.post(f"{server['address']}/cgi-bin/stable_token", json=body).json()["access_token"]
    return f"{server['address']}/cgi-bin/media/upload?access_token={token}&type=video"


def _by_client(client: WeChatClient, path: Path, count: int = 1) -> None:
    for _ in range(count):
        with suppress(BadContent):  # the sandbox reads all of a file that is too big, and then refuses it
            client.upload_media("video", path)


def _by_files(url: str, path: Path, count: int = 1, session: requests.Session | None = None) -> None:
    made = session or requests.Session()
    made.trust_env = False
    for _ in range(count):
        with path.open("rb") as file:
            answer = made.post(url, files={"media": (path.name, file, "video/mp4")}).json()
        assert "media_id" in answer, answer


def _by_curl(curl: str, url: str, path: Path, count: int) -> None:
    # "Expect:": it would wait a second for leave to send where the server does not answer that.
    plain = ["-sS", "--fail", "--noproxy", "*", "-H", "Expect:", "-o", os.devnull]
    one = [*plain, "-F", f"media=@{path};type=video/mp4", url]
    arguments = [text for number in range(count) for text in ([] if number == 0 else ["--next"]) + one]
    subprocess.run([curl, *arguments], check=True, capture_output=True)
