"""The other side of a benchmark, in a process of its own, so that its work is not measured with the client's."""

from __future__ import annotations

import json
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
UPLOADED = b'{"type":"video","media_id":"MEDIA","created_at":1380000000}'
_MP4_HEAD = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """A sandbox; gives its first line: address, app_id, app_secret."""
    with _process("-m", "desktop_app.sandbox", "--port", "0") as first:
        yield first


@contextmanager
def sink(certificate: Path | None = None) -> Iterator[dict[str, str]]:
    """A server that throws every upload away, so that only the client's own cost is seen; TLS with a certificate.

    Gives what ``sandbox`` gives.
    """
    with _process("-m", "tests.bench._far", *([str(certificate)] if certificate else [])) as first:
        yield first


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


def _serve(pem: str | None) -> None:
    context = None
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    address = f"{'https' if pem else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    print(json.dumps({"address": address, "app_id": "wxsink", "app_secret": "sink"}), flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_swallow, args=(connection, context), daemon=True).start()


def _swallow(connection: socket.socket, context: ssl.SSLContext | None) -> None:
    """Answer every request on a connection without looking at its body; Linux does not even copy it."""
    flags = socket.MSG_TRUNC if sys.platform == "linux" and context is None else 0
    room = memoryview(bytearray(BLOCK_BYTES))
    with suppress(OSError), connection:
        sock = context.wrap_socket(connection, server_side=True) if context else connection
        while head := _head(sock):
            length = re.search(rb"content-length: *([0-9]+)", head, re.IGNORECASE)
            left = (int(length[1]) if length else 0) - len(head.partition(b"\r\n\r\n")[2])
            while left > 0:
                left -= sock.recv_into(room, min(left, BLOCK_BYTES), flags) or left
            body = TOKEN if b"token HTTP/" in head else UPLOADED
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def _head(sock: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (block := sock.recv(65536)):
        head += block
    return head


if __name__ == "__main__":
    _serve(sys.argv[1] if len(sys.argv) > 1 else None)
