"""Each operation at the level of the wire: method, path, query, JSON types, multipart part, result."""

from __future__ import annotations

import email.parser
import email.policy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import BadRequest, NetworkError
from desktop_app.wechat import (
    Article,
    Audience,
    DraftEntry,
    DraftPage,
    Follower,
    ImageMessage,
    MassStatus,
    Material,
    MaterialPage,
    Quota,
    Receipt,
    Speed,
    Tag,
    TextMessage,
    Uploaded,
    WeChatClient,
    WxName,
    seal_mass,
)
from tests.wechat.conftest import MakeClient
from tests.wechat.wire import APP_ID, GOOD, SECRET, TOKEN, Recorded, Wire, ok

Do = Callable[[WeChatClient], Any]
RECEIPT = Receipt(3147483652, 2455891298)

AUDIENCES: list[tuple[Any, str, dict[str, Any]]] = [
    (True, "sendall", {"filter": {"is_to_all": True}}),
    (Audience.everyone(), "sendall", {"filter": {"is_to_all": True}}),
    (134, "sendall", {"filter": {"is_to_all": False, "tag_id": 134}}),
    ("134", "sendall", {"filter": {"is_to_all": False, "tag_id": 134}}),
    (Audience.tag(134), "sendall", {"filter": {"is_to_all": False, "tag_id": 134}}),
    (["oA", "oB"], "send", {"touser": ["oA", "oB"]}),
    (Audience.openids(["oA", "oB"]), "send", {"touser": ["oA", "oB"]}),
]

SENDS: list[tuple[str, Callable[[WeChatClient, Any], Receipt], dict[str, Any]]] = [
    (
        "massSend",
        lambda c, who: c.mass_send(TextMessage("你好"), who),
        {"msgtype": "text", "text": {"content": "你好"}},
    ),
    (
        "massSend dict",
        lambda c, who: c.mass_send({"msgtype": "image", "image": {"media_id": "I"}}, who),
        {"msgtype": "image", "image": {"media_id": "I"}},
    ),
    (
        "massSendNews",
        lambda c, who: c.mass_send_news("N", who),
        {"msgtype": "mpnews", "mpnews": {"media_id": "N"}, "send_ignore_reprint": 0},
    ),
    (
        "massSendText",
        lambda c, who: c.mass_send_text("一\n二 😀", who),
        {"msgtype": "text", "text": {"content": "一\n二 😀"}},
    ),
    (
        "massSendVoice",
        lambda c, who: c.mass_send_voice("V", who),
        {"msgtype": "voice", "voice": {"media_id": "V"}},
    ),
    (
        "massSendImage",
        lambda c, who: c.mass_send_image("I", who),
        {"msgtype": "image", "image": {"media_id": "I"}},
    ),
    (
        "massSendImage list",
        lambda c, who: c.mass_send_image(["I", "J"], who),
        {
            "msgtype": "image",
            "images": {"media_ids": ["I", "J"], "need_open_comment": 0, "only_fans_can_comment": 0},
        },
    ),
    (
        "massSendVideo",
        lambda c, who: c.mass_send_video("M", who),
        {"msgtype": "mpvideo", "mpvideo": {"media_id": "M"}},
    ),
    (
        "massSendMPVideo",
        lambda c, who: c.mass_send_mp_video("SRC", "标题", "说明", who),
        {"msgtype": "mpvideo", "mpvideo": {"media_id": "VIDEO-2"}},
    ),
]


def only(wire: Wire) -> Recorded:
    """The one request beside that for the token, checked for what all of them share."""
    (request,) = wire.calls()
    check_common(request)
    return request


def check_common(request: Recorded) -> None:
    assert request.query["access_token"] == [f"{TOKEN}-1"]
    assert request.header("Accept-Encoding") == "identity"
    if request.method == "POST":
        assert request.header("Content-Length") == str(len(request.body))
        assert request.header("Transfer-Encoding") is None
    if request.method == "POST" and not str(request.header("Content-Type")).startswith("multipart/"):
        assert request.header("Content-Type") == "application/json; charset=utf-8"
        assert b"\\u" not in request.body


