"""From a draft to a message as WeChat takes it."""

from __future__ import annotations

import json

import pytest

from desktop_app.article.contents import new_article
from desktop_app.errors import BadContent, BadRequest, NetworkError, SecretNeeded
from desktop_app.job import Job
from desktop_app.services import contents
from desktop_app.services.articles import Articles
from desktop_app.services.composing import Composing, Recipient, recipient_of
from desktop_app.services.media_desk import MediaDesk
from desktop_app.store.caches import MediaFile, PreviewRecipients
from desktop_app.store.drafts import Drafts
from desktop_app.wechat.types import Audience, message_from_json
from tests.data import make

DAY = 24 * 3600.0


@pytest.fixture
def composing(world, desk: MediaDesk, articles: Articles) -> Composing:
    return Composing(
        world.accounts,
        desk,
        Drafts(world.db),
        PreviewRecipients(world.db),
        articles=articles,
        now=world.clock,
    )


def add(composing: Composing, data: bytes, kind: str | None = None, name: str = "文件.xyz") -> MediaFile:
    return composing._media.add_bytes(data, name, kind, Job())


def entry(file: MediaFile) -> dict[str, str]:
    return {"sha256": file.sha256, "name": file.name}


def image_content(*files: MediaFile, **more) -> dict:
    return {**contents.empty_content("image"), "files": [entry(file) for file in files], **more}


def video_content(file: MediaFile, title: str = "采茶", description: str = "清明前\n第一场") -> dict:
    return {"file": entry(file), "title": title, "description": description}


def news_content(composing: Composing, titles: tuple[str, ...] = ("春茶上新",), **more) -> dict:
    cover = add(composing, make.picture("JPEG", (940, 400)))
    articles = [
        {**new_article(), "title": title, "html": "<p>第一批茶</p>", "cover": entry(cover)} for title in titles
    ]
    return {**contents.empty_content("news"), "articles": [{**each, **more} for each in articles]}


def pictures(composing: Composing, number: int) -> list[MediaFile]:
    return [add(composing, make.picture("PNG", colour=(index, 9, 9)), name=f"{index}.png") for index in range(number)]


def calls(world, path: str) -> int:
    return sum(request["path"].endswith(path) for request in world.sandbox.requests())


# --- the message ----------------------------------------------------------------------------------------


def test_an_upload_is_not_reused_after_ten_uses(world, composing: Composing):
    """WeChat allows ten; sends and previews count."""
    file = add(composing, make.picture())
    content = image_content(file)
    ids = [composing.prepare(world.service, "image", content, Job())["image"]["media_id"] for _ in range(11)]
    assert len(set(ids[:10])) == 1
    assert ids[10] != ids[0]
    assert calls(world, "media/upload") == 2


def test_a_text_goes_out_exactly(world, composing: Composing):
    """Line breaks, emoji, links: as they were typed."""
    text = '第一行\r\n\n  😀 <a href="https://x">链接</a>\n'
    message = composing.prepare(world.service, "text", {"text": text}, Job())
    assert message == {"msgtype": "text", "text": {"content": text}}


def test_one_picture_takes_the_old_form_several_the_new(world, composing: Composing):
    """A 推荐语 or comments need the new form too."""
    one, two = pictures(composing, 2)
    prepare = lambda content: composing.prepare(world.service, "image", content, Job())  # noqa: E731
    single = prepare(image_content(one))
    media_id = single["image"]["media_id"]
    assert single == {"msgtype": "image", "image": {"media_id": media_id}}
    both = prepare(image_content(two, one, recommend="春天", comments="fans"))
    assert both["images"]["media_ids"][1] == media_id
    assert both["images"]["recommend"] == "春天"
    assert (both["images"]["need_open_comment"], both["images"]["only_fans_can_comment"]) == (1, 1)
    commented = prepare(image_content(one, comments="all"))
    assert commented["images"]["media_ids"] == [media_id]
    assert (commented["images"]["need_open_comment"], commented["images"]["only_fans_can_comment"]) == (1, 0)


def test_a_video_takes_two_steps_once(world, composing: Composing):
    """The second media_id is the one to send, remembered per title and description."""
    file = add(composing, make.mp4(1), "video")
    first = composing.prepare(world.service, "video", video_content(file), Job())
    again = composing.prepare(world.service, "video", video_content(file), Job())
    other = composing.prepare(world.service, "video", video_content(file, "另一个"), Job())
    assert first == again == {"msgtype": "mpvideo", "mpvideo": {"media_id": first["mpvideo"]["media_id"]}}
    assert other != first
    assert (
        first["mpvideo"]["media_id"] != composing._media.upload(world.service, file.sha256, "video", Job()).media_id
    )
    assert (calls(world, "media/upload"), calls(world, "media/uploadvideo")) == (1, 2)
    sent = next(each for each in world.sandbox.requests() if each["path"].endswith("uploadvideo"))
    assert (sent["json"]["title"], sent["json"]["description"]) == ("采茶", "清明前\n第一场")


