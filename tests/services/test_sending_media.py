"""Sends whose media WeChat does not have any more: made anew before a first attempt, healed once after 40007."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from desktop_app.article.contents import new_article
from desktop_app.errors import StoreError
from desktop_app.job import Job
from desktop_app.sandbox.server import Sandbox
from desktop_app.services import contents
from desktop_app.services.articles import Articles
from desktop_app.services.composing import Composing
from desktop_app.services.fetch import Fetch
from desktop_app.services.media_desk import MediaDesk
from desktop_app.services.pictures import ArticlePictures
from desktop_app.services.renewal import Renewal
from desktop_app.services.sending import Sending
from desktop_app.store.articles import ArticleDrafts, ForeignPictures, MadeDrafts
from desktop_app.store.caches import MediaCache, PreviewRecipients
from desktop_app.store.drafts import Drafts
from desktop_app.store.outbox import HEAL_WANTED, HEALED, Batch, OutboxRow, State
from desktop_app.wechat import Audience
from tests.data import make
from tests.outbox_world import AMR, Clock, World
from tests.services.test_sending_disk import fill, make_room
from tests.services.test_sending_faults import ENDLESS, FAULTS

DAY = 24 * 3600.0
WEB = "https://img.example/tea.png"
# The last one's articles go up by uploadnews.
KINDS = ("image", "voice", "video", "news", "news.old")
WAYS = ("media/upload", "media/uploadvideo", "media/uploadnews", "material/add_material", "draft/add")
HEALED_STORY = ["queued", "submitting", "media_lost", "media_healed", "submitting", "accepted"]


class Web(Fetch):
    """The web as a test wants it: the bytes behind each address."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: dict[str, bytes] = {}

    def get(self, url: str, job: Job) -> bytes:
        return self.pictures[url] if url in self.pictures else super().get(url, job)


class MediaWorld(World):
    """The outbox with the desks behind it, as a profile has them."""

    web = Web()

    def make_sending(self) -> Sending:
        folder = self.path.with_name("media")
        folder.mkdir(exist_ok=True)
        self.files = MediaCache(self.db, folder)
        self.made, foreign = MadeDrafts(self.db), ForeignPictures(self.db)
        self.desk = MediaDesk(self.accounts, self.files, self.web, now=self.clock)
        pictures = ArticlePictures(self.accounts, self.files, foreign, self.web, now=self.clock)
        self.articles = Articles(self.accounts, ArticleDrafts(self.db), self.made, pictures, now=self.clock)
        self.composing = Composing(
            self.accounts,
            self.desk,
            Drafts(self.db),
            PreviewRecipients(self.db),
            articles=self.articles,
            now=self.clock,
        )
        renewal = Renewal(
            self.outbox,
            self.accounts,
            self.composing,
            self.articles,
            self.files,
            self.made,
            foreign,
            now=self.clock,
        )
        return Sending(self.db, self.outbox, self.accounts, renewal=renewal, now=self.clock, steady=self.clock.steady)

    # --- shorthand ----------------------------------------------------------------------------------

    def entry(self, data: bytes, name: str) -> dict[str, str]:
        """A file in the media folder, as contents name it."""
        return {"sha256": self.desk.add_bytes(data, name, None, Job()).sha256, "name": name}

    def content(self, kind: str) -> dict[str, Any]:
        """What a person would have made."""
        if kind == "image":
            files = [self.entry(make.picture("PNG", colour=(n, 9, 9)), f"茶 {n}.png") for n in (1, 2)]
            return {"files": files, "recommend": "春茶", "comments": "off"}
        if kind == "voice":
            return {"file": self.entry(AMR, "问候.amr")}
        if kind == "video":
            clip = (Path(__file__).parents[2] / "resources/samples/tea-hills.mp4").read_bytes()
            return {"file": self.entry(clip, "茶山.mp4"), "title": "采茶", "description": "清明前"}
        cover = self.entry(make.picture("JPEG", (940, 400)), "封面.jpg")
        body = self.entry(make.picture("PNG", colour=(7, 7, 7)), "正文.png")
        html = f'<p>第一批茶</p><p><img src="qunfa-media://{body["sha256"]}"></p>'
        articles = [{**new_article(), "title": title, "html": html, "cover": cover} for title in ("春茶", "夏茶")]
        return {"articles": articles, "draft_id": None}

    def confirm(self, kind: str, content: Mapping[str, Any] | None = None, audience: Any = None, **more: Any) -> int:
        """Prepare and queue a message as the window does."""
        if kind == "news.old":
            self.accounts.update(self.service, news_way="uploadnews")
        kind = kind.removesuffix(".old")
        content = dict(content or self.content(kind))
        audience = audience or Audience.tag(self.a_tag())
        count = self.sending.batches(audience)
        messages = self.composing.prepare_batches(self.service, kind, content, count, Job())
        return self.sending.queue(
            messages,
            audience,
            account_id=self.service,
            kind=kind,
            title="春茶",
            content=content,
            content_hash=contents.content_hash(kind, content),
            send_ignore_reprint=1 if kind == "news" else None,
            **more,
        )

    def batch(self, send_id: int, number: int = 1) -> Batch:
        """One batch as it is now."""
        return self.row(send_id).batches[number - 1]

    def sealed(self, send_id: int, number: int = 1) -> dict[str, Any]:
        """The request that lies ready."""
        body = self.outbox.body(self.batch(send_id, number))
        assert body is not None
        return json.loads(body)

    def lose_everything(self) -> None:
        """Somebody deletes all media and drafts at WeChat."""
        self.sandbox.service.media.items.clear()
        self.sandbox.service.drafts.clear()

    def lose_originals(self) -> None:
        """The media folder is emptied."""
        for path in self.files.folder.iterdir():
            path.unlink()

    def uploads(self) -> int:
        """How many uploads and drafts WeChat was asked for."""
        return sum(self.asked(way) for way in WAYS)

    def asked(self, way: str) -> int:
        """How many requests there were of one kind."""
        return sum(request["path"].endswith(way) for request in self.sandbox.requests())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MediaWorld]:
    clock = Clock()
    MediaWorld.web = Web()
    with Sandbox(clock=clock.steady, seed=1) as sandbox:
        made = MediaWorld(tmp_path, sandbox, clock)
        yield made
        made.close()


