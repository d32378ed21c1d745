"""Transfers: every file on its way, whatever page began it: read, mended, uploaded; at most four go up at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError, MediaError
from desktop_app.job import Job
from desktop_app.store.transfers import Unfinished
from desktop_app.workers.transfer import BODY, LIBRARY, Note, Stage, Totals, Transfer, totals_of

if TYPE_CHECKING:
    from desktop_app.services import Profile
    from desktop_app.store.caches import MediaFile
    from desktop_app.workers.tasks import Tasks

_RATE_AFTER_S = 1.0  # before that nothing can be said about how long it takes


class Transfers(QObject):
    """The list of files under way and finished in this batch. All calls and signals on the window's thread."""

    added = Signal(object)
    changed = Signal(object)
    """A Transfer moved on."""
    removed = Signal(object)
    cut_short = Signal(int)
    """So many files of dropped folders are taken, and there were more."""

    def __init__(
        self,
        profile: Profile,
        tasks: Tasks,
        *,
        steady: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._profile, self._tasks, self._steady = profile, tasks, steady
        self.items: list[Transfer] = []

    # --- in ---------------------------------------------------------------------------------------------

    def begin(
        self,
        name: str,
        read: Callable[[Job], MediaFile],
        *,
        account_id: int,
        kind: str | None,
        use: str,
        then: Callable[[Transfer], bool] | None = None,
        listener: Callable[[Transfer], None] | None = None,
    ) -> Transfer:
        """Take a file in, then up. ``read`` brings it into the cache (off this thread).

        ``then(transfer)``: it is in the cache; False if it shall not go up. ``listener`` hears each change.
        """
        transfer = Transfer(name, account_id, kind, use, read=read, then=then, listener=listener)
        self._enter(transfer)
        self._start_reading(transfer)
        return transfer

    def resume(self, transfer: Transfer) -> None:
        """Put a file that is in the cache already on its way up: one of a draft, or of an article."""
        self._write_down(transfer)
        self._enter(transfer)
        self._start_upload(transfer)

    def not_up_yet(self, transfer: Transfer) -> Transfer | None:
        """What the list has already for the same file, account and use: on its way up, stopped or failed."""
        listed = [each for each in self.items if each.stage != Stage.DONE and each.media is not None]
        return next((each for each in listed if each.note == transfer.note), None)

    def refused(
        self,
        name: str,
        error: AppError,
        *,
        account_id: int,
        kind: str | None,
        use: str,
        then: Callable[[Transfer], bool] | None = None,
    ) -> Transfer:
        """Enter a file that was taken in elsewhere and cannot be used as it is: it can be mended from the list."""
        transfer = Transfer(name, account_id, kind, use, Stage.REFUSED, error=error, then=then)
        transfer.size_before = int(error.args_.get("size_bytes", 0))
        if transfer.fix:
            self._write_down(transfer)
        self._enter(transfer)
        return transfer

    def files_of(self, paths: Sequence[str], done: Callable[[list[str]], None], owner: QObject) -> None:
        """``done(files)``: the paths with the files of the folders among them in their places. Reads the disk."""

        def show(found: tuple[list[str], bool]) -> None:
            files, more = found
            if more:
                self.cut_short.emit(len(files))
            done(files)

        self._tasks.start("work", lambda job: self._profile.media.files_in(paths, job), owner=owner, on_done=show)

    def offer_left_over(self, done: Callable[[list[Transfer]], None]) -> None:
        """Put what was not finished last time into the list: stopped, or refused as long as nobody mends it.

        ``done`` gets what nobody took up meanwhile. What no list names any more leaves the cache.
        """

        def show(found: list[Transfer]) -> None:
            under_way = {each.note for each in self.items}
            offered = [each for each in found if each.note not in under_way]
            for transfer in offered:
                self._enter(transfer)
            done(offered)

        self._tasks.start("work", self._left_over, owner=self, on_done=show)

    def _left_over(self, job: Job) -> list[Transfer]:
        """Runs in a task."""
        profile = self._profile
        accounts = {account.id for account in profile.accounts.list()}
        found = []
        for each in profile.unfinished.list():
            media = profile.media.media(each.sha256)
            if media is None or each.account_id not in accounts or self._is_there(each, media):
                profile.unfinished.remove(each.account_id, each.sha256, each.use)
                continue
            transfer = Transfer(each.name, each.account_id, each.kind or None, each.use, Stage.STOPPED, media)
            transfer.size_before = transfer.size_after = media.size_bytes
            try:
                profile.media.check(media, transfer.kind, job)
            except MediaError as error:
                transfer.stage, transfer.media, transfer.error = Stage.REFUSED, None, error
            found.append(transfer)
        profile.media.tidy({each.sha256 for each in found})
        return found

    def _is_there(self, upload: Unfinished, media: MediaFile) -> bool:
        """Whether WeChat has it already: it ended before the note of its beginning was written."""
        if upload.use == BODY:
            return bool(self._profile.articles.pictures.known_url(upload.account_id, upload.sha256))
        permanent = upload.use == LIBRARY
        known = self._profile.media.uploaded(upload.account_id, upload.sha256, media.kind, permanent=permanent)
        return known is not None

    # --- what the person does -----------------------------------------------------------------------------

    def retry(self, transfer: Transfer) -> None:
        """Once more after a failure or a stop."""
        if transfer.stage not in (Stage.FAILED, Stage.STOPPED, Stage.REFUSED):
            return
        if transfer not in self.items:
            self._enter(transfer)
        if transfer.media is not None:
            self._write_down(transfer)  # stopping it took the note away
            self._start_upload(transfer)
        elif transfer.read is not None:
            self._start_reading(transfer)

    def retry_failed(self) -> None:
        """The network is back: whatever it stopped goes on."""
        for transfer in [each for each in self.items if each.stage == Stage.FAILED]:
            self.retry(transfer)

    def mend(self, transfer: Transfer, start_s: float = 0.0) -> None:
        """Do what the refusal proposes (``transfer.fix``). ``start_s``: where a voice that is cut begins."""
        fix, error = transfer.fix, transfer.error
        if not fix or error is None:
            return
        desk, sha256, kind = self._profile.media, str(error.args_["sha256"]), transfer.kind
        self._take_in(
            transfer, "convert", Stage.MENDING, lambda job: desk.fix(sha256, kind, fix, job, start_s=start_s)
        )

    def cancel(self, transfer: Transfer) -> None:
        """Stop what goes on: a file that is only being read goes away, everything else can be taken up again."""
        self._stop([transfer])

    def cancel_all(self) -> None:
        """Stop everything that is under way or waits."""
        while busy := [each for each in self.items if each.busy]:  # what waited for room in a form may come now
            self._stop(busy)

    def _stop(self, transfers: Sequence[Transfer]) -> None:
        stopped = []
        for transfer in transfers:
            if transfer.task is not None and transfer.task.running:
                transfer.task.cancel()
            if transfer.stage == Stage.READING:
                self.remove(transfer)
            elif transfer.stage == Stage.MENDING:
                transfer.stage = Stage.REFUSED  # as it was before the button
                self._say(transfer)
            elif transfer.busy:
                transfer.stage = Stage.STOPPED
                stopped.append(transfer)
        self._forget(stopped)
        for transfer in stopped:
            self._say(transfer)

    def remove(self, transfer: Transfer) -> None:
        """Take a file off the list; what goes on with it stops, and can be taken up again."""
        if transfer.task is not None and transfer.task.running:
            transfer.task.cancel()
        if transfer.stage != Stage.DONE:
            self._forget([transfer])
        if transfer in self.items:
            self.items.remove(transfer)
            self.removed.emit(transfer)
        if transfer.busy:
            transfer.stage = Stage.STOPPED
            self._say(transfer)

    def clear_ended(self) -> None:
        """Take everything off the list that is not under way."""
        ended = [each for each in self.items if not each.busy]
        self._forget([each for each in ended if each.stage != Stage.DONE])
        for transfer in ended:
            self.items.remove(transfer)
            self.removed.emit(transfer)

    # --- numbers ------------------------------------------------------------------------------------------

    def totals(self) -> Totals:
        """The list in numbers, as they are now."""
        return totals_of(self.items)

    # --- inside -------------------------------------------------------------------------------------------

    def _enter(self, transfer: Transfer) -> None:
        if not any(each.busy for each in self.items):  # a new batch; what waits for a person stays
            for done in [each for each in self.items if each.stage == Stage.DONE]:
                self.items.remove(done)
                self.removed.emit(done)
        self.items.append(transfer)
        self.added.emit(transfer)

    def _start_reading(self, transfer: Transfer) -> None:
        assert transfer.read is not None
        self._take_in(transfer, "intake", Stage.READING, transfer.read)

    def _start(
        self,
        transfer: Transfer,
        lane: str,
        function: Callable[[Job], Any],
        done: Callable[[Transfer, Any], None],
        late: Callable[[Transfer, Any], None] | None = None,
    ) -> None:
        transfer.task = self._tasks.start(
            lane,
            function,
            owner=self,
            on_done=lambda result: done(transfer, result),
            on_error=lambda error: self._went_wrong(transfer, error),
            on_progress=lambda passed, total: self._progress(transfer, passed, total),
            on_late=(lambda result: late(transfer, result)) if late is not None else None,
        )

    def _take_in(self, transfer: Transfer, lane: str, stage: Stage, bring: Callable[[Job], MediaFile]) -> None:
        """Bring a file into the cache; written down there and then, before it goes up."""

        def work(job: Job) -> tuple[MediaFile, int]:
            media = bring(job)
            size_before = self._profile.media.size_of_original(media)
            if transfer.sha256 not in ("", media.sha256):  # what was refused is mended
                self._profile.unfinished.remove(transfer.account_id, transfer.sha256, transfer.use)
            self._profile.unfinished.add(_note(transfer, media.sha256))
            return media, size_before

        self._begin_stage(transfer, stage)
        self._start(transfer, lane, work, self._taken, self._taken_in_vain)

    def _taken(self, transfer: Transfer, found: tuple[MediaFile, int]) -> None:
        media, transfer.size_before = found
        transfer.media, transfer.error, transfer.size_after = media, None, media.size_bytes
        if transfer.then is not None and not transfer.then(transfer):
            self.remove(transfer)
            return
        self._start_upload(transfer)

    def _taken_in_vain(self, transfer: Transfer, found: tuple[MediaFile, int]) -> None:
        """It was stopped when it was in the cache already: nobody shall be asked about what was written down there.

        What waits for its button again has its own note back.
        """
        media, _size = found
        if media.sha256 == transfer.sha256:
            return
        self._cross_out({(transfer.account_id, media.sha256, transfer.use)}, [transfer])
        if transfer.sha256 and transfer in self.items:
            self._write_down(transfer)

    def _start_upload(self, transfer: Transfer) -> None:
        media = transfer.media
        assert media is not None
        self._begin_stage(transfer, Stage.WAITING)
        self._start(transfer, "upload", lambda job: self._up(transfer, media, job), self._uploaded)

    def _up(self, transfer: Transfer, media: MediaFile, job: Job) -> tuple[float | None, int]:
        """Until when WeChat keeps it, and how many bytes went up. Runs in a task."""
        profile, account_id = self._profile, transfer.account_id
        if transfer.use == BODY:
            size, expires_at = profile.articles.pictures.upload(account_id, media.sha256, job).size_after, None
        else:
            permanent = transfer.use == LIBRARY
            profile.media.upload(account_id, media.sha256, media.kind, job, permanent=permanent)
            known = profile.media.uploaded(account_id, media.sha256, media.kind, permanent=permanent)
            size, expires_at = media.size_bytes, known.expires_at if known is not None else None
        return expires_at, size

    def _uploaded(self, transfer: Transfer, result: tuple[float | None, int]) -> None:
        transfer.expires_at, transfer.size_after = result
        transfer.stage, transfer.fraction, transfer.seconds_left = Stage.DONE, 1.0, None
        self._forget([transfer])  # in the lane of the notes: its own may be waiting there still
        self._say(transfer)

    def _went_wrong(self, transfer: Transfer, error: AppError) -> None:
        transfer.error, transfer.seconds_left = error, None
        refused = transfer.media is None and isinstance(error, MediaError)
        transfer.stage = Stage.REFUSED if refused else Stage.FAILED
        transfer.size_before = transfer.size_before or int(error.args_.get("size_bytes", 0))
        if transfer.fix:
            self._write_down(transfer)
        self._say(transfer)

    def _begin_stage(self, transfer: Transfer, stage: Stage) -> None:
        transfer.stage, transfer.fraction, transfer.seconds_left = stage, 0.0, None
        transfer.begun_at = 0.0
        if stage in (Stage.READING, Stage.WAITING):
            transfer.error = None
        self._say(transfer)

    def _progress(self, transfer: Transfer, passed: int, total: int) -> None:
        if transfer.stage == Stage.WAITING:
            transfer.stage = Stage.UPLOADING
        if not transfer.busy or not total:
            return
        now = self._steady()
        transfer.begun_at = transfer.begun_at or now
        transfer.fraction = min(1.0, passed / total)
        spent = now - transfer.begun_at
        if spent >= _RATE_AFTER_S and transfer.fraction > 0:
            transfer.seconds_left = spent * (1 - transfer.fraction) / transfer.fraction
        self._say(transfer)

    def _write_down(self, transfer: Transfer) -> None:
        """Should the app end before the upload does, the next start offers it."""
        note = _note(transfer, transfer.sha256)
        self._tasks.start("notes", lambda job: self._profile.unfinished.add(note))

    def _forget(self, gone: Collection[Transfer]) -> None:
        self._cross_out({each.note for each in gone if each.sha256}, gone)

    def _cross_out(self, notes: set[Note], gone: Collection[Transfer]) -> None:
        """Cross these out, unless the same file came twice: then the note is for the other one.

        All at once, for a list of a thousand files; whoever is stopped has crossed out the note already.
        """
        if not notes:
            return
        over, ended = set(gone), (Stage.DONE, Stage.STOPPED)
        wanted = {each.note for each in self.items if each not in over and each.stage not in ended}
        unneeded, unfinished = notes - wanted, self._profile.unfinished

        def cross_out(job: Job) -> None:
            for note in unneeded:
                unfinished.remove(*note)

        if unneeded:
            self._tasks.start("notes", cross_out, owner=self)

    def _say(self, transfer: Transfer) -> None:
        if transfer.listener is not None:
            transfer.listener(transfer)
        if transfer in self.items:
            self.changed.emit(transfer)


def _note(transfer: Transfer, sha256: str) -> Unfinished:
    return Unfinished(transfer.account_id, sha256, transfer.name, transfer.use, transfer.kind or "")