@pytest.mark.parametrize(("audience", "path", "field"), AUDIENCES)
@pytest.mark.parametrize(("name", "send", "body"), SENDS, ids=[each[0] for each in SENDS])
def test_mass_sends(
    wire: Wire,
    client: WeChatClient,
    audience: Any,
    path: str,
    field: dict[str, Any],
    name: str,
    send: Callable[[WeChatClient, Any], Receipt],
    body: dict[str, Any],
) -> None:
    """Every kind of message to every kind of audience: one POST, exactly this JSON, types included."""
    assert send(client, audience) == RECEIPT
    request = wire.calls()[-1]
    check_common(request)
    assert (request.method, request.path) == ("POST", f"/cgi-bin/message/mass/{path}")
    assert set(request.query) == {"access_token"}
    assert request.json == {**body, **field}
    assert type(request.json.get("filter", {}).get("tag_id", 0)) is int
    assert len(wire.calls()) == (2 if name == "massSendMPVideo" else 1)


def test_keys_and_reprint_of_every_send(wire: Wire, client: WeChatClient) -> None:
    """client_msg_id and send_ignore_reprint go out of every one of the seven sends."""
    same: dict[str, Any] = {"client_msg_id": "k" * 32, "send_ignore_reprint": 1}
    client.mass_send(TextMessage("x"), True, **same)
    client.mass_send_news("N", True, **same)
    client.mass_send_text("x", True, **same)
    client.mass_send_voice("V", True, **same)
    client.mass_send_image("I", True, **same)
    client.mass_send_video("M", True, **same)
    client.mass_send_mp_video("SRC", "t", "d", True, **same)
    sends = wire.calls("sendall")
    assert len(sends) == 7
    assert all(each.json["clientmsgid"] == "k" * 32 for each in sends)
    assert all(each.json["send_ignore_reprint"] == 1 for each in sends)


def test_sealed_bytes_are_what_leaves(wire: Wire, client: WeChatClient) -> None:
    """submit() posts exactly the bytes that were sealed, as often as it is called."""
    sealed = seal_mass(ImageMessage(["a", "b"], "好看"), ["oA", "oB"], client_msg_id="k")
    assert client.submit(sealed) == client.submit(sealed) == RECEIPT
    assert [each.body for each in wire.calls("send")] == [sealed.body, sealed.body]
    with pytest.raises(BadRequest):
        client.submit(type(sealed)("/cgi-bin/message/mass/delete", b"{}"))


def test_upload_news(wire: Wire, client: WeChatClient) -> None:
    """uploadNews: always {"articles": [...]}; Articles, the seed's dicts and that object are taken."""
    seed = {"title": "标题", "content": "<p>文</p>", "thumb_media_id": "T", "show_cover_pic": "1"}
    expected = Uploaded("news", "NEWS-1", 1391857799)
    assert client.upload_news([seed]) == expected
    assert client.upload_news({"articles": [seed]}) == expected
    assert client.upload_news([Article("标题", "<p>文</p>", "T", show_cover_pic="1")]) == expected
    for request in wire.calls():
        check_common(request)
        assert (request.method, request.path) == ("POST", "/cgi-bin/media/uploadnews")
        assert request.json == {"articles": [seed]}


@pytest.mark.parametrize("articles", [[], [{}] * 9, "x", [1], None, {}, {"articles": []}, [["x"]]])
def test_wrong_article_sets_are_refused(wire: Wire, client: WeChatClient, articles: Any) -> None:
    """None, more than eight, or something that is no article: no request at all."""
    with pytest.raises(BadRequest):
        client.upload_news(articles)
    assert wire.requests == []


def test_upload_mp_video(wire: Wire, client: WeChatClient) -> None:
    """uploadMPVideo goes to base_url as JSON, not to the file host."""
    assert client.upload_mp_video("SRC", "标题", "说明") == Uploaded("video", "VIDEO-2", 1398848981)
    request = only(wire)
    assert (request.method, request.path) == ("POST", "/cgi-bin/media/uploadvideo")
    assert request.json == {"media_id": "SRC", "title": "标题", "description": "说明"}


def part_of(request: Recorded) -> tuple[dict[str, str], bytes]:
    """The one file part of a multipart request, read by the standard library's own parser."""
    head = f"Content-Type: {request.header('Content-Type')}\r\n\r\n".encode()
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    files = [part for part in parsed.iter_parts() if part.get_filename() is not None]
    (part,) = files
    params = dict(part["Content-Disposition"].params)
    return {**params, "type": part.get_content_type()}, part.get_payload(decode=True)