def envelope(request: Mapping[str, Any]) -> dict[str, Any]:
    """To whom, under which key, and how: what must never change."""
    names = ("filter", "touser", "clientmsgid", "send_ignore_reprint", "msgtype")
    return {name: request.get(name) for name in names}


def assert_same_send(world: MediaWorld, send_id: int, before: OutboxRow, sealed: Mapping[str, Any]) -> None:
    """It went out once, to the same people, under the same key, with what was confirmed (A14)."""
    (job,) = world.sandbox.sent()
    after = world.row(send_id)
    assert envelope(job["payload"]) == envelope(sealed)
    assert job["clientmsgid"] == before.batches[0].client_msg_id == after.batches[0].client_msg_id
    assert hashlib.sha256(job["raw"]).hexdigest() == after.batches[0].body_sha256
    assert (after.content, after.content_hash) == (before.content, before.content_hash)
    assert contents.content_hash(after.kind, after.content) == before.content_hash
    if before.kind != "news":
        files = contents.files_of(before.kind, before.content)
        assert job["media_sha256s"] == [file["sha256"] for file in files]
    else:
        assert [each["title"] for each in job["articles"]] == ["春茶", "夏茶"]


# --- before a first attempt -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_media_that_expired_before_the_time_came(world: MediaWorld, kind: str) -> None:
    """A send four days ahead: its temporary media are uploaded again first; a draft stays where it is."""
    send_id = world.confirm(kind, not_before=world.clock() + 4 * DAY)
    before, sealed = world.row(send_id), world.sealed(send_id)
    world.clock.advance(4 * DAY)
    world.sending.deliver()
    assert world.state(send_id) == "accepted"
    assert_same_send(world, send_id, before, sealed)
    if kind == "news":
        assert world.codes(send_id) == ["queued", "submitting", "accepted"]
        assert world.batch(send_id).body_sha256 == before.batches[0].body_sha256
    else:
        assert world.codes(send_id) == ["queued", "media_renewed", "submitting", "accepted"]
        assert world.sending.story(send_id)[1].args == {"why": "expired"}
    assert world.batch(send_id).attempts == 1


