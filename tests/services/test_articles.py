"""The article desk's services against the sandbox: pictures, drafts for sends and previews, the copy at WeChat."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from desktop_app.article.contents import content_hash, new_article
from desktop_app.errors import (
    ArticleError,
    BadContent,
    BadRequest,
    Cancelled,
    MediaError,
    NetworkError,
    QuotaExceeded,
)
from desktop_app.job import Job
from desktop_app.media import intake
from desktop_app.services import open_profile
from desktop_app.services.articles import ABANDONED_S, PreparedNews
from desktop_app.store.caches import MediaCache, MediaFile
from desktop_app.wechat import Audience
from tests.data import make

OWN = "https://mmbiz.qpic.cn/mmbiz_png/a/0"


def picture(media: MediaCache, data: bytes, name: str = "图.png") -> MediaFile:
    file = MediaFile(**vars(intake.take_bytes(data, name, media.folder, Job(), kind="picture")))
    media.remember(file)
    return file


def local(file: MediaFile) -> str:
    return f'<img src="qunfa-media://{file.sha256}">'


@pytest.fixture
def cover(media: MediaCache) -> dict[str, Any]:
    file = picture(media, make.picture("JPEG", (940, 800)), "封面.jpg")
    return {"sha256": file.sha256, "name": file.name, "crop_235": [0, 0.25, 1, 0.75], "crop_1": [0.1, 0, 0.9, 0.94]}


@pytest.fixture
def web() -> Iterator[dict[str, bytes]]:
    """Pictures on a server of this machine, by path; ``address`` has where it is."""
    files: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = files.get(self.path)
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")
            files["asked"] = files.get("asked", b"") + self.path.encode()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    files["address"] = f"http://127.0.0.1:{server.server_port}".encode()
    yield files
    server.shutdown()
    server.server_close()


def message(
    cover: dict[str, Any], html: str = "<p>山上的第一批茶</p>", count: int = 1, **more: Any
) -> dict[str, Any]:
    articles = [
        {**new_article(), "title": f"春茶 {number}", "html": html, "cover": cover, **more} for number in range(count)
    ]
    return {"articles": articles, "draft_id": None}


def calls(world: Any, path: str) -> int:
    return sum(request["path"].endswith(path) for request in world.sandbox.requests())


def refused(call: Any, *args: Any, **more: Any) -> Any:
    with pytest.raises((BadRequest, ArticleError, MediaError, BadContent)) as caught:
        call(*args, **more)
    return caught.value


# --- pictures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_every_format_arrives_as_jpg_or_png_below_a_megabyte(world, articles, media, image_format: str) -> None:
    """Made to fit, uploaded once per content and account."""
    data = make.noise(image_format, (1400, 900)) if image_format != "GIF" else make.picture("GIF", (900, 600))
    file = picture(media, data)
    assert articles.pictures.known_url(world.service, file.sha256) == ""
    brought = articles.pictures.upload(world.service, file.sha256, Job())
    again = articles.pictures.upload(world.service, file.sha256, Job())
    assert brought == again
    assert articles.pictures.known_url(world.service, file.sha256) == brought.url
    assert articles.pictures.known_url(world.subscription, file.sha256) == ""
    assert (calls(world, "uploadimg"), brought.size_before) == (1, len(data))
    (request,) = (each for each in world.sandbox.requests() if each["path"].endswith("uploadimg"))
    (part,) = request["parts"]
    assert part["size"] == brought.size_after < 1_000_000
    with Image.open(io.BytesIO(world.sandbox.file(part["sha256"]))) as image:
        assert image.format in ("JPEG", "PNG")


def test_a_moving_gif_goes_through_permanent_material(world, articles, media) -> None:
    """uploadimg takes no GIF: the material's address shows it, moving."""
    file = picture(media, make.animation())
    brought = articles.pictures.upload(world.service, file.sha256, Job())
    assert (calls(world, "uploadimg"), calls(world, "add_material")) == (0, 1)
    assert brought.url.startswith("http://mmbiz.qpic.cn/mmbiz_gif/")
    assert world.sandbox.file(file.sha256) == make.animation()
    assert articles.pictures.cover(world.service, file.sha256, Job()).url == brought.url
    assert calls(world, "add_material") == 1


