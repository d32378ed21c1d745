"""The sandbox as an HTTP server on the loopback address: `Sandbox` starts and stops it and shows what it saw."""

from __future__ import annotations

import logging
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import control, gate
from .account import Account
from .api import Refusal, Reply, Request
from .faults import Fault
from .line import PORTAL, Line
from .multipart import BadForm, boundary_of, read_form
from .switches import Switches
from .world import World

JSON_BYTES = 16 * 1024 * 1024
_log = logging.getLogger(__name__)
_PLAIN_OK = Reply(b'{"errcode":0,"errmsg":"ok"}')


class Sandbox:
    """A WeChat to try the app with.

    `port` 0 picks one. `state_file`: accounts, media, jobs and the clock outlive the sandbox (uploaded bytes lie in a
    folder beside it). `clock_speed`: its seconds per real second; `clock`: another source of epoch seconds. `seed`:
    the same ids at every run. Usable as a context manager; `start` raises OSError when the port is taken.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        state_file: Path | None = None,
        clock_speed: float = 1.0,
        clock: Callable[[], float] | None = None,
        seed: int | str | None = None,
    ) -> None:
        self._port = port
        self.world = World(state_file, clock_speed, clock, seed)
        self.stopping = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Sandbox:
        """Listen and serve in threads of its own; returns itself."""
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_address[1]
        self.world.saver.start()
        self._thread = threading.Thread(target=self._server.run, name="sandbox", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close all connections, whatever they are doing, and save the state."""
        if self._server is None:
            return
        self.stopping.set()
        self._server.close_all()
        if self._thread is not None:
            self._thread.join()
        self._server.server_close()
        self._server = None
        self.world.close()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def address(self) -> str:
        """The base URL for a client."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def accounts(self) -> list[Account]:
        """The 服务号 and the 订阅号."""
        return self.world.accounts

    @property
    def service(self) -> Account:
        """The 服务号."""
        return self.world.accounts[0]

    @property
    def subscription(self) -> Account:
        """The 订阅号."""
        return self.world.accounts[1]

    @property
    def switches(self) -> Switches:
        """The switches; may be set at any time."""
        return self.world.switches

    def now(self) -> float:
        """The sandbox's time in epoch seconds."""
        return self.world.clock.now()

    def advance(self, seconds: float) -> float:
        """Move the clock; returns the new time."""
        self.world.saver.later()
        return self.world.clock.advance(seconds)

    def fault(self, spec: str | list[Any] | dict[str, Any]) -> None:
        """Add faults (`faults.GRAMMAR`); `clear` takes all away. Raises ValueError."""
        self.world.faults.add(spec)

    def sent(self) -> list[dict[str, Any]]:
        """All accepted mass sends; see `World.sent`."""
        return self.world.sent()

    def previews(self) -> list[dict[str, Any]]:
        """All accepted previews."""
        return self.world.previews()

    def drafts(self) -> list[dict[str, Any]]:
        """The draft boxes; see `World.drafts`."""
        return self.world.drafts()

    def requests(self) -> list[dict[str, Any]]:
        """The log of requests; see `World.requests`."""
        return self.world.requests()

    def forget_requests(self) -> None:
        """Empty the log of requests."""
        self.world.forget_requests()

    def answer_admin(self, msg_id: int, answer: str) -> None:
        """The administrator says `confirm` or `refuse` to a send that waits."""
        self._of_job(msg_id).jobs.by_id[msg_id].answer(answer, self.now())

    def end_job(self, msg_id: int, outcome: str) -> None:
        """Say how a running job will end: `success`, `fail` or `delete`."""
        self._of_job(msg_id).jobs.by_id[msg_id].outcome = outcome

    def _of_job(self, msg_id: int) -> Account:
        return next(account for account in self.accounts if msg_id in account.jobs.by_id)

    def file(self, sha256: str) -> bytes:
        """The bytes of an uploaded file. Raises FileNotFoundError."""
        return self.world.files.read(sha256)


