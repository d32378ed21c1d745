"""What is said at the start: what became of the profile, and what WeChat throws away within a day."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.store.accounts import Account
from desktop_app.ui.context import Context
from desktop_app.ui.error_box import words
from desktop_app.ui.media_choices import renewable
from desktop_app.ui.units import count_text

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem
    from desktop_app.ui.main_window import MainWindow

KEY = "profile"


class ProfileNotices(QObject):
    """Says at the start what became of the profile, and later when it cannot be written."""

    def __init__(self, context: Context, window: MainWindow) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        context.outbox.failed.connect(self._failed)
        self._say_restored()

    def _say_restored(self) -> None:
        """A damaged database was replaced, or the profile was copied: nothing queued leaves by itself."""
        restored = self._context.profile.restored_from
        look = (self.tr("看群发记录"), lambda: self._window.show_page("history"))
        known = (self.tr("知道了"), lambda: self._window.banner.clear(KEY))
        if restored is not None:
            if restored.taken_at is None:
                text = self.tr("没有可用的备份，记录和草稿是空的。损坏的文件留在数据文件夹里。")
            else:
                when = time.strftime("%m-%d %H:%M", time.localtime(restored.taken_at))
                text = self.tr("已恢复到 {when} 的备份，之后写的不在里面。排队的群发都停住等你确认。").format(
                    when=when
                )
            title = self.tr("数据文件损坏过。")
            self._window.banner.show_message(KEY, "red", "warning", title, text, actions=[look, known])
        elif self._context.profile.marker_changed:
            title = self.tr("这份数据换了地方。")
            text = self.tr("可能拷自另一台电脑，排队的群发都停住等你确认，不会自动发出。")
            self._window.banner.show_message(KEY, "amber", "warning", title, text, actions=[look, known])

    def _failed(self, error: AppError | None) -> None:
        """The ledger cannot be written (a full disk …): nothing is sent until it can."""
        if error is None:
            return
        said = words(error)
        known = (self.tr("知道了"), lambda: self._window.banner.clear(KEY))
        self._window.banner.show_message(
            KEY, "red", "warning", said.title + "。", said.advice, code=said.code, actions=[known]
        )


class ExpiryNotice(QObject):
    """Once for each account that is shown after a start: what WeChat throws away within a day can be renewed.

    Only a toast: a send that needs one of them renews it by itself.
    """

    def __init__(self, context: Context, window: MainWindow) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._asked: set[int] = set()

    def use(self, account: Account) -> None:
        """This account is shown now."""
        if account.id in self._asked:
            return
        self._asked.add(account.id)
        library = self._context.profile.library

        def read(job: Job) -> list[LibraryItem]:
            return [item for item in library.items(account.id, expiring=True) if renewable(item)]

        self._context.tasks.start("work", read, owner=self, on_done=lambda found: self._say(account.id, found))

    def _say(self, account_id: int, found: Sequence[LibraryItem]) -> None:
        shown = self._window.account
        if shown is None or shown.id != account_id:
            self._asked.discard(account_id)  # said when it comes back
        elif found:
            text = self.tr("{n} 个素材将在 24 小时内过期").format(n=count_text(len(found)))
            renew = (self.tr("全部续期"), lambda: self._window.media.orders.renew(account_id, found))
            self._window.toast(text, "clock", "amber", renew)
