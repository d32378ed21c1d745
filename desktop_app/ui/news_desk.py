"""What goes on around the 图文 form: its entry in 图文草稿, opening others, the copy in WeChat's draft box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_app.article.contents import is_blank, new_article
from desktop_app.errors import AppError, StoreError
from desktop_app.job import Job
from desktop_app.services.articles import SavedCopy
from desktop_app.store.accounts import Account
from desktop_app.store.articles import ArticleDraft
from desktop_app.ui.changes_dialog import ChangesDialog
from desktop_app.ui.context import Context
from desktop_app.ui.draft_keeper import DraftKeeper, KeptDraft
from desktop_app.ui.error_box import words
from desktop_app.ui.news_form import NewsForm
from desktop_app.ui.wechat_draft_dialog import WechatDraftDialog
from desktop_app.ui.window import shell


class NewsDesk(QObject):
    """The form shows one message; this keeps it among the drafts and changes it for another."""

    drafts_wanted = Signal()
    replaced = Signal()
    """Another message is in the form."""

    def __init__(self, context: Context, form: NewsForm, keeper: DraftKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._form, self._keeper = context, form, keeper
        self._account: Account | None = None
        self._entering = False
        form.changed.connect(self._enter)
        form.drafts_wanted.connect(self.drafts_wanted)
        form.new_wanted.connect(self.new_message)
        form.save_to_wechat_wanted.connect(lambda: self.save_to_wechat())
        form.changes_wanted.connect(self.show_changes)

    def set_account(self, account: Account) -> None:
        """Whose articles these are."""
        self._account = account

    # 图文草稿

    def _enter(self) -> None:
        """The first word makes a message an entry of 图文草稿; from then on it is saved there."""
        form, account = self._form, self._account
        if form.draft_id is not None or self._entering or account is None:
            return
        content = form.content()
        if is_blank(content):
            return
        self._entering = True
        number, articles, account_id = form.number, self._context.profile.articles, account.id

        def entered(draft: ArticleDraft) -> None:
            self._entering = False
            if form.number == number:
                form.keep_in_drafts(draft.id)
                self._keeper.touch("news")

        def failed(error: AppError) -> None:
            self._entering = False  # the next change tries again; the text is in the draft of the form

        self._context.tasks.start(
            "work", lambda job: articles.save(account_id, content), owner=self, on_done=entered, on_error=failed
        )

    def open_draft(self, draft_id: int) -> None:
        """Write on at an entry of 图文草稿; what is in the form now stays in its own."""
        articles = self._context.profile.articles
        self._leave(lambda job: articles.load(draft_id))

    def draft_changed(self, draft_id: int) -> None:
        """The list restored a version or threw the draft away: show what it is now, or nothing."""
        if draft_id != self._form.draft_id:
            return
        profile = self._context.profile

        def read(job: Job) -> dict[str, Any]:
            if profile.articles.drafts.row(draft_id).trashed_at is not None:
                return {"articles": [new_article()], "draft_id": None}
            return profile.articles.load(draft_id)

        self._leave(read, flush=False)

    def new_message(self) -> None:
        """A message with nothing in it."""
        self._leave(lambda job: {"articles": [new_article()], "draft_id": None})

    def copy_message(self, content: dict[str, Any]) -> None:
        """A new message with the articles of an earlier one."""
        self._leave(lambda job: {"articles": content.get("articles") or [], "draft_id": None})

    def _leave(self, find: Callable[[Job], dict[str, Any]], flush: bool = True) -> None:
        """Put another message into the form. Until it is there nothing can be written that it would overwrite."""
        form = self._form
        if flush:
            form.flush()
            self._keeper.save_dirty()
        form.setEnabled(False)

        def read(job: Job) -> dict[str, Any] | AppError:
            try:
                return find(job)
            except StoreError as error:
                return error

        def show(found: dict[str, Any] | AppError) -> None:
            form.setEnabled(True)
            if isinstance(found, AppError):
                shell(form).toast(words(found).line, "warning", "red")
                return
            form.show_draft(KeptDraft(found, ()))
            self._keeper.touch("news")
            self.replaced.emit()
            if form.isVisible():
                form.focus_first()

        self._keeper.run(read, show)

    # 存到公众号草稿箱

    def save_to_wechat(self, draft_id: int | None = None) -> None:
        """One way: make the copy in WeChat's draft box, or bring the one made before up to date."""
        account = self._account
        if account is None:
            return
        if draft_id is None or draft_id == self._form.draft_id:
            self._form.flush()
            content: dict[str, Any] | None = self._form.content()
            if content is not None and is_blank(content):
                shell(self._form).toast(self._form.tr("先写点内容，再存到公众号草稿箱"), "info", "amber")
                return
        else:
            content = None
        articles, number = self._context.profile.articles, self._form.number

        def save(job: Job) -> tuple[int, SavedCopy]:
            kept = articles.save(account.id, content).id if content is not None else draft_id
            assert kept is not None
            return kept, articles.save_to_wechat_drafts(account.id, kept, job)

        def saved(found: tuple[int, SavedCopy]) -> None:
            kept, copy = found
            if content is not None and self._form.number == number and self._form.draft_id is None:
                self._form.keep_in_drafts(kept)
                self._keeper.touch("news")
            WechatDraftDialog(self._form.window(), account, copy).open()

        def failed(error: AppError) -> None:
            said = words(error)
            text = f"{said.line} · {said.code}" if said.code else said.line
            shell(self._form).toast(text, "warning", "red")

        shell(self._form).toast(self._form.tr("正在存到公众号草稿箱"), "upload", "blue")
        self._context.tasks.start("upload", save, owner=self, on_done=saved, on_error=failed)

    # 微信会改什么

    def show_changes(self) -> None:
        """What WeChat will strip or change, beside the original."""
        self._form.flush()
        html = self._form.article()["html"]
        ChangesDialog(self._context, self._form.window(), html, self._form.files.fetch).open()
