"""Paths: where the files of a profile and of the app are."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from desktop_app.paths import Paths, resource


def test_all_below_one_folder(tmp_path: Path) -> None:
    """--data-dir holds everything; two profiles never share a file."""
    one, other = Paths.below(tmp_path / "one"), Paths.below(tmp_path / "other")
    names = ("database", "lock", "marker", "settings", "backups", "sandbox_state", "media", "cache", "logs")
    found = [getattr(one, name) for name in names]
    assert all(path.is_relative_to(tmp_path / "one") for path in found)
    assert len(set(found)) == len(names)
    assert not set(found) & {getattr(other, name) for name in names}


def test_a_relative_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later change of the working folder moves nothing."""
    monkeypatch.chdir(tmp_path)
    assert Paths.below(Path("here")).data == tmp_path / "here"


def test_folders_are_made_for_this_person_only(tmp_path: Path) -> None:
    """create() makes all folders, also when they are there already; nobody else may read them."""
    paths = Paths.below(tmp_path / "a" / "b")
    paths.create()
    paths.create()
    for folder in (paths.data, paths.cache, paths.logs, paths.backups, paths.media):
        assert folder.is_dir()
        if os.name == "posix":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_way_is_an_os_error(tmp_path: Path) -> None:
    """What cannot be a folder is said by OSError."""
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OSError):
        Paths.below(tmp_path / "taken").create()


def test_the_systems_own_folders() -> None:
    """Without --data-dir the folders are those of the system for this app, and none is another's."""
    paths = Paths.default()
    assert "Qunfa" in str(paths.data)
    assert paths.data.is_absolute()
    assert len({paths.data, paths.cache, paths.logs}) == 3


def test_resources_ship_with_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resources lie beside the package, and in a frozen app where it was unpacked."""
    assert resource("tokens.json").is_file()
    assert resource("icons/send.svg").is_file()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("tokens.json") == tmp_path / "resources" / "tokens.json"
