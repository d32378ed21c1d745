"""Makes ``MAP.md``: every module of the house with the first line of its docstring."""

from __future__ import annotations

import ast
from pathlib import Path

from environment import ROOT

MAP = ROOT / "MAP.md"
FOLDERS = ("desktop_app", "packaging", "tests")
HEADER = """\
# Where is what

Every module and what it is, in its own words. Made by `python3 packaging/dev.py map`; a test keeps it true.
"""


def make() -> int:
    """Write the map anew."""
    MAP.write_text(text(), encoding="utf-8", newline="\n")
    return 0


def text(root: Path = ROOT) -> str:
    """The map as it should be."""
    parts = [HEADER]
    for folder in FOLDERS:
        for package in sorted({path.parent for path in modules(root, folder)}):
            parts.append(f"\n## {package.relative_to(root).as_posix()}/\n\n")
            parts += [
                f"- `{path.name}`: {first_line(path)}\n" for path in modules(root, folder) if path.parent == package
            ]
    return "".join(parts)


def modules(root: Path, folder: str) -> list[Path]:
    """The Python files below a folder that say something; an empty ``__init__.py`` does not."""
    found = sorted(path for path in (root / folder).rglob("*.py") if "__pycache__" not in path.parts)
    return [path for path in found if path.name != "__init__.py" or path.stat().st_size]


def first_line(path: Path) -> str:
    """The first line of a module's docstring; empty when it has none."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]
