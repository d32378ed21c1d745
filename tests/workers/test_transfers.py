"""Transfers: files under way: four at a time, cancelled at once, mended, retried, offered again after a restart."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.media import convert, folders
from desktop_app.store.transfers import Unfinished
from desktop_app.workers.transfer import BODY, LIBRARY, MESSAGE, Stage, Transfer, totals_of
from desktop_app.workers.transfers import Transfers
from tests.data import make, make_clips
from tests.window_world import TIMEOUT_S, WindowWorld


class Bench(WindowWorld):
    """A profile with transfers and nothing around them."""

    def file(self, name: str, data: bytes) -> Path:
        path = self.paths.data / name
        path.write_bytes(data)
        return path

    def begin(self, path: Path, kind: str | None = "image", use: str = MESSAGE, **more: Any) -> Transfer:
        read = partial(self.profile.media.add_file, path, kind)
        return self.transfers.begin(path.name, read, account_id=self.service.id, kind=kind, use=use, **more)

    def pictures(self, count: int) -> list[Path]:
        return [self.file(f"{n}.png", make.picture(colour=(n, 80, 90))) for n in range(count)]

    def uploads(self, path: str = "media/upload") -> int:
        return sum(request["path"].endswith(path) for request in self.sandbox.requests())


@pytest.fixture
def bench(qapp: QApplication, tmp_path: Path) -> Iterator[Bench]:
    """The bench, closed at the end."""
    world = Bench(tmp_path)
    yield world
    world.close()


def test_a_file_goes_through_its_stages_and_arrives(bench: Bench) -> None:
    """Read, waiting, uploading, done; its bytes are at WeChat, and nothing is left to be done."""
    seen: list[Stage] = []
    data = make.noise("JPEG", (700, 500))
    done = bench.begin(bench.file("茶园.jpg", data), listener=lambda transfer: seen.append(transfer.stage))
    bench.settle()
    assert list(dict.fromkeys(seen)) == [Stage.READING, Stage.WAITING, Stage.UPLOADING, Stage.DONE]
    assert done.media is not None
    assert bench.sandbox.file(done.media.sha256) == data
    assert done.expires_at == pytest.approx(bench.clock() + 3 * 24 * 3600)
    assert bench.profile.unfinished.list() == []
    assert not done.busy


def test_uses_decide_where_a_file_goes(bench: Bench) -> None:
    """A message's picture is temporary, one for the library permanent, a body's an address."""
    message, library, body = bench.pictures(3)
    files = [bench.begin(message), bench.begin(library, None, LIBRARY), bench.begin(body, "picture", BODY)]
    bench.settle()
    assert [each.stage for each in files] == [Stage.DONE] * 3
    assert [bench.uploads(path) for path in ("media/upload", "material/add_material", "media/uploadimg")] == [1, 1, 1]
    assert [each.expires_at is None for each in files] == [False, True, True]


def test_a_film_of_a_message_that_is_kept_for_good_too_says_so(bench: Bench) -> None:
    """A message's film is temporary, whatever the library has; the one for the library is permanent all the same."""
    film = bench.file("短片.mp4", make.mp4(2.0))
    message = bench.begin(film, "video")
    bench.settle()
    library = bench.begin(film, None, LIBRARY)
    bench.settle()
    assert [each.stage for each in (message, library)] == [Stage.DONE] * 2
    assert message.expires_at is not None
    assert library.expires_at is None


def test_the_same_content_goes_up_once(bench: Bench) -> None:
    """Two files of the same bytes are one upload."""
    data = make.picture()
    for name in ("a.png", "b.png"):
        bench.begin(bench.file(name, data))
    bench.settle()
    assert [(each.stage, each.error) for each in bench.transfers.items] == [(Stage.DONE, None)] * 2
    assert bench.uploads() == 1


def test_at_most_four_go_up_at_once(bench: Bench) -> None:
    """The rest waits for its turn; whoever is stopped makes room for the next."""
    bench.sandbox.fault("media/upload:slow=30s")  # nobody ends while this looks on
    files = [bench.begin(path) for path in bench.pictures(9)]

    def going() -> list[Transfer]:
        tasks = [(each, each.task) for each in files if each.task is not None and each.task.lane == "upload"]
        return [each for each, task in tasks if task._future is not None and task._future.running()]

    bench.until(lambda: len(going()) == 4 and bench.tasks.running("upload") == 9)
    first = going()
    bench.transfers.cancel(first[0])
    bench.until(lambda: bench.tasks.running("upload") == 8 and len(going()) == 4)
    assert len(set(first) & set(going())) == 3


