"""A raw little HTTP server for tests: it records every byte of a request and answers whatever it is told to."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

TOKEN = "canary-token-0123456789"
SECRET = "canary-secret-9876543210"
APP_ID = "wxcanary00000001"

Answer = bytes | dict[str, Any] | Callable[[socket.socket], None]


@dataclass
class Recorded:
    """One request as it came in."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None


def ok(body: dict[str, Any] | bytes, *, status: str = "200 OK", more: str = "") -> bytes:
    """A whole HTTP reply."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{more}Content-Length: {len(raw)}\r\n\r\n"
    return head.encode() + raw


def hang_up(sock: socket.socket) -> None:
    """Close without a word: the connection ends with every answer that is a function."""


def reset(sock: socket.socket) -> None:
    """Close with a TCP reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def cut(sock: socket.socket) -> None:
    """Half a reply."""
    sock.sendall(ok(MASS)[:-10])


def silence(sock: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    sock.settimeout(20)
    try:
        while sock.recv(65536):
            pass
    except OSError:
        return


class Wire:
    """The server. ``answers[path]``: one answer for ever, or a list of answers used up one by one."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Recorded] = []
        self.answers: dict[str, Answer | list[Answer]] = {}
        self.decide: Callable[[Recorded], Answer | None] = lambda request: None  # goes before ``answers``
        self.connections = 0
        self.token_fetches = 0
        self.bytes_in = 0
        self.bodies: Literal["keep", "discard", "leave"] = "keep"  # leave: nobody reads them
        self._tls = tls
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        with self._lock:
            for sock in self._open:
                sock.close()

    def calls(self, path: str = "") -> list[Recorded]:
        """The recorded requests whose path ends with ``path``, without those for tokens."""
        return [each for each in self.requests if each.path.endswith(path) and not each.path.endswith("token")]

    def drop_connections(self) -> None:
        """Close every kept connection from this side."""
        with self._lock:
            for sock in self._open:
                sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with self._lock:
                self._open.add(sock)
            with sock.makefile("rb") as stream:
                while (request := self._read(stream)) is not None and self._answer(sock, request):
                    pass
        except (OSError, ValueError):
            return
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def _read(self, stream: Any) -> Recorded | None:
        line = stream.readline()
        self.bytes_in += len(line)
        if not line.strip():
            return None
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = []
        while (line := stream.readline()).strip():
            key, _, value = line.decode("latin-1").partition(":")
            headers.append((key, value.strip()))
        length = int({k.lower(): v for k, v in headers}.get("content-length", 0))
        body = stream.read(length) if self.bodies == "keep" else b""
        while self.bodies == "discard" and length > 0:
            length -= len(stream.read(min(length, 1 << 16)))
        request = Recorded(method, target, headers, body)
        with self._lock:
            self.requests.append(request)
        return request

    def _answer(self, sock: socket.socket, request: Recorded) -> bool:
        """Answer; whether the connection goes on."""
        answer = self._pick(request)
        if callable(answer):
            answer(sock)
            return False
        sock.sendall(answer if isinstance(answer, bytes) else ok(answer))
        return not isinstance(answer, bytes) or b"Content-Length" in answer or b"chunked" in answer

    def _pick(self, request: Recorded) -> Answer:
        if (decided := self.decide(request)) is not None:
            return decided
        with self._lock:
            if request.path.endswith("token"):
                self.token_fetches += 1
            for path, answer in self.answers.items():
                if request.path.endswith(path):
                    if not isinstance(answer, list):
                        return answer
                    if answer:
                        return answer.pop(0)
        if request.path.endswith("token"):
            return {"access_token": f"{TOKEN}-{self.token_fetches}", "expires_in": 7200}
        return GOOD.get(re.sub(r"^.*?/cgi-bin/", "", request.path), {"errcode": 0, "errmsg": "ok"})


UPLOADED = {"type": "image", "media_id": "MEDIA-1", "created_at": 1380000000}
MASS = {"errcode": 0, "errmsg": "send job submission success", "msg_id": 3147483652, "msg_data_id": 2455891298}

GOOD: dict[str, dict[str, Any]] = {
    "media/uploadnews": {"type": "news", "media_id": "NEWS-1", "created_at": 1391857799},
    "media/uploadvideo": {"type": "video", "media_id": "VIDEO-2", "created_at": 1398848981},
    "media/uploadimg": {"url": "http://mmbiz.qpic.cn/mmbiz/x/0", "errcode": 0, "errmsg": "ok"},
    "media/upload": UPLOADED,
    "material/add_material": {"media_id": "PERM-1", "url": "http://mmbiz.qpic.cn/mmbiz/y/0"},
    "message/mass/sendall": MASS,
    "message/mass/send": MASS,
    "message/mass/preview": {"errcode": 0, "errmsg": "preview success"},
    "message/mass/get": {"msg_id": 201053012, "msg_status": "SEND_SUCCESS"},
    "message/mass/speed/get": {"speed": 3, "realspeed": 30},
    "tags/get": {"tags": [{"id": 2, "name": "星标组", "count": 0}, {"id": 134, "name": "北京", "count": 9126}]},
    "user/get": {"total": 2, "count": 2, "data": {"openid": ["oA", "oB"]}, "next_openid": "oB"},
    "user/tag/get": {"count": 0},
    "user/info/batchget": {
        "user_info_list": [{"subscribe": 1, "openid": "oA", "remark": "老客户", "tagid_list": [134, 2]}]
    },
    "openapi/quota/get": {
        "errcode": 0,
        "errmsg": "ok",
        "quota": {"daily_limit": 100, "used": 3, "remain": 97},
    },
    "draft/count": {"total_count": 4},
    "draft/add": {"media_id": "DRAFT-1"},
    "draft/get": {"news_item": [{"title": "t"}]},
    "draft/batchget": {
        "total_count": 7,
        "item_count": 1,
        "item": [{"media_id": "DRAFT-1", "content": {"news_item": [{"title": "t"}]}, "update_time": 1391857799}],
    },
    "material/get_materialcount": {"voice_count": 1, "video_count": 2, "image_count": 3, "news_count": 4},
    "material/batchget_material": {
        "total_count": 41,
        "item_count": 2,
        "item": [
            {
                "media_id": "PERM-1",
                "name": "春茶.jpg",
                "update_time": 1391857799,
                "url": "http://mmbiz.qpic.cn/mmbiz/y/0",
            },
            {"media_id": "PERM-2"},
        ],
    },
    "material/get_material": {"title": "茶园", "description": "", "down_url": "http://mp.weixin.qq.com/v/1"},
    "get_api_domain_ip": {"ip_list": ["101.226.62.77", "101.226.62.78"]},
}
