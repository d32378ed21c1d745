"""CheckLoop: checks what is written again and again, behind the window, and knows which answer is the newest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.store.accounts import Account

if TYPE_CHECKING:
    from desktop_app.services.composing import Composing
    from desktop_app.workers.tasks import Tasks

CHECK_AFTER_MS = 100

Question = tuple[Account, str, dict[str, Any]]
"""Whose message of which kind with which content is to be checked."""


class CheckLoop(QObject):
    """One check at a time; what changed while it ran is checked next, and only that answer is told.

    ``question()`` gives what is in front, or None as long as there is nothing to check.
    """

    found = Signal(str, object)
    """The kind, and the findings (a tuple of Check) about the newest content."""
    answered = Signal()
    """The newest findings are there, for whoever called ``ask``."""
    failed = Signal(object)
    """An AppError kept them from being found."""

    def __init__(
        self, tasks: Tasks, composing: Composing, question: Callable[[], Question | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tasks, self._composing, self._question = tasks, composing, question
        self._version = 0  # counts changes, so that findings of an older content are not taken for the newest
        self._checked = -1
        self._checking = self._asked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_AFTER_MS)
        self._timer.timeout.connect(self.run)

    @property
    def up_to_date(self) -> bool:
        """Whether the last findings are about the content of now."""
        return self._checked == self._version

    def content_changed(self) -> None:
        """The findings so far are about an older content; ``soon`` or ``run`` brings new ones."""
        self._version += 1

    def soon(self) -> None:
        """Check within a tenth of a second."""
        if not self._timer.isActive():  # not started anew: findings keep up with somebody who types on
            self._timer.start()

    def ask(self) -> None:
        """Check now, and say so with ``answered``."""
        self._asked = True
        self.run()

    def run(self) -> None:
        """Check now."""
        self._timer.stop()
        question = None if self._checking else self._question()
        if question is None:
            return
        self._checking = True
        account, kind, content = question
        composing, version = self._composing, self._version
        self._tasks.start(
            "work",
            lambda job: composing.checks(account, kind, content),
            owner=self,
            on_done=lambda checks: self._done(version, kind, checks),
            on_error=self._failed,
        )

    def _done(self, version: int, kind: str, checks: Any) -> None:
        self._checking = False
        if version != self._version:
            self.run()
            return
        self._checked = version
        self.found.emit(kind, checks)
        if self._asked:
            self._asked = False
            self.answered.emit()

    def _failed(self, error: object) -> None:
        self._checking = self._asked = False
        self.failed.emit(error)
