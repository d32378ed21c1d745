"""How much memory an upload takes, above what the same process has while idle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

from desktop_app.errors import BadContent
from tests.bench._ways import all_ways

AT_ONCE = 4


def in_fresh_process(function: Callable[..., float], *arguments: object) -> float:
    """What a process grew to earlier would hide what it grows by now."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def growth_mib(server: Mapping[str, str], path: Path, name: str, at_once: int = AT_ONCE) -> float:
    """The most memory taken for one of several uploads at once, in MiB; ``name`` is one of ``_ways``."""
    small = path.with_name("small.mp4")
    with path.open("rb") as file:
        small.write_bytes(file.read(100_000))
    way = all_ways(server)[name]

    def send(_: int) -> None:
        with suppress(BadContent):  # the sandbox reads all of a file that is too big, and then refuses it
            way.upload_one("video", path)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda _: way.upload_one("video", small), range(4 * at_once)))  # a token, connections, threads
        before = reset_peak()
        list(pool.map(send, range(3 * at_once)))
        return max(0.0, peak_mib() - before) / at_once


def reset_peak() -> float:
    """Start to watch for a new peak; returns the memory in use now, in MiB."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return _status_mib("VmRSS")
    return peak_mib()


def peak_mib() -> float:
    """The most memory in use since ``reset_peak`` (elsewhere than on Linux: since the process began)."""
    with suppress(OSError):
        return _status_mib("VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS


def _status_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
