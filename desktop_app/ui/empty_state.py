"""What an empty page says: a small drawing, a title, one line, at most two buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_app.paths import resource
from desktop_app.ui import theme
from desktop_app.ui.paint import painter
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import hbox, vbox

_TOKEN = re.compile(r"\{([\w.]+)\}")


class _Drawing(QLabel):
    """A drawing of ``resources/empty`` whose colours are names of tokens in braces."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._source = resource(f"empty/{kind}.svg").read_text(encoding="utf-8")
        self.setFixedSize(136, 88)
        theme.current().changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        svg = _TOKEN.sub(lambda match: theme.color(match[1]).name(), self._source)
        self._picture = QSvgRenderer(QByteArray(svg.encode()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            self._picture.render(p, QRectF(self.rect()))


class EmptyState(QWidget):
    """Kinds of drawing: ``article``, ``send``, ``search``, ``media``. Raises OSError for another one."""

    def __init__(
        self,
        kind: str,
        title: str,
        text: str,
        buttons: Sequence[QPushButton] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = Paragraph(title, "title.3")
        self._text = Paragraph(text, "body", "text.2")
        for words in (self._title, self._text):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        drawing = _Drawing(kind)
        column = vbox(None, drawing, 16, self._title, 4, self._text, spacing=0)
        column.setAlignment(drawing, Qt.AlignmentFlag.AlignHCenter)
        if buttons:
            column.addSpacing(16)
            column.addLayout(hbox(None, *buttons, None))
        column.addStretch(1)
        self.setLayout(column)

    def set_texts(self, title: str, text: str) -> None:
        """Other words, as for another search."""
        self._title.setText(title)
        self._text.setText(text)
