"""Wrong requests and the errcodes that the reference gives for them: accounts, files, drafts, people.

A case is a route, a code and a function that makes the wrong request and returns the parsed reply.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sandbox.caller import BMP, GIF, JPG, MB, MOV, MP4, Caller, amr, article, mp3, wav


@dataclass(frozen=True)
class Case:
    """One wrong request: `make(wx)` returns the reply, which has to carry `code`."""

    route: str
    code: int
    what: str
    make: Callable[[Caller], Any]


CASES: list[Case] = []


def case(route: str, code: int, what: str, make: Callable[[Caller], Any]) -> None:
    CASES.append(Case(route, code, what, make))


def post_case(route: str, code: int, what: str, value: Any) -> None:
    """A POST with this JSON is refused; a function is called for the JSON."""
    case(route, code, what, lambda wx: wx.post(route, value(wx) if callable(value) else value))


def switched(wx: Caller, **switches: Any) -> Caller:
    wx.sandbox.switches.set(**switches)
    return wx


def used_up(wx: Caller, name: str, calls: int) -> Caller:
    wx.token()
    wx.account.quota.use(name, calls)
    return wx


def repeat(times: int, call: Callable[[], Any]) -> Any:
    """The last of many answers."""
    return [call() for _ in range(times)][-1]


# --- tokens and quotas ---------------------------------------------------------


def _token(wx: Caller, **other: Any) -> Any:
    from urllib.parse import urlencode

    asked = {name: value for name, value in wx.credentials(**other).items() if value is not None}
    return wx.json("GET", "/cgi-bin/token?" + urlencode(asked))


def _stable(wx: Caller, **other: Any) -> Any:
    return wx.json("POST", "/cgi-bin/stable_token", json.dumps(wx.credentials(**other)).encode())


def _force_often(wx: Caller) -> Any:
    answer: Any = None
    for _ in range(22):
        wx.sandbox.advance(31)
        answer = _stable(wx, force_refresh=True)
    return answer


def _clear_v2(wx: Caller, **other: Any) -> Any:
    asked = {"appid": wx.account.app_id, "appsecret": wx.account.app_secret, **other}
    return wx.json("POST", "/cgi-bin/clear_quota/v2", json.dumps(asked).encode())


for _route, _ask in (("token", _token), ("stable_token", _stable)):
    case(_route, 40002, "another grant_type", lambda wx, ask=_ask: ask(wx, grant_type="password"))
    case(_route, 41002, "no appid", lambda wx, ask=_ask: ask(wx, appid=""))
    case(_route, 41004, "no secret", lambda wx, ask=_ask: ask(wx, secret=""))
    case(_route, 40013, "an unknown appid", lambda wx, ask=_ask: ask(wx, appid="wx0123456789abcdef"))
    case(_route, 40125, "a wrong secret", lambda wx, ask=_ask: ask(wx, secret="0" * 32))
    case(_route, 40164, "an IP off the list", lambda wx, ask=_ask: ask(switched(wx, blocked_ip="203.0.113.86")))
case("token", 45009, "the 2,001st call", lambda wx: _token(used_up(wx, "token", 2000)))
case("token", 43001, "POST", lambda wx: wx.json("POST", "/cgi-bin/token", b"{}"))
case("stable_token", 43002, "GET", lambda wx: wx.json("GET", "/cgi-bin/stable_token"))
case("stable_token", 47001, "force_refresh as text", lambda wx: _stable(wx, force_refresh="true"))
case("stable_token", 44002, "no body", lambda wx: wx.json("POST", "/cgi-bin/stable_token"))
case("stable_token", 45009, "the 21st forced refresh of a day", _force_often)
case("clear_quota/v2", 43002, "GET", lambda wx: wx.json("GET", "/cgi-bin/clear_quota/v2"))
case("clear_quota/v2", 41002, "no appid", lambda wx: _clear_v2(wx, appid=""))
case("clear_quota/v2", 41004, "no secret", lambda wx: _clear_v2(wx, appsecret=""))
case("clear_quota/v2", 40125, "a wrong secret", lambda wx: _clear_v2(wx, appsecret="x"))
case("clear_quota/v2", 48006, "the 11th time in a month", lambda wx: repeat(11, lambda: _clear_v2(wx)))
post_case("clear_quota", 40013, "another appid", lambda wx: {"appid": wx.sandbox.subscription.app_id})
case(
    "clear_quota",
    48006,
    "the 11th time in a month",
    lambda wx: repeat(11, lambda: wx.post("clear_quota", {"appid": wx.account.app_id})),
)
post_case("callback/check", 40202, "an unknown action", {"action": "knock"})
post_case("callback/check", 40203, "an unknown operator", {"action": "all", "check_operator": "X"})
post_case("openapi/quota/get", 76021, "an unknown path", {"cgi_path": "/cgi-bin/message/mass/nothing"})
post_case("openapi/quota/get", 76003, "a path without its slash", {"cgi_path": "cgi-bin/tags/get"})
post_case("openapi/rid/get", 76001, "an unknown rid", {"rid": "00000000-00000000-00000000"})
case("unknown/path", 40066, "a path that does not exist", lambda wx: wx.post("unknown/path", {}))

# --- files -------------------------------------------------------------------------

for _route in ("media/upload", "material/add_material"):

    def _up(wx: Caller, kind: str, data: bytes, name: str, route: str = _route) -> Any:
        fields = {"description": '{"title":"春茶","introduction":"山上"}'} if kind == "video" else None
        return wx.upload(route, data, name, fields=fields, type=kind)

    for _code, _what, _kind, _data, _name in (
        (40004, "an unknown type", "news", JPG, "a.jpg"),
        (44001, "an empty file", "image", b"", "a.jpg"),
        (40005, "a text called jpg", "image", b"no picture", "a.jpg"),
        (40005, "a picture whose name has no ending", "image", JPG, "picture"),
        (40005, "a MOV called mp4", "video", MOV, "a.mp4"),
        (40005, "a GIF as a thumb", "thumb", GIF, "a.gif"),
        (40009, "a picture over 10 MB", "image", JPG + bytes(10 * MB), "a.jpg"),
        (40010, "a voice over 2 MB", "voice", amr(2) + bytes(2 * MB), "a.amr"),
        (40011, "a video over 10 MB", "video", MP4 + bytes(10 * MB), "a.mp4"),
        (40012, "a thumb over 64 KB", "thumb", JPG + bytes(64 * 1024), "a.jpg"),
        (45007, "61 s of AMR", "voice", amr(61), "a.amr"),
        (45007, "61 s of MP3", "voice", mp3(61, tagged=True), "a.mp3"),
    ):
        case(_route, _code, _what, lambda wx, k=_kind, d=_data, n=_name, up=_up: up(wx, k, d, n))
    case(_route, 41005, "no multipart", lambda wx, r=_route: wx.post(r, {}, type="image"))
    case(_route, 41005, "a part of another name", lambda wx, r=_route: wx.upload(r, JPG, part="file", type="image"))
case(
    "media/upload",
    40005,
    "a BMP as a temporary picture",
    lambda wx: wx.upload("media/upload", BMP, "a.bmp", type="image"),
)
case(
    "media/upload",
    40005,
    "a WAV as a temporary voice",
    lambda wx: wx.upload("media/upload", wav(1), "a.wav", type="voice"),
)
case(
    "media/upload", 45001, "65 MB", lambda wx: wx.upload("media/upload", JPG + bytes(65 * MB), "a.jpg", type="image")
)
case(
    "media/upload",
    45009,
    "the 100,001st upload of a day",
    lambda wx: used_up(wx, "media/upload", 100_000).upload("media/upload", JPG, type="image"),
)
case(
    "material/add_material",
    45007,
    "61 s of WAV",
    lambda wx: wx.upload("material/add_material", wav(61), "a.wav", type="voice"),
)


def _add_video(wx: Caller, description: str | None) -> Any:
    fields = None if description is None else {"description": description}
    return wx.upload("material/add_material", MP4, "a.mp4", fields=fields, type="video")


case("material/add_material", 41039, "a video without description", lambda wx: _add_video(wx, None))
case("material/add_material", 41039, "a video without title", lambda wx: _add_video(wx, '{"introduction":"x"}'))
case("material/add_material", 47001, "a description that is no JSON", lambda wx: _add_video(wx, "春茶"))
case("material/add_material", 45003, "a title of 129", lambda wx: _add_video(wx, json.dumps({"title": "a" * 129})))
case(
    "material/add_material",
    45004,
    "a description of 513",
    lambda wx: _add_video(wx, json.dumps({"title": "a", "introduction": "b" * 513})),
)

for _code, _what, _data, _name, _part in (
    (41005, "a part of another name", JPG, "a.jpg", "file"),
    (44001, "an empty file", b"", "a.jpg", "media"),
    (40005, "a GIF", GIF, "a.gif", "media"),
    (40009, "1 MB", JPG + bytes(MB), "a.jpg", "media"),
):
    case(
        "media/uploadimg",
        _code,
        _what,
        lambda wx, d=_data, n=_name, p=_part: wx.upload("media/uploadimg", d, n, part=p),
    )

case("media/get", 41006, "no media_id", lambda wx: wx.get("media/get"))
case("media/get", 40007, "an unknown media_id", lambda wx: wx.get("media/get", media_id="x"))
case("media/get", 40007, "permanent material", lambda wx: wx.get("media/get", media_id=wx.cover()))
post_case("media/uploadvideo", 41006, "no media_id", {"title": "a"})
post_case("media/uploadvideo", 40007, "a picture", lambda wx: {"media_id": wx.media("image"), "title": "a"})
case(
    "media/uploadvideo",
    40007,
    "a temporary video where permanent ones are wanted",
    lambda wx: switched(wx, uploadvideo_source="permanent").post(
        "media/uploadvideo", {"media_id": wx.media("video")}
    ),
)
post_case("media/uploadvideo", 47001, "a number as title", lambda wx: {"media_id": wx.media("video"), "title": 1})
post_case(
    "media/uploadvideo", 45003, "a title of 129", lambda wx: {"media_id": wx.media("video"), "title": "a" * 129}
)
post_case(
    "media/uploadvideo", 45004, "a text of 513", lambda wx: {"media_id": wx.media("video"), "description": "a" * 513}
)
for _route in ("material/get_material", "material/del_material"):
    post_case(_route, 41006, "no media_id", {"x": 1})
    post_case(_route, 40007, "an unknown media_id", {"media_id": "x"})
    post_case(_route, 40007, "a temporary media_id", lambda wx: {"media_id": wx.media()})
    post_case(_route, 40007, "another account's", lambda wx: {"media_id": wx.other().cover()})
post_case("material/batchget_material", 40004, "an unknown type", {"type": "thumb", "offset": 0, "count": 1})
post_case("material/batchget_material", 40035, "21 at once", {"type": "image", "offset": 0, "count": 21})
post_case(
    "material/del_material",
    48005,
    "what the menu uses",
    lambda wx: {"media_id": switched(wx, menu_material=wx.cover()).sandbox.switches.menu_material},
)
case(
    "material/add_material",
    45074,
    "a full library",
    lambda wx: repeat(
        2,
        lambda: switched(wx, library_images=1).upload("material/add_material", JPG, "a.jpg", type="image"),
    ),
)
post_case("material/add_news", 45106, "the retired call", {"articles": []})
post_case("material/update_news", 45103, "the retired call", {"media_id": "x"})

# --- articles ------------------------------------------------------------------------

_LONG = {
    45003: ("a title of 65", {"title": "a" * 65}),
    45110: ("an author of 17", {"author": "a" * 17}),
    45004: ("a digest of 121", {"digest": "a" * 121}),
    45005: ("a link over 1 KB", {"content_source_url": "https://example.com/" + "a" * 1024}),
    45008: ("a body of 20,000 characters", {"content": "a" * 20_000}),
    45166: ("a preview link", {"content": '<a href="http://mp.weixin.qq.com/s?tempkey=x">x</a>'}),
    41039: ("no body", {"content": ""}),
    40007: ("an unknown cover", {"thumb_media_id": "x"}),
}
for _route in ("media/uploadnews", "draft/add", "draft/update"):

    def _put(wx: Caller, more: dict[str, Any], route: str = _route) -> Any:
        one = {**article(wx.cover()), **more}
        if route == "draft/update":
            return wx.post(route, {"media_id": wx.draft(), "index": 0, "articles": one})
        return wx.post(route, {"articles": [one]})

    for _code, (_what, _more) in _LONG.items():
        case(_route, _code, _what, lambda wx, m=_more, put=_put: put(wx, m))
    case(_route, 41039, "no title", lambda wx, put=_put: put(wx, {"title": ""}))
    case(_route, 47001, "a number as title", lambda wx, put=_put: put(wx, {"title": 1}))
    case(_route, 47001, "need_open_comment 2", lambda wx, put=_put: put(wx, {"need_open_comment": 2}))
    case(
        _route,
        88000,
        "comments without 留言",
        lambda wx, put=_put: put(switched(wx, comments=False), {"need_open_comment": 1}),
    )
    if _route != "media/uploadnews":
        case(_route, 40007, "a temporary cover", lambda wx, put=_put: put(wx, {"thumb_media_id": wx.media("thumb")}))
        case(_route, 41026, "newspic without pictures", lambda wx, put=_put: put(wx, {"article_type": "newspic"}))
        _many = {"article_type": "newspic", "image_info": {"image_list": [{"image_media_id": "x"}] * 21}}
        case(_route, 40215, "newspic with 21 pictures", lambda wx, put=_put, m=_many: put(wx, m))
    else:
        case(_route, 45009, "the 11th of a day", lambda wx, put=_put: put(used_up(wx, "media/uploadnews", 10), {}))
    if _route != "draft/update":
        post_case(_route, 44003, "no articles", {"articles": []})
        post_case(_route, 47001, "one object", lambda wx: {"articles": article("x")})
        case(_route, 47001, "a bare array", lambda wx, r=_route: wx.post(r, [article(wx.cover())]))
        post_case(_route, 45008, "nine articles", lambda wx: {"articles": [article(wx.cover())] * 9})
post_case("draft/update", 41039, "no media_id", {"index": 0, "articles": {}})
post_case("draft/update", 40007, "an unknown draft", {"media_id": "x", "index": 0, "articles": {}})
post_case("draft/update", 44003, "no article", lambda wx: {"media_id": wx.draft(), "index": 0})
post_case(
    "draft/update", 40114, "an index behind the end", lambda wx: {"media_id": wx.draft(), "index": 1, "articles": {}}
)
post_case(
    "draft/update", 47001, "an array", lambda wx: {"media_id": wx.draft(), "index": 0, "articles": [article("x")]}
)
for _route in ("draft/get", "draft/delete"):
    post_case(_route, 40007, "an unknown draft", {"media_id": "x"})
    post_case(_route, 40007, "no media_id", {"index": 0})
post_case("draft/batchget", 40035, "none at once", {"offset": 0, "count": 0})
case(
    "draft/get",
    45009,
    "the 501st of a day",
    lambda wx: used_up(wx, "draft/get", 500).post("draft/get", {"media_id": "x"}),
)

# --- people ----------------------------------------------------------------------------


def _hundred_tags(wx: Caller) -> Any:
    return [wx.post("tags/create", {"tag": {"name": f"标签{number}"}}) for number in range(89)][-1]


def _twenty_one_tags(wx: Caller) -> Any:
    openid = wx.account.openids(1)
    answer: Any = None
    for number in range(21):
        tag = wx.post("tags/create", {"tag": {"name": f"标签{number}"}})["tag"]
        answer = wx.post("tags/members/batchtagging", {"openid_list": openid, "tagid": tag["id"]})
    return answer


post_case("tags/create", 47001, "no tag object", {"name": "x"})
post_case("tags/create", 45157, "no name", {"tag": {"name": " "}})
post_case("tags/create", 45157, "a name that exists", {"tag": {"name": "春茶老客"}})
post_case("tags/create", 45158, "31 bytes", {"tag": {"name": "a" * 31}})
case("tags/create", 45056, "the 101st tag", _hundred_tags)
post_case("tags/update", 45058, "a system tag", {"tag": {"id": 2, "name": "x"}})
post_case("tags/update", 45159, "an unknown tag", {"tag": {"id": 999, "name": "x"}})
post_case("tags/update", 45157, "another tag's name", {"tag": {"id": 100, "name": "礼盒客户"}})
post_case("tags/update", 45158, "31 bytes", {"tag": {"id": 100, "name": "a" * 31}})
post_case("tags/delete", 45058, "a system tag", {"tag": {"id": 2}})
post_case("tags/delete", 45159, "an unknown tag", {"tag": {"id": 999}})
case(
    "tags/delete",
    45057,
    "a tag with too many fans",
    lambda wx: switched(wx, big_tag_fans=6000).post("tags/delete", {"tag": {"id": 100}}),
)
post_case("user/tag/get", 45159, "an unknown tag", {"tagid": 999})
post_case("user/tag/get", 40003, "a cursor that is nobody", {"tagid": 2, "next_openid": "o" * 28})
for _route in ("tags/members/batchtagging", "tags/members/batchuntagging"):
    post_case(_route, 45159, "an unknown tag", {"tagid": 999, "openid_list": []})
    post_case(_route, 47001, "a text as list", {"tagid": 2, "openid_list": "o"})
    post_case(_route, 40032, "51 people", lambda wx: {"tagid": 2, "openid_list": wx.account.openids(51)})
    post_case(_route, 40003, "nobody", {"tagid": 2, "openid_list": ["o" * 28]})
    post_case(
        _route,
        49003,
        "another account's follower",
        lambda wx: {"tagid": 2, "openid_list": wx.sandbox.subscription.openids(1)},
    )
case("tags/members/batchtagging", 45059, "the 21st tag of a person", _twenty_one_tags)
for _route in ("tags/members/batchblacklist", "tags/members/batchunblacklist"):
    post_case(_route, 40032, "21 people", lambda wx: {"openid_list": wx.account.openids(21)})
    post_case(_route, 40003, "nobody", {"openid_list": ["o" * 28]})
post_case("tags/members/getblacklist", 40003, "a cursor that is nobody", {"begin_openid": "o" * 28})
post_case("tags/getidlist", 40003, "nobody", {"openid": "o" * 28})
case("user/get", 40003, "a cursor that is nobody", lambda wx: wx.get("user/get", next_openid="o" * 28))
case("user/get", 45009, "the 501st of a day", lambda wx: used_up(wx, "user/get", 500).get("user/get"))
case("user/info", 40003, "nobody", lambda wx: wx.get("user/info", openid="o" * 28))
post_case("user/info/batchget", 47001, "texts, not objects", {"user_list": ["o"]})
post_case("user/info/batchget", 40032, "101 people", lambda wx: {"user_list": [{"openid": "o"}] * 101})
post_case("user/info/batchget", 40003, "nobody", {"user_list": [{"openid": "o"}]})
post_case("user/info/updateremark", 40003, "nobody", {"openid": "o", "remark": "x"})
post_case(
    "user/info/updateremark", 40092, "30 bytes", lambda wx: {"openid": wx.account.openids(1)[0], "remark": "a" * 30}
)