def test_upload_image(wire: Wire, client: WeChatClient, picture: Path) -> None:
    """uploadImage: multipart, one part named media with a file name, the address in the result."""
    assert client.upload_image(picture) == "http://mmbiz.qpic.cn/mmbiz/x/0"
    request = only(wire)
    assert (request.method, request.path) == ("POST", "/cgi-bin/media/uploadimg")
    assert set(request.query) == {"access_token"}
    part, content = part_of(request)
    assert part == {"name": "media", "filename": "图片.jpg", "type": "image/jpeg"}
    assert content == picture.read_bytes()


@pytest.mark.parametrize("kind", ["image", "voice", "video", "thumb"])
def test_upload_media(wire: Wire, client: WeChatClient, picture: Path, kind: str) -> None:
    """Temporary media: the kind in the query; a thumb's answer has thumb_media_id only."""
    if kind == "thumb":
        wire.answers["media/upload"] = {"type": "thumb", "thumb_media_id": "TH", "created_at": 1}
    result = client.upload_media(kind, picture)
    assert result.media_id == ("TH" if kind == "thumb" else "MEDIA-1")
    request = only(wire)
    assert (request.path, request.query["type"]) == ("/cgi-bin/media/upload", [kind])
    assert part_of(request)[1] == picture.read_bytes()


def test_add_material(wire: Wire, client: WeChatClient, picture: Path) -> None:
    """Permanent material: a picture brings an address back; a video carries its description as JSON text."""
    assert client.add_material("image", picture) == Uploaded(
        "image", "PERM-1", None, "http://mmbiz.qpic.cn/mmbiz/y/0"
    )
    client.add_material("video", picture, title='标"题', introduction="介绍")
    image, video = wire.calls("add_material")
    assert image.query["type"] == ["image"]
    assert b'name="description"' not in image.body
    assert video.query["type"] == ["video"]
    field = video.body.split(b'name="description"\r\n\r\n')[1].split(b"\r\n--")[0]
    assert json.loads(field) == {"title": '标"题', "introduction": "介绍"}
    assert b"\\u" not in field
    with pytest.raises(BadRequest):
        client.add_material("video", picture)
    with pytest.raises(BadRequest):
        client.upload_media("news", picture)


def test_delete_mass(wire: Wire, client: WeChatClient) -> None:
    """deleteMass: msg_id as a number whatever was given; article_idx only for one article."""
    client.delete_mass("3147483652")
    client.delete_mass(3147483652, 2)
    assert [each.body for each in wire.calls("mass/delete")] == [
        b'{"msg_id":3147483652}',
        b'{"msg_id":3147483652,"article_idx":2}',
    ]


def test_get_mass_message_status(wire: Wire, client: WeChatClient) -> None:
    """getMassMessageStatus: msg_id as text; 64 bits survive."""
    big = 2**63 + 7
    assert client.get_mass_message_status(201053012) == MassStatus(201053012, "SEND_SUCCESS")
    wire.answers["mass/get"] = {"msg_id": str(big), "msg_status": "SENDING"}
    assert client.get_mass_message_status(str(big)) == MassStatus(big, "SENDING")
    assert [each.body for each in wire.calls("mass/get")] == [
        b'{"msg_id":"201053012"}',
        b'{"msg_id":"%d"}' % big,
    ]


@pytest.mark.parametrize("msg_id", [0, -1, 2**64, True, None, 1.0, "", "x", "1.0", "-1", "٣", [1]])
def test_wrong_msg_ids_are_refused(wire: Wire, client: WeChatClient, msg_id: Any) -> None:
    """What is no 64-bit id never leaves."""
    with pytest.raises(BadRequest):
        client.delete_mass(msg_id)
    with pytest.raises(BadRequest):
        client.get_mass_message_status(msg_id)
    assert wire.requests == []


PREVIEWS: list[tuple[str, Callable[[WeChatClient, Any], Receipt], dict[str, Any]]] = [
    ("News", lambda c, to: c.preview_news(to, "N"), {"msgtype": "mpnews", "mpnews": {"media_id": "N"}}),
    ("Text", lambda c, to: c.preview_text(to, "你好"), {"msgtype": "text", "text": {"content": "你好"}}),
    ("Voice", lambda c, to: c.preview_voice(to, "V"), {"msgtype": "voice", "voice": {"media_id": "V"}}),
    ("Image", lambda c, to: c.preview_image(to, "I"), {"msgtype": "image", "image": {"media_id": "I"}}),
    ("Video", lambda c, to: c.preview_video(to, "M"), {"msgtype": "mpvideo", "mpvideo": {"media_id": "M"}}),
]


