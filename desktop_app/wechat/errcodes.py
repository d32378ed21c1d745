"""One table: errcode → error class, title (what happened) and advice (what to do next), in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from desktop_app import errors
from desktop_app.wechat.errcode_table import ROWS

UNKNOWN_MEDIA = 40007
"""WeChat does not know a media_id: expired, deleted, another account's, or of the wrong kind."""


@dataclass(frozen=True)
class ErrCode:
    """How one errcode is raised and worded. Texts are plain: no markup, no placeholders."""

    code: int
    error_class: type[errors.Refused]
    title_zh: str
    advice_zh: str
    title_en: str
    advice_en: str


# What is listed here decides what the app does; every other code of the table is content that a person
# changes, or a plain refusal. SlowDown is exactly the three codes after which a send may be repeated.
CLASSES: dict[type[errors.Refused], tuple[int, ...]] = {
    errors.Busy: (-1,),
    errors.BadCredentials: (40001, 40013, 40014, 40125, 40243, 41001, 41002, 41004, 42001),
    errors.IpNotAllowed: (40164,),
    errors.AlreadySent: (45065,),
    errors.SlowDown: (45011, 45066, 42010),
    errors.QuotaExceeded: (45009, 45028, 45040, 48006),
    errors.AdminConfirmation: (89501, 89502, 89503, 89504, 89505, 89506, 89507),
    errors.NotPermitted: (
        *(48001, 48003, 48004, 48008, 48015, 50002, 50004),
        *(45062, 45102, 45501, 53500, 53504, 53505, 61004, 61007, 88000),
    ),
    errors.Refused: (
        *(40002, 40033, 40035, 40038, 40050, 40114, 41039, 43001, 43002, 43003, 44002, 45064, 45067, 45103),
        *(45106, 45162, 45169, 45171, 47001, 47002, 48009, 53501, 61500, 61501, 61503),
        *(76003, 76021, 76022, 268487002, 268488001, 9500001, 9500002),
        *(40201, 40202, 40203, 76001, 76002, 76004),
    ),
}


def lookup(errcode: int) -> ErrCode:
    """The entry of ``errcode``; a plain one for a code that the table does not know."""
    known = table().get(errcode)
    if known is not None:
        return known
    return ErrCode(
        errcode,
        errors.Refused,
        "微信没有接受这次请求",
        "记下错误码和 rid，到微信开发者平台查询",
        "WeChat did not accept the request",
        "Note the code and the rid, and look them up on the WeChat developer platform",
    )


@cache
def table() -> dict[int, ErrCode]:
    """All known codes."""
    classes = {code: kind for kind, codes in CLASSES.items() for code in codes}
    return {
        code: ErrCode(code, classes.get(code, errors.BadContent), *texts) for codes, *texts in ROWS for code in codes
    }
