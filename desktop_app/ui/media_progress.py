"""How far the batches of 素材库 are: a line for each above the grid, with the button that stops it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.ui import theme
from desktop_app.ui.media_batch import MediaBatch
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.widgets import Card, button, hbox, label, vbox


class _Line(Card):
    """One batch, until its end."""

    def __init__(self, batch: MediaBatch) -> None:
        super().__init__("blue.bg", "blue.line", 6)
        self.setObjectName("media.batch")
        self.batch = batch
        self.account_id = batch.account_id
        self._words = label("", "body", "blue.text")
        self._words.setObjectName("media.batch.words")
        self._bar = ProgressLine(self.tr("进度"))
        self._stop = button(self.tr("停止"), dim="inline", name="media.batch.stop")
        self._stop.clicked.connect(batch.stop)
        # Beside the words: the open list of uploads covers the right of the page.
        row = hbox(self._words, self._stop, self._bar, spacing=16, margins=(12, 0, 12, 0))
        row.setStretch(2, 1)
        row.setAlignment(self._bar, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(row)
        self.setFixedHeight(theme.px(36))
        batch.moved.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._words.setText(self.batch.progress_text())
        self._bar.set_fraction(self.batch.fraction())
        self._stop.setDisabled(self.batch.stopping)


class MediaProgress(QWidget):
    """Shows the batches of the account in use; those of others go on unseen and are there again with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account_id = 0
        self._lines: list[_Line] = []
        self._column = vbox(margins=(24, 12, 24, 0))
        self.setLayout(self._column)
        self.hide()

    def use_account(self, account_id: int) -> None:
        """Another account is shown."""
        self._account_id = account_id
        self._show()

    def add(self, batch: MediaBatch) -> None:
        """Show a batch from now to its end; of a handful that begins at once there is nothing to stop."""
        if not batch.stoppable:
            return
        line = _Line(batch)
        self._lines.append(line)
        self._column.addWidget(line)
        batch.ended.connect(lambda: self._remove(line))
        self._show()

    def doing(self) -> tuple[str, float] | None:
        """What the oldest batch is at, of whatever account, and how much of it has ended; None without one."""
        batch = self._lines[0].batch if self._lines else None
        return (batch.progress_text(), batch.fraction()) if batch is not None else None

    def _remove(self, line: _Line) -> None:
        self._lines.remove(line)
        line.hide()
        line.deleteLater()
        self._show()

    def _show(self) -> None:
        for line in self._lines:
            line.setVisible(line.account_id == self._account_id)
        self.setVisible(any(line.account_id == self._account_id for line in self._lines))
