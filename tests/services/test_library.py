"""素材库 against the sandbox: in step with WeChat, brought here, renewed, made permanent, deleted, found in use."""

from __future__ import annotations

import json
import threading
import time

import pytest
from PIL import Image

from desktop_app.article.contents import new_article
from desktop_app.errors import Cancelled, MediaError, NetworkError, Refused
from desktop_app.job import Job
from desktop_app.media import convert
from desktop_app.services import contents
from desktop_app.services.composing import Composing
from desktop_app.services.fetch import Fetch
from desktop_app.services.library import Library, NearLimit, Use
from desktop_app.services.media_desk import MediaDesk
from desktop_app.services.pictures import ArticlePictures
from desktop_app.store.articles import ArticleDrafts, ForeignPictures
from desktop_app.store.caches import MediaCache, MediaFile, PreviewRecipients
from desktop_app.store.drafts import Drafts
from desktop_app.store.library import LibraryItem, LibraryStore
from desktop_app.wechat.types import Audience, message_from_json
from tests.data import make
from tests.outbox_world import World

DAY = 24 * 3600.0


@pytest.fixture
def library(world: World, media: MediaCache, desk: MediaDesk) -> Library:
    pictures = ArticlePictures(world.accounts, media, ForeignPictures(world.db), Fetch(set()), now=world.clock)
    return Library(world.accounts, LibraryStore(world.db, media.folder), media, desk, pictures)


def on_the_website(world: World, count: int, kind: str = "image", data: bytes | None = None) -> list[str]:
    """Somebody uploads so many files on WeChat's website; the newest last."""
    data = data or {"image": make.picture("JPEG"), "voice": make.amr(), "video": make.mp4()}[kind]
    box = world.sandbox.service.media
    return [box.put(kind, f"网站 {n}", data).media_id for n in range(count)]


def uploaded(world: World, desk: MediaDesk, data: bytes, kind: str = "image", name: str = "春茶.png") -> MediaFile:
    file = desk.add_bytes(data, name, kind, Job())
    desk.upload(world.service, file.sha256, kind, Job())
    return file


def calls(world: World, path: str) -> int:
    return sum(request["path"].endswith(path) for request in world.sandbox.requests())


def ids(library: Library, world: World) -> set[str]:
    return {item.media_id for item in library.items(world.service)}


def the(item: LibraryItem | None) -> LibraryItem:
    assert item is not None
    return item


# --- in step with WeChat --------------------------------------------------------------------------------


def test_what_came_over_the_website_appears(world: World, library: Library):
    """All kinds, over several pages; the other account's list stays empty; progress ends at the number there is."""
    listed = on_the_website(world, 45) + on_the_website(world, 1, "voice") + on_the_website(world, 2, "video")
    seen: list[tuple[int, int]] = []
    counts = library.sync(world.service, Job(lambda done, total: seen.append((done, total))))
    assert (counts.all, counts.image, counts.voice, counts.video) == (48, 45, 1, 2)
    assert counts.synced_at == world.clock()
    assert ids(library, world) == set(listed)
    assert seen[-1] == (48, 48)
    item = the(library.item(world.service, f"wechat:{listed[0]}"))
    assert (item.name, item.permanent, item.path, item.sha256) == ("网站 0", True, None, "")
    assert item.url.startswith("http://mmbiz.qpic.cn/")
    assert library.items(world.subscription) == ()


def test_a_second_sync_reads_no_more_than_it_has_to(world: World, library: Library):
    """One page of each kind when nothing changed; with something new as far as the first page of old ones."""
    on_the_website(world, 90)
    library.sync(world.service, Job())
    first = calls(world, "batchget_material")
    assert first == 5 + 2
    library.sync(world.service, Job())
    assert calls(world, "batchget_material") - first == 3
    on_the_website(world, 1)
    assert library.sync(world.service, Job()).image == 91
    assert calls(world, "batchget_material") - first == 3 + 4


def test_what_was_deleted_there_goes(world: World, library: Library, desk: MediaDesk):
    """Wherever it stood in the list, the app's own permanent upload too; its temporary one stays."""
    listed = on_the_website(world, 50)
    file = uploaded(world, desk, make.picture())
    library.make_permanent(world.service, f"file:{file.sha256}", Job())
    library.sync(world.service, Job())
    assert library.counts(world.service).all == 51
    world.clock.advance(60)
    box = world.sandbox.service.media.items
    mine = the(library.item(world.service, f"file:{file.sha256}"))
    del box[mine.media_id], box[listed[3]]
    library.sync(world.service, Job())
    assert ids(library, world) >= set(listed) - {listed[3]}
    assert listed[3] not in ids(library, world)
    left = the(library.item(world.service, mine.key))
    assert not left.permanent
    assert left.expires_at is not None


