"""留言 for a message of pictures or articles: off, everybody, or followers only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.ui.combo import Combo
from desktop_app.ui.switch import Switch
from desktop_app.ui.widgets import hbox, label


class CommentsRow(QWidget):
    """``value()`` is "off", "all" or "fans", as ``Composing`` keeps it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, name: str = "compose.image.comments") -> None:
        super().__init__(parent)
        choices = [(self.tr("所有人可留言"), "all"), (self.tr("仅粉丝可留言"), "fans")]
        self._who = Combo(choices, f"{name}.who", self.tr("谁可以留言"), dim="small")
        self._off = label(self.tr("不开放"), "body", "text.3")
        self._switch = Switch(self.tr("留言"), name)
        self.setLayout(hbox(label(self.tr("留言"), bold=True), self._who, self._off, None, self._switch, spacing=12))
        self._switch.toggled.connect(self._toggled)
        self._who.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._show()

    def value(self) -> str:
        """The choice."""
        return str(self._who.value()) if self._switch.isChecked() else "off"

    def set_value(self, value: str) -> None:
        """Show a choice; emits nothing."""
        for part in (self._switch, self._who):
            part.blockSignals(True)
        self._switch.setChecked(value in ("all", "fans"))
        self._who.set_value(value)
        for part in (self._switch, self._who):
            part.blockSignals(False)
        self._show()

    def _toggled(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        on = self._switch.isChecked()
        self._who.setVisible(on)
        self._off.setVisible(not on)
        self._switch.update()
