"""The virtual environment in ``.venv``: made once, repaired when half-finished, left alone when it is right."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from machine import Failed, must, say

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
VENV = ROOT / ".venv"
STAMP = VENV / "qunfa-stamp"
OLDEST, NEWEST = (3, 11), (3, 13)


def python(venv: Path = VENV) -> Path:
    """The interpreter of the environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def prepare() -> None:
    """Bring the environment to what constraints.txt and pyproject.toml ask for. Raises Failed."""
    if is_ready():
        return
    started = time.monotonic()
    if not is_usable():
        # Not the interpreter of the environment itself: --clear would take it away under its own feet.
        must([getattr(sys, "_base_executable", None) or sys.executable, "-m", "venv", "--clear", str(VENV)])
    STAMP.unlink(missing_ok=True)
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "install", "--no-input"]
    # Everything in one set, development tools included: they are small beside Qt, and nothing is set up twice.
    must([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(CONSTRAINTS)])
    # The project itself stays in this folder; the locked setuptools links it, nothing is downloaded.
    must([*pip, "--no-deps", "--no-build-isolation", "--quiet", "--editable", str(ROOT)])
    _write_stamp(fingerprint())
    say(f"Environment ready in {time.monotonic() - started:.0f} s")


def is_ready() -> bool:
    """Whether the last set-up was finished and nothing that it depends on has changed since."""
    try:
        return python().exists() and version(VENV) is not None and STAMP.read_text() == fingerprint()
    except OSError:
        return False


def is_usable() -> bool:
    """Whether there is an environment of a fitting Python with a working pip, finished or not."""
    found = version(VENV)
    if found is None or not OLDEST <= found <= NEWEST:
        return False
    try:
        return subprocess.run([python(), "-m", "pip", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def version(venv: Path) -> tuple[int, int] | None:
    """Major and minor version of an environment's Python, as its ``pyvenv.cfg`` has it."""
    try:
        lines = (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    values = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    numbers = (values.get("version") or values.get("version_info") or "").split(".")
    return (int(numbers[0]), int(numbers[1])) if len(numbers) > 1 and "".join(numbers[:2]).isdecimal() else None


def fingerprint(constraints: Path = CONSTRAINTS, project: Path = ROOT / "pyproject.toml", venv: Path = VENV) -> str:
    """A hash of all that the environment's content depends on."""
    with project.open("rb") as file:
        described = tomllib.load(file)
    parts = {
        "constraints": hashlib.sha256(constraints.read_bytes()).hexdigest(),
        "project": [described["build-system"], described["project"], described.get("tool", {}).get("setuptools")],
        "python": version(venv),
        "folder": str(venv),  # a moved environment's scripts point nowhere
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _write_stamp(text: str) -> None:
    part = STAMP.with_suffix(".part")
    part.write_text(text)
    part.replace(STAMP)


__all__ = ["ROOT", "VENV", "Failed", "fingerprint", "is_ready", "is_usable", "prepare", "python", "version"]