def test_all_pictures_of_a_body_are_at_wechat_when_it_goes_out(world, articles, media, cover, web) -> None:
    """Foreign, data:, local, background and SVG pictures; WeChat's own stay; each goes up once."""
    web["/a.png"] = make.picture("PNG", (400, 300), (1, 2, 3))
    address = web["address"].decode()
    data = "data:image/png;base64," + base64.b64encode(make.picture("PNG", (9, 9))).decode()
    file = picture(media, make.picture("PNG", (500, 400)))
    html = (
        f'<section style="background-image:url(&quot;{address}/a.png&quot;)"><img src="{address}/a.png"></section>'
        f'<p><img src="{data}">{local(file)}{local(file)}<img src="{OWN}"></p>'
        f'<svg viewBox="0 0 1 1"><image xlink:href="{address}/a.png"></image></svg>'
    )
    reports: list[tuple[int, int]] = []
    content = message(cover, html)
    prepared = articles.prepare(world.service, content, Job(lambda *report: reports.append(report)))
    (wire,) = prepared.articles
    assert calls(world, "uploadimg") == 3
    assert wire["content"].count("mmbiz.qpic.cn") == 7
    assert not any(word in wire["content"] for word in ("127.0.0.1", "data:", "qunfa-media", "data-src"))
    (draft,) = world.sandbox.drafts()
    assert draft["articles"][0]["raw_content"] == draft["articles"][0]["content"] == wire["content"]
    assert set(prepared.sha256s) >= {file.sha256, cover["sha256"]}
    assert reports[-1] == (4, 4)
    articles.prepare(world.service, content, Job())
    assert (calls(world, "uploadimg"), calls(world, "add_material"), web["asked"]) == (3, 1, b"/a.png")


def test_a_picture_that_cannot_be_had_names_its_article(world, articles, media, cover, web) -> None:
    """Nothing is made at WeChat; the check says so from then on, until it is there again."""
    url = web["address"].decode() + "/b.png"
    content = message(cover, f'<img src="{url}">', 2)
    error = refused(articles.prepare, world.service, content, Job())
    assert (error.code, error.args_["article"], error.args_["reason"]) == ("article.picture", 0, "fetch.status")
    assert world.sandbox.drafts() == []
    account = world.accounts.get(world.service)
    found = articles.check(account, content)[0]
    assert (found.code, found.level, found.args) == ("picture.broken", "red", {"url": url, "reason": "fetch.status"})
    assert articles.bring_pictures(world.service, content, Job()) == {url: "fetch.status"}
    web["/b.png"] = b"<html>no picture</html>"
    assert refused(articles.prepare, world.service, content, Job()).args_["reason"] == "media.unknown"
    web["/b.png"] = make.picture("WEBP", (300, 300))
    assert articles.bring_pictures(world.service, content, Job()) == {}
    assert articles.check(account, content)[-1].code == "articles.ok"
    file = picture(media, make.picture("PNG", (31, 31)))
    file.path.unlink()
    assert refused(articles.prepare, world.service, message(cover, local(file)), Job()).code == "picture.gone"
    word = message(cover, '<p>x<img src="file:///C:/x.png"></p>')
    assert refused(articles.prepare, world.service, word, Job()).code == "picture.broken"


def test_preparing_can_be_cancelled(world, articles, cover, media) -> None:
    """Between two pictures; nothing is made."""
    files = [picture(media, make.picture("PNG", (40 + number, 40))) for number in range(3)]
    job = Job(lambda done, total: job.cancel())
    with pytest.raises(Cancelled):
        articles.prepare(world.service, message(cover, "".join(map(local, files))), job)
    assert world.sandbox.drafts() == []
    assert calls(world, "uploadimg") == 1


# --- the articles as they go out --------------------------------------------------------------------------------


def test_a_draft_carries_what_was_written(world, articles, cover) -> None:
    """Texts, link, comments and both cuts; the cover is permanent, and first in the body if that is wanted."""
    content = message(
        cover,
        title="春茶上新 😀",
        author="岚间",
        digest="摘要",
        content_source_url=" https://example.com/茶 ",
        need_open_comment=True,
        only_fans_can_comment=True,
        show_cover_pic=True,
    )
    prepared = articles.prepare(world.service, content, Job())
    assert isinstance(prepared, PreparedNews)
    assert prepared.kind == "draft"
    (wire,) = prepared.articles
    assert wire == {
        "title": "春茶上新 😀",
        "content": wire["content"],
        "thumb_media_id": wire["thumb_media_id"],
        "author": "岚间",
        "digest": "摘要",
        "content_source_url": "https://example.com/茶",
        "need_open_comment": 1,
        "only_fans_can_comment": 1,
        "pic_crop_235_1": "0_0.25_1_0.75",
        "pic_crop_1_1": "0.1_0_0.9_0.94",
    }
    assert wire["content"].startswith('<p style="margin:0 0 16px;"><img src="http://mmbiz.qpic.cn/')
    assert wire["content"].endswith("</p><p>山上的第一批茶</p>")
    (request,) = (each for each in world.sandbox.requests() if each["path"].endswith("draft/add"))
    assert request["json"] == {"articles": [wire]}


