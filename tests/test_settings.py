"""What the window remembers."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from desktop_app.settings import Settings, SettingsStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_a_first_start_has_the_defaults(path: Path):
    """Without a file nothing is wrong."""
    store = SettingsStore(path)
    assert store.current == Settings()
    assert store.problem is None
    assert not path.exists()


def test_changes_are_there_in_the_next_run(path: Path):
    """Every field survives a restart, odd folder names too."""
    changed = SettingsStore(path).change(
        window_geometry="01d9", last_folder="/图片/夏 🌻", countdown_s=15, picture_ground="#F3F4F2"
    )
    assert SettingsStore(path).current == changed
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.expects_log("cannot be read")
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b"[" * 100_000, b" " * 1_000_001])
def test_a_damaged_file_gives_the_defaults_and_is_repaired(path: Path, content: bytes):
    """Damage is said and goes away with the next change."""
    path.write_bytes(content)
    store = SettingsStore(path)
    assert store.current == Settings()
    assert store.problem is not None
    store.change(countdown_s=12)
    assert store.problem is None
    assert SettingsStore(path).current.countdown_s == 12


def test_single_bad_values_do_not_spoil_the_rest(path: Path):
    """Wrong types, values out of range and unknown names are left out."""
    path.write_text(
        json.dumps(
            {"countdown_s": 9999, "confirm_by": "shout", "last_folder": 5, "later": 1, "window_geometry": "ab"}
        )
    )
    assert SettingsStore(path).current == dataclasses.replace(Settings(), window_geometry="ab")


@pytest.mark.parametrize(
    "wrong", [{"countdown_s": 0}, {"confirm_by": "x"}, {"countdown_s": True}, {"picture_ground": "pink"}]
)
def test_an_impossible_change_is_refused(path: Path, wrong: dict):
    """A caller's mistake raises and changes nothing."""
    store = SettingsStore(path)
    with pytest.raises(ValueError):
        store.change(**wrong)
    with pytest.raises(TypeError):
        store.change(unknown=1)
    assert store.current == Settings()


@pytest.mark.expects_log("cannot be saved")
def test_a_folder_that_cannot_be_written_keeps_the_change_for_this_session(tmp_path: Path):
    """The window goes on; the problem is known."""
    store = SettingsStore(tmp_path / "gone" / "settings.json")
    assert store.change(countdown_s=20).countdown_s == 20
    assert store.problem is not None
    (tmp_path / "gone").mkdir()
    store.change(countdown_s=20)
    assert store.problem is None
    assert SettingsStore(store.path).current.countdown_s == 20


def test_a_crash_between_write_and_replace_keeps_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch):
    """The file itself is only ever replaced as a whole."""
    store = SettingsStore(path)
    store.change(countdown_s=20)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        store.change(countdown_s=30)
    monkeypatch.undo()
    assert SettingsStore(path).current.countdown_s == 20