def test_a_line_that_is_cut_half_way_forgets_nothing(world: World, library: Library):
    """What the pages before it told is kept, and the next sync reads the whole list again."""
    listed = on_the_website(world, 50)
    library.sync(world.service, Job())
    del world.sandbox.service.media.items[listed[0]]
    new = on_the_website(world, 21)
    world.sandbox.fault("batchget_material:drop-before~3")  # voice, video and a page of pictures pass
    synced_at = library.counts(world.service).synced_at
    world.clock.advance(60)
    with pytest.raises(NetworkError):
        library.sync(world.service, Job())
    assert ids(library, world) == set(listed) | set(new[1:])
    assert library.counts(world.service).synced_at == synced_at
    world.sandbox.fault("clear")
    counts = library.sync(world.service, Job())
    assert ids(library, world) == set(listed[1:]) | set(new)
    assert counts.synced_at == world.clock()


def test_a_list_that_moves_while_it_is_read_forgets_nothing(world: World, library: Library):
    """Something deleted between two pages moves the rest up: one is skipped, but not forgotten."""
    listed = on_the_website(world, 60)
    library.sync(world.service, Job())
    new = on_the_website(world, 1)[0]
    moved: list[str] = []

    def move(done: int, total: int) -> None:
        if done == 20:
            moved.append(new)
            world.sandbox.service.media.items.pop(new, None)

    library.sync(world.service, Job(move))
    assert moved
    assert ids(library, world) == {*listed, new}
    library.sync(world.service, Job())
    assert ids(library, world) == set(listed)


def test_a_sync_can_be_stopped(world: World, library: Library):
    """Between two pages, and what is known by then is kept."""
    on_the_website(world, 50)
    job = Job(lambda done, total: done and job.cancel())
    with pytest.raises(Cancelled):
        library.sync(world.service, job)
    assert len(library.items(world.service)) == 20
    assert library.counts(world.service).synced_at is None


def test_an_empty_library_that_counts_some_is_no_empty_library(world: World, library: Library):
    """A hiccup of WeChat's: an empty page while the number says otherwise."""
    listed = on_the_website(world, 3)
    library.sync(world.service, Job())
    empty = '{"total_count":0,"item_count":0,"item":[]}'
    world.sandbox.fault({"path": "batchget_material", "kind": "reply", "body": empty})
    library.sync(world.service, Job())
    assert ids(library, world) == set(listed)


def test_one_sync_reads_only_so_many_pages(world: World, library: Library, monkeypatch: pytest.MonkeyPatch):
    """The newest come first; the library is not known whole then. (500 pages, a dozen here.)"""
    monkeypatch.setattr("desktop_app.services.library.SYNC_PAGES", 12)
    listed = on_the_website(world, 210)
    counts = library.sync(world.service, Job())
    assert ids(library, world) == set(listed[-200:])
    assert counts.synced_at is None


# --- thumbnails and files -------------------------------------------------------------------------------


def test_a_thumbnail_is_fetched_once_and_kept(world: World, library: Library, media: MediaCache):
    """A small upright picture; the file itself is not kept, and the key stays what it was."""
    (media_id,) = on_the_website(world, 1, data=make.noise("JPEG", (1600, 1200)))
    library.sync(world.service, Job())
    key = f"wechat:{media_id}"
    first = library.thumbnail(world.service, key, Job())
    assert first is not None
    assert library.thumbnail(world.service, key, Job()) == first
    assert calls(world, "/get_material") == 1
    with Image.open(first) as image:
        assert image.size == (720, 540)
    assert [path.name for path in media.folder.iterdir()] == [first.name]
    assert the(library.item(world.service, key)).path is None
    world.sandbox.service.media.items.clear()
    world.clock.advance(1)
    library.sync(world.service, Job())
    assert not first.exists()


