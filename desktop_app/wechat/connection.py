"""Watched connections under requests: bounded dialling, a deadline for every exchange, what left and what not.

A send must know whether a byte of it can have reached WeChat, and nothing may wait for ever. urllib3 tells
neither: its timeouts hold for a single read. So each exchange registers with a ``Watchdog`` that shuts the
socket down at the deadline or when the job is cancelled, and the connections below note the first byte that
was handed to the system.
"""

from __future__ import annotations

import logging
import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from typing import Any

import requests
import requests.adapters
import requests.utils
import urllib3
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from desktop_app.errors import Cancelled
from desktop_app.job import Job

BLOCK_BYTES = 256 * 1024
MAX_IDLE_S = 30.0  # a kept connection idle for longer may have been dropped silently on the way: dial anew
CANCEL_POLL_S = 0.2

Resolver = Callable[..., list[Any]]


class _NoUrls(logging.Filter):
    """urllib3 logs whole addresses, token included, up to level WARNING: none of that is let out."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR


for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_NoUrls())


@dataclass(eq=False)
class Exchange:
    """One request on the wire and what is known about it."""

    deadline: float  # time.monotonic()
    connect_s: float
    silence_s: float
    job: Job | None = None
    trace: Callable[[str], None] = field(default=lambda point: None)
    touched: bool = False  # a byte of this request can have left
    ended_by: str = ""  # "deadline" or "cancel", once the watchdog ended it
    connection: _Watched | None = None
    held: tuple[_FreshPool, _Watched] | None = None  # a connection whose reply was read but not yet judged

    def release(self, *, good: bool) -> None:
        """Give the connection back for the next request; only if its reply was understood it stays open.

        Behind a reply whose length lied there may be more bytes, or an end that is just on its way.
        """
        if self.held is None:
            return
        (pool, connection), self.held = self.held, None
        if not good:
            connection.close()
        connection.idle_since = time.monotonic()
        pool.put_back(connection)

    def stop_reason(self, now: float) -> str:
        """Why this exchange has to end now, or an empty text."""
        if self.job is not None and self.job.cancelled:
            return "cancel"
        return "deadline" if now >= self.deadline else ""


class Watchdog:
    """One thread that ends exchanges at their deadline or when their job is cancelled."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: set[Exchange] = set()
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0
        self._closed = False

    @contextmanager
    def watch(self, exchange: Exchange) -> Iterator[None]:
        """Watch ``exchange`` inside the block, and make it the one that connections of this thread serve."""
        with self._changed:
            self._running.add(exchange)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="wechat-watchdog", daemon=True)
                self._thread.start()
            elif self._next_look(time.monotonic(), exchange) < self._wakes_at:
                self._changed.notify()
        _active.exchange = exchange
        try:
            yield
        finally:
            exchange.release(good=False)
            _active.exchange = None
            with self._changed:
                self._running.discard(exchange)
                exchange.connection = None

    def close(self) -> None:
        """End the thread as soon as nothing is under way."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    @staticmethod
    def _next_look(now: float, exchange: Exchange) -> float:
        return min(exchange.deadline, now + CANCEL_POLL_S) if exchange.job else exchange.deadline

    def _run(self) -> None:
        with self._changed:
            while self._running or not self._closed:
                now = time.monotonic()
                for exchange in self._running:
                    self._end_if_due(exchange, now)
                waiting = [each for each in self._running if not each.ended_by]
                self._wakes_at = min((self._next_look(now, each) for each in waiting), default=float("inf"))
                pause = self._wakes_at - time.monotonic()
                self._changed.wait(None if not waiting else max(0.0, pause))
            self._thread = None

    @staticmethod
    def _end_if_due(exchange: Exchange, now: float) -> None:
        if exchange.ended_by or not (reason := exchange.stop_reason(now)):
            return
        exchange.ended_by = reason
        # A connection that went back to the pool and serves somebody else by now is not ours to end.
        if exchange.connection is not None and exchange.connection.exchange is exchange:
            exchange.connection.abort()


class _Active(threading.local):
    exchange: Exchange | None = None


_active = _Active()


class _Watched:
    """What both kinds of connection add to urllib3's."""

    # Given by urllib3's classes.
    sock: Any
    host: str
    _dns_host: str
    port: int
    socket_options: Any
    close: Callable[[], None]

    exchange: Exchange | None = None
    resolver: Resolver = staticmethod(lambda *args, **kwargs: socket.getaddrinfo(*args, **kwargs))
    idle_since: float = 0.0
    _connecting = False
    _dialled: socket.socket | None = None

    def connect(self) -> None:
        """Dial, tunnel and shake hands; ``abort()`` reaches the socket at any time meanwhile."""
        self._join_exchange()
        self._connecting = True
        try:
            super().connect()  # type: ignore[misc]
        finally:
            self._connecting = False
            if self._dialled is not None:
                self._dialled.close()
                self._dialled = None

    def _new_conn(self) -> socket.socket:
        exchange = self.exchange
        assert exchange is not None
        until = min(time.monotonic() + exchange.connect_s, exchange.deadline)
        try:
            sock = _dial(self._dns_host, self.port, until, exchange, self.resolver)
            for option in self.socket_options or ():
                sock.setsockopt(*option)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "connect timed out") from error
        except OSError as error:
            raise NewConnectionError(self, type(error).__name__) from error  # type: ignore[arg-type]
        # TLS wraps the socket into a new object that nobody can see until its handshake is over.
        self._dialled = sock.dup()
        sock.settimeout(max(0.05, until - time.monotonic()))
        return sock

    def _tunnel(self) -> None:
        try:
            super()._tunnel()  # type: ignore[misc]
        except HTTPException as error:  # what answered is no proxy
            self.close()
            raise OSError("Tunnel connection failed") from error

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send one request for the exchange of this thread."""
        self._join_exchange()
        super().request(*args, **kwargs)  # type: ignore[misc]
        assert self.exchange is not None
        self.exchange.trace("after_write")

    def send(self, data: Any) -> None:
        """Write, noting the first byte of a request that the system took."""
        if self.sock is None:
            self.connect()
        exchange = self.exchange
        if self._connecting or exchange is None or exchange.touched:
            super().send(data)  # type: ignore[misc]
            return
        if exchange.stop_reason(time.monotonic()):
            raise TimeoutError("ended before the request")
        exchange.trace("before_write")
        self.sock.settimeout(exchange.silence_s)
        view = memoryview(data)
        try:
            sent = self.sock.send(view)
        except (ConnectionError, ssl.SSLZeroReturnError, ssl.SSLEOFError):
            # A kept connection that the other side had closed. Nothing was taken: plain TCP refuses the
            # whole write, and of TLS at most a piece of one record left, which nobody can decipher.
            raise
        except BaseException:
            exchange.touched = True
            raise
        exchange.touched = True
        if sent < len(view):
            super().send(view[sent:])  # type: ignore[misc]

    def abort(self) -> None:
        """End whatever this connection is doing, from another thread."""
        sock = self._dialled or self.sock
        try:
            if sock is not None:
                # Not SSLSocket.shutdown: it takes the TLS layer away under the thread that is reading.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            return  # closed already

    def _join_exchange(self) -> None:
        exchange = _active.exchange
        assert exchange is not None, "a connection is used outside Watchdog.watch()"
        self.exchange = exchange
        exchange.connection = self
        if exchange.stop_reason(time.monotonic()):
            raise TimeoutError("ended before the request")


class _Plain(_Watched, HTTPConnection):
    pass


class _Tls(_Watched, HTTPSConnection):
    pass


class _FreshPool:
    """A pool that takes a connection back when its reply was judged, and does not trust one idle for long."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)  # type: ignore[misc]
        if connection.sock is not None and time.monotonic() - connection.idle_since > MAX_IDLE_S:
            connection.close()
        return connection

    def _put_conn(self, connection: Any) -> None:
        exchange = _active.exchange
        if exchange is None or connection is None or connection.sock is None:
            self.put_back(connection)
        else:
            exchange.held = (self, connection)

    def put_back(self, connection: Any) -> None:
        """Let the next request have it."""
        super()._put_conn(connection)  # type: ignore[misc]


