"""The server itself: flat memory, keep-alive, speed, quick stop, a log without secrets, state that outlives it."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import threading
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from desktop_app.sandbox.server import Sandbox
from tests.sandbox.caller import BOUNDARY, JPG, MB, Caller, FakeTime, form


def test_an_upload_of_any_size_needs_flat_memory(sandbox: Sandbox, wx: Caller) -> None:
    """40 MB pass through in blocks: hashed, spooled, refused for their size, and gone from the disk."""
    head, _, tail = form(b"\0MIDDLE\0", "a.jpg").partition(b"\0MIDDLE\0")
    block, blocks = bytes(64 * 1024), 640
    path = wx.path("media/upload", type="image")
    line = http.client.HTTPConnection("127.0.0.1", sandbox.port)
    tracemalloc.start()
    line.putrequest("POST", path)
    line.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    line.putheader("Content-Length", str(len(head) + len(JPG) + blocks * len(block) + len(tail)))
    line.endheaders()
    line.send(head + JPG)
    for _ in range(blocks):
        line.send(block)
    line.send(tail)
    answer = json.loads(line.getresponse().read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    line.close()
    assert answer["errcode"] == 40009
    assert peak < 3 * MB
    part = sandbox.requests()[-1]["parts"][0]
    assert part["sha256"] == hashlib.sha256(JPG + bytes(40 * MB)).hexdigest()
    deadline = time.monotonic() + 60
    while list(sandbox.world.files.folder.glob("upload-*")) and time.monotonic() < deadline:
        time.sleep(0.005)  # the reply goes first
    assert not list(sandbox.world.files.folder.glob("upload-*"))


def test_an_upload_that_is_broken_off_leaves_nothing(sandbox: Sandbox, wx: Caller) -> None:
    """The log says that it was incomplete."""
    path = wx.path("media/upload", type="image")
    with socket.create_connection(("127.0.0.1", sandbox.port)) as line:
        body = form(JPG, "a.jpg")
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        line.sendall(body[:-20])
    deadline = time.monotonic() + 60
    while sandbox.requests()[-1]["path"] != "/cgi-bin/media/upload" and time.monotonic() < deadline:
        time.sleep(0.005)
    assert sandbox.requests()[-1]["complete"] is False
    assert not sandbox.service.media.items
    assert not list(sandbox.world.files.folder.iterdir())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form",
        form(JPG, "a.jpg")[:-8],
        b"--" + BOUNDARY.encode() + b"\r\nX: y\r\n\r\nz",
        form(b"", "a").replace(b"name=", b"nome="),
    ],
)
def test_a_form_that_is_none_has_no_file(wx: Caller, body: bytes) -> None:
    """Cut, unnamed or no form at all: 41005, and the connection lives on."""
    path = wx.path("media/upload", type="image")
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    assert wx.json("POST", path, body, Content_Type=kind)["errcode"] == 41005
    assert wx.get("draft/count") == {"total_count": 0}


def test_one_connection_serves_many_requests_quickly(sandbox: Sandbox, wx: Caller) -> None:
    """A small call costs less than 2 ms; some replies call themselves plain text."""
    path = wx.path("draft/count")
    kinds = {wx.send("GET", path)[1]["Content-Type"] for _ in range(10)}
    assert kinds == {"application/json; encoding=utf-8", "text/plain"}
    took = []
    for _ in range(5):
        before = time.process_time()  # of both sides
        for _ in range(40):
            wx.send("GET", path)
        took.append((time.process_time() - before) / 40)
    assert min(took) < 0.002


def test_it_stops_at_once_whatever_goes_on(fake_time: FakeTime) -> None:
    """Open connections, silence, endless and slow replies do not hold it up."""
    sandbox = Sandbox(clock=fake_time).start()
    wx = Caller(sandbox)
    path = wx.path("tags/get")
    sandbox.fault(
        "tags/get:silent*1,tags/get:endless*1,tags/get:endless=trickle*1,tags/get:slow=5*1,tags/get:slow=60s*1"
    )
    lines = [socket.create_connection(("127.0.0.1", sandbox.port)) for _ in range(8)]
    for line in lines:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    deadline = time.monotonic() + 60
    while sandbox.world.faults.as_list() and time.monotonic() < deadline:
        time.sleep(0.005)
    before = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - before < 1
    for line in lines:
        line.close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", sandbox.port), timeout=1)
    sandbox.stop()


def test_the_log_tells_requests_without_tokens_and_secrets(sandbox: Sandbox, wx: Caller) -> None:
    """Method, path, query, headers, size, JSON and how it ended; over HTTP too."""
    wx.post("tags/create", {"tag": {"name": "茶会"}}, extra="1")
    first, last = sandbox.requests()
    assert (first["path"], first["json"]["secret"]) == ("/cgi-bin/stable_token", "***")
    assert (last["method"], last["query"], last["has_token"]) == ("POST", {"extra": "1"}, True)
    assert last["json"] == {"tag": {"name": "茶会"}}
    assert last["body_size"] == len(last["body"])
    assert (last["status"], last["errcode"], last["fault"], last["processed"]) == (200, 0, None, True)
    shown = wx.send("GET", "/__sandbox__/requests")[2].decode()
    assert "茶会" in shown
    assert wx.account.app_secret not in shown
    assert wx.token() not in shown
    wx.json("DELETE", "/__sandbox__/requests")
    assert sandbox.requests() == []


def test_the_clock_is_moved_and_sped_up_over_http(sandbox: Sandbox, wx: Caller, fake_time: FakeTime) -> None:
    """Seconds pass by the injected source, times the speed."""
    before = sandbox.now()
    assert wx.json("POST", "/__sandbox__/clock", b'{"advance": 3600}')["now"] == before + 3600
    wx.json("POST", "/__sandbox__/clock", b'{"speed": 60}')
    fake_time.seconds += 2
    assert wx.json("GET", "/__sandbox__/clock")["now"] == before + 3600 + 120
    assert "error" in wx.json("POST", "/__sandbox__/clock", b'{"forward": 1}')


def test_paths_that_do_not_exist_get_help(wx: Caller) -> None:
    """The sandbox's own paths explain themselves."""
    status, _, body = wx.send("GET", "/__sandbox__/nothing")
    assert status == 404
    assert b"/__sandbox__/sent" in body
    accounts = wx.json("GET", "/__sandbox__/accounts")
    assert [one["kind"] for one in accounts] == ["service", "subscription"]


