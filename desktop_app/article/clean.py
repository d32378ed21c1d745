"""What goes out: nh3 for the HTML, an allow-list of its own for each SVG, which is taken out before and put back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nh3

from desktop_app.article import allowed, css, markup
from desktop_app.article.markup import Tag
from desktop_app.article.svg_clean import CleanedSvg, clean_svg
from desktop_app.errors import ArticleError

MAX_CHARS = 20_000_000
"""More is refused: it could only be pictures inside the text, and they are files here."""
MAX_PASSES = 8
PATH_PARTS = 6


@dataclass(frozen=True)
class Change:
    """One thing that WeChat strips or changes (微信会改什么). ``path``: where it is first, ``""`` if nowhere.

    Codes, with their args (all have ``count``): ``player.removed`` (tag, player "frame"|"video"|"audio") ·
    ``tag.removed`` (tag: with what is in it) · ``tag.unwrapped`` (tag: its text stays) · ``event.removed``
    (name, tag) · ``attribute.removed`` (name) · ``id.removed`` · ``style.removed`` (property, value, reason
    "no_effect"|"code"|"address") · ``link.removed`` (url) · ``link.outside`` (url: stays only with WeChat Pay) ·
    ``picture.removed`` (url) · ``svg.element`` (tag) · ``svg.attribute`` (name) · ``svg.id`` · ``svg.link`` (url).
    """

    code: str
    args: dict[str, Any] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True)
class Cleaned:
    """HTML as WeChat keeps it, before its pictures are brought; and what it cost."""

    html: str
    changes: tuple[Change, ...] = ()


def clean(html: str) -> Cleaned:
    """Remove what WeChat removes, and list it. Cleaning the result again changes nothing.

    Pictures keep their addresses: http(s), picture ``data:`` and ``qunfa-media:`` are for ``localise``. Raises
    ArticleError ``body.too_big``.
    """
    if len(html) > MAX_CHARS:
        raise ArticleError("body.too_big", size_bytes=len(html), limit=MAX_CHARS)
    html = html.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    found = _Finder(html).changes()
    changes: list[Change] = []
    for _ in range(MAX_PASSES):
        # Nested links or a broken table make a second parser see another tree than the first: until it is still.
        cleaned, changes_of_svgs = _clean_once(html)
        changes += [] if changes else changes_of_svgs
        if cleaned == html:
            break
        html = cleaned
    return Cleaned(html, tuple(found + changes))


def _clean_once(html: str) -> tuple[str, list[Change]]:
    slot = f"data-slot-{secrets.token_hex(8)}"
    svgs: list[CleanedSvg] = []

    def take_out(source: str) -> str:
        svgs.append(clean_svg(source))
        return f'<img {slot}="{len(svgs) - 1}">'

    bare = markup.rewrite(_without_svgs(html, take_out), _mended)
    names = {tag.name for tag in markup.tags(bare)}
    mp_tags = {name for name in names if allowed.is_mp_tag(name)}
    attributes: dict[str, set[str]] = {"*": set(allowed.ATTRIBUTES)}
    for tag in markup.tags(bare):
        if tag.name in mp_tags and not tag.closing:
            kept = {name for name in tag.attributes if allowed.is_attribute(tag.name, name)}
            attributes.setdefault(tag.name, set()).update(kept)
    cleaned = nh3.clean(
        bare,
        tags=set(allowed.TAGS) | mp_tags,
        clean_content_tags=set(allowed.WITH_CONTENT),
        attributes=attributes,
        attribute_filter=_attribute,
        generic_attribute_prefixes=set(allowed.PREFIXES),
        url_schemes={"http", "https", "mailto", "tel", "data", "qunfa-media"},
        link_rel=None,
    )
    cleaned = re.sub(r"(<pre(?: [^<>]*)?>)\n", r"\1\n\n", cleaned)  # the next parser swallows the first line break

    def put_back(match: re.Match[str]) -> str:
        return svgs[int(match[1])].svg

    cleaned = markup.rewrite(cleaned, lambda tag: "" if tag.name == "img" and _is_blank(tag, slot) else None)
    return re.sub(rf'<img {slot}="(\d+)">', put_back, cleaned), _svg_changes(svgs)


def _is_blank(tag: Tag, slot: str) -> bool:
    """A picture whose address did not pass: WeChat would show a hole."""
    attributes = tag.attributes
    return not attributes.get("src", "").strip() and slot not in attributes


def _without_svgs(html: str, take_out: Callable[[str], str]) -> str:
    """The HTML with every whole ``<svg>…</svg>`` replaced; one that never ends is left to nh3."""
    pieces, at, begin, depth = [], 0, 0, 0
    for tag in markup.tags(html):
        if tag.name != "svg" or (tag.closing and not depth):
            continue
        if not tag.closing:
            if tag.inside.rstrip().endswith("/") or html[: tag.end].endswith("/>"):
                continue  # empty: nothing to see
            begin = begin if depth else tag.start
            depth += 1
            continue
        depth -= 1
        if not depth:
            pieces += [html[at:begin], take_out(html[begin : tag.end])]
            at = tag.end
    return "".join([*pieces, html[at:]])


def _mended(tag: Tag) -> str | None:
    """Pictures that wait for a script get their address at once; of formulas the letters stay."""
    if tag.name in allowed.FORMULAS:
        return ""  # nh3 would take what is in them with them
    if tag.name != "img" or tag.closing:
        return None
    attributes = tag.attributes
    waiting, shown = attributes.get("data-src", ""), attributes.get("src", "")
    if (
        allowed.scheme_of(waiting) in ("http", "https")
        and allowed.scheme_of(shown) in ("", "data")
        and shown != waiting
    ):
        return markup.start_tag("img", {**attributes, "src": waiting})
    return None


def _attribute(tag: str, name: str, value: str) -> str | None:
    """nh3's question about an attribute that its lists allow."""
    if name == "style":
        return allowed.style(value) or None
    if name == "href":
        return value if allowed.is_link(value) else None
    if name in ("src", "data-src") and tag == "img":
        return value if allowed.is_picture(value) else None
    if name == "src" and not allowed.is_mp_tag(tag):
        return None
    return None if name.startswith("on") else value


