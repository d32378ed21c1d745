"""The seventeen operations and their neighbours against the sandbox, which shares no code with the client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktop_app import errors
from desktop_app.sandbox.server import Sandbox
from desktop_app.wechat import Article, Audience, ImageMessage, WeChatClient, seal_mass


@pytest.fixture
def talker(sandbox: Sandbox) -> Iterator[WeChatClient]:
    """A client of the 服务号."""
    with WeChatClient(sandbox.service.app_id, sandbox.service.app_secret, base_url=sandbox.address) as client:
        yield client


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A real picture."""
    path = tmp_path / "照片.jpg"
    Image.new("RGB", (300, 200), "teal").save(path)
    return path


def test_pictures_texts_and_articles(sandbox: Sandbox, talker: WeChatClient, photo: Path, tmp_path: Path) -> None:
    """Upload, send to each kind of audience, ask, preview, delete: the sandbox has what was meant."""
    image = talker.upload_media("image", photo)
    thumb_file = tmp_path / "thumb.jpg"
    Image.new("RGB", (100, 100), "red").save(thumb_file)
    thumb = talker.upload_media("thumb", thumb_file)
    assert (image.type, thumb.type) == ("image", "thumb")
    url = talker.upload_image(photo)
    assert "mmbiz" in url
    news = talker.upload_news([Article("标题", f'<p>文<img src="{url}"></p>', thumb.media_id, digest="摘要")])
    openids = sandbox.service.openids(3)

    tag = next(each for each in talker.get_tags() if each.count > 2)
    text = talker.mass_send_text("第一行\n第二行 😀", Audience.tag(tag.id), client_msg_id="a" * 32)
    picture = talker.mass_send_image(image.media_id, openids)
    pictures = talker.mass_send(ImageMessage([image.media_id, image.media_id], "好看"), Audience.openids(openids))
    article = talker.mass_send_news(news.media_id, True)
    assert article.msg_data_id is not None
    sent = sandbox.sent()
    assert [each["kind"] for each in sent] == ["text", "image", "image", "mpnews"]
    assert sent[0]["payload"]["text"]["content"] == "第一行\n第二行 😀"
    assert [each["msg_id"] for each in sent] == [text.msg_id, picture.msg_id, pictures.msg_id, article.msg_id]

    assert text.msg_id is not None
    assert article.msg_id is not None
    sandbox.advance(3600)
    assert talker.get_mass_message_status(text.msg_id).msg_status == "SEND_SUCCESS"
    talker.delete_mass(article.msg_id)
    assert talker.get_mass_message_status(str(article.msg_id)).msg_status == "DELETE"

    talker.preview_text(openids[0], "预览")
    talker.preview_image(openids[0], image.media_id)
    assert len(sandbox.previews()) == 2
    with pytest.raises(errors.BadContent):
        talker.preview_text("o" + "x" * 27, "预览")


def test_the_same_key_twice(sandbox: Sandbox, talker: WeChatClient) -> None:
    """The second is refused with the first's msg_id, the third as too fast; one send in all."""
    sealed = seal_mass({"msgtype": "text", "text": {"content": "x"}}, True, client_msg_id="b" * 32)
    first = talker.submit(sealed)
    with pytest.raises(errors.AlreadySent) as again:
        talker.submit(sealed)
    assert again.value.msg_id == first.msg_id
    with pytest.raises(errors.SlowDown):
        talker.submit(sealed)
    assert [each["raw"] for each in sandbox.sent()] == [sealed.body]


def test_reads(sandbox: Sandbox, talker: WeChatClient) -> None:
    """Tags, followers, quota, speed, counts."""
    first = talker.get_followers()
    assert first.count == len(first.openids) == 10_000
    second = talker.get_followers(first.next_openid)
    assert not set(first.openids) & set(second.openids)
    infos = talker.get_user_infos(first.openids[:100])
    assert len(infos) == 100
    assert infos[0].subscribe
    tag = max(talker.get_tags(), key=lambda each: each.count)
    assert sum(len(page) for page in talker.get_tag_openids(tag.id)) == tag.count
    assert talker.get_quota("/cgi-bin/message/mass/sendall").daily_limit > 0
    talker.set_speed(2)
    assert talker.get_speed().speed == 2
    assert talker.count_drafts() >= 0
    assert talker.get_material_count().image >= 0
    assert talker.get_api_domain_ips()


def test_permanent_material_and_drafts(sandbox: Sandbox, talker: WeChatClient, photo: Path) -> None:
    """A cover is permanent; the draft made with it is sent by its media_id, and consumed by that."""
    cover = talker.add_material("image", photo)
    assert cover.url
    draft = talker.add_draft([Article("标题", "<p>文</p>", cover.media_id)])
    assert talker.get_draft(draft)[0]["title"] == "标题"
    other = talker.add_draft({"articles": [{"title": "二", "content": "<p>x</p>", "thumb_media_id": cover.media_id}]})
    talker.update_draft(other, 0, Article("二，改过", "<p>y</p>", cover.media_id))
    page = talker.list_drafts(content=False)
    assert page.total == 2
    assert {entry.media_id: entry.articles[0]["title"] for entry in page.drafts} == {draft: "标题", other: "二，改过"}
    talker.delete_draft(other)
    talker.mass_send_news(draft, True)
    with pytest.raises(errors.BadContent):
        talker.get_draft(draft)


def test_credentials(sandbox: Sandbox) -> None:
    """A wrong secret, a wrong AppID, an address that is not on the list: named, before anything is sent."""
    app_id, secret = sandbox.service.app_id, sandbox.service.app_secret
    for pair, kind in (
        ((app_id, "0" * 32), errors.BadCredentials),
        (("wxffffffffffffffff", secret), errors.BadCredentials),
    ):
        with WeChatClient(*pair, base_url=sandbox.address) as client, pytest.raises(kind) as caught:
            client.ensure_token()
        assert caught.value.stage == "token"
    sandbox.switches.set(blocked_ip="203.0.113.86")
    with WeChatClient(app_id, secret, base_url=sandbox.address) as client, pytest.raises(errors.IpNotAllowed) as ip:
        client.mass_send_text("x", True)
    assert ip.value.ip == "203.0.113.86"


def test_classic_and_stable_tokens_live_side_by_side(sandbox: Sandbox) -> None:
    """Both modes work; neither ends the other's token."""
    account = (sandbox.service.app_id, sandbox.service.app_secret)
    with (
        WeChatClient(*account, base_url=sandbox.address) as stable,
        WeChatClient(*account, base_url=sandbox.address, token_mode="classic") as classic,
    ):
        for client in (stable, classic, stable, classic):
            assert client.count_drafts() >= 0
