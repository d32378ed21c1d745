"""SendWay: from compose over audience to the last look, and on to the table once it is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.context import Context
from desktop_app.ui.preview_dialog import PreviewDialog
from desktop_app.ui.send_dialog import SendDialog

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


class SendWay(QObject):
    """The three steps of a send, as the stepper, the buttons and the keys walk them."""

    def __init__(self, context: Context, window: MainWindow) -> None:
        super().__init__(window)
        self._context, self._window = context, window

    def go_to_step(self, step: int) -> None:
        """A click on the stepper."""
        if step == 0:
            self._window.show_page("send")
        elif step == 1:
            self.show_audience()
        else:
            self.open_review()

    def next_step(self) -> None:
        """Ctrl Enter: never sends."""
        if not self._window.shows_pages:
            return
        if self._window.page_name == "send":
            self._window.compose.go_next()
        elif self._window.page_name == "audience":
            self._window.audience.go_next()

    def show_audience(self) -> None:
        """On to who gets it, if the message is ready."""
        if problem := self._window.compose.ready_problem():
            self._window.toast(problem, "warning", "amber")
        else:
            self._window.show_page("audience")

    def open_preview(self) -> None:
        """Send a test of what is composed to a few people."""
        window = self._window
        if window.account is None or window.page_name not in ("send", "audience"):
            return
        if problem := window.compose.ready_problem():
            window.toast(problem, "warning", "amber")
            return
        compose = window.compose
        PreviewDialog(self._context, window, window.account, compose.kind(), compose.latest_content()).open()

    def open_review(self) -> None:
        """The last look: content, audience, quota, the typed confirmation."""
        window, compose = self._window, self._window.compose
        choice = window.audience.choice()
        problem = compose.ready_problem()
        if window.account is None or choice is None or problem or window.sheet():
            if problem:
                window.show_page("send")
                window.toast(problem, "warning", "amber")
            return
        dialog = SendDialog(self._context, window, window.account, compose.kind(), compose.latest_content(), choice)
        dialog.queued.connect(self._queued)
        window.top.stepper.set_current(2)
        dialog.finished.connect(lambda: window.top.show_page(window.audience, "", 1))
        dialog.open()

    def _queued(self, send_id: int) -> None:
        self._context.outbox.wake()
        self._window.compose.sent()
        self._window.audience.forget_choice()
        self._window.show_page("history")
        self._window.history.show_send(send_id)