def _svg_changes(svgs: list[CleanedSvg]) -> list[Change]:
    found: list[Change] = []
    for code, key in (("svg.element", "elements"), ("svg.attribute", "attributes"), ("svg.link", "links")):
        total: dict[str, int] = {}
        for svg in svgs:
            for name, count in getattr(svg, key).items():
                total[name] = total.get(name, 0) + count
        label = {"svg.element": "tag", "svg.attribute": "name", "svg.link": "url"}[code]
        for name, count in total.items():
            if (code, name) == ("svg.attribute", "id"):
                found.append(Change("svg.id", {"count": count}))
            else:
                found.append(Change(code, {label: name[:200], "count": count}))
    return found


class _Finder:
    """Lists what the tables do not let through, each kind once, with where it is first."""

    def __init__(self, html: str) -> None:
        self._html = _without_svgs(html, lambda source: "<img data-svg>")
        self._found: dict[tuple[str, tuple[tuple[str, Any], ...]], tuple[int, str]] = {}
        self._path: list[tuple[str, int]] = []
        self._counts: list[dict[str, int]] = [{}]

    def changes(self) -> list[Change]:
        """Everything, in the order of first appearance."""
        skip = ""
        for tag in markup.tags(self._html):
            if skip:
                skip = "" if tag.closing and tag.name == skip else skip
                continue
            if tag.closing:
                self._leave(tag.name)
                continue
            self._enter(tag)
            self._look(tag)
            if tag.name in markup.VOID:
                self._leave(tag.name)
            elif tag.name in allowed.WITH_CONTENT:
                skip = tag.name
                self._leave(tag.name)
        return [Change(code, {**dict(args), "count": n}, path) for (code, args), (n, path) in self._found.items()]

    def _enter(self, tag: Tag) -> None:
        counts = self._counts[-1]
        counts[tag.name] = counts.get(tag.name, 0) + 1
        self._path.append((tag.name, counts[tag.name]))
        self._counts.append({})

    def _leave(self, name: str) -> None:
        if any(each == name for each, _ in self._path[-PATH_PARTS:]):
            while self._path.pop()[0] != name:
                self._counts.pop()
            self._counts.pop()

    def _note(self, code: str, **args: Any) -> None:
        key = (code, tuple(sorted(args.items())))
        count, path = self._found.get(key, (0, ""))
        path = path or "/".join(f"{name}[{number}]" for name, number in self._path[-PATH_PARTS:])
        self._found[key] = (count + 1, path)

    def _look(self, tag: Tag) -> None:
        if tag.name in allowed.PLAYERS:
            self._note("player.removed", tag=tag.name, player=allowed.PLAYERS[tag.name])
            return
        if tag.name in allowed.WITH_CONTENT or tag.name in ("link", "meta", "base"):
            self._note("tag.removed", tag=tag.name)
            return
        if not allowed.is_tag(tag.name):
            if tag.name not in ("html", "head", "body", "x-anon"):
                self._note("tag.unwrapped", tag=tag.name)
            return
        for name, value in tag.attributes.items():
            self._look_at(tag, name, value)

    def _look_at(self, tag: Tag, name: str, value: str) -> None:
        if name == "style":
            for each in css.declarations(value):
                fault = allowed.style_fault(each)
                if fault and not (fault == "no_effect" and allowed.is_silent(each)):
                    self._note("style.removed", property=each.name[:60], value=each.value[:200], reason=fault)
        elif name.startswith("on"):
            self._note("event.removed", name=name[:60], tag=tag.name)
        elif name == "id":
            self._note("id.removed")
        elif not allowed.is_attribute(tag.name, name):
            self._note("attribute.removed", name=name[:60])
        elif name == "href" and tag.name == "a":
            self._look_at_link(value)
        elif name in ("src", "data-src") and tag.name == "img" and value and not allowed.is_picture(value):
            self._note("picture.removed", url=value[:200])

    def _look_at_link(self, url: str) -> None:
        if not allowed.is_link(url):
            self._note("link.removed", url=url[:200])
        elif (host := allowed.host_of(url)) and host != "mp.weixin.qq.com":
            self._note("link.outside", url=url[:200])
