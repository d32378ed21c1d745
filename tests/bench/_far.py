"""The other side of a benchmark, in a process of its own, so that its work is not measured with the client's."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MB = 1_000_000
VIDEO_BYTES = 10 * MB
BLOCK_BYTES = 4 * 1024 * 1024
TOKEN = b'{"access_token":"token","expires_in":7200}'
UPLOADED = b'{"type":"video","media_id":"%s","created_at":1380000000}'
STATUS = b'{"msg_id":1000000001,"msg_status":"SEND_SUCCESS","tags":[],"total":0,"count":0}'
MSG_ID = 1_000_000_001
_numbers = itertools.count(1)
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_MP4_HEAD = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """A sandbox; gives its first line: address, app_id, app_secret."""
    with _process("-m", "desktop_app.sandbox", "--port", "0") as first:
        yield first


@contextmanager
def sink(certificate: Path | None = None, *, hashing: bool = False, aside: bool = False) -> Iterator[dict[str, str]]:
    """A server that throws every upload away, so that only the client's own cost is seen; TLS with a certificate.

    ``hashing``: one that reads all of it instead, and gives the SHA-256 of the file as its media_id. ``aside``: it
    lets everybody else go first, as it stands for another machine.
    Gives what ``sandbox`` gives.
    """
    wishes = [name for name, wanted in (("hashing", hashing), ("aside", aside)) if wanted]
    with _process("-m", "tests.bench._far", str(certificate or ""), *wishes) as first:
        yield first


@contextmanager
def trusting(certificate: Path | None) -> Iterator[None]:
    """Let clients made inside the block trust this certificate."""
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    if certificate is not None:
        os.environ["REQUESTS_CA_BUNDLE"] = str(certificate)
    try:
        yield
    finally:
        os.environ.pop("REQUESTS_CA_BUNDLE", None)
        if before is not None:
            os.environ["REQUESTS_CA_BUNDLE"] = before


@contextmanager
def _process(*arguments: str) -> Iterator[dict[str, str]]:
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def video(folder: Path, size: int = VIDEO_BYTES) -> Path:
    """A file that begins like an MP4; what follows is a hole, which costs no disk."""
    path = folder / f"clip-{size}.mp4"
    with path.open("wb") as file:
        file.write(_MP4_HEAD)
        file.truncate(size)
    return path


def noise(path: Path, size: int, seed: int = 0) -> Path:
    """A file that begins like an MP4 and is different in every byte: what was left out or doubled would show."""
    path.write_bytes(_MP4_HEAD + random.Random(seed).randbytes(size - len(_MP4_HEAD)))
    return path


def certificate(folder: Path) -> Path | None:
    """A certificate for this machine with its key in one file; None without the openssl program."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    path = folder / "both.pem"
    names = ["subjectAltName=IP:127.0.0.1", "keyUsage=critical,digitalSignature,keyCertSign"]
    made = subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
        + [text for name in names for text in ("-addext", name)]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        return None
    path.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return path


def _serve(pem: str, hashing: bool) -> None:
    context = None
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    address = f"{'https' if pem else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    print(json.dumps({"address": address, "app_id": "wxsink", "app_secret": "sink"}), flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=(connection, context, hashing), daemon=True).start()


def _answer(connection: socket.socket, context: ssl.SSLContext | None, hashing: bool) -> None:
    """Answer every request on a connection."""
    room = memoryview(bytearray(BLOCK_BYTES))
    with suppress(OSError), connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock = context.wrap_socket(connection, server_side=True) if context else connection
        while request := _head(sock):
            head, _, begun = request.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            left = (int(length[1]) if length else 0) - len(begun)
            if hashing:
                media_id = _sha256_of_file(begun + _read(sock, left)).encode()
            else:
                media_id = b"MEDIA%d" % next(_numbers)
                _swallow(sock, left, room)
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            body = TOKEN if path.endswith(b"token") else STATUS if path.endswith(b"get") else UPLOADED % media_id
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def _head(sock: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (block := sock.recv(65536)):
        head += block
    return head


def _swallow(sock: socket.socket, left: int, room: memoryview) -> None:
    """Take a body without looking at it; in the clear Linux does not even copy it."""
    flags = socket.MSG_TRUNC if sys.platform == "linux" and not isinstance(sock, ssl.SSLSocket) else 0
    while left > 0:
        left -= sock.recv_into(room, min(left, BLOCK_BYTES), flags) or left


def _read(sock: socket.socket, left: int) -> bytes:
    blocks = []
    while left > 0 and (block := sock.recv(min(left, BLOCK_BYTES))):
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)


def _sha256_of_file(body: bytes) -> str:
    """Of the one part with a file name in a multipart body; of nothing if there is none."""
    boundary = body.partition(b"\r\n")[0]
    for part in body.split(b"\r\n" + boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if b"filename" in head:
            return hashlib.sha256(content).hexdigest()
    return ""


if __name__ == "__main__":
    if "aside" in sys.argv[2:] and hasattr(os, "nice"):
        os.nice(10)
    _serve(sys.argv[1], "hashing" in sys.argv[2:])
