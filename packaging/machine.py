"""What the machine has: running commands in sight, a display, the system packages of a Debian."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

# Each line is one need; of several names the system's own one is taken (newer Debians renamed some).
# Widgets, drawn offscreen or in a real window.
QT = [
    "libegl1",
    "libgl1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0t64|libglib2.0-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libpulse0",  # sound: without it QtMultimedia cannot be imported
]
# The web view of the article editor.
WEB = [
    "libnss3",
    "libasound2t64|libasound2",
    "libxcomposite1",
    "libxdamage1",
    "libxrandr2",
    "libxtst6",
    "libxkbfile1",
    "libgbm1",
    "libxcb-dri3-0",
    "libgssapi-krb5-2",
]
FONTS = ["fonts-noto-cjk", "fonts-noto-color-emoji"]
# A real screen for tests that need one, and hands for it.
SCREEN = ["xvfb", "xdotool"]
# Debian's own python3 has its library inside the program; the freezer wants it beside.
FREEZING = ["binutils", *([f"libpython3.{sys.version_info.minor}"] if sys.base_prefix == "/usr" else [])]


class Failed(Exception):
    """A step failed; the text says what and what to do."""


def say(text: str) -> None:
    """One line for the person at the terminal."""
    print(text, flush=True)


def shown(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """The command as a person would type it."""
    settings = [f"{name}={shlex.quote(value)}" for name, value in (environment or {}).items()]
    return " ".join([*settings, shlex.join(command)])


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> int:
    """Print a command, run it and give its exit code; ``environment`` is added to the present one."""
    say(f"+ {shown(command, environment)}")
    try:
        return subprocess.call(command, env={**os.environ, **(environment or {})}, cwd=cwd)
    except KeyboardInterrupt:
        return 130


def must(command: Sequence[str], *, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
    """Run a command that has to succeed. Raises Failed."""
    if code := run(command, environment=environment, cwd=cwd):
        raise Failed(f"exit code {code}: {shown(command)}")


def has_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can be shown to a person."""
    return not platform.startswith("linux") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def qt_environment(*, offscreen: bool, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What Qt programs need on this machine, beyond the environment that is there."""
    needs: dict[str, str] = {}
    locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    if sys.platform.startswith("linux") and "utf" not in locale.lower():
        needs["LC_ALL" if environment.get("LC_ALL") else "LANG"] = "C.UTF-8"
    if is_root() and sys.platform.startswith("linux"):
        needs["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium's sandbox refuses to run as root
    if offscreen:
        needs["QT_QPA_PLATFORM"] = "offscreen"
    return needs


def is_root() -> bool:
    """Whether this process may install system packages by itself."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def is_debian() -> bool:
    """Whether system packages come by apt here."""
    return sys.platform.startswith("linux") and all(map(shutil.which, ("apt-get", "apt-cache", "dpkg-query")))


def lacks_venv() -> bool:
    """Whether this Python was split, as Debian does, and cannot make environments."""
    return importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None


def install_system_packages(needs: Iterable[str]) -> None:
    """Install what is missing on a Debian or Ubuntu; without the right to, say how. Raises Failed.

    On other systems Qt brings what it needs (Windows, macOS) or the person's desktop has it.
    """
    needs = list(needs)
    venv = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if lacks_venv():
        needs.insert(0, venv)
    missing = missing_packages(needs) if is_debian() else []
    if missing:
        _apt_install(missing)
    if lacks_venv():
        raise Failed(f"this Python has no venv module; install it first ({venv} on Debian and Ubuntu)")


def missing_packages(needs: Sequence[str]) -> list[str]:
    """The needs of which no name is installed."""
    installed = _installed([name for need in needs for name in need.split("|")])
    return [need for need in needs if installed.isdisjoint(need.split("|"))]


def _installed(names: Sequence[str]) -> set[str]:
    """Which of these packages are installed (dpkg-query answers 1 when it does not know one of them)."""
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names], capture_output=True, text=True
    )
    rows = (line.split() for line in answer.stdout.splitlines())
    return {row[0] for row in rows if row[1:] == ["installed"]}


def _apt_install(missing: Sequence[str]) -> None:
    started = time.monotonic()
    install = ["apt-get", "install", "-y", "--no-install-recommends"]
    sudo = [] if is_root() else ["sudo"]
    if sudo and not shutil.which("sudo"):
        names = [need.split("|")[-1] for need in missing]
        say("System packages are missing. Install them as root, then start again if something does not work:")
        say(f"    apt-get update && {shlex.join([*install, *names])}")
        return
    say(f"Missing on this system: {' '.join(missing)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    # sudo clears the environment, env sets it again behind it.
    prefix = [*sudo, "env", *(f"{name}={value}" for name, value in quiet.items())]
    must([*prefix, "apt-get", "update", "-q"])
    must([*prefix, *install, "-q", *map(available_name, missing)])
    say(f"System packages installed in {time.monotonic() - started:.0f} s")


def available_name(need: str) -> str:
    """The first of a need's names that apt can install, else the last."""
    names = need.split("|")
    for name in names[:-1]:
        answer = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True)
        if "Candidate:" in answer.stdout and "Candidate: (none)" not in answer.stdout:
            return name
    return names[-1]
