"""What can go wrong on the way: what left, what is tried again, and that every wait ends."""

from __future__ import annotations

import gzip
import logging
import random
import socket
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_app import errors
from desktop_app.errors import AppError, BadRequest, Busy, Cancelled, NetworkError, Refused
from desktop_app.job import Job
from desktop_app.wechat import WeChatClient, connection
from desktop_app.wechat.transport import Seams
from tests.wechat.conftest import MakeClient
from tests.wechat.wire import MASS, SECRET, TOKEN, Answer, Wire, cut, hang_up, ok, reset, silence

Do = Callable[[WeChatClient], Any]

# One call of each way of repeating: (path, call, tries when nothing is known, tries when nothing left)
CALLS: dict[str, tuple[str, Do, int, int]] = {
    "read": ("mass/get", lambda c: c.get_mass_message_status(201053012), 4, 4),
    "temporary upload": ("media/upload", lambda c: c.upload_media("image", __file__), 4, 4),
    "article picture": ("media/uploadimg", lambda c: c.upload_image(__file__), 4, 4),
    "permanent upload": ("add_material", lambda c: c.add_material("image", __file__), 1, 4),
    "article set": ("uploadnews", lambda c: c.upload_news([{}]), 1, 4),
    "draft": ("draft/add", lambda c: c.add_draft([{}]), 1, 4),
    "preview": ("mass/preview", lambda c: c.preview_text("oA", "x"), 1, 4),
    "delete": ("mass/delete", lambda c: c.delete_mass(5), 1, 4),
    "mass send": ("mass/sendall", lambda c: c.mass_send_text("x", True), 1, 1),
}
every_call = pytest.mark.parametrize("name", list(CALLS))


def drip(sock: socket.socket) -> None:
    """A reply that never ends, a byte at a time."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    try:
        for _ in range(400):
            sock.sendall(b" ")
            time.sleep(0.02)
    except OSError:
        return


def drip_headers(sock: socket.socket) -> None:
    """Headers that never end."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    try:
        for _ in range(400):
            sock.sendall(b"x")
            time.sleep(0.02)
    except OSError:
        return


def continue_storm(sock: socket.socket) -> None:
    """100 Continue for ever."""
    try:
        for _ in range(400):
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.02)
    except OSError:
        return


PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"
bomb = gzip.compress(b" " * (64 << 20))