class _Server(ThreadingHTTPServer):
    """Waits in accept without a timer, so that an idle sandbox wakes nobody up."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    timeout = None
    # On Windows the option would let a second program take the same port.
    allow_reuse_address = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """As the base class, without its look-up of the host's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def run(self) -> None:
        """Serve until `close_all`."""
        while not self.sandbox.stopping.is_set():
            self.handle_request()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, then serve it in a thread."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        """Cut every connection and wake the thread that waits for the next one."""
        with self._lock:
            open_now = list(self._open)
        for connection in open_now:
            _hang_up(connection)
        try:
            socket.create_connection(self.server_address[:2], timeout=1).close()  # type: ignore[arg-type]
        except OSError:
            return

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to report; anything else is a bug."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("the sandbox failed over a request")


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


class _Gone(Exception):
    """The client closed the line inside its request."""


class _Handler(BaseHTTPRequestHandler):
    """One connection: reads requests one after the other and lets the accounts, or a fault, answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed: tokens stand in the paths."""

    def do_GET(self) -> None:
        """Any verb goes the same way; the gate knows which one a route wants."""
        line = Line(self.connection, self.server.sandbox.stopping)
        try:
            self._exchange(line)
        except (_Gone, OSError):
            line.keep = False
        if not line.keep:
            self.close_connection = True

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_GET

    def _exchange(self, line: Line) -> None:
        world = self.server.sandbox.world
        target = urlsplit(self.path)
        query = dict(parse_qsl(target.query, keep_blank_values=True))
        about = Request(self.command, target.path, query, dict(self.headers.items()))
        if target.path.startswith(control.PREFIX):
            request = self._read(about, line, None)
            line.send(control.answer(world, request))
            return
        fault = world.faults.take(target.path)
        try:
            if fault is not None and fault.kind == "drop-before" and fault.value in ("early", "half"):
                self._read_some(0.5 if fault.value == "half" else 0.0)
                raise _Gone
            request = self._read(about, line, fault)
        except _Gone:
            world.log(about, self._length(), _outcome(None, fault))
            raise
        try:
            self._answer(request, line, fault)
        finally:
            if request.form is not None:
                request.form.discard()

    def _answer(self, request: Request, line: Line, fault: Fault | None) -> None:
        world = self.server.sandbox.world
        reply = self._reply(request, fault)
        # Logged first: who reads the log after the reply finds the request in it.
        world.log(request, self._length(), _outcome(reply, fault))
        if fault is None:
            line.send(reply)
        else:
            line.send_spoiled(reply, fault)

    def _reply(self, request: Request, fault: Fault | None) -> Reply:
        world = self.server.sandbox.world
        if request.path == "/login":
            return Reply(PORTAL.encode(), "text/html; charset=utf-8")
        if fault is None:
            return gate.answer(world, request)
        if fault.kind in ("token-gone", "token-expired"):
            return self._without_token(request, fault)
        reply = gate.answer(world, request) if fault.processes else _PLAIN_OK
        if fault.kind == "errcode":
            with world.lock:
                return gate.refusal_reply(world, request, Refusal(int(fault.value)))
        return reply

    def _without_token(self, request: Request, fault: Fault) -> Reply:
        """Another system takes the token away, before the request is processed or after it."""
        world = self.server.sandbox.world
        if fault.processes:
            gate.answer(world, request)
        with world.lock:
            for account in world.accounts:
                if fault.kind == "token-gone":
                    account.tokens.take_away()
                else:
                    account.tokens.expire()
            code = 40001 if fault.kind == "token-gone" else 42001
            return gate.refusal_reply(world, request, Refusal(code))

    def _length(self) -> int:
        text = self.headers.get("Content-Length", "0")
        return int(text) if text.isdigit() else 0

    def _read(self, about: Request, line: Line, fault: Fault | None) -> Request:
        """The request with its body: a form is streamed to disk, anything else is kept. Raises _Gone."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            line.send(Reply(b"<html><body>411 Length Required</body></html>", "text/html", 411))
            raise _Gone
        rate = fault.number(1) if fault is not None and fault.kind == "slow-read" else 0.0
        left = self._length()

        def read(count: int) -> bytes:
            nonlocal left
            if left <= 0:
                return b""
            if rate:
                count = max(1, int(rate * 0.05))
                line.wait(count / rate)
            block = self.rfile.read1(min(count, left))
            if not block:
                raise _Gone
            left -= len(block)
            return bytes(block)

        boundary = boundary_of(self.headers.get("Content-Type", ""))
        if boundary is not None:
            return _replace(about, form=_form(read, boundary, self.server.sandbox.world.files.folder))
        if left > JSON_BYTES:
            line.send(Reply(b"<html><body>413 Request Entity Too Large</body></html>", "text/html", 413))
            raise _Gone
        return _replace(about, body=b"".join(iter(lambda: read(JSON_BYTES), b"")))

    def _read_some(self, share: float) -> None:
        left = int(self._length() * share)
        while left > 0 and (block := self.rfile.read(min(left, 65536))):
            left -= len(block)


def _form(read: Callable[[int], bytes], boundary: bytes, folder: Path) -> Any:
    """The form, or None for a body that is none (its route then misses the file)."""
    try:
        return read_form(read, boundary, folder)
    except BadForm:
        while read(65536):
            pass
        return None


def _replace(about: Request, **more: Any) -> Request:
    return Request(about.method, about.path, about.query, about.headers, **more)


def _outcome(reply: Reply | None, fault: Fault | None) -> dict[str, Any]:
    """What the log says about the end of a request: `complete` False when the client (or a fault) cut it off."""
    return {
        "complete": reply is not None,
        "status": reply.status if reply else None,
        "errcode": reply.errcode if reply else None,
        "fault": fault.kind if fault else None,
        "processed": reply is not None and (fault is None or fault.processes),
    }
