"""What WeChat removes from an article's HTML, played after the reference: its own reading and its own tables."""

from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit


def _names(text: str) -> set[str]:
    return set(text.split())


_KEPT = _names(
    """
    section p span strong b em i u a h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code table thead tbody tr td th br img
    hr div font small big sub sup del ins s strike mark figure figcaption tfoot caption colgroup col dl dt dd center
    article header footer main aside address abbr cite q kbd samp var tt bdi bdo dfn time wbr ruby rt rp details
    summary
    svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textpath title desc image
    lineargradient radialgradient stop pattern mask clippath marker filter switch mpath set animate animatetransform
    animatemotion
    """
)
_GONE_WITH_CONTENT = _names(
    """
    script style iframe object video audio noscript foreignobject template mpvoice qqmusic mpvideosnap
    mp-common-mpaudio mp-common-videosnap
    """
)
_VOID = _names("br img hr col wbr input link meta embed source track base area param")
_WITHOUT_EFFECT = {"position", "transform", "-webkit-transform"}
_OWN = re.compile(r"https?://mm(?:biz|ecoa|sns)\.(?:qpic|qlogo)\.cn/", re.IGNORECASE)
_ADDRESS = re.compile(r"\ssrc\s*=\s*[\"']?[^\s\"'>]", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\s/]+)([^\s/>=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_STYLE_URL = re.compile(r"""url\(\s*["']?\s*([^"')]*)""", re.IGNORECASE)


class _Filter(HTMLParser):
    """Writes down what stays; what needs no change stays to the byte."""

    def __init__(self, source: str, *, outside_links: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self._outside_links = outside_links
        self._hidden: list[str] = []
        self._written: dict[str, str] = {}  # SVG tells capitals apart
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep, change or drop a tag."""
        written = self.get_starttag_text() or ""
        empty = tag in _VOID or written.endswith("/>")
        if self._hidden:
            if tag == self._hidden[-1] and not empty:
                self._hidden.append(tag)
        elif tag in _GONE_WITH_CONTENT:
            if not empty:
                self._hidden.append(tag)
        elif _stays(tag):
            self._written[tag] = written[1 : len(tag) + 1]
            text = self._tag(tag, written)
            if tag != "img" or _ADDRESS.search(text):
                self.pieces.append(text)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
        elif _stays(tag) and tag not in _VOID:
            self.pieces.append(f"</{self._written.get(tag, tag)}>")

    def handle_data(self, data: str) -> None:
        """Text stays."""
        if not self._hidden:
            self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        """So does a named character."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """And a numbered one."""
        self.handle_data(f"&#{name};")

    def _tag(self, tag: str, written: str) -> str:
        """The start tag with the attributes that stay, each as it was written unless its value changes."""

        def change(found: re.Match[str]) -> str:
            name, raw = found[2].lower(), found[3]
            value = None if raw is None else unescape(raw[1:-1] if raw[:1] in "\"'" else raw)
            kept = self._value(tag, name, value or "")
            if kept is None:
                return ""
            return found[0] if kept == (value or "") else f'{found[1]}{found[2]}="{escape(kept)}"'

        return written[: len(tag) + 1] + _ATTRIBUTE.sub(change, written[len(tag) + 1 :])

    def _value(self, tag: str, name: str, value: str) -> str | None:
        """The attribute's value as it stays, None if the attribute goes."""
        if name == "id" or name.startswith("on"):
            return None
        if name == "style":
            return _style(value)
        if tag == "img" and name in ("src", "data-src"):
            return value if _OWN.match(value.strip()) else None
        if tag == "image" and name in ("href", "xlink:href"):
            return value if value.startswith("#") or _OWN.match(value.strip()) else None
        if tag == "a" and name == "href":
            return value if self._outside_links or _is_inside(value) else None
        return None if value.strip().lower().startswith(("javascript:", "vbscript:")) else value


def _stays(tag: str) -> bool:
    return tag in _KEPT or tag.startswith(("mp-", "fe"))


def strip_html(html: str, *, outside_links: bool = False) -> str:
    """The HTML as WeChat keeps it. `outside_links`: the account has WeChat Pay, links to anywhere stay."""
    return "".join(_Filter(html, outside_links=outside_links).pieces)


def _style(style: str) -> str | None:
    """Without positions, transforms and pictures from elsewhere; unchanged if it has none."""
    parts, depth, quote = [""], 0, ""
    for letter in style:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == ";" and depth <= 0:
            parts.append("")
            continue
        parts[-1] += letter
    kept = [part for part in parts if _style_stays(part)]
    return style if len(kept) == len(parts) else ";".join(kept) or None


def _style_stays(part: str) -> bool:
    name = part.partition(":")[0].strip().lower()
    urls = _STYLE_URL.findall(part)
    return name not in _WITHOUT_EFFECT and all(url.startswith("#") or _OWN.match(url.strip()) for url in urls)


def _is_inside(url: str) -> bool:
    """An article of WeChat's, a place in the page, a mini program's empty link."""
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return False
    return not url.strip() or url.startswith("#") or host in ("mp.weixin.qq.com", "weixin.qq.com")
