"""SyncLine: when WeChat's own library was read last, and the button that reads it now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.ui.context import Context
from desktop_app.ui.error_box import words
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.units import count_text, day_text
from desktop_app.ui.widgets import hbox, icon_button
from desktop_app.ui.window import shell

SYNC_AGAIN_S = 3600.0
"""The library at WeChat is read by itself when that was longer ago; F5 reads it always."""
LABEL_WIDTH = 280


class SyncLine(QWidget):
    """Reads it in a task, one reading of an account at a time; what it says is about the account in use."""

    done = Signal(int, object)
    """Account, and the limits (``NearLimit``) that are near: the list can be read again."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account_id = 0
        self._visited: set[int] = set()
        self._under_way: set[int] = set()
        self._problems: dict[int, AppError] = {}
        self._room = LABEL_WIDTH
        self.label = ElidedLabel("", "caption", "text.2")
        self.label.setObjectName("media.synced")
        self.label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._button = icon_button("refresh", self.tr("和微信的素材库对账"), "media.refresh", "F5")
        self._button.clicked.connect(lambda: self.sync())
        self.setLayout(hbox(self.label, self._button))

    def use_account(self, account_id: int) -> None:
        """Another account's library; nothing is known of it yet."""
        self._account_id = account_id
        self._say("")
        self._button.setEnabled(account_id not in self._under_way)

    def set_room(self, width: int) -> None:
        """How wide the words may be."""
        self._room = width
        self._fit()

    def show_time(self, synced_at: float | None) -> None:
        """When it was read last, unless there is something newer to say."""
        if self._account_id in self._under_way:
            return
        if problem := self._problems.get(self._account_id):
            self._say(self.tr("没能和微信对账：{why}").format(why=words(problem).title))
        elif synced_at is not None:
            self._say(self.tr("{time} 和微信对过账").format(time=day_text(synced_at, self._context.now())))
        else:
            self._say("")

    def visited(self) -> None:
        """Somebody looks at the account's library: at the first time it is read unless that was a moment ago."""
        account_id, library, now = self._account_id, self._context.profile.library, self._context.now
        if not account_id or account_id in self._visited:
            return
        self._visited.add(account_id)

        def is_old(job: Job) -> bool:
            at = library.counts(account_id).synced_at
            return at is None or now() - at > SYNC_AGAIN_S

        def go(old: bool) -> None:
            if old and account_id == self._account_id:
                self.sync(by_hand=False)

        self._context.tasks.start("work", is_old, owner=self, on_done=go, on_error=lambda error: None)

    def again(self) -> None:
        """WeChat can be reached again: once more if the last reading failed."""
        if self._account_id in self._problems:
            self.sync(by_hand=False)

    def sync(self, by_hand: bool = True) -> None:
        """Read it now. Not having reached WeChat takes nothing away; only who asked for it is told loudly."""
        account_id, library = self._account_id, self._context.profile.library
        if not account_id or account_id in self._under_way:
            return
        self._under_way.add(account_id)
        self._problems.pop(account_id, None)
        self._say(self.tr("正在和微信的素材库对账"))
        self._button.setEnabled(False)

        def work(job: Job) -> object:
            library.sync(account_id, job)
            return library.near_limits(account_id, job.quiet())

        def done(near: object) -> None:
            self._end(account_id)
            self.done.emit(account_id, near)

        def failed(error: AppError) -> None:
            self._problems[account_id] = error
            self._end(account_id)
            if by_hand and account_id == self._account_id:
                shell(self).toast(words(error).line, "warning", "red")

        def progress(passed: int, total: int) -> None:
            if account_id == self._account_id and total:
                text = self.tr("正在和微信的素材库对账 {done} / {total}")
                self._say(text.format(done=count_text(passed), total=count_text(total)))

        self._context.tasks.start("work", work, owner=self, on_done=done, on_error=failed, on_progress=progress)

    def _end(self, account_id: int) -> None:
        self._under_way.discard(account_id)
        if account_id == self._account_id:
            self._button.setEnabled(True)
            self.show_time(None)

    def _say(self, text: str) -> None:
        self.label.setText(text)
        self._fit()

    def _fit(self) -> None:
        self.label.setFixedWidth(min(self.label.sizeHint().width(), self._room))