def test_a_digest_goes_out_with_a_single_article_only(world, articles, cover) -> None:
    """多图文不显示摘要: it is kept here and does not count there, not even in the hash."""
    several = message(cover, count=2, digest="摘要")
    assert all("digest" not in wire for wire in articles.prepare(world.service, several, Job()).articles)
    other = message(cover, count=2, digest="别的")
    assert content_hash(several) == content_hash(other)
    assert content_hash(message(cover, digest="摘要")) != content_hash(message(cover, digest="别的"))


def test_uploadnews_takes_a_small_cover_and_shows_it_itself(world, articles, cover) -> None:
    """By the account's 图文方式: a temporary JPG thumb of the 2.35:1 cut, show_cover_pic, no cuts."""
    world.accounts.update(world.service, news_way="uploadnews")
    prepared = articles.prepare(world.service, message(cover, count=2, show_cover_pic=True), Job())
    assert prepared.kind == "uploadnews"
    wire = prepared.articles[0]
    assert (wire["show_cover_pic"], wire["content"]) == (1, "<p>山上的第一批茶</p>")
    assert "pic_crop_235_1" not in wire
    assert (calls(world, "media/upload"), calls(world, "draft/add"), calls(world, "add_material")) == (1, 0, 0)
    (part,) = next(each for each in world.sandbox.requests() if each["path"].endswith("media/upload"))["parts"]
    assert part["size"] <= 64 * 1024
    with Image.open(io.BytesIO(world.sandbox.file(part["sha256"]))) as image:
        assert (image.format, image.size) == ("JPEG", (900, 383))
    expires = articles.pictures.thumb_expires(world.service, cover["sha256"], cover["crop_235"])
    world.clock.advance(expires - world.clock() - 3601)
    account = world.accounts.get(world.service)
    assert "media.expiring" in [each.code for each in articles.check(account, message(cover))]
    articles.prepare(world.service, message(cover), Job())
    assert calls(world, "media/upload") == 1
    world.clock.advance(2)
    articles.prepare(world.service, message(cover), Job())
    assert calls(world, "media/upload") == 2


def test_a_cover_about_to_expire_is_renewed(world, articles, cover) -> None:
    """The fix of the finding: a new upload with three days before it."""
    world.accounts.update(world.service, news_way="uploadnews")
    articles.prepare(world.service, message(cover), Job())
    world.clock.advance(2.5 * 24 * 3600)
    account = world.accounts.get(world.service)
    found = next(each for each in articles.check(account, message(cover)) if each.code == "media.expiring")
    assert found.fix == "media.renew"
    media_id = articles.pictures.renew_thumb(world.service, cover["sha256"], cover["crop_235"], Job())
    assert articles.prepare(world.service, message(cover), Job()).articles[0]["thumb_media_id"] == media_id
    assert "media.expiring" not in [each.code for each in articles.check(account, message(cover))]


def test_a_cover_deleted_at_wechat_goes_up_again(world, articles, cover) -> None:
    """40007 of draft/add: once more from the file."""
    articles.prepare(world.service, message(cover), Job())
    account = world.sandbox.service
    permanent = [key for key, one in account.media.items.items() if one.permanent]
    for key in permanent:
        del account.media.items[key]
    prepared = articles.prepare(world.service, message(cover), Job())
    assert prepared.articles[0]["thumb_media_id"] not in permanent
    assert calls(world, "add_material") == 2
    world.sandbox.fault("draft/add:errcode=45166*9")
    assert refused(articles.prepare, world.service, message(cover), Job()).errcode == 45166


def test_a_red_finding_stops_it_before_any_request(world, articles, cover) -> None:
    """By the same rules as 发送前检查; a missing right is for WeChat to say."""
    world.sandbox.forget_requests()
    error = refused(articles.prepare, world.service, message(cover, title=" "), Job())
    assert (error.code, error.args_) == ("title.empty", {"article": 0, "where": "title"})
    assert refused(articles.prepare, world.service, message({}, html=""), Job()).code == "cover.missing"
    assert world.sandbox.requests() == []
    world.accounts.update(world.service, mass_send_right=False)
    assert articles.prepare(world.service, message(cover), Job()).media_id


# --- sends and previews -----------------------------------------------------------------------------------------


