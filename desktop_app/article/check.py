"""The rules of 发送前检查 for a message of articles. Each is a finding with where it is and what mends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from desktop_app.article import allowed, limits, markup
from desktop_app.article.clean import Cleaned, clean
from desktop_app.article.contents import articles_of
from desktop_app.article.inline import inline
from desktop_app.article.pictures import Picture, absolute, pictures

EXPIRING_S = 24 * 3600.0

_PASSING = {"fetch.dns", "fetch.connect", "fetch.timeout", "fetch.cut"}
"""Why a picture may be missing now and be there when the network is back."""

_PLACEHOLDER = re.compile(
    r"待补充?|待填写?|待完善|待定稿|(?<![A-Za-z0-9])[xX×]{3,}(?![A-Za-z0-9])|\blorem\s+ipsum\b|\blorem\b"
    r"|\b(?:TO-?DO|TBD|TK)\b|此处(?:填写|输入|插入)|请(?:在此)?输入(?:标题|正文|内容)|【\s*】|占位"
    r"|写一个小标题|放一张图",  # of our own blocks
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Finding:
    """One finding. ``level``: "red" stops a send, "amber" is to be read, "ok" is good to know.

    ``article_index``: from 0, -1 for the whole message. ``where``: "message", "account", "title", "author",
    "digest", "body", "cover", "content_source_url". ``fix``: what ``fix.apply`` mends ("title.cut", "author.cut",
    "digest.cut", "source_url.https", "link.unlink", "picture.remove"), or a place to go to ("cover.choose",
    "picture.bring", "picture.upload", "picture.retry", "changes.show", "jump", "account.drafts", "media.renew"),
    or "".

    Codes, with their args: ``articles.none`` · ``articles.too_many`` (count, limit) · ``articles.ok`` (count) ·
    ``title.empty`` · ``title.long`` ``title.too_long`` ``author.long`` ``author.too_long`` ``digest.too_long``
    (chars, limit) · ``title.duplicate`` (title, other) · ``body.empty`` · ``body.too_long`` (chars, limit) ·
    ``body.too_big`` (size_bytes, limit) · ``body.long_for_uploadnews`` (chars, limit) · ``cover.missing`` ·
    ``cover.gone`` (name) · ``picture.foreign`` (count, url) · ``picture.waiting`` (count) · ``picture.broken`` (url,
    reason) · ``picture.gone`` (count, url) · ``picture.small`` (url, width, shown) · ``source_url.invalid`` (url) ·
    ``source_url.too_long`` (size_bytes, limit) · ``link.outside`` ``link.tempkey`` ``link.home_page`` (url, text) ·
    ``content.stripped`` (count) · ``placeholder`` (text) · ``text.encoding`` · ``media.expiring`` (name,
    expires_at) · ``account.no_right``.
    """

    code: str
    level: str
    article_index: int = -1
    where: str = "message"
    args: dict[str, Any] = field(default_factory=dict)
    fix: str = ""


def _cleaned(html: str) -> Cleaned:
    return clean(inline(html))


@dataclass(frozen=True)
class Facts:
    """What the rules have to know beside the content; the defaults know nothing.

    ``size``: (width, height) of a local file, None if it is gone. ``uploaded``: whether WeChat has the file for an
    article's body. ``brought``: whether it has the picture behind a foreign address. ``broken``: address → why it
    could not be fetched. ``expires``: when the temporary media of a cover goes. ``news_way``: "draft" or
    "uploadnews". ``now``: Unix seconds.
    """

    size: Callable[[str], tuple[int, int] | None] = lambda sha256: (0, 0)
    uploaded: Callable[[str], bool] = lambda sha256: False
    brought: Callable[[str], bool] = lambda url: False
    broken: Mapping[str, str] = field(default_factory=dict)
    expires: Callable[[str], float | None] = lambda sha256: None
    may_send: bool | None = None
    news_way: str = "draft"
    now: float = 0.0
    cleaned: Callable[[str], Cleaned] = _cleaned


def check(content: Mapping[str, Any], facts: Facts | None = None) -> tuple[Finding, ...]:
    """All findings, red ones first, then in the order of the articles."""
    facts = facts or Facts()
    articles = articles_of(content)
    found = list(_message(articles, facts))
    for index, article in enumerate(articles):
        for rule in (_texts, _source_url, _cover, _body):
            found += rule(index, article, facts, len(articles) == 1)
    if not any(each.level == "red" for each in found):
        found.append(Finding("articles.ok", "ok", args={"count": len(articles)}))
    return tuple(sorted(found, key=lambda each: ("red", "amber", "ok").index(each.level)))


def _message(articles: list[dict[str, Any]], facts: Facts) -> Iterator[Finding]:
    if not articles:
        yield Finding("articles.none", "red")
    if len(articles) > limits.ARTICLES_MAX:
        yield Finding("articles.too_many", "red", args={"count": len(articles), "limit": limits.ARTICLES_MAX})
    if facts.may_send is False:
        yield Finding("account.no_right", "red", where="account", fix="account.drafts")
    seen: dict[str, int] = {}
    for index, article in enumerate(articles):
        title = article["title"].strip()
        if title and title in seen:
            args = {"title": title, "other": seen[title] + 1}
            yield Finding("title.duplicate", "amber", index, "title", args, "jump")
        seen.setdefault(title, index)


def _texts(index: int, article: dict[str, Any], facts: Facts, single: bool) -> Iterator[Finding]:
    title = article["title"]
    if not title.strip():
        yield Finding("title.empty", "red", index, "title", fix="jump")
    yield from _length("title", title, limits.TITLE, index)
    yield from _length("author", article["author"], limits.AUTHOR, index)
    if single:
        yield from _length("digest", article["digest"], limits.DIGEST, index)
    for where in ("title", "author", "digest"):
        if not _is_unicode(article[where]):
            yield Finding("text.encoding", "red", index, where, fix="jump")
        if (match := _PLACEHOLDER.search(article[where])) and (where != "digest" or single):
            yield Finding("placeholder", "amber", index, where, {"text": match[0]}, "jump")


def _length(where: str, text: str, limit: limits.Limit, index: int) -> Iterator[Finding]:
    if len(text) > limit.red:
        args = {"chars": len(text), "limit": limit.red}
        yield Finding(f"{where}.too_long", "red", index, where, args, f"{where}.cut")
    elif len(text) > limit.amber:
        yield Finding(f"{where}.long", "amber", index, where, {"chars": len(text), "limit": limit.amber}, "jump")


def _is_unicode(text: str) -> bool:
    """Half of a surrogate pair, typed or pasted, is no text that could be sent."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _source_url(index: int, article: dict[str, Any], facts: Facts, single: bool) -> Iterator[Finding]:
    url = article["content_source_url"].strip()
    if not url:
        return
    size_bytes = len(url.encode("utf-8", "replace"))
    if size_bytes > limits.SOURCE_URL_BYTES:
        args = {"size_bytes": size_bytes, "limit": limits.SOURCE_URL_BYTES}
        yield Finding("source_url.too_long", "red", index, "content_source_url", args, "jump")
    if not is_web_address(url):
        fix = "source_url.https" if is_web_address(f"https://{url}") else "jump"
        yield Finding("source_url.invalid", "red", index, "content_source_url", {"url": url[:200]}, fix)


