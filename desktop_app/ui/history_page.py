"""群发记录: every send of the account, refreshing by itself, with filters, search, detail and delete."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCursor, QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QWidget

from desktop_app.errors import AppError
from desktop_app.store.accounts import Account
from desktop_app.store.outbox import OutboxRow, State
from desktop_app.ui import icons, story
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import critical_dialog
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.error_box import show_error
from desktop_app.ui.history_advice import people_text_of
from desktop_app.ui.history_drawer import HistoryDrawer
from desktop_app.ui.history_filters import FilterBar
from desktop_app.ui.history_model import HistoryModel, can_refresh
from desktop_app.ui.history_table import HistoryTable
from desktop_app.ui.widgets import (
    Surface,
    button,
    hbox,
    hline,
    label,
    popup_menu,
    vbox,
)
from desktop_app.ui.window import shell

AGE_TICK_MS = 5_000


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
        self._wanted_id: int | None = None
        self._place: tuple[int, int] | None = None
        self._model = HistoryModel(context, self)
        self._model.counted.connect(lambda counts: self.filters.show_counts(counts))
        self._model.loaded.connect(self._show_loaded)
        self._model.rowsInserted.connect(lambda: self._show_loaded())
        self._model.rowsRemoved.connect(lambda: self._show_loaded())
        self._model.replaced.connect(self._row_replaced)
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
        # Only now: the view forgets its place in its own slot, which has to come first.
        self._model.modelAboutToBeReset.connect(self._remember_place)
        self._model.modelReset.connect(self._restore_place)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._current_changed(now.row()))
        self.drawer = HistoryDrawer(self._context)
        self.drawer.hide()
        self._connect_drawer()
        write = button(self.tr("去写一条"), name="history.write")
        write.clicked.connect(self.new_wanted)
        self._empty = EmptyState("send", self.tr("还没有群发过"), self.tr("发出的每一条都会记在这里"), [write])
        clear = button(self.tr("清除筛选"), name="history.clear_filter")
        clear.clicked.connect(self._clear_filter)
        self._none = EmptyState("search", self.tr("没有找到"), self.tr("换个词，或清掉筛选条件"), [clear])
        self.filters = FilterBar()
        self.filters.changed.connect(self._ask)
        self._stack = QStackedWidget()
        for widget in (self.table, self._empty, self._none):
            self._stack.addWidget(widget)
        left = QWidget()
        left.setLayout(vbox(self.filters, hline(), self._stack, spacing=0))
        self.setLayout(hbox(left, self.drawer, spacing=0))

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
        self.drawer.quota_wanted.connect(lambda _: shell(self).correct_quota())

    def _fit_filters(self) -> None:
        self.filters.fit(self.width() - (self.drawer.width() if self.drawer.isVisibleTo(self) else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_filters()

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
        self.filters.focus_search()

    def refresh(self) -> None:
        """Ask WeChat now about everything that is open; each message at most once in 5 s."""
        for row in self._model.rows():
            if row.state in (State.ACCEPTED, State.WAITING_ADMIN) and can_refresh(row):
                self._context.outbox.refresh(row.id)
        self._ask()

    def show_send(self, send_id: int) -> None:
        """Bring a send into sight and open its drawer."""
        self._wanted_id = send_id
        self.filters.clear(keep_time=True)
        self._ask()

    @property
    def model(self) -> HistoryModel:
        """The rows as the table has them."""
        return self._model

    # --- the list ---

    def _ask(self) -> None:
        if self._account is not None:
            self._model.ask(self._account.id, self.filters.wanted(self._context.now()))

    def _clear_filter(self) -> None:
        self.filters.clear()
        self._ask()

    def _show_loaded(self) -> None:
        if self._model.rowCount():
            self._stack.setCurrentWidget(self.table)
        else:
            self._show_nothing()
        if self._wanted_id is not None:
            self._show_wanted(self._wanted_id)
        self._show_age()

    def _show_wanted(self, send_id: int) -> None:
        self._wanted_id = None
        position = self._model.position(send_id)
        if position is not None:
            self._open_position(position)
        elif self._model.filter.since is not None:
            self._wanted_id = send_id
            self._clear_filter()

    def _show_nothing(self) -> None:
        """An empty list: because nothing was ever sent, or because of the filter."""
        asked, account_id = self._model.filter, self._model.account_id
        assert account_id is not None

        def show(counts: dict[str, int]) -> None:
            if asked != self._model.filter or self._model.rowCount():
                return
            if not counts["all"]:
                self._stack.setCurrentWidget(self._empty)
                return
            what = self.tr("没有找到「{what}」").format(what=asked.search) if asked.search else self.tr("没有找到")
            self._none.set_texts(what, self.tr("换个词，或清掉筛选条件"))
            self._stack.setCurrentWidget(self._none)

        self._context.tasks.start(
            "work", lambda job: self._context.profile.outbox.counts(account_id), owner=self, on_done=show
        )

    def _show_age(self) -> None:
        polled = [b.polled_at for row in self._model.rows() for b in row.batches if b.polled_at is not None]
        self._age.setText(story.age_text(self._context.now() - max(polled)) if polled else "")

    # --- the drawer ---

    def _open_position(self, position: int, by_key: bool = False) -> None:
        row = self._model.row_at(position)
        if row is None:
            return
        self.table.selectRow(position)
        self.drawer.show_row(row)
        if not self.drawer.isVisibleTo(self):
            self.drawer.show()
            self._fit_filters()
            self.table.set_drawer_open(True)
            self.table.scrollTo(self._model.index(position, 0))
        if by_key:
            self.drawer.focus_first()

    def close_drawer(self) -> None:
        """Hide the drawer and give the keyboard back to the row."""
        if not self.drawer.isVisibleTo(self):
            return
        inside = QApplication.focusWidget()
        self.drawer.hide()
        self._fit_filters()
        self.table.set_drawer_open(False)
        if inside is not None and self.drawer.isAncestorOf(inside):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _current_changed(self, position: int) -> None:
        """Arrow keys lead the open drawer along."""
        row = self._model.row_at(position)
        if row is not None and self.drawer.isVisibleTo(self) and self.drawer.row != row:
            self.drawer.show_row(row)

    def _remember_place(self) -> None:
        row = self._model.row_at(self.table.currentIndex().row())
        self._place = None if row is None else (row.id, self.table.verticalScrollBar().value())

    def _restore_place(self) -> None:
        """A list that was read again keeps its row and where it was scrolled to."""
        if self._place is None:
            return
        send_id, scrolled = self._place
        position = self._model.position(send_id)
        if position is not None:
            self.table.selectRow(position)
            self.table.verticalScrollBar().setValue(scrolled)

    def _row_changed(self, send_id: int) -> None:
        self._model.row_changed(send_id)

    def _row_replaced(self, row: OutboxRow) -> None:
        shown = self.drawer.row
        if shown is not None and shown.id == row.id and self.drawer.isVisibleTo(self):
            self.drawer.show_row(row)
        self._show_age()

    # --- what a person does ---

    def _act(self, action: str, position: int) -> None:
        row = self._model.row_at(position)
        if action == "close":
            self.close_drawer()
        if row is None:
            return
        match action:
            case "open" | "enter":
                self._open_position(position, by_key=action == "enter")
            case "refresh":
                self._context.outbox.refresh(row.id)
            case "copy":
                self._copy(row.id)
            case "delete":
                self.ask_delete(row.id)
            case "menu":
                self._menu(row, position)

    def _menu(self, row: OutboxRow, position: int) -> None:
        if QApplication.activePopupWidget() is not None:
            return  # some systems send the menu key twice: as a key, and as a wish for a menu
        menu = QMenu(self)
        menu.setObjectName("history.menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icons.icon("eye"), self.tr("查看"), lambda: self._open_position(position, by_key=True))
        refresh = menu.addAction(
            icons.icon("refresh"), self.tr("刷新状态"), lambda: self._context.outbox.refresh(row.id)
        )
        refresh.setEnabled(can_refresh(row))
        menu.addAction(icons.icon("duplicate"), self.tr("复制为新群发"), lambda: self._copy(row.id))
        menu.addSeparator()
        delete = QAction(icons.icon("delete", "red.text"), self.tr("删除…"), menu)
        delete.setProperty("danger", True)
        problem = story.delete_text(self._context.profile.sending.delete_problem(row))
        delete.setEnabled(not problem)
        delete.setToolTip(problem)
        delete.triggered.connect(lambda: self.ask_delete(row.id))
        menu.addAction(delete)
        menu.setToolTipsVisible(True)
        rect = self.table.visualRect(self._model.index(position, 0))
        at = self.table.viewport().mapFromGlobal(QCursor.pos())
        if not (rect.top() <= at.y() <= rect.bottom() and self.table.viewport().rect().contains(at)):
            at = rect.center()
        popup_menu(menu, self.table.viewport().mapToGlobal(at + QPoint(0, 4)))

    def _find(self, send_id: int) -> OutboxRow | None:
        """A send as it is shown; the open drawer may show one that the filter has let go."""
        position = self._model.position(send_id)
        if position is not None:
            return self._model.row_at(position)
        shown = self.drawer.row
        return shown if shown is not None and shown.id == send_id else None

    def _copy(self, send_id: int) -> None:
        row = self._find(send_id)
        if row is not None:
            self.copy_wanted.emit(row.kind, row.content)
            shell(self).toast(self.tr("已复制为新群发，原来的记录不变"), "duplicate", "plain")

    def _do(self, work: Any, lane: str = "work") -> None:
        """Change a send, then let the worker look what is due.

        Not in its account's lane, where the delivery may be uploading for minutes: 取消 has to be in time.
        """
        key = self._account.id if lane == "send" and self._account else None
        self._context.tasks.start(
            lane,
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
        if row is None:
            return
        if problem := story.delete_text(self._context.profile.sending.delete_problem(row)):
            shell(self).toast(problem, "info", "plain")
            return
        gone = [batch for batch in row.batches if batch.state is State.SUCCEEDED and batch.msg_id is not None]
        critical_dialog(
            self.window(),
            "delete",
            "red",
            self.tr("删除这条已发出的消息？"),
            self.tr("「{title}」会对所有人打不开，聊天里的卡片还在。").format(title=row.title),
            [
                (self.tr("影响"), self.tr("发给的 {n} 人").format(n=people_text_of(gone))),
                (self.tr("接口次数"), self.tr("{n} 次调用，每天最多 10 次").format(n=len(gone))),
                (self.tr("群发次数"), self.tr("不退还")),
                (self.tr("能否恢复"), self.tr("不能")),
            ],
            [
                (self.tr("保留"), "plain", None),
                (
                    self.tr("删除"),
                    "delete",
                    lambda: self._do(lambda job: self._context.profile.sending.delete(send_id, job=job), "send"),
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