def test_every_send_has_a_fresh_draft_that_wechat_consumes(world, articles, cover) -> None:
    """The same content twice: two drafts, two sends, nothing left in the box."""
    content = message(cover)
    for _ in range(2):
        prepared = articles.prepare(world.service, content, Job())
        send_id = world.sending.queue(
            prepared.messages[0], Audience.tag(world.a_tag()), account_id=world.service, kind="news"
        )
        world.sending.deliver()
        assert world.sending.row(send_id).msg_id
    first, second = world.sandbox.sent()
    assert first["payload"]["mpnews"] != second["payload"]["mpnews"]
    assert first["articles"][0]["raw_content"] == second["articles"][0]["raw_content"] == "<p>山上的第一批茶</p>"
    assert world.sandbox.drafts() == []


def test_a_preview_keeps_its_draft_until_it_is_replaced(world, articles, cover) -> None:
    """The same content: the same draft; an edit: the old one is deleted."""
    one = articles.for_preview(world.service, message(cover), Job())
    assert articles.for_preview(world.service, message(cover), Job()) == one
    two = articles.for_preview(world.service, message(cover, title="改过"), Job())
    assert two != one
    assert [draft["media_id"] for draft in world.sandbox.drafts()] == [two]
    sent = articles.prepare(world.service, message(cover, title="改过"), Job())
    assert sent.media_id != two
    world.accounts.update(world.service, news_way="uploadnews")
    assert articles.for_preview(world.service, message(cover, title="改过"), Job()) not in (one, two)


def test_drafts_of_refused_sends_go_with_the_next(world, articles, cover) -> None:
    """What failed or was cancelled leaves nothing in the box; what waits to be sent stays."""
    waiting = articles.prepare(world.service, message(cover, title="等"), Job())
    failing = articles.prepare(world.service, message(cover, title="败"), Job())
    cancelled = articles.prepare(world.service, message(cover, title="消"), Job())

    def queue(prepared: PreparedNews, **more: Any) -> int:
        tag = Audience.tag(world.a_tag())
        return world.sending.queue(prepared.messages[0], tag, account_id=world.service, kind="news", **more)

    queue(waiting, not_before=world.clock() + 86_400)
    queue(failing)
    world.sandbox.fault("sendall:errcode=45166*1")
    world.sending.deliver()
    world.sending.cancel(queue(cancelled, not_before=world.clock() + 86_400))
    assert len(world.sandbox.drafts()) == 3
    fresh = articles.prepare(world.service, message(cover), Job())
    assert {draft["media_id"] for draft in world.sandbox.drafts()} == {waiting.media_id, fresh.media_id}


def test_an_unconfirmed_send_leaves_nothing(world, articles, cover) -> None:
    """Given up in the last look: deleted at once; forgotten by a crash: with a later send, not with the next."""
    one = articles.prepare(world.service, message(cover), Job(), batches=2)
    queued = articles.prepare(world.service, message(cover), Job())
    world.sending.queue(queued.messages[0], Audience.tag(world.a_tag()), account_id=world.service, kind="news")
    articles.discard(world.service, [*one.media_ids, queued.media_id])
    assert [draft["media_id"] for draft in world.sandbox.drafts()] == [queued.media_id]
    forgotten = articles.prepare(world.service, message(cover), Job())
    articles.prepare(world.service, message(cover), Job())
    assert forgotten.media_id in {draft["media_id"] for draft in world.sandbox.drafts()}
    world.clock.advance(ABANDONED_S + 1)
    articles.prepare(world.service, message(cover), Job())
    assert forgotten.media_id not in {draft["media_id"] for draft in world.sandbox.drafts()}
    assert queued.media_id in {draft["media_id"] for draft in world.sandbox.drafts()}


def test_what_cannot_be_deleted_now_is_tried_again(world, articles, cover) -> None:
    """A line that breaks while tidying stops nobody."""
    one = articles.for_preview(world.service, message(cover), Job())
    world.sandbox.fault("draft/delete:errcode=-1*1")
    two = articles.for_preview(world.service, message(cover, title="二"), Job())
    assert {draft["media_id"] for draft in world.sandbox.drafts()} == {one, two}
    three = articles.for_preview(world.service, message(cover, title="三"), Job())
    assert [draft["media_id"] for draft in world.sandbox.drafts()] == [three]
    assert one not in (two, three)


# --- 存到公众号草稿箱 --------------------------------------------------------------------------------------------


def box(world: Any) -> dict[str, list[str]]:
    return {draft["media_id"]: [each["title"] for each in draft["articles"]] for draft in world.sandbox.drafts()}