def test_bodies_that_cannot_be_taken_are_refused_by_http(sandbox: Sandbox, wx: Caller) -> None:
    """A chunked body and one over 16 MB end the connection with an HTTP error, not with JSON."""
    for head, status in (("Transfer-Encoding: chunked", b" 411 "), ("Content-Length: 17000000", b" 413 ")):
        with socket.create_connection(("127.0.0.1", sandbox.port), timeout=60) as line:
            line.sendall(f"POST /cgi-bin/tags/create HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            assert status in line.recv(4096)


def test_parallel_repeats_of_a_key_are_accepted_once(sandbox: Sandbox, wx: Caller) -> None:
    """Sixteen callers at the same time: one job."""
    wx.token()
    answers: list[Any] = []

    def call() -> None:
        one = Caller(sandbox)
        answers.append(one.sendall(key="k")["errcode"])
        one.close()

    threads = [threading.Thread(target=call) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers)[0] == 0
    assert answers.count(0) == 1
    assert set(answers) == {0, 45065, 45066}
    assert len(sandbox.sent()) == 1


def test_everything_outlives_a_restart(tmp_path: Path, fake_time: FakeTime) -> None:
    """Tokens, media with their bytes, drafts, jobs, keys, quotas, tags and the clock; no token lies on the disk."""
    file = tmp_path / "sandbox.json"
    with Sandbox(state_file=file, clock=fake_time) as sandbox:
        wx = Caller(sandbox)
        sandbox.advance(1000)
        token, media, draft = wx.token(), wx.media(), wx.draft()
        msg_id = wx.sendall(key="k", msgtype="image", image={"media_id": media})["msg_id"]
        wx.post("message/mass/preview", {"towxname": "lanjian_tea", "msgtype": "text", "text": {"content": "x"}})
        tag = wx.post("tags/create", {"tag": {"name": "茶会"}})["tag"]["id"]
        wx.post("tags/members/batchtagging", {"openid_list": wx.account.openids(3), "tagid": tag})
        wx.post("tags/members/batchuntagging", {"openid_list": wx.account.openids(48_216 - 48_166, 0), "tagid": 100})
        wx.post("user/info/updateremark", {"openid": wx.account.openids(1)[0], "remark": "茶友"})
        counts = wx.get("tags/get")
        sent, now = sandbox.sent(), sandbox.now()
    with Sandbox(state_file=file, clock=fake_time) as sandbox:
        again = Caller(sandbox)
        assert sandbox.now() == now
        assert again.token() == token
        assert sandbox.sent() == sent
        assert sandbox.previews()[0]["to"] == "lanjian_tea"
        assert again.sendall(key="k")["msg_id"] == msg_id
        assert again.send("GET", again.path("media/get", media_id=media))[2] == JPG
        assert again.post("draft/get", {"media_id": draft})["news_item"]
        assert again.get("tags/get") == counts
        assert again.get("user/info", openid=again.account.openids(1)[0])["remark"] == "茶友"
        assert again.post("openapi/quota/get", {"cgi_path": "/cgi-bin/message/mass/sendall"})["quota"]["used"] == 2
        assert again.media() != media
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert token.encode() not in on_disk
    assert wx.account.app_secret.encode() not in on_disk


def test_an_accepted_send_is_on_the_disk_before_its_answer(tmp_path: Path, fake_time: FakeTime) -> None:
    """A sandbox that is killed knows its jobs; the rest may lag by a moment."""
    file = tmp_path / "sandbox.json"
    with Sandbox(state_file=file, clock=fake_time) as sandbox:
        wx = Caller(sandbox)
        sandbox.fault("mass/sendall:drop-after*1")
        with pytest.raises((OSError, http.client.HTTPException)):
            wx.sendall(key="k")
        copy = tmp_path / "copy.json"
        copy.write_bytes(file.read_bytes())
        (tmp_path / "copy.files").mkdir()
        for kept in (tmp_path / "sandbox.files").iterdir():
            (tmp_path / "copy.files" / kept.name).write_bytes(kept.read_bytes())
    with Sandbox(state_file=copy, clock=fake_time) as second:
        assert [row["clientmsgid"] for row in second.sent()] == ["k"]
        other = Caller(second)
        assert other.sendall(key="k")["errcode"] == 45065


@pytest.mark.parametrize("text", ['{"version": 1, "now"', '{"version": 99}', "[]", ""])
def test_a_damaged_or_foreign_state_is_put_aside(tmp_path: Path, fake_time: FakeTime, text: str) -> None:
    """The sandbox starts anew and keeps the old file."""
    file = tmp_path / "sandbox.json"
    file.write_text(text, encoding="utf-8")
    with Sandbox(state_file=file, clock=fake_time) as sandbox:
        assert sandbox.sent() == []
    assert (tmp_path / "sandbox.json.broken").exists()


def test_the_same_seed_gives_the_same_ids(fake_time: FakeTime) -> None:
    """So that a failing run can be repeated."""
    ids = []
    for _ in range(2):
        with Sandbox(seed=7, clock=fake_time) as sandbox:
            ids.append((Caller(sandbox).token(), Caller(sandbox).media()))
    assert ids[0] == ids[1]
