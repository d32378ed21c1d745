"""One-click fixes: a finding of 发送前检查 and the content without it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from desktop_app.article import allowed, css, limits, markup
from desktop_app.article.check import Finding, link_problem
from desktop_app.article.markup import Tag
from desktop_app.article.pictures import absolute, tag_text

FIXES = ("title.cut", "author.cut", "digest.cut", "source_url.https", "link.unlink", "picture.remove")
"""What ``apply`` can do by itself; other fixes are places to go to."""


def apply(content: Mapping[str, Any], finding: Finding) -> dict[str, Any]:
    """A copy of the content with the finding mended; unchanged if its fix is none of ``FIXES``."""
    mended = copy.deepcopy(dict(content))
    if finding.fix not in FIXES or not 0 <= finding.article_index < len(mended.get("articles", ())):
        return mended
    article = mended["articles"][finding.article_index]
    if finding.fix in ("title.cut", "author.cut", "digest.cut"):
        limit = {"title": limits.TITLE, "author": limits.AUTHOR, "digest": limits.DIGEST}[finding.where]
        article[finding.where] = article[finding.where][: limit.red].rstrip()
    elif finding.fix == "source_url.https":
        article["content_source_url"] = "https://" + article["content_source_url"].strip()
    elif finding.fix == "link.unlink":
        article["html"] = _unlinked(article["html"], finding.args["url"])
    else:
        article["html"] = _without_picture(article["html"], finding.args["url"])
    return mended


def _unlinked(html: str, url: str) -> str:
    """The link's text stays, as plain text."""

    def change(tag: Tag) -> str | None:
        if tag.name != "a" or tag.closing or tag.attributes.get("href", "").strip()[:200] != url:
            return None
        return tag_text(tag, {name: value for name, value in tag.attributes.items() if name != "href"})

    return markup.rewrite(html, change) if link_problem(url) else html


def _without_picture(html: str, url: str) -> str:
    def is_it(address: str) -> bool:
        return absolute(address)[:200] == url or (allowed.local_sha256(address) or "-") == allowed.local_sha256(url)

    def change(tag: Tag) -> str | None:
        attributes = tag.attributes
        if tag.name == "img" and any(is_it(attributes.get(name, "")) for name in ("src", "data-src")):
            return ""
        if tag.name == "image" and any(is_it(attributes.get(name, "")) for name in ("href", "xlink:href")):
            kept = {name: value for name, value in attributes.items() if name not in ("href", "xlink:href")}
            return tag_text(tag, kept)
        style = attributes.get("style", "")
        if any(map(is_it, css.urls(style))):
            bare = css.filtered(style, lambda each: not any(map(is_it, css.urls(each.value))))
            return tag_text(tag, {**attributes, "style": bare})
        return None

    return markup.rewrite(html, change)
