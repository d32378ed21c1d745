"""PreviewDialog: send a test of the message to a few people who follow the account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_app.errors import AppError, Refused
from desktop_app.services.composing import PreviewResult, Recipient, recipient_of
from desktop_app.store.accounts import Account
from desktop_app.ui.announce import announce
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.error_box import words
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.widgets import (
    Card,
    FieldWithError,
    IconLabel,
    button,
    field,
    hbox,
    icon_button,
    label,
    scroll,
    set_button,
    vbox,
)
from desktop_app.ui.window import shell

if TYPE_CHECKING:
    from desktop_app.workers.tasks import Task

_SEPARATORS = re.compile(r"[\s,，;；、]+")
_LIST_HEIGHT = 184


def preview_problem(error: AppError) -> str:
    """Why one person got no preview, in the words of the design: 「预览没发出：对方没有关注公众号」."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("PreviewDialog", text)

    errcode = error.errcode if isinstance(error, Refused) else 0
    reasons = {
        40003: tr("对方没有关注公众号"),  # or the OpenID is another account's: the person sees the same
        43004: tr("对方没有关注公众号"),
        50005: tr("对方已取消关注"),
        40132: tr("微信号不对"),
        43019: tr("对方在公众号的黑名单里"),
        48002: tr("对方关闭了接收消息"),
        45009: tr("今天的预览次数用完了，明天再试"),
    }
    return tr("预览没发出：{why}").format(why=reasons.get(errcode) or words(error).line)


class _RecipientRow(QWidget):
    """Somebody who got a preview before: tick to send, cross to forget; the result appears below the name."""

    forget_wanted = Signal()

    def __init__(self, recipient: Recipient, number: int, checked: bool) -> None:
        super().__init__()
        self.recipient = recipient
        kind = self.tr("微信号") if recipient.is_wx_name else "OpenID"
        self.box = QCheckBox()
        self.box.setObjectName(f"preview.recipient.{number}")
        self.box.setAccessibleName(recipient.note or recipient.value)
        self.box.setChecked(checked)
        name = ElidedLabel(recipient.value, "body", mono=not recipient.is_wx_name)
        self._result = label("", "caption", "red.text", wrap=True)
        self._result.hide()
        self._mark = IconLabel("check-circle", 16, "go.icon", self.tr("已发出"))
        self._mark.hide()
        forget = icon_button("close", self.tr("不再记住"), f"preview.forget.{number}", dim="small")
        forget.clicked.connect(self.forget_wanted)
        top = hbox(self.box, name, label(recipient.note or kind, "caption", "text.3"), self._mark, forget, spacing=8)
        top.setStretch(1, 1)
        self.setLayout(vbox(top, self._result, spacing=0, margins=(4, 2, 4, 2)))

    def show_result(self, error: AppError | None) -> None:
        """The preview arrived, or why it did not."""
        self._mark.setVisible(error is None)
        self._result.setVisible(error is not None)
        self._result.setText(preview_problem(error) if error else "")

    def result(self) -> str:
        """What the row says about the last preview."""
        return self._mark.accessibleName() if not self._mark.isHidden() else self._result.text()


