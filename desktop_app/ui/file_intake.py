"""FileIntake: the files of one message form, in their order; how each one fares is the transfers' business."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_app.errors import AppError, MediaError
from desktop_app.job import Job
from desktop_app.media.limits import IMAGES_MAX
from desktop_app.services.contents import place_behind
from desktop_app.ui.drop_payload import Payload, guessed_kind, promises_nothing, suffix_of
from desktop_app.ui.pasted import address_name, from_web, pasted_name, png_of
from desktop_app.workers.transfer import MESSAGE, Stage, Transfer

if TYPE_CHECKING:
    from desktop_app.store.caches import MediaFile
    from desktop_app.ui.context import Context

Read = Callable[[Job], "MediaFile"]


@dataclass(frozen=True)
class Refusal:
    """A file that cannot be used as it is, and why.

    ``source``: what to take it from again, where that is known. ``transfer``: mends it, if it can be mended.
    """

    name: str
    error: AppError
    source: Payload | None = None
    transfer: Transfer | None = None

    @property
    def belongs_to(self) -> str:
        """The kind of message that would take it: image, voice, video; "" if there is none."""
        kind = str(self.error.args_.get("kind", "")) if self.error.code == "media.kind" else ""
        return kind if self.source is not None else ""

    @property
    def fix(self) -> str:
        """What would mend it, "" if nothing does."""
        return self.transfer.fix if self.transfer is not None else ""


class FileIntake(QObject):
    """The files of one form. All work runs in the transfers; the signals come on the window's thread.

    ``kind`` is image, voice or video. A form that takes one file only sets ``single``: a new file then takes the
    place of the old one as soon as it turned out to be usable.
    """

    changed = Signal(object)
    """A Transfer came, moved on or went."""
    refused = Signal(object)
    """A Refusal."""
    replaced = Signal(object, object)
    """A file of a form with one place, and the one that took it."""
    left_behind = Signal(object, str)
    """A Transfer of an account that was left meanwhile is read now; the SHA-256 of the file before it, or ""."""
    move_wanted = Signal(str, object)
    """A refused file, as a Payload, belongs into the form of this other kind."""
    content_changed = Signal()
    """The list of usable files is another one: time to save and to check."""

    def __init__(self, context: Context, kind: str, *, single: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transfers, self._desk = context.transfers, context.profile.media
        self._transfers.removed.connect(self._given_up)
        self.kind, self.single = kind, single
        self.limit = 1 if single else IMAGES_MAX
        self.items: list[Transfer] = []
        self._account_id = 0
        self._replaces: dict[Transfer, Transfer] = {}  # a file on its way in, and the one whose place it takes
        self._sources: dict[Transfer, Payload] = {}  # of all that belong to what is shown, refused ones too
        self._waiting: list[tuple[str, Payload, Read]] = []  # for room, until those before them are read
        self._away: dict[Transfer, list[Transfer]] = {}  # of an account that was left; what stands before
        self._shown = self._visit = 0  # counts what was shown here, and accounts: folders may be read for longer

    # What comes in

    def set_account(self, account_id: int) -> None:
        """Belong to another account: what is on the screen goes.

        Files on their way in end up in the draft of the account before, and so does what waits to be mended.
        """
        self._away |= {item: self.items[:at] for at, item in enumerate(self.items) if item.media is None}
        behind = (*self._replaces, *(item for item in self._sources if item.fix))
        self._away |= {item: [*self.items] for item in behind}
        self.items = [item for item in self.items if item not in self._away]
        self._replaces.clear()
        self.clear()
        self._account_id = account_id
        self._visit += 1

    def clear(self) -> None:
        """Empty the form without a word: something else is shown in it.

        Uploads and conversions go on in the list of all files, for the account that they were begun for.
        """
        reading = [item for item in (*self.items, *self._replaces) if item.stage == Stage.READING]
        self._shown += 1
        for item in self._sources:
            item.move = None  # it would go into the message of now
        self.items.clear()
        self._replaces.clear()
        self._sources.clear()
        self._waiting.clear()
        for item in reading:
            self._transfers.remove(item)

    def take(self, payload: Payload, replace: Transfer | None = None) -> None:
        """Take files, folders, a bitmap or pictures of the web. ``replace``: the first one takes that place."""
        if any(not guessed_kind(path) for path in payload.files):  # folders; only the disk knows
            shown, visit, account_id, before = self._shown, self._visit, self._account_id, [*self.items]

            def take(files: list[str]) -> None:
                if shown == self._shown:
                    self._take_files(files, replace)
                elif visit != self._visit:
                    self._take_away(files[: self.limit], account_id, before)

            self._transfers.files_of(payload.files, take, self)
        elif payload.files:
            self._take_files(payload.files, replace)
        elif payload.addresses:
            for address in payload.addresses:
                replace = self._take_address(address, payload.bitmap, replace)
        elif payload.bitmap is not None:
            name = pasted_name()
            self._begin(name, payload, self._from_bitmap(payload.bitmap, name), replace)

    def take_media(self, files: Sequence[MediaFile]) -> None:
        """Take files that are in the cache already, as from the library; what WeChat has does not go up again."""
        for file in files:
            self._begin(file.name, Payload((str(file.path),)), self._known(file), None)

    def _known(self, file: MediaFile) -> Read:
        return lambda job: self._desk.fix(file.sha256, self.kind, "", job)

    def _take_files(self, files: Sequence[str], replace: Transfer | None) -> None:
        for path in files:
            if self._begin(PurePath(path).name, Payload((path,)), self._from_file(path), replace):
                replace = None

    def _take_away(self, files: Sequence[str], account_id: int, before: list[Transfer]) -> None:
        """Files of a folder that was dropped before another account was shown."""
        for path in files:
            item = self._start(PurePath(path).name, self._from_file(path), account_id)
            self._away[item] = before
            before = [*before, item]

    def _take_address(self, address: str, bitmap: QImage | None, replace: Transfer | None) -> Transfer | None:
        """A picture dragged out of a web page."""
        name = address_name(address)
        read = partial(from_web, self._desk, address, name, bitmap, self.kind)
        begun = self._begin(name, Payload(addresses=(address,), bitmap=bitmap), read, replace)
        return None if begun else replace

    def _from_file(self, path: str) -> Read:
        return lambda job: self._desk.add_file(path, self.kind, job)

    def _from_bitmap(self, bitmap: QImage, name: str) -> Read:
        return lambda job: self._desk.add_bytes(png_of(bitmap), name, self.kind, job)

    def restore(self, files: Sequence[tuple[Transfer, bool]]) -> None:
        """Show files of a draft. The flag tells whether WeChat still has the file; the others are uploaded again."""
        for kept, uploaded in files:
            before = None if uploaded else self._transfers.not_up_yet(kept)  # since its account was shown last
            item = before or kept
            item.listener = self._moved
            self.items.append(item)
            self.changed.emit(item)
            if before is not None:
                self._transfers.retry(before)  # one that is under way goes on
            elif not uploaded:
                self._transfers.resume(item)

    def _begin(self, name: str, source: Payload, read: Read, replace: Transfer | None) -> bool:
        if self.single and replace is None and self.items:
            replace = self.items[0]
        if replace is None and len(self.items) >= self.limit:
            self._waiting.append((name, source, read))
            self._let_in()
            return False
        item = self._start(name, read, self._account_id)
        item.move = lambda kind: self.move_wanted.emit(kind, source)
        self._sources[item] = source
        if replace is None:
            self.items.append(item)
            self.changed.emit(item)
        else:
            self._replaces[item] = replace
        return True

    def _start(self, name: str, read: Read, account_id: int) -> Transfer:
        return self._transfers.begin(
            name,
            read,
            account_id=account_id,
            kind=self.kind,
            use=MESSAGE,
            then=self._read,
            listener=self._moved,
        )

    def _let_in(self) -> None:
        """Begin what waits for room while there is some; the rest is refused once nothing is being read any more."""
        while self._waiting and len(self.items) < self.limit:
            self._begin(*self._waiting.pop(0), None)
        if not any(item.stage == Stage.READING for item in self.items):
            refused, self._waiting = self._waiting, []
            for name, source, _read in refused:
                self.refused.emit(Refusal(name, self._no_room(name), source))

    def _no_room(self, name: str) -> MediaError:
        """Why a file stays outside: what its name says of it comes before the number of files."""
        kind = guessed_kind(name)
        if kind not in ("", self.kind):
            return MediaError("media.kind", kind=kind, wanted=self.kind, format=suffix_of(name))
        if promises_nothing(name):
            return MediaError("media.unknown")
        return MediaError("media.too_many", limit=self.limit)

    def _read(self, item: Transfer) -> bool:
        """A file is in the cache: it takes its place, or is one too many. Whether it shall go up."""
        if item in self._away:
            before = self._away.pop(item)
            self.left_behind.emit(item, next((each.sha256 for each in reversed(before) if each.media), ""))
            return True
        if not self._is_ours(item):
            return True  # it was converted on a person's word: it goes where it was to go, but not into this message
        return self._place(item, self._replaces.pop(item, None))

    def adopt(self, item: Transfer, after: str) -> None:
        """Take in what was ``left_behind``: its account is shown again."""
        replace = self.items[0] if self.single and self.items else None
        if replace is None and len(self.items) < self.limit:
            self.items.insert(place_behind(after, [each.sha256 for each in self.items]), item)
        if not self._place(item, replace):
            self._transfers.remove(item)

    def _place(self, item: Transfer, replace: Transfer | None) -> bool:
        """Give a file its place, or say that it is one too many. Whether it has one."""
        same = next((i for i in self.items if i is not item and self._same(i, item)), None)
        if same is not None and same is not replace:
            self._put_away(item)
            self.refused.emit(Refusal(item.name, MediaError("media.twice")))
            self._let_in()
            return False
        if replace is not None and replace in self.items:
            at = self.items.index(replace)
            self.items[at] = item
            self._transfers.remove(replace)
            self.changed.emit(replace)
            if self.single:
                self.replaced.emit(replace, item)
        elif item not in self.items:
            if not self.single:  # its place was removed while it was read, or somebody else took the last one
                if replace is None:
                    self.refused.emit(Refusal(item.name, MediaError("media.too_many", limit=self.limit)))
                return False
            self.items[:] = [item]
        self.changed.emit(item)
        self.content_changed.emit()
        return True

    def _same(self, one: Transfer, other: Transfer) -> bool:
        return one.media is not None and other.media is not None and one.media.sha256 == other.media.sha256

    def _is_ours(self, item: Transfer) -> bool:
        """Whether it belongs to what is shown now, not to another account or an earlier message."""
        return item in self._sources or item in self.items

    def _given_up(self, item: Transfer) -> None:
        """It left the list of all files; before it is in the cache it is in no message either."""
        self._away.pop(item, None)
        if item.media is None:
            self._replaces.pop(item, None)
            self._put_away(item)

    def _moved(self, item: Transfer) -> None:
        if not self._is_ours(item):
            return
        if item.stage == Stage.REFUSED:
            self._refuse(item)
        elif item.stage == Stage.MENDING and item not in self.items and item not in self._replaces:
            self._mend(item)
        else:
            self.changed.emit(item)
        if self._waiting:
            self._let_in()

    def _refuse(self, item: Transfer) -> None:
        self._replaces.pop(item, None)
        self._put_away(item)
        if item.error is not None:
            self.refused.emit(Refusal(item.name, item.error, self._sources.get(item), item))

    def _mend(self, item: Transfer) -> None:
        """A refused file is being converted: it has a place again, or waits for the one that it replaces."""
        if self.single and self.items:
            self._replaces[item] = self.items[0]
        elif len(self.items) < self.limit:
            self.items.append(item)
        self.changed.emit(item)

    def _put_away(self, item: Transfer) -> None:
        if item in self.items:
            self.items.remove(item)
            self.changed.emit(item)

    # What the person does

    def mend(self, item: Transfer, start_s: float = 0.0) -> None:
        """Do what a refusal proposes."""
        self._transfers.mend(item, start_s)

    def retry(self, item: Transfer) -> None:
        """Upload again after a failure or a stop."""
        if item in self.items:
            self._transfers.retry(item)

    def retry_failed(self) -> None:
        """Upload everything again that failed for want of a network."""
        for item in self.items:
            if item.stage == Stage.FAILED:
                self.retry(item)

    def stop(self, item: Transfer) -> None:
        """Stop what goes on with a file: one that is only being read goes away, an upload may be taken up later."""
        self._transfers.cancel(item)

    def remove(self, item: Transfer) -> int:
        """Take a file out of the message; returns the place it had, for ``put_back``."""
        at = self.items.index(item)
        self.items.remove(item)
        self._transfers.remove(item)
        self.changed.emit(item)
        self.content_changed.emit()
        self._let_in()
        return at

    def put_back(self, item: Transfer, at: int) -> None:
        """Undo ``remove``; what it stopped is begun again. Not into the form of another account."""
        if item in self.items or item.account_id != self._account_id:
            return
        if self.single:
            self.items.clear()
        self.items.insert(min(at, len(self.items)), item)
        self.changed.emit(item)
        self.content_changed.emit()
        if item.stage != Stage.DONE:
            self._transfers.retry(item)

    def move(self, item: Transfer, to: int) -> None:
        """Give a file another place in the row."""
        at = self.items.index(item)
        to = max(0, min(to, len(self.items) - 1))
        if to != at:
            self.items.insert(to, self.items.pop(at))
            self.changed.emit(item)
            self.content_changed.emit()

    def files(self) -> list[dict[str, str]]:
        """The usable files in order, as the draft keeps them."""
        return [json for item in self.items if (json := item.to_json())]

    def busy(self) -> int:
        """How many files are still being read or uploaded."""
        return sum(item.busy for item in self.items)
