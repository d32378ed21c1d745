"""Correct the number of sends that are left: what was sent on the website is not known here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QWidget

from desktop_app.job import Job
from desktop_app.services.account import Quota
from desktop_app.store.accounts import Account
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.error_box import show_error
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import button, field, hbox, label, vbox


class QuotaDialog(Sheet):
    """One number and the reason why it may differ from ours."""

    corrected = Signal()

    def __init__(self, context: Context, window: QWidget, account: Account) -> None:
        super().__init__(window, 440, 0, self.tr("更正剩余次数"))
        self._context = context
        self._account = account
        month = account.kind == "service"
        why = (
            self.tr(
                "微信没有查询群发次数的接口，这里按本机记录计算。在公众平台网页上给全部粉丝发过，就在这里改成实际剩余的次数。"
            )
            if month
            else self.tr("微信没有查询群发次数的接口，这里按本机记录计算。今天在公众平台网页上发过，就在这里改成 0。")
        )
        self._number = field(name="quota.left", accessible_name=self.tr("剩余次数"))
        self._number.setValidator(QIntValidator(0, 4 if month else 1, self))
        self._number.setFixedWidth(96)
        unit = self.tr("次，本月") if month else self.tr("次，今天")
        self._save = button(self.tr("保存"), "primary", name="quota.save")
        self._save.clicked.connect(self._keep)
        self._number.textChanged.connect(lambda: self._save.setEnabled(self._number.hasAcceptableInput()))
        cancel = button(self.tr("取消"), name="quota.cancel")
        cancel.clicked.connect(self.reject)
        self._number.returnPressed.connect(self._save.click)
        self._save.setEnabled(False)
        self.body.addLayout(
            vbox(
                Paragraph(why, color="text.2"),
                16,
                hbox(self._number, label(unit), None),
                24,
                hbox(None, cancel, self._save),
                spacing=0,
            )
        )
        context.tasks.start("work", self._ask, owner=self, on_done=self._show)

    def _ask(self, job: Job) -> Quota:
        return self._context.profile.accounts.quota(self._account.id)

    def _show(self, quota: Quota) -> None:
        if not self._number.text():
            self._number.setText(str(quota.left))
            self._number.selectAll()
            self._number.setFocus()

    def _keep(self) -> None:
        left = int(self._number.text())

        def save(job: Job) -> None:
            self._context.profile.accounts.correct_quota(self._account.id, left)

        self._context.tasks.start(
            "work", save, owner=self, on_done=lambda _: self._done(), on_error=lambda error: show_error(self, error)
        )

    def _done(self) -> None:
        self.corrected.emit()
        self.accept()
