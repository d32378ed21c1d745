"""群发记录: every send of the account, refreshing by itself, with filters, search, detail and delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from desktop_app.errors import AppError
from desktop_app.store.accounts import Account
from desktop_app.store.outbox import OutboxRow, State
from desktop_app.ui import icons, story, theme
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import critical_dialog
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.error_box import show_error
from desktop_app.ui.history_drawer import HistoryDrawer
from desktop_app.ui.history_model import Filter, HistoryModel
from desktop_app.ui.history_table import HistoryTable
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.widgets import (
    Surface,
    button,
    hbox,
    hline,
    label,
    menu_button,
    popup_menu,
    search_field,
    vbox,
)
from desktop_app.ui.window import shell

SEARCH_DELAY_MS = 150
AGE_TICK_MS = 5_000
DAY_S = 86_400


class HistoryPage(Surface):
    """The table, its filters and the drawer."""

    copy_wanted = Signal(str, dict)
    new_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self.title = self.tr("群发记录")
        self.step: int | None = None
        self._context = context
        self._account: Account | None = None
        self._kind = ""
        self._days: int | None = 90
        self._wanted_id: int | None = None
        self._model = HistoryModel(context, self)
        self._model.counted.connect(self._show_counts)
        self._model.loaded.connect(self._show_loaded)
        self._model.rowsInserted.connect(self._show_loaded)
        self._model.replaced.connect(self._drawer_follows)
        self._build_actions()
        self._build_body()
        context.outbox.row_changed.connect(self._row_changed)
        self._age_timer = QTimer(self)
        self._age_timer.setInterval(AGE_TICK_MS)
        self._age_timer.timeout.connect(self._show_age)
        self._age_timer.start()

    # --- building ---

    def _build_actions(self) -> None:
        self._age = label("", "caption", "text.2")
        self._refresh = button(self.tr("刷新状态"), icon="refresh", name="history.refresh")
        self._refresh.clicked.connect(self.refresh)
        self._new = button(self.tr("新群发"), "primary", icon="plus", name="history.new")
        self._new.clicked.connect(self.new_wanted)

    def _build_body(self) -> None:
        self.table = HistoryTable(self._context, self._model)
        self.table.open_wanted.connect(self._open_position)
        self.table.action_wanted.connect(self._act)
        self.drawer = HistoryDrawer(self._context)
        self.drawer.hide()
        self._connect_drawer()
        write = button(self.tr("去写一条"), name="history.write")
        write.clicked.connect(self.new_wanted)
        self._empty = EmptyState("send", self.tr("还没有群发过"), self.tr("发出的每一条都会记在这里"), [write])
        clear = button(self.tr("清除筛选"), name="history.clear_filter")
        clear.clicked.connect(self._clear_filter)
        self._none = EmptyState("search", self.tr("没有找到"), self.tr("换个词，或清掉筛选条件"), [clear])
        self._stack = QStackedWidget()
        for widget in (self.table, self._empty, self._none):
            self._stack.addWidget(widget)
        left = QWidget()
        left.setLayout(vbox(self._filter_bar(), hline(), self._stack, spacing=0))
        self.setLayout(hbox(left, self.drawer, spacing=0))

    def _filter_bar(self) -> QWidget:
        self._groups = Segmented(
            [
                ("all", self.tr("全部"), ""),
                ("running", self.tr("进行中"), ""),
                ("attention", self.tr("要处理"), ""),
                ("done", self.tr("已完成"), ""),
            ],
            "history.group",
            self.tr("状态"),
        )
        self._groups.changed.connect(lambda _: self._ask())
        self._since_button = menu_button(self.tr("近 90 天"), self._since_menu(), "calendar", "history.since")
        self._kind_button = menu_button(self.tr("类型"), self._kind_menu(), "filter", "history.kind")
        self._search = search_field(self.tr("搜索标题、msg_id、受众"), "history.search")
        self._search.setAccessibleName(self.tr("搜索群发记录"))
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(120)
        self._search.setMaximumWidth(280)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SEARCH_DELAY_MS)
        self._delay.timeout.connect(self._ask)
        self._search.textChanged.connect(lambda _: self._delay.start())
        bar = QWidget()
        bar.setFixedHeight(theme.px(56))
        row = hbox(self._groups, self._since_button, self._kind_button, None, self._search, margins=(24, 0, 16, 0))
        row.setStretchFactor(self._search, 2)
        bar.setLayout(row)
        return bar

    def _since_menu(self) -> QMenu:
        menu = QMenu()
        choices: tuple[tuple[int | None, str], ...] = (
            (30, self.tr("近 30 天")),
            (90, self.tr("近 90 天")),
            (365, self.tr("近 1 年")),
            (None, self.tr("全部时间")),
        )
        for days, text in choices:
            menu.addAction(text).triggered.connect(partial(self._set_since, days, text))
        return menu

    def _kind_menu(self) -> QMenu:
        menu = QMenu()
        menu.addAction(self.tr("所有类型")).triggered.connect(partial(self._set_kind, "", self.tr("类型")))
        for kind in ("text", "image", "voice", "video", "news"):
            text = story.kind_text(kind)
            menu.addAction(text).triggered.connect(partial(self._set_kind, kind, text))
        return menu

    def _connect_drawer(self) -> None:
        self.drawer.closed.connect(self.close_drawer)
        self.drawer.refresh_wanted.connect(self._context.outbox.refresh)
        self.drawer.copy_wanted.connect(self._copy)
        self.drawer.delete_wanted.connect(self.ask_delete)
        self.drawer.resume_wanted.connect(lambda id_: self._do(lambda job: self._context.profile.sending.resume(id_)))
        self.drawer.cancel_wanted.connect(lambda id_: self._do(lambda job: self._context.profile.sending.cancel(id_)))
        self.drawer.resubmit_wanted.connect(self._ask_resubmit)
        self.drawer.mark_wanted.connect(self._ask_mark)
        self.drawer.secret_wanted.connect(self._type_secret)

    # --- what the frame asks ---

    def top_actions(self) -> list[QWidget]:
        """The age of the last answer, refresh, and a new message."""
        return [self._age, self._refresh, self._new]

    def set_account(self, account: Account) -> None:
        """Show this account's sends."""
        changed = self._account is None or self._account.id != account.id
        self._account = account
        if changed:
            self.close_drawer()
            self._ask()

    def focus_first(self) -> None:
        """The table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Ctrl F."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def refresh(self) -> None:
        """Ask WeChat now about everything that is open; each message at most once in 5 s."""
        for row in self._model.rows():
            if row.state in (State.ACCEPTED, State.WAITING_ADMIN):
                self._context.outbox.refresh(row.id)
        self._ask()

    def show_send(self, send_id: int) -> None:
        """Bring a send into sight and open its drawer."""
        self._wanted_id = send_id
        self._groups.set_current("all")
        self._search.clear()
        self._ask()

    @property
    def model(self) -> HistoryModel:
        """The rows as the table has them."""
        return self._model

    # --- filters ---

    def _ask(self) -> None:
        if self._account is None:
            return
        since = None if self._days is None else self._context.now() - self._days * DAY_S
        wanted = Filter(self._groups.current(), self._kind, self._search.text().strip(), since)
        self._model.ask(self._account.id, wanted)

    def _set_since(self, days: int | None, text: str, _checked: bool = False) -> None:
        self._days = days
        self._since_button.setText(text)
        self._ask()

    def _set_kind(self, kind: str, text: str, _checked: bool = False) -> None:
        self._kind = kind
        self._kind_button.setText(text)
        self._ask()

    def _clear_filter(self) -> None:
        self._kind, self._days = "", None
        self._kind_button.setText(self.tr("类型"))
        self._since_button.setText(self.tr("全部时间"))
        self._groups.set_current("all")
        self._search.clear()
        self._ask()

    def _show_counts(self, counts: dict[str, int]) -> None:
        for key, text in (
            ("all", self.tr("全部")),
            ("running", self.tr("进行中")),
            ("attention", self.tr("要处理")),
            ("done", self.tr("已完成")),
        ):
            self._groups.set_text(key, f"{text} {counts[key]:,}")

    def _show_loaded(self) -> None:
        wanted = self._model.filter
        filtered = wanted.group != "all" or wanted.kind or wanted.search
        if self._model.rowCount():
            self._stack.setCurrentWidget(self.table)
        else:
            self._stack.setCurrentWidget(self._none if filtered else self._empty)
            what = self.tr("没有找到「{what}」").format(what=wanted.search) if wanted.search else self.tr("没有找到")
            self._none.set_texts(what, self.tr("换个词，或清掉筛选条件"))
        if self._wanted_id is not None:
            position = self._model.position(self._wanted_id)
            if position is not None:
                self._wanted_id = None
                self._open_position(position)
        self._show_age()

    def _show_age(self) -> None:
        polled = [b.polled_at for row in self._model.rows() for b in row.batches if b.polled_at is not None]
        if not polled:
            self._age.setText("")
            return
        seconds = max(0, int(self._context.now() - max(polled)))
        text = (
            self.tr("{n} 秒前更新").format(n=seconds)
            if seconds < 60
            else self.tr("{n} 分钟前更新").format(n=seconds // 60)
        )
        self._age.setText(text)

    # --- the drawer ---

    def _open_position(self, position: int) -> None:
        row = self._model.row_at(position)
        if row is None:
            return
        self.table.selectRow(position)
        self.drawer.show_row(row)
        if not self.drawer.isVisibleTo(self):
            self.drawer.show()
            self.table.set_drawer_open(True)

    def close_drawer(self) -> None:
        """Hide the drawer and give the keyboard back to the table."""
        self.drawer.hide()
        self.table.set_drawer_open(False)
        self.table.setFocus()

    def _row_changed(self, send_id: int) -> None:
        self._model.row_changed(send_id)

    def _drawer_follows(self, row: OutboxRow) -> None:
        shown = self.drawer.row
        if shown is not None and shown.id == row.id and self.drawer.isVisibleTo(self):
            self.drawer.show_row(row)

    # --- what a person does ---

    def _act(self, action: str, position: int) -> None:
        row = self._model.row_at(position)
        if row is None:
            return
        match action:
            case "open":
                self._open_position(position)
            case "refresh":
                self._context.outbox.refresh(row.id)
            case "copy":
                self._copy(row.id)
            case "delete":
                self.ask_delete(row.id)
            case "menu":
                self._menu(row, position)

    def _menu(self, row: OutboxRow, position: int) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icons.icon("eye"), self.tr("查看"), lambda: self._open_position(position)).setShortcut(
            "Return"
        )
        refresh = menu.addAction(
            icons.icon("refresh"), self.tr("刷新状态"), lambda: self._context.outbox.refresh(row.id)
        )
        refresh.setEnabled(row.state in (State.ACCEPTED, State.WAITING_ADMIN))
        menu.addAction(icons.icon("duplicate"), self.tr("复制为新群发"), lambda: self._copy(row.id))
        menu.addSeparator()
        delete = QAction(icons.icon("delete", "red.text"), self.tr("删除…"), menu)
        delete.setProperty("danger", True)
        delete.setShortcut("Del")
        delete.setEnabled(row.kind in ("news", "video") and row.state is State.SUCCEEDED)
        delete.triggered.connect(lambda: self.ask_delete(row.id))
        menu.addAction(delete)
        rect = self.table.visualRect(self._model.index(position, 0))
        at = self.table.viewport().mapFromGlobal(self.cursor().pos())
        if not self.table.viewport().rect().contains(at):
            at = rect.center()
        popup_menu(menu, self.table.viewport().mapToGlobal(at + QPoint(0, 4)))

    def _find(self, send_id: int) -> OutboxRow | None:
        position = self._model.position(send_id)
        return None if position is None else self._model.row_at(position)

    def _copy(self, send_id: int) -> None:
        row = self._find(send_id)
        if row is not None:
            self.copy_wanted.emit(row.kind, row.content)
            shell(self).toast(self.tr("已复制为新群发，原来的记录不变"), "duplicate", "plain")

    def _do(self, work: Any) -> None:
        """Change a send in its account's lane, then let the worker look what is due."""
        key = self._account.id if self._account else None
        self._context.tasks.start(
            "send",
            work,
            key=key,
            owner=self,
            on_done=lambda _: self._context.outbox.wake(),
            on_error=lambda error: self._failed(error),
        )

    def _failed(self, error: AppError) -> None:
        show_error(self, error)

    def _type_secret(self, send_id: int) -> None:
        row = self._find(send_id)
        if row is not None:
            shell(self).ask_secret(row.account_id)

    def ask_delete(self, send_id: int) -> None:
        """Say what deleting does, then do it."""
        row = self._find(send_id)
        if row is None or row.kind not in ("news", "video") or row.state is not State.SUCCEEDED:
            shell(self).toast(self.tr("这种消息发出后不能删除"), "info", "plain")
            return
        calls = sum(1 for batch in row.batches if batch.state is State.SUCCEEDED)
        critical_dialog(
            self.window(),
            "delete",
            "red",
            self.tr("删除这条已发出的消息？"),
            self.tr("「{title}」会对所有人打不开，聊天里的卡片还在。").format(title=row.title),
            [
                (self.tr("影响"), self.tr("已收到的 {n} 人").format(n=story.people_text(row.people))),
                (self.tr("接口次数"), self.tr("{n} 次调用，每天最多 10 次").format(n=calls)),
                (self.tr("群发次数"), self.tr("不退还")),
                (self.tr("能否恢复"), self.tr("不能")),
            ],
            [
                (self.tr("保留"), "plain", None),
                (
                    self.tr("删除"),
                    "delete",
                    lambda: self._do(lambda job: self._context.profile.sending.delete(send_id, job=job)),
                ),
            ],
        ).open()

    def _ask_resubmit(self, send_id: int) -> None:
        row = self._find(send_id)
        if row is None:
            return
        critical_dialog(
            self.window(),
            "help",
            "gray",
            self.tr("用同一编号再提交？"),
            self.tr("上次若已发出，微信会拒绝并告诉我们 msg_id。上次若没有发出，这次会发出去。"),
            [
                (self.tr("内容"), row.title),
                (self.tr("受众"), f"{story.audience_text(row)} {story.people_text(row.people)}"),
            ],
            [
                (self.tr("先不"), "plain", None),
                (
                    self.tr("再提交"),
                    "primary",
                    lambda: self._do(lambda job: self._context.profile.sending.resubmit(send_id)),
                ),
            ],
        ).open()

    def _ask_mark(self, send_id: int) -> None:
        mark = self._context.profile.sending.mark
        critical_dialog(
            self.window(),
            "help",
            "gray",
            self.tr("在公众平台核对过了？"),
            self.tr("在公众平台的发送记录里找这条消息。标记只改这台电脑的记录，之后不再用这个编号提交。"),
            [],
            [
                (self.tr("没有发出"), "plain", lambda: self._do(lambda job: mark(send_id, False))),
                (self.tr("已经发出"), "primary", lambda: self._do(lambda job: mark(send_id, True))),
            ],
        ).open()
