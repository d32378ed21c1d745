"""ffmpeg as a separate program: found, watched, stopped."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from desktop_app.errors import Cancelled, MediaError
from desktop_app.job import Job
from desktop_app.media import convert
from tests.data import make_clips

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")


def program(folder: Path, text: str = "exit 0", name: str = "ffmpeg") -> Path:
    """A program that stands in for ffmpeg."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


def run(program: Path, folder: Path, job: Job | None = None, *, seconds: float = 0.0, source: str = "source") -> None:
    made = folder / "made"
    options = ["-c", "copy", "-f", "mp4"]
    convert.run(program, folder / source, "mov", made, options, job or Job(), kind="video", seconds=seconds)


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_the_places_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ffmpeg: Path) -> None:
    """Chosen, environment, beside the app, the optional part, PATH; what is no program is passed over."""
    chosen, named = program(tmp_path / "chosen"), program(tmp_path / "named", name="other-name")
    beside, on_path = program(tmp_path / "app" / "ffmpeg"), program(tmp_path / "path")
    monkeypatch.setenv("QUNFA_FFMPEG", str(named))
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "app" / "qunfa"))
    assert convert.find(str(chosen)) == convert.find(str(chosen.parent)) == chosen
    chosen.chmod(0o600)
    assert convert.find(str(chosen)) == named
    named.unlink()
    assert convert.find() == beside
    monkeypatch.setattr(sys, "executable", str(tmp_path / "app" / "inner" / "qunfa"))
    assert convert.find() == beside, "next to the app's folder"
    monkeypatch.setattr(sys, "frozen", False)
    assert convert.find() == ffmpeg
    monkeypatch.setattr(convert.importlib.util, "find_spec", lambda name: None)
    assert convert.find() == on_path
    monkeypatch.chdir(on_path.parent)
    assert convert.find() is None, "never one that lies in the current folder"


def test_the_real_one_is_told_by_its_version(tmp_path: Path, ffmpeg: Path) -> None:
    """A number for the real program, nothing for anything else."""
    assert convert.version(ffmpeg)
    assert not convert.is_old(ffmpeg)
    assert convert.has_filter(ffmpeg, "scale")
    assert not convert.has_filter(ffmpeg, "no-such-filter")
    assert convert.version(program(tmp_path, "echo hello")) == ""
    assert convert.version(tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("version", "old"),
    [
        ("4.4.2-0ubuntu0.22.04.1", True),
        ("n7.0", True),
        ("7.1.1-essentials", False),
        ("N-118-g2a571b", False),
        ("8.0", False),
    ],
)
def test_versions_before_7_1_are_old(tmp_path: Path, version: str, old: bool) -> None:
    """They put no tiles together; what has no number is taken for new."""
    assert convert.is_old(program(tmp_path, f'echo "ffmpeg version {version} Copyright"')) is old


def test_a_cancelled_run_ends_the_program_at_once(tmp_path: Path) -> None:
    """The process is gone, and nothing is left but what the caller named."""
    stand_in = program(tmp_path, 'echo $$ > "$(dirname "$0")/pid"; exec sleep 100')

    class Impatient(Job):
        """Cancelled as soon as the program runs."""

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
                self.cancel()

    with pytest.raises(Cancelled):
        run(stand_in, tmp_path, Impatient())
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert not left(tmp_path)


def test_a_program_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress that stays where it is for a minute is none."""
    monkeypatch.setattr(convert, "STALL_S", 0.3)
    hung = program(tmp_path, 'while true; do echo "frame=7"; echo "progress=continue"; sleep 0.05; done')
    with pytest.raises(MediaError) as caught:
        run(hung, tmp_path)
    assert (caught.value.code, caught.value.detail) == ("media.damaged", "ffmpeg stalled")
    assert not left(tmp_path)


def test_endless_errors_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile file that makes the program talk does not fill the disk."""
    monkeypatch.setattr(convert, "_ERRORS_BYTES", 20_000)
    talker = program(tmp_path, "while true; do echo 0123456789012345678901234567890123456789 >&2; done")
    with pytest.raises(MediaError) as caught:
        run(talker, tmp_path)
    assert caught.value.detail == "endless errors"
    assert not left(tmp_path)