def test_what_has_no_thumbnail(world: World, library: Library, desk: MediaDesk, media: MediaCache):
    """Sounds and videos, a damaged picture, one that is gone; a local picture is its own."""
    file = uploaded(world, desk, make.picture())
    assert library.thumbnail(world.service, f"file:{file.sha256}", Job()) == file.path
    (voice,) = on_the_website(world, 1, "voice")
    damaged, gone = on_the_website(world, 2, data=make.noise("JPEG", (64, 64))[:300])
    library.sync(world.service, Job())
    del world.sandbox.service.media.items[gone]
    for media_id in (voice, damaged, gone, damaged, gone, "unknown"):
        assert library.thumbnail(world.service, f"wechat:{media_id}", Job()) is None
    assert calls(world, "/get_material") == 2
    assert {path.name for path in media.folder.iterdir()} == {file.path.name}


def test_a_video_shows_a_moment_of_itself(world: World, library: Library, desk: MediaDesk):
    """With ffmpeg, made once, and gone with the file; without it there is none until there is one."""
    ffmpeg = convert.find()
    assert ffmpeg is not None, "the set-up brings imageio-ffmpeg"
    image = Image.new("RGB", (320, 176), (30, 140, 60))
    file = uploaded(world, desk, make.mp4(3, image), "video", "茶园.mp4")
    key = f"file:{file.sha256}"
    desk.configure(ffmpeg=None, ground="white")
    assert library.thumbnail(world.service, key, Job()) is None
    desk.configure(ffmpeg=ffmpeg, ground="white")
    first = library.thumbnail(world.service, key, Job())
    assert first is not None
    with Image.open(first) as picture:
        assert picture.size == (320, 176)
        assert picture.convert("RGB").getpixel((160, 80)) == pytest.approx((30, 140, 60), abs=24)
    made = first.stat().st_mtime_ns
    assert library.thumbnail(world.service, key, Job()) == first
    assert first.stat().st_mtime_ns == made
    library.delete(world.service, key, Job())
    assert list(first.parent.iterdir()) == []


def test_a_thumbnail_without_a_line_can_be_had_later(world: World, library: Library):
    """The error is the network's, and the next try brings it."""
    (media_id,) = on_the_website(world, 1)
    library.sync(world.service, Job())
    world.sandbox.fault("get_material:drop-before*4")
    with pytest.raises(NetworkError):
        library.thumbnail(world.service, f"wechat:{media_id}", Job())
    assert library.thumbnail(world.service, f"wechat:{media_id}", Job()) is not None


@pytest.mark.parametrize("kind", ["image", "voice", "video"])
def test_a_file_of_wechats_is_brought_and_used(world: World, library: Library, desk: MediaDesk, kind: str):
    """Its bytes, under its name; fetched once; a message takes the permanent media_id, but for a video's source."""
    data = {"image": make.picture("JPEG"), "voice": make.amr(), "video": make.mp4()}[kind]
    (media_id,) = on_the_website(world, 1, kind, data)
    library.sync(world.service, Job())
    file = library.bring(world.service, f"wechat:{media_id}", Job())
    assert (file.kind, file.name, file.path.read_bytes()) == (kind, "网站 0", data)
    assert library.bring(world.service, f"wechat:{media_id}", Job()) == file
    assert calls(world, "/get_material") == 1
    item = the(library.item(world.service, f"wechat:{media_id}"))
    assert (item.key, item.path, item.media_id) == (f"file:{file.sha256}", file.path, media_id)
    assert len(library.items(world.service)) == 1
    used = desk.upload(world.service, file.sha256, kind, Job()).media_id
    assert (used == media_id, calls(world, "media/upload")) == ((False, 1) if kind == "video" else (True, 0))


def test_a_file_that_is_nowhere_cannot_be_brought(world: World, library: Library, desk: MediaDesk):
    """Neither here nor in WeChat's library; a permanent one comes back to its old place."""
    file = uploaded(world, desk, make.picture("JPEG"))
    key = f"file:{file.sha256}"
    data = file.path.read_bytes()
    file.path.unlink()
    for do in (library.bring, library.renew, library.make_permanent):
        with pytest.raises(MediaError, match=r"media\.gone"):
            do(world.service, key, Job())
    file.path.write_bytes(data)
    library.make_permanent(world.service, key, Job())
    file.path.unlink()
    assert library.bring(world.service, key, Job()).path.read_bytes() == data
    assert the(library.item(world.service, key)).path == file.path


# --- uploads --------------------------------------------------------------------------------------------


def test_renewing_gives_three_more_days(world: World, library: Library, desk: MediaDesk):
    """A new media_id from the local file, also after the old one is gone."""
    file = uploaded(world, desk, make.picture())
    key = f"file:{file.sha256}"
    before = the(library.item(world.service, key))
    world.clock.advance(4 * DAY)
    assert library.counts(world.service).expired == 1
    after = library.renew(world.service, key, Job())
    assert after.media_id != before.media_id
    assert after.expires_at == pytest.approx(world.clock() + 3 * DAY)
    assert world.sandbox.service.media.get(after.media_id, "image").sha256 == file.sha256
    assert library.counts(world.service).expired == 0


