"""The work behind the buttons of 素材库: renew, make permanent, fetch, delete; in tasks, with words at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop_app.errors import AppError, SecretNeeded
from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import critical_dialog
from desktop_app.ui.error_box import show_error, words
from desktop_app.ui.media_batch import MediaBatch, Work
from desktop_app.ui.media_words import uses_text
from desktop_app.ui.units import count_text
from desktop_app.ui.window import shell

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem, Use

USES_LOOKED_UP = 200
"""Of more items than these nobody reads where each of them is used."""


class MediaActions(QObject):
    """Every method returns at once. What has become of an item is told by signals that name its account."""

    busy = Signal(int, str, object)
    """Account, key, and how far it is (0 to 1), or None when the work on the item has ended."""
    changed_item = Signal(int, str, object)
    """Account, key, and the LibraryItem as it is now; it may have another key than before."""
    changed = Signal(int)
    """Read this account's list again."""
    began = Signal(object)
    """A MediaBatch: the same is being done with several items."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self._spoken_for: set[tuple[int, str]] = set()  # account and key of what is worked on, or waits for it

    def idle(self, account_id: int, item: LibraryItem) -> bool:
        """Whether nothing goes on with an item, and nothing is to be done with it."""
        return (account_id, item.key) not in self._spoken_for

    # 续 3 天, 转永久

    def renew(self, account_id: int, items: Sequence[LibraryItem]) -> None:
        """Send the local originals up again."""

        def said(n: int) -> str:
            if len(items) == 1:
                return self.tr("「{name}」又能用 3 天").format(name=items[0].name)
            return self.tr("{n} 个素材又能用 3 天").format(n=count_text(n))

        work = Work("upload", self._context.profile.library.renew, self.tr("正在续期"), said)
        self._each(account_id, items, work)

    def make_permanent(self, account_id: int, items: Sequence[LibraryItem]) -> None:
        """Send the local originals up as permanent media."""

        def said(n: int) -> str:
            if len(items) == 1:
                return self.tr("「{name}」已是永久素材").format(name=items[0].name)
            return self.tr("{n} 个素材已是永久素材").format(n=count_text(n))

        work = Work("upload", self._context.profile.library.make_permanent, self.tr("正在转永久"), said)
        self._each(account_id, items, work)

    # Deleting

    def ask_delete(self, account_id: int, items: Sequence[LibraryItem]) -> None:
        """Say what deleting does, then do it."""
        library = self._context.profile.library

        def look(job: Job) -> list[Use]:
            found: dict[tuple[str, int, str], Use] = {}
            for item in items[:USES_LOOKED_UP]:
                job.check()
                found |= {(use.where, use.id, use.kind): use for use in library.uses(account_id, item.key)}
            return list(found.values())

        if items:
            self._context.tasks.start(
                "work",
                look,
                owner=self,
                on_done=lambda uses: self._open_question(account_id, items, uses),
                on_error=self._say,
            )

    def _open_question(self, account_id: int, items: Sequence[LibraryItem], uses: Sequence[Use]) -> None:
        n = count_text(len(items))
        if len(items) == 1:
            title = self.tr("删除「{name}」？").format(name=items[0].name)
        else:
            title = self.tr("删除这 {n} 个素材？").format(n=n)
        written = any(use.where in ("draft", "article") for use in uses)
        used = uses_text(uses) or self.tr("这台电脑上的稿件和记录都没有用到")
        again = self.tr("稿件里的文件还在，打开或发送时重新上传。") if written else ""
        if len(items) > USES_LOOKED_UP:
            used = self.tr("只查了前 {n} 个：{used}").format(n=USES_LOOKED_UP, used=used)
        critical_dialog(
            self._page.window(),
            "delete",
            "red",
            title,
            f"{used}。{again}\n{self._what_happens(items)}",
            [],
            [
                (self.tr("保留"), "plain", None),
                (self.tr("删除"), "delete", lambda: self._delete(account_id, items)),
            ],
        ).open()

    def _what_happens(self, items: Sequence[LibraryItem]) -> str:
        """Only what is known: WeChat says that deleting is final, not what becomes of pages that show the file."""
        permanent = [item for item in items if item.permanent and item.media_id]
        temporary = [item for item in items if not item.permanent]
        body = [item for item in items if item.permanent and not item.media_id]
        mixed = len([group for group in (permanent, temporary, body) if group]) > 1
        said = []
        if permanent:
            lead = self.tr("{n} 个永久素材：").format(n=count_text(len(permanent))) if mixed else ""
            said.append(lead + self.tr("微信素材库里也会删掉，不能恢复。"))
            if any(item.kind == "image" for item in permanent):
                said[-1] += self.tr("已发出的图文里用到的图片可能打不开。")
        if temporary:
            lead = self.tr("{n} 个临时素材：").format(n=count_text(len(temporary))) if mixed else ""
            said.append(lead + self.tr("只从这台电脑的列表里拿掉，微信到期自动清除。"))
        if body:
            lead = self.tr("{n} 张正文图片：").format(n=count_text(len(body))) if mixed else ""
            said.append(lead + self.tr("只从这台电脑的列表里拿掉，微信那边的图片接口删不了。"))
        return "\n".join(said)

    def _delete(self, account_id: int, items: Sequence[LibraryItem]) -> None:
        def said(n: int) -> str:
            if len(items) == 1:
                return self.tr("已删除「{name}」").format(name=items[0].name)
            return self.tr("已删除 {n} 个素材").format(n=count_text(n))

        self._each(account_id, items, Work("work", self._context.profile.library.delete, self.tr("正在删除"), said))

    # Using

    def copy_ids(self, items: Sequence[LibraryItem]) -> None:
        """Put the media_ids on the clipboard, one a line."""
        QGuiApplication.clipboard().setText("\n".join(item.media_id for item in items))
        n = len(items)
        text = self.tr("已复制 media_id") if n == 1 else self.tr("已复制 {n} 个 media_id").format(n=count_text(n))
        shell(self._page).toast(text, "copy", "plain")

    def bring(self, account_id: int, items: Sequence[LibraryItem], then: Callable[[list[MediaFile]], object]) -> None:
        """Have the files here, fetched from WeChat where they are only there, and hand them over in their order."""
        library, missing = self._context.profile.library, [item for item in items if item.path is None]
        fetched = {(account_id, item.key) for item in missing}

        def fetch(job: Job) -> list[MediaFile]:
            return [library.bring(account_id, item.key, job.quiet()) for item in items]

        def ended() -> None:
            self._spoken_for -= fetched
            for item in missing:
                self.busy.emit(account_id, item.key, None)

        def done(files: list[MediaFile]) -> None:
            ended()
            then(files)
            if missing:
                self.changed.emit(account_id)

        def failed(error: AppError) -> None:
            ended()
            self._say(error)

        self._spoken_for |= fetched
        for item in missing:
            self.busy.emit(account_id, item.key, 0.0)
        if missing:
            shell(self._page).toast(self.tr("正在从微信取回原文件"), "download", "blue")
        self._context.tasks.start("work", fetch, owner=self, on_done=done, on_error=failed)

    # The same for many

    def _each(self, account_id: int, items: Sequence[LibraryItem], work: Work) -> None:
        batch = MediaBatch(self._context.tasks, account_id, items, work, self)
        ordered = {(account_id, item.key) for item in items}
        self._spoken_for |= ordered
        batch.busy.connect(lambda key, fraction: self.busy.emit(account_id, key, fraction))
        batch.item_done.connect(lambda key, item: self.changed_item.emit(account_id, key, item))
        batch.ended.connect(lambda: self._spoken_for.difference_update(ordered))
        batch.ended.connect(lambda: self._end(batch))
        self.began.emit(batch)
        batch.start()

    def _end(self, batch: MediaBatch) -> None:
        self.changed.emit(batch.account_id)
        if batch.total == 1 and batch.errors:
            self._say(batch.errors[0])
        elif batch.errors:
            shell(self._page).toast(batch.result_text(), "warning", "red")
        elif batch.untouched:
            shell(self._page).toast(batch.result_text(), "info", "plain")
        else:
            shell(self._page).toast(batch.result_text())
        batch.deleteLater()

    def _say(self, error: AppError) -> None:
        if isinstance(error, SecretNeeded):
            ask = (self.tr("输入 AppSecret"), lambda: shell(self._page).ask_secret(error.account_id))
            shell(self._page).toast(words(error).title, "key", "amber", ask)
        else:
            show_error(self._page, error)