def test_cancel_closes_the_line_within_a_second(bench: Bench) -> None:
    """A person stops an upload that hangs: nothing runs a second later, and it can be taken up again."""
    bench.sandbox.fault("media/upload:slow-read=20000*1")
    transfer = bench.begin(bench.file("大图.jpg", make.noise("JPEG", (1500, 1000))))
    bench.until(lambda: transfer.stage == Stage.UPLOADING)
    begun = time.monotonic()
    bench.transfers.cancel(transfer)
    assert transfer.stage == Stage.STOPPED
    bench.until(lambda: not bench.tasks.running("upload"))
    assert time.monotonic() - begun < 1.0  # the promise itself (P17), not a measurement
    bench.settle()
    assert bench.profile.unfinished.list() == []  # stopped by a person: nobody asks again
    bench.sandbox.fault("clear")  # should the stopped one not have been read yet
    bench.transfers.retry(transfer)
    bench.settle()
    assert transfer.stage == Stage.DONE


def test_a_failed_upload_is_tried_again(bench: Bench) -> None:
    """Once by the button, once by the network that came back; a refused file stays as it is."""
    bench.sandbox.fault("media/upload:errcode=45009*2")
    transfer = bench.begin(bench.pictures(1)[0])
    refused = bench.begin(bench.file("说明.pdf", b"%PDF-1.4 ..."))
    bench.settle()
    assert (transfer.stage, refused.stage) == (Stage.FAILED, Stage.REFUSED)
    bench.transfers.retry(transfer)
    bench.settle()
    assert transfer.stage == Stage.FAILED
    bench.transfers.retry_failed()
    bench.settle()
    assert (transfer.stage, refused.stage) == (Stage.DONE, Stage.REFUSED)


def test_a_file_is_mended_by_its_button(bench: Bench) -> None:
    """A recording of a minute and a half: refused with a way out, cut, then up. Cancelled, it is as before."""
    transfer = bench.begin(bench.file("会议.mp3", make.mp3(90)), "voice")
    bench.settle()
    assert (transfer.stage, transfer.fix) == (Stage.REFUSED, "cut_voice")
    bench.transfers.mend(transfer, 12.0)
    assert transfer.stage == Stage.MENDING
    bench.transfers.cancel(transfer)
    assert (transfer.stage, transfer.fix) == (Stage.REFUSED, "cut_voice")
    bench.settle()
    bench.transfers.mend(transfer, 12.0)
    bench.settle()
    assert transfer.stage == Stage.DONE
    assert transfer.media is not None
    assert 59 < transfer.media.seconds <= 60
    assert transfer.size_before > transfer.size_after > 0


def test_without_a_converter_the_way_out_stays_until_there_is_one(bench: Bench) -> None:
    """Tried in vain it is refused again, with what is missing; with the program it works."""
    program = convert.find()
    assert program is not None, "the set-up brings imageio-ffmpeg"
    bench.profile.media.configure(ffmpeg=None, ground="white")
    transfer = bench.begin(bench.file("语音.wav", make_wav(3)), "voice")
    bench.settle()
    assert transfer.stage == Stage.REFUSED
    assert transfer.error is not None
    assert transfer.error.args_["needs"] == "ffmpeg"
    bench.transfers.mend(transfer)
    bench.settle()
    assert (transfer.stage, transfer.fix) == (Stage.REFUSED, "to_mp3")
    bench.profile.media.configure(ffmpeg=program, ground="white")
    bench.transfers.mend(transfer)
    bench.settle()
    assert transfer.stage == Stage.DONE


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_closing_does_not_wait_for_a_conversion(bench: Bench) -> None:
    """The program is gone within two seconds (P17), and nothing half done stays; the file is as it was."""
    film = make_clips.film(bench.paths.data / "IMG_0001.mov", seconds=1.0)
    slow, told = bench.file("ffmpeg", b""), bench.paths.data / "pid"
    slow.write_text(f"#!/bin/sh\necho $$ > {told}.new; mv {told}.new {told}\nexec sleep 60\n")
    slow.chmod(0o700)
    bench.profile.media.configure(ffmpeg=slow, ground="white")
    transfer = bench.begin(film, "video")
    bench.until(lambda: transfer.stage == Stage.REFUSED)
    bench.transfers.mend(transfer)
    bench.until(told.exists)
    begun = time.monotonic()
    bench.tasks.close()
    assert time.monotonic() - begun < 2.0
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)
    assert not list(bench.paths.media.glob(".incoming-*"))