def test_media_with_an_hour_left_go_as_they_are(world: MediaWorld) -> None:
    """Nothing is uploaded twice without need; below an hour it is, for WeChat may still be at work then."""
    send_id = world.confirm("voice", not_before=world.clock() + 3 * DAY - 3700)
    late = world.confirm("voice", not_before=world.clock() + 3 * DAY - 3500)
    world.clock.advance(3 * DAY - 3700)
    world.sending.deliver()
    assert world.codes(send_id) == ["queued", "submitting", "accepted"]
    world.clock.advance(200)
    world.sending.deliver()
    assert world.codes(late) == ["queued", "media_renewed", "submitting", "accepted"]


def test_a_media_id_serves_ten_sends_and_no_more(world: MediaWorld) -> None:
    """The tenth use is this send's own; an eleventh needs a fresh upload."""
    content = world.content("voice")
    send_id = world.confirm("voice", content)
    media_id = world.sealed(send_id)["voice"]["media_id"]
    for _ in range(9):
        world.desk.count_use(world.service, media_id)
    other = world.confirm("voice", content)  # takes a new upload, so this one is not known any more
    assert world.sealed(other)["voice"]["media_id"] != media_id
    world.sandbox.service.media.items[media_id].sends = 9
    world.sending.deliver()
    assert [world.state(send_id), world.state(other)] == ["accepted", "accepted"]
    again = world.confirm("voice", content)
    known = world.sealed(again)["voice"]["media_id"]
    for _ in range(10):
        world.desk.count_use(world.service, known)
    world.sandbox.service.media.items[known].sends = 10
    world.sending.deliver()
    assert world.state(again) == "accepted"
    assert world.sending.story(again)[1].args == {"why": "used"}


def test_a_clock_that_was_set_back_makes_nothing_young(world: MediaWorld) -> None:
    """More than three days of life cannot be: it goes up again once the person goes on."""
    send_id = world.confirm("image")
    world.clock.set_back(2 * DAY)
    world.sending.deliver()
    assert world.row(send_id).reason == "clock.jumped"
    world.sending.resume(send_id)
    world.sending.deliver()
    assert world.codes(send_id)[-3:] == ["media_renewed", "submitting", "accepted"]


def test_a_permanent_picture_does_not_expire(world: MediaWorld) -> None:
    """A message with permanent media is never made anew."""
    file = world.entry(make.picture("PNG"), "长久.png")
    content = {"files": [file], "recommend": "", "comments": "off"}
    world.desk.upload(world.service, file["sha256"], "image", Job(), permanent=True)
    send_id = world.confirm("image", content, not_before=world.clock() + 30 * DAY)
    world.clock.advance(30 * DAY)
    world.sending.deliver()
    assert world.codes(send_id) == ["queued", "submitting", "accepted"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "news"])  # a draft does not expire
def test_without_its_original_an_expired_send_waits(world: MediaWorld, kind: str) -> None:
    """Nothing leaves; the reason names the file. Once it is back, 继续发送 sends it."""
    send_id = world.confirm(kind, not_before=world.clock() + 4 * DAY)
    originals = {path: path.read_bytes() for path in world.files.folder.iterdir()}
    world.lose_originals()
    world.clock.advance(4 * DAY)
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.state, row.reason, row.waits_for_person) == (State.QUEUED, "renewal.gone", True)
    assert row.reason_args["name"] in ("茶 1.png", "问候.amr", "茶山.mp4", "封面.jpg")
    assert world.codes(send_id) == ["queued", "not_renewed"]
    assert world.sends_asked() == []
    world.run(600)
    assert world.sends_asked() == []
    for path, data in originals.items():
        path.write_bytes(data)
    world.sending.resume(send_id)
    world.sending.deliver()
    assert world.state(send_id) == "accepted"


def test_an_expired_send_waits_for_the_line(world: MediaWorld) -> None:
    """No network: queued as any other that did not leave; it goes when the line is back."""
    send_id = world.confirm("image", not_before=world.clock() + 4 * DAY)
    world.clock.advance(4 * DAY)
    world.accounts.update(world.service, base_url="http://127.0.0.1:9")
    world.run(120, step=2)
    row = world.row(send_id)
    assert (row.state, row.reason, row.waits_for_person) == (State.QUEUED, "net.refused", False)
    assert row.batches[0].attempts == 0
    world.accounts.update(world.service, base_url=world.sandbox.address)
    world.run(10, step=1)
    assert world.codes(send_id)[-3:] == ["media_renewed", "submitting", "accepted"]
    assert len(world.keys_sent()) == 1


