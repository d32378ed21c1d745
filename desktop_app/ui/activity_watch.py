"""ActivityWatch: what the activity bar says of the work under way, and the number at 群发记录."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from desktop_app.job import Job
from desktop_app.store.accounts import Account
from desktop_app.ui.context import Context
from desktop_app.ui.frame import Frame
from desktop_app.ui.media_progress import MediaProgress
from desktop_app.ui.upload_desk import UploadDesk

SOON_MS = 50


class ActivityWatch(QObject):
    """Looks when tasks begin or end, and when a send has moved on."""

    def __init__(
        self,
        context: Context,
        frame: Frame,
        uploads: UploadDesk,
        batches: MediaProgress,
        account: Callable[[], Account | None],
    ) -> None:
        super().__init__(frame)
        self._context, self._frame, self._account = context, frame, account
        self._uploads, self._batches = uploads, batches
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)  # tasks change in swarms
        self._soon.timeout.connect(self._show)
        context.tasks.changed.connect(self._show_soon)
        context.outbox.row_changed.connect(self._row_changed)

    def _show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _show(self) -> None:
        tasks, bar = self._context.tasks, self._frame.activity
        if tasks.running("send"):
            bar.show_task(self.tr("正在和微信说话"))
        elif not self._uploads.busy and (batch := self._batches.doing()):
            bar.show_task(*batch)
        elif self._uploads.show_activity():
            pass
        elif uploads := tasks.running("upload"):
            bar.show_task(self.tr("正在上传 {n} 个文件").format(n=uploads))
        else:
            bar.show_idle()

    def _row_changed(self, send_id: int) -> None:
        self._show()
        account = self._account()
        if account is None:
            return

        def ask(job: Job) -> int:
            return self._context.profile.outbox.counts(account.id)["attention"]

        rail = self._frame.rail
        self._context.tasks.start("work", ask, owner=self, on_done=lambda n: rail.set_badge("history", n))
