"""Faults on the wire, seen with raw sockets and http.client; and the words that ask for them."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from desktop_app.sandbox import faults
from desktop_app.sandbox.server import Sandbox
from tests.sandbox.caller import BOUNDARY, JPG, Caller, form, text

SENDALL = "message/mass/sendall"
BODY = json.dumps({"filter": {"is_to_all": False, "tag_id": 2}, **text("你好")}, ensure_ascii=False).encode()


def raw(wx: Caller, path: str, body: bytes, *, limit: int = 1 << 20, kind: str = "application/json") -> bytes:
    """Everything that comes back on a connection of its own, up to a limit."""
    with socket.create_connection(("127.0.0.1", wx.sandbox.port), timeout=60) as line:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        line.sendall(head.encode() + body)
        received = b""
        while len(received) < limit and (block := line.recv(65536)):
            received += block
    return received


def send(wx: Caller, **more: Any) -> bytes:
    return raw(wx, wx.path(SENDALL), BODY, **more)


def body_of(reply: bytes) -> bytes:
    return reply.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(("spec", "accepted"), [("drop-before", 0), ("drop-after", 1)])
def test_a_dropped_line_says_nothing(sandbox: Sandbox, wx: Caller, spec: str, accepted: int) -> None:
    """Before or after acceptance the client sees the same: an end without a byte. The next request passes."""
    wx.token()
    sandbox.fault(f"mass/send:{spec}*1")
    assert send(wx) == b""
    assert len(sandbox.sent()) == accepted
    entry = sandbox.requests()[-1]
    assert (entry["fault"], entry["processed"]) == (spec, bool(accepted))
    assert wx.sendall(key="next")["errcode"] == 0


@pytest.mark.parametrize("spec", ["drop-before=reset", "drop-after=reset"])
def test_a_line_can_be_reset(sandbox: Sandbox, wx: Caller, spec: str) -> None:
    """The client's read fails instead of ending."""
    wx.token()
    sandbox.fault(f"mass/sendall:{spec}")
    with pytest.raises(ConnectionResetError):
        send(wx)


@pytest.mark.parametrize("when", ["early", "half"])
def test_a_line_can_break_inside_an_upload(sandbox: Sandbox, wx: Caller, when: str) -> None:
    """At the headers or in the body; nothing was uploaded."""
    path = wx.path("media/upload", type="image")
    sandbox.fault(f"media/upload:drop-before={when}*1")
    with pytest.raises((OSError, http.client.HTTPException)):
        wx.send(
            "POST",
            path,
            form(JPG + bytes(8_000_000), "a.jpg"),
            Content_Type=f"multipart/form-data; boundary={BOUNDARY}",
        )
    assert not sandbox.service.media.items


