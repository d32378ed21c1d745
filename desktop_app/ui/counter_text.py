"""A text area with a counter that warns and never blocks."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QRectF, QSize, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from desktop_app.ui import theme
from desktop_app.ui.paint import painter
from desktop_app.ui.style_paint import paint_field
from desktop_app.ui.widgets import hbox, label, set_error, vbox


def _brings_files(source: QMimeData) -> bool:
    bitmap = source.hasImage() and not source.hasFormat("text/plain")
    return bitmap or any(url.isLocalFile() for url in source.urls())


class _Edit(QPlainTextEdit):
    """The editor without a frame: its parent paints the border."""

    focus_moved = Signal()
    files_pasted = Signal(object)
    """A QMimeData with files or a bitmap was pasted here; it is valid while the slot runs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setProperty("ring", "parent")
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text only. Refused files travel on to the window, which knows what to do with them."""
        return source.hasText() and not _brings_files(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Pasted text goes in without its formats; files and bitmaps are handed on."""
        if self.canInsertFromMimeData(source):
            self.insertPlainText(source.text())
        elif _brings_files(source):
            self.files_pasted.emit(source)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_moved.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_moved.emit()


class TextArea(QFrame):
    """Plain text of several lines. Emoji, spaces and line breaks come back exactly as they went in.

    ``amber_over`` characters the counter turns amber and ``hint`` is shown; ``limit`` only adds 「/ limit」 to it.
    """

    changed = Signal(str)

    def __init__(
        self,
        placeholder: str = "",
        name: str = "",
        accessible_name: str = "",
        amber_over: int = 0,
        limit: int = 0,
        hint: str = "",
        min_lines: int = 3,
        counter: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._amber_over, self._limit, self._hint_text = amber_over, limit, hint
        self.edit = _Edit(self)
        self.edit.setObjectName(name)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(accessible_name or placeholder)
        self.edit.setFont(theme.font("body"))
        palette = QPalette(self.edit.palette())
        palette.setColor(QPalette.ColorRole.Base, theme.color("bg.surface"))
        self.edit.setPalette(palette)
        self._min_lines = min_lines
        self._counter = label("", "caption", "text.3")
        self._hint = label("", "caption", "amber.text")
        column = vbox(self.edit, spacing=4, margins=(11, 8, 6, 8))
        foot = hbox(self._hint, None, self._counter, margins=(0, 0, 6, 0))
        if counter:
            column.addLayout(foot)
        self.setLayout(column)
        self.setFocusProxy(self.edit)
        self.setProperty("radius", 6)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.focus_moved.connect(self.update)
        self._count()

    def text(self) -> str:
        """The text; ``QPlainTextEdit.toPlainText`` would turn no-break spaces into spaces."""
        return self.edit.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def set_text(self, text: str) -> None:
        """Replace the text; ``changed`` comes when it differs."""
        if text != self.text():
            self.edit.setPlainText(text)

    def insert(self, text: str) -> None:
        """Put text at the cursor, as an emoji or a link does."""
        self.edit.insertPlainText(text)
        self.edit.setFocus()

    def counter_text(self) -> str:
        """What the counter shows."""
        return self._counter.text()

    def set_error(self, text: str) -> None:
        """A red border with the reason in the foot; an empty text takes it away."""
        set_error(self, text)
        set_error(self.edit, text)
        self._count()

    def _text_changed(self) -> None:
        self._count()
        self.changed.emit(self.text())

    def _count(self) -> None:
        count = len(self.text())
        words = self.tr("{0} 字") if not self._limit else "{0} / {1}"
        self._counter.setText(words.format(f"{count:,}", self._limit))
        over = bool(self._amber_over) and count > self._amber_over
        self._counter.set_color("amber.text" if over else "text.3")
        error = self.accessibleDescription()
        self._hint.set_color("red.text" if error else "amber.text")
        self._hint.setText(error or (self._hint_text if over else ""))

    def sizeHint(self) -> QSize:
        lines = QFontMetrics(self.edit.font()).lineSpacing() * self._min_lines
        return QSize(320, lines + 16 + theme.line("caption") + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            rect = QRectF(self.rect())
            paint_field(p, rect, self.isEnabled(), self.edit.hasFocus(), bool(self.property("error")))