def test_a_video_that_wechat_lost_goes_up_again(world, composing: Composing):
    """40007 in the second step: once more from the file, then it is an error."""
    file = add(composing, make.mp4(1), "video")
    composing._media.upload(world.service, file.sha256, "video", Job())
    world.sandbox.fault("media/uploadvideo:errcode=40007*1")
    assert composing.prepare(world.service, "video", video_content(file), Job())["mpvideo"]["media_id"]
    assert calls(world, "media/upload") == 2
    world.sandbox.fault("media/uploadvideo:errcode=40007")
    with pytest.raises(BadContent):
        composing.prepare(world.service, "video", video_content(file, "别的"), Job())


def message_of(world, composing: Composing, kind: str) -> dict:
    if kind == "text":
        content: dict = {"text": "你好"}
    elif kind == "image":
        content = image_content(*pictures(composing, 3))
    elif kind == "voice":
        content = {"file": entry(add(composing, make.amr(3)))}
    elif kind == "news":
        content = news_content(composing)
    else:
        content = video_content(add(composing, make.mp4(1)))
    return composing.prepare(world.service, kind, content, Job())


@pytest.mark.parametrize("kind", contents.KINDS)
def test_every_prepared_message_can_be_sent(world, composing: Composing, kind: str):
    """Through the outbox, until the sandbox has it."""
    message = message_of(world, composing, kind)
    send_id = world.sending.queue(message_from_json(message), Audience.tag(world.a_tag()), account_id=world.service)
    world.sending.deliver()
    assert world.sending.row(send_id).msg_id
    payload = json.loads(world.sandbox.sent()[0]["raw"])
    assert {key: payload[key] for key in message} == message


@pytest.mark.parametrize("kind", contents.KINDS)
def test_an_empty_message_is_refused_without_a_request(world, composing: Composing, kind: str):
    """By the same rule as the check on the page."""
    world.sandbox.forget_requests()
    with pytest.raises(BadRequest) as caught:
        composing.prepare(world.service, kind, contents.empty_content(kind), Job())
    assert caught.value.code == ("articles.none" if kind == "news" else f"{kind}.empty")
    assert not world.sandbox.requests()


def test_without_a_secret_preparing_asks_for_it(world, composing: Composing):
    """The window opens the right dialog."""
    file = add(composing, make.picture())
    world.secrets.forget(world.sandbox.service.app_id)
    with pytest.raises(SecretNeeded):
        composing.prepare(world.service, "image", image_content(file), Job())


# --- hash, title, checks --------------------------------------------------------------------------------


def test_the_hash_follows_what_the_followers_see(composing: Composing):
    """Any edit changes it; names of files and missing defaults do not."""
    one, two = pictures(composing, 2)
    base = image_content(one, two)
    renamed = image_content(one, two)
    renamed["files"][0]["name"] = "别的名字.png"
    digest = composing.content_hash("image", base)
    assert composing.content_hash("image", renamed) == digest
    assert composing.content_hash("image", {"files": base["files"]}) == digest
    others = [image_content(two, one), image_content(one), {**base, "recommend": "x"}, {**base, "comments": "all"}]
    assert len({composing.content_hash("image", each) for each in [base, *others]}) == 5
    assert composing.content_hash("text", {"text": "a"}) != composing.content_hash("text", {"text": "a\n"})
    assert composing.content_hash("text", {"text": "\ud83d"})
    video = add(composing, make.mp4(1))
    assert composing.content_hash("video", video_content(video)) != composing.content_hash(
        "video", video_content(video, "b")
    )


@pytest.mark.parametrize(
    ("kind", "content", "title"),
    [
        ("text", {"text": "\n  你好\n再见"}, "你好"),
        ("text", {"text": "长" * 50}, "长" * 39 + "…"),
        ("text", {"text": " \n"}, ""),
        ("image", {"files": [{"sha256": "a", "name": "春茶.jpg"}], "recommend": ""}, "春茶"),
        ("image", {"files": [{"sha256": "a", "name": "春茶.jpg"}], "recommend": "推荐\n语"}, "推荐"),
        ("voice", {"file": {"sha256": "a", "name": "问候.v1.mp3"}}, "问候.v1"),
        ("voice", {"file": None}, ""),
        ("video", {"file": {"sha256": "a", "name": "a.mp4"}, "title": "采茶"}, "采茶"),
        ("video", {"file": {"sha256": "a", "name": "a.mp4"}, "title": " "}, "a"),
        ("news", {"articles": [{"title": " "}, {"title": " 春茶上新"}]}, "春茶上新"),
        ("news", {"articles": []}, ""),
    ],
)
def test_a_title_is_found_for_every_message(composing: Composing, kind: str, content: dict, title: str):
    """The first line, the title or the file's name."""
    assert composing.title_of(kind, content) == title