def test_the_line_down_for_long_asks(world: MediaWorld) -> None:
    """Ten minutes after its time an expired send waits for a person, as every other does."""
    send_id = world.confirm("voice", not_before=world.clock() + 4 * DAY)
    world.clock.advance(4 * DAY)
    world.accounts.update(world.service, base_url="http://127.0.0.1:9")
    world.run(660, step=5)
    assert world.row(send_id).waits_for_person
    world.accounts.update(world.service, base_url=world.sandbox.address)
    world.run(3600, step=60)
    assert world.sends_asked() == []
    world.sending.resume(send_id)
    world.run(60)
    assert world.state(send_id) == "succeeded"


# --- 40007 on a first attempt -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_lost_media_heal_themselves(world: MediaWorld, kind: str) -> None:
    """40007: everything goes up again from the originals, the same key goes again at once, still a first."""
    send_id = world.confirm(kind)
    before, sealed = world.row(send_id), world.sealed(send_id)
    world.lose_everything()
    world.sending.deliver()
    assert world.codes(send_id) == HEALED_STORY
    assert_same_send(world, send_id, before, sealed)
    batch = world.batch(send_id)
    assert (batch.attempts, batch.in_doubt, batch.healing) == (2, False, HEALED)
    assert batch.body_sha256 != before.batches[0].body_sha256
    attempts = [line.args for line in world.sending.story(send_id) if line.code == "submitting"]
    assert attempts == [{"attempt": 1, "repeat": False}, {"attempt": 2, "repeat": False}]


@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        ("image", {"media/upload": 2}),
        ("voice", {"media/upload": 1}),
        ("video", {"media/upload": 1, "media/uploadvideo": 1}),
        ("news", {"material/add_material": 1, "draft/add": 1}),
        ("news.old", {"media/upload": 1, "media/uploadnews": 1}),
    ],
)
def test_all_of_a_message_is_uploaded_afresh(world: MediaWorld, kind: str, ways: dict[str, int]) -> None:
    """WeChat does not say which media it misses: every one of the message goes up again, once."""
    send_id = world.confirm(kind)
    world.sandbox.forget_requests()
    world.sandbox.fault("mass/sendall:errcode=40007*1")
    world.sending.deliver()
    assert world.state(send_id) == "accepted"
    assert {way: world.asked(way) for way in WAYS} == {**dict.fromkeys(WAYS, 0), **ways}


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_40007_fails(world: MediaWorld, kind: str) -> None:
    """One fresh upload and no more: then it has failed, and says that this did not help."""
    send_id = world.confirm(kind)
    world.sandbox.fault("mass/sendall:errcode=40007")
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.state, row.reason, row.reason_args["healed"]) == (State.FAILED, "wx.40007", True)
    assert world.sending.story(send_id)[-1].args["healed"] is True
    assert len(world.sends_asked()) == 2
    world.run(3600, step=60)
    assert len(world.sends_asked()) == 2


def test_the_one_fresh_upload_is_counted_over_a_restart(world: MediaWorld) -> None:
    """Wanted, not made yet, then the app ends: it is made after the start, and only that once."""
    send_id = world.confirm("image")
    world.sandbox.fault("mass/sendall:errcode=40007")
    world.sandbox.fault("media/upload:502")
    world.sending.deliver()
    assert world.batch(send_id).healing == HEAL_WANTED
    world.sandbox.fault("clear")
    world.sandbox.fault("mass/sendall:errcode=40007")
    world.reopen()
    world.clock.advance(9)
    world.sending.deliver()
    assert world.codes(send_id)[-3:] == ["media_healed", "submitting", "refused"]
    assert world.state(send_id) == "failed"
    assert len(world.sends_asked()) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_repeat_it_changes_nothing(world: MediaWorld, kind: str) -> None:
    """In doubt stays in doubt, the code goes into the story, and not a byte is uploaded."""
    send_id = world.confirm(kind)
    sealed = world.batch(send_id).body_sha256
    world.sandbox.fault("mass/sendall:drop-before*1")
    world.sending.deliver()
    assert world.state(send_id) == "unsure"
    world.lose_everything()
    uploads = world.uploads()
    world.clock.advance(61)
    world.sending.deliver()
    batch = world.batch(send_id)
    assert (batch.state, batch.in_doubt, batch.reason) == (State.UNSURE, True, "wx.40007")
    assert (batch.healing, batch.body_sha256) == (0, sealed)
    assert world.sending.story(send_id)[-1].code == "in_doubt"
    assert world.sending.story(send_id)[-1].args["reason"] == "wx.40007"
    world.run(DAY, step=600)
    assert (world.state(send_id), world.uploads(), len(world.sends_asked())) == ("unsure", uploads, 2)


