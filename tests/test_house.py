"""The house keeps its plan: who may import whom, and every module says what it is."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import house_map
import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "desktop_app"

BASE = {"errors", "job", "paths", "settings", "secrets"}
# Part -> (parts of the app, foreign packages) that it may import, beside the standard library and itself.
MAY_IMPORT: dict[str, tuple[set[str], set[str]]] = {
    **{name: ({"errors"}, {"appdirs", "keyring"}) for name in BASE},
    "wechat": ({"errors", "job"}, {"requests", "urllib3"}),
    "store": ({"errors"}, set()),
    "media": ({"errors", "job"}, {"PIL", "pymediainfo"}),
    "article": ({"errors", "job"}, {"PIL", "nh3", "css_inline", "lxml"}),
    "services": (BASE | {"wechat", "store", "media", "article"}, {"requests", "openpyxl"}),
    "workers": ({"services", "errors", "job", "store"}, {"PySide6.QtCore", "shiboken6"}),
    "ui": (
        {"workers", "services", "errors", "job", "paths", "settings", "wechat", "store", "media", "article"},
        {"PySide6", "shiboken6"},
    ),
    "robot": (set(), {"PySide6"}),
    "sandbox": (set(), set()),
}
ANYTHING = {"app", "tour", "__main__"}
# What the window leaves to the layers below: SQL, HTTP, threads, and the objects that do them.
NOT_IN_THE_WINDOW = {"sqlite3", "requests", "urllib3", "threading", "concurrent", "http", "socket", "subprocess"}
NO_OBJECTS_IN_THE_WINDOW = {"WeChatClient", "Database", "Transport", "Connection"}

MODULES = sorted(path for path in APP.rglob("*.py") if "__pycache__" not in path.parts)


def part_of(path: Path) -> str:
    """The top-level part of the app that a module belongs to: ``errors``, ``wechat``, ``__main__`` …"""
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The dotted name of everything that a module imports, wherever it does."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def offences(path: Path) -> list[str]:
    """The imports of a module that the plan does not allow."""
    part = part_of(path)
    if part in ANYTHING:
        return []
    parts, foreign = MAY_IMPORT.get(part, (set(), set()))
    return [name for name in imports(path) if not _allowed(name, part, parts, foreign)]


def _allowed(name: str, part: str, parts: set[str], foreign: set[str]) -> bool:
    top, _, rest = name.partition(".")
    if part == "ui" and (top in NOT_IN_THE_WINDOW or name.rpartition(".")[2] in NO_OBJECTS_IN_THE_WINDOW):
        return False
    if top == "desktop_app":
        # What __init__.py itself holds (the version) is open to all but the sandbox, which shares nothing.
        inside = rest.partition(".")[0]
        if not (APP / inside).is_dir() and not (APP / f"{inside}.py").is_file():
            return part != "sandbox"
        return inside == part or inside in parts
    return top in sys.stdlib_module_names or any(name == one or name.startswith(f"{one}.") for one in foreign)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(APP).as_posix())
def test_imports_go_downwards(path: Path) -> None:
    """A module imports only what the plan allows its part of the app."""
    assert offences(path) == []


def test_every_part_has_its_place() -> None:
    """A new package or top-level module enters the plan before it enters the app."""
    assert {part_of(path) for path in MODULES} - {"__init__"} <= MAY_IMPORT.keys() | ANYTHING


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("wechat/client.py", "from PySide6.QtCore import QObject"),
        ("wechat/client.py", "from desktop_app.store import outbox"),
        ("store/outbox.py", "import desktop_app.wechat.types"),
        ("store/outbox.py", "from ..wechat import types"),
        ("services/sending.py", "import PySide6"),
        ("workers/tasks.py", "from PySide6.QtWidgets import QWidget"),
        ("workers/tasks.py", "from desktop_app.ui import theme"),
        ("ui/history_page.py", "import sqlite3"),
        ("ui/history_page.py", "from concurrent.futures import Future"),
        ("ui/history_page.py", "from desktop_app.wechat import WeChatClient"),
        ("ui/history_page.py", "from desktop_app import app"),
        ("sandbox/server.py", "import requests"),
        ("sandbox/server.py", "from desktop_app.errors import AppError"),
        ("errors.py", "import requests"),
    ],
)
def test_offences_are_seen(place: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of imports notices each kind of forbidden one, inside functions too."""
    app = tmp_path / "desktop_app"
    module = app / place
    module.parent.mkdir(parents=True, exist_ok=True)
    for name in ("wechat", "store", "ui"):
        (app / name).mkdir(exist_ok=True)
    for name in ("app.py", "errors.py"):
        (app / name).touch()
    module.write_text(f"import json\n\ndef late():\n    {line}\n", encoding="utf-8")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "APP", app)
    assert len(offences(module)) == 1


@pytest.mark.parametrize(
    "path",
    [path for folder in house_map.FOLDERS for path in house_map.modules(ROOT, folder)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_every_module_says_what_it_is(path: Path) -> None:
    """The first line of a module's docstring is a whole phrase that can stand in the map."""
    line = house_map.first_line(path)
    assert len(line) > 15
    assert line[-1] in ".:", "the first line has to end where its phrase ends"


def test_map_is_true() -> None:
    """MAP.md lists every module with its own first line (python3 packaging/dev.py map)."""
    assert house_map.MAP.read_text(encoding="utf-8") == house_map.text()


def test_readme_names_every_part() -> None:
    """The README's short "where is what" leaves out no part of the app."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [part for part in MAY_IMPORT if (APP / part).is_dir() and f"{part}/" not in readme] == []


def test_packaging_folder_is_no_package() -> None:
    """An ``__init__.py`` there would hide the library named packaging from every tool started in this folder."""
    assert not (ROOT / "packaging" / "__init__.py").exists()
