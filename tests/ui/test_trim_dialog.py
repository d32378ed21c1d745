"""A voice that is too long: choosing the part that is kept, hearing it, and doing without sound."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from desktop_app.ui.text import Paragraph
from desktop_app.ui.trim_bar import TrimBar
from desktop_app.ui.trim_dialog import TrimDialog
from tests.data import make
from tests.window_world import PlainWindow

TIMEOUT_S = 60.0


@pytest.fixture(autouse=True)
def quiet(expected_log: Callable[..., None]) -> None:
    """QtMultimedia complains about what this machine may lack (a sound server, a device, drivers for video), and
    when it is closed while it still opens a file.
    """
    expected_log(
        "qt: .*([Pp]ulse|audio device|symbolsresolver|Couldn't (load|resolve)|Immediate exit)", required=False
    )


def wav(seconds: float) -> bytes:
    """Silence, 8 kHz, 16 bit."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(seconds * 16_000)))
    return out.getvalue()


class Shown:
    """The dialog over a window; its file has no suffix, as in the cache."""

    def __init__(self, folder: Path, content: bytes, *, seconds: float = 102.3, limit_s: float = 60.0) -> None:
        path = folder / "3f2a"
        path.write_bytes(content)
        self.window = PlainWindow()
        self.window.show()
        self.dialog = TrimDialog(
            None,  # type: ignore[arg-type]
            self.window,
            name="会议录音.mp3",
            path=path,
            seconds=seconds,
            limit_s=limit_s,
        )
        self.chosen: list[float] = []
        self.dialog.chosen.connect(self.chosen.append)
        self.dialog.open()
        self.bar = self.dialog.findChild(TrimBar, "trim.bar")
        QApplication.processEvents()
        QTest.qWait(0)  # the recording is opened once the dialog was shown

    @property
    def player(self) -> object:
        """The ``QMediaPlayer``, or None."""
        return self.dialog.player.player

    def button(self, name: str) -> QAbstractButton:
        """A button of the dialog."""
        return self.dialog.findChild(QAbstractButton, f"trim.{name}")

    def click(self, name: str) -> None:
        """Press one."""
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def said(self) -> str:
        """All words that are visible."""
        return " ".join(w.text() for w in self.dialog.findChildren(QLabel) if w.isVisible())

    def key(self, key: Qt.Key, shift: bool = False) -> float:
        """Press a key on the bar; answers where the kept part begins."""
        QTest.keyClick(self.bar, key, Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier)
        return self.bar.start_s

    def wait(self, met: Callable[[], bool]) -> None:
        """Run events until something is so; real time counts only against a broken test."""
        end = time.monotonic() + TIMEOUT_S
        while not met():
            assert time.monotonic() < end, "it did not happen in time"
            QTest.qWait(2)

    def loaded(self) -> Shown:
        """Wait until the player knows the recording."""
        self.wait(lambda: self.player.duration() > 0)  # type: ignore[attr-defined]
        return self


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    """1:42 of silence, of which a minute may stay."""
    shown = Shown(tmp_path, make.mp3(102.3))
    yield shown
    shown.dialog.reject()


def test_it_says_how_long_it_is_and_how_long_it_may_be(shown: Shown) -> None:
    """Name, length and limit; nothing is cut without a person's word."""
    assert "会议录音.mp3 有 1:42，微信最多 60 秒" in shown.said()
    assert shown.button("use").text() == "用这 60 秒"
    shown.click("cancel")
    assert shown.chosen == []
    assert shown.window.sheet() is None


def test_keys_move_what_is_kept(shown: Shown) -> None:
    """Arrows a second, with Shift ten, Home and End; never over an edge, and the end is really the end."""
    assert QApplication.focusWidget() is shown.bar
    assert shown.key(Qt.Key.Key_Left) == 0
    assert shown.key(Qt.Key.Key_Right) == 1
    assert shown.key(Qt.Key.Key_Right, shift=True) == 11
    assert shown.key(Qt.Key.Key_Up) == 12
    assert shown.bar.accessibleName() == "从 0:12 到 1:12"
    assert shown.key(Qt.Key.Key_End) == pytest.approx(42.3)
    assert shown.bar.end_s == pytest.approx(102.3)
    assert shown.key(Qt.Key.Key_Right) == pytest.approx(42.3)
    assert shown.key(Qt.Key.Key_Left) == 42
    assert shown.key(Qt.Key.Key_Down) == 41
    assert shown.key(Qt.Key.Key_Left, shift=True) == 31
    assert shown.key(Qt.Key.Key_PageDown) == 21
    assert shown.key(Qt.Key.Key_Home) == 0