def levels(world, composing: Composing, kind: str, content: dict) -> dict[str, str]:
    return {each.key: each.level for each in composing.checks(world.accounts.get(world.service), kind, content)}


def test_long_texts_warn_and_never_block(world, composing: Composing):
    """Amber over 600 characters and over 2,048 bytes; red only when there is nothing to send."""
    assert levels(world, composing, "text", {"text": "字" * 600}) == {"text.ok": "ok", "quota.left": "ok"}
    assert levels(world, composing, "text", {"text": "字" * 601})["text.long"] == "amber"
    assert "text.over_2048" not in levels(world, composing, "text", {"text": "字" * 682})
    assert levels(world, composing, "text", {"text": "字" * 683})["text.over_2048"] == "amber"
    assert "red" not in levels(world, composing, "text", {"text": "字" * 9999}).values()
    assert levels(world, composing, "text", {"text": " \n\u3000"})["text.empty"] == "red"
    assert levels(world, composing, "text", {"text": "a\ud83d"})["text.encoding"] == "red"


@pytest.mark.parametrize(
    ("text", "torn"),
    [
        ("点<a href=\"https://a.example\">这里</a>和<A HREF='https://b.example'>那里</A>", False),
        ('<a href="https://a.example" data-miniprogram-appid="x" data-miniprogram-path="p">打开</a>', False),
        ("一杯茶 < 三杯茶，https://a.example/?a=b", False),
        ('点<a href="https://a.example">这里</', True),
        ('点<a href="https://a.example>这里</a>', True),
        ('点a href="https://a.example">这里</a>', True),
        ("点这里</a>", True),
        ("<a " * 3000, True),
    ],
)
def test_a_torn_link_is_said(world, composing: Composing, text: str, torn: bool):
    """A link that lost a part while typing would arrive as code: amber, and quickly found."""
    assert ("text.torn_link" in levels(world, composing, "text", {"text": text})) is torn


def test_pictures_are_checked(world, composing: Composing):
    """How many, how long the 推荐语 is, whether the files are still there."""
    files = pictures(composing, 21)
    assert levels(world, composing, "image", image_content(files[0])) == {"image.ok": "ok", "quota.left": "ok"}
    assert levels(world, composing, "image", image_content(*files[:20]))["image.preview_first_only"] == "ok"
    assert levels(world, composing, "image", image_content(*files))["image.too_many"] == "red"
    long = image_content(files[0], recommend="荐" * 141)
    assert levels(world, composing, "image", long)["image.recommend_too_long"] == "red"
    files[1].path.unlink()
    found = composing.checks(world.accounts.get(world.service), "image", image_content(*files[:3]))
    assert (found[0].key, found[0].level, found[0].args) == ("media.gone", "red", {"name": "1.png"})


def test_voice_and_video_are_checked(world, composing: Composing):
    """A video needs a title, and WeChat may refuse it whatever we do."""
    voice = {"file": entry(add(composing, make.amr(3)))}
    assert levels(world, composing, "voice", voice)["voice.ok"] == "ok"
    video = add(composing, make.mp4(1))
    assert levels(world, composing, "video", video_content(video))["video.may_be_refused"] == "amber"
    assert levels(world, composing, "video", video_content(video, " "))["video.title_empty"] == "red"
    assert levels(world, composing, "video", video_content(video, "字" * 129))["video.title_too_long"] == "red"
    long = video_content(video, "a", "字" * 513)
    assert levels(world, composing, "video", long)["video.description_too_long"] == "red"


def test_uploads_that_end_soon_are_told(world, composing: Composing):
    """In their last day, until the last hour, when they go up again by themselves."""
    file = pictures(composing, 1)[0]
    composing._media.upload(world.service, file.sha256, "image", Job())
    content = image_content(file)
    assert "media.expiring" not in levels(world, composing, "image", content)
    world.clock.advance(2 * DAY + 1)
    assert levels(world, composing, "image", content)["media.expiring"] == "amber"


