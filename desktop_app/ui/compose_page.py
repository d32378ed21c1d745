"""群发, first step: the kind tabs with their forms, the phone, the checks, and the drafts behind them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile
from desktop_app.ui import theme
from desktop_app.ui.compose_av import VideoForm, VoiceForm
from desktop_app.ui.compose_check_words import check_words
from desktop_app.ui.compose_checks import ChecksPanel
from desktop_app.ui.compose_drops import Take, best_kind, make_targets
from desktop_app.ui.compose_form import ComposeForm, FileForm
from desktop_app.ui.compose_image import ImageForm
from desktop_app.ui.compose_text import TextForm
from desktop_app.ui.context import Context
from desktop_app.ui.draft_keeper import DraftKeeper, KeptDraft
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.drop_words import page_sentence
from desktop_app.ui.error_box import words
from desktop_app.ui.file_intake import FileIntake
from desktop_app.ui.news_checks import NewsChecks
from desktop_app.ui.news_desk import NewsDesk
from desktop_app.ui.news_drops import news_targets
from desktop_app.ui.news_form import NewsForm
from desktop_app.ui.phone_preview import PhonePreview
from desktop_app.ui.saved_label import SavedLabel
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.units import translated_kind
from desktop_app.ui.widgets import (
    Surface,
    button,
    hbox,
    hline,
    icon_button,
    label,
    scroll,
    set_button,
    set_tip,
    vbox,
    vline,
)
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import Transfer

KINDS = {"news": "article", "text": "file", "image": "image", "voice": "voice", "video": "video"}
CHECK_AFTER_MS = 100
WIDE = 1200  # the page's own width in a window of 1280, less the rail
SIDE, SIDE_NARROW = 344, 296


class ComposePage(QWidget):
    """Each kind keeps its own draft, saved by itself; the next step opens when nothing red is left."""

    next_wanted = Signal()
    preview_wanted = Signal()
    drafts_shown = Signal()
    """An account's drafts are in the forms, and their files on their way again."""
    choose_wanted = Signal(str)
    """Something of a kind is to be chosen in 素材库."""
    library_wanted = Signal(object)
    """A Payload that goes into the library alone."""

    title = ""
    step: int | None = 0

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account: Account | None = None
        self._version = 0  # counts changes, so that findings of an older content are not taken for the newest
        self._checked = -1
        self._checking = self._next_asked = self._focus_asked = False
        self._make_forms()
        self._make_actions()
        self._build()
        self._keeper = DraftKeeper(
            context.tasks,
            context.profile.composing,
            context.profile.media,
            lambda kind: self.forms[kind].content(),
            context.now,
            self,
        )
        self.desk = NewsDesk(context, self.news, self._keeper, self)
        self.desk.replaced.connect(self._news_replaced)
        self.news.save_wanted.connect(self.save)
        self._keeper.loaded.connect(self._show_drafts)
        self._keeper.saved.connect(self._saved.show_saved)
        self._keeper.failed.connect(self._saved.show_failed)
        self._check_timer = QTimer(self)
        self._check_timer.setSingleShot(True)
        self._check_timer.setInterval(CHECK_AFTER_MS)
        self._check_timer.timeout.connect(self._run_checks)
        kept = context.settings.current.last_kind
        self.tabs.set_current(kept if kept in self.forms else "text")
        self._kind_changed(self.kind())

    # Building

    def _make_forms(self) -> None:
        self._thumbnails = Thumbnails.shared(self._context.tasks)
        text = TextForm()
        text.files_pasted.connect(self.take_mime)
        self.news = NewsForm(self._context)
        self.forms: dict[str, ComposeForm] = {
            "news": self.news,
            "text": text,
            "image": ImageForm(self._context, self._thumbnails),
            "voice": VoiceForm(self._context, self._thumbnails),
            "video": VideoForm(self._context, self._thumbnails),
        }
        for kind, form in self.forms.items():
            form.changed.connect(lambda kind=kind: self._form_changed(kind))
            form.shown_changed.connect(lambda kind=kind: self._form_shown_changed(kind))
            form.move_wanted.connect(lambda kind, payload: self.take_payload(payload, kind))
            form.library_wanted.connect(self.choose_wanted)
            if isinstance(form, FileForm):
                form.intake.left_behind.connect(partial(self._keep_with_its_account, form.intake))

    def _make_actions(self) -> None:
        self._saved = SavedLabel()
        self._preview = button(self.tr("发预览"), icon="eye", name="compose.preview")
        set_tip(self._preview, self.tr("发到测试微信"), "Ctrl Shift P")
        self._next = button(
            self.tr("下一步：选受众"), "primary", icon="chevron-right", name="compose.next", icon_right=True
        )
        looks = [("edit", self.tr("编辑"), ""), ("phone", self.tr("手机预览"), "phone")]
        self._look = Segmented(looks, "compose.look", self.tr("编辑或手机预览"))
        self._phone = icon_button("phone", self.tr("手机预览"), "compose.phone", "Ctrl P", kind="plain")
        self._look.changed.connect(lambda key: self.news.show_preview(key == "phone"))
        self._phone.clicked.connect(self.toggle_phone)
        self._preview.clicked.connect(self.preview_wanted)
        self._next.clicked.connect(self.go_next)

    def _build(self) -> None:
        items = [(kind, translated_kind(kind), icon) for kind, icon in KINDS.items()]
        self.tabs = Segmented(items, "compose.tab", self.tr("消息类型"))
        self.tabs.changed.connect(self._kind_changed)
        self._hint = ElidedLabel(self.tr("切换类型不会丢掉已写的内容"), "body", "text.3")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._stack = QStackedWidget()
        self._sides = QStackedWidget()
        self._side_of: dict[str, QWidget] = {}
        for kind, form in self.forms.items():
            if form is self.news:
                continue  # it has the page to itself
            form.layout().setContentsMargins(*form.margins)  # type: ignore[union-attr]
            self._stack.addWidget(scroll(form, f"compose.scroll.{kind}"))
            if (side := form.side_widget()) is not None:
                self._side_of[kind] = side
                self._sides.addWidget(side)
        self._area = Surface("bg.surface")
        self._area.setObjectName("compose.drop")
        head = hbox(self.tabs, self._hint, None, spacing=16, margins=(4, 0, 4, 0))
        head.setStretch(1, 1000)
        self._kinds = QWidget()
        self._kinds.setLayout(head)
        self._column = vbox(self._kinds, 12, self._stack, spacing=4, margins=(36, 20, 36, 0))
        self._area.setLayout(self._column)
        self._side = Surface("bg.panel")
        self._side.setFixedWidth(SIDE)
        self._side.setLayout(self._build_side())
        row = hbox(self._area, vline(), self._side, spacing=0)
        row.setStretch(0, 1)
        plain = QWidget()
        plain.setLayout(row)
        self._frames = QStackedWidget()
        self._frames.addWidget(plain)
        self._frames.addWidget(self.news)
        self.setLayout(vbox(self._frames, spacing=0))

    def _build_side(self) -> Any:
        self.phone = PhonePreview()
        phone = hbox(None, self.phone, None, spacing=0)
        phone.setStretch(1, 1000)
        head = label(self.tr("粉丝收到的样子"), bold=True)
        self.panel = ChecksPanel()
        self.panel.fix_wanted.connect(lambda key: self.form().focus_check(key))
        self._sides_line = hline()
        below = vbox(self.panel, self._sides_line, self._sides, spacing=12, margins=(16, 12, 16, 16))
        top = vbox(head, phone, None, spacing=12, margins=(16, 12, 16, 12))
        top.setStretch(1, 1000)
        column = vbox(top, hline(), below, spacing=0)
        column.setStretch(0, 1)
        return column

    def top_actions(self) -> list[QWidget]:
        """Saved, phone preview of articles, test preview, next step."""
        return [self._saved, self._look, self._phone, self._preview, self._next]

    # What the window asks

    def form(self) -> ComposeForm:
        """The form in front."""
        return self.forms[self.kind()]

    def kind(self) -> str:
        """news, text, image, voice or video."""
        return self.tabs.current()

    def content(self) -> dict[str, Any]:
        """What is composed, as ``Composing`` takes it."""
        return self.form().content()

    def latest_content(self) -> dict[str, Any]:
        """The same with the last letters typed into an article: for the moment when it leaves."""
        if self.kind() == "news":
            self.news.flush()
        return self.content()

    def set_account(self, account: Account) -> None:
        """Show this account's drafts; for the one already shown only its name, picture and rights."""
        same = self._account is not None and self._account.id == account.id
        self._account = account
        self.phone.set_account(account.name, self._avatar(account))
        if same:
            self.desk.set_account(account)
            self.news.set_account(account)
            self._run_checks()
            return
        self._set_reading(True)  # until its drafts are read: nothing typed may be overwritten by them
        self._saved.clear_text()
        self._keeper.open(account.id, tuple(self.forms))
        self.desk.set_account(account)
        for form in self.forms.values():
            form.set_account(account)

    def focus_first(self) -> None:
        """Put the keyboard into the form in front, as soon as it is there."""
        self._focus_asked = not self._stack.isEnabled()
        self.form().focus_first()

    def ready_problem(self) -> str:
        """Why the next step has to wait, as a sentence; "" if it need not."""
        if not self._stack.isEnabled():
            return self.tr("草稿还在读取，稍等一下")
        if problem := self.form().problem():
            return problem
        red = self._panel().first_red() if self._checked == self._version else None
        if red is None:
            return ""
        return self.news.panel.sentence(red) if self.kind() == "news" else check_words(red)

    def go_next(self) -> None:
        """Go to the audience if nothing red is left; asks for the newest findings first."""
        if problem := self.form().problem():
            shell(self).toast(problem, "warning", "amber")
            self.form().focus_first()
            return
        self._next_asked = True
        self._run_checks()

    def choose_files(self) -> None:
        """Ctrl U: choose files for the form in front; the text form has none, so pictures are meant."""
        if self.kind() == "text":
            self.show_kind("image")
        self.form().choose_files()

    def toggle_phone(self) -> None:
        """Ctrl P: articles beside their phone, or beside their settings."""
        if self.kind() == "news":
            self._look.set_current("edit" if self.news.previewing else "phone")

    def show_kind(self, kind: str) -> None:
        """Bring the form of a kind to the front."""
        self.tabs.set_current(kind)

    def load(self, kind: str, content: dict[str, Any]) -> None:
        """Put the content of an earlier message into its form; what was there can be brought back."""
        before = self.forms[kind].content()
        if kind == "news":  # a new message; the one in the form is kept in its draft
            self.desk.copy_message(content)
            self.show_kind(kind)
            return
        self.show_kind(kind)
        self._keeper.resolve(kind, content, lambda draft: self._replace(kind, draft))
        if any(before.get(name) for name in ("text", "files", "file", "title", "description", "recommend")):
            undo = (
                self.tr("撤销"),
                lambda: self._keeper.resolve(kind, before, lambda draft: self._replace(kind, draft)),
            )
            shell(self).toast(self.tr("已换成要再发的内容"), "copy", "plain", undo)

    def sent(self) -> None:
        """The message in front is in the outbox: its form is empty again."""
        self._replace(self.kind(), KeptDraft(self._context.profile.composing.empty_content(self.kind()), ()))

    def save(self) -> None:
        """Ctrl S: what is not saved yet is saved now, not in a second."""
        self.news.flush()
        self._keeper.save_dirty()

    def save_now(self) -> None:
        """The window closes: save what is not saved yet."""
        self.news.flush()
        self._keeper.save_now()

    def close_views(self) -> None:
        """The app ends: the editor's processes first."""
        self.news.close_views()

    def refresh(self) -> None:
        """F5, and when the network is back: upload again what did not go up, and check again."""
        for form in self.forms.values():
            form.retry_failed()
        self._run_checks()

    # Files

    def take_mime(self, mime: QMimeData | None) -> bool:
        """Take pasted or dropped files; False if there is nothing for this page."""
        payload = Payload.of(mime)
        if payload.empty:
            return False
        self.take_payload(payload)
        return True

    def take_files(self, paths: list[str]) -> None:
        """Take files into the kind of message they fit."""
        self.take_payload(Payload(tuple(paths)))

    def take_payload(self, payload: Payload, kind: str = "") -> None:
        """Take files into a form; without a kind into the one that fits, the form in front if it does."""
        if payload.pages:
            shell(self).toast(page_sentence(), "info", "amber")
            return
        if not self.isVisible():
            shell(self).show_page("send")
        if self.kind() == "news" and not kind:
            self.news.take(payload)
            return
        self.show_kind(kind or best_kind(payload, self.kind()))
        self.form().take(payload)

    def use_media(self, kind: str, files: list[MediaFile]) -> None:
        """Files of the library: into a message of their kind, pictures also (``news``) into the article in front."""
        shell(self).show_page("send")
        self.show_kind(kind)
        self.form().take_media(files)

    def drop_targets(self, payload: Payload) -> list[DropTarget]:
        """The targets of the overlay over this page, and over pages without targets of their own.

        Over those an article is offered only to what is dragged out of our own library.
        """
        visible, library = self.isVisible(), self.save_to_library
        if self.kind() == "news" and (visible or (payload.own and payload.may_be("image"))):
            targets = news_targets(payload, self.news, library)
            return targets if visible else [replace(each, take=self._shown_first(each.take)) for each in targets]
        return make_targets(payload, self.kind(), lambda kind: lambda p: self.take_payload(p, kind), library)

    def _shown_first(self, take: Take) -> Take:
        def show_and_take(payload: Payload) -> None:
            shell(self).show_page("send")
            take(payload)

        return show_and_take

    def _keep_with_its_account(self, intake: FileIntake, item: Transfer, after: str) -> None:
        """A file was dropped for an account that was left before it was read: it belongs into that one's draft."""
        if file := item.to_json():
            self._keeper.add_file(item.account_id, intake.kind, file, after, lambda: intake.adopt(item, after))

    def save_to_library(self, payload: Payload) -> None:
        """Files for the library alone: nothing on this page changes."""
        self.library_wanted.emit(payload)

    # Changes

    def _kind_changed(self, kind: str) -> None:
        self._show_frame(kind)
        side = self._side_of.get(kind)
        self._sides.setVisible(side is not None)
        self._sides_line.setVisible(side is not None)
        if side is not None:
            self._sides.setCurrentWidget(side)
        self._last_kind = kind
        if kind != self._context.settings.current.last_kind:
            self._context.tasks.start("work", self._keep_kind)
        self._version += 1
        self._show_message()
        self._run_checks()

    def _keep_kind(self, job: Job) -> None:
        """Remember the kind in front; the tasks of two quick changes may swap, so the last look decides."""
        kept = ""
        while kept != self._last_kind:
            kept = self._last_kind
            self._context.settings.change(last_kind=kept)

    def _show_frame(self, kind: str) -> None:
        """图文 has the whole page; the tabs come along, and the keyboard stays on them if it was there."""
        news = kind == "news"
        focus = QApplication.focusWidget()
        (self.news.head if news else self._column).insertWidget(0, self._kinds)
        self._frames.setCurrentIndex(1 if news else 0)
        self._show_looks()
        if not news:
            self._stack.setCurrentIndex(list(self.forms).index(kind) - 1)
        if focus is not None and self.tabs.isAncestorOf(focus):
            focus.setFocus()

    def _form_changed(self, kind: str) -> None:
        if not self._stack.isEnabled():
            return
        self._keeper.touch(kind)
        self._saved.show_saving()
        if kind == self.kind():
            self._version += 1
            self._show_message()
            self._check_soon()

    def _form_shown_changed(self, kind: str) -> None:
        if kind == self.kind():
            self._show_message()
            self._check_soon()

    def _show_drafts(self, drafts: dict[str, KeptDraft]) -> None:
        for kind, draft in drafts.items():
            self.forms[kind].show_draft(draft)
        self._set_reading(False)
        if self._focus_asked:
            self.focus_first()
        self._version += 1
        self._show_message()
        self._run_checks()
        self.drafts_shown.emit()

    def _news_replaced(self) -> None:
        self._version += 1
        self._run_checks()

    def _set_reading(self, reading: bool) -> None:
        self._stack.setEnabled(not reading)
        self.news.setEnabled(not reading)

    def _replace(self, kind: str, draft: KeptDraft) -> None:
        self.forms[kind].show_draft(draft)
        self._form_changed(kind)

    def _show_message(self) -> None:
        self.phone.show_message(self.form().message(), self._context.now())

    def _avatar(self, account: Account) -> QPixmap | None:
        if not account.picture:
            return None

        def ready(picture: QPixmap) -> None:
            if self._account is not None and self._account.id == account.id:
                self.phone.set_account(account.name, picture)

        return self._thumbnails.get(account.picture, Path(account.picture), 64, self, ready)

    # Checks

    def _panel(self) -> ChecksPanel | NewsChecks:
        return self.news.panel if self.kind() == "news" else self.panel

    def _check_soon(self) -> None:
        if not self._check_timer.isActive():  # not started anew: findings keep up with somebody who types on
            self._check_timer.start()

    def _run_checks(self) -> None:
        self._check_timer.stop()
        if self._account is None or self._checking or not self._stack.isEnabled():
            return
        self._checking = True
        account, kind, content, version = self._account, self.kind(), self.content(), self._version
        composing = self._context.profile.composing

        def show(checks: Any) -> None:
            self._checking = False
            if version != self._version:
                self._run_checks()
                return
            self._checked = version
            self._panel().show_checks(kind, (*self.form().findings(), *checks))
            if kind == "news":
                self.news.show_health(checks)
            self._answer_next()

        def failed(error: AppError) -> None:
            self._checking = self._next_asked = False
            shell(self).toast(words(error).line, "warning", "red")

        self._context.tasks.start(
            "work", lambda job: composing.checks(account, kind, content), owner=self, on_done=show, on_error=failed
        )

    def _answer_next(self) -> None:
        if not self._next_asked:
            return
        self._next_asked = False
        if not self.isVisible():
            return  # the person went elsewhere meanwhile
        if problem := self.ready_problem():
            shell(self).toast(problem, "warning", "amber")
            red = self._panel().first_red()
            if red is not None:
                self.form().focus_check(red.key)
        else:
            self.next_wanted.emit()

    # Size

    def _show_looks(self) -> None:
        news, wide = self.kind() == "news", self.width() / theme.current().text_scale >= WIDE
        self._look.setVisible(news and wide)
        self._phone.setVisible(news and not wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() / theme.current().text_scale >= WIDE
        self._side.setFixedWidth(SIDE if wide else SIDE_NARROW)
        edge = 36 if wide else 20
        self._column.setContentsMargins(edge, 20, edge, 0)
        self._hint.setVisible(wide)
        self._show_looks()
        self._saved.set_short(not wide)
        set_button(self._next, text=self.tr("下一步：选受众") if wide else self.tr("选受众"))
        set_button(self._preview, text=self.tr("发预览") if wide else "")
        self._preview.setAccessibleName(self.tr("发预览"))
