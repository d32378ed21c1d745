"""From a dropped file to a media_id: taken in, made fit, uploaded once, renewed in time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from desktop_app.errors import BadContent, Cancelled, MediaError
from desktop_app.job import Job
from desktop_app.media import convert, intake
from desktop_app.services.fetch import Fetch
from desktop_app.services.media_desk import KnownUpload, MediaDesk
from desktop_app.store.caches import MediaFile
from tests.data import make, make_clips

DAY = 24 * 3600.0


def add(desk: MediaDesk, data: bytes, kind: str | None = None, name: str = "文件.xyz") -> MediaFile:
    return desk.add_bytes(data, name, kind, Job())


def calls(world, path: str) -> int:
    return sum(request["path"].endswith(path) for request in world.sandbox.requests())


def test_a_dropped_file_is_known_after_the_source_is_gone(desk: MediaDesk, tmp_path: Path):
    """Copied, looked into, remembered under its hash."""
    source = tmp_path / "图 1.jpg"
    source.write_bytes(make.picture("JPEG", (120, 80)))
    file = desk.add_file(str(source), "image", Job())
    source.unlink()
    assert desk.media(file.sha256) == file
    assert (file.kind, file.format, file.name, file.width, file.height) == ("image", "jpeg", "图 1.jpg", 120, 80)
    file.path.unlink()
    assert desk.media(file.sha256) is None


def test_a_file_of_the_wrong_kind_is_refused_with_the_rule(desk: MediaDesk):
    """At once, before anything goes up."""
    with pytest.raises(MediaError) as caught:
        add(desk, make.mp3(1), "image")
    assert caught.value.code == "media.kind"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(make.picture("JPEG"), "image"), (make.amr(2), "voice"), (make.mp3(2), "voice"), (make.mp4(1), "video")],
)
def test_an_upload_arrives_byte_for_byte_and_is_reused(world, desk: MediaDesk, data: bytes, kind: str):
    """The same file is not sent to WeChat twice."""
    file = add(desk, data, kind)
    assert desk.uploaded(world.service, file.sha256, kind) is None
    reports: list[tuple[int, int]] = []
    first = desk.upload(world.service, file.sha256, kind, Job(lambda *report: reports.append(report)))
    assert world.sandbox.file(file.sha256) == data
    assert reports
    assert desk.uploaded(world.service, file.sha256, kind) == KnownUpload(first.media_id, world.clock() + 3 * DAY)
    assert desk.upload(world.service, file.sha256, kind, Job()).media_id == first.media_id
    assert calls(world, "media/upload") == 1
    assert desk.uploaded(world.subscription, file.sha256, kind) is None


def test_an_upload_is_not_reused_in_its_last_hour(world, desk: MediaDesk):
    """Temporary media live three days; a clock that was set back does not make them younger."""
    file = add(desk, make.picture())
    first = desk.upload(world.service, file.sha256, "image", Job()).media_id
    world.clock.advance(3 * DAY - 3600)
    assert desk.uploaded(world.service, file.sha256, "image")
    world.clock.advance(1)
    assert desk.uploaded(world.service, file.sha256, "image") is None
    second = desk.upload(world.service, file.sha256, "image", Job()).media_id
    assert second != first
    world.clock.set_back(10 * DAY)
    assert desk.uploaded(world.service, file.sha256, "image") is None


def test_two_threads_upload_a_file_once(world, desk: MediaDesk):
    """Who comes second waits and takes the same media_id."""
    file = add(desk, make.noise("PNG", (400, 400)))
    found: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(desk.upload(world.service, file.sha256, "image", Job()).media_id)
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert calls(world, "media/upload") == 1


def test_a_failed_upload_leaves_nothing_known(world, desk: MediaDesk):
    """A refusal, a cancel, a file that was changed behind our back: the next try begins anew."""
    file = add(desk, make.noise("PNG", (400, 400)))
    world.sandbox.fault("media/upload:errcode=40005*1")
    with pytest.raises(BadContent):
        desk.upload(world.service, file.sha256, "image", Job())
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        desk.upload(world.service, file.sha256, "image", job)
    data = file.path.read_bytes()
    file.path.write_bytes(data[:-1] + b"x")
    with pytest.raises(MediaError) as caught:
        desk.upload(world.service, file.sha256, "image", Job())
    assert caught.value.code == "media.changed"
    file.path.unlink()
    with pytest.raises(MediaError) as caught:
        desk.upload(world.service, file.sha256, "image", Job())
    assert caught.value.code == "media.gone"
    assert desk.uploaded(world.service, file.sha256, "image") is None
    file.path.write_bytes(data)
    assert desk.upload(world.service, file.sha256, "image", Job()).media_id


def test_half_copies_of_a_crash_are_tidied_at_start(world, desk: MediaDesk):
    """The next start finds a clean folder."""
    rest = desk.files.folder / ".incoming-1"
    rest.write_bytes(b"half")
    MediaDesk(world.accounts, desk.files, Fetch())
    assert not rest.exists()


def test_a_message_takes_permanent_material_too(world, desk: MediaDesk):
    """Known as permanent, a file does not go up again as temporary; the other way round it does."""
    file = add(desk, make.picture())
    kept = desk.upload(world.service, file.sha256, "image", Job(), permanent=True)
    assert desk.uploaded(world.service, file.sha256, "image") == KnownUpload(kept.media_id, None)
    assert desk.upload(world.service, file.sha256, "image", Job()).media_id == kept.media_id
    assert calls(world, "media/upload") == 0
    other = add(desk, make.picture(colour=(1, 2, 3)))
    brief = desk.upload(world.service, other.sha256, "image", Job())
    assert desk.upload(world.service, other.sha256, "image", Job(), permanent=True).media_id != brief.media_id


def test_a_renewal_gives_three_new_days(world, desk: MediaDesk):
    """续 3 天: from the file on this computer, before the old one is gone."""
    file = add(desk, make.picture())
    first = desk.upload(world.service, file.sha256, "image", Job())
    world.clock.advance(DAY)
    second = desk.renew(world.service, file.sha256, "image", Job())
    assert second.media_id != first.media_id
    assert desk.uploaded(world.service, file.sha256, "image") == KnownUpload(second.media_id, world.clock() + 3 * DAY)


def test_what_was_agreed_to_once_is_not_asked_again(desk: MediaDesk, tmp_path: Path):
    """A film that was made fit is known by its original; of that nothing large stays in the cache."""
    desk.configure(ffmpeg=convert.find(), ground="white")
    film = make_clips.film(tmp_path / "a.mov")
    with pytest.raises(MediaError) as caught:
        desk.add_file(film, "video", Job())
    assert caught.value.args_["fix"] == "to_mp4"
    original = desk.media(caught.value.args_["sha256"])
    assert original is not None
    made = desk.fix(original.sha256, "video", "to_mp4", Job())
    assert made.made_from == original.sha256
    assert not original.path.exists()
    assert desk.size_of_original(made) == original.size_bytes
    assert desk.add_file(film, "video", Job()) == made
    assert not original.path.exists()
    assert desk.fix(original.sha256, "video", "to_mp4", Job()) == made


def test_a_film_that_went_up_as_it_was_is_kept(world, desk: MediaDesk, tmp_path: Path):
    """By an earlier version, with the place where it was taken: a draft or a send may name it."""
    film = make_clips.film(tmp_path / "a.mp4", more=("-metadata", "location=+31.2304+121.4737/"))
    original = MediaFile(**vars(intake.take_file(film, desk.files.folder, Job())))
    desk.files.remember(original)
    desk.upload(world.service, original.sha256, "video", Job())
    made = desk.add_file(film, "video", Job())
    assert made.made_from == original.sha256
    assert desk.media(original.sha256) == original


def test_another_part_of_a_recording_may_be_wanted(desk: MediaDesk):
    """A cut is asked for each time, from the whole recording."""
    with pytest.raises(MediaError) as caught:
        add(desk, make.mp3(100), "voice")
    sha256 = caught.value.args_["sha256"]
    first = desk.fix(sha256, "voice", "cut_voice", Job(), start_s=0.0)
    with pytest.raises(MediaError):
        add(desk, make.mp3(100), "voice")
    assert first.seconds <= 60
    assert desk.fix(sha256, "voice", "cut_voice", Job(), start_s=30.0).made_from == sha256