@pytest.mark.parametrize(("name", "preview", "body"), PREVIEWS, ids=[each[0] for each in PREVIEWS])
def test_previews(
    wire: Wire,
    client: WeChatClient,
    name: str,
    preview: Callable[[WeChatClient, Any], Receipt],
    body: dict[str, Any],
) -> None:
    """touser for an openid, towxname for a WeChat id, never both; a reply without msg_id is fine."""
    assert preview(client, "oA") == Receipt(None, None)
    wire.answers["mass/preview"] = {"errcode": 0, "errmsg": "ok", "msg_id": 34182}
    assert preview(client, WxName("some_body")) == Receipt(34182, None)
    first, second = wire.calls("mass/preview")
    assert first.json == {"touser": "oA", **body}
    assert second.json == {"towxname": "some_body", **body}
    for nobody in ("", None, ["oA"]):
        with pytest.raises(BadRequest):
            preview(client, nobody)


def test_bad_arguments_never_leave(wire: Wire, client: WeChatClient, tmp_path: Path) -> None:
    """Each refusal of an audience or argument comes before any request, the token's included."""
    bad: list[Do] = [
        lambda c: c.mass_send_text("x", False),
        lambda c: c.mass_send_text("x", None),
        lambda c: c.mass_send_text("x", []),
        lambda c: c.mass_send_text("x", ""),
        lambda c: c.mass_send_text("x", ["oA"]),
        lambda c: c.mass_send_text("x", [f"o{n}" for n in range(10_001)]),
        lambda c: c.mass_send_text("x", ["oA", "oA"]),
        lambda c: c.mass_send_text("x", "oA"),
        lambda c: c.mass_send_text("x", True, client_msg_id=""),
        lambda c: c.mass_send_mp_video("SRC", "t", "d", []),
        lambda c: c.mass_send_mp_video("SRC", "t", "d", True, client_msg_id="a" * 65),
        lambda c: c.mass_send({"msgtype": "text", "text": {"content": "x"}, "touser": ["oA", "oB"]}, True),
        lambda c: c.delete_mass(5, -1),
        lambda c: c.set_speed(5),
        lambda c: c.get_user_infos([]),
        lambda c: c.get_user_infos(["o"] * 101),
    ]
    for do in bad:
        with pytest.raises(BadRequest):
            do(client)
    assert wire.requests == []


def test_reads(wire: Wire, client: WeChatClient) -> None:
    """Tags, followers, quota, speed, counts and addresses: method, path, body and result."""
    assert client.get_tags() == (Tag(2, "星标组", 0), Tag(134, "北京", 9126))
    page = client.get_followers()
    assert (page.total, page.count, page.openids, page.next_openid) == (2, 2, ("oA", "oB"), "oB")
    client.get_followers("oB")
    assert client.get_user_infos(["oA"]) == (Follower("oA", True, None, "老客户", (134, 2)),)
    assert client.get_quota("/cgi-bin/message/mass/sendall") == Quota(100, 3, 97)
    assert client.get_speed() == Speed(3, 30)
    client.set_speed(0)
    client.clear_quota()
    assert client.count_drafts() == 4
    assert client.get_material_count().news == 4
    assert client.get_api_domain_ips() == ("101.226.62.77", "101.226.62.78")
    assert client.add_draft([{"title": "t", "content": "c"}]) == "DRAFT-1"
    assert client.get_draft("D") == [{"title": "t"}]
    client.delete_draft("D")
    seen = [(each.method, each.path.removeprefix("/cgi-bin/"), each.body) for each in wire.calls()]
    assert seen == [
        ("GET", "tags/get", b""),
        ("GET", "user/get", b""),
        ("GET", "user/get", b""),
        ("POST", "user/info/batchget", b'{"user_list":[{"openid":"oA","lang":"zh_CN"}]}'),
        ("POST", "openapi/quota/get", b'{"cgi_path":"/cgi-bin/message/mass/sendall"}'),
        ("POST", "message/mass/speed/get", b"{}"),
        ("POST", "message/mass/speed/set", b'{"speed":0}'),
        ("POST", "clear_quota", b'{"appid":"%s"}' % APP_ID.encode()),
        ("GET", "draft/count", b""),
        ("GET", "material/get_materialcount", b""),
        ("GET", "get_api_domain_ip", b""),
        ("POST", "draft/add", b'{"articles":[{"title":"t","content":"c"}]}'),
        ("POST", "draft/get", b'{"media_id":"D"}'),
        ("POST", "draft/delete", b'{"media_id":"D"}'),
    ]
    assert wire.calls("user/get")[1].query["next_openid"] == ["oB"]


