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

# Ours, not WeChat's: what is taken as an original and made to fit (media/prepare.py). A phone's picture has 4 to
# 15 MB, a minute of uncompressed stereo 10 MB, a minute of 4K video 400 MB.
ORIGINALS: dict[str, Limit] = {
    "image": Limit(("jpeg", "png", "gif", "webp", "bmp", "heic"), 40 * MB),
    "voice": Limit(("mp3", "amr", "wav", "m4a", "aac"), 200 * MB),
    "video": Limit(("mp4", "mov", "3gp"), 2048 * MB),
}
# What an article's editor takes without a question; it is made to fit before it goes up.
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
REUSE_MARGIN_S = 3600.0
"""Ours: one with less life left would end while WeChat, or an administrator, still works on the send."""
TEMPORARY_USES = 10

# 素材库: pictures and articles together, and each other kind. Source: 新增永久素材 (material/add_material), 2026-10;
# older copies of the page say 5,000 pictures.
LIBRARY_IMAGES = 100_000
LIBRARY_OTHERS = 1000
