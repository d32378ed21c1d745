"""Fixtures of the media tests: an empty cache, and the program that converts."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.media import convert


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """An empty folder as the profile has it for files."""
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    """The program of the optional part, which every development set-up has."""
    found = convert.find()
    assert found is not None, "python3 packaging/dev.py test sets it up"
    return found