def make_wav(seconds: float) -> bytes:
    """A quiet WAV of 8 kHz."""
    import io
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(16000 * seconds)))
    return out.getvalue()


def test_whoever_took_it_may_not_want_it_to_go_up(bench: Bench) -> None:
    """``then`` decides; a file that is not wanted leaves the list and is not asked about again."""
    transfer = bench.begin(bench.pictures(1)[0], then=lambda transfer: False)
    bench.settle()
    assert transfer not in bench.transfers.items
    assert bench.uploads() == 0
    assert bench.profile.unfinished.list() == []


def test_what_was_not_finished_is_offered_at_the_next_start(bench: Bench) -> None:
    """The app is closed in the middle: the next list has the file, stopped, and one word takes it up."""
    bench.sandbox.fault("media/upload:silent=60")
    transfer = bench.begin(bench.pictures(1)[0])
    bench.until(lambda: transfer.media is not None and bench.profile.unfinished.list())
    bench.tasks.close()
    bench.sandbox.fault("clear")
    next_start(bench)
    offered: list[Transfer] = []
    bench.transfers.offer_left_over(offered.extend)
    bench.settle()
    assert [(each.name, each.stage) for each in offered] == [("0.png", Stage.STOPPED)]
    bench.transfers.retry(offered[0])
    bench.settle()
    assert offered[0].stage == Stage.DONE
    assert bench.profile.unfinished.list() == []


def test_nothing_is_offered_that_is_under_way_there_or_gone(bench: Bench) -> None:
    """A draft took it up already, WeChat has it already, or its file is not there any more."""
    media = [bench.profile.media.add_file(path, "image", no_job()) for path in bench.pictures(3)]
    for each in media:
        bench.profile.unfinished.add(Unfinished(bench.service.id, each.sha256, each.name, MESSAGE))
    under_way, there, gone = media
    gone.path.unlink()
    bench.profile.media.upload(bench.service.id, there.sha256, "image", no_job())
    transfer = Transfer("0.png", bench.service.id, "image", MESSAGE, Stage.WAITING, under_way)
    bench.transfers.resume(transfer)
    offered: list[Transfer] = []
    asked: list[bool] = []
    bench.transfers.offer_left_over(lambda found: (offered.extend(found), asked.append(True)))
    bench.settle()
    assert asked
    assert offered == []
    assert bench.profile.unfinished.list() == []


def test_a_resumed_file_is_written_down_too(bench: Bench) -> None:
    """A picture of an article is in the cache before it goes up: closing then must not lose it."""
    bench.sandbox.fault("media/uploadimg:silent=60")
    media = bench.profile.media.add_file(bench.pictures(1)[0], "picture", no_job())
    bench.transfers.resume(Transfer("0.png", bench.service.id, "picture", BODY, Stage.WAITING, media))
    bench.until(lambda: bench.profile.unfinished.list())
    bench.tasks.close()
    assert [each.use for each in bench.profile.unfinished.list()] == [BODY]


def test_a_stopped_file_that_is_taken_up_again_is_written_down_again(bench: Bench) -> None:
    """Stopping says that nobody wants it any more, going on that somebody does; clearing the list ends it."""
    bench.sandbox.fault("media/upload:silent=60")
    transfer = bench.begin(bench.pictures(1)[0])
    bench.until(lambda: bench.tasks.running("upload") and bench.profile.unfinished.list())
    bench.transfers.cancel(transfer)
    bench.until(lambda: not bench.tasks.running())
    assert bench.profile.unfinished.list() == []
    bench.transfers.retry(transfer)
    bench.until(lambda: bench.profile.unfinished.list())
    bench.transfers.cancel(transfer)
    bench.until(lambda: not bench.tasks.running())
    bench.sandbox.fault("clear")
    bench.sandbox.fault("media/upload:errcode=40004")  # each time: the stopped one may still be read over there
    bench.transfers.retry(transfer)
    bench.settle()
    assert transfer.stage == Stage.FAILED
    assert bench.profile.unfinished.list()
    bench.transfers.clear_ended()
    bench.settle()
    assert bench.profile.unfinished.list() == []