def test_a_screen_reader_meets_a_slider(shown: Shown) -> None:
    """The bar is no nameless box to it: a slider whose value is the second at which the kept part begins."""
    shown.bar.setValue(12)
    found = QAccessible.queryAccessibleInterface(shown.bar)
    assert found.role() == QAccessible.Role.Slider
    assert found.text(QAccessible.Text.Name) == "从 0:12 到 1:12"
    assert found.valueInterface().currentValue() == 12


def test_the_mouse_moves_what_is_kept(shown: Shown) -> None:
    """Dragging takes it along, a press beside it brings it there, and it stays inside the recording."""
    bar, middle = shown.bar, shown.bar.height() // 2
    per_second = (bar.width() - 2) / 102.3
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(bar, left, pos=QPoint(round(30 * per_second), middle))
    QTest.mouseMove(bar, QPoint(round(50 * per_second), middle))
    assert bar.start_s == pytest.approx(20, abs=1)
    QTest.mouseMove(bar, QPoint(bar.width() + 400, middle))
    assert bar.end_s == pytest.approx(102.3)
    QTest.mouseRelease(bar, left, pos=QPoint(bar.width() + 400, middle))
    QTest.mouseClick(bar, left, pos=QPoint(round(35 * per_second), middle))
    assert bar.start_s == pytest.approx(5, abs=1)
    QTest.mouseMove(bar, QPoint(bar.width() - 4, middle))
    assert bar.start_s == pytest.approx(5, abs=1)


def test_the_start_is_handed_over(shown: Shown) -> None:
    """用这 60 秒 closes the dialog and tells where the minute begins."""
    shown.bar.setValue(12)
    shown.click("use")
    assert shown.chosen == [12.0]
    assert shown.window.sheet() is None


@pytest.mark.parametrize("seconds", [60.4, 3 * 3600.0])
def test_hardly_too_long_and_far_too_long(tmp_path: Path, seconds: float) -> None:
    """Both ends can be reached, and what is kept stays wide enough to be taken by a mouse."""
    shown = Shown(tmp_path, make.mp3(2), seconds=seconds)
    assert shown.key(Qt.Key.Key_End) == pytest.approx(seconds - 60)
    assert shown.bar._window().width() >= 10
    assert not shown.bar.grab().isNull()
    shown.dialog.reject()


# --- sound ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make_file", [make.mp3, make.amr, wav], ids=["mp3", "amr", "wav"])
def test_every_format_of_a_voice_is_opened(tmp_path: Path, make_file: Callable[[float], bytes]) -> None:
    """By its content: files in the cache have no suffix. (AMR: the player guesses its length, we count frames.)"""
    shown = Shown(tmp_path, make_file(70.0), seconds=70.0).loaded()
    assert shown.player.duration() == pytest.approx(70_000, rel=0.05)  # type: ignore[attr-defined]
    assert shown.player.isSeekable()  # type: ignore[attr-defined]
    assert shown.dialog.player.trouble in ("", "device")
    shown.dialog.reject()


def test_what_is_kept_is_played_and_nothing_else(shown: Shown) -> None:
    """试听 begins at the start of what is kept; at its end the playhead is back there, and it is silent."""
    shown.loaded().bar.setValue(12)
    places: list[float] = []
    shown.dialog.player.moved.connect(places.append)
    shown.click("play")
    shown.wait(lambda: len(places) > 3)
    assert places[0] == pytest.approx(12, abs=2)
    assert 12 <= min(places) <= max(places) < 72
    assert shown.button("play").text() == "暂停"
    shown.player.positionChanged.emit(72_000)  # type: ignore[attr-defined]
    assert not shown.dialog.player.playing
    assert shown.button("play").text() == "试听"
    shown.wait(lambda: places[-1] == 12)


def test_the_last_seconds_are_played_to_the_very_end(tmp_path: Path) -> None:
    """听最后 5 秒 shows whether the cut goes through a word; here the recording itself ends."""
    shown = Shown(tmp_path, make.mp3(9.0), seconds=9.0, limit_s=6.0).loaded()
    shown.key(Qt.Key.Key_End)
    places: list[float] = []
    shown.dialog.player.moved.connect(places.append)
    shown.player.setPlaybackRate(4)  # type: ignore[attr-defined]
    shown.click("ending")
    shown.wait(lambda: bool(places) and not shown.dialog.player.playing)
    assert places[0] == pytest.approx(4.0)
    assert max(places) == pytest.approx(9.0, abs=0.5)
    shown.wait(lambda: places[-1] == 3.0)
    shown.dialog.reject()


