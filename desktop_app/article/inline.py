"""CSS rules → style attributes: WeChat knows no style sheets."""

from __future__ import annotations

import logging

import css_inline

from desktop_app.article import markup

log = logging.getLogger(__name__)


def inline(html: str) -> str:
    """The HTML with the rules of its ``<style>`` elements written into the elements they meet.

    What an element's own style says wins. Without such an element nothing changes, to the byte. Rules that cannot
    be written there (``@media``, ``:hover``) are lost, as they are in WeChat.
    """
    sheets, pieces, at, open_at = [], [], 0, -1
    for tag in markup.tags(html):
        if tag.name != "style" or (tag.closing and open_at < 0):
            continue
        if not tag.closing and open_at < 0:
            pieces.append(html[at : tag.start])
            open_at, at = tag.end, len(html)
        elif tag.closing:
            sheets.append(html[open_at : tag.start])
            open_at, at = -1, tag.end
    if open_at >= 0:  # never closed: all the rest is rules
        sheets.append(html[open_at:])
    if not sheets:
        return html
    bare = "".join([*pieces, html[at:]])
    try:
        return css_inline.inline_fragment(bare, "\n".join(sheets), load_remote_stylesheets=False)
    except (css_inline.InlineError, ValueError) as error:
        log.info("rules of a style sheet could not be read: %s", type(error).__name__)
        return bare
