"""Whatever layout comes in goes out as it came: by load, by the real clipboard, saved and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.article_world import SAMPLES, ArticleWorld

# What the first cleaning takes out of these: style sheets, links to files, what browsers know as one-time addresses.
WITH_STYLE_SHEETS = {"word_report", "wps_notice", "excel_prices", "svg_slider"}


@pytest.fixture(scope="module")
def world(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleWorld]:
    """One editor for all samples."""
    made = ArticleWorld(tmp_path_factory.mktemp("fidelity"))
    yield made
    made.close()


def test_enough_samples() -> None:
    """The three real layouts and at least fifteen of our own."""
    assert len(SAMPLES) >= 18


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_load_and_reopen(world: ArticleWorld, sample: Path) -> None:
    """Elements, attributes, style declarations and text are kept 100 %; opened again, nothing changes."""
    given = sample.read_text(encoding="utf-8")
    cleaned = world.js(f"qunfa.clean({_js(given)})")
    if sample.stem not in WITH_STYLE_SHEETS:
        assert world.tree(cleaned) == world.tree(given), "the first cleaning takes what neither runs nor loads"
    saved = world.load(given)
    assert world.tree(saved) == world.tree(cleaned)
    assert world.html() == saved
    assert world.load(saved) == saved


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_paste(world: ArticleWorld, sample: Path) -> None:
    """The same through the system's clipboard, into an empty article; opened again, nothing changes."""
    given = sample.read_text(encoding="utf-8")
    world.load("")
    world.focus()
    pasted = world.paste_html(given)
    assert world.tree(pasted) == world.tree(world.js(f"qunfa.pasted({_js(given)})"))
    assert world.load(pasted) == pasted


def _js(text: str) -> str:
    import json

    return json.dumps(text)