def test_followers_of_a_tag_come_in_pages(wire: Wire, client: WeChatClient) -> None:
    """get_tag_openids goes on from next_openid until a page is empty, and never round in circles."""
    wire.answers["user/tag/get"] = [
        {"count": 2, "data": {"openid": ["oA", "oB"]}, "next_openid": "oB"},
        {"count": 1, "data": {"openid": ["oC"]}, "next_openid": "oC"},
        {"count": 0, "next_openid": ""},
    ]
    assert list(client.get_tag_openids(134)) == [("oA", "oB"), ("oC",)]
    assert [each.json for each in wire.calls("user/tag/get")] == [
        {"tagid": 134, "next_openid": ""},
        {"tagid": 134, "next_openid": "oB"},
        {"tagid": 134, "next_openid": "oC"},
    ]
    wire.answers["user/tag/get"] = {"count": 1, "data": {"openid": ["oA"]}, "next_openid": "oA"}
    with pytest.raises(NetworkError):
        list(client.get_tag_openids(134))


def test_base_url_with_a_path(wire: Wire, make_client: MakeClient) -> None:
    """A path in base_url stays in front of every path, the token's too."""
    make_client(wire.address + "/proxy/wx/").mass_send_mp_video("S", "t", "d", True)
    assert [each.path for each in wire.requests] == [
        "/proxy/wx/cgi-bin/stable_token",
        "/proxy/wx/cgi-bin/media/uploadvideo",
        "/proxy/wx/cgi-bin/message/mass/sendall",
    ]


def test_the_token_request(wire: Wire, client: WeChatClient, make_client: MakeClient) -> None:
    """stable_token by POST without a query; classic by GET."""
    client.ensure_token()
    make_client(wire.address, token_mode="classic").ensure_token()
    stable, classic = wire.requests
    assert (stable.method, stable.target) == ("POST", "/cgi-bin/stable_token")
    assert stable.json == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": SECRET,
        "force_refresh": False,
    }
    assert (classic.method, classic.path) == ("GET", "/cgi-bin/token")
    assert classic.query == {"grant_type": ["client_credential"], "appid": [APP_ID], "secret": [SECRET]}


def test_the_draft_box(wire: Wire, client: WeChatClient) -> None:
    """An update takes one object, not a list, as a dict or an ``Article``; a page lists up to 20."""
    client.update_draft("D", 0, {"title": "t", "content": "c"})
    client.update_draft("D", 7, Article("标题", "<p>文</p>", "COVER", pic_crop_1_1="0_0_1_1"))
    page = client.list_drafts(20, 5, content=False)
    assert page == DraftPage(7, (DraftEntry("DRAFT-1", 1391857799, ({"title": "t"},)),))
    sent = [(each.path.removeprefix("/cgi-bin/"), json.loads(each.body)) for each in wire.calls()]
    assert sent == [
        ("draft/update", {"media_id": "D", "index": 0, "articles": {"title": "t", "content": "c"}}),
        (
            "draft/update",
            {
                "media_id": "D",
                "index": 7,
                "articles": {
                    "title": "标题",
                    "content": "<p>文</p>",
                    "thumb_media_id": "COVER",
                    "pic_crop_1_1": "0_0_1_1",
                },
            },
        ),
        ("draft/batchget", {"offset": 20, "count": 5, "no_content": 1}),
    ]
    bad: list[Do] = [
        lambda c: c.update_draft("", 0, {}),
        lambda c: c.update_draft("D", -1, {}),
        lambda c: c.update_draft("D", True, {}),
        lambda c: c.update_draft("D", 0, "text"),  # type: ignore[arg-type]
        lambda c: c.list_drafts(0, 21),
        lambda c: c.list_drafts(-1),
    ]
    for do in bad:
        with pytest.raises(BadRequest):
            do(client)
    assert len(wire.calls()) == 3