def test_totals_count_everything(bench: Bench) -> None:
    """Done, running, waiting, to be decided; sizes before and after; a new batch begins with an empty list."""
    bench.begin(bench.file("大.bmp", make.picture("BMP", (800, 600))))
    bench.begin(bench.file("说明.pdf", b"%PDF-1.4 ..."))
    bench.settle()
    totals = bench.transfers.totals()
    assert (totals.count, totals.done, totals.problems, totals.busy) == (2, 1, 1, False)
    assert totals.size_before > totals.size_after > 0
    new = bench.begin(bench.pictures(1)[0])
    assert new in bench.transfers.items
    assert [each.stage for each in bench.transfers.items if each is not new] == [Stage.REFUSED]
    bench.transfers.clear_ended()
    assert bench.transfers.items == [new]
    bench.settle()


def test_totals_say_of_files_that_are_not_read_yet_what_is_known() -> None:
    """One small file that is up is not the whole of four, and a film that is refused has not become smaller."""
    up = Transfer("小.gif", stage=Stage.DONE, size_before=800, size_after=700)
    read = [Transfer(f"{n}.jpg", stage=Stage.READING) for n in range(3)]
    film = Transfer("大.mov", stage=Stage.REFUSED, size_before=30_000)
    totals = totals_of([up, *read, film])
    assert totals.fraction == 0.25
    assert (totals.size_before, totals.size_after) == (30_800, 30_700)


def test_folders_become_their_files(bench: Bench) -> None:
    """Sorted by name, without litter and links that lead in a ring; a path that is no folder stays."""
    folder = bench.paths.data / "春茶"
    (folder / "更多").mkdir(parents=True)
    for name in ("b.png", "a.png", ".hidden", "Thumbs.db", "更多/c.png"):
        (folder / name).write_bytes(b"x")
    if os.name == "posix":
        for name, to in (("ring.png", "ring.png"), ("nowhere.png", "/no/such.png"), ("above", "..")):
            (folder / name).symlink_to(to)
    found: list[str] = []
    bench.transfers.files_of([str(folder), "/no/such.png"], found.extend, bench.transfers)
    bench.settle()
    assert [Path(path).name for path in found] == ["a.png", "b.png", "c.png", "such.png"]


def next_start(bench: Bench) -> None:
    """Tasks and transfers as the next start of the app makes them."""
    from desktop_app.workers.tasks import Tasks

    bench.tasks = Tasks()
    bench.transfers = Transfers(bench.profile, bench.tasks)


def no_job() -> Any:
    from desktop_app.job import Job

    return Job()


def test_a_file_that_waits_for_its_button_is_offered_too(bench: Bench) -> None:
    """A film of a chat program, gone from there: after the next start it still waits to be mended, and can be."""
    program = convert.find()
    bench.profile.media.configure(ffmpeg=program, ground="white")
    film = make_clips.film(bench.paths.data / "航拍.mov")
    bench.begin(film, "video")
    bench.settle()
    film.unlink()
    bench.tasks.close()
    next_start(bench)
    offered: list[Transfer] = []
    bench.transfers.offer_left_over(offered.extend)
    bench.settle()
    assert [(each.name, each.stage, each.fix) for each in offered] == [("航拍.mov", Stage.REFUSED, "to_mp4")]
    bench.transfers.mend(offered[0])
    bench.settle()
    assert offered[0].stage == Stage.DONE
    assert bench.profile.unfinished.list() == []


def test_what_a_person_put_away_leaves_the_cache(bench: Bench) -> None:
    """An original that nobody mended: at the next start its many bytes are gone; one that waits is kept."""
    waiting, away = (bench.file(name, make.mp3(600 + n)) for n, name in enumerate(("等.mp3", "不要.mp3")))
    transfers = [bench.begin(path, "voice") for path in (waiting, away)]
    bench.settle()
    assert {each.fix for each in transfers} == {"cut_voice"}
    bench.transfers.remove(transfers[1])
    bench.settle()
    bench.tasks.close()
    next_start(bench)
    bench.transfers.offer_left_over(lambda offered: None)
    bench.settle()
    kept, gone = (bench.profile.media.media(each.sha256) for each in transfers)
    assert kept is not None
    assert gone is None


