"""An article and a message of articles as plain JSON: what a new one holds, its hash, its cover's cut.

ARTICLE: ``{"id", "title", "author", "digest", "html", "content_source_url", "cover": COVER|None, "show_cover_pic",
"need_open_comment", "only_fans_can_comment"}`` · COVER: ``{"sha256", "name", "crop_235", "crop_1"}``, each cut as
``[x1, y1, x2, y2]`` from 0 to 1 · the message: ``{"articles": [ARTICLE …], "draft_id"}``. ``html`` is the editor's
document; its local pictures are ``qunfa-media://<sha256>``.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

RATIO_235 = 2.35
RATIO_1 = 1.0


def new_article() -> dict[str, Any]:
    """An article with nothing in it yet."""
    return {
        "id": uuid.uuid4().hex,
        "title": "",
        "author": "",
        "digest": "",
        "html": "",
        "content_source_url": "",
        "cover": None,
        "show_cover_pic": False,
        "need_open_comment": False,
        "only_fans_can_comment": False,
    }


def articles_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The articles, each with every field."""
    return [{**new_article(), **each} for each in content.get("articles") or ()]


def is_blank(content: Mapping[str, Any]) -> bool:
    """Whether nothing was written or chosen in any article."""
    empty = {**new_article(), "id": ""}
    return all({**each, "id": ""} == empty for each in articles_of(content))


def article_hash(article: Mapping[str, Any], *, single: bool) -> str:
    """The same for what followers would see the same: never names, ids or media_ids.

    The digest counts in a message of one article only: WeChat shows it nowhere else.
    """
    seen = {name: value for name, value in {**new_article(), **article}.items() if name != "id"}
    cover = seen["cover"]
    seen["cover"] = [cover["sha256"], cover.get("crop_235"), cover.get("crop_1")] if cover else None
    seen["digest"] = seen["digest"] if single else ""
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def content_hash(content: Mapping[str, Any]) -> str:
    """The same for the whole message: texts, HTML before localising (local pictures by SHA-256), options."""
    articles = articles_of(content)
    hashes = [article_hash(each, single=len(articles) == 1) for each in articles]
    return hashlib.sha256(json.dumps(["news", hashes]).encode()).hexdigest()


def centre_cut(width: int, height: int, ratio: float) -> list[float]:
    """The largest cut of this ratio in the middle of a picture, as fractions."""
    if width <= 0 or height <= 0:
        return [0.0, 0.0, 1.0, 1.0]
    part = width / height / ratio
    if part >= 1:
        edge = (1 - 1 / part) / 2
        return [round(edge, 6), 0.0, round(1 - edge, 6), 1.0]
    edge = (1 - part) / 2
    return [0.0, round(edge, 6), 1.0, round(1 - edge, 6)]


def cut_text(cut: Sequence[float] | None) -> str | None:
    """``X1_Y1_X2_Y2`` as draft/add takes it, None for a cut that is none."""
    if not is_cut(cut):
        return None
    assert cut is not None
    return "_".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in cut)


def is_cut(cut: object) -> bool:
    """Whether it is a rectangle inside the picture."""
    if not isinstance(cut, list | tuple) or len(cut) != 4:
        return False
    if not all(isinstance(each, int | float) for each in cut):
        return False
    x1, y1, x2, y2 = cut
    return bool(0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1)
