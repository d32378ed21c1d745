"""设置 · 素材: which ffmpeg converts, what to do without one, and the ground of transparent pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel

from desktop_app.media import convert
from desktop_app.settings import GROUNDS, SettingsStore
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.settings_page import SettingsPage
from tests.window_world import PlainWindow, WindowWorld

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs of these tests are shell scripts")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WindowWorld]:
    """A profile with both accounts."""
    world = WindowWorld(tmp_path / "profile")
    yield world
    world.close()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer without any ffmpeg."""
    monkeypatch.setattr(convert, "bundled", lambda: None)
    monkeypatch.delenv(convert.CHOSEN_BY, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


def program(folder: Path, version: str, name: str = "ffmpeg") -> Path:
    """A program that runs and calls itself ffmpeg of a version; one that is something else without."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    words = f"ffmpeg version {version} Copyright (c)" if version else "hello"
    path.write_text(f"#!/bin/sh\necho '{words}'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


class Shown:
    """The settings with 素材 in front."""

    def __init__(self, world: WindowWorld, size: tuple[int, int] = (1280, 800)) -> None:
        self.world = world
        self.page = SettingsPage(world.context)
        self.window = PlainWindow(self.page, size)
        self.page.set_account(world.service)
        self.window.show()
        world.settle()
        self.press("settings.nav.media")

    def button(self, name: str) -> QAbstractButton:
        """A button of the page."""
        return self.page.findChild(QAbstractButton, name)

    def press(self, name: str) -> None:
        """Click a button and wait for what it began."""
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)
        self.world.settle()

    def choose(self, monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
        """Choose a file in the system's dialog; "" leaves it without a choice."""
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        self.press("settings.ffmpeg.choose")

    def said(self) -> str:
        """All words that are visible."""
        return " ".join(w.text() for w in self.page.findChildren(QLabel) if w.isVisible())


@pytest.mark.usefixtures("bare")
def test_what_was_found_is_shown_and_used(
    world: WindowWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version and place; the media desk converts with it."""
    found = program(tmp_path / "bin", "8.0.1-essentials_build-www.example.com")
    monkeypatch.setenv("PATH", str(found.parent))
    shown = Shown(world)
    assert "版本 8.0.1 " in shown.said() + " "
    assert f"自动找到 · {found}" in shown.said()
    assert "没有 ffmpeg 时做不了" not in shown.said()
    assert not shown.button("settings.ffmpeg.reset").isVisible()
    assert world.profile.media.ffmpeg == found


def test_the_part_of_the_set_up_is_a_real_one(world: WindowWorld) -> None:
    """The optional part convert brings a program that tells its version."""
    shown = Shown(world)
    assert convert.find() is not None, "the set-up brings imageio-ffmpeg"
    assert "版本 " in shown.said()
    assert world.profile.media.ffmpeg == convert.find()


@pytest.mark.usefixtures("bare")
def test_without_one_it_is_said_what_is_missing_and_how_to_get_it(
    world: WindowWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page looks again on demand, as after the folder was put beside the app."""
    shown = Shown(world)
    assert "没有找到 ffmpeg" in shown.said()
    assert "MOV、HEVC 和超过 10 MB 的视频，WAV、M4A 和超过 2 MB 的语音，HEIC 照片" in shown.said()
    assert "把它的 ffmpeg 文件夹放到群发台旁边" in shown.said()
    assert world.profile.media.ffmpeg is None
    monkeypatch.setenv("PATH", str(program(tmp_path / "bin", "8.0").parent))
    assert shown.button("settings.ffmpeg.reset").text() == "再找一次"
    shown.press("settings.ffmpeg.reset")
    assert "版本 8.0" in shown.said()
    assert "没有找到 ffmpeg" not in shown.said()
    assert world.profile.media.ffmpeg == tmp_path / "bin" / "ffmpeg"


@pytest.mark.usefixtures("bare")
def test_a_person_chooses_one_and_goes_back(
    world: WindowWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The choice applies at once and in the next run, whatever its file is called; 恢复自动查找 forgets it."""
    found = program(tmp_path / "bin", "8.0")
    monkeypatch.setenv("PATH", str(found.parent))
    chosen = program(tmp_path / "我的 工具", "9.1", "ffmpeg-9.1")
    shown = Shown(world)
    shown.choose(monkeypatch, "")
    assert world.settings.current.ffmpeg_path == ""
    shown.choose(monkeypatch, chosen)
    assert f"自己选的 · {chosen}" in shown.said()
    assert "版本 9.1" in shown.said()
    assert world.profile.media.ffmpeg == chosen
    assert SettingsStore(world.paths.settings).current.ffmpeg_path == str(chosen)
    assert shown.button("settings.ffmpeg.reset").text() == "恢复自动查找"
    shown.press("settings.ffmpeg.reset")
    assert world.profile.media.ffmpeg == found
    assert SettingsStore(world.paths.settings).current.ffmpeg_path == ""


@pytest.mark.usefixtures("bare")
def test_another_program_is_not_taken(world: WindowWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no ffmpeg, or does not run, changes nothing, and that is said."""
    chosen = program(tmp_path / "bin", "8.0")
    shown = Shown(world)
    shown.choose(monkeypatch, chosen)
    dead = tmp_path / "ffmpeg.txt"
    dead.write_text("not a program", encoding="utf-8")
    for wrong in (program(tmp_path / "other", ""), dead):
        shown.choose(monkeypatch, wrong)
        assert f"「{wrong.name}」不是能在这台电脑上运行的 ffmpeg，没有换。" in shown.said()
        assert world.profile.media.ffmpeg == chosen
        assert world.settings.current.ffmpeg_path == str(chosen)
    shown.press("settings.nav.accounts")
    shown.press("settings.nav.media")
    assert "没有换" not in shown.said()


@pytest.mark.usefixtures("bare")
def test_a_chosen_one_that_is_gone(world: WindowWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one is used if there is one, and the page says so."""
    found = program(tmp_path / "bin", "8.0")
    monkeypatch.setenv("PATH", str(found.parent))
    gone = tmp_path / "usb" / "ffmpeg"
    world.settings.change(ffmpeg_path=str(gone))
    shown = Shown(world)
    assert f"之前选的 {gone} 不在了。" in shown.said()
    assert f"自动找到 · {found}" in shown.said()
    shown.press("settings.ffmpeg.reset")
    assert "不在了" not in shown.said()


@pytest.mark.usefixtures("bare")
def test_one_that_is_old_or_dead(world: WindowWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old one says what it cannot do; a found one that does not start says that."""
    monkeypatch.setenv("PATH", str(program(tmp_path / "bin", "6.1.1").parent))
    shown = Shown(world)
    assert "版本低于 7.1，拼不全手机拍的 HEIC 照片" in shown.said()
    monkeypatch.setenv("PATH", str(program(tmp_path / "dead", "").parent))
    shown.press("settings.nav.accounts")
    shown.press("settings.nav.media")
    assert "启动不了" in shown.said()
    assert "没有 ffmpeg 时做不了" in shown.said()


def test_the_ground_applies_at_once(world: WindowWorld) -> None:
    """Arrow keys choose; the media desk and the next run know it."""
    shown = Shown(world)
    grounds = shown.page.findChild(Segmented, "settings.ground")
    assert grounds.current() == "white"
    assert tuple(grounds._segments) == GROUNDS
    white = grounds.segment("white")
    white.setFocus()
    QTest.keyClick(white, Qt.Key.Key_Right)
    world.settle()
    assert world.profile.media.ground == "black"
    shown.press("settings.ground.#F3F4F2")
    assert world.profile.media.ground == "#F3F4F2"
    assert SettingsStore(world.paths.settings).current.picture_ground == "#F3F4F2"
    assert Shown(world).page.findChild(Segmented, "settings.ground").current() == "#F3F4F2"


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("size", [(1280, 800), (960, 640)])
def test_it_fits(world: WindowWorld, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cut at the right, neither without a program nor with a long path and name."""
    shown = Shown(world, size)
    buttons = [b for b in shown.page.findChildren(QAbstractButton) if b.isVisible()]
    assert all(b.mapTo(shown.window, b.rect().topRight()).x() < size[0] for b in buttons)
    assert all(b.accessibleName() and b.objectName() for b in buttons)
    folder = tmp_path / ("一个很长的文件夹" * 8)
    shown.choose(monkeypatch, program(folder, "N-" + "12345" * 20))
    assert (shown.window.width(), shown.window.height()) == size
    buttons = [b for b in shown.page.findChildren(QAbstractButton) if b.isVisible()]
    assert all(b.mapTo(shown.window, b.rect().topRight()).x() < size[0] for b in buttons)


def test_the_section_can_be_opened_from_elsewhere(world: WindowWorld) -> None:
    """``show_section`` is for the button of a refusal; it and coming back to the page put the focus into it."""
    shown = Shown(world)
    shown.page.show_section("accounts")
    assert "AppSecret 只保存在" in shown.said()
    shown.page.show_section("media")
    choose = shown.button("settings.ffmpeg.choose")
    assert QApplication.focusWidget() is choose
    world.settle()
    choose.clearFocus()
    shown.page.focus_first()
    world.settle()
    assert QApplication.focusWidget() is choose