def test_a_pause_goes_on_where_it_was(shown: Shown) -> None:
    """Space on the bar plays and pauses; moving what is kept begins anew."""
    shown.loaded()
    places: list[float] = []
    shown.dialog.player.moved.connect(places.append)
    shown.key(Qt.Key.Key_Space)
    shown.wait(lambda: bool(places) and places[-1] > 0.3)
    shown.key(Qt.Key.Key_Space)
    shown.wait(lambda: not shown.dialog.player.playing)
    before = places[-1]
    shown.key(Qt.Key.Key_Space)
    assert shown.player.position() / 1000 >= before - 0.001  # type: ignore[attr-defined]
    shown.key(Qt.Key.Key_Right)
    assert not shown.dialog.player.playing
    shown.wait(lambda: places[-1] == 1)


def test_closed_before_it_was_opened(tmp_path: Path) -> None:
    """A dialog that is cancelled at once does not touch the file afterwards."""
    window = PlainWindow()
    window.show()
    dialog = TrimDialog(
        None,  # type: ignore[arg-type]
        window,
        name="a.mp3",
        path=tmp_path / "gone",
        seconds=70,
        limit_s=60,
    )
    dialog.open()
    dialog.reject()
    QApplication.processEvents()
    assert dialog.player.player is None
    assert dialog.player.trouble == ""


STOPS = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from desktop_app.ui.clip_player import ClipPlayer
app = QApplication([])
for _ in range(60):
    clip = ClipPlayer()
    clip.load(Path(sys.argv[1]))
    for start in range(5):
        clip.play(start, start + 60)
        QTest.qWait(3)
        clip.pause()
    clip.play(0, 60)
    QTest.qWait(5)
    clip.close()
print("done")
"""


def test_stopping_never_hangs(tmp_path: Path) -> None:
    """PySide's wrappers and the player's threads lock each other out unless care is taken (in every tenth stop)."""
    path = tmp_path / "3f2a"
    path.write_bytes(make.mp3(70))
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", STOPS, str(path)], cwd=root, capture_output=True, text=True, timeout=300
    )
    assert ran.stdout == "done\n", ran.stderr[-2000:]
    assert ran.returncode == 0


@pytest.mark.parametrize("how", ["use", "cancel"])
def test_closing_lets_go_of_the_sound(shown: Shown, how: str) -> None:
    """Nothing goes on playing behind the window, and the file is free."""
    shown.loaded().click("play")
    player = shown.player
    states: list[bool] = []
    player.playingChanged.connect(states.append)  # type: ignore[attr-defined]
    shown.click(how)
    assert states == [False]
    assert player.source().isEmpty()  # type: ignore[attr-defined]
    assert shown.player is None


def test_without_the_sound_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a Linux without libpulse QtMultimedia cannot be imported: it is said, and cutting works."""
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    shown = Shown(tmp_path, make.mp3(70), seconds=70)
    assert "libpulse" in shown.said()
    assert not shown.button("play").isEnabled()
    assert not shown.button("ending").isEnabled()
    shown.key(Qt.Key.Key_Space)
    assert shown.key(Qt.Key.Key_Right) == 1
    shown.click("use")
    assert shown.chosen == [1.0]


@pytest.mark.expects_log("Could not open media")
def test_a_file_that_cannot_be_played(tmp_path: Path) -> None:
    """It is said, and cutting works."""
    shown = Shown(tmp_path, b"nothing that sounds" * 100)
    shown.wait(lambda: shown.dialog.player.trouble == "file")
    assert "这个文件放不出来" in shown.said()
    assert not shown.button("play").isEnabled()
    shown.click("use")
    assert shown.chosen == [0.0]


def test_a_mute_computer_says_so(shown: Shown) -> None:
    """Without a loudspeaker the dialog says it, and stays tall enough for the sentence."""
    shown.loaded()
    mute = shown.dialog.player.trouble == "device"
    assert ("没有找到扬声器或耳机" in shown.said()) == mute
    for made in shown.dialog.findChildren(Paragraph):
        assert not made.isVisible() or made.height() >= made.heightForWidth(made.width())


def test_our_length_is_the_one_that_counts(tmp_path: Path) -> None:
    """The dialog believes the length it is given, also where the player guesses another one (AMR)."""
    shown = Shown(tmp_path, make.amr(70.0), seconds=70.0).loaded()
    assert shown.player.duration() != 70_000  # type: ignore[attr-defined]
    assert shown.key(Qt.Key.Key_End) == 10
    shown.dialog.reject()
