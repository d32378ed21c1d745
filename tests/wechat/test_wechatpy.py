"""A client that nobody here wrote drives the sandbox: it sends what ours sends, or the reference says no."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import wechatpy
from PIL import Image
from wechatpy.exceptions import WeChatClientException

from desktop_app.paths import resource
from desktop_app.sandbox.server import Sandbox
from desktop_app.wechat import Audience, WeChatClient

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Theirs(wechatpy.WeChatClient):  # type: ignore[misc]  # it has no types
    """wechatpy with its addresses turned to the sandbox: the token's is written into its method."""

    def fetch_access_token(self) -> Any:
        account = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        return self._fetch_access_token(self.API_BASE_URL + "token", account)


@dataclass
class Both:
    """Two clients of one sandbox, and what they sent."""

    sandbox: Sandbox
    ours: WeChatClient
    theirs: Any

    def compare(self, theirs: Callable[[Any], Any], ours: Callable[[WeChatClient], Any]) -> tuple[Any, Any]:
        """Both calls' path, query and JSON as the sandbox saw them; asserts that both were accepted."""
        return self._one(lambda: theirs(self.theirs)), self._one(lambda: ours(self.ours))

    def _one(self, call: Callable[[], Any]) -> dict[str, Any]:
        self.sandbox.forget_requests()
        call()
        entry = [each for each in self.sandbox.requests() if "token" not in each["path"]][-1]
        assert entry["errcode"] in (0, None)
        return {name: entry[name] for name in ("method", "path", "query", "json")}