def is_web_address(url: str) -> bool:
    """http(s) with a host that has a dot in it, and no blanks."""
    if allowed.scheme_of(url) not in ("http", "https") or re.search(r"[\s<>\"]", url.strip()):
        return False
    host = allowed.host_of(url)
    return re.fullmatch(r"[^.\s/]+(\.[^.\s/]+)+|\[[0-9a-f:]+\]", host) is not None


def _cover(index: int, article: dict[str, Any], facts: Facts, single: bool) -> Iterator[Finding]:
    cover = article["cover"]
    if not cover:
        yield Finding("cover.missing", "red", index, "cover", fix="cover.choose")
        return
    if facts.size(cover["sha256"]) is None:
        yield Finding("cover.gone", "red", index, "cover", {"name": cover.get("name", "")}, "cover.choose")
    expires_at = facts.expires(cover["sha256"]) if facts.news_way == "uploadnews" else None
    if expires_at is not None and expires_at - facts.now < EXPIRING_S:
        args = {"name": cover.get("name", ""), "expires_at": expires_at}
        yield Finding("media.expiring", "amber", index, "cover", args, "media.renew")


def _body(index: int, article: dict[str, Any], facts: Facts, single: bool) -> Iterator[Finding]:
    cleaned = facts.cleaned(article["html"])
    shown = pictures(cleaned.html)
    text = markup.text_of(cleaned.html)
    if not text.strip() and not shown and "<mp-" not in cleaned.html and "<svg" not in cleaned.html:
        yield Finding("body.empty", "red", index, "body", fix="jump")
    yield from _size(index, cleaned.html, facts)
    if match := _PLACEHOLDER.search(text):
        yield Finding("placeholder", "amber", index, "body", {"text": match[0]}, "jump")
    links = sum(each.code == "link.outside" for each in cleaned.changes)
    if len(cleaned.changes) > links:
        count = sum(each.args.get("count", 1) for each in cleaned.changes if each.code != "link.outside")
        yield Finding("content.stripped", "amber", index, "body", {"count": count}, "changes.show")
    yield from _links(index, cleaned.html)
    yield from _pictures(index, shown, facts)
    for each in cleaned.changes:
        if each.code == "picture.removed":  # file:, cid: or a path: only the program it comes from knows it
            told = {"url": each.args["url"], "reason": "fetch.scheme"}
            yield Finding("picture.broken", "red", index, "body", told, "picture.remove")


