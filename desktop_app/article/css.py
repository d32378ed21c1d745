"""Style attributes as rows of declarations, and the addresses in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# A string, a url() or a pair of brackets is one piece, whatever stands in it.
_PIECE = re.compile(
    r"""/\*.*?(?:\*/|\Z)|"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|url\(\s*[^"'()\s][^)]*+\)|[();]|\\.|[^"'();\\/u]++|.""",
    re.DOTALL | re.IGNORECASE,
)
_URL = re.compile(r"""url\(\s*(?:"((?:[^"\\]|\\.)*+)"|'((?:[^'\\]|\\.)*+)'|([^"')]*?))\s*\)""", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)


@dataclass(frozen=True)
class Declaration:
    """One ``name: value``; ``text`` is how it was written, without the semicolon."""

    name: str
    value: str
    text: str


def declarations(style: str) -> Iterator[Declaration]:
    """The declarations of a style attribute, names in lower case; what has no colon is left out."""
    text, depth = "", 0
    for match in _PIECE.finditer(style):
        piece = match[0]
        if piece == ";" and depth <= 0:
            yield from _declaration(text)
            text, depth = "", 0
            continue
        depth += {"(": 1, ")": -1}.get(piece, 0)
        text += piece
    yield from _declaration(text)


def _declaration(text: str) -> Iterator[Declaration]:
    name, colon, value = text.partition(":")
    if colon:
        bare = re.sub(r"/\*.*?\*/", "", name, flags=re.DOTALL)
        yield Declaration(bare.strip().lower(), value.strip(), text)


def filtered(style: str, keep: Callable[[Declaration], bool]) -> str:
    """The style without the declarations that ``keep`` refuses; if it refuses none, as it was to the byte."""
    found = list(declarations(style))
    kept = [each for each in found if keep(each)]
    return style if len(kept) == len(found) else ";".join(each.text for each in kept)


def decoded(value: str) -> str:
    """A value with its escapes resolved: ``u\\72l`` reads ``url``."""
    if "\\" not in value:
        return value

    def resolve(match: re.Match[str]) -> str:
        number = int(match[1], 16) if match[1] else ord(match[2])
        return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"

    return _ESCAPE.sub(resolve, value)


def urls(style: str) -> list[str]:
    """The addresses of every ``url()``, in their order."""
    return [_address(match) for match in _URL.finditer(style)]


def with_urls(style: str, change: Callable[[str], str]) -> str:
    """The style with every address replaced by what ``change`` gives for it; an unchanged one stays as written."""

    def replace(match: re.Match[str]) -> str:
        old = _address(match)
        new = change(old)
        if new == old:
            return match[0]
        # Characters that would end an address without quotes are written in percent.
        return "url(" + re.sub(r"""[\s"'()\\]""", lambda found: f"%{ord(found[0]):02X}", new) + ")"

    return _URL.sub(replace, style)


def _address(match: re.Match[str]) -> str:
    return decoded(next((text for text in match.groups() if text is not None), "")).strip()
