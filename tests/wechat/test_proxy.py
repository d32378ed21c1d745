"""Proxies: read once, never for this computer, and what a failing one means for a send."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.errors import NetworkError, SettingsError
from desktop_app.wechat import WeChatClient, address
from desktop_app.wechat.address import proxies_for
from tests.wechat.conftest import MakeClient
from tests.wechat.test_tls import Authority
from tests.wechat.wire import Wire


class Proxy:
    """A CONNECT proxy that leads every host to one port of this computer, or refuses."""

    def __init__(self, port: int, refuse: bytes = b"") -> None:
        self.heads: list[bytes] = []
        self._port = port
        self._refuse = refuse
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            head = b""
            while b"\r\n\r\n" not in head and (piece := sock.recv(65536)):
                head += piece
            self.heads.append(head)
            if self._refuse:
                sock.sendall(self._refuse)
                sock.close()
                continue
            onward = socket.create_connection(("127.0.0.1", self._port))
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            for a, b in ((sock, onward), (onward, sock)):
                threading.Thread(target=_pump, args=(a, b), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A server with the certificate of a far host, reachable through a proxy only."""
    authority = Authority(tmp_path, "trusted")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with Wire(authority.context("far.invalid")) as wire:
        yield wire


def test_through_a_proxy(far: Wire, make_client: MakeClient) -> None:
    """CONNECT with user and password, and nothing else in the proxy's hands."""
    proxy = Proxy(far.port)
    client = make_client("https://far.invalid", proxy=f"http://us%40er:p%3Aw@127.0.0.1:{proxy.port}")
    assert client.mass_send_text("x", True).msg_id
    (head,) = proxy.heads
    assert head.startswith(b"CONNECT far.invalid:443 ")
    assert b"Basic " + base64.b64encode(b"us@er:p:w") in head
    assert b"token" not in head
    assert {each.header("Proxy-Authorization") for each in far.requests} == {None}
    proxy.close()


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "net.proxy_auth"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "net.proxy"),
        (b"rubbish\r\n\r\n", "net.proxy"),
    ],
)
def test_a_proxy_that_refuses(far: Wire, make_client: MakeClient, reply: bytes, code: str) -> None:
    """Named, and nothing of the send has left."""
    proxy = Proxy(far.port, refuse=reply)
    client = make_client("https://far.invalid", proxy=f"http://canary:pw@127.0.0.1:{proxy.port}")
    with pytest.raises(NetworkError) as caught:
        client.mass_send_text("x", True)
    assert (caught.value.code, caught.value.maybe_arrived) == (code, False)
    assert "canary" not in str(caught.value) + repr(caught.value)
    assert far.requests == []
    proxy.close()


def test_a_proxy_that_is_not_there(make_client: MakeClient) -> None:
    """Refused by the proxy's own port: named as the proxy's fault."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(NetworkError) as caught:
        make_client("https://far.invalid", proxy=f"127.0.0.1:{port}").count_drafts()
    assert (caught.value.code, caught.value.maybe_arrived) == ("net.proxy", False)


def test_loopback_is_always_direct(wire: Wire, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox is reached whatever proxy is set, in the environment or by hand."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for proxy in ("system", None, "http://127.0.0.1:9"):
        assert make_client(wire.address, proxy=proxy).count_drafts() == 4


def test_the_systems_proxy_and_its_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment, except for hosts that it excepts; None is direct."""
    monkeypatch.setenv("https_proxy", "http://proxy.lan:3128")
    monkeypatch.setenv("no_proxy", "intern.example")
    assert proxies_for("https://api.weixin.qq.com", "system") == {"https": "http://proxy.lan:3128"}
    assert proxies_for("https://token.intern.example/x", "system") == {}
    assert proxies_for("https://api.weixin.qq.com", None) == {}
    assert proxies_for("https://api.weixin.qq.com", "proxy.lan:8080") == {"https": "http://proxy.lan:8080"}


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set after the client was made changes nothing."""
    looked: list[str] = []
    original = address.proxies_for

    def counting(url: str, proxy: str | None) -> dict[str, str]:
        looked.append(url)
        return original(url, proxy)

    monkeypatch.setattr(address, "proxies_for", counting)
    with Wire() as wire, WeChatClient("wx", "s", base_url=wire.address) as client:
        client.count_drafts()
        client.count_drafts()
        assert looked == [wire.address]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://", "http://:80", "http://a:b:c", "://"])
def test_addresses_that_are_no_proxy(make_client: MakeClient, proxy: str) -> None:
    """Said when the client is made, without the address: it may hold a password."""
    with pytest.raises(SettingsError) as caught:
        make_client("https://far.invalid", proxy=proxy)
    assert caught.value.code == "proxy.malformed"
    assert proxy not in str(caught.value)