class _PlainPool(_FreshPool, HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(_FreshPool, HTTPSConnectionPool):
    ConnectionCls = _Tls


class WatchedAdapter(requests.adapters.HTTPAdapter):
    """The session's adapter: large blocks, a TLS context that always verifies, no cookies.

    Without ``tls`` it serves plain http, which is for this computer only and needs no authorities.
    """

    def __init__(self, *, tls: bool, resolver: Resolver | None = None) -> None:
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or requests.utils.DEFAULT_CA_BUNDLE_PATH
        self._tls = {"ssl_context": _verifying(bundle)} if tls else {}
        self._pools = {
            "http": _with_resolver(_PlainPool, _Plain, resolver),
            "https": _with_resolver(_TlsPool, _Tls, resolver),
        }
        super().__init__(pool_connections=4, pool_maxsize=32)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Put our pools and our TLS context in."""
        super().init_poolmanager(connections, maxsize, block, blocksize=BLOCK_BYTES, **self._tls, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The same for connections through a proxy."""
        manager = super().proxy_manager_for(proxy, blocksize=BLOCK_BYTES, **self._tls, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Leave TLS to the context given above: it is loaded once, not for every connection."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, dict(self._tls)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing to set: the context verifies, always."""

    def build_response(self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse) -> requests.Response:
        """Status, headers and the raw stream; no cookie jar and no guessing of encodings."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        return response


@cache
def _verifying(ca_bundle: str) -> ssl.SSLContext:
    """A context that checks certificate and host name. Loading the authorities takes 50 ms, so once."""
    context = create_urllib3_context()
    context.load_default_certs()  # companies put the authority of their proxy there
    context.load_verify_locations(ca_bundle)
    return context


def _with_resolver(pool: Any, connection: Any, resolver: Resolver | None) -> Any:
    if resolver is None:
        return pool
    own = type(connection.__name__, (connection,), {"resolver": staticmethod(resolver)})
    return type(pool.__name__, (pool,), {"ConnectionCls": own})


def _dial(host: str, port: int, until: float, exchange: Exchange, resolver: Resolver) -> socket.socket:
    """A connected socket. Looks the name up and connects in a thread of its own.

    getaddrinfo cannot be given a timeout and connect() cannot be cancelled, so it is the caller that
    stops waiting; what the thread still brings is closed.
    """
    brought: queue.SimpleQueue[socket.socket | OSError] = queue.SimpleQueue()
    given_up = threading.Event()

    def work() -> None:
        try:
            sock = _connect_any(resolver(host.strip("[]"), port, 0, socket.SOCK_STREAM), until, given_up)
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be encoded
            brought.put(error if isinstance(error, OSError) else socket.gaierror(str(error)))
            return
        brought.put(sock)
        if given_up.is_set():
            sock.close()

    threading.Thread(target=work, name="wechat-dial", daemon=True).start()
    while True:
        now = time.monotonic()
        try:
            result = brought.get(timeout=max(0.0, min(CANCEL_POLL_S, until - now)))
        except queue.Empty:
            if now < until and not exchange.stop_reason(now):
                continue
            given_up.set()
            _close_what_came(brought)
            if exchange.job is not None and exchange.job.cancelled:
                raise Cancelled from None
            raise TimeoutError("connect") from None
        if isinstance(result, OSError):
            raise result
        return result


def _close_what_came(brought: queue.SimpleQueue[socket.socket | OSError]) -> None:
    try:
        late = brought.get_nowait()
    except queue.Empty:
        return  # the thread has not put anything yet and will see that it was given up
    if isinstance(late, socket.socket):
        late.close()


def _connect_any(addresses: list[Any], until: float, given_up: threading.Event) -> socket.socket:
    """The first address that answers. Each gets its share of the time: one dead address costs not all of it."""
    last: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        left = until - time.monotonic()
        if left <= 0 or given_up.is_set():
            raise TimeoutError("connect")
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left / (len(addresses) - index))
            sock.connect(address)
        except OSError as error:
            sock.close()
            last = error
        else:
            return sock
    raise last
