"""Wrong mass sends, previews and deletions, and the errcodes that the reference gives for them."""

from __future__ import annotations

from typing import Any

from tests.sandbox.caller import Caller, text
from tests.sandbox.refusals import case, post_case, repeat, switched, used_up

SENDALL, SEND, PREVIEW, DELETE = (f"message/mass/{name}" for name in ("sendall", "send", "preview", "delete"))
TO_TAG = {"filter": {"is_to_all": False, "tag_id": 2}}


def _media(kind: str, media_id: Any) -> dict[str, Any]:
    return {"msgtype": kind, kind: {"media_id": media_id}}


def _two(wx: Caller) -> dict[str, Any]:
    return {"touser": wx.account.openids(2)}


def _one(wx: Caller) -> dict[str, Any]:
    return {"touser": wx.account.openids(1)[0]}


def _images(wx: Caller, **more: Any) -> dict[str, Any]:
    return {"msgtype": "image", "images": {"media_ids": [wx.media()], **more}}


def _mp_video(wx: Caller) -> dict[str, Any]:
    return _media("mpvideo", wx.video())


def _expired(wx: Caller) -> dict[str, Any]:
    message = _media("image", wx.media())
    wx.sandbox.advance(3 * 24 * 3600 + 1)
    wx.renew()
    return message


# What is wrong with the message, whoever gets it; previews know neither several pictures nor keys.
_MESSAGES: list[tuple[int, str, Any]] = [
    (40008, "no msgtype", {"text": {"content": "x"}}),
    (40008, "an unknown msgtype", {"msgtype": "video", "video": {"media_id": "x"}}),
    (45113, "a card", {"msgtype": "wxcard", "wxcard": {"card_id": "x"}}),
    (45052, "music", {"msgtype": "music", "music": {}}),
    (-1, "a msgtype whose body is missing", {"msgtype": "text", "voice": {"media_id": "x"}}),
    (44004, "an empty text", text("")),
    (45002, "2,049 bytes", text("茶" * 683)),
    (47001, "a number as text", {"msgtype": "text", "text": {"content": 1}}),
    (41006, "no media_id", {"msgtype": "voice", "voice": {}}),
    (40007, "an unknown picture", _media("image", "x")),
    (40007, "a voice sent as a picture", lambda wx: _media("image", wx.media("voice"))),
    (40007, "a thumb sent as a picture", lambda wx: _media("image", wx.media("thumb"))),
    (40007, "another account's picture", lambda wx: _media("image", wx.other().media())),
    (40007, "an expired picture", _expired),
    (40007, "an unknown draft", _media("mpnews", "x")),
    (45161, "a video that did not pass uploadvideo", lambda wx: _media("mpvideo", wx.media("video"))),
    (48022, "a video of the API", lambda wx: _mp_video(switched(wx, api_video="48022"))),
    (48013, "a video of the API, older code", lambda wx: _mp_video(switched(wx, api_video="48013"))),
]
for _code, _what, _message in _MESSAGES:

    def _body(wx: Caller, to: dict[str, Any], message: Any = _message) -> dict[str, Any]:
        return {**(message(wx) if callable(message) else message), **to}

    post_case(SENDALL, _code, _what, lambda wx, body=_body: body(wx, TO_TAG))
    post_case(SEND, _code, _what, lambda wx, body=_body: body(wx, _two(wx)))
    post_case(PREVIEW, _code, _what, lambda wx, body=_body: body(wx, _one(wx)))

for _code, _what, _more in (
    (41026, "no pictures", {"media_ids": []}),
    (47001, "a text as list", {"media_ids": "x"}),
    (40215, "21 pictures", {"media_ids": ["x"] * 21}),
    (40193, "a 推荐语 of 201", {"recommend": "a" * 201}),
    (40007, "one picture of two unknown", {"media_ids": ["x", "y"]}),
):
    post_case(SENDALL, _code, _what, lambda wx, more=_more: {**TO_TAG, **_images(wx, **more)})
    post_case(SEND, _code, _what, lambda wx, more=_more: {**_two(wx), **_images(wx, **more)})
case(
    SENDALL,
    88000,
    "comments without 留言",
    lambda wx: switched(wx, comments=False).post(SENDALL, {**TO_TAG, **_images(wx, need_open_comment=1)}),
)
case(
    SENDALL,
    40007,
    "a temporary picture for the eleventh time",
    lambda wx: [
        switched(wx).sendall(key=str(number), **message)
        for message in [_media("image", wx.media())]
        for number in range(11)
    ][-1],
)

# --- who gets it ---------------------------------------------------------------------------

for _code, _what, _filter in (
    (47001, "no filter", None),
    (47001, "is_to_all as a number", {"is_to_all": 1}),
    (40152, "no tag_id", {"is_to_all": False}),
    (40152, "an unknown tag", {"is_to_all": False, "tag_id": 999}),
    (40152, "a tag's name", {"is_to_all": False, "tag_id": "春茶老客"}),
):
    post_case(SENDALL, _code, _what, {"filter": _filter, **text("x")})
