"""The text of a text message as WeChat reads it: plain text in which only ``<a href="…">…</a>`` is markup."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINK = re.compile(r"<a\s+href\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')\s*>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_BARE = re.compile(r"https?://[^\s<>\"'，。；、）】」]+", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """A stretch of text; ``href`` is empty where it is no link."""

    text: str
    href: str = ""


def text_runs(text: str) -> tuple[Run, ...]:
    """Cut a text message into plain stretches and links; addresses written out are links as well."""
    runs: list[Run] = []
    at = 0
    for match in _LINK.finditer(text):
        runs += _bare_runs(text[at : match.start()])
        runs.append(Run(match[3], match[1] or match[2] or ""))
        at = match.end()
    return tuple(run for run in (*runs, *_bare_runs(text[at:])) if run.text)


def _bare_runs(text: str) -> list[Run]:
    runs, at = [], 0
    for match in _BARE.finditer(text):
        runs += [Run(text[at : match.start()]), Run(match[0], match[0])]
        at = match.end()
    return [*runs, Run(text[at:])]


def link_markup(text: str, address: str) -> str:
    """A link as WeChat's text messages take it."""
    return f'<a href="{address}">{text}</a>'


def link_problem(text: str, address: str) -> str:
    """Why the two cannot make a link: ``text``, ``address`` or, when they can, an empty text."""
    if not text.strip() or "<" in text or ">" in text:
        return "text"
    if not re.fullmatch(r"(https?://|weixin://|mailto:|tel:)[^\s\"'<>]+", address.strip(), re.IGNORECASE):
        return "address"
    return ""