@pytest.fixture
def both(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """wechatpy and our client, each with a token of its own kind."""
    sandbox.switches.set(send_quota=False)
    account = (sandbox.service.app_id, sandbox.service.app_secret)
    monkeypatch.setattr(Theirs, "API_BASE_URL", f"{sandbox.address}/cgi-bin/")
    with WeChatClient(*account, base_url=sandbox.address) as ours:
        yield Both(sandbox, ours, Theirs(*account))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A real picture."""
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (60, 40), "teal").save(path)
    return path


def reprint(sent: dict[str, Any]) -> dict[str, Any]:
    """Without send_ignore_reprint: wechatpy sends it with every kind, ours with news only."""
    return {name: value for name, value in sent["json"].items() if name != "send_ignore_reprint"}


def test_token(both: Both) -> None:
    """Its classic token and our stable one live side by side."""
    assert both.theirs.fetch_access_token()["expires_in"] == 7200
    both.ours.ensure_token()
    assert both.theirs.tag.get()
    assert both.ours.get_tags()


def test_reads(both: Both) -> None:
    """Tags, followers, a tag's followers, follower details, counts: the same requests, the same answers."""
    theirs, ours = both.compare(lambda c: c.tag.get(), lambda c: c.get_tags())
    assert theirs == ours
    theirs, ours = both.compare(lambda c: c.user.get_followers(), lambda c: c.get_followers())
    assert theirs == ours
    first = both.ours.get_followers()
    theirs, ours = both.compare(
        lambda c: c.user.get_followers(first.next_openid), lambda c: c.get_followers(first.next_openid)
    )
    assert theirs == ours
    theirs, ours = both.compare(lambda c: c.tag.get_tag_users(2), lambda c: list(c.get_tag_openids(2)))
    assert (theirs["path"], theirs["json"]["tagid"]) == (ours["path"], ours["json"]["tagid"])
    some = list(first.openids[:3])
    asked = [{"openid": each, "lang": "zh_CN"} for each in some]
    theirs, ours = both.compare(lambda c: c.user.get_batch(asked), lambda c: c.get_user_infos(some))
    assert (theirs["path"], theirs["json"]) == (ours["path"], ours["json"])
    theirs, ours = both.compare(lambda c: c.material.get_count(), lambda c: c.get_material_count())
    assert theirs == ours
    assert [each["id"] for each in both.theirs.tag.get()] == [each.id for each in both.ours.get_tags()]
    assert both.theirs.user.get_followers()["data"]["openid"] == list(first.openids)


def test_uploads(both: Both, photo: Path) -> None:
    """Temporary media, article pictures, permanent pictures: method, path and query are the same."""
    for theirs_call, ours_call in (
        (lambda c, f: c.media.upload("image", f), lambda c: c.upload_media("image", photo)),
        (lambda c, f: c.media.upload("thumb", f), lambda c: c.upload_media("thumb", photo)),
        (lambda c, f: c.media.upload_image(f), lambda c: c.upload_image(photo)),
        (lambda c, f: c.material.add("image", f), lambda c: c.add_material("image", photo)),
    ):
        with photo.open("rb") as file:
            theirs, ours = both.compare(lambda c, f=file, call=theirs_call: call(c, f), ours_call)  # type: ignore[misc]
        assert theirs == ours


def test_articles_and_video(both: Both, photo: Path) -> None:
    """uploadnews and uploadvideo: JSON to the same path; wechatpy fills in fields that were not given."""
    thumb = both.ours.upload_media("thumb", photo).media_id
    article = {
        "thumb_media_id": thumb,
        "title": "标题",
        "content": "<p>文</p>",
        "author": "",
        "content_source_url": "",
        "digest": "",
        "show_cover_pic": 0,
    }
    theirs, ours = both.compare(lambda c: c.media.upload_articles([article]), lambda c: c.upload_news([article]))
    assert theirs == ours
    video = both.ours.upload_media("video", resource("samples/tea-hills.mp4")).media_id
    theirs, ours = both.compare(
        lambda c: c.media.upload_video(video, "标题", "说明"), lambda c: c.upload_mp_video(video, "标题", "说明")
    )
    assert theirs == ours


def test_sends_to_openids(both: Both, photo: Path) -> None:
    """Every kind to a list: the same JSON, send_ignore_reprint apart."""
    who = both.sandbox.service.openids(2)
    image = both.ours.upload_media("image", photo).media_id
    voice = both.ours.upload_media("voice", resource("samples/greeting.amr")).media_id
    source = both.ours.upload_media("video", resource("samples/tea-hills.mp4")).media_id
    video = both.ours.upload_mp_video(source, "t", "d").media_id
    thumb = both.ours.upload_media("thumb", photo).media_id
    news = [
        both.ours.upload_news([{"title": "t", "content": "<p>c</p>", "thumb_media_id": thumb}]).media_id
        for _ in range(2)
    ]
    pairs: list[tuple[Callable[[Any], Any], Callable[[WeChatClient], Any]]] = [
        (lambda c: c.message.send_mass_text(who, "一 😀"), lambda c: c.mass_send_text("一 😀", who)),
        (lambda c: c.message.send_mass_image(who, image), lambda c: c.mass_send_image(image, who)),
        (lambda c: c.message.send_mass_voice(who, voice), lambda c: c.mass_send_voice(voice, who)),
        (lambda c: c.message.send_mass_video(who, video), lambda c: c.mass_send_video(video, who)),
    ]
    for number, (theirs_call, ours_call) in enumerate(pairs):
        theirs, ours = both.compare(theirs_call, ours_call)
        assert (
            (theirs["path"], theirs["query"]) == (ours["path"], ours["query"]) == ("/cgi-bin/message/mass/send", {})
        )
        assert reprint(theirs) == ours["json"], number
    theirs, ours = both.compare(
        lambda c: c.message.send_mass_article(who, news[0], client_msg_id="a" * 32),
        lambda c: c.mass_send_news(news[1], who, client_msg_id="b" * 32),
    )
    assert {**theirs["json"], "mpnews": 0, "clientmsgid": 0} == {**ours["json"], "mpnews": 0, "clientmsgid": 0}
    assert len(both.sandbox.sent()) == 10


def test_sends_to_everyone(both: Both) -> None:
    """wechatpy adds "group_id": null beside is_to_all; the rest is the same."""
    theirs, ours = both.compare(
        lambda c: c.message.send_mass_text(None, "全部", is_to_all=True), lambda c: c.mass_send_text("全部", True)
    )
    assert theirs["path"] == ours["path"] == "/cgi-bin/message/mass/sendall"
    assert theirs["json"]["filter"] == {"group_id": None, "is_to_all": True}
    assert ours["json"]["filter"] == {"is_to_all": True}


def test_sends_to_a_tag_are_wrong_in_wechatpy(both: Both) -> None:
    """It still sends group_id, replaced by tag_id in 2018 (reference §7.2): refused, ours is taken."""
    with pytest.raises(WeChatClientException):
        both.theirs.message.send_mass_text(2, "标签")
    assert both.sandbox.sent() == []
    both.ours.mass_send_text("标签", Audience.tag(2))
    assert both.sandbox.sent()[0]["payload"]["filter"] == {"is_to_all": False, "tag_id": 2}


def test_a_permanent_video_is_wrong_in_wechatpy(both: Both) -> None:
    """It puts the description into the query; the reference (§2.3) wants a form field: refused, ours is taken."""
    path = resource("samples/tea-hills.mp4")
    file = io.BytesIO(path.read_bytes())
    file.name = "tea-hills.mp4"
    with pytest.raises(WeChatClientException):
        both.theirs.material.add("video", file, "标题", "说明")
    assert both.ours.add_material("video", path, title="标题", introduction="说明").media_id


def test_status_delete_and_preview(both: Both, photo: Path) -> None:
    """mass/get: wechatpy sends the id as it got it, a number; ours sends text, as documented. Both are taken."""
    thumb = both.ours.upload_media("thumb", photo).media_id
    ids = []
    for _ in range(2):
        news = both.ours.upload_news([{"title": "t", "content": "<p>c</p>", "thumb_media_id": thumb}]).media_id
        ids.append(both.ours.mass_send_news(news, both.sandbox.service.openids(2)).msg_id)
    both.sandbox.advance(3600)
    theirs, ours = both.compare(
        lambda c: c.message.get_mass(ids[0]), lambda c: c.get_mass_message_status(ids[0] or 0)
    )
    assert theirs["path"] == ours["path"]
    assert (theirs["json"]["msg_id"], ours["json"]["msg_id"]) == (ids[0], str(ids[0]))
    theirs, ours = both.compare(lambda c: c.message.delete_mass(ids[0]), lambda c: c.delete_mass(ids[1] or 0))
    assert (theirs["path"], theirs["json"]) == (ours["path"], {"msg_id": ids[0]})
    assert ours["json"] == {"msg_id": ids[1]}
    to = both.sandbox.service.openids(1)[0]
    theirs, ours = both.compare(
        lambda c: c.message.send_mass_text(to, "预览", preview=True), lambda c: c.preview_text(to, "预览")
    )
    assert theirs["path"] == ours["path"]
    assert reprint(theirs) == ours["json"]


def test_a_token_that_is_taken_away(both: Both) -> None:
    """Both renew; wechatpy without a limit, ours once."""
    both.theirs.tag.get()
    both.ours.get_tags()
    both.sandbox.fault("tags/get:token-gone*1")
    assert both.theirs.tag.get()
    both.sandbox.fault("tags/get:token-gone*1")
    assert both.ours.get_tags()
