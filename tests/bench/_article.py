"""An article as long as WeChat takes one, laid out as shops lay out theirs, with pictures in the media cache."""

from __future__ import annotations

import io
import random

from PIL import Image

from desktop_app.article.contents import new_article
from desktop_app.job import Job
from desktop_app.services import Profile

CHARS, PICTURES = 20_000, 60
SIZE = (1080, 810)
_WORDS = "春山茶园清明雾早采头芽叶火候竹匾杯水香甘淡新旧客人门店试饮今年北坡三月雨后手工摊青杀青揉捻烘焙"
_HEAD = (
    '<section style="margin: 32px auto 16px; padding: 8px 16px; border-left: 4px solid #2e5e48;'
    ' background-color: #f3f7f4; box-sizing: border-box;"><p style="margin: 0; font-size: 18px; line-height: 1.6;'
    ' letter-spacing: 1px; color: #2e5e48;"><strong>{text}</strong></p></section>'
)
_PARAGRAPH = (
    '<p style="margin: 0 8px 16px; font-size: 15px; line-height: 1.75; letter-spacing: 0.5px; color: #3f3f3f;'
    ' text-align: justify;">{begin}<span style="color: #c0392b;">{middle}</span>{end}</p>'
)
_PICTURE = (
    '<section style="margin: 0 0 16px; text-align: center; border-radius: 8px; overflow: hidden;">'
    '<img src="qunfa-media://{sha256}" alt="" style="width: 100%; vertical-align: middle;"></section>'
)
_AROUND = (  # what layout tools put around everything
    '<section style="margin: 0px; padding: 0px; box-sizing: border-box; max-width: 100%; overflow-wrap: break-word;'
    ' font-size: 15px; line-height: 1.75; text-align: justify; color: rgb(63, 63, 63);">{inside}</section>'
)


def make_pictures(profile: Profile) -> list[str]:
    """Bring the pictures, all different, into the media cache; their SHA-256."""
    found = []
    for number in range(PICTURES):
        # A coarse noise drawn large costs the decoder as much as a photograph.
        noise = Image.frombytes("RGB", (45, 34), random.Random(number).randbytes(45 * 34 * 3))
        data = io.BytesIO()
        noise.resize(SIZE, Image.Resampling.BILINEAR).save(data, "JPEG", quality=90)
        found.append(profile.media.add_bytes(data.getvalue(), f"{number}.jpg", "picture", Job()).sha256)
    return found


def make_html(pictures: list[str], bytes_wanted: int = 0) -> str:
    """So many letters among these pictures; with ``bytes_wanted`` in as many sections as make it about that long."""
    chance = random.Random(1)
    parts = []
    blocks = 2 * len(pictures)
    letters = CHARS // blocks
    for number in range(blocks):
        text = "".join(chance.choices(_WORDS, k=letters))
        if number % 12 == 0:
            parts.append(_HEAD.format(text=text[:12]))
            text = text[12:]
        parts.append(_PARAGRAPH.format(begin=text[:60], middle=text[60:72], end=text[72:]))
        if number % 2:
            parts.append(_PICTURE.format(sha256=pictures[number // 2]))
    html = "".join(parts)
    around = max(0, (bytes_wanted - len(html.encode())) // (blocks * len(_AROUND.format(inside=""))))
    for number, part in enumerate(parts if around else ()):
        for _ in range(around):
            part = _AROUND.format(inside=part)
        parts[number] = part
    return "".join(parts)


def make_content(html: str) -> dict[str, object]:
    """A message of one article."""
    return {"articles": [{**new_article(), "title": "春山可望", "html": html}], "draft_id": None}
