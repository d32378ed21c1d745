"""Files: what is taken, under which id, for how long; and drafts made with them."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from desktop_app.sandbox.server import Sandbox
from tests.sandbox.caller import BMP, GIF, JPG, MP4, PNG, Caller, amr, article, mp3, wav


def test_what_was_uploaded_can_be_read_back_byte_for_byte(sandbox: Sandbox, wx: Caller) -> None:
    """By its SHA-256, by media/get, and over HTTP; the log names the part and what stood in its head."""
    answer = wx.upload("media/upload", JPG, "春茶 “新”.jpg", type="image")
    assert answer["type"] == "image"
    assert answer["created_at"] == int(sandbox.now())
    sha256 = hashlib.sha256(JPG).hexdigest()
    assert sandbox.file(sha256) == JPG
    status, headers, body = wx.send("GET", wx.path("media/get", media_id=answer["media_id"]))
    assert (status, headers["Content-Type"], body) == (200, "image/jpeg", JPG)
    assert wx.send("GET", f"/__sandbox__/file/{sha256}")[2] == JPG
    part = next(entry for entry in sandbox.requests() if entry["parts"])["parts"][0]
    assert (part["name"], part["filename"], part["size"]) == ("media", "春茶 “新”.jpg", len(JPG))
    assert part["sha256"] == sha256


def test_every_format_of_the_table_is_taken(wx: Caller) -> None:
    """Temporary and permanent formats differ: BMP, WAV only as material."""
    for kind, data, name in (
        ("image", JPG, "a.jpg"),
        ("image", PNG, "a.png"),
        ("image", GIF, "a.gif"),
        ("voice", amr(60), "a.amr"),
        ("voice", mp3(59.9), "a.mp3"),
        ("voice", mp3(5, tagged=True), "a.mp3"),
        ("video", MP4, "a.mp4"),
    ):
        assert wx.upload("media/upload", data, name, type=kind)["media_id"]
    for kind, data, name in (("image", BMP, "a.bmp"), ("voice", wav(60), "a.wav"), ("thumb", JPG, "a.jpg")):
        assert wx.upload("material/add_material", data, name, type=kind)["media_id"]
    assert wx.upload("media/uploadimg", PNG, "a.png")["url"].startswith("http://mmbiz.qpic.cn/")


def test_a_thumb_has_a_thumb_media_id_only(wx: Caller) -> None:
    """A client that reads media_id finds none."""
    answer = wx.upload("media/upload", JPG, type="thumb")
    assert "media_id" not in answer
    assert answer["thumb_media_id"]


def test_temporary_media_live_three_days(sandbox: Sandbox, wx: Caller) -> None:
    """One second before it is sent, one second later it is not."""
    media_id = wx.media()
    message = {"msgtype": "image", "image": {"media_id": media_id}}
    sandbox.advance(3 * 24 * 3600 - 1)
    wx.renew()
    assert wx.sendall(key="a", **message)["errcode"] == 0
    sandbox.advance(1)
    assert wx.sendall(key="b", **message)["errcode"] == 40007


def test_a_video_needs_a_second_step(sandbox: Sandbox, wx: Caller) -> None:
    """The new id is the one to send; what is sent is the file that was uploaded."""
    wx.sendall(msgtype="mpvideo", mpvideo={"media_id": wx.video()})
    assert sandbox.sent()[0]["media_sha256s"] == [hashlib.sha256(MP4).hexdigest()]


def test_which_video_uploadvideo_takes_is_a_switch(sandbox: Sandbox, wx: Caller) -> None:
    """Reports differ; the sandbox can play each."""
    fields = {"description": json.dumps({"title": "春茶", "introduction": "山上"})}
    permanent = wx.upload("material/add_material", MP4, "a.mp4", fields=fields, type="video")["media_id"]
    temporary = wx.media("video")
    taken = {
        source: [wx.post("media/uploadvideo", {"media_id": one}).get("errcode", 0) for one in (temporary, permanent)]
        for source in ("temporary", "permanent", "either")
        if not sandbox.switches.set(uploadvideo_source=source)
    }
    assert taken == {"temporary": [0, 40007], "permanent": [40007, 0], "either": [0, 0]}


def test_the_material_library_counts_lists_gives_and_forgets(wx: Caller) -> None:
    """Permanent material by page, newest first; a video tells its texts."""
    fields = {"description": json.dumps({"title": "春茶", "introduction": "山上"})}
    video = wx.upload("material/add_material", MP4, "a.mp4", fields=fields, type="video")["media_id"]
    covers = [wx.cover() for _ in range(3)]
    wx.media()
    assert wx.get("material/get_materialcount") == {
        "voice_count": 0,
        "video_count": 1,
        "image_count": 3,
        "news_count": 0,
    }
    page = wx.post("material/batchget_material", {"type": "image", "offset": 1, "count": 2})
    assert [item["media_id"] for item in page["item"]] == [covers[1], covers[0]]
    assert page["item"][0]["url"].startswith("http://mmbiz.qpic.cn/")
    about = wx.post("material/get_material", {"media_id": video})
    assert (about["title"], about["description"]) == ("春茶", "山上")
    assert wx.send("GET", about["down_url"].partition("127.0.0.1")[2].partition("/")[2].join(["/", ""]))[2] == MP4
    body = json.dumps({"media_id": covers[0]}).encode()
    assert wx.send("POST", wx.path("material/get_material"), body)[2] == JPG
    assert wx.post("material/del_material", {"media_id": covers[0]})["errcode"] == 0
    assert wx.get("material/get_materialcount")["image_count"] == 2


def test_the_library_holds_what_came_over_the_website(sandbox: Sandbox, wx: Caller) -> None:
    """Under the names given there, newest first, and it can go there too; no temporary thing is listed."""
    mine = wx.cover()
    wx.media()
    asked = {"kind": "image", "name": "店.png", "data": base64.b64encode(PNG).decode(), "copies": 2}
    (first, second) = wx.json("POST", "/__sandbox__/material", json.dumps(asked).encode())["media_ids"]
    page = wx.post("material/batchget_material", {"type": "image", "offset": 0, "count": 20})
    assert (page["total_count"], page["item_count"]) == (3, 3)
    assert [(item["media_id"], item["name"]) for item in page["item"]] == [
        (second, "2 店.png"),
        (first, "1 店.png"),
        (mine, "cover.jpg"),
    ]
    assert all(set(item) == {"media_id", "name", "update_time", "url"} for item in page["item"])
    status, headers, body = wx.send(
        "POST", wx.path("material/get_material"), json.dumps({"media_id": first}).encode()
    )
    assert (status, headers["Content-Type"], body) == (200, "image/png", PNG)
    wx.json("POST", "/__sandbox__/material", json.dumps({"gone": first}).encode())
    assert wx.post("material/get_material", {"media_id": first})["errcode"] == 40007
    video = sandbox.service.media.put("video", "茶园", MP4)
    assert wx.post("material/get_material", {"media_id": video.media_id})["title"] == "茶园"
    with pytest.raises(ValueError, match="no voice"):
        sandbox.service.media.put("voice", "a.jpg", JPG)


def test_drafts_come_back_as_they_were_but_for_what_wechat_removes(wx: Caller) -> None:
    """Scripts and foreign pictures go, everything else stays to the byte; the cover is permanent material."""
    own = wx.upload("media/uploadimg", JPG)["url"]
    kept = f'<section style="color: #333">山\t上 &amp; <img data-w="1" src="{own}"/><svg width="1"></svg></section>'
    content = kept + '<script>alert("x")</script><img src="https://example.com/a.png">'
    draft = wx.post("draft/add", {"articles": [article(wx.cover(), content=content, author="岚间")]})["media_id"]
    item = wx.post("draft/get", {"media_id": draft})["news_item"][0]
    assert item["content"] == kept
    assert item["author"] == "岚间"
    assert "tempkey=" in item["url"]


KEPT_OR_CHANGED = [
    ('<p style="color:red">a &nbsp; &#20013;</p>', None),
    ('<svg viewBox="0 0 1 1"><linearGradient></linearGradient><animateTransform dur="1s"/></svg>', None),
    ("<mp-common-profile data-id='x'></mp-common-profile>", None),
    ('<section id="a" class="b">x</section>', '<section class="b">x</section>'),
    ('<p onclick="x()">t</p>', "<p>t</p>"),
    ('<svg viewBox="0 0 1 1"><g id="q" fill="red"/></svg>', '<svg viewBox="0 0 1 1"><g fill="red"/></svg>'),
    ('<p style="position:fixed;color:red;transform:none">t</p>', '<p style="color:red">t</p>'),
    ('<p style="background:url(&quot;http://a/b;c&quot;);margin:0">t</p>', '<p style="margin:0">t</p>'),
    ('<p style="background:url(https://mmbiz.qpic.cn/a/0)">t</p>', None),
    ("a<style>p{}</style><iframe src='x'>y</iframe><form><input>b</form>", "ab"),
    (
        '<a href="https://example.com">x</a><a href="https://mp.weixin.qq.com/s/a">y</a>',
        '<a>x</a><a href="https://mp.weixin.qq.com/s/a">y</a>',
    ),
    ("<p>a < b</p><br/>", None),
    ('<video src="x"><p>t</p></video>c', "c"),
]


@pytest.mark.parametrize(("html", "kept"), KEPT_OR_CHANGED)
def test_articles_lose_what_wechat_removes(sandbox: Sandbox, wx: Caller, html: str, kept: str | None) -> None:
    """By the tables of the reference; the exact HTML that came can be asked for."""
    draft = wx.draft(content=html + "。")
    item = wx.post("draft/get", {"media_id": draft})["news_item"][0]
    assert item["content"] == (html if kept is None else kept) + "。"
    assert "raw_content" not in item
    assert sandbox.drafts()[0]["articles"][0]["raw_content"] == html + "。"
    answer = wx.sendall(key="a", msgtype="mpnews", mpnews={"media_id": draft})
    assert answer["errcode"] == 0
    assert sandbox.sent()[0]["articles"][0]["raw_content"] == html + "。"
    assert sandbox.drafts() == []


def test_links_stay_for_an_account_with_wechat_pay(sandbox: Sandbox, wx: Caller) -> None:
    """By a switch."""
    sandbox.switches.set(outside_links=True)
    html = '<a href="https://example.com">x</a>'
    assert wx.post("draft/get", {"media_id": wx.draft(content=html)})["news_item"][0]["content"] == html


def test_the_draft_box_updates_counts_lists_and_deletes(sandbox: Sandbox, wx: Caller) -> None:
    """An update replaces one article; lists show the last changed first, without HTML when asked."""
    first, second = wx.draft(2), wx.draft()
    sandbox.advance(10)
    changed = {"media_id": first, "index": 1, "articles": article(wx.cover(), title="换了")}
    assert wx.post("draft/update", changed)["errcode"] == 0
    titles = [item["title"] for item in wx.post("draft/get", {"media_id": first})["news_item"]]
    assert titles == ["春茶 0", "换了"]
    page = wx.post("draft/batchget", {"offset": 0, "count": 20, "no_content": 1})
    assert [item["media_id"] for item in page["item"]] == [first, second]
    assert "content" not in page["item"][0]["content"]["news_item"][0]
    wx.post("draft/delete", {"media_id": second})
    assert wx.get("draft/count") == {"total_count": 1}


def test_uploadnews_takes_a_temporary_cover(sandbox: Sandbox, wx: Caller) -> None:
    """The older way: temporary news that can be sent more than once."""
    articles = [article(wx.media("thumb"), show_cover_pic="1"), article(wx.media("image"))]
    news = wx.post("media/uploadnews", {"articles": articles})
    assert news["type"] == "news"
    for key in ("a", "b"):
        answer = wx.sendall(key=key, msgtype="mpnews", mpnews={"media_id": news["media_id"]})
        assert answer["errcode"] == 0
    assert [one["title"] for one in sandbox.sent()[0]["articles"]] == ["春茶上新", "春茶上新"]


def test_replies_may_hold_raw_control_characters(sandbox: Sandbox, wx: Caller) -> None:
    """By a switch, as WeChat's do: such a reply is no strict JSON."""
    draft = wx.draft(content="<p>一\n二</p>")
    sandbox.switches.set(control_characters=True)
    body = wx.send("POST", wx.path("draft/get"), json.dumps({"media_id": draft}).encode())[2]
    assert b"\xe4\xb8\x80\n" in body
    assert json.loads(body, strict=False)["news_item"][0]["content"] == "<p>一\n二</p>"