def _size(index: int, html: str, facts: Facts) -> Iterator[Finding]:
    """The length that it will have: each picture that is not at WeChat yet gets an address of the usual length."""
    for each in {picture.url for picture in pictures(html) if not picture.is_own}:
        html = html.replace(markup.escape(each), "u" * limits.PICTURE_URL_CHARS)
    size_bytes = len(html.encode("utf-8", "replace"))
    if len(html) >= limits.CONTENT_CHARS:
        args = {"chars": len(html), "limit": limits.CONTENT_CHARS}
        yield Finding("body.too_long", "red", index, "body", args, "jump")
    elif facts.news_way == "uploadnews" and len(html) > limits.UPLOADNEWS_CHARS:
        args = {"chars": len(html), "limit": limits.UPLOADNEWS_CHARS}
        yield Finding("body.long_for_uploadnews", "amber", index, "body", args, "jump")
    if size_bytes >= limits.CONTENT_BYTES:
        args = {"size_bytes": size_bytes, "limit": limits.CONTENT_BYTES}
        yield Finding("body.too_big", "red", index, "body", args, "jump")


def _links(index: int, html: str) -> Iterator[Finding]:
    for tag in markup.tags(html):
        if tag.name != "a" or tag.closing:
            continue
        url = tag.attributes.get("href", "").strip()
        if (code := link_problem(url)) is None:
            continue
        level = "amber" if code == "link.outside" else "red"
        text = markup.text_of(html[tag.end : html.find("</a>", tag.end)]).strip()[:40]
        yield Finding(code, level, index, "body", {"url": url[:200], "text": text}, "link.unlink")


def link_problem(url: str) -> str | None:
    """What WeChat does to a link: dropped without WeChat Pay, 45166 for a preview, 40155 for a home page; or None."""
    host = allowed.host_of(url)
    if not host:
        return None
    if host != "mp.weixin.qq.com":
        return "link.outside"
    parts = urlsplit(url)
    if "tempkey" in parse_qs(parts.query, keep_blank_values=True):
        return "link.tempkey"
    if parts.path.startswith(("/mp/profile_ext", "/mp/homepage", "/mp/getmasssendmsg")):
        return "link.home_page"
    return None


def _pictures(index: int, shown: tuple[Picture, ...], facts: Facts) -> Iterator[Finding]:
    foreign: dict[str, str] = {}
    waiting, gone = set(), []
    for each in shown:
        url = absolute(each.url)
        if each.is_own or each.url in foreign or each.sha256 in waiting or each.url in gone:
            continue
        if each.sha256:
            size = facts.size(each.sha256)
            if size is None:
                gone.append(each.url)
                continue
            if not facts.uploaded(each.sha256):
                waiting.add(each.sha256)
            yield from _small(index, each, size[0])
        elif url in facts.broken:
            args = {"url": url[:200], "reason": facts.broken[url]}
            fix = "picture.retry" if facts.broken[url] in _PASSING else "picture.remove"
            yield Finding("picture.broken", "red", index, "body", args, fix)
        elif not facts.brought(url):
            foreign[each.url] = url
    if gone:
        yield Finding("picture.gone", "red", index, "body", {"count": len(gone), "url": gone[0]}, "picture.remove")
    if foreign:
        first = next(iter(foreign.values()))
        yield Finding(
            "picture.foreign", "amber", index, "body", {"count": len(foreign), "url": first[:200]}, "picture.bring"
        )
    if waiting:
        yield Finding("picture.waiting", "amber", index, "body", {"count": len(waiting)}, "picture.upload")


def _small(index: int, picture: Picture, width: int) -> Iterator[Finding]:
    """A picture that is shown as it is has to be wide enough; one with a width of its own may be an icon."""
    wanted = picture.shown_px or float(limits.SMALL_PICTURE_PX)
    if picture.place == "img" and 0 < width < min(wanted, limits.SMALL_PICTURE_PX):
        args = {"url": picture.url, "width": width, "shown": round(picture.shown_px)}
        yield Finding("picture.small", "amber", index, "body", args, "jump")
