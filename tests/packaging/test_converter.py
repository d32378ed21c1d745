"""The optional part: ffmpeg, its licence and where its source is, in a folder that the app finds."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import converter
import pytest

from desktop_app.media import convert


def test_the_part_is_whole_and_found_beside_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Program, licence text, source, a page for the person; put beside the app it is the one that is used."""
    part = converter.make(tmp_path / "dist")
    assert sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file()) == [
        "README.txt",
        "ffmpeg/GPL-3.txt",
        "ffmpeg/SOURCE.txt",
        f"ffmpeg/{converter.PROGRAM}",
    ]
    version = convert.version(part / "ffmpeg" / converter.PROGRAM)
    source = (part / "ffmpeg" / "SOURCE.txt").read_text(encoding="utf-8")
    assert version
    assert version in source
    assert "--enable-gpl" in source
    assert "ffmpeg.org" in source
    assert "Version 3, 29 June 2007" in (part / "ffmpeg" / "GPL-3.txt").read_text(encoding="utf-8")
    assert "设置 → 素材" in (part / "README.txt").read_text(encoding="utf-8")
    app = tmp_path / "qunfa"
    app.mkdir()
    os.rename(part / "ffmpeg", app / "ffmpeg")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(app / "qunfa"))
    assert convert.find() == app / "ffmpeg" / converter.PROGRAM


def test_the_part_is_made_anew(tmp_path: Path) -> None:
    """What an older build left there goes."""
    (tmp_path / converter.FOLDER).mkdir()
    (tmp_path / converter.FOLDER / "old").write_text("")
    assert not (converter.make(tmp_path) / "old").exists()


def test_the_app_never_imports_it() -> None:
    """Its licence binds whoever links it: the app's sources name the package in one place, to find the program."""
    sources = [path.read_text(encoding="utf-8") for path in (environment_root() / "desktop_app").rglob("*.py")]
    assert not [text for text in sources if "import imageio" in text or "from imageio" in text]
    assert "imageio_ffmpeg" in (environment_root() / "packaging" / "app.spec").read_text(encoding="utf-8")


def environment_root() -> Path:
    return converter.ROOT
