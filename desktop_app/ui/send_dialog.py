"""Last look: content, audience, quota, explicit confirmation, countdown; then the send is queued, once."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.services.audience import Choice
from desktop_app.store.accounts import Account
from desktop_app.ui.context import Context
from desktop_app.ui.countdown import CountdownSheet
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.error_box import words
from desktop_app.ui.message_preview import MessagePreview
from desktop_app.ui.preview_dialog import PreviewDialog
from desktop_app.ui.quota_change import spent
from desktop_app.ui.quota_dialog import QuotaDialog
from desktop_app.ui.send_confirm import ConfirmFooter
from desktop_app.ui.send_review import Review, ReviewRows, gather
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import Surface, hbox, label, scroll, vbox
from desktop_app.workers.tasks import Task

WIDTH, HEIGHT = 920, 688
LEFT_WIDTH = 320


class SendDialog(Sheet):
    """Opens over the audience page. ``queued`` comes once, when the send is in the ledger; then it closes.

    Everything that WeChat needs is uploaded before the button works. Between the confirmation and the end of the
    countdown nothing is written; the send is written in one transaction on the account's lane.
    """

    queued = Signal(int)
    """The id of the send."""

    def __init__(
        self,
        context: Context,
        window: QWidget,
        account: Account,
        kind: str,
        content: dict[str, Any],
        choice: Choice,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window, WIDTH, HEIGHT, self.tr("确认发送"))
        self._context, self._account, self._kind = context, account, kind
        self._content, self._choice, self._clock = copy.deepcopy(content), choice, clock
        self._review: Review | None = None
        self._messages: tuple[dict[str, Any], ...] = ()  # one for each batch, once all of it is at WeChat
        self._upload: Task | None = None
        self._queueing = False
        self.countdown: CountdownSheet | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        settings = self._context.settings.current
        self.setObjectName("send")
        self.rows = ReviewRows(self._account, self._kind, self._choice, settings.countdown_s)
        self.phone = MessagePreview(self._account, Thumbnails.shared(self._context.tasks))
        title = label(self.tr("粉丝会收到"), "caption", "text.2")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        left = Surface("chat.ground")
        left.setFixedWidth(LEFT_WIDTH)
        phone = hbox(None, self.phone, None)
        phone.setStretch(1, 100)
        column = vbox(title, phone, spacing=12, margins=(16, 16, 16, 16))
        column.setStretch(1, 1)
        left.setLayout(column)
        body = hbox(left, scroll(self.rows, "send.scroll"), spacing=0)
        body.setStretch(1, 1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(body)
        self.footer = ConfirmFooter(
            self._kind,
            self._account.name,
            self._choice.name,
            self._choice.people,
            rehearsal=self._account.is_sandbox,
            by_hold=settings.confirm_by == "hold",
        )
        self.set_footer(self.footer)

    def _connect(self) -> None:
        self.footer.confirmed.connect(self._count_down)
        self.rows.retry_wanted.connect(self._prepare)
        self.rows.preview_wanted.connect(self._open_preview)
        self.rows.quota_wanted.connect(self._correct_quota)

    def open(self) -> None:
        """Show it, gather what it says, and upload what is missing."""
        super().open()
        self._gather(first=True)
        self._prepare()

    # --- what it knows ------------------------------------------------------------------------------------------

    def _gather(self, first: bool = False) -> None:
        profile = self._context.profile
        self._context.tasks.start(
            "work",
            lambda job: gather(profile, self._account, self._kind, self._content, job),
            owner=self,
            on_done=lambda review: self._show_review(review, first),
            on_error=self._show_failure,
        )

    def _show_review(self, review: Review, first: bool) -> None:
        self.rows.show_review(review, self._context.settings.current.preview_required)
        self.phone.show_content(self._kind, self._content, review.files, self._context.now())
        if spent(self._account, self._choice, review.quota):
            month = review.quota.period == "month"
            self.rows.show_problem(
                self.tr("本月的次数用完了") if month else self.tr("今天的次数用完了"),
                self.tr("按本机记录。如果和公众平台上的不一样，可以更正"),
                self.tr("更正次数"),
            )
        else:
            self.rows.show_problem("")
        self._review = review
        self._show_ready()
        if first:
            self._focus_where_it_begins()

    def _focus_where_it_begins(self) -> None:
        """On the test preview if it is missing, else on the number."""
        missing = self._review is not None and self._review.preview_state != "fresh"
        self._take_focus(self.rows.preview.fix if missing else self.footer.field)

    @staticmethod
    def _take_focus(widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _obstacle(self) -> str:
        """Why it cannot be sent yet; empty when it can."""
        review = self._review
        if review is None:
            return self.tr("正在检查")
        if any(check.level == "red" for check in review.checks):
            return self.tr("先处理标红的检查项")
        if self._context.settings.current.preview_required and review.preview_state != "fresh":
            return self.tr("设置里要求先发预览")
        if spent(self._account, self._choice, review.quota):
            return self.tr("次数用完了")
        return "" if self._messages else self.tr("素材还没有上传好")

    def _show_ready(self) -> None:
        obstacle = self._obstacle()
        self.footer.set_ready(not obstacle and not self._queueing, obstacle)

    # --- uploading ----------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        if self._upload is not None and self._upload.running:
            return
        profile, account_id = self._context.profile, self._account.id
        kind, content, audience = self._kind, self._content, self._choice.audience()
        self._messages = ()
        self.rows.show_upload()
        self._show_ready()
        self._upload = self._context.tasks.start(
            "upload",
            lambda job: profile.composing.prepare_batches(
                account_id, kind, content, profile.sending.batches(audience), job
            ),
            owner=self,
            on_done=self._prepared,
            on_error=self._not_prepared,
            on_progress=self.rows.show_upload,
        )

    def _prepared(self, messages: tuple[dict[str, Any], ...]) -> None:
        self._messages = messages
        self.rows.show_uploaded()
        self._show_ready()

    def _not_prepared(self, error: AppError) -> None:
        self.rows.show_upload_failed(error)
        self._show_ready()

    # --- the two other sheets -----------------------------------------------------------------------------------

    def _open_preview(self) -> None:
        dialog = PreviewDialog(self._context, self.parent_window, self._account, self._kind, self._content)
        dialog.sent.connect(lambda _: self._gather())
        dialog.finished.connect(lambda _: self._take_focus(self.footer.field))
        dialog.open()

    def _correct_quota(self) -> None:
        dialog = QuotaDialog(self._context, self.parent_window, self._account)
        dialog.corrected.connect(self._gather)
        dialog.open()

    # --- sending ------------------------------------------------------------------------------------------------

    def _count_down(self) -> None:
        if self._obstacle() or self.countdown is not None or self._queueing:
            self.footer.unlock()
            return
        people = self._choice.people
        who = self._choice.name if people is None else self.tr("{n} 人").format(n=count_text(people))
        title = self._review.title if self._review else ""
        self.countdown = CountdownSheet(
            self.parent_window,
            self._context.settings.current.countdown_s,
            f"「{title}」",
            who,
            self._account.name,
            rehearsal=self._account.is_sandbox,
            clock=self._clock,
        )
        self.countdown.cancelled.connect(self._cancelled)
        self.countdown.ended.connect(self._queue)
        self.scrim.hide()
        self.countdown.begin()

    def _back_to_review(self) -> None:
        self.countdown = None
        self.scrim.show()
        self.scrim.raise_()
        self.footer.unlock()
        self._take_focus(self.footer.field if self.footer.field.isVisible() else self.footer.button)

    def _cancelled(self) -> None:
        self._back_to_review()

    def _queue(self) -> None:
        """The seconds are over: write the send down. Only now anything is stored."""
        messages, review, choice = self._messages, self._review, self._choice
        if not messages or review is None:
            raise RuntimeError("the countdown ended before the message was ready")
        self._queueing = True
        self._show_ready()
        profile, account_id = self._context.profile, self._account.id
        reprint = int(self.rows.reprint.isChecked()) if self._kind == "news" else None

        def queue(job: Job) -> int:
            return profile.sending.queue(
                messages,
                choice.audience(),
                account_id=account_id,
                send_ignore_reprint=reprint,
                kind=self._kind,
                title=review.title,
                content=self._content,
                content_hash=review.content_hash,
                audience_name=choice.name,
                people=choice.people,
            )

        # Not in the account's lane "send", where the delivery may be uploading for minutes.
        self._context.tasks.start("work", queue, owner=self, on_done=self._queued, on_error=self._not_queued)

    def _queued(self, send_id: int) -> None:
        self.countdown = None
        profile, account_id, choice = self._context.profile, self._account.id, self._choice
        self._context.tasks.start("work", lambda job: profile.audiences.remember(account_id, choice))
        self.accept()
        self.queued.emit(send_id)

    def _not_queued(self, error: AppError) -> None:
        self._queueing = False
        self._back_to_review()
        self._show_failure(error)
        self._show_ready()

    def _show_failure(self, error: AppError) -> None:
        said = words(error)
        remark = " · ".join(part for part in (said.advice, said.code) if part)
        self.rows.show_problem(said.title, remark, self.tr("更正次数") if error.code == "quota.spent" else "")

    # --- closing ------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Back to the audience page; not while the send is being written down."""
        if self._queueing:
            return
        if self._upload is not None:
            self._upload.cancel()
        if messages := self._messages:
            composing, account_id = self._context.profile.composing, self._account.id
            self._context.tasks.start("work", lambda job: composing.discard(account_id, messages))
        super().reject()