post_case(SEND, 40031, "no list", text("x"))
post_case(SEND, 40031, "an openid that is none", {"touser": ["x", "y"], **text("x")})
post_case(SEND, 40130, "one openid", lambda wx: {"touser": wx.account.openids(1), **text("x")})
post_case(SEND, 40130, "an empty list", {"touser": [], **text("x")})
post_case(SEND, 40032, "10,001 openids", lambda wx: {"touser": wx.account.openids(10_001), **text("x")})
post_case(SEND, 40003, "somebody unknown", lambda wx: {"touser": [*wx.account.openids(1), "o" * 28], **text("x")})
case(SEND, 48001, "a 订阅号", lambda wx: wx.other().post(SEND, {**_two(wx.other()), **text("x")}))
post_case(PREVIEW, 40003, "nobody", text("x"))
post_case(PREVIEW, 40003, "somebody unknown", {"touser": "o" * 28, **text("x")})
post_case(PREVIEW, 40132, "a WeChat id that is none", {"towxname": "茶", **text("x")})
post_case(PREVIEW, 43004, "a WeChat id that does not follow", {"towxname": "wx_stranger", **text("x")})
post_case(PREVIEW, 43004, "somebody who left", lambda wx: {"touser": wx.account.people.openids[-1], **text("x")})
post_case(PREVIEW, 43019, "somebody blocked", lambda wx: {"touser": wx.account.openids(1, 48_215)[0], **text("x")})
case(
    PREVIEW,
    45009,
    "the 101st of a day",
    lambda wx: used_up(wx, PREVIEW, 100).post(PREVIEW, {**_one(wx), **text("x")}),
)

# --- keys, quotas, protection ----------------------------------------------------------------

for _route, _to in ((SENDALL, lambda wx: TO_TAG), (SEND, _two)):

    def _send(wx: Caller, key: Any = None, route: str = _route, to: Any = _to, **more: Any) -> Any:
        body = {**to(wx), **text("你好"), **more}
        return wx.post(route, body if key is None else {**body, "clientmsgid": key})

    case(_route, 45065, "a key for the second time", lambda wx, s=_send: repeat(2, lambda: s(wx, "k")))
    case(_route, 45065, "the same without a key", lambda wx, s=_send: repeat(2, lambda: s(wx)))
    case(_route, 45066, "a key for the third time within a minute", lambda wx, s=_send: repeat(3, lambda: s(wx, "k")))
    case(_route, 45067, "a key of 33 bytes", lambda wx, s=_send: s(wx, "k" * 33))
    case(_route, 45067, "a key of 65 bytes", lambda wx, s=_send: s(switched(wx, clientmsgid_limit=64), "k" * 65))
    case(_route, 47001, "a list as key", lambda wx, s=_send: s(wx, ["k"]))
    case(_route, 47001, "send_ignore_reprint true", lambda wx, s=_send: s(wx, "k", send_ignore_reprint=True))
    case(_route, 45009, "the 101st call of a day", lambda wx, s=_send: s(used_up(wx, "mass", 100), "k"))
    case(_route, 45028, "a test account", lambda wx, s=_send: s(switched(wx, test_account=True), "k"))
    case(
        _route,
        45011,
        "the 61st call of a minute",
        lambda wx, s=_send: [s(wx, str(number)) for number in range(61)][-1],
    )
case(SENDALL, 45028, "the fifth send to all of a month", lambda wx: [wx.sendall(None, str(n)) for n in range(5)][-1])
case(
    SENDALL,
    45028,
    "a 订阅号's second send of a day",
    lambda wx: [wx.other().sendall(2, str(n)) for n in range(2)][-1],
)
case(
    SENDALL,
    42010,
    "a send close behind a big one",
    lambda wx: [switched(wx, fast_batches=True).sendall(None, str(number)) for number in range(2)][-1],
)
for _variant in ("89504-pending", "89504-none", "89505-pending", "89505-none"):
    case(
        SENDALL,
        int(_variant[:5]),
        f"protection, {_variant}",
        lambda wx, v=_variant: switched(wx, protection=v).sendall(None, "k"),
    )

# --- afterwards --------------------------------------------------------------------------------


def _sent(wx: Caller, **message: Any) -> int:
    """The id of a send that ended well."""
    msg_id = wx.sendall(**message)["msg_id"]
    wx.sandbox.advance(60)
    return int(msg_id)


def _delete_twice(wx: Caller) -> Any:
    msg_id = _sent(wx, **_mp_video(wx))
    return repeat(2, lambda: wx.post(DELETE, {"msg_id": msg_id}))


post_case(DELETE, 40059, "nothing", {"article_idx": 1})
post_case(DELETE, 40059, "an unknown job", {"msg_id": 1})
post_case(DELETE, 40059, "a word", {"msg_id": "x"})
post_case(DELETE, 40059, "an unknown address", {"url": "https://mp.weixin.qq.com/s/x"})
case(DELETE, 40059, "another account's job", lambda wx: wx.other().post(DELETE, {"msg_id": _sent(wx)}))
post_case(DELETE, 40065, "a text", lambda wx: {"msg_id": _sent(wx)})
post_case(DELETE, 40065, "a job under way", lambda wx: {"msg_id": wx.sendall(**_mp_video(wx))["msg_id"]})
post_case(
    DELETE, 40060, "an article that is not there", lambda wx: {"msg_id": _sent(wx, **_mp_video(wx)), "article_idx": 2}
)
case(
    DELETE,
    40065,
    "a video that is deleted",
    _delete_twice,
)
case(DELETE, 45009, "the 11th of a day", lambda wx: used_up(wx, DELETE, 10).post(DELETE, {"msg_id": 1}))
post_case("message/mass/get", 40059, "an unknown job", {"msg_id": 1})
post_case("message/mass/get", 40059, "no msg_id", {"x": 1})
case(
    "message/mass/get",
    40059,
    "another account's job",
    lambda wx: wx.other().post("message/mass/get", {"msg_id": wx.sendall()["msg_id"]}),
)
post_case("message/mass/speed/set", 45084, "no speed", {"x": 1})
post_case("message/mass/speed/set", 45083, "speed 5", {"speed": 5})
post_case("message/mass/speed/set", 45083, "a text", {"speed": "3"})
