"""SavedLabel: 「已保存 14:41」 in the top bar."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from desktop_app.errors import AppError
from desktop_app.ui.error_box import words
from desktop_app.ui.units import clock_text
from desktop_app.ui.widgets import IconLabel, hbox, label


class SavedLabel(QWidget):
    """Says whether what was typed is on the disk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("check", 14, "text.3")
        self._words = label("", "caption", "text.3")
        self._short, self._at = False, 0.0
        self.setLayout(hbox(None, self._icon, self._words, spacing=6))
        widest = QFontMetrics(self._words.font()).horizontalAdvance(self.tr("已保存 {time}").format(time="00:00"))
        self._widest = 14 + 6 + widest + 2
        self.setMinimumWidth(self._widest)
        self.clear_text()

    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def clear_text(self) -> None:
        """Nothing was saved yet."""
        self._at = 0.0
        self._say("", "")

    def show_saving(self) -> None:
        """Something is not saved yet."""
        self._at = 0.0
        self._say(self.tr("正在保存"), "clock")

    def show_saved(self, at: float) -> None:
        """Everything was saved at ``at`` (Unix seconds)."""
        self._at = at
        self._say(self.tr("已保存") if self._short else self.tr("已保存 {time}").format(time=clock_text(at)), "check")

    def show_failed(self, error: AppError) -> None:
        """Saving did not work; it is tried again."""
        self._at = 0.0
        self._say(self.tr("没有保存：{why}").format(why=words(error).title), "warning", "red.text")

    def set_short(self, short: bool) -> None:
        """Leave the time out where room is scarce."""
        self._short = short
        self.setMinimumWidth(0 if short else self._widest)
        if self._at:
            self.show_saved(self._at)

    def _say(self, text: str, icon: str, color: str = "text.3") -> None:
        self._words.setText(text)
        self._words.set_color(color)
        if icon:
            self._icon.set_icon(icon, color)
        self._icon.setVisible(bool(text))