def test_a_repeat_goes_with_the_same_bytes_whatever_its_media_are(world: MediaWorld) -> None:
    """In doubt, and by now below the last hour: nothing is made anew for a repeat."""
    send_id = world.confirm("voice", not_before=world.clock() + 3 * DAY - 3610)
    sealed = world.batch(send_id).body_sha256
    world.clock.advance(3 * DAY - 3610)
    world.sandbox.fault("mass/sendall:drop-before*1")
    world.sending.deliver()
    world.clock.advance(61)
    world.sending.deliver()
    assert world.codes(send_id) == ["queued", "submitting", "in_doubt", "submitting", "accepted"]
    assert (world.batch(send_id).body_sha256, world.uploads()) == (sealed, 1)


def test_a_doubt_after_a_healed_40007_is_a_doubt(world: MediaWorld) -> None:
    """The line drops at the second attempt: in doubt, repeated with the new bytes, never healed again."""
    send_id = world.confirm("image")
    world.sandbox.fault("mass/sendall:errcode=40007*1")
    world.sandbox.fault("mass/sendall:drop-after*1")
    world.sending.deliver()
    assert world.state(send_id) == "unsure"
    sealed = world.batch(send_id).body_sha256
    world.clock.advance(61)
    world.sandbox.fault("mass/sendall:errcode=40007*1")
    world.sending.deliver()
    assert (world.state(send_id), world.batch(send_id).body_sha256) == ("unsure", sealed)
    world.clock.advance(61)
    world.sending.resubmit(send_id)
    world.sending.deliver()
    assert world.state(send_id) == "accepted"
    assert len(world.sandbox.sent()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_original_it_waits(world: MediaWorld, kind: str) -> None:
    """40007 and the files are gone: nothing went out, so it is queued, and says which file."""
    send_id = world.confirm(kind)
    world.lose_everything()
    world.lose_originals()
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.state, row.reason, row.waits_for_person) == (State.QUEUED, "renewal.gone", True)
    assert row.reason_args["name"]
    assert world.codes(send_id) == ["queued", "submitting", "media_lost", "not_renewed"]
    batch = row.batches[0]
    assert (batch.first_left_at, batch.last_left_at, batch.repeats_until) == (None, None, None)  # no clock runs
    world.sending.cancel(send_id)
    assert world.state(send_id) == "cancelled"


def test_a_picture_of_an_article_is_named(world: MediaWorld) -> None:
    """Only a picture in the text is gone: its name is told, though nothing is left of it but the record."""
    content = world.content("news")
    send_id = world.confirm("news", content)
    cover = content["articles"][0]["cover"]["sha256"]
    world.lose_everything()
    for path in world.files.folder.iterdir():
        if not path.name.startswith(cover):
            path.unlink()
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.reason, row.reason_args) == ("renewal.gone", {"name": "正文.png"})


def test_an_upload_that_wechat_refuses_is_explained(world: MediaWorld) -> None:
    """The reason names the file that did not go up, and WeChat's word."""
    send_id = world.confirm("image")
    world.lose_everything()
    world.sandbox.fault("media/upload:errcode=45009~1")
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.state, row.reason, row.waits_for_person) == (State.QUEUED, "renewal.failed", True)
    assert (row.reason_args["name"], row.reason_args["why"]) == ("茶 2.png", "wx.45009")
    assert row.reason_args["errcode"] == 45009
    world.sandbox.fault("clear")
    world.sending.resume(send_id)
    world.sending.deliver()
    assert world.state(send_id) == "accepted"


@pytest.mark.parametrize("fault", ["drop-before", "drop-after", "502", "silent=1", "garbage", "errcode=-1"])
@pytest.mark.parametrize("kind", ["video", "news"])
def test_the_line_drops_while_it_heals(world: MediaWorld, kind: str, fault: str) -> None:
    """Whatever happened to the upload, nobody got a message: queued, and on by itself a few seconds later."""
    send_id = world.confirm(kind)
    world.lose_everything()
    world.sandbox.fault(f"{'media/upload' if kind == 'video' else 'draft/add'}:{fault}")
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.state, row.waits_for_person, row.batches[0].in_doubt) == (State.QUEUED, False, False)
    assert world.codes(send_id)[-2:] == ["media_lost", "not_sent"]
    assert len(world.sends_asked()) == 1
    world.sandbox.fault("clear")
    world.run(10, step=1)
    assert world.codes(send_id)[-3:] == ["media_healed", "submitting", "accepted"]
    assert len(world.sandbox.sent()) == 1


