"""One SVG of an article: its own allow-list. What moves by itself (SMIL) stays, what runs or loads goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from desktop_app.article import allowed, css, markup

MAX_DEPTH = 100

_NAMES = (
    "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath title desc switch image"
    " linearGradient radialGradient stop pattern mask clipPath marker filter animate animateTransform animateMotion"
    " mpath set feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG"
    " feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset"
)
ELEMENTS = {name.lower(): name for name in _NAMES.split()}
"""By the lower-case name an HTML parser gives them."""

_CAMEL = (
    "attributeName attributeType baseFrequency calcMode clipPathUnits edgeMode filterUnits gradientTransform"
    " gradientUnits keyPoints keySplines keyTimes lengthAdjust markerHeight markerUnits markerWidth maskContentUnits"
    " maskUnits numOctaves pathLength patternContentUnits patternTransform patternUnits preserveAspectRatio"
    " primitiveUnits refX refY repeatCount repeatDur specularConstant specularExponent spreadMethod startOffset"
    " stdDeviation stitchTiles surfaceScale tableValues targetX targetY textLength viewBox xChannelSelector"
    " yChannelSelector"
)
_PLAIN = (
    "accumulate additive align alignment-baseline amplitude azimuth baseline-shift begin bias by class clip clip-path"
    " clip-rule color color-interpolation color-interpolation-filters color-rendering cursor cx cy d dir direction"
    " display dominant-baseline dur dx dy elevation end exponent fill fill-opacity fill-rule filter flood-color"
    " flood-opacity focusable font-family font-size font-size-adjust font-stretch font-style font-variant font-weight"
    " from fr fx fy g1 g2 glyph-name height href image-rendering in in2 intercept k1 k2 k3 k4 label lang"
    " letter-spacing lighting-color marker-end marker-mid marker-start mask max media method min mode name offset"
    " opacity operator order orient orientation origin overflow overline-position paint-order path pointer-events"
    " points preload r radius restart result role rotate rx ry scale seed shape-rendering slope spacing stop-color"
    " stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit"
    " stroke-opacity stroke-width style text-anchor text-decoration text-rendering to transform transform-origin type"
    " unicode-bidi values vector-effect version visibility width word-spacing wrap writing-mode x x1 x2 xlink:href"
    " xml:space xmlns xmlns:xlink y y1 y2 z zoomandpan"
)
ATTRIBUTES = {name.lower(): name for name in f"{_CAMEL} {_PLAIN}".split()}
_NAMESPACES = {"xmlns": ("http://www.w3.org/2000/svg",), "xmlns:xlink": ("http://www.w3.org/1999/xlink",)}
_ANIMATIONS = frozenset({"animate", "animateTransform", "animateMotion", "set"})
_NOT_ANIMATED = frozenset({"href", "xlink:href", "style", "class", "id"})


@dataclass
class CleanedSvg:
    """The SVG as it goes out, "" if nothing of it may; what went, with how often."""

    svg: str
    elements: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)


def clean_svg(source: str) -> CleanedSvg:
    """Clean the text of one ``<svg>`` element. A second pass changes nothing."""
    cleaned = CleanedSvg("")
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, recover=True, encoding="utf-8")
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    svg = None if root is None else root.find(".//svg")
    if svg is not None:
        pieces: list[str] = []
        _write(svg, pieces, cleaned, 0)
        cleaned.svg = "".join(pieces)
    return cleaned


def _write(element: Any, pieces: list[str], cleaned: CleanedSvg, depth: int) -> None:
    name = ELEMENTS.get(element.tag) if isinstance(element.tag, str) else None
    if name is None or depth > MAX_DEPTH or not _may_animate(name, element):
        cleaned.elements[str(element.tag)] += 1
        return
    attributes = {}
    for key, value in element.attrib.items():
        kept = _attribute(name, key.lower(), value, cleaned)
        if kept is not None:
            attributes[ATTRIBUTES.get(key.lower(), key.lower())] = kept
    pieces.append(markup.start_tag(name, attributes))
    pieces.append(_text(element.text))
    for child in element:
        _write(child, pieces, cleaned, depth + 1)
        pieces.append(_text(child.tail))
    pieces.append(f"</{name}>")


def _may_animate(name: str, element: Any) -> bool:
    """An animation may move and fade; it may not put an address where there was none."""
    if name not in _ANIMATIONS:
        return True
    target = next((value for key, value in element.attrib.items() if key.lower() == "attributename"), "")
    return target.strip().lower() not in _NOT_ANIMATED and not target.strip().lower().startswith("on")


def _attribute(tag: str, name: str, value: str, cleaned: CleanedSvg) -> str | None:
    if name not in ATTRIBUTES and not name.startswith(allowed.PREFIXES):
        cleaned.attributes[name] += 1
        return None
    if name in _NAMESPACES:
        return value if value in _NAMESPACES[name] else None
    if name in ("href", "xlink:href"):
        if value.strip().startswith("#") or (tag == "image" and allowed.is_picture(value)):
            return value
        cleaned.links[value] += 1
        return None
    if name == "style":
        for each in css.declarations(value):
            if (fault := allowed.style_fault(each)) and not (fault == "no_effect" and allowed.is_silent(each)):
                cleaned.attributes[f"style:{each.name}"] += 1
        return allowed.style(value) or None
    # fill="url(https://…)" would load; url(#…) points into the picture itself.
    plain = css.decoded(value)
    if "url(" in plain.lower() and not all(url.startswith("#") for url in css.urls(plain)):
        cleaned.links[value] += 1
        return None
    if allowed.scheme_of(value) in ("javascript", "vbscript"):
        cleaned.links[value] += 1
        return None
    return value


def _text(text: str | None) -> str:
    if not text:
        return ""
    text = text.replace("&", "&amp;").replace("\u00a0", "&nbsp;")
    return text.replace("<", "&lt;").replace(">", "&gt;")
