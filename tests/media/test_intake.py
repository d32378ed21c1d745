"""A dropped or pasted file is copied first and refused at once when WeChat would refuse it."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from desktop_app.errors import Cancelled, MediaError
from desktop_app.job import Job
from desktop_app.media import intake
from desktop_app.media.limits import ORIGINALS
from desktop_app.paths import resource
from tests.data import make


def write(tmp_path: Path, data: bytes, name: str = "source") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def refused(source: Path, cache: Path, kind: str | None = None) -> MediaError:
    with pytest.raises(MediaError) as caught:
        intake.take_file(source, cache, Job(), kind=kind)
    assert not list(cache.iterdir()), "a refused file leaves nothing behind"
    return caught.value


@pytest.mark.parametrize(
    ("data", "kind", "suffix", "facts"),
    [
        (make.picture("JPEG"), "image", ".jpg", (64, 48, 0.0)),
        (make.picture("PNG"), "image", ".png", (64, 48, 0.0)),
        (make.animation(), "image", ".gif", (32, 32, 0.0)),
        (make.mp3(3.6), "voice", ".mp3", (0, 0, 3.6)),
        (make.amr(5), "voice", ".amr", (0, 0, 5.0)),
        (make.mp4(2), "video", ".mp4", (64, 48, 2.0)),
    ],
)
def test_a_good_file_is_copied_under_its_hash(tmp_path: Path, cache: Path, data: bytes, kind, suffix, facts):
    """Kind and facts come from the content; the copy stays when the source goes."""
    source = write(tmp_path, data, "任何 名字.xyz")
    taken = intake.take_file(source, cache, Job())
    source.unlink()
    assert taken.sha256 == hashlib.sha256(data).hexdigest()
    assert (taken.kind, taken.name, taken.size_bytes) == (kind, "任何 名字.xyz", len(data))
    assert (taken.width, taken.height, taken.seconds) == facts
    assert taken.path == cache / (taken.sha256 + suffix)
    assert taken.path.read_bytes() == data
    if os.name == "posix":
        assert taken.path.stat().st_mode & 0o777 == 0o600


def test_the_same_content_twice_is_one_file(tmp_path: Path, cache: Path):
    """Dropped and pasted: one copy, not touched while it may be on its way up; a damaged one is made good."""
    data = make.picture()
    first = intake.take_file(write(tmp_path, data), cache, Job())
    before = first.path.stat()
    second = intake.take_bytes(data, "粘贴.png", cache, Job())
    assert first.path == second.path
    after = first.path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    first.path.write_bytes(bytes(len(data)))
    intake.take_bytes(data, "再来.png", cache, Job())
    assert first.path.read_bytes() == data
    assert [path.name for path in cache.iterdir()] == [first.path.name]


@pytest.mark.parametrize("kind", [None, "image", "picture"])
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_pictures_that_can_be_made_to_fit_are_taken(tmp_path: Path, cache: Path, image_format: str, kind: str | None):
    """For a message and for an article: what WeChat does not take as it is is made to fit later."""
    taken = intake.take_file(write(tmp_path, make.picture(image_format)), cache, Job(), kind=kind)
    assert (taken.kind, taken.format) == ("image", image_format.lower())


@pytest.mark.parametrize(("kind", "formats"), [(None, 3), ("image", 3), ("picture", 5)])
@pytest.mark.parametrize(
    ("data", "file_format"),
    [
        (make.picture("TIFF"), "tiff"),
        (make.picture("AVIF"), "avif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
    ],
)
def test_other_pictures_are_refused(tmp_path: Path, cache: Path, data: bytes, file_format: str, kind, formats: int):
    """The rule is named: which formats are taken."""
    error = refused(write(tmp_path, data, "a.jpg"), cache, kind)
    assert error.code == "media.format"
    assert (error.args_["format"], error.args_["kind"], len(error.args_["formats"])) == (
        file_format,
        "image",
        formats,
    )


@pytest.mark.parametrize(
    ("data", "file_format"),
    [
        (b"OggS" + bytes(100), "ogg"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(100), "wma"),
        (b"#!AMR-WB\n\x04", "amr-wb"),
        (b"fLaC" + bytes(100), "flac"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "mkv"),
    ],
)
def test_sounds_and_films_that_nothing_makes_fit_are_refused(
    tmp_path: Path, cache: Path, data: bytes, file_format: str
):
    """Not now: they are named, and what would do."""
    error = refused(write(tmp_path, data), cache)
    assert (error.code, error.args_["format"]) == ("media.format", file_format)


def test_a_file_of_another_kind_is_refused(tmp_path: Path, cache: Path):
    """A video dropped on pictures, whatever its name says."""
    error = refused(write(tmp_path, make.mp4(1), "a.png"), cache, "image")
    assert (error.code, error.args_["kind"], error.args_["wanted"]) == ("media.kind", "video", "image")


@pytest.mark.parametrize(
    ("data", "kind"), [(make.picture(), "image"), (make.amr(1), "voice"), (make.mp4(1), "video")]
)
def test_originals_are_bounded_to_the_byte(tmp_path: Path, cache: Path, data: bytes, kind: str):
    """One byte over our own limit is refused with both numbers, and without copying."""
    limit = ORIGINALS[kind].max_bytes
    source = write(tmp_path, data)
    os.truncate(source, limit + 1)
    error = refused(source, cache)
    assert (error.code, error.args_["size_bytes"], error.args_["limit"]) == ("media.too_big", limit + 1, limit)


def test_originals_may_be_larger_and_longer_than_wechat_takes(tmp_path: Path, cache: Path):
    """A picture of 12 MB, a voice of five minutes: ``prepare`` makes them fit."""
    data = make.noise("PNG", (2000, 2000))
    assert intake.take_file(write(tmp_path, data), cache, Job()).size_bytes == len(data) > 10 * 1024 * 1024
    assert intake.take_file(write(tmp_path, make.amr(300)), cache, Job()).seconds == 300
    assert intake.take_file(write(tmp_path, make.mp3(301.68)), cache, Job()).seconds == 301.68


def test_a_film_of_nothing_but_sound_is_a_voice(tmp_path: Path, cache: Path):
    """Whatever the name and the brand say."""
    taken = intake.take_file(write(tmp_path, make.mp4(1, video=False), "a.mp4"), cache, Job(), kind="voice")
    assert (taken.kind, taken.format, taken.seconds) == ("voice", "m4a", 1.0)
    taken.path.unlink()
    error = refused(write(tmp_path, make.mp4(1, video=False), "b.mp4"), cache, "video")
    assert (error.code, error.args_["kind"]) == ("media.kind", "voice")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "media.empty"),
        (b"hello", "media.unknown"),
        (b"PK\x03\x04" + bytes(100), "media.unknown"),
        (make.noise("JPEG", (64, 64))[:-500], "media.damaged"),
        (make.mp4(1)[:-500], "media.damaged"),
        (b"ID3\x03\0\0\0\0\0\0", "media.damaged"),
    ],
)
def test_what_is_no_usable_file_is_refused(tmp_path: Path, cache: Path, data: bytes, code: str):
    """Empty, unknown, cut or damaged."""
    assert refused(write(tmp_path, data), cache).code == code


def test_missing_folders_and_impossible_names_are_refused(tmp_path: Path, cache: Path):
    """Each with its own code."""
    assert refused(tmp_path / "gone.png", cache).code == "media.missing"
    assert refused(tmp_path, cache).code == "media.folder"
    assert refused(tmp_path / "a\0b", cache).code == "media.unreadable"
    assert refused(tmp_path / ("a" * 300), cache).code == "media.unreadable"


@pytest.mark.skipif(os.name != "posix", reason="FIFOs and devices are files on POSIX systems only")
def test_fifos_and_devices_are_refused_without_waiting(tmp_path: Path, cache: Path):
    """Nothing that could block is ever opened for reading."""
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", Path("/dev/zero")):
        assert refused(path, cache).code == "media.not_a_file"


def test_a_locked_file_is_refused(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch):
    """What the system does not let us open is called locked."""
    source = write(tmp_path, make.picture())

    def denied(*_args, **_kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(intake.os, "open", denied)
        assert refused(source, cache).code == "media.locked"


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "media.disk_full"), (errno.EROFS, "media.cache")])
def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, cache: Path, monkeypatch, number: int, code: str):
    """The copy fails at its end: no half file stays."""

    def full(_descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(intake.os, "fsync", full)
    assert refused(write(tmp_path, make.picture()), cache).code == code


def test_a_file_that_grows_or_shrinks_meanwhile_is_refused(tmp_path: Path, cache: Path):
    """The copy has to be what was measured at the start."""
    data = make.noise("PNG", (500, 500))
    for change in (lambda path: os.truncate(path, len(data) // 2), lambda path: path.open("ab").write(b"x" * 9)):
        source = write(tmp_path, data)
        started: list[int] = []

        def once(done: int, total: int, change=change, source=source, started=started) -> None:
            if not started:
                started.append(done)
                change(source)

        with pytest.raises(MediaError) as caught:
            intake.take_file(source, cache, Job(once))
        assert caught.value.code == "media.changed"
        assert not list(cache.iterdir())


def test_a_cancelled_copy_leaves_nothing(tmp_path: Path, cache: Path):
    """Cancel in the middle of a copy, and before it."""
    source = write(tmp_path, make.noise("PNG", (1000, 500)))
    job = Job(lambda done, total: job.cancel())
    for _ in range(2):
        with pytest.raises(Cancelled):
            intake.take_file(source, cache, job)
    assert not list(cache.iterdir())


def test_progress_ends_at_the_size(tmp_path: Path, cache: Path):
    """Bytes done never go down, the last report is the whole file."""
    reports: list[tuple[int, int]] = []
    source = write(tmp_path, make.noise("PNG", (700, 500)))
    intake.take_file(source, cache, Job(lambda *report: reports.append(report)))
    size = source.stat().st_size
    assert reports == sorted(reports)
    assert reports[-1] == (size, size)
    assert len(reports) > 3


def test_half_copies_of_a_crash_are_tidied(tmp_path: Path, cache: Path):
    """The rests go, the good copies stay."""
    taken = intake.take_file(write(tmp_path, make.picture()), cache, Job())
    (cache / ".incoming-0123").write_bytes(b"half")
    intake.tidy(cache)
    assert list(cache.iterdir()) == [taken.path]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.png", "a.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\图.jpg", "图.jpg"),
        ("a\r\nContent-Type: x\0.png", "aContent-Type: x.png"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("\udcff.png", "?.png"),
        ("\u200b \t", "?"),
        ("", "?"),
        ("🌻" * 200 + ".png", "🌻" * 115 + "….png"),
        ("x" * 500, "x" * 119 + "…"),
    ],
)
def test_names_are_shown_without_tricks(name: str, shown: str):
    """No path, no control or direction characters, at most 120 characters."""
    assert intake.clean_name(name) == shown
    assert len(shown) <= 120


@pytest.mark.parametrize("path", sorted(resource("samples").iterdir()), ids=lambda path: path.name)
def test_the_samples_are_files_that_wechat_takes(path: Path, cache: Path):
    """What ships for the first try passes our own rules and is small."""
    taken = intake.take_file(path, cache, Job())
    assert taken.size_bytes < 200_000