def test_without_a_token_it_waits_for_a_person(world: MediaWorld) -> None:
    """40164 while it heals: as at a send, it waits until the address is on the whitelist."""
    send_id = world.confirm("voice")
    world.lose_everything()
    world.sandbox.fault("media/upload:errcode=40164*1")
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.state, row.reason, row.waits_for_person) == (State.QUEUED, "wx.40164", True)
    world.sending.resume(send_id)
    world.sending.deliver()
    assert world.codes(send_id)[-3:] == ["media_healed", "submitting", "accepted"]


def test_slow_down_while_it_heals(world: MediaWorld) -> None:
    """45011 at the upload: a minute later, as at a send."""
    send_id = world.confirm("voice")
    world.lose_everything()
    world.sandbox.fault("media/upload:errcode=45011*1")
    world.sending.deliver()
    assert world.codes(send_id)[-1] == "slow_down"
    world.run(50, step=5)
    assert world.state(send_id) == "queued"
    world.run(20, step=5)
    assert world.codes(send_id)[-2:] == ["submitting", "accepted"]


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_after_a_healed_40007(world: MediaWorld, fault: str) -> None:
    """The fault bench on the attempt with the new bytes: no duplicate, and never failed if it went out."""
    send_id = world.confirm("image")
    if fault.startswith(ENDLESS):
        world.hurry()
    world.sandbox.fault("mass/sendall:errcode=40007*1")
    world.sandbox.fault(f"mass/sendall:{fault}*1")
    world.sending.deliver()
    world.sandbox.fault("clear")
    world.run(1800, step=30)
    row, accepted = world.row(send_id), world.sandbox.sent()
    assert len(accepted) <= 1, "a duplicate"
    assert all(job["clientmsgid"] == row.batches[0].client_msg_id for job in accepted)
    if accepted:
        assert row.state in (State.ACCEPTED, State.WAITING_ADMIN, State.SUCCEEDED, State.UNSURE)
    elif row.state in (State.ACCEPTED, State.SUCCEEDED):
        assert row.msg_id is None
    whole = {request["body"] for request in world.sends_asked() if len(request["body"]) == request["body_size"] > 0}
    assert len(whole) <= 2, "other bytes than the old and the new"


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("moment", ["at once", "answered", "uploaded"])
def test_the_disk_is_full_while_it_heals(world: MediaWorld, moment: str, crash: bool) -> None:
    """Full before, after the 40007, or after the upload: nothing twice, nothing lost, it goes on with room (D1)."""
    send_id = world.confirm("image")
    world.sandbox.fault("mass/sendall:errcode=40007*1")
    client = world.accounts.client(world.service)
    submit = client.submit

    def then_full(sealed: Any) -> Any:
        try:
            return submit(sealed)
        finally:
            fill(world, send_id)

    if moment == "at once":
        fill(world, send_id)
    elif moment == "answered":
        client.submit = then_full  # type: ignore[method-assign]
    else:
        during_upload(world, lambda: fill(world, send_id))
    with pytest.raises(StoreError) as caught:
        world.sending.deliver()
    assert caught.value.code == "store.full"
    assert len(world.sends_asked()) == (moment != "at once")
    assert world.batch(send_id).healing == (HEAL_WANTED if moment == "uploaded" else 0)
    if crash:
        world.reopen()
    make_room(world)
    client.submit = submit  # type: ignore[method-assign]
    world.run(130, step=10)
    assert world.state(send_id) == "succeeded"
    assert len(world.sandbox.sent()) == 1


# --- several batches ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image", "news", "news.old"])
def test_only_the_batch_that_lost_its_media_heals(world: MediaWorld, kind: str) -> None:
    """40007 on the second batch: the first is what it was; nobody twice, nobody lost."""
    openids = world.openids(10_001)
    send_id = world.confirm(kind, audience=openids)
    sealed = [world.batch(send_id, number).body_sha256 for number in (1, 2)]
    world.sandbox.fault("mass/send$:errcode=40007~1*1")
    world.sending.deliver()
    first, second = world.row(send_id).batches
    assert (first.healing, second.healing) == (0, HEALED)
    assert first.body_sha256 == sealed[0]
    assert second.body_sha256 != sealed[1]
    received = [openid for job in world.sandbox.sent() for openid in job["payload"]["touser"]]
    assert sorted(received) == sorted(openids)
    assert [line.batch_number for line in world.sending.story(send_id) if line.code == "media_healed"] == [2]


