"""First run: credentials and the connection check; also another account, or a secret typed again."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.paths import resource
from desktop_app.services.account import CheckResult, ConnectForm
from desktop_app.store.accounts import Account
from desktop_app.ui.announce import announce
from desktop_app.ui.connect_form import ConnectFields
from desktop_app.ui.connection_check_view import ConnectionCheckView
from desktop_app.ui.context import Context
from desktop_app.ui.error_box import show_error
from desktop_app.ui.paint import painter
from desktop_app.ui.seconds_left import RetryClock
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import (
    IconLabel,
    Surface,
    button,
    card,
    hbox,
    label,
    scroll,
    set_button,
    vbox,
    vline,
)
from desktop_app.ui.window import shell
from desktop_app.workers.tasks import Task

DEBOUNCE_MS = 400
FORM_WIDTH = 432
MIN_WIDTH = 960  # said here because the paddings shrink only after the window did


class Logo(QWidget):
    """The mark of the app."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QSvgRenderer(str(resource("logo.svg")), self)
        self.setFixedSize(36, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            self._picture.render(p, QRectF(self.rect()))


class ConnectPage(Surface):
    """Fills the window. Nothing is kept before the person presses 进入群发台 or 先保存，稍后再连."""

    connected = Signal(int)
    """A new account was saved; its id."""
    secret_changed = Signal(int)
    """The secret of a known account was saved; its id."""
    rehearse_wanted = Signal()
    left = Signal()
    """The person went back without saving."""

    def __init__(
        self,
        context: Context,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("bg.surface", parent)
        self.setObjectName("connect")
        self._context = context
        self._clock = clock
        self._account: Account | None = None
        self._task: Task | None = None
        self._result: CheckResult | None = None
        self._busy = False
        self.fields = ConnectFields(context.base_url)
        self.view = ConnectionCheckView()
        self.retry = RetryClock(clock=clock, parent=self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(DEBOUNCE_MS)
        self._build()
        self._connect()
        self.start_new()
        self._ask_key_store()

    # --- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._back = button(self.tr("返回"), "ghost", dim="small", icon="chevron-left", name="connect.back")
        self._title = label("", "title.1")
        self._promise = Paragraph("", "body.l", "text.2")
        self._check = button("", "primary", dim="large", name="connect.check")
        self._check.setMinimumWidth(200)
        self._later = button(self.tr("先保存，稍后再连"), "ghost", dim="large", name="connect.later")
        form = QWidget()
        actions = hbox(self._check, 12, self._later, None, spacing=4)
        self._gaps = [QWidget() for _ in range(3)]
        above, middle, below = self._gaps
        parts = (self._brand(), above, self._title, 4, self._promise, middle, self.fields, below, actions, None)
        form.setLayout(vbox(*parts, spacing=0, margins=(8, 4, 8, 16)))
        left = QWidget()
        self._left_layout = vbox(scroll(form, "connect.scroll"), self._rehearsal_card(), spacing=8)
        left.setLayout(self._left_layout)
        right = Surface("bg.panel")
        inner = QWidget()
        self._right_layout = vbox(self.view)
        inner.setLayout(self._right_layout)
        right.setLayout(vbox(scroll(inner, "connect.check_scroll"), spacing=0))
        self._left = left
        row = hbox(left, vline(), right, spacing=0)
        row.setStretch(2, 1)
        self.setLayout(row)
        self.setMinimumWidth(MIN_WIDTH)
        self._fit()

    def _brand(self) -> QWidget:
        logo = Logo()
        motto = label(self.tr("公众号群发，从写稿到送达"), "caption", "text.2")
        words = vbox(label(self.tr("群发台"), "title.3"), motto, spacing=0)
        brand = QWidget()
        brand.setLayout(hbox(logo, words, None, self._back, spacing=12))
        return brand

    def _rehearsal_card(self) -> QWidget:
        box = card("bg.panel")
        frame = card()
        frame.setFixedSize(40, 40)
        frame.setLayout(hbox(IconLabel("rehearsal", 20, "text"), margins=(10, 10, 10, 10)))
        words = vbox(
            label(self.tr("没有账号也能先练一遍"), "body.l", bold=True),
            label(self.tr("在本机模拟微信，不会真的发出"), "caption", "text.2"),
            spacing=0,
        )
        self._rehearse = button(self.tr("用演练账号试用"), name="connect.rehearse")
        box.setLayout(hbox(frame, words, None, self._rehearse, spacing=16, margins=(16, 16, 16, 16)))
        self._rehearsal = box
        holder = QWidget()
        holder.setLayout(vbox(box, margins=(8, 0, 8, 0)))
        return holder

    def _connect(self) -> None:
        self.fields.edited.connect(self._edited)
        self.fields.submitted.connect(self._press)
        self._soon.timeout.connect(self._check_now)
        self._check.clicked.connect(self._press)
        self._later.clicked.connect(self._save_unchecked)
        self._back.clicked.connect(self._leave)
        self._rehearse.clicked.connect(self.rehearse_wanted)
        self.retry.due.connect(self._check_now)
        self.retry.second.connect(self._say_retry)
        self.view.copied.connect(lambda text: shell(self).toast(text, "copy", "plain"))

    # --- what the window asks -----------------------------------------------------------------------------------

    def start_new(self) -> None:
        """Empty fields for a new account."""
        self._stop()
        self._account = None
        self.fields.clear()
        self._title.setText(self.tr("连接你的公众号"))
        self._later.show()
        self._rehearsal.show()
        self._back.hide()
        self._offer_way_back()
        self._soon.stop()
        self.view.reset()
        self._show_state()

    def ask_secret(self, account: Account) -> None:
        """Ask for the AppSecret of a known account: it was never kept, or it was reset."""
        self.start_new()
        self._account = account
        self._title.setText(self.tr("输入「{name}」的 AppSecret").format(name=account.name))
        self._later.hide()
        self._rehearsal.hide()
        self._back.show()
        self.fields.fill(account)
        self._show_state()

    def focus_first(self) -> None:
        """Put the keyboard into the first field that wants something."""
        self._offer_way_back()
        (self.fields.secret if self._account else self.fields.app_id).setFocus()

    def _offer_way_back(self) -> None:
        """返回 only where there is an account to return to."""
        service = self._context.profile.accounts
        self._context.tasks.start(
            "work",
            lambda job: service.current() is not None,
            owner=self,
            on_done=lambda known: self._back.setVisible(known or self._account is not None),
        )

    # --- the check ----------------------------------------------------------------------------------------------

    def _edited(self) -> None:
        self._stop()
        self.retry.reset()
        self.view.reset()
        if not self.fields.problems():
            self._soon.start()
        self._show_state()

    def _stop(self) -> None:
        self._soon.stop()
        self.retry.reset()
        self._result = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _check_now(self) -> None:
        self._soon.stop()
        self.retry.pause()
        if self._task is not None:
            self._task.cancel()
        form, name = self.fields.form(), self.fields.account_name()
        service = self._context.profile.accounts
        started = self._clock()
        self.view.begin()

        def run(job: Job) -> CheckResult:
            return service.check(form, job)

        self._task = self._context.tasks.start(
            "work",
            run,
            owner=self,
            on_report=lambda row: self.view.show_row(row, form, name),
            on_done=lambda result: self._checked(result, form, self._clock() - started),
            on_error=self._check_failed,
        )
        self._show_state()

    def _checked(self, result: CheckResult, form: ConnectForm, took_s: float) -> None:
        self._task = None
        self._result = result
        self.view.show_result(result, self.fields.account_name(), form.kind, took_s)
        # Repeats with a wrong secret, or while an administrator is asked, make it worse: only where it says so.
        if result.may_retry and not self.retry.wait():
            self.view.say_corner(self.tr("已停止自动重试"))
        announce(self, self.tr("连接检查全部通过") if result.ok else self.tr("连接检查还差一步"))
        self._show_state()

    def _check_failed(self, error: AppError) -> None:
        self._task = None
        self._show_state()
        show_error(self, error)

    def _say_retry(self, second: int) -> None:
        self.view.say_corner(self.tr("{n} 秒后自动重试").format(n=second), waiting=True)

    def _passed(self) -> bool:
        return self._result is not None and self._result.ok

    def _show_state(self) -> None:
        """The one primary button says what pressing it does now."""
        if self._passed():
            text = self.tr("保存并回到群发台") if self._account else self.tr("进入群发台")
        elif self._task is not None:
            text = self.tr("正在检查…")
        else:
            text = self.tr("重新检查") if self._result is not None else self.tr("检查")
        set_button(self._check, text=text)
        self._check.setEnabled(not self._busy and self._task is None)
        self._later.setVisible(not self._passed() and self._account is None)
        self._later.setEnabled(not self._busy and not self.fields.problems())

    # --- leaving ------------------------------------------------------------------------------------------------

    def _press(self) -> None:
        if self._busy or self._task is not None:
            return
        if self.fields.problems():
            self.fields.show_problems(empty_too=True)
        elif self._passed():
            self._save()
        else:
            self.retry.reset()
            self._check_now()

    def _save_unchecked(self) -> None:
        if not self._busy and not self.fields.problems():
            self._stop()
            self._save()

    def _save(self) -> None:
        form, name, account, result = self.fields.form(), self.fields.account_name(), self._account, self._result
        service = self._context.profile.accounts

        def keep(job: Job) -> int:
            if account is not None:
                service.update(account.id, base_url=form.base_url, proxy=form.proxy)
                service.change_secret(account.id, form.secret)
                saved = account.id
            else:
                added = service.add(
                    form.app_id,
                    form.secret,
                    name=name,
                    kind=form.kind,
                    base_url=form.base_url,
                    proxy=form.proxy,
                )
                saved = added.id
            if result is not None and result.ip:
                service.note_ip(saved, result.ip)
            return saved

        self._busy = True
        self._show_state()
        self._context.tasks.start("work", keep, owner=self, on_done=self._saved, on_error=self._not_saved)

    def _saved(self, account_id: int) -> None:
        self._busy = False
        known = self._account is not None
        self.start_new()  # the secret does not stay in the field
        (self.secret_changed if known else self.connected).emit(account_id)

    def _not_saved(self, error: AppError) -> None:
        self._busy = False
        self._show_state()
        show_error(self, error)

    def _leave(self) -> None:
        self.start_new()
        self.left.emit()

    # --- looks --------------------------------------------------------------------------------------------------

    def _ask_key_store(self) -> None:
        service = self._context.profile.accounts
        self._promise.setText(self.tr("密钥只保存在这台电脑的系统钥匙串里，不会上传到别处。"))
        self._context.tasks.start(
            "work", lambda job: service.key_store_available(), owner=self, on_done=self._say_key_store
        )

    def _say_key_store(self, available: bool) -> None:
        if not available:
            self._promise.setText(self.tr("这台电脑没有系统钥匙串：AppSecret 不会存下来，每次启动后再输入一次。"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Paddings of 64 and 56 where there is room, less in a small window."""
        wide, high = self.width() >= 1180, self.height() >= 740
        side = 56 if wide else 24
        top = 46 if high else 20
        self._left.setFixedWidth(FORM_WIDTH + 16 + 2 * side)
        self._left_layout.setContentsMargins(side, top, side, 40 if high else 20)
        for gap, (roomy, tight) in zip(self._gaps, ((40, 12), (20, 10), (28, 14)), strict=True):
            gap.setFixedHeight(roomy if high else tight)
        self.fields.set_dense(not high)
        right = 56 if wide else 28
        self._right_layout.setContentsMargins(right, 54 if high else 28, right, 40 if high else 20)