@pytest.mark.parametrize(
    ("words", "code", "detail"),
    [
        ("av_interleaved_write_frame(): No space left on device", "media.disk_full", "ffmpeg"),
        ("[in#0] Error opening input: Invalid data found", "media.damaged", "Invalid data found"),
        ("", "media.damaged", "no words"),
    ],
)
def test_what_went_wrong_is_told_by_the_programs_words(tmp_path: Path, words: str, code: str, detail: str) -> None:
    """A full disk has a name of its own; the rest is a damaged file. No path gets into the log."""
    with pytest.raises(MediaError) as caught:
        run(program(tmp_path, f'echo "{words}" >&2; exit 1'), tmp_path)
    assert (caught.value.code, caught.value.detail) == (code, detail)


def test_a_really_full_disk(tmp_path: Path, ffmpeg: Path) -> None:
    """The device that is always full."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no such device")
    make_clips.film(tmp_path / "source.mp4")
    (tmp_path / "made").symlink_to("/dev/full")
    with pytest.raises(MediaError) as caught:
        run(ffmpeg, tmp_path, source="source.mp4")
    assert caught.value.code == "media.disk_full"


def test_a_program_that_does_not_start_is_told(tmp_path: Path) -> None:
    """Deleted since, or not executable."""
    for path in (tmp_path / "gone", tmp_path / "text"):
        if path.name == "text":
            path.write_text("hello")
        with pytest.raises(MediaError) as caught:
            run(path, tmp_path)
        assert caught.value.code == "media.ffmpeg"


def test_names_are_neither_options_nor_addresses(tmp_path: Path, ffmpeg: Path) -> None:
    """Whatever a file is called, it is that file."""
    reports: list[tuple[int, int]] = []
    for name in ("-i", "http:x.mp4", "concat:a|b", "pipe:0", "a'b\"c\\d %05d.mp4", "图 片\n.mp4"):
        make_clips.film(tmp_path / "film.mp4", seconds=0.2, sound=()).rename(tmp_path / name)
        run(ffmpeg, tmp_path, Job(lambda *report: reports.append(report)), source=name, seconds=0.2)
        assert (tmp_path / "made").stat().st_size > 1000
        assert reports.pop() == (200, 200)


def test_no_other_file_and_no_network_is_opened(tmp_path: Path, ffmpeg: Path) -> None:
    """A playlist with the name of a film is not followed: only the format that was found is tried."""
    make_clips.film(tmp_path / "secret.mp4", seconds=0.2)
    for text in (
        f"ffconcat version 1.0\nfile '{tmp_path}/secret.mp4'\n",
        "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n",
    ):
        (tmp_path / "source").write_text(text)
        with pytest.raises(MediaError) as caught:
            run(ffmpeg, tmp_path)
        assert caught.value.code == "media.damaged"


def test_a_film_larger_than_it_says_is_not_unpacked(
    tmp_path: Path, ffmpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small the boxes call it: the program itself knows how many pixels are too many."""
    film, made = make_clips.film(tmp_path / "film.mp4", seconds=0.2, sound=()), tmp_path / "made"
    options = ["-c:v", "libx264", "-f", "mp4"]
    convert.run(ffmpeg, film, "mov", made, options, Job(), kind="video")
    monkeypatch.setattr(convert, "MAX_PIXELS", 10_000)
    with pytest.raises(MediaError) as caught:
        convert.run(ffmpeg, film, "mov", made, options, Job(), kind="video")
    assert caught.value.code == "media.damaged"


def test_the_programs_reports_and_our_libraries_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report file; the frozen app's own libraries are not forced upon another program."""
    monkeypatch.setenv("FFREPORT", "file=x.log")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/of/the/app")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/of/the/person")
    assert convert._environment()["LD_LIBRARY_PATH"] == "/of/the/app"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "FFREPORT" not in convert._environment()
    assert convert._environment()["LD_LIBRARY_PATH"] == "/of/the/person"