def test_right_and_quota_of_the_account_are_told(world, composing: Composing):
    """Without the right nothing can go; a spent quota is to be read, the person may know better."""
    text = {"text": "你好"}
    world.accounts.correct_quota(world.service, 0)
    assert levels(world, composing, "text", text)["quota.spent"] == "amber"
    world.accounts.update(world.service, mass_send_right=False)
    found = composing.checks(world.accounts.get(world.service), "text", text)
    assert [each.level for each in found] == ["red", "amber", "ok"]
    assert found[0].key == "account.no_right"


# --- preview --------------------------------------------------------------------------------------------


def preview(world, composing: Composing, kind: str, content: dict, *to: str):
    return composing.preview(world.service, kind, content, [recipient_of(each) for each in to], Job())


@pytest.mark.parametrize("kind", contents.KINDS)
def test_a_preview_of_each_kind_arrives(world, composing: Composing, kind: str):
    """By openid and by WeChat id, with what the mass send would carry."""
    content = {
        "text": lambda: {"text": "你好\n😀"},
        "image": lambda: image_content(*pictures(composing, 2)),
        "voice": lambda: {"file": entry(add(composing, make.mp3(2)))},
        "video": lambda: video_content(add(composing, make.mp4(1))),
        "news": lambda: news_content(composing),
    }[kind]()
    openid = world.sandbox.service.openids(1)[0]
    results = preview(world, composing, kind, content, openid, "tea_master")
    assert [result.error for result in results] == [None, None]
    payloads = [each["payload"] for each in world.sandbox.previews()]
    assert {payload.get("touser") or payload.get("towxname") for payload in payloads} == {openid, "tea_master"}
    message = composing.prepare(world.service, kind, content, Job())
    body = payloads[0][{"video": "mpvideo", "news": "mpnews"}.get(kind, kind)]
    if kind == "image":  # of several pictures only the first can be previewed
        assert body == {"media_id": message["images"]["media_ids"][0]}
        assert results[0].first_only
    elif kind == "news":  # a draft is used up by its send: the preview has one of its own
        assert body != message["mpnews"]
    else:
        assert body == message[message["msgtype"]]
        assert not results[0].first_only


def test_one_refusal_does_not_keep_it_from_the_others(world, composing: Composing):
    """Each recipient has a result of its own; who got it is remembered."""
    first, second = world.sandbox.service.openids(2)
    results = preview(world, composing, "text", {"text": "你好"}, first, "wx_stranger", "坏", second)
    assert [result.error.code if result.error else "" for result in results] == ["", "wx.43004", "wx.40132", ""]
    assert set(composing.recipients(world.service)) == {Recipient(first, False), Recipient(second, False)}
    composing.forget_recipient(world.service, Recipient(first, False))
    composing.remember_recipient(world.service, Recipient(second, False, "店长"))
    assert composing.recipients(world.service) == (Recipient(second, False, "店长"),)
    assert first not in repr(results)


def test_the_last_preview_tells_whether_it_is_stale(world, composing: Composing):
    """Its hash is that of the content; an edit makes another one; a failed preview is none."""
    content = {"text": "你好"}
    preview(world, composing, "text", content, "wx_stranger")
    assert composing.last_preview(world.service, "text") is None
    preview(world, composing, "text", content, "tea_master")
    last = composing.last_preview(world.service, "text")
    assert last is not None
    assert (last.content_hash, last.recipients) == (composing.content_hash("text", content), ("tea_master",))
    assert last.content_hash != composing.content_hash("text", {"text": "改过"})
    assert composing.last_preview(world.service, "voice") is None


def test_a_preview_with_media_that_wechat_lost_uploads_again_next_time(world, composing: Composing):
    """40007: the known media_id is forgotten."""
    content = {"file": entry(add(composing, make.amr(2)))}
    world.sandbox.fault("mass/preview:errcode=40007*1")
    assert preview(world, composing, "voice", content, "tea_master")[0].error.code == "wx.40007"
    assert preview(world, composing, "voice", content, "tea_master")[0].error is None
    assert calls(world, "media/upload") == 2


def test_a_broken_line_is_told_per_recipient(world, composing: Composing):
    """A preview is never repeated by itself once it may have left."""
    world.sandbox.fault("mass/preview:drop-after*1")
    results = preview(world, composing, "text", {"text": "你好"}, "tea_master", "tea_second")
    assert isinstance(results[0].error, NetworkError)
    assert results[1].error is None
    assert len(world.sandbox.previews()) == 2


@pytest.mark.parametrize(
    ("typed", "is_wx_name"),
    [("o" + "a" * 27, False), (" tea_master ", True), ("o" + "a" * 26, True), ("13800138000", True)],
)
def test_openid_and_wechat_id_are_told_apart(typed: str, is_wx_name: bool):
    """By the form of what was typed."""
    assert recipient_of(typed) == Recipient(typed.strip(), is_wx_name)
    with pytest.raises(BadRequest):
        recipient_of("  ")


