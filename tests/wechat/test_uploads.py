"""Uploads: whole or an error, flat memory, harmless names, progress and cancel."""

from __future__ import annotations

import hashlib
import os
import random
import socket
import threading
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import BadCredentials, Cancelled, MediaError, NetworkError
from desktop_app.job import Job
from desktop_app.wechat import WeChatClient
from desktop_app.wechat.multipart import BLOCK_BYTES, FileBody, safe_filename
from tests.wechat.conftest import MakeClient
from tests.wechat.wire import UPLOADED, Wire, cut, hang_up, ok, reset

HOSTILE = [
    "a\r\nX-Evil: 1.jpg",
    'a"; filename="b.jpg',
    'a\\".jpg',
    "\u202egpj.exe.jpg",
    "a\u2028b.jpg",
    "\x07bell.jpg",
    "\x7f.jpg",
    "emoji😀👨‍👩‍👧.jpg",
    "图片.jpg",
    "..jpg",
    "%0d%0a.jpg",
    "--boundary.jpg",
    "a;b=c.jpg",
    "CON.jpg",
    "nul.jpg",
    " .jpg",
    "'.jpg",
    "長" * 80 + ".jpg",
    "a" * 251 + ".jpg",
    "no suffix",
    ".jpg",
    "\ufeff.jpg",
    "e\u0301.jpg",
]


