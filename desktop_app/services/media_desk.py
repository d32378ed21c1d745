"""The media desk: files come in, take the shape that WeChat accepts, and go up once per content and account."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import folders, intake, prepare
from desktop_app.media.limits import LIMITS, REUSE_MARGIN_S, TEMPORARY_SECONDS, TEMPORARY_USES
from desktop_app.services.account import AccountService
from desktop_app.services.fetch import Fetch
from desktop_app.services.one_at_a_time import OneAtATime
from desktop_app.store.caches import MediaCache, MediaFile, UploadRow
from desktop_app.wechat.types import Uploaded

TEMPORARY, PERMANENT = "temp", "perm"
_TAKEN = tuple(each.name for each in fields(intake.Taken))


@dataclass(frozen=True)
class KnownUpload:
    """What WeChat gave for a file and can be used now. ``expires_at`` in Unix seconds; None: permanent."""

    media_id: str
    expires_at: float | None


class MediaDesk:
    """From a dropped file to a media_id. Every method may be called from any thread.

    ``kind`` of a file that comes in: "image", "voice" or "video" make it fit for a message; "picture" is for an
    article, which makes its own forms of the original; None takes whatever it is. ``ffmpeg`` is the program that
    converts sound, video and HEIC, None if there is none; ``ground`` is what shows through a transparent picture
    that has to become a JPG.
    """

    def __init__(
        self, accounts: AccountService, files: MediaCache, fetch: Fetch, *, now: Callable[[], float] = time.time
    ) -> None:
        self.files = files
        self.ffmpeg: Path | None = None
        self.ground = "white"
        self._accounts = accounts
        self._fetch = fetch
        self._now = now
        self._one_at_a_time = OneAtATime()
        intake.tidy(files.folder)

    def configure(self, *, ffmpeg: Path | None, ground: str) -> None:
        """Use another converter, or another ground."""
        self.ffmpeg, self.ground = ffmpeg, ground

    # --- in ---------------------------------------------------------------------------------------------

    def files_in(self, paths: Sequence[str], job: Job) -> tuple[list[str], bool]:
        """The paths, each folder replaced by the files in it, and whether there were too many of them."""
        found = folders.files_in(paths, job, most=folders.MOST + 1)
        return found[: folders.MOST], len(found) > folders.MOST

    def check(self, file: MediaFile, kind: str | None, job: Job) -> None:
        """Raise what ``add_file`` would say of a file that is in the cache already."""
        self._fitting(file, kind, job)

    def tidy(self, wanted: Collection[str]) -> None:
        """Remove originals of films and voices that are too large for any message, but for the ``wanted`` ones.

        Nothing refers to them: drafts and sends name what was made of them. Hundreds of megabytes each.
        """
        for file in self.files.larger_than({kind: LIMITS[kind].max_bytes for kind in ("voice", "video")}):
            if file.sha256 not in wanted:
                with contextlib.suppress(OSError):
                    file.path.unlink()

    def add_file(self, path: str | os.PathLike[str], kind: str | None, job: Job) -> MediaFile:
        """Copy a file into the cache and make it fit.

        Raises MediaError (codes in ``desktop_app.media``) and Cancelled. An error with a ``fix`` in its arguments
        can be mended by a person's word: the original is in the cache as ``sha256``, see ``fix``.
        """
        taken = intake.take_file(Path(path), self.files.folder, job, kind=kind)
        return self._fitting(self._remember(taken, source=os.fspath(path)), kind, job)

    def add_bytes(self, data: bytes, name: str, kind: str | None, job: Job) -> MediaFile:
        """The same for something pasted."""
        taken = intake.take_bytes(data, name, self.files.folder, job, kind=kind)
        return self._fitting(self._remember(taken), kind, job)

    def add_url(self, url: str, name: str, kind: str | None, job: Job) -> MediaFile:
        """The same for a picture dragged out of a web page. Raises ArticleError ``fetch.…`` as well."""
        return self.add_bytes(self._fetch.get(url, job), name, kind, job)

    def fix(self, sha256: str, kind: str | None, fix: str, job: Job, *, start_s: float = 0.0) -> MediaFile:
        """Do what an error of ``add_file`` proposed; progress in milliseconds of the recording.

        ``start_s``: where a voice that is cut begins. Raises MediaError, ``media.gone`` if the original is gone.
        """
        original = self.files.get(sha256)
        if original is None:
            earlier = self.files.made_from(sha256)
            if earlier is None or fix == "cut_voice":
                raise MediaError("media.gone", name=self.files.name_of(sha256))
            return earlier
        return self._fitting(original, kind, job, fix=fix, start_s=start_s)

    def media(self, sha256: str) -> MediaFile | None:
        """A file of the cache, None if it is not there any more."""
        return self.files.get(sha256)

    def size_of_original(self, file: MediaFile) -> int:
        """Bytes of what was dropped, before it was made fit."""
        return self.files.size_of(file.made_from) or file.size_bytes

    def _remember(self, taken: intake.Taken, *, source: str = "", made_from: str = "") -> MediaFile:
        file = MediaFile(**vars(taken), made_from=made_from)
        self.files.remember(file, source=source)
        return file

    def _fitting(
        self, original: MediaFile, kind: str | None, job: Job, *, fix: str = "", start_s: float = 0.0
    ) -> MediaFile:
        taken = intake.Taken(**{name: getattr(original, name) for name in _TAKEN})
        try:
            if kind == "picture":
                made = prepare.for_article(taken, self.files.folder, job, fix=fix, ffmpeg=self.ffmpeg)
            else:
                made = prepare.for_message(
                    taken,
                    self.files.folder,
                    job,
                    fix=fix,
                    start_s=start_s,
                    ground=self.ground,
                    ffmpeg=self.ffmpeg,
                )
        except MediaError as error:
            earlier = self._mended_before(original, error) if not fix else None
            if earlier is not None:
                self._let_go(original)
                return earlier
            error.args_.setdefault("sha256", original.sha256)
            error.args_.setdefault("size_bytes", original.size_bytes)
            raise
        if made.sha256 == original.sha256:
            return original
        # A prepared file that is dropped again is its own original.
        file = self._remember(made, made_from=original.made_from or original.sha256)
        self._let_go(original)
        return file

    def _let_go(self, original: MediaFile) -> None:
        """A film's original, hundreds of megabytes: the person has it, and WeChat takes what was made of it.

        What an earlier version sent as it was, or came from WeChat's own library, is needed.
        """
        if original.kind == "video" and not self.files.is_named(original.sha256):
            with contextlib.suppress(OSError):
                original.path.unlink()

    def _mended_before(self, original: MediaFile, error: MediaError) -> MediaFile | None:
        """What a person once agreed to is not asked again; only a cut may be wanted elsewhere."""
        if error.args_.get("fix") in (None, "cut_voice"):
            return None
        return self.files.made_from(original.sha256)

    # --- up ---------------------------------------------------------------------------------------------

    def upload(self, account_id: int, sha256: str, kind: str, job: Job, *, permanent: bool = False) -> Uploaded:
        """The file's media_id: a known one while it is good, otherwise the file goes up.

        A message takes either but for videos, so a permanent one that is known serves it too. Bytes go out by
        ``job.progress``.
        Raises MediaError ``media.gone`` and what the client raises.
        """
        with self._one_at_a_time((account_id, sha256, kind, permanent), job):
            known = self._known(account_id, sha256, kind, permanent)
            if known is not None:
                return Uploaded(kind, known.media_id, int(known.created_at), url=known.url)
            return self._send_up(account_id, sha256, kind, permanent, job)

    def renew(self, account_id: int, sha256: str, kind: str, job: Job) -> Uploaded:
        """A new temporary media_id with three days before it, whatever is left of the old one."""
        with self._one_at_a_time((account_id, sha256, kind, False), job):
            return self._send_up(account_id, sha256, kind, False, job)

    def uploaded(self, account_id: int, sha256: str, kind: str, *, permanent: bool = False) -> KnownUpload | None:
        """What a new message may use (``permanent``: what is in the library), None if the file has to go up first."""
        known = self._known(account_id, sha256, kind, permanent)
        return KnownUpload(known.media_id, known.expires_at) if known is not None else None

    def count_use(self, account_id: int, media_id: str) -> None:
        """One more send or preview with this media_id; WeChat allows ten."""
        self.files.count_use(account_id, media_id)

    def forget(self, account_id: int, media_id: str) -> None:
        """WeChat does not know this media_id any more."""
        self.files.forget_upload(account_id, media_id)

    def reusable(self, account_id: int, sha256: str, use: str, variant: str = "") -> UploadRow | None:
        """A known upload for ``use`` that is good for an hour and one more send, else None."""
        known = self.files.upload(account_id, sha256, use, variant)
        if known is None or not known.media_id:
            return None
        if known.expires_at is None:
            return known
        # A clock that was set back would make an old media_id look young.
        fresh = REUSE_MARGIN_S <= known.expires_at - self._now() <= TEMPORARY_SECONDS
        return known if fresh and known.uses < TEMPORARY_USES else None

    def keep(self, account_id: int, sha256: str, use: str, made: Uploaded, variant: str = "") -> None:
        """Remember what WeChat gave; everything but permanent material lives three days."""
        self.files.remember_upload(
            account_id,
            sha256,
            use,
            media_id=made.media_id,
            url=made.url,
            variant=variant,
            expires_at=None if use.startswith(PERMANENT) else self._now() + TEMPORARY_SECONDS,
        )

    def _known(self, account_id: int, sha256: str, kind: str, permanent: bool) -> UploadRow | None:
        known = None
        # A message's video is made of an upload by media/uploadvideo, which takes temporary ones (permanent: 40007).
        if permanent or kind != "video":
            known = self.reusable(account_id, sha256, f"{PERMANENT}.{kind}")
        if known is None and not permanent:
            known = self.reusable(account_id, sha256, f"{TEMPORARY}.{kind}")
        return known

    def _send_up(self, account_id: int, sha256: str, kind: str, permanent: bool, job: Job) -> Uploaded:
        file = self.files.get(sha256)
        if file is None:
            raise MediaError("media.gone", name=self.files.name_of(sha256))
        client = self._accounts.client(account_id)
        if permanent:
            title = Path(file.name).stem if kind == "video" else None
            made = client.add_material(kind, file.path, title=title, job=job, sha256=sha256)
        else:
            made = client.upload_media(kind, file.path, job, sha256=sha256)
        self.keep(account_id, sha256, f"{PERMANENT if permanent else TEMPORARY}.{kind}", made)
        return made