def test_silence_is_silent_until_its_time_is_over(sandbox: Sandbox, wx: Caller) -> None:
    """Nothing comes, processed or not; after the given seconds the line is closed."""
    wx.token()
    sandbox.fault("mass/sendall:silent=0.3/after*1")
    assert send(wx) == b""
    assert len(sandbox.sent()) == 1
    sandbox.fault("mass/sendall:silent*1")
    with socket.create_connection(("127.0.0.1", sandbox.port)) as line:
        line.sendall(f"POST {wx.path(SENDALL)} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.recv(1)


def test_slow_replies_trickle_or_wait(sandbox: Sandbox, wx: Caller) -> None:
    """By bytes a second, or a delay before the first byte."""
    wx.token()
    sandbox.fault("tags/get:slow=20000*1,tags/get:slow=0.2s*1")
    for least in (0.03, 0.2):
        before = time.monotonic()
        assert len(wx.get("tags/get")["tags"]) == 12
        assert time.monotonic() - before >= least


def test_a_body_can_be_read_slowly(sandbox: Sandbox, wx: Caller) -> None:
    """An upload takes its time, and arrives whole."""
    wx.token()
    sandbox.fault("media/upload:slow-read=10000")
    before = time.monotonic()
    assert wx.upload("media/upload", JPG + bytes(2000), type="image")["media_id"]
    assert time.monotonic() - before > 0.2


def test_a_reply_can_be_cut(sandbox: Sandbox, wx: Caller) -> None:
    """Half of the JSON comes after acceptance, then the end."""
    wx.token()
    sandbox.fault("mass/sendall:cut")
    reply = send(wx)
    length = int(reply.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    assert len(body_of(reply)) == length // 2
    assert len(sandbox.sent()) == 1


@pytest.mark.parametrize(("kind", "bytes_wanted"), [("endless", 3_000_000), ("endless=trickle", 125)])
def test_a_reply_can_have_no_end(sandbox: Sandbox, wx: Caller, kind: str, bytes_wanted: int) -> None:
    """Chunk after chunk, or byte after byte, for as long as the client listens."""
    wx.token()
    sandbox.fault(f"mass/sendall:{kind}")
    assert len(send(wx, limit=bytes_wanted)) >= bytes_wanted
    assert len(sandbox.sent()) == 1


@pytest.mark.parametrize(
    ("kind", "status", "sign"),
    [
        ("502", 502, b"<html>"),
        ("http=503", 503, b"503 Service Unavailable"),
        ("portal", 200, "无线网络".encode()),
        ("redirect", 302, b""),
    ],
)
@pytest.mark.parametrize("after", ["", "/after"])
def test_html_comes_instead_of_json(
    sandbox: Sandbox, wx: Caller, kind: str, status: int, sign: bytes, after: str
) -> None:
    """A gateway's error, a network's login page: with or without acceptance before it."""
    path = wx.path(SENDALL)
    sandbox.fault(f"mass/sendall:{kind}{after}")
    got, headers, body = wx.send("POST", path, BODY)
    assert got == status
    assert headers["Content-Type"].startswith("text/html")
    assert sign in body
    assert len(sandbox.sent()) == (1 if after else 0)
    if status == 302:
        assert "<form" in wx.send("GET", headers["Location"])[2].decode()


@pytest.mark.parametrize(("kind", "code"), [("token-gone", 40001), ("token-expired", 42001)])
@pytest.mark.parametrize("after", ["", "/after"])
def test_a_token_can_be_taken_away(sandbox: Sandbox, wx: Caller, kind: str, code: int, after: str) -> None:
    """This request and all later ones with it are refused; a new token works."""
    path = wx.path(SENDALL)
    sandbox.fault(f"mass/sendall:{kind}{after}*1")
    assert wx.json("POST", path, BODY)["errcode"] == code
    assert wx.json("POST", path, BODY)["errcode"] == code
    assert len(sandbox.sent()) == (1 if after else 0)
    wx.renew()
    assert wx.sendall(key="next")["errcode"] == 0


@pytest.mark.parametrize(("spec", "accepted"), [("errcode=-1", 0), ("errcode=-1/after", 1), ("errcode=9500001", 0)])
def test_any_errcode_comes_when_asked_for(sandbox: Sandbox, wx: Caller, spec: str, accepted: int) -> None:
    """Processed or not, known or not, with a rid."""
    path = wx.path(SENDALL)
    sandbox.fault(f"mass/sendall:{spec}")
    answer = wx.json("POST", path, BODY)
    assert answer["errcode"] == int(spec.partition("=")[2].partition("/")[0])
    assert " rid: " in answer["errmsg"]
    assert len(sandbox.sent()) == accepted


def test_garbage_is_no_json(sandbox: Sandbox, wx: Caller) -> None:
    """Random bytes under an honest head."""
    wx.token()
    sandbox.fault("tags/get:garbage=500")
    assert len(wx.send("GET", wx.path("tags/get"))[2]) == 500


def test_replies_can_be_larger_than_anyone_should_read(sandbox: Sandbox, wx: Caller) -> None:
    """Plain, and as a small gzip that grows; both would be successes if they were believed."""
    wx.token()
    sandbox.fault("mass/get:huge=9*1,mass/get:gzip-bomb=16*1")
    plain = wx.send("POST", wx.path("message/mass/get"), b"{}")[2]
    assert len(plain) > 9 * 1024 * 1024
    assert json.loads(plain)["errcode"] == 0
    _, headers, packed = wx.send("POST", wx.path("message/mass/get"), b"{}")
    assert headers["Content-Encoding"] == "gzip"
    assert len(packed) < 100_000
    assert len(gzip.decompress(packed)) > 16 * 1024 * 1024


@pytest.mark.parametrize(("by", "complete"), [("100", False), ("-5", True)])
def test_content_length_can_lie(sandbox: Sandbox, wx: Caller, by: str, complete: bool) -> None:
    """More than there is: the end comes early. Less: the JSON is cut."""
    wx.token()
    sandbox.fault(f"mass/sendall:lying-length={by}/after")
    reply = send(wx)
    length = int(reply.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    assert length - len(body_of(reply)) == int(by)
    assert len(sandbox.sent()) == 1
    assert (length <= len(body_of(reply))) is complete


def test_storms_of_heads_and_headers(sandbox: Sandbox, wx: Caller) -> None:
    """Hundreds of interim heads before the reply; thousands of headers in it."""
    wx.token()
    sandbox.fault("mass/sendall:1xx-storm=300*1,mass/sendall:many-headers=1000*1")
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=60) as line:
        head = (
            f"POST {wx.path(SENDALL)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(BODY)}\r\n\r\n"
        )
        line.sendall(head.encode() + BODY)
        received = b"".join(iter(lambda: line.recv(65536), b""))
    assert received.count(b"HTTP/1.1 100 Continue") == 300
    assert b'"errcode":0' in received
    assert send(wx).count(b"X-Header-") == 1000


def test_a_reply_can_be_written_word_for_word(sandbox: Sandbox, wx: Caller) -> None:
    """For fuzzing: any status, headers and bytes."""
    wx.token()
    sandbox.fault({"path": "tags/get", "kind": "reply", "status": 599, "headers": {"X-A": "b"}, "body": "é"})
    status, headers, body = wx.send("GET", wx.path("tags/get"))
    assert (status, headers["X-A"], body.decode()) == (599, "b", "é")
    sandbox.fault("clear")
    sandbox.fault('{"path": "tags/get", "kind": "reply", "body_base64": "/wA=", "count": 1}')
    assert wx.send("GET", wx.path("tags/get"))[2] == b"\xff\x00"
    assert len(wx.get("tags/get")["tags"]) == 12


def test_which_requests_are_struck(sandbox: Sandbox, wx: Caller) -> None:
    """By a part of the path, its end, or all; after some that pass; a number of times."""
    wx.token()

    def errors(spec: str, *calls: Callable[[], Any]) -> list[int]:
        sandbox.fault("clear")
        sandbox.fault(spec)
        return [call().get("errcode", 0) for call in calls]

    def all_() -> Any:
        return wx.sendall(key="x" + str(time.monotonic_ns()))

    def some() -> Any:
        return wx.post("message/mass/send", {"touser": wx.account.openids(2), **text(str(time.monotonic_ns()))})

    assert errors("mass/send:errcode=7", all_, some) == [7, 7]
    assert errors("mass/send$:errcode=7", all_, some) == [0, 7]
    assert errors("*:errcode=7~1*2", all_, some, all_, some) == [0, 7, 7, 0]
    assert errors("mass/send$:errcode=7*1,*:errcode=8*1", all_, some, all_) == [8, 7, 0]


def test_faults_are_changed_over_http(sandbox: Sandbox, wx: Caller) -> None:
    """As text or JSON; what is wrong is said with status 400."""
    path = "/__sandbox__/fault"
    assert len(wx.json("POST", path, b"tags/get:errcode=7*1,*:502")) == 2
    assert wx.json("POST", path, b'{"spec": "x:portal"}')[-1]["kind"] == "portal"
    assert wx.json("POST", path, b'[{"path": "y", "kind": "cut", "count": 2}]')[-1]["count"] == 2
    assert len(wx.json("GET", path)) == 4
    assert wx.json("POST", path, b"clear") == []
    status, _, body = wx.send("POST", path, b"tags/get:explode")
    assert status == 400
    assert "explode" in body.decode()


@pytest.mark.parametrize(
    "spec",
    [
        "portal",
        "x:unknown",
        "x:slow",
        "x:slow=fast",
        "x:slow=0",
        "x:502=3",
        "x:cut/sometimes",
        "x:cut*many",
        "x:drop-before=late",
        "x:errcode",
        '{"path": "x"}',
        '{"path": "x", "kind": "cut", "colour": "red"}',
        "[1]",
    ],
)
def test_a_spec_that_means_nothing_is_refused(spec: str) -> None:
    """With a sentence, before anything runs."""
    with pytest.raises(ValueError, match=r"fault|number|stands"):
        faults.parse(spec)


def test_the_help_names_every_fault() -> None:
    """And says which process the request first."""
    text_ = faults.describe()
    assert all(f"\n  {kind} " in text_ for kind in faults.KINDS)
    assert "drop-after     (after )" in text_
