"""Renewal: before a first attempt, a message whose media WeChat does not have any more is made anew."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from desktop_app.article import contents as article_contents
from desktop_app.article.allowed import local_sha256
from desktop_app.article.localise import localise
from desktop_app.errors import AppError, MediaError, Refused, StoreError
from desktop_app.job import Job
from desktop_app.media.limits import REUSE_MARGIN_S, TEMPORARY_SECONDS, TEMPORARY_USES
from desktop_app.services import contents
from desktop_app.services.account import AccountService
from desktop_app.services.articles import Articles, cleaned
from desktop_app.services.checkpoints import reached
from desktop_app.services.composing import Composing
from desktop_app.services.sealing import media_ids_of, remade
from desktop_app.services.settling import shown_args
from desktop_app.store.articles import ForeignPictures, MadeDrafts
from desktop_app.store.caches import MediaCache, UploadRow
from desktop_app.store.outbox import HEAL_WANTED, HEALED, NOT_HEALED, Batch, Due, Outbox, OutboxRow

UPLOADNEWS = "uploadnews:"
GONE = frozenset({"media.gone", "cover.gone", "picture.gone"})
BASES = ("temp.video", "perm.video")


class Renewal:
    """Makes the sealed message of a queued batch anew: from the content kept with the send, never from a draft.

    The key, the audience and the flags stay; only the media_ids are others.
    """

    def __init__(
        self,
        outbox: Outbox,
        accounts: AccountService,
        composing: Composing,
        articles: Articles,
        files: MediaCache,
        made: MadeDrafts,
        foreign: ForeignPictures,
        *,
        now: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._accounts = accounts
        self._composing = composing
        self._articles = articles
        self._files = files
        self._made = made
        self._foreign = foreign
        self._now = now

    def needed(self, due: Due) -> str:
        """Why the sealed message will not do: "expired", "used", "lost", "refused" (by 40007); "" if it will.

        Raises StoreError ``store.row_damaged``.
        """
        row = self._outbox.row(due.batch.send_id)
        if due.batch.in_doubt or not _can_be_made(row):
            return ""
        if due.batch.healing == HEAL_WANTED:
            return "refused"
        body = self._outbox.body(due.batch)
        if body is None:
            return ""
        ids = media_ids_of(json.loads(body))
        return next((why for media_id in ids if (why := self._ends(row, media_id))), "")

    def can_heal(self, batch: Batch) -> bool:
        """Whether a fresh upload may answer 40007: once for each batch, and only if it can be made."""
        return batch.healing == NOT_HEALED and _can_be_made(self._outbox.row(batch.send_id))

    def renew(self, due: Due, why: str, job: Job) -> Batch | None:
        """Upload what is missing and seal the message again; None if the row changed meanwhile.

        ``why`` as from ``needed``; "refused" uploads everything. Nothing of the send leaves. Raises what
        ``Composing.prepare`` raises; the row is as it was then.
        """
        row, old = self._outbox.row(due.batch.send_id), self._outbox.body(due.batch)
        if old is None:
            return None
        if not _is_as_confirmed(row):
            raise StoreError("store.row_damaged", send_id=row.id)
        if why == "refused":
            self._forget(row, media_ids_of(json.loads(old)), job)
        message = self._composing.prepare(row.account_id, row.kind, self._frozen(row, job), job)
        new = remade(old, message)
        reached("renew.uploaded")
        if why == "refused":
            sealed = self._outbox.reseal(due.batch, new, "media_healed", {}, healing=HEALED)
        else:
            sealed = self._outbox.reseal(due.batch, new, "media_renewed", {"why": why})
        reached("renew.sealed")
        return sealed

    def reason(self, due: Due, error: AppError) -> tuple[str, dict[str, Any]]:
        """Why it could not be renewed, for the person it waits for: a code, and the file it is about."""
        row = self._outbox.row(due.batch.send_id)
        why = str(error.args_.get("reason") or error.code)
        picture = self._files.name_of(local_sha256(str(error.args_.get("url", ""))))
        name = str(error.args_.get("name") or picture or self._first_missing(row))
        if why in GONE:
            return "renewal.gone", {"name": name}
        told = {key: value for key, value in shown_args(error).items() if key in ("errmsg", "limit", "size_bytes")}
        code = {"errcode": error.errcode} if isinstance(error, Refused) else {}
        return "renewal.failed", {**told, **code, "name": name, "why": why}

    # --- what is known of a media_id ------------------------------------------------------------------

    def _ends(self, row: OutboxRow, media_id: str) -> str:
        if row.kind == "news":
            found = next((each for each in self._made.list(row.account_id) if each.media_id == media_id), None)
            if found is None:
                return "lost"
            # A draft stays in WeChat's box until it is sent; what uploadnews made is temporary.
            expires_at = found.made_at + TEMPORARY_SECONDS if found.content_hash.startswith(UPLOADNEWS) else math.inf
            return "" if self._lasts(expires_at) else "expired"
        known = self._files.upload_of(row.account_id, media_id)
        # Forgotten because WeChat refused it, or a later upload took its place because it was near its end.
        return "lost" if known is None else self._wears(known)

    def _wears(self, known: UploadRow) -> str:
        if known.expires_at is None:
            return ""
        # This send is one of the counted uses.
        if known.uses > TEMPORARY_USES:
            return "used"
        return "" if self._lasts(known.expires_at) else "expired"

    def _lasts(self, expires_at: float) -> bool:
        """Good for an hour. More life than there can be: the clock was set back, and nobody can tell."""
        left = expires_at - self._now()
        return left >= REUSE_MARGIN_S and (left <= TEMPORARY_SECONDS or math.isinf(expires_at))

    def _first_missing(self, row: OutboxRow) -> str:
        """The file that did not go up: uploads go in order."""
        files = contents.files_of(row.kind, row.content)
        for file in files:
            uses = (f"temp.{row.kind}", f"perm.{row.kind}")
            known = [self._files.upload(row.account_id, file["sha256"], use) for use in uses]
            if not any(each is not None and not self._wears(each) for each in known):
                return file["name"]
        return files[-1]["name"] if files else ""

    # --- making it anew -------------------------------------------------------------------------------

    def _forget(self, row: OutboxRow, media_ids: list[str], job: Job) -> None:
        """Whatever WeChat gave for this message is taken for lost."""
        for media_id in media_ids:
            self._files.forget_upload(row.account_id, media_id)
        if row.kind == "video":
            for use in BASES:
                known = self._files.upload(row.account_id, row.content["file"]["sha256"], use)
                if known is not None:
                    self._files.forget_upload(row.account_id, known.media_id)
        if row.kind == "news":
            self._forget_covers(row, job)

    def _forget_covers(self, row: OutboxRow, job: Job) -> None:
        covers = [each["cover"] for each in article_contents.articles_of(row.content) if each["cover"]]
        pictures = self._articles.pictures
        if self._accounts.get(row.account_id).news_way == "uploadnews":
            for sha256, cut in {(each["sha256"], tuple(each.get("crop_235") or ())) for each in covers}:
                if self._files.get(sha256) is not None:  # the check of the articles names what is gone
                    pictures.renew_thumb(row.account_id, sha256, cut or None, job)
        else:
            for cover in covers:
                pictures.forget_cover(row.account_id, cover["sha256"])

    def _frozen(self, row: OutboxRow, job: Job) -> Mapping[str, Any]:
        """The content as it was shown: a picture from the web is the file that it was then, not what is there now."""
        if row.kind != "news":
            return row.content

        def kept(url: str) -> str:
            if url.startswith("data:"):
                return self._articles.pictures.bring(url, job).sha256
            sha256 = self._foreign.until(url, row.confirmed_at)
            if sha256 is None or self._files.get(sha256) is None:
                raise MediaError("media.gone", name=url)
            return sha256

        def local(sha256: str) -> str:
            return f"qunfa-media://{sha256}"

        articles = [
            {**each, "html": localise(cleaned(each["html"]).html, bring=kept, upload=local, job=job)}
            for each in article_contents.articles_of(row.content)
        ]
        return {**row.content, "articles": articles}


def _is_as_confirmed(row: OutboxRow) -> bool:
    """What was shown is what goes out: the content fits the hash that was taken of it (if a script gave one)."""
    try:
        return not row.content_hash or contents.content_hash(row.kind, row.content) == row.content_hash
    except (KeyError, TypeError, AttributeError):  # a flipped bit in the name of a field
        return False


def _can_be_made(row: OutboxRow) -> bool:
    """A script may queue a bare message: then there is nothing to make it from."""
    if row.kind == "news":
        return bool(article_contents.articles_of(row.content))
    return row.kind in contents.KINDS and bool(contents.files_of(row.kind, row.content))
