"""WeChat's size, length and format limits per kind: one table."""

from __future__ import annotations

from dataclasses import dataclass

CHECKED_ON = "2026-11"
"""When the numbers below were last compared with the sources. The account's own backend wins over them."""

MB = 1024 * 1024


@dataclass(frozen=True)
class Limit:
    """What one kind of temporary upload may be. 0 seconds: no limit is published."""

    formats: tuple[str, ...]
    max_bytes: int
    max_seconds: int = 0


# Source: 新增临时素材 (media/upload), https://developers.weixin.qq.com/doc/service/api/material/temporary/
# api_uploadtempmedia. Older copies of the page say 2 MB for pictures; bmp is for permanent material only.
LIMITS: dict[str, Limit] = {
    "image": Limit(("jpeg", "png", "gif"), 10 * MB),
    "voice": Limit(("mp3", "amr"), 2 * MB, 60),
    "video": Limit(("mp4",), 10 * MB),
    "thumb": Limit(("jpeg",), 64 * 1024),
}

# What an article's editor takes; it is made to fit before it goes up. The bytes are ours.
PICTURE = Limit(("jpeg", "png", "gif", "webp", "bmp"), 40 * MB)

# 上传图文消息内的图片 (media/uploadimg): jpg or png below 1 MB; a million is below it either way of counting.
BODY_BYTES = 1_000_000
# 新增永久素材 (material/add_material), image: 10 MB.
COVER_BYTES = 10 * MB

MAX_PIXELS = 50_000_000
"""Ours, not WeChat's: a picture with more would take over 200 MB of memory to look at."""

# Mass send of text: no length is published (45002 when too long). 600 characters is what customer messages take,
# 2,048 bytes what others report.
TEXT_WARN_CHARS = 600
TEXT_BYTES = 2048

# Several pictures in one message: the number is published for picture articles (草稿 newspic) only.
IMAGES_MAX = 20
RECOMMEND_CHARS = 140

# 上传群发视频素材 (media/uploadvideo): one transcription of the official page, 2026-10.
VIDEO_TITLE = 128
VIDEO_DESCRIPTION = 512

# A temporary media_id lives 3 days and may be used 10 times.
TEMPORARY_SECONDS = 3 * 24 * 3600
TEMPORARY_USES = 10
