"""TrimDialog: a voice is too long; choose which part of it goes out, and hear it first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.ui.clip_player import ClipPlayer
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.trim_bar import TrimBar
from desktop_app.ui.units import duration_text
from desktop_app.ui.widgets import Card, IconLabel, button, hbox, label, set_button, vbox

ENDING_S = 5.0


def trouble_words(trouble: str) -> str:
    """Why nothing can be heard (``ClipPlayer.trouble``), and that cutting works all the same."""
    words = {
        "library": QCoreApplication.translate("TrimDialog", "这台电脑缺少放声音的组件（libpulse），不能试听。"),
        "file": QCoreApplication.translate("TrimDialog", "这个文件放不出来，不能试听。"),
        "device": QCoreApplication.translate("TrimDialog", "没有找到扬声器或耳机，听不到声音。"),
    }
    return words[trouble] + QCoreApplication.translate("TrimDialog", "可以照着时间截取。") if trouble else ""


class TrimDialog(Sheet):
    """``chosen`` brings the second at which the kept part begins; its length is ``limit_s``."""

    chosen = Signal(float)

    def __init__(
        self, context: Context, window: QWidget, *, name: str, path: Path, seconds: float, limit_s: float
    ) -> None:
        """``name`` is what the person knows it by, ``path`` the file, which may have another name."""
        words = QCoreApplication.translate("TrimDialog", "截取 {n} 秒")
        super().__init__(window, 560, 0, words.format(n=f"{limit_s:g}"))
        self._limit_s = limit_s
        self._path = path
        self.player = ClipPlayer(self)
        self.bar = TrimBar(seconds, limit_s)
        self._at_s = 0.0
        self._build(name, seconds)
        self.bar.start_changed.connect(self._begin_anew)
        self.bar.play_wanted.connect(self._play_or_pause)
        self.player.moved.connect(self._show_playhead)
        self.player.playing_changed.connect(self._show_playing)
        self.player.trouble_changed.connect(self._show_trouble)
        self.bar.setFocus()

    def _build(self, name: str, seconds: float) -> None:
        mark = Card("bg.sunken", "", 8)
        mark.setFixedSize(48, 48)
        mark.setLayout(hbox(IconLabel("voice", 24, "text.2"), margins=(12, 12, 12, 12)))
        reason = self.tr("有 {length}，微信最多 {n} 秒").format(length=duration_text(seconds), n=f"{self._limit_s:g}")
        said = vbox(ElidedLabel(name, "body.l", bold=True), label(reason, "caption", "text.2"), spacing=4)
        top = hbox(mark, said, spacing=12)
        top.setStretch(1, 1)
        self._play = button(self.tr("试听"), icon="play", name="trim.play")
        self._ending = button(
            self.tr("听最后 {n} 秒").format(n=f"{min(ENDING_S, self._limit_s):g}"), "ghost", name="trim.ending"
        )
        self._now = label("", "body", "text.2")
        hint = label(self.tr("拖动蓝框，或按方向键移 1 秒，Shift 一次 10 秒"), "caption", "text.3")
        self._trouble = Card("amber.bg", "amber.line")
        self._trouble_words = Paragraph("", "caption", "amber.text", line=18)
        row = hbox(IconLabel("warning", 16, "amber"), self._trouble_words, spacing=8, margins=(12, 8, 12, 8))
        row.setStretch(1, 1)
        self._trouble.setLayout(row)
        self._trouble.hide()
        hear = hbox(self._play, self._ending, None, self._now)
        self.body.addLayout(vbox(top, 8, self.bar, hint, 4, hear, 4, self._trouble, spacing=8))
        cancel = button(self.tr("取消"), name="trim.cancel")
        use = button(self.tr("用这 {n} 秒").format(n=f"{self._limit_s:g}"), "primary", name="trim.use")
        cancel.clicked.connect(self.reject)
        use.clicked.connect(self._use)
        self._play.clicked.connect(self._play_or_pause)
        self._ending.clicked.connect(self._play_ending)
        foot = QWidget()
        foot.setLayout(hbox(None, cancel, use, margins=(24, 16, 24, 16)))
        self.set_footer(foot)

    def open(self) -> None:
        """Show it, then open the recording: the first time QtMultimedia is loaded."""
        super().open()
        QTimer.singleShot(0, self, self._load)

    def _load(self) -> None:
        if self.isVisible():  # it may be closed again
            self.player.load(self._path)

    def done(self, result: int) -> None:
        """Close, and let go of the sound."""
        self.player.close()
        super().done(result)

    # What a person does

    def _use(self) -> None:
        start_s = self.bar.start_s
        self.accept()
        self.chosen.emit(start_s)

    def _play_or_pause(self) -> None:
        if self.player.playing:
            self.player.pause()
        else:
            start_s, end_s = self.bar.start_s, self.bar.end_s
            self.player.play(start_s, end_s, self._at_s if start_s < self._at_s < end_s else start_s)

    def _play_ending(self) -> None:
        start_s, end_s = self.bar.start_s, self.bar.end_s
        self.player.play(start_s, end_s, max(start_s, end_s - ENDING_S))

    def _begin_anew(self, start_s: float) -> None:
        self._at_s = start_s
        self.player.pause()
        self.player.seek(start_s)

    # What the player says

    def _show_playhead(self, at_s: float) -> None:
        self._at_s = at_s
        self.bar.set_playhead(at_s)
        self._now.setText(duration_text(at_s) if self.player.playing else "")

    def _show_playing(self, playing: bool) -> None:
        set_button(
            self._play, text=self.tr("暂停") if playing else self.tr("试听"), icon="pause" if playing else "play"
        )
        self._now.setText(duration_text(self._at_s) if playing else "")

    def _show_trouble(self, trouble: str) -> None:
        self._trouble_words.setText(trouble_words(trouble))
        self._trouble.setVisible(bool(trouble))
        for made in (self._play, self._ending):
            made.setEnabled(trouble in ("", "device"))
        self.scrim.fit()
