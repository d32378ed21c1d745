"""WeChat's limits for articles: one dated table."""

from __future__ import annotations

from dataclasses import dataclass

CHECKED_ON = "2026-11"
"""When the numbers below were last compared with the sources. The account's own backend wins over them."""


@dataclass(frozen=True)
class Limit:
    """A length in Unicode code points: over ``amber`` some accounts refuse it, over ``red`` all do."""

    amber: int
    red: int


# 新增草稿 (draft/add), https://developers.weixin.qq.com/doc/subscription/api/draftbox/draftmanage/api_draft_add:
# title 32 since 2025, 64 before; author 16, 8 before; digest 128 in one copy, 120 in the others.
TITLE = Limit(32, 64)
AUTHOR = Limit(8, 16)
DIGEST = Limit(120, 120)
DIGEST_OF_BODY_CHARS = 54
"""A missing digest is the start of the body."""

ARTICLES_MAX = 8
CONTENT_CHARS = 20_000
"""Content has to stay below, with its tags counted."""
CONTENT_BYTES = 1024 * 1024
UPLOADNEWS_CHARS = 10_000
"""The old call takes less, one transcription says."""
SOURCE_URL_BYTES = 1024

PICTURE_BYTES = 1_000_000
"""上传图文消息内的图片: below 1 MB; a million is below it either way of counting."""
PICTURE_URL_CHARS = 150
"""How much of the content an uploaded picture's address takes; they have 100 to 150."""
SMALL_PICTURE_PX = 300
"""Ours: a picture narrower than this is a blur on a phone."""
