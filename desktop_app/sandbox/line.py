"""How a reply goes over the line: whole, or spoiled by a fault; every wait ends at once when the sandbox stops."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import struct
import threading
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from .api import Reply
from .faults import Fault

BLOCK = 64 * 1024
MB = 1024 * 1024
_GATEWAY = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"
)
PORTAL = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>无线网络登录</title></head>
<body><form action="/login" method="post"><h1>欢迎使用无线网络</h1>
<input name="phone" placeholder="手机号"><button>登录上网</button></form></body></html>
"""


class Line:
    """One connection. `keep` is False once it must not be used for another request."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection = connection
        self._stopping = stopping
        self.keep = True

    def write(self, data: bytes) -> None:
        """Send bytes. Raises OSError when the client has gone."""
        self._connection.sendall(data)

    def wait(self, seconds: float) -> bool:
        """Wait, or until the sandbox stops (True)."""
        return self._stopping.wait(seconds)

    def drop(self, *, reset: bool = False) -> None:
        """Close without another byte; with `reset` the client sees a reset, not an end."""
        self.keep = False
        if reset:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._connection.close()

    def send(self, reply: Reply) -> None:
        """The whole reply."""
        if reply.file is None:
            self.write(head_of(reply, len(reply.body)) + reply.body)
            return
        with reply.file.open("rb") as stream:
            self.write(head_of(reply, os.fstat(stream.fileno()).st_size))
            while block := stream.read(BLOCK):
                self.write(block)

    def send_spoiled(self, reply: Reply, fault: Fault) -> None:
        """The reply as a fault leaves it."""
        if reply.file is not None:
            reply = Reply(reply.file.read_bytes(), reply.content_type, reply.status, reply.headers)
        spoil = {
            "drop-before": self._drop,
            "drop-after": self._drop,
            "silent": self._silent,
            "slow": self._slow,
            "cut": self._cut,
            "endless": self._endless,
            "lying-length": self._lie,
            "1xx-storm": self._storm,
            "many-headers": self._many_headers,
        }.get(fault.kind)
        if spoil is None:
            self.send(replaced(reply, fault))
        else:
            spoil(reply, fault)

    def _drop(self, reply: Reply, fault: Fault) -> None:
        self.drop(reset=fault.value == "reset")

    def _silent(self, reply: Reply, fault: Fault) -> None:
        self.keep = False
        until = fault.number(3600)
        # A client that went away ends the silence, so that no thread waits for nobody.
        self._connection.settimeout(0.2)
        while until > 0 and not self.wait(0.05):
            until -= 0.25
            try:
                if not self._connection.recv(1, socket.MSG_PEEK):
                    return
            except TimeoutError:
                continue

    def _slow(self, reply: Reply, fault: Fault) -> None:
        if fault.value.endswith("s"):
            if not self.wait(float(fault.value[:-1])):
                self.send(reply)
            return
        data = head_of(reply, len(reply.body)) + reply.body
        rate = fault.number(1)
        size = max(1, int(rate * 0.05))
        for at in range(0, len(data), size):
            if self.wait(size / rate):
                return
            self.write(data[at : at + size])

    def _cut(self, reply: Reply, fault: Fault) -> None:
        self.keep = False
        share = int(len(reply.body) * fault.number(0.5))
        self.write(head_of(reply, len(reply.body)) + reply.body[:share])

    def _endless(self, reply: Reply, fault: Fault) -> None:
        self.keep = False
        if fault.value == "trickle":
            self.write(head_of(reply, 10**12) + reply.body[:1])
            while not self.wait(0.05):
                self.write(b" ")
            return
        self.write(head_of(reply, None) + _chunk(reply.body[:-1]))
        block = _chunk(b" " * BLOCK)
        while not self.wait(0.001):
            self.write(block)

    def _lie(self, reply: Reply, fault: Fault) -> None:
        self.keep = False
        self.write(head_of(reply, max(0, len(reply.body) + int(fault.number(100)))) + reply.body)

    def _storm(self, reply: Reply, fault: Fault) -> None:
        self.write(b"HTTP/1.1 100 Continue\r\n\r\n" * int(fault.number(500)))
        self.send(reply)

    def _many_headers(self, reply: Reply, fault: Fault) -> None:
        self.keep = False
        extra = {f"X-Header-{number}": str(number) for number in range(int(fault.number(100_000)))}
        self.send(Reply(reply.body, reply.content_type, reply.status, {**reply.headers, **extra}))


def head_of(reply: Reply, length: int | None) -> bytes:
    """Status line and headers; a length of None announces chunks."""
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {reply.status} {phrase}", f"Content-Type: {reply.content_type}"]
    lines.append("Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n" if data else b""


def replaced(reply: Reply, fault: Fault) -> Reply:
    """What comes instead of the reply (or, where nothing is wrong with its form, the reply)."""
    if fault.kind in ("502", "http"):
        status = 502 if fault.kind == "502" else int(fault.number(503))
        phrase = HTTPStatus(status).phrase if status in list(HTTPStatus) else "Error"
        return Reply(_GATEWAY.format(f"{status} {phrase}").encode(), "text/html", status)
    if fault.kind == "portal":
        return Reply(PORTAL.encode(), "text/html; charset=utf-8")
    if fault.kind == "redirect":
        return Reply(b"", "text/html", 302, {"Location": "/login?from=sandbox"})
    if fault.kind == "garbage":
        return Reply(os.urandom(int(fault.number(64))), reply.content_type)
    if fault.kind == "gzip-bomb":
        return Reply(bomb(int(fault.number(64))), reply.content_type, 200, {"Content-Encoding": "gzip"})
    if fault.kind == "huge":
        return Reply(_huge(reply, int(fault.number(9) * MB)), reply.content_type)
    if fault.kind == "reply":
        headers = dict(fault.headers or {})
        kind = headers.pop("Content-Type", reply.content_type)
        return Reply(fault.body, kind, fault.status, headers)
    return reply


def _huge(reply: Reply, size: int) -> bytes:
    """The reply's own JSON with a long field more; `{"errcode": 0}` when it is none."""
    try:
        value: Any = json.loads(reply.body)
    except ValueError:
        value = None
    fields = value if isinstance(value, dict) else {"errcode": 0, "errmsg": "ok"}
    return json.dumps({**fields, "padding": "x" * size}, ensure_ascii=False).encode()


def bomb(megabytes: int) -> bytes:
    """A gzip stream of some kB that becomes so many MB of JSON."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=9, mtime=0) as packer:
        packer.write(b'{"errcode":0,"errmsg":"ok","padding":"')
        for block in _zeros(megabytes):
            packer.write(block)
        packer.write(b'"}')
    return target.getvalue()


def _zeros(megabytes: int) -> Iterator[bytes]:
    block = b"0" * MB
    for _ in range(megabytes):
        yield block
