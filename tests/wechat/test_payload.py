"""Sealed sends: exact bytes, nothing changed, every contradiction refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from desktop_app.errors import BadRequest
from desktop_app.wechat import Audience, ImageMessage, NewsMessage, SealedSend, TextMessage, seal_mass
from desktop_app.wechat.payload import SEND_ALL, SEND_LIST

TEXT: dict[str, Any] = {"msgtype": "text", "text": {"content": "你好"}}


def sent(sealed: SealedSend) -> Any:
    return json.loads(sealed.body)


def test_each_audience_has_its_path_and_field() -> None:
    """Everyone and a tag go to sendall, openids to send; the tag is a number beside is_to_all false."""
    everyone = seal_mass(TextMessage("x"), True)
    tag = seal_mass(TextMessage("x"), "134")
    listed = seal_mass(TextMessage("x"), ["oA", "oB"])
    assert (everyone.path, sent(everyone)["filter"]) == (SEND_ALL, {"is_to_all": True})
    assert (tag.path, sent(tag)["filter"]) == (SEND_ALL, {"is_to_all": False, "tag_id": 134})
    assert (listed.path, sent(listed)["touser"]) == (SEND_LIST, ["oA", "oB"])
    assert "filter" not in sent(listed)
    assert "touser" not in sent(everyone)


def test_bytes_are_raw_utf8_and_stable() -> None:
    r"""No \uXXXX, and sealing the same again gives the same bytes."""
    one = seal_mass(TextMessage("第一行\n😀"), True, client_msg_id="k")
    assert "第一行\\n😀".encode() in one.body
    assert b"\\u" not in one.body
    assert one == seal_mass(TextMessage("第一行\n😀"), True, client_msg_id="k")
    assert len(one.sha256) == 64
    assert "😀" not in repr(one)


def test_a_dict_is_never_changed() -> None:
    """The seed's library left touser and filter in the caller's dict; ours does not."""
    message = copy.deepcopy(TEXT)
    seal_mass(message, ["oA", "oB"], client_msg_id="k", send_ignore_reprint=1)
    seal_mass(message, True)
    assert message == TEXT


@pytest.mark.parametrize(
    ("extra", "audience", "arguments"),
    [
        ({"filter": {"is_to_all": True}}, 2, {}),
        ({"filter": {"tag_id": 3}}, 2, {}),
        ({"filter": {"is_to_all": 1}}, True, {}),
        ({"filter": "all"}, True, {}),
        ({"filter": {"is_to_all": True}}, ["oA", "oB"], {}),
        ({"touser": ["oA", "oB"]}, True, {}),
        ({"touser": ["oA", "oC"]}, ["oA", "oB"], {}),
        ({"towxname": "x"}, True, {}),
        ({"clientmsgid": "a"}, True, {"client_msg_id": "b"}),
        ({"send_ignore_reprint": 1}, True, {"send_ignore_reprint": 0}),
        ({"send_ignore_reprint": "0"}, True, {"send_ignore_reprint": 0}),
    ],
)
def test_a_dict_that_says_something_else_is_refused(
    extra: dict[str, Any], audience: Any, arguments: dict[str, Any]
) -> None:
    """filter, touser, clientmsgid and send_ignore_reprint beside a differing argument."""
    with pytest.raises(BadRequest) as caught:
        seal_mass({**TEXT, **extra}, audience, **arguments)
    assert caught.value.code == "message.conflict"


def test_a_dict_that_says_the_same_is_taken() -> None:
    """The same in other words is no contradiction, and goes out in our words."""
    body = sent(seal_mass({**TEXT, "filter": {"tag_id": "2"}, "clientmsgid": "k"}, 2, client_msg_id="k"))
    assert body["filter"] == {"is_to_all": False, "tag_id": 2}
    assert body["clientmsgid"] == "k"
    assert sent(seal_mass({**TEXT, "send_ignore_reprint": 1}, True))["send_ignore_reprint"] == 1
    assert sent(seal_mass({**TEXT, "touser": ["oA", "oB"]}, ["oA", "oB"]))["touser"] == ["oA", "oB"]


def test_client_msg_id() -> None:
    """Given as it is, up to 64 bytes of UTF-8; absent when None; never invented."""
    assert "clientmsgid" not in sent(seal_mass(TextMessage("x"), True))
    for key in ("k", "a" * 64, "键" * 21):
        assert sent(seal_mass(TextMessage("x"), True, client_msg_id=key))["clientmsgid"] == key


@pytest.mark.parametrize("key", ["", "a" * 65, "键" * 22, 7, ["a"], b"a", "\ud800"])
def test_bad_client_msg_ids_are_refused(key: Any) -> None:
    """Empty, over 64 bytes, or no text at all."""
    with pytest.raises(BadRequest):
        seal_mass(TextMessage("x"), True, client_msg_id=key)


def test_send_ignore_reprint() -> None:
    """0 or 1 for news always; absent for other kinds unless given."""
    assert sent(seal_mass(NewsMessage("N"), True))["send_ignore_reprint"] == 0
    assert sent(seal_mass(NewsMessage("N"), True, send_ignore_reprint=True))["send_ignore_reprint"] == 1
    assert "send_ignore_reprint" not in sent(seal_mass(TextMessage("x"), True))
    assert sent(seal_mass(TextMessage("x"), True, send_ignore_reprint=0))["send_ignore_reprint"] == 0
    for bad in (2, "1", 1.5, -1):
        with pytest.raises(BadRequest):
            seal_mass(NewsMessage("N"), True, send_ignore_reprint=bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"msgtype": "text"},
        {"text": {"content": "x"}},
        {"msgtype": "text", "text": "x"},
        {"msgtype": "image", "image": {"media_id": "a"}, "images": {"media_ids": ["a"]}},
        {"msgtype": 7, "7": {}},
        "text",
        None,
        {"msgtype": "text", "text": {"content": float("nan")}},
        {"msgtype": "text", "text": {"content": "\ud83d"}},
        {"msgtype": "text", "text": {"content": object()}},
    ],
)
def test_messages_that_are_none_are_refused(message: Any) -> None:
    """A dict needs msgtype and the body of that name, and JSON all through."""
    with pytest.raises(BadRequest):
        seal_mass(message, True)


def test_dict_messages_go_out_as_the_seed_writes_them() -> None:
    """Any kind, values as they are."""
    message = {"msgtype": "image", "images": {"media_ids": ["a", "b"], "need_open_comment": "1"}}
    assert sent(seal_mass(message, True)) == {**message, "filter": {"is_to_all": True}}
    assert sent(seal_mass(ImageMessage("a"), Audience.tag(2)))["image"] == {"media_id": "a"}