def test_the_copy_at_wechat_is_updated_and_not_piled_up(world, articles, cover) -> None:
    """First added, then article by article; another number of articles makes a new one in its place."""
    content = message(cover, count=2)
    row = articles.save(world.service, content)
    first = articles.save_to_wechat_drafts(world.service, row.id, Job())
    assert (first.created, first.updated) == (True, 2)
    content["articles"][1]["title"] = "改过"
    articles.drafts.save(row.id, content)
    second = articles.save_to_wechat_drafts(world.service, row.id, Job())
    assert (second.created, second.updated, second.media_id) == (False, 1, first.media_id)
    assert box(world) == {first.media_id: ["春茶 0", "改过"]}
    assert calls(world, "draft/update") == 1
    assert articles.save_to_wechat_drafts(world.service, row.id, Job()).updated == 0
    content["articles"].append({**content["articles"][0], "title": "第三篇"})
    articles.drafts.save(row.id, content)
    third = articles.save_to_wechat_drafts(world.service, row.id, Job())
    assert third.created
    assert box(world) == {third.media_id: ["春茶 0", "改过", "第三篇"]}
    world.sandbox.service.drafts.clear()  # somebody published it there
    fourth = articles.save_to_wechat_drafts(world.service, row.id, Job())
    assert fourth.created
    assert box(world) == {fourth.media_id: ["春茶 0", "改过", "第三篇"]}
    copy = articles.drafts.row(row.id).wechat
    assert copy is not None
    assert (copy.media_id, len(copy.hashes)) == (fourth.media_id, 3)


def test_the_copy_is_a_draft_whatever_the_way_and_the_right(world, articles, cover) -> None:
    """An account that sends by uploadnews, or may not send at all, keeps drafts at WeChat all the same."""
    world.accounts.update(world.service, news_way="uploadnews", mass_send_right=False)
    row = articles.save(world.service, message(cover))
    saved = articles.save_to_wechat_drafts(world.service, row.id, Job())
    assert list(box(world)) == [saved.media_id]
    sent = articles.prepare(world.service, message(cover), Job())
    assert sent.kind == "uploadnews"
    assert list(box(world)) == [saved.media_id]


# --- 图文草稿 ----------------------------------------------------------------------------------------------------


def test_saving_finds_its_place(world, articles, cover) -> None:
    """A draft_id saves there; none, or one that is gone, makes a new one; texts of bodies are found."""
    content = message(cover, "<p>明前<b>龙</b>井</p><script>secret</script>")
    row = articles.save(world.service, content)
    loaded = articles.load(row.id)
    assert loaded == {**content, "draft_id": row.id}
    assert articles.save(world.service, loaded).id == row.id
    assert [each.id for each in articles.drafts.list(world.service, "明前龙井")] == [row.id]
    assert articles.drafts.list(world.service, "secret") == []
    articles.drafts.delete(row.id)
    again = articles.save(world.service, loaded)
    assert articles.load(again.id)["articles"] == content["articles"]


def test_what_changes_is_told_before_anything_is_uploaded(articles) -> None:
    """微信会改什么, from the same cleaning that goes out."""
    html = '<style>p{color:red}</style><p style="position:fixed" onclick="x()">a</p><iframe src="x"></iframe>'
    assert [change.code for change in articles.what_changes(html)] == [
        "style.removed",
        "event.removed",
        "player.removed",
    ]
    assert articles.cleaned(html) == '<p style="color: red;position:fixed">a</p>'.replace(";position:fixed", "")


def test_a_profile_has_the_desk(tmp_path) -> None:
    """Everything is built, the trash is emptied at the start, and the web means public hosts only."""
    with open_profile(tmp_path) as profile:
        account = profile.account_store.add("wx1", name="n", kind="service", base_url="http://127.0.0.1:1")
        row = profile.articles.save(account.id, {"articles": [new_article()], "draft_id": None})
        profile.articles.drafts.trash(row.id)
        assert refused(profile.fetch.get, "http://127.0.0.1/a.png", Job()).code == "fetch.host"
    with open_profile(tmp_path, now=lambda: row.created_at + 31 * 86_400) as profile:
        assert profile.articles.drafts.count(account.id, trashed=True) == 0


def test_errors_of_the_line_stay_what_they_are(world, articles, media, cover) -> None:
    """No connection and a spent quota are told as such, not as a bad picture."""
    file = picture(media, make.picture("PNG", (60, 60)))
    world.sandbox.fault("uploadimg:errcode=45009*1")
    with pytest.raises(QuotaExceeded):
        articles.prepare(world.service, message(cover, local(file)), Job())
    world.sandbox.fault("draft/add:drop-after*1")
    with pytest.raises(NetworkError):
        articles.prepare(world.service, message(cover, local(file)), Job())
