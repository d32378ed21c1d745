"""UploadDesk: the transfers as the window shows them: drawer, activity bar, what was not finished last time."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_app.job import Job
from desktop_app.ui.activity_bar import ActivityBar
from desktop_app.ui.context import Context
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.library_intake import save_to_library
from desktop_app.ui.units import clock_text, count_text
from desktop_app.ui.upload_drawer import UploadDrawer
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import Stage, Totals, Transfer


class UploadDesk(QObject):
    """Built by the window, which hands it its content area and activity bar."""

    def __init__(self, context: Context, content: QWidget, activity: ActivityBar) -> None:
        super().__init__(content)
        self._context, self._content, self._activity = context, content, activity
        self._desk = context.profile.media
        self._account_id = 0
        self._offered = False
        self._totals = Totals()
        self._note = ""
        self.drawer = UploadDrawer(context, content)
        self.drawer.totals_changed.connect(self._show)
        context.transfers.cut_short.connect(self._say_cut_short)
        activity.uploads_wanted.connect(self.drawer.toggle)
        activity.stop_wanted.connect(context.transfers.cancel_all)

    def set_account(self, account_id: int) -> None:
        """Files for the library go to this account."""
        self._account_id = account_id

        def read(job: Job) -> dict[int, str]:
            return {account.id: account.name for account in self._context.profile.accounts.list()}

        def show(names: dict[int, str]) -> None:
            self.drawer.show_for(self._account_id, names)

        self._context.tasks.start("work", read, owner=self, on_done=show)

    @property
    def busy(self) -> bool:
        """Whether any file is under way."""
        return self._totals.busy

    def show_activity(self) -> bool:
        """Say in the activity bar what is under way, or what was the last; False if there is nothing to say."""
        self._activity.show_problems(self._totals.problems, self._totals.stopped)
        if self._totals.busy:
            self._activity.show_uploads(self._totals)
        elif self._note:
            self._activity.show_note(self._note)
        return self._totals.busy or bool(self._note)

    def save_to_library(self, payload: Payload) -> None:
        """Take files into the library of the account, as permanent material, and show how they fare."""
        save_to_library(self._context, self._account_id, payload, self)
        self.drawer.open_drawer()

    def offer_left_over(self) -> None:
        """Once after the start, when the drafts have taken up their files again: ask about the rest."""
        if self._offered:
            return
        self._offered = True
        self._context.transfers.offer_left_over(self._ask)

    def _say_cut_short(self, count: int) -> None:
        text = self.tr("一次最多放 {n} 个文件，文件夹里其余的没有放进来").format(n=count_text(count))
        shell(self._content).toast(text, "warning", "amber")

    def _ask(self, offered: list[Transfer]) -> None:
        if not offered:
            return
        self.drawer.totals_changed.emit(self._context.transfers.totals())
        # What needs a button of its own has opened the drawer.
        stopped = [each for each in offered if each.stage == Stage.STOPPED]
        if not stopped:
            return

        def go_on() -> None:
            for transfer in stopped:
                self._context.transfers.retry(transfer)

        text = self.tr("上次有 {n} 个文件没传完").format(n=len(stopped))
        shell(self._content).toast(text, "upload", "blue", (self.tr("继续上传"), go_on))

    def _show(self, totals: Totals) -> None:
        if totals.busy:
            self._note = ""
        elif totals.done and (self._totals.busy or totals.done != self._totals.done):
            at = clock_text(self._context.now())
            self._note = self.tr("{n} 个文件已上传 {at}").format(n=totals.done, at=at)
        self._totals = totals
        if not self.show_activity():
            self._activity.show_idle()