def test_what_one_batch_learnt_serves_the_next(world: MediaWorld) -> None:
    """Both point to the same picture: once it healed the first, the second is made anew without another 40007."""
    send_id = world.confirm("image", audience=world.openids(10_001))
    world.lose_everything()
    before = world.uploads()
    world.sending.deliver()
    assert [str(batch.state) for batch in world.row(send_id).batches] == ["accepted", "accepted"]
    lines = [(line.batch_number, line.code) for line in world.sending.story(send_id)[1:]]
    assert lines == [
        *[(1, code) for code in HEALED_STORY[1:]],
        *[(2, code) for code in ("media_renewed", "submitting", "accepted")],
    ]
    assert world.uploads() - before == 2  # the message's two pictures
    assert len(world.sends_asked()) == 3


# --- what must not change -------------------------------------------------------------------------------


def test_a_draft_that_was_edited_since_is_not_what_goes(world: MediaWorld) -> None:
    """The message is made from what was confirmed, not from today's draft (A14)."""
    content = {**world.content("news"), "draft_id": None}
    content["draft_id"] = world.articles.save(world.service, content).id
    send_id = world.confirm("news", content)
    edited = [{**each, "title": "改过"} for each in content["articles"]]
    world.articles.save(world.service, {**content, "articles": edited})
    world.lose_everything()
    world.sending.deliver()
    assert world.codes(send_id) == HEALED_STORY
    assert [each["title"] for each in world.sandbox.sent()[0]["articles"]] == ["春茶", "夏茶"]


def test_a_picture_of_the_web_is_what_it_was(world: MediaWorld) -> None:
    """Ten days later something else stands at its address: the file that was shown goes, or nothing does."""
    world.web.pictures[WEB] = make.picture("PNG", (90, 40), colour=(1, 2, 3))
    content = world.content("news")
    for article in content["articles"]:
        article["html"] = f'<p>茶</p><img src="{WEB}">'
    send_id = world.confirm("news", content, not_before=world.clock() + 10 * DAY)
    shown = [each["content"] for each in next(iter(world.sandbox.service.drafts.values())).articles]
    world.web.pictures[WEB] = make.picture("PNG", (90, 40), colour=(200, 2, 3))
    world.clock.advance(10 * DAY)
    world.lose_everything()
    world.sending.deliver()
    assert world.codes(send_id) == HEALED_STORY
    assert [each["content"] for each in world.sandbox.sent()[0]["articles"]] == shown
    late = world.confirm("news", content, not_before=world.clock() + 10 * DAY)
    world.clock.advance(10 * DAY)
    world.confirm("news", content)  # looks at the address again, and finds the other picture
    world.lose_everything()
    world.sending.deliver()
    assert (world.state(late), world.row(late).reason) == ("queued", "renewal.gone")
    assert world.row(late).reason_args == {"name": WEB}


@pytest.mark.parametrize(("old", "new"), [("采茶", "采花"), ("sha256", "sha257"), ('"title"', '"title')])
def test_content_that_is_not_what_was_confirmed_never_goes(world: MediaWorld, old: str, new: str) -> None:
    """The content in the ledger was damaged: it waits, nothing is made of it, and the others go on."""
    send_id, other = world.confirm("video"), world.queue()
    with world.db.transaction() as connection:
        connection.execute("UPDATE send SET content = replace(content, ?, ?) WHERE id = ?", (old, new, send_id))
    world.lose_everything()
    world.sending.deliver()
    (due,) = world.outbox.in_state((State.QUEUED,))
    assert (due.batch.send_id, due.batch.reason) == (send_id, "store.row_damaged")
    assert due.batch.waits_for_person
    assert world.state(other) == "accepted"
    assert len(world.sandbox.sent()) == 1