def head_of(body: FileBody) -> bytes:
    return b"".join(bytes(block) for block in body).split(b"\r\n\r\n")[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_make_one_part_header(tmp_path: Path, name: str) -> None:
    """Three lines whatever the file is called: boundary, disposition, type; UTF-8 all through."""
    path = tmp_path / name
    path.write_bytes(b"content")
    lines = head_of(FileBody(path)).split(b"\r\n")
    assert len(lines) == 3
    disposition = lines[1].decode()
    assert disposition.startswith('Content-Disposition: form-data; name="media"; filename="')
    assert disposition.count('"') == 4
    assert lines[2].startswith(b"Content-Type: ")
    assert disposition.isprintable()


@settings(max_examples=500)
@given(st.text(min_size=0, max_size=300))
def test_any_name_is_harmless(name: str) -> None:
    """No control character, no quote, never empty, never longer than 200 bytes."""
    safe = safe_filename(name)
    assert safe
    assert safe.isprintable()
    assert not set(safe) & set('"\\/\r\n\0')
    assert len(safe.encode()) <= 200


def test_names_keep_what_a_person_reads() -> None:
    """WeChat judges by the suffix and shows the name in its library."""
    assert safe_filename("新品 海报 (1).jpg") == "新品 海报 (1).jpg"
    assert safe_filename("長" * 300 + ".amr").endswith("長.amr")
    assert safe_filename("a\udcff.jpg") == "a?.jpg".replace("?", "_")


def test_what_is_no_file(tmp_path: Path, wire: Wire, client: WeChatClient) -> None:
    """Missing, a folder, empty, a FIFO, a device, a NUL in the name: an error at once, no request."""
    (tmp_path / "empty.jpg").touch()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "fifo.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "nowhere")
    cases = {
        tmp_path / "missing.jpg": "media.missing",
        tmp_path: "media.not_a_file",
        tmp_path / "empty.jpg": "media.empty",
        tmp_path / "fifo.jpg": "media.not_a_file" if hasattr(os, "mkfifo") else "media.missing",
        Path(os.devnull): "media.not_a_file",
        tmp_path / "link.jpg": "media.missing",
        tmp_path / "a\0b.jpg": "media.unreadable",
    }
    for path, code in cases.items():
        with pytest.raises(MediaError) as caught:
            client.upload_media("image", path)
        assert caught.value.code == code
    assert wire.requests == []


@pytest.mark.parametrize("size", [1, 100, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES])
def test_every_size_arrives_whole(wire: Wire, client: WeChatClient, tmp_path: Path, size: int) -> None:
    """The announced length is the real one, the content is the file's, around the edges of a block."""
    path = tmp_path / "a.jpg"
    path.write_bytes(random.Random(size).randbytes(size))
    client.upload_media("image", path)
    (request,) = wire.calls()
    assert len(request.body) == int(str(request.header("Content-Length")))
    content = request.body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
    assert content == path.read_bytes()


def change(path: Path, how: str) -> None:
    if how == "grown":
        with path.open("ab") as file:
            file.write(b"more")
    elif how == "shortened":
        os.truncate(path, 300_000)
    elif how == "rewritten":
        with path.open("r+b") as file:
            file.write(b"other")
        os.utime(path, ns=(1, 1))
    elif how == "replaced":
        new = path.with_suffix(".new")
        new.write_bytes(path.read_bytes())
        new.replace(path)
    elif how == "deleted":
        path.unlink()


@pytest.mark.parametrize("how", ["grown", "shortened", "rewritten", "replaced", "deleted"])
def test_a_file_that_changes_meanwhile(wire: Wire, client: WeChatClient, picture: Path, how: str) -> None:
    """Seen before the last block leaves: WeChat gets no whole file, the person gets the reason."""
    done_once: list[int] = []

    def once(done: int, total: int) -> None:
        if not done_once:
            done_once.append(done)
            change(picture, how)

    job = Job(on_progress=once)
    with pytest.raises(MediaError) as caught:
        client.upload_media("image", picture, job)
    assert caught.value.code == ("media.missing" if how == "deleted" else "media.changed")
    assert all(len(each.body) < int(str(each.header("Content-Length"))) for each in wire.calls())


def test_a_file_that_is_not_the_one_expected(wire: Wire, client: WeChatClient, picture: Path) -> None:
    """With its hash given, other content under the same name is noticed before it is whole."""
    good = hashlib.sha256(picture.read_bytes()).hexdigest()
    client.upload_media("image", picture, sha256=good.upper())
    with pytest.raises(MediaError) as caught:
        client.add_material("image", picture, sha256="0" * 64)
    assert caught.value.code == "media.changed"


def test_progress(wire: Wire, client: WeChatClient, picture: Path) -> None:
    """Bytes of the file, growing, to the full size; from 0 again when the token was renewed."""
    seen: list[tuple[int, int]] = []
    wire.answers["media/upload"] = [ok({"errcode": 40001, "errmsg": "x"}), ok(UPLOADED)]
    client.upload_media("image", picture, Job(lambda done, total: seen.append((done, total))))
    size = picture.stat().st_size
    half = len(seen) // 2
    assert seen[:half] == seen[half:]
    assert seen[0][0] < size
    assert seen[half - 1] == (size, size)
    assert [done for done, _ in seen[:half]] == sorted(done for done, _ in seen[:half])


def test_cancel_in_the_middle(wire: Wire, make_client: MakeClient, tmp_path: Path) -> None:
    """The receiver stops reading; cancel closes the socket within a second, nothing was accepted."""
    path = tmp_path / "big.mp4"
    path.write_bytes(bytes(20 << 20))
    stop = threading.Event()

    def never_read(sock: socket.socket) -> None:
        stop.wait(5)

    wire.bodies = "leave"
    wire.answers["media/upload"] = never_read
    client = make_client(wire.address, timeouts=(10.0, 30.0))
    wire.answers["token"] = lambda sock: sock.sendall(
        ok({"access_token": "t", "expires_in": 7200}, more="Connection: close\r\n")
    )
    cancelled_at: list[float] = []

    def cancel() -> None:
        cancelled_at.append(time.monotonic())
        job.cancel()

    def under_way(done: int, total: int) -> None:
        if not timers:
            timers.append(threading.Timer(0.3, cancel))
            timers[0].start()

    timers: list[threading.Timer] = []
    job = Job(under_way)
    with pytest.raises(Cancelled):
        client.upload_media("video", path, job)
    assert time.monotonic() - cancelled_at[0] < 1.0
    stop.set()


def test_a_receiver_that_stops_reading(wire: Wire, make_client: MakeClient, tmp_path: Path) -> None:
    """Silence while writing ends too."""
    path = tmp_path / "big.mp4"
    path.write_bytes(bytes(20 << 20))
    stop = threading.Event()
    wire.bodies = "leave"
    wire.answers["add_material"] = lambda sock: stop.wait(5) and None
    wire.answers["token"] = lambda sock: sock.sendall(
        ok({"access_token": "t", "expires_in": 7200}, more="Connection: close\r\n")
    )
    client = make_client(wire.address, timeouts=(0.5, 0.5))
    started = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        client.add_material("image", path)
    stop.set()
    assert time.monotonic() - started < 3
    assert (caught.value.code, caught.value.maybe_arrived) == ("net.timeout", True)


def test_memory_stays_flat(wire: Wire, client: WeChatClient, tmp_path: Path, long_run: bool) -> None:
    """10 MB (1 GB with --long) through less than 2 MB."""
    size = 1 << 30 if long_run else 10 << 20
    path = tmp_path / "big.mp4"
    with path.open("wb") as file:
        file.truncate(size)
    wire.bodies = "discard"
    client.ensure_token()
    tracemalloc.start()
    try:
        client.upload_media("video", path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 << 20


def test_whole_or_an_error(wire: Wire, client: WeChatClient, picture: Path, long_run: bool) -> None:
    """Random drops, cuts and token kicks: what is reported as uploaded arrived with the file's hash."""
    chance = random.Random(11)
    trouble: list[Any] = [hang_up, reset, cut, ok({"errcode": 40001, "errmsg": "x"}), None, None]
    hashes: list[str] = []
    good = hashlib.sha256(picture.read_bytes()).hexdigest()
    succeeded = 0
    for _ in range(1000 if long_run else 40):
        wire.requests.clear()
        answers = [each for each in (chance.choice(trouble) for _ in range(4)) if each]
        wire.answers["media/upload"] = answers
        try:
            client.upload_media("image", picture)
        except (NetworkError, BadCredentials):
            continue
        succeeded += 1
        last = wire.calls("media/upload")[-1].body
        content = last.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
        hashes.append(hashlib.sha256(content).hexdigest())
    assert set(hashes) == {good}
    assert succeeded > 10
