"""The blocks of our own design that can be put into an article: name, group, HTML, and how they look."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from desktop_app.paths import resource


@dataclass(frozen=True)
class Block:
    """One block. ``html`` has inline styles only, of the kinds that WeChat keeps."""

    id: str
    name: str
    group: str
    html: str

    def picture(self, theme_name: str) -> Path:
        """The block as a phone shows it, with 12 px around it, at twice the size, in ``light`` or ``dark``."""
        return resource(f"editor/blocks/{self.id}.{theme_name}.png")


@cache
def blocks() -> tuple[Block, ...]:
    """All blocks, in the order in which they are offered."""
    rows = json.loads(resource("editor/blocks/blocks.json").read_text(encoding="utf-8"))
    return tuple(Block(row["id"], row["name"], row["group"], _html(row["id"])) for row in rows)


def _html(name: str) -> str:
    return resource(f"editor/blocks/{name}.html").read_text(encoding="utf-8").strip()
