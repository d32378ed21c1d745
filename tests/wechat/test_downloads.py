"""Files that come from WeChat: told from errors by what they are, bounded, whole or not there."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import BadContent, Cancelled, MediaError, NetworkError
from desktop_app.job import Job
from desktop_app.wechat import VideoMaterial, WeChatClient
from desktop_app.wechat.reply import MAX_FILE_BYTES
from tests.wechat.wire import TOKEN, Wire, ok

PATH = "material/get_material"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 1000
AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50


@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream", "text/plain"])
def test_a_file_comes_whole(wire: Wire, client: WeChatClient, tmp_path: Path, kind: str) -> None:
    """Whatever content type WeChat gives it; one POST with the media_id, progress to the end."""
    wire.answers[PATH] = ok(JPEG).replace(b"text/plain", kind.encode())
    seen: list[tuple[int, int]] = []
    target = tmp_path / "a"
    assert client.get_material("M", target, Job(lambda done, total: seen.append((done, total)))) is None
    assert target.read_bytes() == JPEG
    assert seen[-1] == (len(JPEG), len(JPEG))
    (request,) = wire.calls()
    assert (request.method, request.json, request.query["access_token"]) == (
        "POST",
        {"media_id": "M"},
        [f"{TOKEN}-1"],
    )


def test_a_voice_and_a_packed_file(wire: Wire, client: WeChatClient, tmp_path: Path) -> None:
    """AMR begins with readable letters; a server that packs against our word is understood all the same."""
    packed = ok(gzip.compress(JPEG), more="Content-Encoding: gzip\r\n")
    for answer, data in ((ok(AMR), AMR), (packed, JPEG)):
        wire.answers[PATH] = answer
        assert client.get_material("M", tmp_path / "a") is None
        assert (tmp_path / "a").read_bytes() == data


def test_a_video_has_an_address(wire: Wire, client: WeChatClient, tmp_path: Path) -> None:
    """Its texts and where it lies; nothing is written."""
    found = client.get_material("M", tmp_path / "a")
    assert found == VideoMaterial("茶园", "", "http://mp.weixin.qq.com/v/1")
    assert "mp.weixin" not in repr(found)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_no_file(wire: Wire, client: WeChatClient, tmp_path: Path) -> None:
    """40007 is raised; an old token is renewed and the file comes."""
    wire.answers[PATH] = {"errcode": 40007, "errmsg": "invalid media_id"}
    with pytest.raises(BadContent) as caught:
        client.get_material("M", tmp_path / "a")
    assert caught.value.errcode == 40007
    assert list(tmp_path.iterdir()) == []
    wire.answers[PATH] = [{"errcode": 42001, "errmsg": "access_token expired"}, ok(JPEG)]
    client.get_material("M", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == JPEG
    assert wire.token_fetches == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ok(b"<html>login</html>"), "net.portal"),
        (ok(JPEG, status="500 Oops"), "net.http"),
        (ok(JPEG, status="302 Found", more="Location: http://login.example/\r\n"), "net.portal"),
        (ok(b"please log in"), "net.garbage"),
        (ok(b""), "net.garbage"),
        (ok(b"{}"), "net.garbage"),
        (ok(JPEG).replace(b"text/plain", b"application/json"), "net.garbage"),
        (ok(JPEG).replace(b"Content-Length: ", b"Content-Length: 9"), "net.cut"),
        (ok(b"x").replace(b"Content-Length: 1", b"Content-Length: %d" % (MAX_FILE_BYTES + 1)), "net.too_big"),
        (ok(gzip.compress(bytes(MAX_FILE_BYTES + 1)), more="Content-Encoding: gzip\r\n"), "net.too_big"),
    ],
)
def test_what_is_no_whole_file_leaves_none(
    wire: Wire, client: WeChatClient, tmp_path: Path, answer: bytes, code: str
) -> None:
    """Login pages, errors, half files and bombs: an error, and nothing where the file would be."""

    def say(sock: Any) -> None:
        sock.sendall(answer)

    wire.answers[PATH] = say  # hangs up afterwards
    with pytest.raises(NetworkError) as caught:
        client.get_material("M", tmp_path / "a")
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_cut_file_is_fetched_again(wire: Wire, client: WeChatClient, tmp_path: Path, pauses: list[float]) -> None:
    """Fetching changes nothing, so trouble on the line is tried again."""
    wire.answers[PATH] = [lambda sock: sock.sendall(ok(JPEG)[:-10]), ok(JPEG)]
    client.get_material("M", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == JPEG
    assert len(pauses) == 1


def test_cancelling_leaves_nothing(wire: Wire, client: WeChatClient, tmp_path: Path) -> None:
    """A download that the person stopped half way."""
    wire.answers[PATH] = ok(JPEG)
    job = Job(lambda done, total: job.cancel())
    with pytest.raises(Cancelled):
        client.get_material("M", tmp_path / "a", job)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing(wire: Wire, client: WeChatClient, tmp_path: Path, pauses: list[float]) -> None:
    """The folder is gone: the disk's trouble, which no second try mends."""
    wire.answers[PATH] = ok(JPEG)
    with pytest.raises(MediaError) as caught:
        client.get_material("M", tmp_path / "gone" / "a")
    assert caught.value.code == "media.cache"
    assert pauses == []
