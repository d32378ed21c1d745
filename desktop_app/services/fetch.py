"""Foreign pictures, bounded: http(s), allowed hosts, size, time, redirects; the connected address is checked."""

from __future__ import annotations

import base64
import binascii
import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from desktop_app.errors import AppError, ArticleError
from desktop_app.job import Job

MAX_BYTES = 40 * 1024 * 1024
TOTAL_S = 30.0
CONNECT_S = 8.0
SILENCE_S = 10.0
REDIRECTS = 3
BLOCK_BYTES = 64 * 1024
_PORTS = (80, 443)
_SAFE = "/%:@!$&'()*+,;=~-._?"
# Proxies that work below the system (TUN) answer every name with an address of this block, which is nobody's.
_STAND_INS = ipaddress.ip_network("198.18.0.0/15")
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Qunfa)",
    "Accept": "image/png,image/jpeg,image/gif,image/webp,image/*;q=0.8,*/*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True)
class _Target:
    """Where one request goes. ``proxy``: host, port and authorization of the system's proxy, None: direct."""

    scheme: str
    host: str
    port: int
    path: str
    proxy: tuple[str, int, str] | None


class Fetch:
    """Gets pictures from the web for articles; every refusal is an ArticleError ``fetch.…``.

    ``allowed_hosts`` None: every host that has a public address (none in this computer or network). A collection:
    these hosts and no others, wherever they are. ``proxies``: as ``urllib.request.getproxies`` gives them.

    Codes: ``fetch.scheme`` ``fetch.host`` (host: not allowed, or not public) ``fetch.dns`` ``fetch.connect``
    ``fetch.tls`` ``fetch.timeout`` ``fetch.status`` (status) ``fetch.redirects`` ``fetch.too_big`` (limit)
    ``fetch.cut`` ``fetch.garbage`` ``fetch.data`` (an unreadable ``data:`` address). All but the last two have
    ``host``.
    """

    def __init__(
        self,
        allowed_hosts: Collection[str] | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        total_s: float = TOTAL_S,
        proxies: Callable[[], dict[str, str]] = urllib.request.getproxies,
    ) -> None:
        self._allowed = None if allowed_hosts is None else frozenset(host.lower() for host in allowed_hosts)
        self._max_bytes = max_bytes
        self._total_s = total_s
        self._proxies = proxies
        self._tls: ssl.SSLContext | None = None

    def get(self, url: str, job: Job) -> bytes:
        """The bytes behind an http(s) or ``data:`` address; nobody has looked into them yet.

        Raises ArticleError (codes above) and Cancelled.
        """
        if url[:5].lower() == "data:":
            return self._from_data(url)
        deadline = time.monotonic() + self._total_s
        for _ in range(REDIRECTS + 1):
            job.check()
            target = self._target(url)
            found = self._one(target, deadline, job)
            if isinstance(found, bytes):
                return found
            url = urljoin(url, found)
        raise ArticleError("fetch.redirects", host=urlsplit(url).hostname or "")

    # --- where to -----------------------------------------------------------------------------------------

    def _target(self, url: str) -> _Target:
        try:
            parts = urlsplit(url.strip())
            scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
            host = host.encode("idna").decode() if not host.isascii() else host
        except (ValueError, UnicodeError):
            raise ArticleError("fetch.scheme", host="") from None
        if scheme not in ("http", "https") or not host:
            raise ArticleError("fetch.scheme", host=host)
        port = port or (443 if scheme == "https" else 80)
        if self._allowed is not None and host.lower() not in self._allowed:
            raise ArticleError("fetch.host", host=host)
        if self._allowed is None and port < 1024 and port not in _PORTS:
            raise ArticleError("fetch.host", host=host)
        path = quote(parts.path or "/", safe=_SAFE)
        if parts.query:
            path += "?" + quote(parts.query, safe=_SAFE)
        return _Target(scheme, host, port, path, self._proxy(scheme, host))

    def _proxy(self, scheme: str, host: str) -> tuple[str, int, str] | None:
        found = self._proxies().get(scheme, "")
        if not found or self._allowed is not None or urllib.request.proxy_bypass(host):
            return None
        parts = urlsplit(found if "://" in found else f"http://{found}")
        if parts.scheme not in ("http", "https", "") or not parts.hostname:
            return None
        login = ""
        if parts.username:
            name, word = unquote_to_bytes(parts.username), unquote_to_bytes(parts.password or "")
            login = "Basic " + base64.b64encode(name + b":" + word).decode()
        return parts.hostname, parts.port or 8080, login

    def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be connected to. Raises ``fetch.dns``, ``fetch.host``."""
        try:
            found = _look_up(host, port)
        except (OSError, UnicodeError):
            raise ArticleError("fetch.dns", host=host) from None
        if self._allowed is None:
            found = [address for address in found if is_public(address)]
        if not found:
            raise ArticleError("fetch.host", host=host)
        return found

    # --- one request --------------------------------------------------------------------------------------

    def _one(self, target: _Target, deadline: float, job: Job) -> bytes | str:
        """The bytes, or the address that it was moved to."""
        connection = self._connection(target, deadline)
        with _ended_at(deadline, connection) as ended:
            try:
                found = self._exchange(connection, target, deadline, job)
                if ended.is_set():  # http.client takes the end of a shut connection for the end of a reply
                    raise TimeoutError
                return found
            except AppError:
                raise
            except ssl.SSLError:
                raise self._failed("fetch.timeout" if ended.is_set() else "fetch.tls", target) from None
            except TimeoutError:
                raise self._failed("fetch.timeout", target) from None
            except http.client.IncompleteRead:
                raise self._failed("fetch.timeout" if ended.is_set() else "fetch.cut", target) from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                code = "fetch.connect" if isinstance(error, OSError) else "fetch.garbage"
                raise self._failed("fetch.timeout" if ended.is_set() else code, target) from None
            finally:
                connection.close()

    def _failed(self, code: str, target: _Target, **args: Any) -> ArticleError:
        return ArticleError(code, host=target.host, **args)

    def _connection(self, target: _Target, deadline: float) -> http.client.HTTPConnection:
        host, port, login = target.proxy or (target.host, target.port, "")
        made = (
            http.client.HTTPSConnection(host, port, timeout=SILENCE_S, context=self._context())
            if target.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=SILENCE_S)
        )
        if target.proxy is None:
            addresses = self._addresses(target.host, target.port)
            # The name is looked up once, here: what was checked is what is connected to.
            made._create_connection = lambda *_, **__: _dial(addresses, port, deadline)  # type: ignore[attr-defined]
            return made
        if not self._may_be_public(target.host):
            raise ArticleError("fetch.host", host=target.host)
        if target.scheme == "https":
            made.set_tunnel(target.host, target.port, {"Proxy-Authorization": login} if login else {})
        return made

    def _may_be_public(self, host: str) -> bool:
        """Behind a proxy nobody here sees the address; what this computer knows about the name has to be public."""
        try:
            return all(map(is_public, _look_up(host, 0)))
        except (OSError, UnicodeError):
            return "." in host

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return self._tls

    def _exchange(
        self, connection: http.client.HTTPConnection, target: _Target, deadline: float, job: Job
    ) -> bytes | str:
        headers = dict(_HEADERS)
        path = target.path
        if target.proxy is not None and target.scheme == "http":
            path = f"http://{_authority(target)}{path}"
            if target.proxy[2]:
                headers["Proxy-Authorization"] = target.proxy[2]
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": _authority(target), **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        reply = connection.getresponse()
        if reply.status in (301, 302, 303, 307, 308) and reply.getheader("Location"):
            return str(reply.getheader("Location"))
        if reply.status != 200:
            raise self._failed("fetch.status", target, status=reply.status)
        size = reply.length or 0
        if size > self._max_bytes:
            raise self._failed("fetch.too_big", target, limit=self._max_bytes)
        return self._read(reply, target, size, deadline, job)

    def _read(self, reply: http.client.HTTPResponse, target: _Target, size: int, deadline: float, job: Job) -> bytes:
        data = bytearray()
        while block := reply.read1(BLOCK_BYTES):
            job.check()
            data += block
            if len(data) > self._max_bytes:
                raise self._failed("fetch.too_big", target, limit=self._max_bytes)
            if time.monotonic() > deadline:
                raise TimeoutError
            job.progress(len(data), size)
        if size and len(data) < size:
            raise http.client.IncompleteRead(bytes(data[:1]))
        return bytes(data)

    def _from_data(self, url: str) -> bytes:
        head, comma, body = url.partition(",")
        if not comma or len(body) > self._max_bytes * 2:
            raise ArticleError("fetch.data")
        if not head.lower().rstrip().endswith(";base64"):
            return unquote_to_bytes(body)
        try:
            return base64.b64decode(unquote_to_bytes(body), validate=False)
        except (binascii.Error, ValueError):
            raise ArticleError("fetch.data") from None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: not this computer, not this network, not a group."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    elif found in _STAND_INS:
        return True
    return found.is_global and not found.is_multicast and not found.is_unspecified


def _look_up(host: str, port: int) -> list[str]:
    """The addresses of a host. A number is one itself, in whatever way it is written: 127.1, 0x7f000001."""
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    if re.fullmatch(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}", host, re.IGNORECASE):
        return [socket.inet_ntoa(socket.inet_aton(host))]
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _authority(target: _Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = 443 if target.scheme == "https" else 80
    return host if target.port == usual else f"{host}:{target.port}"


def _dial(addresses: list[str], port: int, deadline: float) -> socket.socket:
    """The first of the addresses that answers; no name is looked up any more."""
    problem: OSError = TimeoutError()
    for address in addresses[:4]:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            made = socket.create_connection((address, port), timeout=min(CONNECT_S, left))
        except OSError as error:
            problem = error
            continue
        made.settimeout(SILENCE_S)
        return made
    raise problem


@contextmanager
def _ended_at(deadline: float, connection: http.client.HTTPConnection) -> Iterator[threading.Event]:
    """Shut the connection at the deadline, whatever it is waiting for: a drip feed renews every other time-out."""
    ended = threading.Event()

    def end() -> None:
        ended.set()
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), end)
    timer.daemon = True
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()
