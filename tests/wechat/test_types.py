"""Audiences that cannot be mistaken for one another, messages that survive the store."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import BadRequest
from desktop_app.wechat import (
    Article,
    Audience,
    ImageMessage,
    Message,
    NewsMessage,
    TextMessage,
    VideoMessage,
    VoiceMessage,
    WxName,
    message_from_json,
)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (False, "audience.empty"),
        (None, "audience.empty"),
        ([], "audience.empty"),
        ((), "audience.empty"),
        ("", "audience.empty"),
        ("  ", "audience.empty"),
        (["oOnly"], "audience.one_openid"),
        ([f"o{n}" for n in range(10_001)], "audience.too_many"),
        (["oA", "oB", "oA"], "audience.duplicate"),
        (["oA", "oA"], "audience.duplicate"),
        (["oA", ""], "audience.openid"),
        (["oA", "o B"], "audience.openid"),
        (["oA", None], "audience.openid"),
        (["oA", 7], "audience.openid"),
        ("oSomebodysOpenid", "audience.tag"),
        ("-1", "audience.tag"),
        ("2.0", "audience.tag"),
        ("٢", "audience.tag"),
        (0, "audience.tag"),
        (-1, "audience.tag"),
        (2.0, "audience.kind"),
        ({"oA", "oB"}, "audience.kind"),
        ({"is_to_all": True}, "audience.kind"),
        (b"ab", "audience.kind"),
    ],
)
def test_nothing_turns_into_everyone_by_accident(value: Any, code: str) -> None:
    """Each loose form that means nobody, one person or something unclear is refused with its own code."""
    with pytest.raises(BadRequest) as caught:
        Audience.of(value)
    assert caught.value.code == code


def test_the_loose_forms() -> None:
    """True, a tag as number or text, and a list of openids are what the seed takes."""
    assert Audience.of(True) == Audience.everyone()
    assert Audience.of(2) == Audience.of("2") == Audience.tag("2") == Audience.tag(2)
    assert Audience.of(["oA", "oB"]) == Audience.openids(("oA", "oB"))
    assert Audience.of(Audience.tag(5)) == Audience.tag(5)
    assert len(Audience.openids([f"o{n}" for n in range(10_000)]).list_) == 10_000


def test_the_three_kinds_differ() -> None:
    """No two kinds are equal, and none is a list, a number or a bool."""
    kinds = [Audience.everyone(), Audience.tag(2), Audience.openids(["oA", "oB"])]
    assert len({type(each) for each in kinds}) == 3
    assert kinds[0] != kinds[1] != kinds[2]
    assert [Audience.from_json(each.to_json()) for each in kinds] == kinds


def test_openids_stay_out_of_reprs() -> None:
    """What a log would show of a list is its length."""
    assert repr(Audience.openids(["oSecretA", "oSecretB"])) == "OpenidAudience(<2>)"
    assert "somebody" not in repr(WxName("somebody"))


MESSAGES: list[Message] = [
    TextMessage("第一行\n第二行 😀"),
    NewsMessage("N"),
    VoiceMessage("V"),
    VideoMessage("M"),
    ImageMessage("one"),
    ImageMessage(["one"]),
    ImageMessage(["a", "b"], recommend="好看", need_open_comment=True, only_fans_can_comment=True),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_survives_the_store(message: Message) -> None:
    """to_json and message_from_json are inverse for every kind."""
    assert message_from_json(message.to_json()) == message


@given(st.text())
def test_any_text_survives_the_store(content: str) -> None:
    """Whatever was typed comes back, character by character."""
    assert message_from_json(TextMessage(content).to_json()) == TextMessage(content)


def test_one_picture_or_several() -> None:
    """Text goes out as image.media_id, a list as images.media_ids; a 推荐语 needs the newer form."""
    assert ImageMessage("a").to_json() == {"msgtype": "image", "image": {"media_id": "a"}}
    assert ImageMessage(["a"]).to_json()["images"]["media_ids"] == ["a"]
    with_text = ImageMessage("a", recommend="好看", need_open_comment=True).to_json()
    assert with_text == {
        "msgtype": "image",
        "images": {
            "media_ids": ["a"],
            "recommend": "好看",
            "need_open_comment": 1,
            "only_fans_can_comment": 0,
        },
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda: NewsMessage(""),
        lambda: VoiceMessage(None),  # type: ignore[arg-type]
        lambda: ImageMessage([]),
        lambda: ImageMessage(["a", ""]),
        lambda: ImageMessage(7),  # type: ignore[arg-type]
        lambda: TextMessage(None),  # type: ignore[arg-type]
        lambda: WxName(" "),
        lambda: message_from_json({"msgtype": "wxcard"}),
    ],
)
def test_messages_without_content_are_refused(make: Any) -> None:
    """A message that could not be sent cannot be made."""
    with pytest.raises(BadRequest):
        make()


def test_article_values_go_out_as_given() -> None:
    """0 and "0" stay what they are; what was not given is absent."""
    article = Article("t", "<p>c</p>", "T", show_cover_pic="0", need_open_comment=1)
    assert article.to_json() == {
        "title": "t",
        "content": "<p>c</p>",
        "thumb_media_id": "T",
        "show_cover_pic": "0",
        "need_open_comment": 1,
    }