# --- drafts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", contents.KINDS)
def test_a_draft_survives_exactly(world, composing: Composing, kind: str):
    """Per kind and account; without one there is an empty content."""
    assert composing.load_draft(world.service, kind) == composing.empty_content(kind)
    content = {**contents.empty_content(kind), "text": "行一\r\n\n行二 😀", "title": " 空格 "}
    composing.save_draft(world.service, kind, content)
    assert composing.load_draft(world.service, kind) == content
    assert composing.load_draft(world.subscription, kind) == composing.empty_content(kind)
    composing.clear_draft(world.service, kind)
    assert composing.load_draft(world.service, kind) == composing.empty_content(kind)


def test_a_file_is_put_into_a_draft(world, composing: Composing):
    """After the one before it, at the end if that is gone; never twice, never one too many; elsewhere alone."""

    def put(name: str, after: str = "") -> list[str]:
        composing.add_to_draft(world.service, "image", {"sha256": name, "name": name}, after)
        return [each["sha256"] for each in composing.load_draft(world.service, "image")["files"]]

    assert put("b") == ["b"]
    assert put("a") == ["a", "b"]
    assert put("c", after="a") == ["a", "c", "b"]
    assert put("d", after="gone") == ["a", "c", "b", "d"]
    assert put("a", after="d") == ["a", "c", "b", "d"]
    for n in range(16):
        put(f"{n}", after="d")
    assert len(put("one too many")) == 20
    for name in ("old", "new"):
        composing.add_to_draft(world.service, "voice", {"sha256": name, "name": name})
    assert composing.load_draft(world.service, "voice") == {"file": {"sha256": "new", "name": "new"}}


def test_articles_with_a_draft_id_live_in_their_list(world, composing: Composing, articles: Articles):
    """What is being written is an entry of 图文草稿; thrown away there, it is not written any more."""
    content = news_content(composing)
    row = articles.save(world.service, content)
    content["draft_id"] = row.id
    content["articles"][0]["title"] = "改过"
    composing.save_draft(world.service, "news", content)
    assert articles.drafts.row(row.id).title == "改过"
    assert composing.load_draft(world.service, "news") == content
    assert composing.load_draft(world.subscription, "news") == composing.empty_content("news")
    articles.drafts.trash(row.id)
    assert composing.load_draft(world.service, "news") == composing.empty_content("news")
    articles.drafts.delete(row.id)
    assert composing.load_draft(world.service, "news") == composing.empty_content("news")


def test_checks_of_articles_say_where(world, composing: Composing):
    """Each finding as a check with its article, field and fix; quota and right come once."""
    content = news_content(composing, ("", "春茶上新"))
    found = composing.checks(world.accounts.get(world.service), "news", content)
    assert (found[0].key, found[0].level) == ("title.empty", "red")
    assert found[0].args == {"article": 0, "where": "title", "fix": "jump"}
    assert found[-1].key == "quota.left"
    world.accounts.update(world.service, mass_send_right=False)
    keys = [each.key for each in composing.checks(world.accounts.get(world.service), "news", content)]
    assert keys.count("account.no_right") == 1


def test_each_batch_has_its_own_draft(world, composing: Composing):
    """More than 10,000 openids: a draft for each request; other kinds repeat the same message."""
    content = news_content(composing)
    people = tuple(world.sandbox.service.openids(9126)) + tuple("o" + f"{n:027d}" for n in range(2000))
    batches = world.sending.batches(people)
    assert batches == 2
    messages = composing.prepare_batches(world.service, "news", content, batches, Job())
    assert len({message["mpnews"]["media_id"] for message in messages}) == 2
    text = composing.prepare_batches(world.service, "text", {"text": "你好"}, 2, Job())
    assert text[0] == text[1]
    with pytest.raises(BadRequest) as caught:
        world.sending.queue(messages[0], people, account_id=world.service)
    assert caught.value.code == "message.one_per_batch"
    with pytest.raises(BadRequest) as caught:
        world.sending.queue(messages[:1], people, account_id=world.service)
    assert caught.value.code == "message.batches"
    send_id = world.sending.queue(messages, people, account_id=world.service)
    rows = world.db.read(
        "SELECT y.body FROM batch b JOIN batch_body y ON y.batch_id = b.id WHERE b.send_id = ? ORDER BY b.number",
        (send_id,),
    )
    assert [json.loads(row[0])["mpnews"] for row in rows] == [message["mpnews"] for message in messages]
