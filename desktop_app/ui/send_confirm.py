"""The footer of the review: the number is typed (or the button held), then the one button that sends."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QSizePolicy, QWidget

from desktop_app.ui import theme
from desktop_app.ui.hold_button import HoldButton
from desktop_app.ui.text import Paragraph
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import button, hbox, label, set_button, set_error, trailing_tick, vbox

# What stays readable or reachable afterwards differs: WeChat deletes only articles and videos.
DELETABLE = ("news", "video")


def plain(text: str) -> str:
    """Typed text with full-width signs made normal, without spaces and commas."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and c not in ",、'")


def typed_number(text: str) -> int | None:
    """The number that a person typed: ``9126``, ``9,126``, ``９１２６``; None if it is none."""
    digits = plain(text)
    return int(digits) if digits.isascii() and digits.isdigit() else None


class TypedField(QLineEdit):
    """A field that has to be typed into: no pasting by key, menu, middle button or drop."""

    refused = Signal()
    """Somebody tried to paste."""

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setProperty("dim", "large")
        self.setFont(theme.font("title.3"))
        self.setMaxLength(64)
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.refused.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # Enter never sends
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:  # X11 pastes the selection with it
            self.refused.emit()
            return
        super().mouseReleaseEvent(event)


class ConfirmFooter(QWidget):
    """``confirmed`` comes once per ``unlock``: only with the right number, and only when the message is ready.

    ``people`` None: nobody knows how many; then the account's name is typed.
    """

    confirmed = Signal()

    def __init__(
        self,
        kind: str,
        account_name: str,
        audience_name: str,
        people: int | None,
        *,
        rehearsal: bool = False,
        by_hold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.px(88))
        self._account_name, self._people, self._by_hold = account_name, people, by_hold
        self._ready = False
        self._locked = False
        self._why = ""
        who = audience_name if people is None else self.tr("{n} 人").format(n=count_text(people))
        self._button_text = self.tr("演练发送") if rehearsal else self.tr("发送给 {who}").format(who=who)
        self._look = "rehearsal" if rehearsal else "send"
        self._warning = self._warning_text(kind, rehearsal)
        self.ask = label(self._ask_text(), bold=True)
        self.hint = Paragraph(self._warning, "caption", "text.2", max_lines=2)
        self.hint.setObjectName("send.hint")
        self.field = TypedField("send.number", self._ask_text())
        self._tick = trailing_tick(self.field, "text.2" if rehearsal else "go.icon")
        self.button = self._make_button()
        self._lay_out()
        self.field.textChanged.connect(self._edited)
        self.field.editingFinished.connect(self._judge)
        self.field.refused.connect(lambda: self._say(self.tr("请手动输入，不能粘贴"), wrong=True))
        self._edited()

    def _lay_out(self) -> None:
        words = vbox(None, self.ask, self.hint, None, spacing=2)
        row = hbox(words, self.field, self.button, spacing=16, margins=(24, 0, 24, 0))
        row.setStretch(0, 1)
        self.field.setFixedWidth(128 if self._people is not None else 200)
        self.setLayout(row)
        self.field.setVisible(not self._by_hold)

    def _make_button(self) -> QPushButton:
        if self._by_hold:
            text = self.tr("按住 2 秒{text}").format(text=self._button_text)
            made: QPushButton = HoldButton(text, self.tr("继续按住…"), "send.confirm", kind=self._look)
            assert isinstance(made, HoldButton)
            made.held.connect(self._confirm)
        else:
            made = button(self._button_text, self._look, "large", "send", "send.confirm")
            made.clicked.connect(self._confirm)
        made.setMinimumWidth(200)
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        return made

    def _ask_text(self) -> str:
        if self._by_hold:
            return self.tr("按住按钮 2 秒，确认发送")
        if self._people is None:
            return self.tr("人数未知。输入账号名「{name}」，确认发送").format(name=self._account_name)
        return self.tr("输入收件人数 {n}，确认发送").format(n=self._people)

    def _warning_text(self, kind: str, rehearsal: bool) -> str:
        if rehearsal:
            return self.tr("演练在本机模拟，不会到任何粉丝手里。")
        if kind == "news":
            return self.tr("提交后不能撤回。之后删除只能让图文打不开。")
        if kind == "video":
            return self.tr("提交后不能撤回。之后删除只能让视频打不开。")
        return self.tr("提交后不能撤回，这种消息发出后也不能删除。")

    def matches(self) -> bool:
        """Whether what was typed is right."""
        if self._by_hold:
            return True
        if self._people is None:
            return plain(self.field.text()) == plain(self._account_name)
        return typed_number(self.field.text()) == self._people

    def set_ready(self, ready: bool, why: str = "") -> None:
        """Whether everything is uploaded and nothing forbids sending; ``why`` not, as the button's tooltip."""
        self._ready, self._why = ready, why
        self._show_button()

    def unlock(self, clear: bool = False) -> None:
        """After a cancelled countdown or a refused queue: the button works again."""
        self._locked = False
        if self._by_hold:
            self._replace_button()
        if clear:
            self.field.clear()
        self._show_button()

    def _replace_button(self) -> None:
        """A hold button fires once in its life."""
        old, self.button = self.button, self._make_button()
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(old, self.button)
        old.hide()
        old.setObjectName("")
        old.deleteLater()

    def _confirm(self) -> None:
        if self._locked or not self._ready or not self.matches():
            return
        self._locked = True  # a double click is one send
        self._show_button()
        self.confirmed.emit()

    def _edited(self) -> None:
        text = plain(self.field.text())
        expected = plain(self._account_name) if self._people is None else str(self._people)
        # While typing only what can no longer become right is wrong; leaving the field judges all.
        wrong = bool(text) and not expected.startswith(text)
        self._judge_as(wrong)

    def _judge(self) -> None:
        self._judge_as(bool(self.field.text()) and not self.matches())

    def _judge_as(self, wrong: bool) -> None:
        self._say(self._wrong_text() if wrong else self._warning, wrong)
        self._tick.setVisible(self.matches())
        self._show_button()

    def _wrong_text(self) -> str:
        if self._people is None:
            return self.tr("账号名不一致，这次从「{name}」发出").format(name=self._account_name)
        return self.tr("人数不一致，这次要发给 {n} 人").format(n=count_text(self._people))

    def _say(self, text: str, wrong: bool) -> None:
        self.hint.setText(text)
        self.hint.set_color("red.text" if wrong else "text.2")
        set_error(self.field, text if wrong else "")

    def _show_button(self) -> None:
        able = self._ready and not self._locked and self.matches()
        self.button.setEnabled(able)
        self.button.setToolTip("" if self._ready else self._why)
        if not self._by_hold:
            set_button(self.button, text=self._button_text)