def test_the_library(wire: Wire, client: WeChatClient, tmp_path: Path) -> None:
    """A page lists up to 20 pieces of one kind; one can be deleted."""
    assert client.list_materials("image", 20, 5) == MaterialPage(
        41, (Material("PERM-1", "春茶.jpg", 1391857799, "http://mmbiz.qpic.cn/mmbiz/y/0"), Material("PERM-2", "", 0))
    )
    client.delete_material("PERM-1")
    sent = [(each.path.removeprefix("/cgi-bin/"), json.loads(each.body)) for each in wire.calls()]
    assert sent == [
        ("material/batchget_material", {"type": "image", "offset": 20, "count": 5}),
        ("material/del_material", {"media_id": "PERM-1"}),
    ]
    bad: list[Do] = [
        lambda c: c.list_materials("news"),
        lambda c: c.list_materials("thumb"),
        lambda c: c.list_materials("image", -1),
        lambda c: c.list_materials("image", 0, 21),
        lambda c: c.list_materials("image", 0, 0),
        lambda c: c.delete_material(" "),
        lambda c: c.get_material("", tmp_path / "a"),
    ]
    for do in bad:
        with pytest.raises(BadRequest):
            do(client)
    assert len(wire.calls()) == 2


WITHOUT_THE_FIELD: list[tuple[str, Do]] = [
    ("media/uploadnews", lambda c: c.upload_news([{}])),
    ("media/uploadvideo", lambda c: c.upload_mp_video("S", "t", "d")),
    ("media/uploadimg", lambda c: c.upload_image(__file__)),
    ("media/upload", lambda c: c.upload_media("image", __file__)),
    ("material/add_material", lambda c: c.add_material("image", __file__)),
    ("message/mass/sendall", lambda c: c.mass_send_text("x", True)),
    ("message/mass/send", lambda c: c.mass_send_text("x", ["oA", "oB"])),
    ("message/mass/get", lambda c: c.get_mass_message_status(201053012)),
    ("message/mass/delete", lambda c: c.delete_mass(5)),
    ("message/mass/preview", lambda c: c.preview_text("oA", "x")),
    ("message/mass/speed/get", lambda c: c.get_speed()),
    ("message/mass/speed/set", lambda c: c.set_speed(1)),
    ("tags/get", lambda c: c.get_tags()),
    ("user/get", lambda c: c.get_followers()),
    ("user/info/batchget", lambda c: c.get_user_infos(["oA"])),
    ("openapi/quota/get", lambda c: c.get_quota("/x")),
    ("draft/count", lambda c: c.count_drafts()),
    ("draft/add", lambda c: c.add_draft([{}])),
    ("draft/get", lambda c: c.get_draft("D")),
    ("draft/batchget", lambda c: c.list_drafts()),
    ("material/get_materialcount", lambda c: c.get_material_count()),
    ("material/batchget_material", lambda c: c.list_materials("image")),
    ("material/get_material", lambda c: c.get_material("M", "never-written")),
    ("material/del_material", lambda c: c.delete_material("M")),
    ("get_api_domain_ip", lambda c: c.get_api_domain_ips()),
]


@pytest.mark.parametrize(("path", "do"), WITHOUT_THE_FIELD, ids=[each[0] for each in WITHOUT_THE_FIELD])
def test_success_without_the_field_is_no_success(wire: Wire, client: WeChatClient, path: str, do: Do) -> None:
    """An "ok" that lacks what the call is for, or has it in a wrong type, is doubt: maybe_arrived."""
    wrong: list[Any] = [{"hello": 1}, {key: [None] for key in GOOD.get(path, {"errcode": 0})}]
    wrong += [ok(b"[]"), ok(b"null"), ok(b"0"), ok(b'"ok"'), ok(b"")]
    for answer in wrong:
        wire.answers[path] = answer
        with pytest.raises(NetworkError) as caught:
            do(client)
        assert caught.value.code == "net.garbage"
        assert caught.value.maybe_arrived


@pytest.mark.parametrize(
    "msg_id", ["3147483652.0", "3.1e9", "true", "-5", "0", '"x"', "[]", "1" * 30, '"3147483652 "', "null"]
)
def test_a_msg_id_never_goes_through_a_float(wire: Wire, client: WeChatClient, msg_id: str) -> None:
    """A receipt is a whole 64-bit number or text of it; everything else is doubt, not a rounded id."""
    wire.answers["sendall"] = ok(b'{"errcode":0,"errmsg":"ok","msg_id":%s}' % msg_id.encode())
    with pytest.raises(NetworkError):
        client.mass_send_text("x", True)
    wire.answers["sendall"] = ok(b'{"errcode":0,"msg_id":9007199254740993,"msg_data_id":"9007199254740995"}')
    assert client.mass_send_text("x", True) == Receipt(9007199254740993, 9007199254740995)


def test_the_client_shows_little_of_itself(client: WeChatClient) -> None:
    """Its repr has the beginning of the AppID and nothing else."""
    assert repr(client) == f"<WeChatClient {APP_ID[:6]}…>"