class PreviewDialog(Sheet):
    """Stays open while somebody did not get it, and says who and why."""

    sent = Signal(tuple)
    """The PreviewResults, after every attempt."""

    def __init__(
        self, context: Context, window: QWidget, account: Account, kind: str, content: dict[str, Any]
    ) -> None:
        super().__init__(window, 520, 0, self.tr("发预览"))
        self._context, self._account, self._kind, self._content = context, account, kind, content
        self._rows: list[_RecipientRow] = []
        self._task: Task | None = None
        self._results: dict[Recipient, AppError | None] = {}
        self._build_field()
        self._build_list()
        self._build_foot()
        self.finished.connect(self._stop)
        composing = context.profile.composing
        context.tasks.start("work", lambda job: composing.recipients(account.id), owner=self, on_done=self._show_list)

    # Building

    def _build_field(self) -> None:
        intro = self.tr("先发给自己看看。对方要关注「{name}」，每天最多 100 次。")
        self.body.addWidget(label(intro.format(name=self._account.name), "body", "text.2", wrap=True))
        if self._kind == "image" and len(self._content.get("files", [])) > 1:
            self.body.addWidget(label(self.tr("多张图片的消息，预览只能发第一张。"), "body", "amber.text", wrap=True))
        self._to = field(
            self.tr("微信号或 OpenID，多个用逗号或空格隔开"), "preview.to", accessible_name=self.tr("发给谁")
        )
        self._note = field(self.tr("备注（选填）"), "preview.note")
        self._note.setFixedWidth(128)
        row = hbox(self._to, self._note, spacing=8)
        row.setStretch(0, 1)
        holder = QWidget()
        holder.setLayout(row)
        self._to_box = FieldWithError(holder, self.tr("发给"))
        self.body.addWidget(self._to_box)
        self._to.textChanged.connect(lambda _text: self._to_box.set_error(""))
        self._to.returnPressed.connect(self._send)
        self._note.returnPressed.connect(self._send)
        self._to.setFocus()

    def _build_list(self) -> None:
        self._list_title = label(self.tr("发过的人"), "caption", "text.3")
        self._list = vbox(None, spacing=0)
        content = QWidget()
        content.setLayout(self._list)
        self._area = scroll(content, "preview.list")
        self.body.addWidget(self._list_title)
        self.body.addWidget(self._area)
        self._problem = Card("red.bg", "red.line")
        self._problem_text = label("", "body", "red.text", wrap=True)
        row = hbox(IconLabel("warning", 16, "red"), self._problem_text, spacing=12, margins=(12, 8, 12, 8))
        row.setStretch(1, 1)
        self._problem.setLayout(row)
        self._problem.hide()
        self.body.addWidget(self._problem)
        self._show_list(())

    def _build_foot(self) -> None:
        self._close = button(self.tr("关闭"), name="preview.close")
        self._send_button = button(self.tr("发预览"), "primary", icon="eye", name="preview.send")
        self._close.clicked.connect(self.reject)
        self._send_button.clicked.connect(self._send)
        foot = QWidget()
        foot.setLayout(hbox(None, self._close, self._send_button, margins=(24, 16, 24, 16)))
        self.set_footer(foot)

    # Whom

    def _show_list(self, recipients: Any) -> None:
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []
        for number, recipient in enumerate(recipients):
            row = _RecipientRow(recipient, number, checked=False)
            row.forget_wanted.connect(lambda r=recipient: self._forget(r))
            self._list.insertWidget(self._list.count() - 1, row)
            self._rows.append(row)
            if recipient in self._results:
                row.show_result(self._results[recipient])
        self._fit_list()

    def _fit_list(self) -> None:
        self._list_title.setVisible(bool(self._rows))
        self._area.setVisible(bool(self._rows))
        self._list.activate()
        self._area.setFixedHeight(min(self._list.sizeHint().height() + 2, _LIST_HEIGHT))
        self.place(self.scrim.size())

    def _forget(self, recipient: Recipient) -> None:
        composing, account_id = self._context.profile.composing, self._account.id

        def forget(job: Any) -> Any:
            composing.forget_recipient(account_id, recipient)
            return composing.recipients(account_id)

        self._context.tasks.start("work", forget, owner=self, on_done=self._show_list)

    def recipients(self) -> list[Recipient]:
        """Who is written in the field or ticked, each once."""
        note = self._note.text().strip()
        typed = [recipient_of(part, note) for part in _SEPARATORS.split(self._to.text()) if part]
        ticked = [row.recipient for row in self._rows if row.box.isChecked()]
        seen: dict[tuple[str, bool], Recipient] = {}
        for recipient in (*typed, *ticked):
            seen.setdefault((recipient.value, recipient.is_wx_name), recipient)
        return list(seen.values())

    # Sending

    def _send(self) -> None:
        if self._task is not None:
            return
        recipients = self.recipients()
        if not recipients:
            self._to_box.set_error(self.tr("写上一个微信号或 OpenID，或在下面勾选"))
            self._to.setFocus()
            self.place(self.scrim.size())
            return
        self._problem.hide()
        self._set_busy(True)
        composing, account_id, kind, content = (
            self._context.profile.composing,
            self._account.id,
            self._kind,
            self._content,
        )
        self._task = self._context.tasks.start(
            "work",
            lambda job: (
                composing.preview(account_id, kind, content, recipients, job),
                composing.recipients(account_id),
            ),
            owner=self,
            on_done=self._show_results,
            on_error=self._show_problem,
        )

    def _set_busy(self, busy: bool) -> None:
        set_button(self._send_button, text=self.tr("正在发") if busy else self.tr("发预览"))
        self._send_button.setEnabled(not busy)

    def _show_results(self, answer: tuple[tuple[PreviewResult, ...], tuple[Recipient, ...]]) -> None:
        results, remembered = answer
        self._task = None
        self._set_busy(False)
        self._results = {result.recipient: result.error for result in results}
        failed = [result for result in results if result.error is not None]
        self.sent.emit(tuple(results))
        if not failed:
            self.accept()
            shell(self).toast(self.tr("预览已发给 {n} 人").format(n=len(results)))
            return
        self._to.setText(" ".join(result.recipient.value for result in failed))  # those who got it are done
        self._show_failures(failed, len(results) - len(failed))
        self._show_list(remembered)

    def _show_failures(self, failed: list[PreviewResult], arrived: int) -> None:
        first = failed[0].error
        assert first is not None
        text = preview_problem(first)
        if len(failed) > 1 or arrived:
            lines = [f"{r.recipient.value}：{preview_problem(r.error)}" for r in failed if r.error]
            lines.insert(0, self.tr("{n} 人收到了").format(n=arrived))
            text = "\n".join(lines[0 if arrived else 1 :])
        self._say_problem(text)

    def _show_problem(self, error: AppError) -> None:
        self._task = None
        self._set_busy(False)
        said = words(error)
        self._say_problem(f"{said.line} · {said.code}" if said.code else said.line)

    def _say_problem(self, text: str) -> None:
        self._problem_text.setText(text)
        self._problem.show()
        announce(self, text, urgent=True)
        self.place(self.scrim.size())

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
