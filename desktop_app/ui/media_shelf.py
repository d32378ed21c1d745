"""MediaShelf: the grid of 素材库, or why there is nothing in it, with the way out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.media_grid import MediaGrid
from desktop_app.ui.widgets import button, hbox


class MediaShelf(QStackedWidget):
    """Blank until the list was read."""

    files_wanted = Signal()
    clear_wanted = Signal()
    """All is to be shown again, whatever was searched and filtered."""

    def __init__(self, grid: MediaGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self._files = button(self.tr("选择文件"), icon="upload", name="media.first")
        self._files.clicked.connect(self.files_wanted)
        self._empty = EmptyState(
            "media", self.tr("还没有素材"), self.tr("拖进图片、视频或语音，也可以粘贴"), [self._files]
        )
        clear = button(self.tr("清除筛选"), name="media.clear_filter")
        clear.clicked.connect(self.clear_wanted)
        self._none = EmptyState("search", self.tr("没有找到"), self.tr("换个词，或清掉筛选条件"), [clear])
        self._blank, self._holder = QWidget(), QWidget()
        self._holder.setLayout(hbox(grid, spacing=0, margins=(16, 0, 2, 0)))  # half a gap belongs to the outer cells
        for page in (self._blank, self._holder, self._empty, self._none):
            self.addWidget(page)

    def show_nothing(self) -> None:
        """The list is not read yet."""
        self.setCurrentWidget(self._blank)

    def show_found(self, found: bool, any_at_all: bool, text: str, *, expiring: bool = False) -> None:
        """Show the grid if something was ``found``, otherwise whether the search for ``text`` is to blame.

        ``expiring``: what ends soon was asked for, and nothing of it is good news.
        """
        if found:
            self.setCurrentWidget(self._holder)
        elif any_at_all and expiring and not text:
            self._none.set_texts(self.tr("没有快过期的素材"), self.tr("临时素材至少还能用 24 小时"))
            self.setCurrentWidget(self._none)
        elif any_at_all:
            title = self.tr("没有找到「{text}」").format(text=text) if text else self.tr("没有找到")
            self._none.set_texts(title, self.tr("换个词，或清掉筛选条件"))
            self.setCurrentWidget(self._none)
        else:
            self.setCurrentWidget(self._empty)

    def first(self) -> QWidget:
        """Where the keyboard's work begins."""
        return self._files if self.currentWidget() is self._empty else self._grid
