"""图文草稿: every message of articles that was begun: search, versions, a trash of 30 days, WeChat's draft box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QPushButton, QStackedWidget, QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.store.accounts import Account
from desktop_app.store.articles import ArticleDraft
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.context import Context
from desktop_app.ui.drafts_model import DraftDelegate, DraftsModel
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.error_box import show_error
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.versions_dialog import VersionsDialog
from desktop_app.ui.widgets import Surface, button, hbox, hline, popup_menu, search_field, vbox
from desktop_app.ui.window import shell

SEARCH_AFTER_MS = 200


class _List(QListView):
    """Enter opens, Del goes to the trash, the menu key offers the rest."""

    opened = Signal(int)
    trash_wanted = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if row >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row)
        elif row >= 0 and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.trash_wanted.emit(row)
        else:
            super().keyPressEvent(event)


class DraftsPage(Surface):
    """The list. Opening leads to the 图文 form; everything else happens here."""

    open_wanted = Signal(int)
    new_wanted = Signal()
    to_wechat_wanted = Signal(int)
    changed_draft = Signal(int)
    """This draft was restored or went away: the form must not write over it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self._context = context
        self.title = self.tr("图文草稿")
        self.step: int | None = None
        self._account: Account | None = None
        self._asked = 0
        self.model = DraftsModel(context.now, self)
        pictures = ArticlePictures(context.tasks, context.profile, self)
        self._places = Segmented(
            [("kept", self.tr("草稿"), ""), ("trash", self.tr("回收站"), "")], "drafts.place", self.tr("草稿或回收站")
        )
        self.field = search_field(self.tr("搜索标题、作者、正文"), "drafts.search")
        self.field.setFixedWidth(260)
        self._open = button(self.tr("打开"), name="drafts.open")
        self._more = button(self.tr("更多"), name="drafts.more")
        self._more.setProperty("arrow", True)
        self._restore = button(self.tr("恢复"), name="drafts.restore")
        self.list = _List()
        self.list.setObjectName("drafts.list")
        self.list.setAccessibleName(self.tr("图文草稿"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setModel(self.model)
        self.list.setItemDelegate(DraftDelegate(self.model, pictures, self.list))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        pictures.arrived.connect(lambda _sha: self.list.viewport().update())
        self._new = button(self.tr("新建图文"), "primary", icon="plus", name="drafts.new")
        self._empty = EmptyState(
            "article", self.tr("写第一篇图文"), self.tr("草稿自动保存在这台电脑上"), [self._first_button()]
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        bar = hbox(self._places, self.field, None, self._restore, self._open, self._more, margins=(24, 12, 24, 12))
        self.setLayout(vbox(bar, hline(), self._stack, spacing=0))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SEARCH_AFTER_MS)
        self._connect()
        self._show_buttons()

    def _first_button(self) -> QPushButton:
        made = button(self.tr("新建图文"), "primary", icon="plus", name="drafts.first")
        made.clicked.connect(self.new_wanted)
        return made

    def _connect(self) -> None:
        self._later.timeout.connect(self.refresh)
        self.field.textChanged.connect(lambda _text: self._later.start())
        self._places.changed.connect(lambda _key: self.refresh())
        self._new.clicked.connect(self.new_wanted)
        self.list.opened.connect(self._open_row)
        self.list.doubleClicked.connect(lambda index: self._open_row(index.row()))
        self.list.trash_wanted.connect(self._trash_row)
        self.list.customContextMenuRequested.connect(self._context_menu)
        self.list.selectionModel().currentChanged.connect(lambda _now, _before: self._show_buttons())
        self._open.clicked.connect(lambda: self._open_row(self.list.currentIndex().row()))
        self._restore.clicked.connect(lambda: self._untrash(self.list.currentIndex().row()))
        self._more.clicked.connect(
            lambda: popup_menu(self._menu(), self._more.mapToGlobal(QPoint(0, self._more.height() + 4)))
        )

    # What the frame asks

    def top_actions(self) -> list[QWidget]:
        """A new message."""
        return [self._new]

    def set_account(self, account: Account) -> None:
        """Show this account's drafts."""
        self._account = account
        self.refresh()

    def focus_first(self) -> None:
        """The list, read anew."""
        self.refresh()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Ctrl F."""
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        """Read the list again; only the newest answer is shown."""
        if self._account is None:
            return
        self._later.stop()
        self._asked += 1
        number, account_id = self._asked, self._account.id
        search, trashed = self.field.text().strip(), self.in_trash
        drafts = self._context.profile.articles.drafts

        def show(found: list[ArticleDraft]) -> None:
            if number == self._asked:
                self._show(found, search)

        self._context.tasks.start(
            "work", lambda job: drafts.list(account_id, search, trashed), owner=self, on_done=show
        )

    @property
    def in_trash(self) -> bool:
        """Whether the trash is shown."""
        return self._places.current() == "trash"

    def _show(self, found: list[ArticleDraft], search: str) -> None:
        current = self._draft(self.list.currentIndex().row())
        row = self.list.currentIndex().row()
        self.model.show_drafts(found)
        self._stack.setCurrentWidget(self.list if found else self._empty)
        if found:
            at = self.model.row_of(current.id) if current else 0
            at = at if at >= 0 else min(max(row, 0), len(found) - 1)
            self.list.setCurrentIndex(self.model.index(at))
        elif search:
            self._empty.set_texts(self.tr("没有找到「{text}」").format(text=search), self.tr("换个词再试"))
        elif self.in_trash:
            self._empty.set_texts(self.tr("回收站是空的"), self.tr("移到这里的草稿保留 30 天"))
        else:
            self._empty.set_texts(self.tr("写第一篇图文"), self.tr("草稿自动保存在这台电脑上"))
        self._show_buttons()

    def _show_buttons(self) -> None:
        chosen = self._draft(self.list.currentIndex().row()) is not None
        self._open.setVisible(not self.in_trash)
        self._more.setVisible(not self.in_trash)
        self._restore.setVisible(self.in_trash)
        for made in (self._open, self._more, self._restore):
            made.setEnabled(chosen)

    def _draft(self, row: int) -> ArticleDraft | None:
        drafts = self.model.drafts()
        return drafts[row] if 0 <= row < len(drafts) else None

    # What a person does

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = self.list.currentIndex().row()
        if self.in_trash:
            menu.addAction(self.tr("恢复"), lambda: self._untrash(row))
            return menu
        menu.addAction(self.tr("打开"), lambda: self._open_row(row))
        menu.addAction(self.tr("复制一份"), lambda: self.duplicate(row))
        menu.addAction(self.tr("历史版本"), lambda: self.open_versions(row))
        menu.addAction(self.tr("存到公众号草稿箱"), lambda: self._to_wechat(row))
        menu.addSeparator()
        menu.addAction(self.tr("移到回收站"), lambda: self._trash_row(row)).setProperty("danger", True)
        return menu

    def _context_menu(self, at: QPoint) -> None:
        index: QModelIndex = self.list.indexAt(at)
        if index.isValid():
            self.list.setCurrentIndex(index)
            popup_menu(self._menu(), self.list.viewport().mapToGlobal(at))

    def _open_row(self, row: int) -> None:
        draft = self._draft(row)
        if draft is not None and not self.in_trash:
            self.open_wanted.emit(draft.id)

    def _to_wechat(self, row: int) -> None:
        draft = self._draft(row)
        if draft is not None:
            self.to_wechat_wanted.emit(draft.id)

    def duplicate(self, row: int) -> None:
        """A copy of its own, at the top of the list."""
        draft = self._draft(row)
        if draft is not None:
            drafts = self._context.profile.articles.drafts
            self._change(lambda job: drafts.duplicate(draft.id))

    def open_versions(self, row: int) -> None:
        """The earlier contents of a draft."""
        draft = self._draft(row)
        if draft is None:
            return
        title = str(self.model.index(row).data())
        dialog = VersionsDialog(self._context, self.window(), draft.id, title)
        dialog.restored.connect(self._restored)
        dialog.open()

    def _restored(self, draft_id: int) -> None:
        self.changed_draft.emit(draft_id)
        self.refresh()
        shell(self).toast(self.tr("已恢复。恢复前的内容也留了一份"))

    def _trash_row(self, row: int) -> None:
        draft = self._draft(row)
        if draft is None or self.in_trash:
            return
        drafts = self._context.profile.articles.drafts
        words = self.tr("已移到回收站，保留 30 天")
        undo = (self.tr("撤销"), lambda: self._change(lambda job: drafts.untrash(draft.id)))

        def gone() -> None:
            self.changed_draft.emit(draft.id)
            shell(self).toast(words, "delete", "plain", undo)

        self._change(lambda job: drafts.trash(draft.id), gone)

    def _untrash(self, row: int) -> None:
        draft = self._draft(row)
        if draft is not None:
            drafts = self._context.profile.articles.drafts
            self._change(lambda job: drafts.untrash(draft.id))

    def _change(self, work: Callable[[Job], object], then: Callable[[], object] | None = None) -> None:
        def done(_result: object) -> None:
            self.refresh()
            if then is not None:
                then()

        def failed(error: AppError) -> None:
            show_error(self, error)
            self.refresh()

        self._context.tasks.start("work", work, owner=self, on_done=done, on_error=failed)
