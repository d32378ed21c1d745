"""ClipPlayer: lets a part of a recording be heard, from one second to another; on a mute computer it says why not."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer

log = logging.getLogger(__name__)

NEAR_END_S = 0.25  # positions come about every 50 ms: the last stretch is measured by a timer of its own


class ClipPlayer(QObject):
    """Plays ``[start, end]`` of one file, in seconds. Load it once; ``close()`` lets go of the file and of the sound.

    QtMultimedia is imported by ``load``: it costs memory, and on a Linux without libpulse it is not to be had.
    """

    moved = Signal(float)
    """The playhead is at this second."""
    playing_changed = Signal(bool)
    trouble_changed = Signal(str)
    """``trouble`` is another one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trouble = ""
        """Why nothing can be heard: "library" (QtMultimedia cannot be used here), "file" (it cannot be played),
        "device" (no loudspeaker; goes away when one comes); "" if all is well."""
        self.player: QMediaPlayer | None = None
        self._output: QAudioOutput | None = None
        self._devices: QMediaDevices | None = None
        self._start_s = self._end_s = 0.0
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setTimerType(Qt.TimerType.PreciseTimer)
        self._end.timeout.connect(self._finish)

    def load(self, path: Path) -> None:
        """Open a recording whose name may say nothing about its format. Goes on by itself; trouble is told."""
        try:
            from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer
        except ImportError as error:
            log.info("no sound in this run: %s", error)
            self._set_trouble("library")
            return
        self._devices = QMediaDevices(self)
        self._output = QAudioOutput(self)
        _look_up_overrides(self._output)
        self.player = QMediaPlayer(self)
        self.player.setAudioOutput(self._output)
        self.player.positionChanged.connect(self._moved)
        self.player.playingChanged.connect(self.playing_changed)
        self.player.mediaStatusChanged.connect(self._came_to_its_end)
        self.player.errorOccurred.connect(self._failed)
        self._devices.audioOutputsChanged.connect(self._look_for_a_device)
        self._look_for_a_device()
        self.player.setSource(QUrl.fromLocalFile(str(path)))

    @property
    def playing(self) -> bool:
        """Whether something is heard now."""
        return self.player is not None and self.player.isPlaying()

    def play(self, start_s: float, end_s: float, at_s: float | None = None) -> None:
        """Play from one second to another, or the rest of it from ``at_s``; then go back to ``start_s``."""
        if self.player is None or self.trouble == "file":
            return
        self._start_s, self._end_s = start_s, end_s
        self.seek(start_s if at_s is None else at_s)
        self.player.play()

    def pause(self) -> None:
        """Be silent; the playhead stays."""
        self._end.stop()
        if self.playing and self.player is not None:
            self.player.pause()

    def seek(self, at_s: float) -> None:
        """Move the playhead."""
        self._end.stop()
        if self.player is not None:
            self.player.setPosition(round(at_s * 1000))

    def _finish(self) -> None:
        self.pause()
        self.seek(self._start_s)

    def close(self) -> None:
        """Let go of the file and of the sound device. Calling it twice does no harm."""
        self._end.stop()
        if self.player is not None:
            self.player.disconnect(self)
            self.player.stop()
            self.player.setSource(QUrl())
            self.player.setAudioOutput(None)  # type: ignore[arg-type]
            self.player.deleteLater()
            self.player = None

    def _moved(self, position_ms: int) -> None:
        at_s = position_ms / 1000
        self.moved.emit(at_s)
        if not self.playing:
            return
        left_s = self._end_s - at_s
        if left_s <= 0:
            self._finish()
        elif left_s < NEAR_END_S and not self._end.isActive():
            self._end.start(round(left_s * 1000))

    def _came_to_its_end(self, status: QMediaPlayer.MediaStatus) -> None:
        if self.player is not None and status == self.player.MediaStatus.EndOfMedia:
            self._finish()

    def _failed(self, _error: object, text: str) -> None:
        log.info("the recording cannot be played: %s", text)
        self._set_trouble("file")

    def _look_for_a_device(self) -> None:
        if self.trouble in ("", "device") and self._output is not None and self._devices is not None:
            self._output.setDevice(self._devices.defaultAudioOutput())
            self._set_trouble("" if self._devices.audioOutputs() else "device")

    def _set_trouble(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.trouble_changed.emit(trouble)


def _look_up_overrides(output: QAudioOutput) -> None:
    """Keep the player's threads from asking for Python.

    They disconnect from the output while they hold a lock of Qt. PySide (6.11) then looks for an override of
    ``disconnectNotify`` in Python, for which it waits for the window's thread, and that one may just be waiting
    for the same lock: a deadlock in about every tenth stop. What the first look-up found is remembered.
    """

    def nothing(_: float) -> None:
        """Stands for a listener."""

    output.volumeChanged.connect(nothing)
    output.volumeChanged.disconnect(nothing)