def test_nothing_is_offered_for_an_account_that_is_gone(bench: Bench) -> None:
    """Its AppSecret went with it."""
    media = bench.profile.media.add_file(bench.pictures(1)[0], "image", no_job())
    bench.profile.unfinished.add(Unfinished(bench.subscription.id, media.sha256, media.name, MESSAGE, "image"))
    bench.profile.accounts.remove(bench.subscription.id)
    offered: list[Transfer] = []
    bench.transfers.offer_left_over(offered.extend)
    bench.settle()
    assert offered == []
    assert bench.profile.unfinished.list() == []


def test_too_many_files_are_not_left_out_in_silence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole disk dropped by mistake: the first thousand, and a word about the rest."""
    monkeypatch.setattr(folders, "MOST", 3)
    folder = bench.paths.data / "很多"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.png").write_bytes(b"x")
    found: list[str] = []
    said: list[int] = []
    bench.transfers.cut_short.connect(said.append)
    bench.transfers.files_of([str(folder)], found.extend, bench.transfers)
    bench.settle()
    assert (len(found), said) == (3, [3])


def test_a_reading_that_is_cancelled_at_its_very_end_is_not_offered(bench: Bench) -> None:
    """The file is in the cache and written down, its row not yet told so: the person stops it there."""
    transfer = bench.begin(bench.pictures(1)[0])
    wait_without_events(lambda: bench.profile.unfinished.list())
    bench.transfers.cancel(transfer)
    bench.settle()
    assert bench.transfers.items == []
    assert bench.profile.unfinished.list() == []


def test_a_conversion_that_is_stopped_at_its_very_end_waits_for_its_button_again(bench: Bench) -> None:
    """What is written down is the original, as before the button; once it is removed, nothing."""
    transfer = bench.begin(bench.file("会议.mp3", make.mp3(90)), "voice")
    bench.settle()
    (before,) = bench.profile.unfinished.list()
    bench.transfers.mend(transfer, 12.0)
    wait_without_events(lambda: before not in bench.profile.unfinished.list() and bench.profile.unfinished.list())
    bench.transfers.cancel(transfer)
    bench.settle()
    assert (transfer.stage, bench.profile.unfinished.list()) == (Stage.REFUSED, [before])
    bench.transfers.remove(transfer)
    bench.settle()
    assert bench.profile.unfinished.list() == []


def test_the_same_file_twice_is_one_note(bench: Bench) -> None:
    """The second one goes away; the first, still on its way up, is offered at the next start all the same."""
    bench.sandbox.fault("media/upload:silent=60")
    first = bench.begin(bench.file("a.png", make.picture()))
    bench.until(lambda: first.media is not None)
    second = bench.begin(bench.file("b.png", make.picture()))
    bench.until(lambda: second.media is not None)
    bench.transfers.remove(second)
    bench.until(lambda: not bench.tasks.running("notes"))
    assert [each.name for each in bench.profile.unfinished.list()] == ["a.png"]


def test_the_same_file_twice_and_both_stopped_leaves_no_note(bench: Bench) -> None:
    """One after the other or with 全部停止: whoever said stop is not asked about them at the next start."""
    bench.sandbox.fault("media/upload:silent=60")
    pair = [bench.begin(bench.file(f"{n}.png", make.picture())) for n in "ab"]
    bench.until(lambda: all(each.media is not None for each in pair))
    bench.until(lambda: bench.profile.unfinished.list())
    for each in pair:
        bench.transfers.cancel(each)
    bench.until(lambda: not bench.tasks.running())
    assert [each.stage for each in pair] == [Stage.STOPPED] * 2
    assert bench.profile.unfinished.list() == []
    for each in pair:
        bench.transfers.retry(each)
    bench.until(lambda: bench.profile.unfinished.list())
    bench.transfers.cancel_all()
    bench.until(lambda: not bench.tasks.running())
    assert bench.profile.unfinished.list() == []


def wait_without_events(met: Callable[[], object]) -> None:
    """Until a thread has done something; the window hears nothing of it meanwhile."""
    end = time.monotonic() + TIMEOUT_S
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)
