"""Articles: what WeChat will change, the checks, a fresh draft for each send, previews, the copy in WeChat's box."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from desktop_app.article import contents, markup
from desktop_app.article.allowed import local_sha256
from desktop_app.article.check import Facts, Finding, check
from desktop_app.article.clean import Change, Cleaned, clean
from desktop_app.article.inline import inline
from desktop_app.article.localise import foreign, localise
from desktop_app.article.pictures import absolute
from desktop_app.errors import AppError, ArticleError, BadContent, BadRequest, MediaError, StoreError
from desktop_app.job import Job
from desktop_app.services.account import AccountService
from desktop_app.services.pictures import ArticlePictures
from desktop_app.store.accounts import Account
from desktop_app.store.articles import ArticleDraft, ArticleDrafts, MadeDraft, MadeDrafts, WechatCopy
from desktop_app.store.outbox import State
from desktop_app.wechat.errcodes import UNKNOWN_MEDIA
from desktop_app.wechat.types import Article, NewsMessage, Uploaded

ABANDONED_S = 3600.0
"""A draft that was made for a send which nobody confirmed within this time is cleared away."""
PREVIEW_LIFE_S = 2 * 24 * 3600.0
TIDIED_AT_ONCE = 10
_ENDED_WITHOUT = {State.FAILED, State.CANCELLED}
_TAKEN_BY_WECHAT = {State.ACCEPTED, State.WAITING_ADMIN, State.SUCCEEDED, State.DELETED}


@dataclass(frozen=True)
class PreparedNews:
    """Articles at WeChat, ready to be sent: one media_id for each batch. ``kind``: "draft" or "uploadnews".

    ``articles`` are exactly as they went; ``sha256s`` the local files in them: bodies' pictures and covers.
    """

    media_ids: tuple[str, ...]
    kind: str
    articles: tuple[dict[str, Any], ...]
    sha256s: tuple[str, ...]

    @property
    def media_id(self) -> str:
        """The first; a send of one batch has no other."""
        return self.media_ids[0]

    @property
    def messages(self) -> tuple[dict[str, Any], ...]:
        """The message of each batch as WeChat takes it."""
        return tuple(NewsMessage(media_id).to_json() for media_id in self.media_ids)


@dataclass(frozen=True)
class SavedCopy:
    """存到公众号草稿箱. ``created``: a new draft; else the one made before, of which ``updated`` articles changed."""

    media_id: str
    created: bool
    updated: int


@lru_cache(maxsize=24)
def cleaned(html: str) -> Cleaned:
    """Inlined and cleaned: what will be sent, with its pictures still where they are."""
    return clean(inline(html))


class Articles:
    """The desk's services, free of Qt. Every method may be called from any thread.

    ``drafts``: 图文草稿 in the store. ``pictures``: see ``ArticlePictures``.
    """

    def __init__(
        self,
        accounts: AccountService,
        drafts: ArticleDrafts,
        made: MadeDrafts,
        pictures: ArticlePictures,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.drafts = drafts
        self.pictures = pictures
        self._accounts = accounts
        self._made = made
        self._now = now

    # --- writing ----------------------------------------------------------------------------------------

    def save(self, account_id: int, content: Mapping[str, Any]) -> ArticleDraft:
        """Keep a message in 图文草稿: in its place (``draft_id``), or as a new one if it has none any more."""
        text = "\n".join(markup.text_of(each["html"]) for each in contents.articles_of(content))
        draft_id = content.get("draft_id")
        if draft_id is not None:
            try:
                return self.drafts.save(draft_id, content, words=text)
            except StoreError as error:
                if error.code != "draft.unknown":
                    raise
        return self.drafts.create(account_id, {**content, "draft_id": None}, words=text)

    def load(self, draft_id: int) -> dict[str, Any]:
        """A message of 图文草稿 with its own ``draft_id``. Raises StoreError ``draft.unknown``."""
        return {**self.drafts.get(draft_id), "draft_id": draft_id}

    # --- before anything is uploaded --------------------------------------------------------------------

    def what_changes(self, html: str) -> tuple[Change, ...]:
        """微信会改什么: what the filter will strip or change."""
        return cleaned(html).changes

    def cleaned(self, html: str) -> str:
        """The HTML that will be sent, with its pictures still where they are: for 手机预览."""
        return cleaned(html).html

    def check(self, account: Account, content: Mapping[str, Any]) -> tuple[Finding, ...]:
        """发送前检查, red ones first. No request is made."""
        cuts = {each["cover"]["sha256"]: each["cover"].get("crop_235") for each in _with_cover(content)}
        pictures = self.pictures
        return check(
            content,
            Facts(
                size=pictures.size,
                uploaded=lambda sha256: bool(pictures.known_url(account.id, sha256)),
                brought=lambda url: pictures.is_brought(account.id, url),
                broken=dict(pictures.broken),
                expires=lambda sha256: pictures.thumb_expires(account.id, sha256, cuts.get(sha256)),
                may_send=account.mass_send_right,
                news_way=account.news_way,
                now=self._now(),
                cleaned=cleaned,
            ),
        )

    def bring_pictures(self, account_id: int, content: Mapping[str, Any], job: Job) -> dict[str, str]:
        """Upload every picture of the bodies now; address → error code of those that could not be brought."""
        urls = [url for each in contents.articles_of(content) for url in foreign(cleaned(each["html"]).html)]
        failed: dict[str, str] = {}
        quiet = job.quiet()
        for done, url in enumerate(dict.fromkeys(urls)):
            job.check()
            job.progress(done, len(urls))
            try:
                sha256 = local_sha256(url) or self.pictures.bring(absolute(url), quiet).sha256
                self.pictures.upload(account_id, sha256, quiet)
            except (ArticleError, MediaError, BadContent) as error:
                failed[url] = error.code
        return failed

    # --- a send -----------------------------------------------------------------------------------------

    def prepare(self, account_id: int, content: Mapping[str, Any], job: Job, *, batches: int = 1) -> PreparedNews:
        """Everything goes up; a fresh draft (or uploadnews) for each batch, because WeChat consumes it.

        Raises BadRequest with the code of the first red finding, ArticleError ``article.picture`` (article,
        reason, host), MediaError, and what the client raises.
        """
        self.tidy(account_id)
        way = self._accounts.get(account_id).news_way
        articles, sha256s = self._wire(account_id, content, way, job)
        made = [self._make(account_id, content, articles, way, "send", job) for _ in range(batches)]
        return PreparedNews(tuple(made), way, tuple(each.to_json() for each in articles), sha256s)

    def for_preview(self, account_id: int, content: Mapping[str, Any], job: Job) -> str:
        """A media_id for a preview: the one made before for the same content, else that goes and a new one comes."""
        way = self._accounts.get(account_id).news_way
        wanted = _hash(content, way)
        previews = [each for each in self._made.list(account_id) if each.purpose == "preview"]
        for each in previews:
            if each.content_hash == wanted and 0 <= self._now() - each.made_at < PREVIEW_LIFE_S:
                return each.media_id
        articles, _ = self._wire(account_id, content, way, job)
        self.tidy(account_id, previews=True)
        return self._make(account_id, content, articles, way, "preview", job)

    def forget_made(self, account_id: int, media_id: str) -> None:
        """WeChat does not know this draft any more."""
        self._made.forget(account_id, media_id)

    def discard(self, account_id: int, media_ids: Sequence[str]) -> None:
        """The send was not confirmed: delete its drafts. One that is queued, or left already, stays."""
        for each in self._made.list(account_id):
            if each.media_id in media_ids and not self._made.batch_states(account_id, each):
                self._delete(account_id, each)

    def tidy(self, account_id: int, *, previews: bool = False) -> None:
        """Delete drafts that nobody will send: of refused and abandoned sends, and of previews if asked."""
        for each in self._made.list(account_id)[:TIDIED_AT_ONCE]:
            states = self._made.batch_states(account_id, each)
            if each.purpose == "preview":
                gone = previews
            elif not states:
                gone = not 0 <= self._now() - each.made_at < ABANDONED_S
            else:
                gone = states <= _ENDED_WITHOUT
            if gone:
                self._delete(account_id, each)
            elif states & _TAKEN_BY_WECHAT:
                self._made.forget(account_id, each.media_id)

    # --- 存到公众号草稿箱 --------------------------------------------------------------------------------

    def save_to_wechat_drafts(self, account_id: int, draft_id: int, job: Job) -> SavedCopy:
        """One way: the first time a new draft, then the one made before, article by article.

        With another number of articles, or after somebody deleted or published it there, a new draft takes its
        place. Raises like ``prepare``, and StoreError ``draft.unknown``.
        """
        row, content = self.drafts.row(draft_id), self.drafts.get(draft_id)
        articles, _ = self._wire(account_id, content, "draft", job)
        hashes = tuple(_article_hash(each) for each in articles)
        client, copy = self._accounts.client(account_id), row.wechat
        if copy is not None and row.account_id == account_id and len(copy.hashes) == len(hashes):
            changed = [at for at, (new, old) in enumerate(zip(hashes, copy.hashes, strict=True)) if new != old]
            try:
                for at in changed or [0]:  # a first one even if nothing changed: is it still there?
                    client.update_draft(copy.media_id, at, articles[at])
                self.drafts.set_wechat(draft_id, WechatCopy(copy.media_id, hashes, self._now()))
                return SavedCopy(copy.media_id, created=False, updated=len(changed))
            except BadContent as error:
                if error.errcode != UNKNOWN_MEDIA:
                    raise
        media_id = self._add_draft(account_id, content, articles, job)
        self.drafts.set_wechat(draft_id, WechatCopy(media_id, hashes, self._now()))
        if copy is not None and row.account_id == account_id:
            # If it cannot be deleted now, the next preview tries again.
            self._made.remember(account_id, copy.media_id, "preview", "")
            self._delete(account_id, MadeDraft(copy.media_id, "preview", "", copy.at))
        return SavedCopy(media_id, created=True, updated=len(articles))

    # --- inside -----------------------------------------------------------------------------------------

    def _wire(
        self, account_id: int, content: Mapping[str, Any], way: str, job: Job
    ) -> tuple[list[Article], tuple[str, ...]]:
        """The articles as they go out, their pictures and covers uploaded."""
        account = self._accounts.get(account_id)
        for finding in self.check(account, content):
            if _stops(finding):
                raise BadRequest(finding.code, article=finding.article_index, where=finding.where, **finding.args)
        articles = contents.articles_of(content)
        bodies = [cleaned(each["html"]).html for each in articles]
        steps = sum(len(foreign(body)) for body in bodies) + len(articles)
        counted = _Counted(job, steps)
        found, sha256s = [], list[str]()
        for index, (article, body) in enumerate(zip(articles, bodies, strict=True)):
            html = self._localised(account_id, index, body, counted, sha256s)
            sha256s.append(article["cover"]["sha256"])
            found.append(self._article(account_id, article, html, way, len(articles) == 1, job.quiet()))
            counted.step()
        return found, tuple(dict.fromkeys(sha256s))

    def _localised(self, account_id: int, index: int, body: str, counted: _Counted, sha256s: list[str]) -> str:
        quiet = counted.job.quiet()

        def upload(sha256: str) -> str:
            sha256s.append(sha256)
            with _named(index):
                url = self.pictures.upload(account_id, sha256, quiet).url
            counted.step()
            return url

        def bring(url: str) -> str:
            with _named(index):
                return self.pictures.bring(url, quiet).sha256

        return localise(body, bring=bring, upload=upload, job=quiet)

    def _article(
        self, account_id: int, article: dict[str, Any], html: str, way: str, single: bool, job: Job
    ) -> Article:
        cover = article["cover"]
        shared: dict[str, Any] = {
            "title": article["title"],
            "author": article["author"] or None,
            "digest": (article["digest"] or None) if single else None,
            "content_source_url": article["content_source_url"].strip() or None,
            "need_open_comment": int(article["need_open_comment"]),
            "only_fans_can_comment": int(article["need_open_comment"] and article["only_fans_can_comment"]),
        }
        if way == "uploadnews":
            thumb = self.pictures.thumb(account_id, cover["sha256"], cover.get("crop_235"), job)
            show = int(article["show_cover_pic"])
            return Article(content=html, thumb_media_id=thumb, show_cover_pic=show, **shared)
        row = self.pictures.cover(account_id, cover["sha256"], job)
        if article["show_cover_pic"]:
            # draft/add knows no such switch: the cover stands first in the body, as WeChat would put it.
            url = row.url or self.pictures.upload(account_id, cover["sha256"], job).url
            html = f'<p style="margin:0 0 16px;"><img src="{markup.escape(url)}" style="width:100%;"></p>{html}'
        return Article(
            content=html,
            thumb_media_id=row.media_id,
            pic_crop_235_1=contents.cut_text(cover.get("crop_235")),
            pic_crop_1_1=contents.cut_text(cover.get("crop_1")),
            **shared,
        )

    def _make(
        self, account_id: int, content: Mapping[str, Any], articles: list[Article], way: str, purpose: str, job: Job
    ) -> str:
        job.check()
        if way == "uploadnews":
            made: Uploaded = self._accounts.client(account_id).upload_news(articles)
            media_id = made.media_id
        else:
            media_id = self._add_draft(account_id, content, articles, job)
        self._made.remember(account_id, media_id, purpose, _hash(content, way))
        return media_id

    def _add_draft(self, account_id: int, content: Mapping[str, Any], articles: list[Article], job: Job) -> str:
        client = self._accounts.client(account_id)
        try:
            return client.add_draft(articles)
        except BadContent as error:
            if error.errcode != UNKNOWN_MEDIA:
                raise
        # A cover was deleted in WeChat's library: up again from the file, once.
        for each in contents.articles_of(content):
            self.pictures.forget_cover(account_id, each["cover"]["sha256"])
        articles[:], _ = self._wire(account_id, content, "draft", job.quiet())
        return client.add_draft(articles)

    def _delete(self, account_id: int, made: MadeDraft) -> None:
        """Best effort: what cannot be deleted now is tried again the next time."""
        try:
            if not made.content_hash.startswith("uploadnews:"):
                self._accounts.client(account_id).delete_draft(made.media_id)
        except BadContent as error:
            if error.errcode != UNKNOWN_MEDIA:
                return
        except AppError:
            return
        self._made.forget(account_id, made.media_id)


class _Counted:
    """Progress in steps: a picture, or an article with its cover."""

    def __init__(self, job: Job, total: int) -> None:
        self.job = job
        self._done, self._total = 0, total

    def step(self) -> None:
        """One more is done. Raises Cancelled."""
        self.job.check()
        self._done += 1
        self.job.progress(self._done, self._total)


@contextmanager
def _named(index: int) -> Iterator[None]:
    """A picture that cannot be had stops its article, which the error names."""
    try:
        yield
    except (ArticleError, MediaError) as error:
        host = error.args_.get("host", "")
        raise ArticleError("article.picture", article=index, reason=error.code, host=host) from error


def _stops(finding: Finding) -> bool:
    """Whether a finding stops the preparing: rights are asked of WeChat, and the web may answer now."""
    if finding.level != "red" or finding.where == "account":
        return False
    return finding.code != "picture.broken" or finding.args["reason"] == "fetch.scheme"


def _with_cover(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each for each in contents.articles_of(content) if each["cover"]]


def _hash(content: Mapping[str, Any], way: str) -> str:
    return f"{way}:{contents.content_hash(content)}"


def _article_hash(article: Article) -> str:
    return hashlib.sha256(json.dumps(article.to_json(), sort_keys=True).encode()).hexdigest()
