"""ffmpeg as a separate program: found, started, watched and stopped. It is never linked and never imported."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import intake
from desktop_app.media.limits import MAX_PIXELS

CHOSEN_BY = "QUNFA_FFMPEG"
"""The environment variable that names the program, for scripts and companies."""
STALL_S = 60.0
"""So long without a new frame: the program hangs on a hostile file."""
_LOOK_S = 0.1
_ERRORS_BYTES = 4 * 1024 * 1024
_NAME = "ffmpeg.exe" if os.name == "nt" else "ffmpeg"
if sys.platform == "win32":  # no console window, and behind everything that a person waits for
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
else:
    _FLAGS = 0


def find(chosen: str = "") -> Path | None:
    """The program to use, None if there is none.

    In this order: ``chosen`` (a file, or the folder it lies in), the environment's ``QUNFA_FFMPEG``, the folder
    ``ffmpeg`` beside the installed app, the part ``convert`` of a development set-up, the PATH.
    """
    for place in (chosen, os.environ.get(CHOSEN_BY, "")):
        if place and (found := _program(Path(place))):
            return found
    for folder in _beside_the_app():
        if found := _program(folder):
            return found
    return bundled() or _on_path()


def bundled() -> Path | None:
    """The program that the optional package brings; its Python part is not needed and not imported."""
    found = importlib.util.find_spec("imageio_ffmpeg")
    for folder in (found.submodule_search_locations if found else None) or []:
        for path in sorted(Path(folder, "binaries").glob("ffmpeg-*")):
            if program := _program(path):
                return program
    return None


def ask(code: str, fix: str, can: bool, **more: Any) -> MediaError:
    """The error that offers ``fix``; says ``needs="ffmpeg"`` when it cannot be done for want of the program."""
    return MediaError(code, fix=fix, **({} if can else {"needs": "ffmpeg"}), **more)


def version(path: Path) -> str:
    """What the program calls its version, "" if this is no ffmpeg that runs here. Starts it: up to ten seconds."""
    try:
        told = subprocess.run(
            [str(path), "-version"],
            capture_output=True,
            timeout=10,
            check=False,
            env=_environment(),
            creationflags=_FLAGS,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    found = re.match(rb"ffmpeg version (\S+)", told.stdout)
    return found[1].decode("ascii", "replace") if found and told.returncode == 0 else ""


@functools.lru_cache
def is_old(path: Path) -> bool:
    """Whether the program is older than 7.1, the first that puts the tiles of a phone's picture together."""
    numbers = re.match(r"n?(\d+)\.(\d+)", version(path))
    return numbers is not None and (int(numbers[1]), int(numbers[2])) < (7, 1)


@functools.lru_cache
def has_filter(path: Path, name: str) -> bool:
    """Whether the program was built with a filter."""
    try:
        told = subprocess.run(
            [str(path), "-hide_banner", "-filters"],
            capture_output=True,
            timeout=10,
            env=_environment(),
            creationflags=_FLAGS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return f" {name} ".encode() in told.stdout


def run(
    program: Path,
    source: Path,
    demuxer: str,
    made: Path,
    options: Sequence[str],
    job: Job,
    *,
    kind: str,
    seconds: float = 0.0,
    start_s: float = 0.0,
) -> None:
    """Make the file ``made`` out of ``source`` with the options of the output; progress in milliseconds played.

    ``demuxer`` reads nothing but the format that we found ourselves. Raises MediaError ``media.damaged`` (kind),
    ``media.disk_full``, ``media.ffmpeg`` when the program does not start, Cancelled: the program is gone by then.
    What is half done stays under the name ``made``, which belongs to the caller.
    """
    command = [str(program), "-hide_banner", "-nostdin", "-y", "-loglevel", "error", "-progress", "pipe:1"]
    # Never a playlist, a network address or another file: the name is no URL and no option, whatever it looks like.
    command += ["-protocol_whitelist", "file", *(["-ss", f"{start_s:.3f}"] if start_s else [])]
    # A file may call itself small and unpack into gigabytes.
    command += ["-max_pixels", str(MAX_PIXELS), "-f", demuxer, "-i", f"file:{source}", *options, f"file:{made}"]
    with intake.half(made.parent, ".out") as out, intake.half(made.parent, ".err") as errors:
        process = _started(command, out, errors)
        try:
            _calm(process)
            _watch(process, out, errors, job, round(seconds * 1000), kind)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            raise _failure(errors, kind)


def _started(command: list[str], out: Path, errors: Path) -> subprocess.Popen[bytes]:
    """The running process, writing what it says into two files."""
    try:
        out_file, errors_file = out.open("wb"), errors.open("wb")
    except OSError as error:
        raise intake.cache_error(error) from error
    with out_file, errors_file:
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=errors_file,
                env=_environment(),
                creationflags=_FLAGS,
            )
        except OSError as error:
            raise MediaError("media.ffmpeg", detail=str(error.strerror)) from error


