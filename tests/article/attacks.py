"""Attacks on the editor, of our own, by family; and HTML made by chance from the same parts.

``pwned()`` is what a successful script calls; ``{server}`` and ``{host}`` are where a request would arrive.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

_DATA = json.loads((Path(__file__).parent.parent / "data" / "attacks.json").read_text(encoding="utf-8"))
FAMILIES: dict[str, list[str]] = _DATA["families"]
_PARTS: dict[str, list[str]] = _DATA["parts"]
RUN = "pwned()"

_TEXTS = ("字", "春茶 ", "&lt;b&gt;", "&amp;", "<!-- x -->", "]]>", "\x00", " ", "<", ">", "'\"")
_STRAY = ("</p>", "</svg>", "</style>", "</table>", "<![CDATA[x]]>")
_NAMES = ("attributeName", "to", "values", "id", "name", "srcdoc", "is", "xmlns")
_NAMED = ("href", f"javascript:{RUN}", "body", f"<img src=x onerror={RUN}>", "http://www.w3.org/2000/svg")


def vectors(server: str) -> list[tuple[str, str]]:
    """Family and HTML of every attack, aimed at a server."""
    host = server.partition("//")[2]
    return [
        (family, text.replace("{server}", server).replace("{host}", host))
        for family, texts in FAMILIES.items()
        for text in texts
    ]


def generated(seed: int, server: str) -> str:
    """A piece of hostile or broken HTML made by chance; the same for the same seed."""
    chance = random.Random(seed)
    return "".join(_piece(chance, server, 0) for _ in range(chance.randint(1, 4)))


def _piece(chance: random.Random, server: str, depth: int) -> str:
    if depth > 6 or chance.random() < 0.18:
        return chance.choice(_TEXTS + _STRAY)
    tag = chance.choice(_PARTS["tags"])
    attributes = "".join(_attribute(chance, server) for _ in range(chance.randint(0, 3)))
    inside = "".join(_piece(chance, server, depth + 1) for _ in range(chance.randint(0, 3)))
    end = chance.choice((f"</{tag}>", f"</{tag}>", f"</{tag}>", "", f"</{chance.choice(_PARTS['tags'])}>"))
    return f"<{tag}{attributes}{chance.choice(('>', '>', '>', '/>', ''))}{inside}{end}"


def _attribute(chance: random.Random, server: str) -> str:
    styles = (f"background:url({server}/s)", "color:red;;", "position:fixed", f"x:expression({RUN})")
    name, values = chance.choice(
        (
            (chance.choice(_PARTS["events"]), (RUN,)),
            (chance.choice(_PARTS["address attributes"]), tuple(_PARTS["addresses"])),
            (chance.choice(_PARTS["address attributes"]), (f"{server}/{chance.randrange(999)}",)),
            ("style", (*styles, "display:none")),
            (chance.choice(_NAMES), _NAMED),
            (chance.choice(("class", "title", "data-x", "ALIGN", "x-key", "colspan")), ("a", "</p><p>", '"><b>')),
        )
    )
    quote = chance.choice(('"', "'"))
    value = chance.choice(values).replace(quote, "&#39;" if quote == "'" else "&quot;")
    return f" {name}={quote}{value}{quote}"
