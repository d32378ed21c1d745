"""Foreign pictures: what is fetched, what is refused, and that nothing waits for ever."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from desktop_app.errors import ArticleError, Cancelled
from desktop_app.job import Job
from desktop_app.services.fetch import Fetch, is_public

HERE = {"127.0.0.1"}
Answer = Callable[[BaseHTTPRequestHandler], None]


class Web:
    """A little web of this machine: each path has its answer, every request is noted."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append((self.path, dict(self.headers)))
                web.answers[self.path.partition("?")[0]](self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def put(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content_Length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)
            handler.close_connection = True

        self.answers[path] = answer
        return self.address + path


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    yield made
    made.server.shutdown()
    made.server.server_close()


def refused(fetch: Fetch, url: str) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        fetch.get(url, Job())
    return caught.value


def test_a_picture_comes_whole_and_says_nothing_about_us(web: Web) -> None:
    """Bytes as they are; no referer, no cookies; query and Chinese path arrive."""
    url = web.put("/%E5%9B%BE.png", b"\x89PNG" * 50_000)
    reports: list[tuple[int, int]] = []
    data = Fetch(HERE).get(url.replace("%E5%9B%BE", "图") + "?a=1&b=茶", Job(lambda *report: reports.append(report)))
    assert data == b"\x89PNG" * 50_000
    path, headers = web.asked[0]
    assert path == "/%E5%9B%BE.png?a=1&b=%E8%8C%B6"
    assert not {"Referer", "Cookie", "Authorization"} & headers.keys()
    assert reports[-1] == (200_000, 200_000)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "qunfa-media://aa",
        "/cgi-bin/a.png",
        "cid:image001.png",
        "http://",
        "http://[::1",
        "http://\ud800/",
        "",
    ],
)
def test_other_schemes_are_refused(url: str) -> None:
    """Nothing but http, https and data."""
    assert refused(Fetch(), url).code == "fetch.scheme"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "localhost",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fc00::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
def test_this_computer_and_network_are_refused(web: Web, host: str) -> None:
    """However the address is written; no byte leaves."""
    port = web.server.server_port
    assert refused(Fetch(), f"http://{host}:{port}/a.png").code in ("fetch.host", "fetch.dns")
    assert web.asked == []


def test_a_name_that_points_home_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that is connected to is the one that was looked at: a second look-up cannot give another."""
    answers = iter(["127.0.0.1"])
    asked: list[str] = []

    def look_up(host: str, port: object, *args: object, **more: object) -> list[tuple]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), web.server.server_port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert refused(Fetch(), f"http://pictures.example:{web.server.server_port}/a.png").code == "fetch.host"
    assert asked == ["pictures.example"]
    assert web.asked == []


def test_a_redirect_is_looked_at_like_a_first_address(web: Web) -> None:
    """To a host off the list, to another scheme: refused; three in a row pass, the fourth does not."""
    web.put("/there", b"picture")
    for number in range(1, 5):
        where = "/there" if number == 1 else f"/{number - 1}"
        web.put(f"/{number}", status=302, Location=where)
    fetch = Fetch(HERE)
    assert fetch.get(f"{web.address}/3", Job()) == b"picture"
    assert refused(fetch, f"{web.address}/4").code == "fetch.redirects"
    web.put("/off", status=301, Location="http://10.0.0.1/a.png")
    assert refused(fetch, f"{web.address}/off").code == "fetch.host"
    web.put("/file", status=307, Location="file:///etc/passwd")
    assert refused(fetch, f"{web.address}/file").code == "fetch.scheme"


def test_too_big_is_noticed_before_and_while_reading(web: Web) -> None:
    """By the announced size, and by counting where none is announced."""
    fetch = Fetch(HERE, max_bytes=1000)
    assert refused(fetch, web.put("/told", b"x" * 1001)).code == "fetch.too_big"

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            pass

    web.answers["/endless"] = endless
    assert refused(fetch, f"{web.address}/endless").code == "fetch.too_big"


def test_a_drip_feed_ends_at_the_deadline(web: Web) -> None:
    """A server that gives a byte now and then does not hold anybody longer than the whole time allowed."""
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.02):
                handler.wfile.write(b"X-A: b\r\n")
                handler.wfile.flush()
        except OSError:
            pass

    web.answers["/drip"] = drip
    started = time.monotonic()
    assert refused(Fetch(HERE, total_s=0.3), f"{web.address}/drip").code == "fetch.timeout"
    assert time.monotonic() - started < 3
    stop.set()


def test_other_failures_are_named(web: Web) -> None:
    """A status, a cut, nobody there, a name that does not exist."""
    fetch = Fetch(HERE)
    error = refused(fetch, web.put("/gone", status=404))
    assert (error.code, error.args_["status"]) == ("fetch.status", 404)
    assert refused(fetch, web.put("/cut", b"abc", Content_Length="10")).code == "fetch.cut"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refused(fetch, f"http://127.0.0.1:{port}/").code == "fetch.connect"
    assert refused(fetch, "http://elsewhere.example/").code == "fetch.host"


def test_cancelling_stops_it(web: Web) -> None:
    """Between two blocks."""
    url = web.put("/a", b"x" * 1_000_000)
    job = Job(lambda done, total: job.cancel())
    with pytest.raises(Cancelled):
        Fetch(HERE).get(url, job)


def test_data_addresses_are_read() -> None:
    """In base64 and in percent; a broken one is named."""
    fetch = Fetch()
    assert fetch.get("data:image/png;base64," + base64.b64encode(b"abc").decode(), Job()) == b"abc"
    assert fetch.get("data:image/gif,GIF89a%00", Job()) == b"GIF89a\0"
    for broken in ("data:image/png;base64,A", "data:image/png;base64"):
        assert refused(fetch, broken).code == "fetch.data"


def test_public_addresses() -> None:
    """What counts as the internet; the stand-ins of proxies below the system do."""
    assert all(map(is_public, ("1.1.1.1", "203.107.1.1", "2606:4700::1111", "198.18.0.7")))
    assert not any(map(is_public, ("nonsense", "255.255.255.255", "240.0.0.1", "::", "fe80::1%eth0", "ff02::1")))


def test_a_proxy_of_the_system_is_used_but_not_for_this_network(web: Web) -> None:
    """With a proxy the request goes to it in full form; names of this network are refused before."""
    made = Web()
    try:
        made.answers["http://198.18.0.9/a.png"] = lambda handler: (
            handler.send_response(200),
            handler.send_header("Content-Length", "2"),
            handler.end_headers(),
            handler.wfile.write(b"ok"),
        )[0]
        login = made.address.replace("http://", "http://me:word@")
        fetch = Fetch(proxies=lambda: {"http": login})
        assert fetch.get("http://198.18.0.9/a.png", Job()) == b"ok"
        assert made.asked[0][1]["Proxy-Authorization"] == "Basic " + base64.b64encode(b"me:word").decode()
        assert refused(fetch, "http://192.168.0.1/a.png").code == "fetch.host"
        assert len(made.asked) == 1
    finally:
        made.server.shutdown()
        made.server.server_close()
