"""The pictures of an article wherever they stand: img, background-image, the image of an SVG."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.article import allowed, css, markup
from desktop_app.article.markup import Tag


@dataclass(frozen=True)
class Picture:
    """One place of a picture. ``place``: "img", "style" or "svg"; ``shown_px``: the width it is given, 0 if none."""

    url: str
    place: str
    shown_px: float = 0.0

    @property
    def sha256(self) -> str:
        """The local file it stands for, "" for any other address."""
        return allowed.local_sha256(self.url)

    @property
    def is_own(self) -> bool:
        """Whether WeChat keeps it already."""
        return allowed.is_own_picture(self.url)


def pictures(html: str) -> tuple[Picture, ...]:
    """Every place of cleaned HTML that shows a picture, in their order."""
    found: list[Picture] = []
    for tag in markup.tags(html):
        if tag.closing:
            continue
        attributes = tag.attributes
        if tag.name == "img" and attributes.get("src", "").strip():
            found.append(Picture(attributes["src"].strip(), "img", _shown_px(attributes)))
        if tag.name == "image":
            urls = [attributes.get(name, "").strip() for name in ("href", "xlink:href")]
            found += [Picture(url, "svg") for url in dict.fromkeys(urls) if url and not url.startswith("#")]
        urls = css.urls(attributes.get("style", ""))
        found += [Picture(url, "style") for url in urls if url and not url.startswith("#")]
    return tuple(found)


def with_pictures(html: str, change: Callable[[str], str]) -> str:
    """The HTML with every picture's address replaced by what ``change`` gives for it; the rest stays to the byte."""
    return markup.rewrite(html, lambda tag: _changed(tag, change))


def absolute(url: str) -> str:
    """``//host/…`` with the scheme that it takes on a page of WeChat's."""
    url = url.strip()
    return f"https:{url}" if url.startswith("//") else url


def _changed(tag: Tag, change: Callable[[str], str]) -> str | None:
    if tag.closing:
        return None
    old = tag.attributes
    new = dict(old)
    if tag.name == "img" and old.get("src", "").strip():
        new["src"] = change(old["src"].strip())
        waiting = old.get("data-src", "").strip()
        if waiting and (new["src"] != old["src"].strip() or not allowed.is_own_picture(waiting)):
            # What a script of WeChat's loads later has to be the same picture.
            new["data-src"] = new["src"]
    if tag.name == "image":
        for name in ("href", "xlink:href"):
            if old.get(name, "").strip() and not old[name].strip().startswith("#"):
                new[name] = change(old[name].strip())
    if "style" in old:
        new["style"] = css.with_urls(old["style"], lambda url: change(url) if not url.startswith("#") else url)
    if new == old:
        return None
    return tag_text(tag, new)


def tag_text(tag: Tag, attributes: dict[str, str]) -> str:
    """The tag with other attributes; the names as they were written (SVG tells capitals apart)."""
    written = {name.lower(): name for name in markup.written_names(tag)}
    return markup.start_tag(tag.written, {written.get(name, name): value for name, value in attributes.items()})


def _shown_px(attributes: dict[str, str]) -> float:
    for each in css.declarations(attributes.get("style", "")):
        if each.name in ("width", "max-width") and each.value.removesuffix("!important").strip().endswith("px"):
            return _number(each.value.partition("px")[0])
    return _number(attributes.get("width", ""))


def _number(text: str) -> float:
    try:
        return max(0.0, float(text.strip().removesuffix("px")))
    except ValueError:
        return 0.0
