"""What WeChat keeps of an article's HTML (checked 2026-11): tags, attributes, styles and addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from desktop_app.article import css
from desktop_app.article.css import Declaration
from desktop_app.article.markup import words

TAGS = words(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details"
    " dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre"
    " q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt"
    " u ul var wbr"
)

PLAYERS: dict[str, str] = {
    **dict.fromkeys(("iframe", "frame", "frameset", "object", "embed", "applet", "canvas", "portal"), "frame"),
    **dict.fromkeys(("video", "mpvideosnap", "mp-common-videosnap", "mp-common-video", "source", "track"), "video"),
    **dict.fromkeys(("audio", "bgsound", "mpvoice", "qqmusic", "mp-common-mpaudio", "mp-common-qqmusic"), "audio"),
}
"""Frames and players: the interface removes them, whatever plays in them."""

WITH_CONTENT = words(
    "script style title iframe object applet video audio canvas noscript noembed noframes template frameset"
    " mpvoice qqmusic mpvideosnap mp-common-videosnap mp-common-video mp-common-mpaudio mp-common-qqmusic"
)
"""What stands in these is no text of the article."""

FORMULAS = words(
    "math semantics annotation mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced"
    " menclose msub msup msubsup munder mover munderover mmultiscripts mtable mtr mtd maction mglyph malignmark"
)
"""MathML: WeChat shows none, its letters stay as text."""

ATTRIBUTES = words(
    "align alt bgcolor border cellpadding cellspacing class color colspan dir face height href label lang leaf"
    " linktype name nowrap nodeleaf open reversed role rowspan scope size span src start style tab target textvalue"
    " title type valign value width wah-hotarea"
)
PREFIXES = ("data-", "aria-")

_NO_EFFECT = frozenset({"position", "transform", "-webkit-transform", "-moz-transform", "-ms-transform"})
_CODE = frozenset({"behavior", "-ms-behavior", "-moz-binding"})
_ACTIVE = re.compile(r"expression\s*\(|javascript:|vbscript:|image-set\s*\(|@import|\bsrc\s*\(", re.IGNORECASE)
_MP_TAG = re.compile(r"mp-[a-z0-9-]+")


def is_mp_tag(name: str) -> bool:
    """A card of WeChat's own: a mini program, an account, a product; players are none."""
    return name not in PLAYERS and _MP_TAG.fullmatch(name) is not None


def is_tag(name: str) -> bool:
    """Whether an element of this name stays."""
    return name in TAGS or is_mp_tag(name)


def is_attribute(tag: str, name: str) -> bool:
    """Whether an attribute of this name stays on this tag."""
    if name in ATTRIBUTES or name.startswith(PREFIXES):
        return True
    # WeChat's cards carry whatever their makers gave them.
    return is_mp_tag(tag) and re.fullmatch(r"(?!on|id$|srcdoc)[a-z_][a-z0-9_-]*", name) is not None


def style_fault(declaration: Declaration) -> str:
    """Why a declaration goes: ``no_effect``, ``code``, ``address``; "" if it stays."""
    name, value = css.decoded(declaration.name), css.decoded(declaration.value)
    if name in _CODE or _ACTIVE.search(value):
        return "code"
    if name in _NO_EFFECT:
        return "no_effect"
    # An address behind an escape (u\72l) is not seen by whoever replaces addresses.
    if value.lower().count("url(") != len(css.urls(declaration.value)):
        return "address"
    return "" if all(is_picture(url) or url.startswith("#") for url in css.urls(declaration.value)) else "address"


def is_silent(declaration: Declaration) -> bool:
    """Whether nobody would see that a declaration without effect is gone."""
    return declaration.value.lower() in ("static", "none", "initial", "unset")


def style(value: str) -> str:
    """A style attribute as it stays."""
    return css.filtered(value, lambda declaration: not style_fault(declaration))


def scheme_of(url: str) -> str:
    """The scheme in lower case as a browser reads it; "" for a relative address."""
    bare = re.sub(r"[\x00-\x20\x7f]+", "", url)
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", bare)
    return found[1].lower() if found else ""


def is_own_picture(url: str) -> bool:
    """Whether WeChat itself keeps the picture: such addresses stay as they are."""
    host = host_of(url)
    return host.endswith((".qpic.cn", ".qlogo.cn")) and host.startswith(("mmbiz.", "wx.", "mmecoa.", "mmsns."))


def host_of(url: str) -> str:
    """The host of an http address in lower case, "" for any other."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https", "") or not parts.netloc:
        return ""
    return (parts.hostname or "").lower()


def is_picture(url: str) -> bool:
    """An address that a picture may have before it is brought here: http(s), picture data, or our own."""
    scheme = scheme_of(url)
    if scheme in ("http", "https"):
        return bool(host_of(url))
    if scheme == "data":
        return re.match(r"\s*data:image/(?!svg)[a-z0-9.+-]+[;,]", url, re.IGNORECASE) is not None
    return (scheme == "qunfa-media" and local_sha256(url) != "") or (not scheme and bool(host_of(url)))


def local_sha256(url: str) -> str:
    """The file that ``qunfa-media://<sha256>`` stands for, "" for any other address."""
    found = re.fullmatch(r"\s*qunfa-media://([0-9a-f]{64})/?\s*", url, re.IGNORECASE)
    return found[1].lower() if found else ""


def is_link(url: str) -> bool:
    """An address that a link may have."""
    scheme = scheme_of(url)
    return scheme in ("http", "https", "mailto", "tel") or (not scheme and not url.strip().startswith("\\"))
