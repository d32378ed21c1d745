"""A plain caller of the sandbox for its own tests: http.client and the standard library, nothing of the app."""

from __future__ import annotations

import http.client
import json
import struct
from typing import Any
from urllib.parse import urlencode

from desktop_app.sandbox.account import Account
from desktop_app.sandbox.server import Sandbox

BOUNDARY = "----sandbox-tests"


class FakeTime:
    """Seconds that pass only when a test says so; 2026-11-23 20:00 in Beijing."""

    def __init__(self) -> None:
        self.seconds = 1_795_435_200.0

    def __call__(self) -> float:
        return self.seconds


class Caller:
    """Calls one account's API; `post`, `get` and `upload` give the parsed JSON."""

    def __init__(self, sandbox: Sandbox, account: Account | None = None) -> None:
        self.sandbox = sandbox
        self.account = account or sandbox.service
        self._line = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=20)
        self._token = ""

    def close(self) -> None:
        self._line.close()

    def other(self) -> Caller:
        """A caller for the other account."""
        return Caller(self.sandbox, next(one for one in self.sandbox.accounts if one is not self.account))

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One request as it stands: status, headers and bytes of the reply."""
        self._line.request(method, path, body or None, {k.replace("_", "-"): v for k, v in headers.items()})
        reply = self._line.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()

    def json(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        return json.loads(self.send(method, path, body, **headers)[2])

    def credentials(self, **other: Any) -> dict[str, Any]:
        given = {"grant_type": "client_credential", "appid": self.account.app_id, "secret": self.account.app_secret}
        return {**given, **other}

    def token(self) -> str:
        """A stable token, fetched once."""
        if not self._token:
            answer = self.json("POST", "/cgi-bin/stable_token", json.dumps(self.credentials()).encode())
            self._token = answer["access_token"]
        return self._token

    def renew(self) -> None:
        """Forget the token; the next call fetches one."""
        self._token = ""

    def path(self, route: str, **query: Any) -> str:
        return f"/cgi-bin/{route}?" + urlencode({"access_token": self.token(), **query})

    def post(self, route: str, value: Any = None, **query: Any) -> Any:
        """POST with JSON as WeChat wants it; bytes go out as they are."""
        body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        return self.json("POST", self.path(route, **query), body)

    def get(self, route: str, **query: Any) -> Any:
        return self.json("GET", self.path(route, **query))

    def upload(
        self,
        route: str,
        data: bytes,
        filename: str = "spring.jpg",
        *,
        part: str = "media",
        fields: dict[str, str] | None = None,
        **query: Any,
    ) -> Any:
        body = form(data, filename, part=part, fields=fields)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.json("POST", self.path(route, **query), body, Content_Type=kind)

    # --- things that tests need first ---

    def media(self, kind: str = "image") -> str:
        """A temporary media_id."""
        answer = self.upload("media/upload", FILES[kind], f"a.{ENDINGS[kind]}", type=kind)
        return answer["media_id"] if kind != "thumb" else answer["thumb_media_id"]

    def cover(self) -> str:
        """A permanent image's media_id."""
        return self.upload("material/add_material", JPG, "cover.jpg", type="image")["media_id"]

    def video(self) -> str:
        """An id that can be mass-sent."""
        asked = {"media_id": self.media("video"), "title": "春茶", "description": "山上"}
        return self.post("media/uploadvideo", asked)["media_id"]

    def draft(self, count: int = 1, **more: Any) -> str:
        articles = [article(self.cover(), title=f"春茶 {number}", **more) for number in range(count)]
        return self.post("draft/add", {"articles": articles})["media_id"]

    def sendall(self, tag_id: int | None = 2, key: str | None = None, **message: Any) -> Any:
        """A mass send to a tag, or to all; a text unless a message is given."""
        to = {"is_to_all": True} if tag_id is None else {"is_to_all": False, "tag_id": tag_id}
        body = {"filter": to, **(message or text("你好"))}
        return self.post("message/mass/sendall", body if key is None else {**body, "clientmsgid": key})


def text(content: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}}


def article(thumb_media_id: str, **more: Any) -> dict[str, Any]:
    return {"title": "春茶上新", "content": "<p>山上的第一批茶</p>", "thumb_media_id": thumb_media_id, **more}


def form(data: bytes, filename: str, *, part: str = "media", fields: dict[str, str] | None = None) -> bytes:
    """A multipart body with one file and some fields."""
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (fields or {}).items()
    )
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part}"; filename="{filename}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def amr(seconds: float) -> bytes:
    """Silence as AMR at 12.2 kbit/s."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * round(seconds * 50)


def mp3(seconds: float, *, tagged: bool = False) -> bytes:
    """Silence as MPEG-1 layer III, 32 kbit/s, 44.1 kHz."""
    frame = b"\xff\xfb\x10\x00" + bytes(100)
    tag = b"ID3\x04\0\0\0\0\x00\x20" + bytes(32) if tagged else b""
    return tag + frame * round(seconds * 44100 / 1152)


def wav(seconds: float) -> bytes:
    size = round(seconds * 16000)
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", size, b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", size
    )
    return head + bytes(size)


JPG = b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)) * 3 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + bytes(200)
GIF = b"GIF89a" + bytes(100)
BMP = b"BM" + bytes(12) + b"\x28\0\0\0" + bytes(100)
MP4 = b"\0\0\0\x18ftypmp42" + bytes(500)
MOV = b"\0\0\0\x14ftypqt  " + bytes(500)
FILES = {"image": JPG, "voice": amr(2), "video": MP4, "thumb": JPG}
ENDINGS = {"image": "jpg", "voice": "amr", "video": "mp4", "thumb": "jpg"}
MB = 1024 * 1024
