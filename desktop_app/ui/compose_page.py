"""群发, first step: the kind tabs with their forms, the drafts behind them, and the way to the next step."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile
from desktop_app.ui import theme
from desktop_app.ui.check_loop import CheckLoop, Question
from desktop_app.ui.compose_actions import ComposeActions
from desktop_app.ui.compose_av import VideoForm, VoiceForm
from desktop_app.ui.compose_check_words import check_words
from desktop_app.ui.compose_checks import ChecksPanel
from desktop_app.ui.compose_files import ComposeFiles
from desktop_app.ui.compose_form import ComposeForm
from desktop_app.ui.compose_frame import ComposeFrame
from desktop_app.ui.compose_image import ImageForm
from desktop_app.ui.compose_text import TextForm
from desktop_app.ui.context import Context
from desktop_app.ui.draft_keeper import DraftKeeper, KeptDraft
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.error_box import words
from desktop_app.ui.news_checks import NewsChecks
from desktop_app.ui.news_desk import NewsDesk
from desktop_app.ui.news_form import NewsForm
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.widgets import vbox
from desktop_app.ui.window import shell

WIDE = 1200  # the page's own width in a window of 1280, less the rail


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
        self._focus_asked = False
        thumbnails = Thumbnails.shared(context.tasks)
        self._make_forms(thumbnails)
        self._frame = ComposeFrame(self.forms, self.news, thumbnails)
        self.tabs, self._side = self._frame.tabs, self._frame.side
        self.panel, self.phone = self._side.panel, self._side.phone
        self._actions = ComposeActions(self)
        self._connect_what_is_seen()
        self.setLayout(vbox(self._frame, spacing=0))
        composing = context.profile.composing
        self._keeper = DraftKeeper(
            context.tasks,
            composing,
            context.profile.media,
            lambda kind: self.forms[kind].content(),
            context.now,
            self,
        )
        self.files = ComposeFiles(self, self._keeper)
        self.desk = NewsDesk(context, self.news, self._keeper, self)
        self._checks = CheckLoop(context.tasks, composing, self._question, self)
        self._connect_drafts_and_checks()
        kept = context.settings.current.last_kind
        self.tabs.set_current(kept if kept in self.forms else "text")
        self._kind_changed(self.kind())

    # Building

    def _make_forms(self, thumbnails: Thumbnails) -> None:
        text = TextForm()
        text.files_pasted.connect(self.take_mime)
        self.news = NewsForm(self._context)
        self.forms: dict[str, ComposeForm] = {
            "news": self.news,
            "text": text,
            "image": ImageForm(self._context, thumbnails),
            "voice": VoiceForm(self._context, thumbnails),
            "video": VideoForm(self._context, thumbnails),
        }
        for kind, form in self.forms.items():
            form.changed.connect(lambda kind=kind: self._form_changed(kind))
            form.shown_changed.connect(lambda kind=kind: self._form_shown_changed(kind))
            form.library_wanted.connect(self.choose_wanted)

    def _connect_what_is_seen(self) -> None:
        self.tabs.changed.connect(self._kind_changed)
        self.panel.fix_wanted.connect(lambda key: self.form().focus_check(key))
        self._actions.look_wanted.connect(self.news.show_preview)
        self._actions.turn_wanted.connect(self.toggle_phone)
        self._actions.preview_wanted.connect(self.preview_wanted)
        self._actions.next_wanted.connect(self.go_next)

    def _connect_drafts_and_checks(self) -> None:
        self.desk.replaced.connect(self._news_replaced)
        self.news.save_wanted.connect(self.save)
        self._keeper.loaded.connect(self._show_drafts)
        self._keeper.saved.connect(self._actions.saved.show_saved)
        self._keeper.failed.connect(self._actions.saved.show_failed)
        self._checks.found.connect(self._show_checks)
        self._checks.failed.connect(self._say_failed)
        self._checks.answered.connect(self._go_on)

    def top_actions(self) -> list[QWidget]:
        """Saved, phone preview of articles, test preview, next step."""
        return self._actions.widgets()

    # What the window asks

    @property
    def account_id(self) -> int:
        """The account shown, 0 before the first."""
        return self._account.id if self._account is not None else 0

    @property
    def ready(self) -> bool:
        """Whether its drafts are in the forms."""
        return self._frame.ready

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
        self._side.set_account(account)
        if same:
            self.desk.set_account(account)
            self.news.set_account(account)
            self._checks.run()
            return
        self._frame.set_ready(False)  # until its drafts are read: nothing typed may be overwritten by them
        self._actions.saved.clear_text()
        self._keeper.open(account.id, tuple(self.forms))
        self.desk.set_account(account)
        for form in self.forms.values():
            form.set_account(account)

    def focus_first(self) -> None:
        """Put the keyboard into the form in front, as soon as it is there."""
        self._focus_asked = not self._frame.ready
        self.form().focus_first()

    def ready_problem(self) -> str:
        """Why the next step has to wait, as a sentence; "" if it need not."""
        if not self._frame.ready:
            return self.tr("草稿还在读取，稍等一下")
        if problem := self.form().problem():
            return problem
        red = self._panel().first_red() if self._checks.up_to_date else None
        if red is None:
            return ""
        return self.news.panel.sentence(red) if self.kind() == "news" else check_words(red)

    def go_next(self) -> None:
        """Go to the audience if nothing red is left; asks for the newest findings first."""
        if problem := self.form().problem():
            shell(self).toast(problem, "warning", "amber")
            self.form().focus_first()
            return
        self._checks.ask()

    def choose_files(self) -> None:
        """Ctrl U: choose files for the form in front; the text form has none, so pictures are meant."""
        if self.kind() == "text":
            self.show_kind("image")
        self.form().choose_files()

    def toggle_phone(self) -> None:
        """Ctrl P: articles beside their phone, or beside their settings."""
        if self.kind() == "news":
            self._actions.show_look(not self.news.previewing)

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
        self._checks.run()

    def library_changed(self) -> None:
        """Something was renewed, kept for good or deleted in 素材库: forms and checks say what is true now."""
        for form in self.forms.values():
            form.look_again()
        self._checks.content_changed()
        self._checks.soon()

    # Files

    def take_mime(self, mime: QMimeData | None) -> bool:
        """Take pasted or dropped files; False if there is nothing for this page."""
        return self.files.take_mime(mime)

    def take_files(self, paths: list[str]) -> None:
        """Take files into the kind of message they fit."""
        self.files.take(Payload(tuple(paths)))

    def use_media(self, kind: str, files: list[MediaFile]) -> None:
        """Files of the library: into a message of their kind, pictures also (``news``) into the article in front."""
        self.files.take_media(kind, files)

    def drop_targets(self, payload: Payload) -> list[DropTarget]:
        """The targets of the overlay over this page, and over pages without targets of their own."""
        return self.files.targets(payload)

    # Changes

    def _kind_changed(self, kind: str) -> None:
        self._frame.show_kind(kind)
        self._fit_actions()
        self._last_kind = kind
        if kind != self._context.settings.current.last_kind:
            self._context.tasks.start("work", self._keep_kind)
        self._checks.content_changed()
        self._show_message()
        self._checks.run()

    def _keep_kind(self, job: Job) -> None:
        """Remember the kind in front; the tasks of two quick changes may swap, so the last look decides."""
        kept = ""
        while kept != self._last_kind:
            kept = self._last_kind
            self._context.settings.change(last_kind=kept)

    def _form_changed(self, kind: str) -> None:
        if not self._frame.ready:
            return
        self._keeper.touch(kind)
        self._actions.saved.show_saving()
        if kind == self.kind():
            self._checks.content_changed()
            self._show_message()
            self._checks.soon()

    def _form_shown_changed(self, kind: str) -> None:
        if kind == self.kind():
            self._show_message()
            self._checks.soon()

    def _show_drafts(self, drafts: dict[str, KeptDraft]) -> None:
        for kind, draft in drafts.items():
            self.forms[kind].show_draft(draft)
        self._frame.set_ready(True)
        if self._focus_asked:
            self.focus_first()
        self._checks.content_changed()
        self._show_message()
        self._checks.run()
        self.drafts_shown.emit()

    def _news_replaced(self) -> None:
        self._checks.content_changed()
        self._checks.run()

    def _replace(self, kind: str, draft: KeptDraft) -> None:
        self.forms[kind].show_draft(draft)
        self._form_changed(kind)

    def _show_message(self) -> None:
        self.phone.show_message(self.form().message(), self._context.now())

    # Checks

    def _panel(self) -> ChecksPanel | NewsChecks:
        return self.news.panel if self.kind() == "news" else self.panel

    def _question(self) -> Question | None:
        """What is to be checked; nothing while the drafts are read."""
        if self._account is None or not self._frame.ready:
            return None
        return self._account, self.kind(), self.content()

    def _show_checks(self, kind: str, checks: Any) -> None:
        self._panel().show_checks(kind, (*self.form().findings(), *checks))
        if kind == "news":
            self.news.show_health(checks)

    def _say_failed(self, error: AppError) -> None:
        shell(self).toast(words(error).line, "warning", "red")

    def _go_on(self) -> None:
        """The findings that the next step waited for are there."""
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

    def _wide(self) -> bool:
        return self.width() / theme.current().text_scale >= WIDE

    def _fit_actions(self) -> None:
        self._actions.fit(articles=self.kind() == "news", wide=self._wide())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._frame.set_wide(self._wide())
        self._fit_actions()