@pytest.mark.parametrize("kind", ["image", "voice", "video"])
def test_making_it_permanent_happens_once(world: World, library: Library, desk: MediaDesk, kind: str):
    """It never expires then; a video's title is its name; the sync finds the same item."""
    data = {"image": make.picture(), "voice": make.mp3(), "video": make.mp4()}[kind]
    file = uploaded(world, desk, data, kind, "茶园 航拍.mp4")
    for _ in range(2):
        item = library.make_permanent(world.service, f"file:{file.sha256}", Job())
    assert (item.permanent, item.expires_at) == (True, None)
    assert calls(world, "add_material") == 1
    made = world.sandbox.service.media.get(item.media_id, kind, permanent=True)
    assert made.title == ("茶园 航拍" if kind == "video" else "")
    library.sync(world.service, Job())
    assert [each.key for each in library.items(world.service)] == [item.key]


def test_a_permanent_video_can_be_sent(world: World, library: Library, desk: MediaDesk):
    """media/uploadvideo wants a temporary one: it goes up for that, and the permanent one stays what it is."""
    composing = Composing(world.accounts, desk, Drafts(world.db), PreviewRecipients(world.db), now=world.clock)
    file = desk.add_bytes(make.mp4(), "茶园.mp4", "video", Job())
    desk.upload(world.service, file.sha256, "video", Job(), permanent=True)
    content = {"file": {"sha256": file.sha256, "name": file.name}, "title": "采茶", "description": ""}
    message = composing.prepare(world.service, "video", content, Job())
    assert message["msgtype"] == "mpvideo"
    assert (calls(world, "media/upload"), calls(world, "media/uploadvideo")) == (1, 1)
    library.sync(world.service, Job())
    (item,) = library.items(world.service)
    assert (item.key, item.permanent) == (f"file:{file.sha256}", True)


# --- deleting -------------------------------------------------------------------------------------------


def test_a_temporary_item_is_only_forgotten(world: World, library: Library, desk: MediaDesk):
    """WeChat is not asked; the file goes, since nothing needs it."""
    file = uploaded(world, desk, make.picture())
    library.delete(world.service, f"file:{file.sha256}", Job())
    library.delete(world.service, f"file:{file.sha256}", Job())
    assert library.items(world.service) == ()
    assert calls(world, "del_material") == 0
    assert not file.path.exists()
    assert desk.media(file.sha256) is None


def test_a_permanent_item_is_deleted_at_wechat(world: World, library: Library, desk: MediaDesk):
    """The app's own and those of the website; one that is gone already is no failure."""
    file = uploaded(world, desk, make.picture())
    mine = library.make_permanent(world.service, f"file:{file.sha256}", Job())
    (other, gone) = on_the_website(world, 2)
    library.sync(world.service, Job())
    library.thumbnail(world.service, f"wechat:{other}", Job())
    del world.sandbox.service.media.items[gone]
    for key in (mine.key, f"wechat:{other}", f"wechat:{gone}"):
        library.delete(world.service, key, Job())
    assert library.items(world.service) == ()
    assert not [one for one in world.sandbox.service.media.items.values() if one.permanent]
    assert list(file.path.parent.iterdir()) == []


def test_deleting_does_not_keep_the_app_from_closing(world: World, library: Library, desk: MediaDesk):
    """A line that says nothing: stopped within a second, and nothing is forgotten."""
    file = uploaded(world, desk, make.picture())
    desk.upload(world.service, file.sha256, "image", Job(), permanent=True)
    world.sandbox.fault("del_material:silent=30*1")
    job, cancelled_at = Job(), list[float]()

    def cancel() -> None:
        cancelled_at.append(time.monotonic())
        job.cancel()

    threading.Timer(0.3, cancel).start()
    with pytest.raises(Cancelled):
        library.delete(world.service, f"file:{file.sha256}", job)
    assert time.monotonic() - cancelled_at[0] < 1.0
    assert the(library.item(world.service, f"file:{file.sha256}")).permanent


