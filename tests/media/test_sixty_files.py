"""Every kind of file that a person may drop: through intake and preparation, up to the sandbox with its limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import av, formats, intake, prepare
from desktop_app.media.intake import Taken
from desktop_app.media.limits import LIMITS
from desktop_app.sandbox.server import Sandbox
from desktop_app.wechat import WeChatClient
from tests.data import make_pictures
from tests.media.sixty import ROWS, Row, write

LINES: list[str] = []


@pytest.fixture(scope="module")
def client() -> Iterator[tuple[WeChatClient, Sandbox]]:
    """One sandbox for all of them; at the end the table is printed (``-s`` or ``-rP`` shows it)."""
    with Sandbox() as sandbox:
        account = sandbox.service
        with WeChatClient(account.app_id, account.app_secret, base_url=sandbox.address) as client:
            yield client, sandbox
    print("\n" + "\n".join(LINES))


def test_there_are_enough() -> None:
    """At least sixty, each with a name of its own."""
    assert len({row.name for row in ROWS}) == len(ROWS) >= 60


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_arrives_or_is_refused(row: Row, tmp_path: Path, cache: Path, ffmpeg: Path, client) -> None:
    """What the table says happens; what goes up fits, tells nothing of its maker and arrives bit by bit."""
    source = write(row, tmp_path)
    before = source.stat().st_size
    outcome, taken, ready = _through(source, cache, ffmpeg)
    LINES.append(_line(row.name, outcome, before, taken, ready))
    assert outcome == row.outcome
    assert not [path.name for path in cache.iterdir() if path.name.startswith(".")], "nothing half done stays"
    if ready is None or taken is None:
        return
    assert ready.format == row.made
    assert (ready is taken) == (outcome == "as it is")
    assert taken.path.stat().st_size == before, "the original stays"
    _check(ready)
    wechat, sandbox = client
    uploaded = wechat.upload_media(ready.kind, ready.path, sha256=ready.sha256)
    assert uploaded.media_id
    assert sandbox.file(ready.sha256) == ready.path.read_bytes()


def _through(source: Path, cache: Path, ffmpeg: Path) -> tuple[str, Taken | None, Taken | None]:
    """What happened, and the file as it was taken and as it goes up."""
    try:
        taken = intake.take_file(source, cache, Job())
    except MediaError as error:
        return error.code, None, None
    try:
        ready = prepare.for_message(taken, cache, Job(), ffmpeg=ffmpeg)
    except MediaError as error:
        fix = error.args_.get("fix")
        if not fix:
            return error.code, taken, None
        return fix, taken, prepare.for_message(taken, cache, Job(), fix=fix, ffmpeg=ffmpeg)
    return "as it is" if ready is taken else "mended", taken, ready


def _check(ready: Taken) -> None:
    """The limits, by looking anew at what lies in the cache."""
    limit = LIMITS[ready.kind]
    assert ready.size_bytes == ready.path.stat().st_size <= limit.max_bytes
    with ready.path.open("rb") as file:
        assert formats.tell(file) == ready.format
    assert ready.format in limit.formats
    assert make_pictures.PLACE not in ready.path.read_bytes()
    if ready.kind == "image":
        with Image.open(ready.path) as image:
            image.load()
            assert image.size == (ready.width, ready.height)
            assert not image.getexif()
            assert image.mode != "CMYK"
        return
    probed = av.probe(ready.path, ready.format)
    assert probed.seconds == ready.seconds
    assert not limit.max_seconds or 0 < probed.seconds <= limit.max_seconds
    assert (probed.odd_picture, probed.odd_sound) == ("", "")


def _line(name: str, outcome: str, before: int, taken: Taken | None, ready: Taken | None) -> str:
    was = f"{taken.format if taken else '':5} {before / 1e6:7.2f} MB"
    now = f"{ready.format:5} {ready.size_bytes / 1e6:6.2f} MB" if ready else ""
    return f"{name:24} {was}  {outcome:22} {now}"
