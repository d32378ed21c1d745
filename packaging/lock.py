"""Makes ``constraints.txt``: every dependency with version, hashes and markers, for three systems at once."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from environment import CONSTRAINTS, ROOT
from machine import Failed, must, say, shown

HEADER = """\
# Every package of the app, its development and its build, for Linux, macOS and Windows, Python 3.11 to 3.13.
# Made by "python3 packaging/dev.py lock" from pyproject.toml; do not edit by hand.
"""


def make() -> int:
    """Resolve pyproject.toml anew, keeping pinned versions that still fit. Raises Failed.

    The resolver is fetched into a folder that is thrown away: only this command needs it.
    """
    with tempfile.TemporaryDirectory(prefix="qunfa-lock-") as folder:
        must([sys.executable, "-m", "venv", folder])
        place = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        must([str(place / "python"), "-m", "pip", "install", "--quiet", "uv"])
        result = Path(folder) / "constraints.txt"
        if CONSTRAINTS.exists():
            result.write_text(CONSTRAINTS.read_text(encoding="utf-8"), encoding="utf-8")
        command = [str(place / "uv"), "pip", "compile", "pyproject.toml", "--all-extras", "--universal"]
        command += ["--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--no-config"]
        command += ["--quiet", "--output-file", str(result)]
        say(f"+ {shown(command)}")
        if subprocess.call(command, cwd=ROOT):
            raise Failed("the dependencies of pyproject.toml do not resolve")
        text = HEADER + _clean(result.read_text(encoding="utf-8"))
    CONSTRAINTS.write_text(text, encoding="utf-8", newline="\n")
    say(f"{CONSTRAINTS}: {len(re.findall(r'^[a-z0-9]', text, re.MULTILINE))} packages")
    return 0


def _clean(text: str) -> str:
    """Only requirements and hashes: no comments, no options, no addresses."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if strange := [line for line in lines if not re.match(r"[a-z0-9]|    --hash=sha256:", line) or "://" in line]:
        raise Failed(f"unexpected in the lock: {strange[0]}")
    return "\n".join(lines) + "\n"