def _watch(process: subprocess.Popen[bytes], out: Path, errors: Path, job: Job, total_ms: int, kind: str) -> None:
    """Wait for the end, report progress, stop what hangs. Reads files: pipes would need a thread, or fill up."""
    last, moved_at, reached = b"", time.monotonic(), 0
    while process.poll() is None:
        job.sleep(_LOOK_S)
        told = _progress(out)
        if told != last:
            last, moved_at = told, time.monotonic()
            found = re.search(rb"out_time_us=(\d+)", told)
            if found and total_ms:
                reached = max(reached, min(int(found[1]) // 1000, total_ms))  # at the end it jumps back
                job.progress(reached, total_ms)
        elif time.monotonic() - moved_at > STALL_S:
            raise MediaError("media.damaged", kind=kind, detail="ffmpeg stalled")
        if errors.stat().st_size > _ERRORS_BYTES:
            raise MediaError("media.damaged", kind=kind, detail="endless errors")
    if total_ms and not process.returncode:
        job.progress(total_ms, total_ms)


def _progress(out: Path) -> bytes:
    """The newest lines that change while the work goes on."""
    with out.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2048))
        block = file.read().rpartition(b"progress=")[0]
    lines = block.splitlines()[-16:]
    return b"\n".join(line for line in lines if line.startswith((b"frame=", b"total_size=", b"out_time_us=")))


def _failure(errors: Path, kind: str) -> MediaError:
    """What the program's own words say about the end."""
    with errors.open("rb") as file:
        text = file.read(_ERRORS_BYTES).decode("utf-8", "replace")
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return MediaError("media.disk_full", detail="ffmpeg")
    # Names of files stay out of the log: only what comes behind the last colon.
    last = text.strip().splitlines()[-1:] or ["no words"]
    return MediaError("media.damaged", kind=kind, detail=last[0].rpartition(": ")[2][:200])


def _program(place: Path) -> Path | None:
    place = place / _NAME if place.is_dir() else place
    return place.absolute() if place.is_file() and os.access(place, os.X_OK) else None


def _beside_the_app() -> list[Path]:
    """Where a person may put the folder ``ffmpeg``: in the app's folder or next to it."""
    if not getattr(sys, "frozen", False):
        return []
    folder = Path(sys.executable).parent
    return [folder / "ffmpeg", folder.parent / "ffmpeg"]


def _on_path() -> Path | None:
    """Not the one in the current folder, where Windows looks first: it may be a folder of downloads."""
    found = shutil.which("ffmpeg")
    return _program(Path(found)) if found and Path(found).absolute().parent != Path.cwd() else None


def _environment() -> dict[str, str]:
    """The person's own, without what the frozen app changed for itself and without ffmpeg's report files."""
    names = dict(os.environ)
    names.pop("FFREPORT", None)
    if getattr(sys, "frozen", False):
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
            before = names.pop(f"{name}_ORIG", None)
            names.pop(name, None)
            if before:
                names[name] = before
    return names


def _calm(process: subprocess.Popen[bytes]) -> None:
    """Behind everything that a person waits for in the window, here as well."""
    if sys.platform != "win32":
        try:
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)
        except OSError:  # it has ended already
            pass
