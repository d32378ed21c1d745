"""Closing: what is said when the window is closed while something is under way."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import critical_dialog
from desktop_app.ui.media_progress import MediaProgress


class Closing(QObject):
    """Asked by the window before it closes."""

    def __init__(self, context: Context, batches: MediaProgress, window: QWidget) -> None:
        super().__init__(window)
        self._tasks, self._transfers = context.tasks, context.transfers
        self._batches, self._window = batches, window
        self._leaving = False

    def may_close(self) -> bool:
        """Whether nothing is lost; otherwise a question was opened that may close the window later."""
        busy = "" if self._leaving else self._busy_text()
        if busy:
            self._ask(busy)
        return not busy

    def leave(self) -> None:
        """Close without asking, whatever is under way."""
        self._leaving = True
        self._window.close()

    def _ask(self, busy: str) -> None:
        critical_dialog(
            self._window,
            "clock",
            "amber",
            self.tr("还有事情在进行"),
            busy,
            [],
            [
                (self.tr("等它做完"), "primary", None),
                (self.tr("现在退出"), "plain", lambda: QTimer.singleShot(0, self, self.leave)),
            ],
        ).open()

    def _busy_text(self) -> str:
        if self._tasks.running("send"):
            return self.tr("正在向微信提交。现在退出，结果要等下次打开时再核对。")
        if (batch := self._batches.doing()) and not self._transfers.totals().busy:
            return self.tr("{doing}。现在退出就停下，做完的算数，其余的没有动。").format(doing=batch[0])
        if uploads := self._tasks.running("upload"):
            return self.tr("还有 {n} 个文件在上传。现在退出，下次打开时可以重新上传。").format(n=uploads)
        if mended := self._tasks.running("convert"):
            return self.tr("还有 {n} 个文件在转换。现在退出就停下，下次打开时可以再转换。").format(n=mended)
        return ""