def test_what_a_menu_uses_stays(world: World, library: Library, desk: MediaDesk):
    """48005: WeChat refuses, and everything is as it was; the same without a line."""
    file = uploaded(world, desk, make.picture())
    item = library.make_permanent(world.service, f"file:{file.sha256}", Job())
    world.sandbox.switches.set(menu_material=item.media_id)
    with pytest.raises(Refused) as caught:
        library.delete(world.service, item.key, Job())
    assert caught.value.errcode == 48005
    world.sandbox.fault("del_material:drop-before")
    with pytest.raises(NetworkError):
        library.delete(world.service, item.key, Job())
    assert library.item(world.service, item.key) == item
    assert file.path.exists()


def test_a_file_that_a_draft_needs_stays_in_the_folder(world: World, library: Library, desk: MediaDesk):
    """Its uploads are forgotten, and the next message with it uploads it anew."""
    file = uploaded(world, desk, make.picture())
    Drafts(world.db).save(world.service, "image", {"files": [{"sha256": file.sha256, "name": file.name}]})
    library.delete(world.service, f"file:{file.sha256}", Job())
    assert library.items(world.service) == ()
    assert file.path.exists()
    desk.upload(world.service, file.sha256, "image", Job())
    assert calls(world, "media/upload") == 2


# --- where it is used -----------------------------------------------------------------------------------


def test_where_an_item_is_used(world: World, library: Library, desk: MediaDesk):
    """A message draft, an article with it as cover, a send: with their titles, the newest of each first."""
    drafts = Drafts(world.db)
    composing = Composing(world.accounts, desk, drafts, PreviewRecipients(world.db), now=world.clock)
    file = uploaded(world, desk, make.picture())
    entry = {"sha256": file.sha256, "name": file.name}
    key = f"file:{file.sha256}"
    assert library.uses(world.service, key) == ()
    content = {**contents.empty_content("image"), "files": [entry], "recommend": "明前第一采"}
    drafts.save(world.service, "image", content)
    message = composing.prepare(world.service, "image", content, Job())
    send = world.sending.queue(message_from_json(message), Audience.tag(101), content=content, title="明前")
    article = {**new_article(), "title": "一芽二叶", "cover": {**entry, "crop_235": None, "crop_1": None}}
    row = ArticleDrafts(world.db).create(world.service, {"articles": [article], "draft_id": None})
    drafts.save(world.service, "news", {"articles": [article], "draft_id": row.id})  # the same one, being edited
    assert library.uses(world.service, key) == (
        Use("draft", 0, "image", "明前第一采"),
        Use("article", row.id, "news", "一芽二叶"),
        Use("send", send, "image", "明前"),
    )
    assert library.uses(world.subscription, key) == ()
    assert library.uses(world.service, "wechat:unknown") == ()


def test_a_picture_of_the_website_in_an_article(world: World, library: Library):
    """Such an article holds its address."""
    (media_id,) = on_the_website(world, 1)
    library.sync(world.service, Job())
    item = the(library.item(world.service, f"wechat:{media_id}"))
    article = {**new_article(), "title": "转载", "html": f'<img src="{item.url}">'}
    row = ArticleDrafts(world.db).create(world.service, {"articles": [article], "draft_id": None})
    assert library.uses(world.service, item.key) == (Use("article", row.id, "news", "转载"),)


# --- limits ---------------------------------------------------------------------------------------------


def test_limits_that_are_near(world: World, library: Library):
    """From nine tenths on; what WeChat refuses to tell is left out."""
    assert library.near_limits(world.service, Job()) == ()
    on_the_website(world, 900, "voice")
    quota = world.sandbox.service.quota
    quota.use("media/upload", 90_000)
    quota.use("media/uploadimg", 89_990)
    assert library.near_limits(world.service, Job()) == (
        NearLimit("voices", 900, 1000),
        NearLimit("upload", 90_000, 100_000),
    )
    world.sandbox.fault("quota/get:errcode=48001")
    assert library.near_limits(world.service, Job()) == (NearLimit("voices", 900, 1000),)
    world.sandbox.fault("materialcount:errcode=48001")
    assert library.near_limits(world.service, Job()) == ()


def test_the_requests_are_wechats(world: World, library: Library):
    """Twenty at a time, by kind and offset."""
    on_the_website(world, 21)
    library.sync(world.service, Job())
    asked = [each["json"] for each in world.sandbox.requests() if each["path"].endswith("batchget_material")]
    assert json.dumps(asked) == json.dumps(
        [
            {"type": "voice", "offset": 0, "count": 20},
            {"type": "video", "offset": 0, "count": 20},
            {"type": "image", "offset": 0, "count": 20},
            {"type": "image", "offset": 20, "count": 20},
        ]
    )