FAULTS: dict[str, tuple[Answer, str]] = {
    "hang up": (hang_up, "net.reset"),
    "reset": (reset, "net.reset"),
    "cut": (cut, "net.cut"),
    "502 with a page": (ok(PAGE, status="502 Bad Gateway"), "net.http"),
    "500 with JSON": (ok({"errcode": 0, "msg_id": 5}, status="500 Oops"), "net.http"),
    "404": (ok(b"", status="404 Not Found"), "net.http"),
    "login page": (ok(PAGE), "net.portal"),
    "login page by status": (ok(PAGE, status="511 Network Authentication Required"), "net.portal"),
    "page type": (ok(b"ok", more="Content-Type: text/html\r\n"), "net.portal"),
    "redirect elsewhere": (ok(b"", status="302 Found", more="Location: http://login.lan/x\r\n"), "net.portal"),
    "redirect": (ok(b"", status="301 Moved", more="Location: /other\r\n"), "net.redirect"),
    "redirect to itself": (ok(b"", status="307 Again", more="Location: http://127.0.0.1/\r\n"), "net.redirect"),
    "garbage": (ok(b"\x00\xff\xfe rubbish"), "net.garbage"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "net.garbage"),
    "half JSON": (ok(b'{"errcode":0,"msg_id":'), "net.garbage"),
    "NaN": (ok(b'{"errcode":0,"msg_id":NaN}'), "net.garbage"),
    "nested": (ok(b"[" * 200_000), "net.garbage"),
    "huge number": (ok(b'{"errcode":0,"msg_id":' + b"9" * 100_000 + b"}"), "net.garbage"),
    "two answers in one": (ok(b'{"errcode":0,"msg_id":5,"errcode":40007}'), "net.garbage"),
    "bad errcode": (ok(b'{"errcode":0.0,"msg_id":5}'), "net.garbage"),
    "true errcode": (ok(b'{"errcode":false,"msg_id":5}'), "net.garbage"),
    "announced too big": (b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n", "net.too_big"),
    "too big": (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 9_000_000, "net.too_big"),
    "bomb": (ok(bomb, more="Content-Encoding: gzip\r\n"), "net.too_big"),
    "cut gzip": (ok(gzip.compress(b'{"errcode":0}')[:-9], more="Content-Encoding: gzip\r\n"), "net.cut"),
    "no gzip": (ok(b'{"errcode":0}', more="Content-Encoding: gzip\r\n"), "net.garbage"),
    "negative chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n", "net.garbage"),
    "brotli": (ok(b"x", more="Content-Encoding: br\r\n"), "net.garbage"),
    "many headers": (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000 + b"\r\n", "net.garbage"),
    "long header": (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", "net.garbage"),
    "407": (ok(b"", status="407 Proxy Authentication Required"), "net.proxy_auth"),
}
WAITS: dict[str, Answer] = {
    "silence": silence,
    "slow body": drip,
    "slow headers": drip_headers,
    "1xx storm": continue_storm,
}
NOT_TRIED_AGAIN = ("net.portal", "net.redirect", "net.too_big", "net.proxy_auth")


def failure(do: Do, client: WeChatClient) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        do(client)
    return caught.value


@pytest.mark.parametrize("fault", list(FAULTS))
@every_call
def test_after_a_byte_left(wire: Wire, client: WeChatClient, name: str, fault: str) -> None:
    """Named, never a success, in doubt; and tried again only where a second time does no harm."""
    path, do, tries, _ = CALLS[name]
    answer, code = FAULTS[fault]
    wire.answers[path] = answer
    error = failure(do, client)
    assert (error.code, error.maybe_arrived, error.stage) == (code, True, "call")
    assert len(wire.calls(path)) == (1 if code in NOT_TRIED_AGAIN else tries)


@pytest.mark.parametrize("fault", list(WAITS))
def test_every_wait_ends(wire: Wire, make_client: MakeClient, fault: str) -> None:
    """Silence by the silence timeout, everything slower by the total bound."""
    client = make_client(wire.address, timeouts=(0.3, 0.4))
    client.ensure_token()
    wire.answers["sendall"] = WAITS[fault]
    started = time.monotonic()
    error = failure(CALLS["mass send"][1], client)
    assert time.monotonic() - started < 1.5
    assert (error.code, error.maybe_arrived) == ("net.timeout", True)
    assert len(wire.calls("sendall")) == 1


@every_call
def test_no_connection_made(make_client: MakeClient, pauses: list[float], wire: Wire, name: str) -> None:
    """Refused: nothing left, so everything but a mass send is tried again; with growing pauses."""
    _, do, _, tries = CALLS[name]
    dials: list[int] = []

    def resolver(host: str, port: int, *args: Any) -> list[Any]:
        if not token_done:
            return socket.getaddrinfo(host, port, *args)
        dials.append(port)
        with socket.create_server(("127.0.0.1", 0)) as gone:
            return socket.getaddrinfo(host, gone.getsockname()[1], *args)

    token_done = False
    client = make_client(wire.address, _seams=Seams(sleep=pauses.append, resolver=resolver))
    client.ensure_token()
    token_done = True
    wire.drop_connections()
    wait_until(lambda: not wire._open)
    error = failure(do, client)
    assert (error.code, error.maybe_arrived, error.stage) == ("net.refused", False, "call")
    assert len(dials) == tries
    assert wire.calls() == []
    assert len(pauses) == tries - 1
    for index, pause in enumerate(pauses):
        assert 0.5 * 2**index <= pause <= min(5.0, 2**index)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for another thread."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.001)


def test_a_name_that_does_not_resolve(make_client: MakeClient) -> None:
    """DNS: named, nothing left; the token could not be had, and that is said."""
    error = failure(CALLS["mass send"][1], make_client("https://nowhere.invalid"))
    assert (error.code, error.maybe_arrived, error.stage) == ("net.dns", False, "token")


def test_a_resolver_that_hangs(make_client: MakeClient) -> None:
    """A look-up without an end is bounded by the connect timeout."""
    over = threading.Event()

    def resolver(*args: Any) -> list[Any]:
        over.wait(5)
        return []

    client = make_client(
        "https://nowhere.invalid",
        timeouts=(0.1, 0.1),
        _seams=Seams(sleep=lambda s: None, resolver=resolver),
    )
    started = time.monotonic()
    error = failure(CALLS["read"][1], client)
    over.set()
    assert time.monotonic() - started < 2
    assert (error.code, error.maybe_arrived) == ("net.timeout", False)


def test_a_dead_address_before_a_live_one(wire: Wire, make_client: MakeClient) -> None:
    """Each address gets its share of the time, so one that answers is reached."""

    def resolver(host: str, port: int, *args: Any) -> list[Any]:
        live = socket.getaddrinfo(host, port, *args)
        with socket.create_server(("127.0.0.1", 0)) as gone:
            dead = socket.getaddrinfo(host, gone.getsockname()[1], *args)
        return [*dead, *live]

    client = make_client(wire.address, _seams=Seams(resolver=resolver))
    assert client.count_drafts() == 4


def test_a_kept_connection_that_was_closed(wire: Wire, client: WeChatClient) -> None:
    """Seen before anything is written: the send goes out on a new connection, once."""
    client.ensure_token()
    wire.drop_connections()
    wait_until(lambda: not wire._open)
    assert client.mass_send_text("x", True).msg_id == MASS["msg_id"]
    assert (wire.connections, len(wire.calls("sendall"))) == (2, 1)


def test_a_kept_connection_that_breaks_at_the_first_write(
    wire: Wire, client: WeChatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system refuses the first write: proof that nothing left."""
    client.ensure_token()

    def refuse(self: socket.socket, data: Any, *flags: int) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(socket.socket, "send", refuse)
    wire_reset = wire.drop_connections
    monkeypatch.setattr(connection.urllib3.connection, "wait_for_read", lambda *a, **k: False)
    wire_reset()
    error = failure(CALLS["mass send"][1], client)
    assert (error.code, error.maybe_arrived) == ("net.reset", False)
    assert wire.calls() == []


def test_a_connection_idle_for_long_is_not_trusted(
    wire: Wire, client: WeChatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After MAX_IDLE_S a new one is made: the way may have forgotten the old one."""
    client.ensure_token()
    client.count_drafts()
    assert wire.connections == 1
    monkeypatch.setattr(connection, "MAX_IDLE_S", -1.0)
    client.count_drafts()
    assert wire.connections == 2


def test_a_later_try_succeeds(wire: Wire, client: WeChatClient, pauses: list[float]) -> None:
    """Two faults, then the answer: a read and an upload come through, whole."""
    wire.answers["mass/get"] = [hang_up, ok(PAGE, status="502 Bad Gateway")]
    assert client.get_mass_message_status(201053012).msg_status == "SEND_SUCCESS"
    wire.answers["media/upload"] = [cut, ok({"errcode": -1, "errmsg": "system error"})]
    assert client.upload_media("image", __file__).media_id == "MEDIA-1"
    bodies = [each.body for each in wire.calls("media/upload")]
    assert len(bodies) == 3
    assert Path(__file__).read_bytes() in bodies[2]
    assert len(pauses) == 4


@every_call
def test_busy_is_tried_again_only_where_it_does_no_harm(wire: Wire, client: WeChatClient, name: str) -> None:
    """-1 of a send is doubt, and the transport leaves it to the outbox."""
    path, do, tries, _ = CALLS[name]
    wire.answers[path] = {"errcode": -1, "errmsg": "system error"}
    with pytest.raises(Busy):
        do(client)
    assert len(wire.calls(path)) == tries


def test_tries_stop_after_a_minute(wire: Wire, make_client: MakeClient) -> None:
    """No try starts later than 60 s after the first, however many are left."""
    now = [0.0]

    def slow(sock: socket.socket) -> None:
        now[0] += 29

    wire.answers["mass/get"] = slow
    client = make_client(
        wire.address, timeouts=(10.0, 30.0), _seams=Seams(sleep=lambda s: None, clock=lambda: now[0])
    )
    failure(CALLS["read"][1], client)
    assert len(wire.calls("mass/get")) == 3


def test_pauses_are_jittered_and_bounded(wire: Wire, make_client: MakeClient) -> None:
    """Between 0.5 s and 5 s, growing, never twice the same."""
    pauses: list[float] = []
    chance = random.Random(7)
    wire.answers["mass/get"] = hang_up
    client = make_client(wire.address, _seams=Seams(sleep=pauses.append, uniform=chance.uniform))
    for _ in range(5):
        failure(CALLS["read"][1], client)
    assert len(set(pauses)) == 15
    assert all(0.5 <= pause <= 5 for pause in pauses)
    assert pauses[0] < pauses[1] < pauses[2]


def test_no_redirect_is_followed(wire: Wire, client: WeChatClient) -> None:
    """The other address sees nothing."""
    with Wire() as other:
        wire.answers["sendall"] = ok(b"", status="307 T", more=f"Location: {other.address}/x\r\n")
        failure(CALLS["mass send"][1], client)
        assert other.requests == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_replies_are_read(wire: Wire, client: WeChatClient, encoding: str) -> None:
    """Nobody asked for it, but within bounds it is understood."""
    packed = (gzip if encoding == "gzip" else zlib).compress(b'{"total_count":4}')
    wire.answers["draft/count"] = ok(packed, more=f"Content-Encoding: {encoding}\r\n")
    assert client.count_drafts() == 4


def test_json_is_read_leniently(wire: Wire, client: WeChatClient) -> None:
    """Raw control characters, a byte order mark, bad UTF-8 in a text, chunks, an unread charset."""
    wire.answers["tags/get"] = ok(b'\xef\xbb\xbf{"tags":[{"id":2,"name":"a\nb\x01\xff","count":0}]}')
    assert client.get_tags()[0].name == "a\nb\x01�"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    wire.answers["draft/count"] = chunked + b"5\r\n{" + b'"tot' + b"\r\nc\r\n" + b'al_count":4}' + b"\r\n0\r\n\r\n"
    assert client.count_drafts() == 4


def test_wechats_refusals(wire: Wire, client: WeChatClient) -> None:
    """errcode, errmsg, rid, and what 40164 and 45065 tell beside it."""
    wire.answers["sendall"] = {"errcode": 40007, "errmsg": "invalid media_id rid: 6123abcd-12345678-0a1b2c3d"}
    with pytest.raises(errors.BadContent) as content:
        client.mass_send_text("x", True)
    assert (content.value.errcode, content.value.rid) == (40007, "6123abcd-12345678-0a1b2c3d")
    assert content.value.errmsg.startswith("invalid media_id")

    text = "invalid ip 218.58.124.130 ipv6 ::ffff:218.58.124.130, not in whitelist rid: 6-1"
    wire.answers["sendall"] = {"errcode": "40164", "errmsg": text}
    with pytest.raises(errors.IpNotAllowed) as ip:
        client.mass_send_text("x", True)
    assert ip.value.ip == "218.58.124.130"

    for told, msg_id in ((3147494552, 3147494552), ("3147494552", 3147494552), (None, None), (1.5, None)):
        wire.answers["sendall"] = {"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": told}
        with pytest.raises(errors.AlreadySent) as sent:
            client.mass_send_text("x", True)
        assert sent.value.msg_id == msg_id

    wire.answers["sendall"] = {"errcode": 99999, "errmsg": ["not a text"]}
    with pytest.raises(Refused) as unknown:
        client.mass_send_text("x", True)
    assert (type(unknown.value), unknown.value.errmsg) == (Refused, "")


def test_server_text_is_made_harmless(wire: Wire, client: WeChatClient) -> None:
    """300 characters, one line, no marks that turn it round; an echoed token, secret or openid is gone."""
    openid = "o" + "Ab1_-" * 5 + "xy"
    text = f"\x1b[31mx\r\n\u202e{TOKEN}-1 {SECRET} access_token=abc&x {openid} " + "长" * 400
    wire.answers["sendall"] = {"errcode": 40007, "errmsg": text}
    with pytest.raises(Refused) as caught:
        client.mass_send_text("x", True)
    shown = caught.value.errmsg
    assert len(shown) == 300
    assert shown.isprintable()
    assert "access_token=***" in shown
    for hidden in (TOKEN, SECRET, "abc", openid):
        assert hidden not in shown + str(caught.value) + repr(caught.value)


def test_cancel_while_waiting_for_the_answer(wire: Wire, make_client: MakeClient) -> None:
    """Cancel to closed socket within a second, although nothing moves."""
    client = make_client(wire.address, timeouts=(10.0, 30.0))
    client.ensure_token()
    gone = threading.Event()
    job, cancelled_at = Job(), list[float]()

    def wait_for_end(sock: socket.socket) -> None:
        cancelled_at.append(time.monotonic())
        job.cancel()
        silence(sock)
        gone.set()

    wire.answers["media/upload"] = wait_for_end
    with pytest.raises(Cancelled):
        client.upload_media("image", __file__, job)
    assert time.monotonic() - cancelled_at[0] < 1.0
    assert gone.wait(1.0)


def test_cancel_between_tries_and_before(wire: Wire, make_client: MakeClient) -> None:
    """A cancelled job starts nothing, and the pause between tries ends at once."""
    client = make_client(wire.address, _seams=Seams())
    job, cancelled_at = Job(), list[float]()

    def cancel() -> None:
        cancelled_at.append(time.monotonic())
        job.cancel()

    wire.answers["tags/get"] = hang_up
    wire.answers["user/get"] = hang_up
    threading.Timer(0.1, cancel).start()
    with pytest.raises(Cancelled):
        client.get_followers(job=job)
    assert time.monotonic() - cancelled_at[0] < 1.0
    before = len(wire.requests)
    with pytest.raises(Cancelled):
        client.get_followers(job=job)
    assert len(wire.requests) == before


def test_trace_points_of_a_mass_send(wire: Wire, make_client: MakeClient) -> None:
    """Tests that kill the process hang on these; other calls pass no point."""
    points: list[str] = []
    client = make_client(wire.address, _trace=points.append)
    client.count_drafts()
    assert points == []
    client.mass_send_text("x", True)
    assert points == ["before_write", "after_write", "after_reply", "after_parse"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://api.weixin.qq.com", "address.insecure"),
        ("http://127.0.0.1.evil.example", "address.insecure"),
        ("http://localhost.evil.example", "address.insecure"),
        ("http://10.0.0.1", "address.insecure"),
        ("ftp://127.0.0.1", "address.malformed"),
        ("https://user:pw@host.example", "address.malformed"),
        ("https://host.example/?a=b", "address.malformed"),
        ("https://", "address.malformed"),
        ("https://ho st", "address.malformed"),
        ("https://host.example:x", "address.malformed"),
        ("", "address.malformed"),
        (None, "address.malformed"),
    ],
)
def test_where_requests_may_go(make_client: MakeClient, url: Any, code: str) -> None:
    """https anywhere, http to this computer only; nothing else, and no password in the address."""
    with pytest.raises(BadRequest) as caught:
        make_client(url)
    assert caught.value.code == code
    if "?" not in str(url):  # the address of a token server may hold a key
        with pytest.raises(BadRequest):
            make_client("https://host.example", token_url=url or "x")


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.1.2.3:1", "http://[::1]:1", "https://a.b/c/"])
def test_where_they_may(make_client: MakeClient, url: str) -> None:
    """Loopback by name, IPv4 and IPv6."""
    make_client(url)


def test_wrong_settings_of_a_client() -> None:
    """No AppID, no secret without a token server, an unknown token mode."""
    for bad in (("", "s", {}), ("wx", "", {}), ("wx", "s", {"token_mode": "x"})):
        with pytest.raises(BadRequest):
            WeChatClient(bad[0], bad[1], **bad[2])
    WeChatClient("wx", "", token_url="https://token.example").close()


def test_nothing_of_a_request_is_logged(wire: Wire, client: WeChatClient, caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 would log addresses with the token at DEBUG, and broken headers with them at WARNING."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        body = b'{"total_count":1}'
        wire.answers["draft/count"] = b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\nbroken header\r\nA: b\r\n\r\n" + body
        client.mass_send_text("x", True)
        client.count_drafts()
    finally:
        for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text


def everything_about(error: BaseException) -> str:
    """An exception with all it was made from, as a crash report would show it."""
    texts: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None:
            texts += [str(each), repr(each), repr(each.args), repr(vars(each))]
            waiting += [each.__cause__, each.__context__]
    return "\n".join(texts)


@pytest.mark.parametrize("name", ["read", "temporary upload", "preview", "mass send"])
def test_no_secret_in_any_failure(wire: Wire, make_client: MakeClient, name: str) -> None:
    """Every fault, for the call and for the token: no canary in the error, its causes and contexts."""
    path, do, _, _ = CALLS[name]
    for faulty in (path, "token"):
        echo = {"errcode": 40007, "errmsg": f"bad {SECRET}" + (f" {TOKEN}-1" if faulty == path else "")}
        for answer in [echo, *(fault[0] for fault in FAULTS.values())]:
            wire.answers = {faulty: answer}
            client = make_client(wire.address, token_mode="classic")
            with pytest.raises(AppError) as caught:
                do(client)
            shown = everything_about(caught.value)
            assert TOKEN not in shown
            assert SECRET not in shown
            assert "access_token=" not in shown
            assert caught.value.stage == ("call" if faulty == path else "token")
            if faulty == "token" and isinstance(caught.value, NetworkError):
                assert not caught.value.maybe_arrived


def test_many_threads_share_one_client(wire: Wire, client: WeChatClient) -> None:
    """Ten threads, one token, every answer to its own question."""
    results: list[int] = []

    def work(number: int) -> None:
        for _ in range(5):
            client.count_drafts()
            results.append(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 50
    assert wire.token_fetches == 1
    assert wire.connections <= 12


def test_the_watching_thread_ends_with_the_client(wire: Wire) -> None:
    """Nothing of a closed client stays behind."""
    client = WeChatClient("wx", "s", base_url=wire.address)
    client.count_drafts()
    client.close()
    wait_until(lambda: not any(each.name == "wechat-watchdog" for each in threading.enumerate()))


def test_a_connection_behind_an_unreadable_reply_is_not_used_again(wire: Wire, client: WeChatClient) -> None:
    """More bytes or its end may be on their way; a refusal in good form keeps it."""
    wire.answers["draft/count"] = {"errcode": 48001, "errmsg": "api unauthorized"}
    with pytest.raises(Refused):
        client.count_drafts()
    client.get_tags()
    assert wire.connections == 1
    wire.answers["draft/add"] = ok(b"rubbish")
    failure(CALLS["draft"][1], client)
    client.get_tags()
    assert wire.connections == 2
