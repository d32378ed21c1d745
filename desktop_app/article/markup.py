"""Read HTML as a row of tags and texts, and change single tags without touching a byte of the rest."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# The grammar of the HTML standard's tokenizer. Possessive, so that hostile input costs no more than its length.
_NAME = r"[A-Za-z][^\s/>]*+"
_ATTRIBUTE = r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+))?+)?+"""
_ATTRIBUTES = r"""(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+)*+"""
_START = re.compile(rf"<!--|<(/?)({_NAME})")
_REST = re.compile(rf"({_ATTRIBUTES})[\s/]*+>")
_COMMENT_END = re.compile(r"-?>|.*?(?:--!?>|\Z)", re.DOTALL)
_HIDDEN = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*>", re.DOTALL)
_ONE = re.compile(_ATTRIBUTE)


def words(text: str) -> frozenset[str]:
    """A table of names, written as one text."""
    return frozenset(text.split())


RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
"""What stands in these is text up to their end tag."""
VOID = words("area base br col embed frame hr img input link meta param source track wbr")


@dataclass(frozen=True)
class Tag:
    """One start or end tag; ``name`` in lower case, the text is ``source[start:end]``."""

    name: str
    closing: bool
    start: int
    end: int
    written: str
    """The name as it was written: SVG tells capitals apart."""
    inside: str
    """What stands between the name and ``>``, as it was written."""

    @property
    def attributes(self) -> dict[str, str]:
        """Names in lower case, values decoded; of two of one name the first counts."""
        found: dict[str, str] = {}
        for match in _ONE.finditer(self.inside):
            value = next((text for text in match.groups()[1:] if text is not None), "")
            found.setdefault(match[1].lower(), html.unescape(value))
        return found


def tags(source: str) -> Iterator[Tag]:
    """The tags in their order; what stands in comments, scripts and other raw text is none."""
    at = 0
    while (match := _START.search(source, at)) is not None:
        if match[2] is None:
            end = _COMMENT_END.match(source, match.end())
            at = end.end() if end else len(source)
            continue
        rest = _REST.match(source, match.end())
        if rest is None:  # the document ends inside of it: it is no tag, and neither is anything after it
            return
        at = rest.end()
        name, closing = match[2].lower(), bool(match[1])
        yield Tag(name, closing, match.start(), at, match[2], rest[1])
        if name in RAW and not closing:
            over = re.compile(rf"</{name}[\s/>]", re.IGNORECASE).search(source, at)
            at = over.start() if over else len(source)


def rewrite(source: str, change: Callable[[Tag], str | None]) -> str:
    """The source with some tags replaced: ``change`` gives the new text of a tag, or None to leave it."""
    pieces, at = [], 0
    for tag in tags(source):
        text = change(tag)
        if text is not None:
            pieces += [source[at : tag.start], text]
            at = tag.end
    return "".join([*pieces, source[at:]])


def written_names(tag: Tag) -> list[str]:
    """The attributes' names as they were written."""
    return [match[1] for match in _ONE.finditer(tag.inside)]


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """A start tag as a browser writes it."""
    return f"<{name}" + "".join(f' {key}="{escape(value)}"' for key, value in attributes.items()) + ">"


def escape(value: str) -> str:
    """A value between double quotes, as nh3 writes it."""
    value = value.replace("&", "&amp;").replace("\u00a0", "&nbsp;").replace('"', "&quot;")
    return value.replace("<", "&lt;").replace(">", "&gt;")


_BLOCKS = words(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main"
    " ol p pre section table td th tr ul"
)


def text_of(source: str) -> str:
    """What a reader reads: no tags, no comments, one line for each paragraph."""
    source = _HIDDEN.sub("", source)
    pieces, at, hidden = [], 0, False
    for tag in tags(source):
        if not hidden:
            pieces.append(html.unescape(source[at : tag.start]))
        hidden = tag.name in ("script", "style", "title") and not tag.closing
        if tag.name in _BLOCKS:
            pieces.append("\n")
        at = tag.end
    if not hidden:
        pieces.append(html.unescape(source[at:]))
    return "".join(pieces)