def test_a_damaged_request_is_not_made_good(world: MediaWorld) -> None:
    """Bytes that do not fit their seal wait for a person; they are not read for an audience to send to."""
    send_id = world.confirm("voice", not_before=world.clock() + 4 * DAY)
    with world.db.transaction() as connection:
        connection.execute("UPDATE batch_body SET body = replace(body, 'tag_id', 'tag_ib')")
    world.clock.advance(4 * DAY)
    world.sending.deliver()
    assert (world.row(send_id).reason, world.sandbox.sent()) == ("store.row_damaged", [])


def test_only_a_queued_first_attempt_may_get_other_bytes(world: MediaWorld) -> None:
    """Once something left, or somebody changed the row, the bytes stay."""
    send_id = world.confirm("voice")
    old = world.batch(send_id)
    world.sandbox.fault("mass/sendall:drop-before*1")
    world.sending.deliver()
    assert world.outbox.reseal(old, b"{}", "media_healed", {}) is None
    with pytest.raises(StoreError) as caught:
        world.outbox.reseal(world.batch(send_id), b"{}", "media_healed", {})
    assert caught.value.code == "store.transition"
    assert world.batch(send_id).body_sha256 == old.body_sha256


def test_a_bare_message_of_a_script(world: MediaWorld) -> None:
    """Without content there is nothing to make it from: it goes as it is, and 40007 fails as ever."""
    message = world.composing.prepare(world.service, "voice", world.content("voice"), Job())
    audience = Audience.tag(world.a_tag())
    send_id = world.sending.queue(message, audience, account_id=world.service)
    world.lose_everything()
    world.sending.deliver()
    row = world.row(send_id)
    assert (row.state, row.reason, "healed" in row.reason_args) == (State.FAILED, "wx.40007", False)
    assert world.codes(send_id) == ["queued", "submitting", "refused"]


# --- meanwhile ------------------------------------------------------------------------------------------


def during_upload(world: MediaWorld, event: Callable[[], object]) -> None:
    """Let something happen while the message is made anew, once."""
    prepare = world.composing.prepare

    def slow(*args: Any) -> dict[str, Any]:
        world.composing.prepare = prepare  # type: ignore[method-assign]
        message = prepare(*args)
        event()
        return message

    world.composing.prepare = slow  # type: ignore[method-assign, assignment]


def test_cancelled_while_it_uploads(world: MediaWorld) -> None:
    """取消 in time: nothing leaves."""
    send_id = world.confirm("news.old", not_before=world.clock() + 4 * DAY)
    world.clock.advance(4 * DAY)
    during_upload(world, lambda: world.sending.cancel(send_id))
    world.sending.deliver()
    assert world.state(send_id) == "cancelled"
    assert world.sends_asked() == []


def test_asleep_while_it_uploads(world: MediaWorld) -> None:
    """The computer slept for an hour in between: it does not go out then by itself (A7)."""
    send_id = world.confirm("image", not_before=world.clock() + 4 * DAY)
    world.clock.advance(4 * DAY)
    during_upload(world, lambda: world.clock.advance(3600))
    world.sending.deliver()
    assert (world.state(send_id), world.row(send_id).reason) == ("queued", "send.found")
    assert world.sends_asked() == []


def test_the_app_closes_while_it_uploads(world: MediaWorld) -> None:
    """The job is cancelled: the row is as it was, and goes after the next start."""
    send_id = world.confirm("video", not_before=world.clock() + 4 * DAY)
    world.clock.advance(4 * DAY)
    before, job = world.batch(send_id), Job()
    upload = world.desk.upload

    def closing(*args: Any, **more: Any) -> Any:
        job.cancel()
        return upload(*args, **more)

    world.desk.upload = closing  # type: ignore[method-assign]
    world.sending.deliver(job=job)
    assert world.batch(send_id) == before
    world.reopen()
    world.sending.deliver()
    assert world.state(send_id) == "accepted"


def test_a_draft_made_anew_is_not_tidied_away(world: MediaWorld) -> None:
    """A send of long ago in doubt points to a draft of today: it stays until the doubt is over."""
    send_id = world.confirm("news", not_before=world.clock() + 5 * DAY)
    world.clock.advance(5 * DAY)
    world.lose_everything()
    world.sandbox.fault("mass/sendall:errcode=40007*1")
    world.sandbox.fault("mass/sendall:drop-before*1")
    world.sending.deliver()
    assert world.state(send_id) == "unsure"
    media_id = world.sealed(send_id)["mpnews"]["media_id"]
    world.clock.advance(2 * 3600)
    world.articles.tidy(world.service)
    assert list(world.sandbox.service.drafts) == [media_id]
