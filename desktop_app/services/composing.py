"""Build the message from files and words, preview it, keep its draft."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.errors import AppError, BadContent, BadRequest, StoreError
from desktop_app.job import Job
from desktop_app.services import contents
from desktop_app.services.account import AccountService
from desktop_app.services.articles import Articles
from desktop_app.services.contents import Check
from desktop_app.services.media_desk import MediaDesk
from desktop_app.services.one_at_a_time import OneAtATime
from desktop_app.services.openids import is_openid
from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile, PreviewRecipients, PreviewRow, RecipientRow
from desktop_app.store.drafts import Drafts
from desktop_app.wechat.errcodes import UNKNOWN_MEDIA
from desktop_app.wechat.types import ImageMessage, TextMessage, VideoMessage, VoiceMessage, WxName

__all__ = ["Check", "Composing", "LastPreview", "MediaFile", "PreviewResult", "Recipient", "recipient_of"]

EXPIRING_S = 24 * 3600.0

Recipient = RecipientRow
LastPreview = PreviewRow


@dataclass(frozen=True)
class PreviewResult:
    """How the preview for one recipient went. ``first_only``: of several pictures only the first was sent."""

    recipient: Recipient
    error: AppError | None
    first_only: bool = False


def recipient_of(text: str, note: str = "") -> Recipient:
    """What a person typed: an openid by its form, everything else is a WeChat id. Raises BadRequest."""
    text = text.strip()
    if not text:
        raise BadRequest("preview.to")
    return Recipient(text, not is_openid(text), note)


class Composing:
    """From a draft to a message as WeChat takes it. Every method may be called from any thread."""

    def __init__(
        self,
        accounts: AccountService,
        media: MediaDesk,
        drafts: Drafts,
        recipients: PreviewRecipients,
        *,
        articles: Articles | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``articles``: for messages of kind "news", which a profile always has."""
        self._accounts = accounts
        self._media = media
        self._drafts = drafts
        self._recipients = recipients
        self._now = now
        self._articles = articles
        self._one_at_a_time = OneAtATime()

    # --- the message ----------------------------------------------------------------------------------

    def prepare(self, account_id: int, kind: str, content: Mapping[str, Any], job: Job) -> dict[str, Any]:
        """The message as WeChat takes it; what is missing there goes up. Counts as a use of each media_id.

        Raises BadRequest with the key of the first red check, MediaError, and what the client raises; for news
        ArticleError too.
        """
        if kind == "news":
            return self._news().prepare(account_id, content, job).messages[0]
        message, media_ids = self._build(account_id, kind, content, job)
        for media_id in media_ids:
            self._media.count_use(account_id, media_id)
        return message

    def prepare_batches(
        self, account_id: int, kind: str, content: Mapping[str, Any], batches: int, job: Job
    ) -> tuple[dict[str, Any], ...]:
        """A message for each batch of a send (``Sending.batches``): the same one, but news are new for each."""
        if kind == "news":
            return self._news().prepare(account_id, content, job, batches=batches).messages
        # Each counts as a use of its media_ids; after ten uses WeChat wants a new upload.
        return tuple(self.prepare(account_id, kind, content, job) for _ in range(batches))

    def discard(self, account_id: int, messages: Sequence[Mapping[str, Any]]) -> None:
        """The send was not confirmed: drafts that were made for it go. Other messages leave nothing behind."""
        media_ids = [message["mpnews"]["media_id"] for message in messages if message["msgtype"] == "mpnews"]
        if media_ids:
            self._news().discard(account_id, media_ids)

    def _news(self) -> Articles:
        if self._articles is None:
            raise BadRequest("message.kind")
        return self._articles

    def _build(
        self, account_id: int, kind: str, content: Mapping[str, Any], job: Job
    ) -> tuple[dict[str, Any], list[str]]:
        red = next((each for each in contents.rules(kind, content, self._media.media) if each.level == "red"), None)
        if red is not None:
            raise BadRequest(red.key, **red.args)
        if kind == "text":
            return TextMessage(content["text"]).to_json(), []
        files = contents.files_of(kind, content)
        if kind == "image":
            ids = [self._media.upload(account_id, file["sha256"], "image", job).media_id for file in files]
            comments = contents.COMMENTS[content.get("comments", "off")]
            chosen = ids[0] if len(ids) == 1 else ids
            return ImageMessage(chosen, content.get("recommend", ""), *comments).to_json(), ids
        if kind == "voice":
            media_id = self._media.upload(account_id, files[0]["sha256"], "voice", job).media_id
            return VoiceMessage(media_id).to_json(), [media_id]
        media_id = self._mp_video(account_id, files[0]["sha256"], content, job)
        return VideoMessage(media_id).to_json(), [media_id]

    def _mp_video(self, account_id: int, sha256: str, content: Mapping[str, Any], job: Job) -> str:
        """The second step of a video: the uploaded file with title and description has a media_id of its own."""
        title, description = content["title"], content.get("description", "")
        variant = hashlib.sha256(f"{title}\0{description}".encode()).hexdigest()
        with self._one_at_a_time((account_id, sha256, "mp." + variant), job):
            known = self._media.reusable(account_id, sha256, "mp.video", variant)
            if known is not None:
                return known.media_id
            media_id = self._media.upload(account_id, sha256, "video", job).media_id
            client = self._accounts.client(account_id)
            try:
                made = client.upload_mp_video(media_id, title, description)
            except BadContent as error:
                if error.errcode != UNKNOWN_MEDIA:
                    raise
                # WeChat has lost it before its time: once more from the file.
                self._media.forget(account_id, media_id)
                media_id = self._media.upload(account_id, sha256, "video", job).media_id
                made = client.upload_mp_video(media_id, title, description)
            self._media.count_use(account_id, media_id)
            self._media.keep(account_id, sha256, "mp.video", made, variant)
            return made.media_id

    def content_hash(self, kind: str, content: Mapping[str, Any]) -> str:
        """The same for what the followers would see the same."""
        return contents.content_hash(kind, content)

    def title_of(self, kind: str, content: Mapping[str, Any]) -> str:
        """What a list shows for it, "" for nothing."""
        return contents.title_of(kind, content)

    def empty_content(self, kind: str) -> dict[str, Any]:
        """A message of this kind with nothing in it yet."""
        return contents.empty_content(kind)

    def checks(self, account: Account, kind: str, content: Mapping[str, Any]) -> tuple[Check, ...]:
        """发送前检查, the worst first: content, files, the account's right and quota. No request is made."""
        if kind == "news":
            found = [contents.of_finding(each) for each in self._news().check(account, content)]
        else:
            found = contents.rules(kind, content, self._media.media)
            found += self._expiring(account.id, kind, content)
            if account.mass_send_right is False:
                found.append(Check("account.no_right", "red"))
        quota = self._accounts.quota(account.id)
        args = {"left": quota.left, "total": quota.total, "period": quota.period}
        found.append(Check("quota.left", "ok", args) if quota.left else Check("quota.spent", "amber", args))
        return tuple(sorted(found, key=lambda each: ("red", "amber", "ok").index(each.level)))

    def _expiring(self, account_id: int, kind: str, content: Mapping[str, Any]) -> list[Check]:
        found = []
        for file in contents.files_of(kind, content):
            known = self._media.uploaded(account_id, file["sha256"], kind)
            expires_at = known.expires_at if known is not None else None
            if expires_at is not None and expires_at - self._now() < EXPIRING_S:
                found.append(Check("media.expiring", "amber", {"name": file["name"], "expires_at": expires_at}))
        return found

    # --- preview --------------------------------------------------------------------------------------

    def preview(
        self,
        account_id: int,
        kind: str,
        content: Mapping[str, Any],
        recipients: Sequence[Recipient],
        job: Job,
    ) -> tuple[PreviewResult, ...]:
        """发预览 to each recipient; one refusal does not keep it from the others.

        Those who got it are remembered. Raises like ``prepare`` for what concerns all of them.
        """
        message: dict[str, Any] = {}
        if kind == "news":
            media_ids = [self._news().for_preview(account_id, content, job)]
        else:
            message, media_ids = self._build(account_id, kind, content, job)
        client = self._accounts.client(account_id)
        send: dict[str, Callable[[str | WxName], object]] = {
            "text": lambda to: client.preview_text(to, message["text"]["content"]),
            "image": lambda to: client.preview_image(to, media_ids[0]),
            "voice": lambda to: client.preview_voice(to, media_ids[0]),
            "video": lambda to: client.preview_video(to, media_ids[0]),
            "news": lambda to: client.preview_news(to, media_ids[0]),
        }
        results = []
        for recipient in recipients:
            job.check()
            error = self._preview_one(send[kind], recipient)
            if media_ids and error is None:
                self._media.count_use(account_id, media_ids[0])
            if isinstance(error, BadContent) and error.errcode == UNKNOWN_MEDIA:
                self._media.forget(account_id, media_ids[0])
                if kind == "news":
                    self._news().forget_made(account_id, media_ids[0])
            results.append(PreviewResult(recipient, error, first_only=len(media_ids) > 1))
        self._remember_preview(account_id, kind, content, results)
        return tuple(results)

    def _preview_one(self, send: Callable[[str | WxName], object], recipient: Recipient) -> AppError | None:
        try:
            send(WxName(recipient.value) if recipient.is_wx_name else recipient.value)
        except AppError as error:
            return error
        return None

    def _remember_preview(
        self, account_id: int, kind: str, content: Mapping[str, Any], results: Sequence[PreviewResult]
    ) -> None:
        reached = [result.recipient for result in results if result.error is None]
        for recipient in reversed(reached):
            self._recipients.remember(account_id, recipient)
        if reached:
            names = [recipient.value for recipient in reached]
            self._recipients.remember_preview(account_id, kind, self.content_hash(kind, content), names)

    def recipients(self, account_id: int) -> tuple[Recipient, ...]:
        """Who got previews of this account, the latest first."""
        return tuple(self._recipients.list(account_id))

    def remember_recipient(self, account_id: int, recipient: Recipient) -> None:
        """Put somebody on the list, or change the note."""
        self._recipients.remember(account_id, recipient)

    def forget_recipient(self, account_id: int, recipient: Recipient) -> None:
        """Take somebody off the list."""
        self._recipients.forget(account_id, recipient)

    def last_preview(self, account_id: int, kind: str) -> LastPreview | None:
        """What was previewed last of this kind; compare its ``content_hash``."""
        return self._recipients.last_preview(account_id, kind)

    # --- drafts ---------------------------------------------------------------------------------------

    def load_draft(self, account_id: int, kind: str) -> dict[str, Any]:
        """The draft of this kind, an empty content if there is none."""
        kept = self._drafts.load(account_id, kind)
        if kind == "news" and kept.get("draft_id") is not None:
            kept = self._open_articles(account_id, kept)
        return {**contents.empty_content(kind), **kept}

    def _open_articles(self, account_id: int, kept: dict[str, Any]) -> dict[str, Any]:
        """What is being written is an entry of 图文草稿; in the trash or gone it is not written any more."""
        drafts = self._news().drafts
        try:
            row = drafts.row(kept["draft_id"])
            if row.trashed_at is not None or row.account_id != account_id:
                return {}
            return {**drafts.get(row.id), "draft_id": row.id}
        except StoreError as error:
            if error.code != "draft.unknown":
                raise
            return {}

    def save_draft(self, account_id: int, kind: str, content: Mapping[str, Any]) -> None:
        """Keep the draft of this kind. Articles with a ``draft_id`` are kept in 图文草稿."""
        if kind == "news" and content.get("draft_id") is not None:
            row = self._news().save(account_id, content)
            self._drafts.save(account_id, kind, {"draft_id": row.id})
            return
        self._drafts.save(account_id, kind, dict(content))

    def add_to_draft(self, account_id: int, kind: str, file: dict[str, str], after: str = "") -> None:
        """Put a file (of ``contents``) into the draft of this kind, see ``contents.with_file``."""
        draft = self.load_draft(account_id, kind)
        self.save_draft(account_id, kind, contents.with_file(kind, draft, file, after))

    def clear_draft(self, account_id: int, kind: str) -> None:
        """Forget the draft of this kind."""
        self._drafts.clear(account_id, kind)
