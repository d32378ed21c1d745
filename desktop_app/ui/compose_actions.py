"""ComposeActions: what the compose page has in the top bar: 已保存, the phone of articles, 发预览 and 下一步."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.ui.saved_label import SavedLabel
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.widgets import button, icon_button, set_button, set_tip


class ComposeActions(QObject):
    """The widgets, for the top bar; in a narrow window they say less."""

    next_wanted = Signal()
    preview_wanted = Signal()
    look_wanted = Signal(bool)
    """The phone is to be beside the articles (True), or their settings."""
    turn_wanted = Signal()
    """The other one of the two."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.saved = SavedLabel()
        looks = [("edit", self.tr("编辑"), ""), ("phone", self.tr("手机预览"), "phone")]
        self._look = Segmented(looks, "compose.look", self.tr("编辑或手机预览"))
        self._phone = icon_button("phone", self.tr("手机预览"), "compose.phone", "Ctrl P", kind="plain")
        self._preview = button(self.tr("发预览"), icon="eye", name="compose.preview")
        set_tip(self._preview, self.tr("发到测试微信"), "Ctrl Shift P")
        self._next = button(
            self.tr("下一步：选受众"), "primary", icon="chevron-right", name="compose.next", icon_right=True
        )
        self._look.changed.connect(lambda key: self.look_wanted.emit(key == "phone"))
        self._phone.clicked.connect(self.turn_wanted)
        self._preview.clicked.connect(self.preview_wanted)
        self._next.clicked.connect(self.next_wanted)

    def widgets(self) -> list[QWidget]:
        """From left to right."""
        return [self.saved, self._look, self._phone, self._preview, self._next]

    def show_look(self, phone: bool) -> None:
        """Put the phone beside the articles, or their settings."""
        self._look.set_current("phone" if phone else "edit")

    def fit(self, *, articles: bool, wide: bool) -> None:
        """Show what the form in front needs, in the room there is."""
        self._look.setVisible(articles and wide)
        self._phone.setVisible(articles and not wide)
        self.saved.set_short(not wide)
        set_button(self._next, text=self.tr("下一步：选受众") if wide else self.tr("选受众"))
        set_button(self._preview, text=self.tr("发预览") if wide else "")
        self._preview.setAccessibleName(self.tr("发预览"))
