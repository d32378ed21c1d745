"""The bar of 素材库: kinds with their counts, what expires soon, and the order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import button, hbox, menu_button, set_button

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryCounts


class MediaFilters(QWidget):
    """What the person wants to see of the library, but for the words that are searched."""

    changed = Signal()
    renew_all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.order = "added"
        self._kinds = Segmented(self._words(), "media.tab", self.tr("素材类型"))
        self._kinds.changed.connect(lambda _key: self.changed.emit())
        self._expiring = button(self.tr("24 小时内过期"), "amber", icon="clock", name="media.expiring")
        self._expiring.setCheckable(True)
        self._expiring.toggled.connect(self._toggled)
        self._expiring.hide()
        self._renew_all = button(self.tr("全部续期"), icon="refresh", name="media.renew_all")
        self._renew_all.clicked.connect(self.renew_all_wanted)
        self._renew_all.hide()
        rule = ElidedLabel(self.tr("临时素材保存 3 天，到期微信自动清除"), "caption", "text.2")
        rule.setMaximumWidth(rule.sizeHint().width())
        self._order_button = menu_button(self.tr("最近上传"), self._order_menu(), name="media.order")
        row = hbox(
            self._kinds, self._expiring, self._renew_all, None, rule, self._order_button, margins=(24, 0, 24, 0)
        )
        row.setStretchFactor(rule, 1000)
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(34))
        self._name_order()

    def _words(self) -> list[tuple[str, str, str]]:
        return [
            ("all", self.tr("全部"), ""),
            ("image", self.tr("图片"), "image"),
            ("video", self.tr("视频"), "video"),
            ("voice", self.tr("语音"), "voice"),
        ]

    def _orders(self) -> dict[str, str]:
        return {
            "added": self.tr("最近上传"),
            "name": self.tr("名称"),
            "size": self.tr("大小"),
            "expires": self.tr("最先过期"),
        }

    def _order_menu(self) -> QMenu:
        menu = QMenu()
        self._order_actions: dict[str, QAction] = {}
        for key, text in self._orders().items():
            action = menu.addAction(text)
            action.setObjectName(f"media.order.{key}")
            action.setCheckable(True)
            action.setChecked(key == self.order)
            action.triggered.connect(partial(self._choose_order, key))
            self._order_actions[key] = action
        return menu

    def set_kind(self, kind: str) -> None:
        """Show one kind: image, video, voice, or "" for all."""
        self._kinds.set_current(kind or "all")

    @property
    def kind(self) -> str:
        """``image``, ``video``, ``voice``, or an empty text for all."""
        key = self._kinds.current()
        return "" if key == "all" else key

    @property
    def expiring(self) -> bool:
        """Whether only what expires within a day is wanted."""
        return self._expiring.isChecked()

    def clear(self) -> None:
        """Want everything; says nothing."""
        with QSignalBlocker(self._kinds), QSignalBlocker(self._expiring):
            self._kinds.set_current("all")
            self._expiring.setChecked(False)
        self._renew_all.hide()

    def show_counts(self, counts: LibraryCounts) -> None:
        """How many there are of each kind, and how many expire soon."""
        numbers = {"all": counts.all, "image": counts.image, "video": counts.video, "voice": counts.voice}
        for key, text, _ in self._words():
            self._kinds.set_text(key, f"{text} {count_text(numbers[key])}")
        n = counts.expiring
        set_button(self._expiring, text=self.tr("24 小时内过期 {n}").format(n=count_text(n)))
        self._expiring.setVisible(n > 0 or self._expiring.isChecked())
        self._renew_all.setVisible(n > 0 and self._expiring.isChecked())

    def _toggled(self, on: bool) -> None:
        self._renew_all.setVisible(on)
        self.changed.emit()

    def _choose_order(self, key: str, _checked: bool = False) -> None:
        self.order = key
        for each, action in self._order_actions.items():
            action.setChecked(each == key)
        self._name_order()
        self.changed.emit()

    def _name_order(self) -> None:
        text = self._orders()[self.order]
        set_button(self._order_button, text=text)
        self._order_button.setAccessibleName(self.tr("排序：{what}").format(what=text))
