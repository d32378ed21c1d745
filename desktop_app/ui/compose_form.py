"""What the four message forms have in common: content in and out, files in, and the picture for the preview."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from desktop_app.job import Job
from desktop_app.media.formats import FILE_NAMES
from desktop_app.services.contents import Check
from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile
from desktop_app.ui.context import Context
from desktop_app.ui.draft_keeper import KeptDraft
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_zone import RefusalList
from desktop_app.ui.file_intake import FileIntake, Refusal
from desktop_app.ui.mending import mend
from desktop_app.ui.phone_preview import ChatMessage
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.units import left_text, size_text, translated_kind
from desktop_app.ui.widgets import button
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import GONE, MESSAGE, Stage, Transfer

FRAME_MS = 16
FEW_FILES = 4  # up to here a refresh costs less than the frame it would wait for


class ComposeForm(QWidget):
    """The form of one kind of message."""

    kind = ""
    margins = (4, 4, 4, 24)  # room for the focus ring, which a scroll area would cut

    changed = Signal()
    """The content is another one: save, check, preview."""
    shown_changed = Signal()
    """Only what is shown is another one: a picture was decoded, an upload moved on."""
    library_wanted = Signal(str)
    """Choose something of this kind in 素材库."""
    move_wanted = Signal(str, object)
    """A refused file, as a Payload, belongs into the form of this other kind."""

    def content(self) -> dict[str, Any]:
        """The message as drafts and ``Composing`` keep it."""
        raise NotImplementedError

    def show_draft(self, draft: KeptDraft) -> None:
        """Replace what is on the screen; emits nothing."""
        raise NotImplementedError

    def set_account(self, account: Account) -> None:
        """Belong to another account."""

    def message(self) -> ChatMessage:
        """The message for the phone preview."""
        raise NotImplementedError

    def take(self, payload: Payload) -> None:
        """Take dropped or pasted files."""

    def take_media(self, files: list[MediaFile]) -> None:
        """Take files of the library."""

    def choose_files(self) -> None:
        """Let the person pick files."""

    def problem(self) -> str:
        """Why the message cannot go to the next step, as far as the form itself knows; "" when it can."""
        return ""

    def findings(self) -> tuple[Check, ...]:
        """What only the form can say in 发送前检查: which of its files are not at WeChat."""
        return ()

    def retry_failed(self) -> None:
        """Upload again what did not go up."""

    def look_again(self) -> None:
        """素材库 renewed, kept or deleted something: say of these files how long WeChat keeps them now."""

    def focus_first(self) -> None:
        """Put the keyboard where the work begins."""

    def focus_check(self, key: str) -> None:
        """Put the keyboard where the finding ``key`` of the checks can be mended."""
        self.focus_first()

    def side_widget(self) -> QWidget | None:
        """What belongs below the checks, at the right."""
        return None


class FileForm(ComposeForm):
    """A form around files: they are taken in, uploaded, refused and restored here; subclasses show them."""

    def __init__(self, context: Context, kind: str, *, single: bool, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.kind = kind
        self.account_id = 0
        self.context = context
        self.thumbnails = thumbnails
        self.intake = FileIntake(context, kind, single=single, parent=self)
        self.refusals = RefusalList(kind)
        self.refusals.move_wanted.connect(self.move_wanted)
        self.intake.move_wanted.connect(self.move_wanted)
        self.refusals.fix_wanted.connect(self._mend)
        self.refusals.put_away.connect(context.transfers.remove)
        context.transfers.removed.connect(self.refusals.drop)
        self.intake.refused.connect(self._show_refusal)
        self.intake.replaced.connect(self._offer_old)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FRAME_MS)
        self._soon.timeout.connect(self._frame_over)
        self._stale = self._taking = False
        self.intake.changed.connect(self._item_changed)
        self.intake.content_changed.connect(self.changed)

    def set_account(self, account: Account) -> None:
        self.account_id = account.id
        self.intake.set_account(account.id)
        self.refusals.leave()

    def take(self, payload: Payload) -> None:
        self._taking = True  # many at once are shown once, and not in the breath that takes them
        self.intake.take(payload)
        self._taking = False
        if self._stale and len(self.intake.items) > FEW_FILES:
            self._soon.start()
        elif self._stale:
            self.refresh_soon()

    def take_media(self, files: list[MediaFile]) -> None:
        self.intake.take_media(files)

    def library_link(self, name: str) -> QPushButton:
        """「从素材库选」, for the right end of a row."""
        link = button(self.tr("从素材库选"), "link", dim="small", icon="image", name=name)
        link.clicked.connect(lambda: self.library_wanted.emit(self.kind))
        return link

    def _show_refusal(self, refusal: Refusal) -> None:
        self.refusals.add(refusal)

    def _offer_old(self, old: Transfer, new: Transfer) -> None:
        """A new file took the only place; the way back as after 移走."""
        undo = (self.tr("撤销"), lambda: self.intake.put_back(old, 0))
        shell(self).toast(self.tr("已换成「{name}」").format(name=new.name), "refresh", "plain", undo)

    def _mend(self, transfer: Transfer) -> None:
        """The button of a refused file: only a cut asks where to begin."""
        mend(self.context, self, transfer)

    def _item_changed(self, item: Transfer) -> None:
        if item.stage == Stage.MENDING:
            self.refusals.drop(item)
        if item.stage in (Stage.READING, Stage.UPLOADING, Stage.MENDING) and item.fraction:
            self.show_progress(item)  # twenty times a second and file: nothing else may move
        else:
            self.refresh_soon()

    def refresh_soon(self) -> None:
        """Show a change; with many files those that come within a frame are shown together."""
        if self._taking or (self._soon.isActive() and len(self.intake.items) > FEW_FILES):
            self._stale = True
            return
        self._soon.start()
        self._stale = False
        self.refresh()
        self.shown_changed.emit()

    def _frame_over(self) -> None:
        if self._stale:
            self.refresh_soon()

    def show_progress(self, item: Transfer) -> None:
        """One upload moved on a little."""
        self.refresh()

    def refresh(self) -> None:
        """Show the items as they are now."""
        raise NotImplementedError

    def restore_files(self, draft: KeptDraft) -> None:
        """Bring a draft's files back; one that the cache lost is named in red."""
        from desktop_app.errors import MediaError

        items = []
        for kept in draft.files:
            if kept.media is None:
                self.refusals.add(Refusal(kept.name, MediaError("media.missing")))
                continue
            stage = Stage.DONE if kept.uploaded else Stage.WAITING
            item = Transfer(kept.name or kept.media.name, self.account_id, self.kind, MESSAGE, stage, kept.media)
            item.size_before = item.size_after = kept.media.size_bytes
            item.expires_at = kept.expires_at
            items.append((item, kept.uploaded))
        self.intake.restore(items)
        self.refresh()

    def failed(self) -> list[Transfer]:
        """The files that did not go up."""
        return [item for item in self.intake.items if item.stage == Stage.FAILED]

    def findings(self) -> tuple[Check, ...]:
        count = len(self.failed())
        return (Check(f"{self.kind}.upload_failed", "red", {"count": count}),) if count else ()

    def problem(self) -> str:
        busy, failed = self.intake.busy(), len(self.failed())
        if not self.intake.items:
            return self.tr("先放{kind}，再选受众").format(kind=translated_kind(self.kind))
        if busy:
            return self.tr("还有 {n} 个文件在上传，传完就能继续").format(n=busy)
        if failed:
            return self.tr("有 {n} 个文件没有传上去，重试或移走后再继续").format(n=failed)
        return ""

    def retry_failed(self) -> None:
        self.intake.retry_failed()

    def look_again(self) -> None:
        account_id, desk = self.account_id, self.context.profile.media
        up = [(item, item.media.sha256) for item in self.intake.items if item.media and item.stage == Stage.DONE]

        def read(job: Job) -> list[float | None]:
            known = [desk.uploaded(account_id, sha256, self.kind) for _, sha256 in up]
            return [each.expires_at if each is not None else GONE for each in known]

        def show(expiries: list[float | None]) -> None:
            for (item, _), expires_at in zip(up, expiries, strict=True):
                item.expires_at = expires_at
            self.refresh()

        if up:
            self.context.tasks.start("work", read, owner=self, on_done=show)

    def remove_with_undo(self, item: Transfer) -> None:
        """Take a file out and offer the way back."""
        if item not in self.intake.items:
            return
        at = self.intake.remove(item)
        undo = (self.tr("撤销"), lambda: self.intake.put_back(item, at))
        shell(self).toast(self.tr("已移走「{name}」").format(name=item.name), "delete", "plain", undo)

    def choose_files(self, replace: Transfer | None = None) -> None:
        patterns = " ".join(f"*.{suffix}" for suffix in FILE_NAMES[self.kind])
        title = self.tr("选择{kind}").format(kind=translated_kind(self.kind))
        choice = f"{translated_kind(self.kind)} ({patterns});;{self.tr('所有文件')} (*)"
        folder = self.context.settings.current.last_folder
        if self.intake.single or replace is not None:
            path, _ = QFileDialog.getOpenFileName(self, title, folder, choice)
            paths = [path] if path else []
        else:
            paths, _ = QFileDialog.getOpenFileNames(self, title, folder, choice)
        if paths:
            settings, last = self.context.settings, str(PurePath(paths[0]).parent)
            self.context.tasks.start("work", lambda job: settings.change(last_folder=last))
            self.intake.take(Payload(tuple(paths)), replace)

    def item_facts(self, item: Transfer) -> list[tuple[str, str]]:
        """What the pills say about a file: text and icon."""
        if item.media is None:
            return [(item.name, "")]
        media, facts = item.media, [(item.name, "")]
        if media.width and media.height:
            facts.append((f"{media.width} × {media.height} · {size_text(media.size_bytes)}", ""))
        else:
            facts.append((size_text(media.size_bytes), ""))
        before = size_text(item.size_before)
        if item.size_before > media.size_bytes and before != size_text(media.size_bytes):
            facts.append((self.tr("原来 {size}").format(size=before), ""))
        if item.expires_at is not None:
            left = item.expires_at - self.context.now()
            words = self.tr("素材剩 {left}").format(left=left_text(left)) if left > 0 else self.tr("发送时重新上传")
            facts.append((words, "clock"))
        elif item.stage == Stage.DONE:
            facts.append((self.tr("永久素材"), "lock"))
        return facts
