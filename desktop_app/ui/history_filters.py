"""The filter bar of 群发记录: groups with their counts, time, type, search."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from desktop_app.ui import story, theme
from desktop_app.ui.history_model import Filter
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.widgets import hbox, menu_button, search_field

SEARCH_DELAY_MS = 150
MENUS_FROM_WIDTH = 680
DAY_S = 86_400
KINDS = ("text", "image", "voice", "video", "news")


class FilterBar(QWidget):
    """What the person wants to see of the list."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self._days: int | None = 90
        self._groups = Segmented([(key, text, "") for key, text in self._words()], "history.group", self.tr("状态"))
        self._groups.changed.connect(lambda _: self.changed.emit())
        self._since_button = menu_button(self.tr("近 90 天"), self._since_menu(), "calendar", "history.since")
        self._kind_button = menu_button(self.tr("类型"), self._kind_menu(), "filter", "history.kind")
        self._search = search_field(self.tr("搜索标题、msg_id、受众"), "history.search")
        self._search.setAccessibleName(self.tr("搜索群发记录"))
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(96)
        self._search.setMaximumWidth(280)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SEARCH_DELAY_MS)
        self._delay.timeout.connect(self.changed)
        self._search.textChanged.connect(lambda _: self._delay.start())
        row = hbox(self._groups, self._since_button, self._kind_button, None, self._search, margins=(24, 0, 16, 0))
        row.setStretchFactor(self._search, 2)
        self.setLayout(row)
        self.setFixedHeight(theme.px(56))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _words(self) -> list[tuple[str, str]]:
        return [
            ("all", self.tr("全部")),
            ("running", self.tr("进行中")),
            ("attention", self.tr("要处理")),
            ("done", self.tr("已完成")),
        ]

    def _since_menu(self) -> QMenu:
        menu = QMenu()
        choices: tuple[tuple[int | None, str], ...] = (
            (30, self.tr("近 30 天")),
            (90, self.tr("近 90 天")),
            (365, self.tr("近 1 年")),
            (None, self.tr("全部时间")),
        )
        for days, text in choices:
            menu.addAction(text).triggered.connect(partial(self._choose_since, days, text))
        return menu

    def _kind_menu(self) -> QMenu:
        menu = QMenu()
        menu.addAction(self.tr("所有类型")).triggered.connect(partial(self._choose_kind, "", self.tr("类型")))
        for kind in KINDS:
            text = story.kind_text(kind)
            menu.addAction(text).triggered.connect(partial(self._choose_kind, kind, text))
        return menu

    # --- what is wanted ---

    def wanted(self, now: float) -> Filter:
        """The filter as it is set now."""
        since = None if self._days is None else now - self._days * DAY_S
        return Filter(self._groups.current(), self._kind, self._search.text().strip(), since)

    def clear(self, keep_time: bool = False) -> None:
        """Want everything; says nothing."""
        if not keep_time:
            self._set_since(None, self.tr("全部时间"))
        self._set_kind("", self.tr("类型"))
        with QSignalBlocker(self._groups), QSignalBlocker(self._search):
            self._groups.set_current("all")
            self._search.clear()

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def show_counts(self, counts: dict[str, int]) -> None:
        """How many sends each group holds."""
        for key, text in self._words():
            self._groups.set_text(key, f"{text} {counts[key]:,}")

    def fit(self, room: int) -> None:
        """Beside an open drawer in a small window the two menus make room."""
        for menu in (self._since_button, self._kind_button):
            menu.setVisible(room >= theme.px(MENUS_FROM_WIDTH))

    def _choose_since(self, days: int | None, text: str, _checked: bool = False) -> None:
        self._set_since(days, text)
        self.changed.emit()

    def _choose_kind(self, kind: str, text: str, _checked: bool = False) -> None:
        self._set_kind(kind, text)
        self.changed.emit()

    def _set_since(self, days: int | None, text: str) -> None:
        self._days = days
        self._since_button.setText(text)
        self._since_button.setAccessibleName(self.tr("时间：{what}").format(what=text))

    def _set_kind(self, kind: str, text: str) -> None:
        self._kind = kind
        self._kind_button.setText(text)
        self._kind_button.setAccessibleName(
            self.tr("类型：{what}").format(what=text if kind else self.tr("所有类型"))
        )
