"""ComposeFiles: files on their way into the compose page: pasted, dropped, chosen in 素材库; each to its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject

from desktop_app.store.caches import MediaFile
from desktop_app.ui.compose_drops import Take, best_kind, make_targets
from desktop_app.ui.compose_form import ComposeForm, FileForm
from desktop_app.ui.draft_keeper import DraftKeeper
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.drop_words import page_sentence
from desktop_app.ui.file_intake import FileIntake
from desktop_app.ui.news_drops import news_targets
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import Transfer

if TYPE_CHECKING:
    from desktop_app.ui.compose_page import ComposePage


class ComposeFiles(QObject):
    """Brings the right form of ``page`` to the front and hands it the files."""

    def __init__(self, page: ComposePage, keeper: DraftKeeper) -> None:
        super().__init__(page)
        self._page, self._keeper = page, keeper
        self._early: list[tuple[int, Callable[[], None]]] = []  # for an account whose drafts are not there yet
        page.drafts_shown.connect(self._take_early)
        for form in page.forms.values():
            self._listen(form)

    def _listen(self, form: ComposeForm) -> None:
        form.move_wanted.connect(lambda kind, payload: self.take(payload, kind))
        if isinstance(form, FileForm):
            form.intake.left_behind.connect(partial(self._keep_with_its_account, form.intake))

    def take_mime(self, mime: QMimeData | None) -> bool:
        """Take what was pasted or dropped; False if there is nothing for this page."""
        payload = Payload.of(mime)
        if payload.empty:
            return False
        self.take(payload)
        return True

    def take(self, payload: Payload, kind: str = "") -> None:
        """Take files into a form; without a kind into the one that fits, the form in front if it does."""
        page = self._page
        if payload.pages:
            shell(page).toast(page_sentence(), "info", "amber")
            return
        if not page.isVisible():
            shell(page).show_page("send")
        self._when_ready(partial(self._hand_over, payload, kind))

    def _hand_over(self, payload: Payload, kind: str) -> None:
        page = self._page
        if page.kind() == "news" and not kind:
            page.news.take(payload)
            return
        page.show_kind(kind or best_kind(payload, page.kind()))
        page.form().take(payload)

    def take_media(self, kind: str, files: Sequence[MediaFile]) -> None:
        """Files of the library: into a message of their kind, pictures also (``news``) into the article in front."""
        shell(self._page).show_page("send")
        self._page.show_kind(kind)
        self._when_ready(partial(self._page.forms[kind].take_media, list(files)))

    def _when_ready(self, take: Callable[[], None]) -> None:
        """The drafts of an account empty the forms that they come into: what is dropped meanwhile comes behind."""
        if self._page.ready:
            take()
        else:
            self._early.append((self._page.account_id, take))

    def _take_early(self) -> None:
        early, self._early = self._early, []
        for account_id, take in early:
            if account_id == self._page.account_id:
                take()
            else:
                self._early.append((account_id, take))

    def targets(self, payload: Payload) -> list[DropTarget]:
        """The targets of the overlay over the page, and over pages without targets of their own.

        Over those an article is offered only to what is dragged out of our own library.
        """
        page, library = self._page, self._page.library_wanted.emit
        visible = page.isVisible()
        if page.kind() == "news" and (visible or (payload.own and payload.may_be("image"))):
            targets = news_targets(payload, page.news, library)
            return targets if visible else [replace(each, take=self._shown_first(each.take)) for each in targets]
        return make_targets(payload, page.kind(), lambda kind: lambda dropped: self.take(dropped, kind), library)

    def _shown_first(self, take: Take) -> Take:
        def show_and_take(payload: Payload) -> None:
            shell(self._page).show_page("send")
            take(payload)

        return show_and_take

    def _keep_with_its_account(self, intake: FileIntake, item: Transfer, after: str) -> None:
        """A file was dropped for an account that was left before it was read: it belongs into that one's draft."""
        if file := item.to_json():
            self._keeper.add_file(item.account_id, intake.kind, file, after, lambda: intake.adopt(item, after))
