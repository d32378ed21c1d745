"""What came back: read with bounds, decoded leniently, never believed without the field that was asked for."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import itertools
import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from desktop_app import errors
from desktop_app.errors import NetworkError
from desktop_app.job import Job
from desktop_app.wechat.errcodes import lookup

MAX_REPLY_BYTES = 8 * 1024 * 1024
MAX_FILE_BYTES = 12 * 1024 * 1024  # permanent pictures have 10 MB at most
SAVED: dict[str, Any] = {}
"""What a call gives back, this very object, when its reply was a file that lies in its place now."""
MAX_ERRMSG_CHARS = 300
READ_BYTES = 64 * 1024

# A key that decides over sent or not sent must not say two things.
DECISIVE = ("errcode", "msg_id", "media_id", "access_token")


class Unreadable(Exception):
    """The reply is not what an API answers; ``code`` names how. Becomes a ``NetworkError`` in transport."""

    def __init__(self, code: str, **args: Any) -> None:
        super().__init__(code)
        self.code = code
        self.args_ = args


def read_bounded(response: requests.Response) -> bytes:
    """The body, inflated if it was compressed; at most 8 MB of either."""
    return b"".join(_pieces(response, MAX_REPLY_BYTES))


def save_or_read(response: requests.Response, target: Path, job: Job) -> bytes | None:
    """The reply of a call that gives a file: None once it lies in ``target``; the body if it is text, not a file.

    At most 12 MB. A file that came only in part is removed. Raises MediaError ``media.disk_full``, ``media.cache``.
    """
    pieces = _pieces(response, MAX_FILE_BYTES)
    head = next((piece for piece in pieces if piece), b"")
    if not _is_file(response, head):
        return head + b"".join(pieces)
    total = whole_number(response.headers.get("Content-Length")) or 0
    done = 0
    try:
        with _written(target) as write:
            for piece in itertools.chain((head,), pieces):
                job.check()
                write(piece)
                done += len(piece)
                job.progress(done, total)
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink()
        raise
    return None


def _is_file(response: requests.Response, head: bytes) -> bool:
    """WeChat's content types are not to be relied on; no format of its library starts like JSON or a page."""
    kind = response.headers.get("Content-Type", "").lower()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if response.status_code != 200 or "json" in kind or "html" in kind or start in (b"", b"{", b"<"):
        return False
    try:
        return "\0" in head.decode()
    except ValueError:
        return True


@contextlib.contextmanager
def _written(target: Path) -> Iterator[Callable[[bytes], None]]:
    """A function that writes to the file; its trouble is the disk's, not the network's."""

    def write(piece: bytes) -> None:
        try:
            file.write(piece)
        except OSError as error:
            raise _disk_error(error) from error

    try:
        file = target.open("wb", buffering=0)
    except OSError as error:
        raise _disk_error(error) from error
    with file:
        yield write


def _disk_error(error: OSError) -> errors.MediaError:
    full = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
    return errors.MediaError("media.disk_full" if error.errno in full else "media.cache", detail=str(error.strerror))


def _pieces(response: requests.Response, limit: int) -> Iterator[bytes]:
    """The body piece by piece, inflated if it was compressed; at most ``limit`` bytes of either."""
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limit:
        raise Unreadable("net.too_big")
    inflate = _inflater(response.headers.get("Content-Encoding", ""))
    raw_bytes = size_bytes = 0
    while piece := _piece(response):
        raw_bytes += len(piece)
        if inflate:
            try:
                piece = inflate.decompress(piece, limit + 1 - size_bytes)
            except zlib.error:
                raise Unreadable("net.garbage") from None
        size_bytes += len(piece)
        if raw_bytes > limit or size_bytes > limit:
            raise Unreadable("net.too_big")
        yield piece
    if inflate and not inflate.eof:
        raise Unreadable("net.cut")


def _piece(response: requests.Response) -> bytes:
    try:
        piece: bytes = response.raw.read(READ_BYTES, decode_content=False)
    except ValueError:  # http.client believes a chunk of negative size
        raise Unreadable("net.garbage") from None
    return piece


def decode(response: requests.Response, body: bytes, own_host: str) -> dict[str, Any]:
    """The JSON object in the reply of an API call to ``own_host``. Raises ``Unreadable``."""
    _check_status(response, own_host)
    try:
        found = json.loads(
            body.decode("utf-8-sig", "replace"),
            strict=False,  # titles come with raw control characters
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):  # RecursionError: nested too deep
        raise Unreadable(_not_json(response, body)) from None
    if not isinstance(found, dict):
        raise Unreadable("net.garbage")
    return found


def refusal(reply: Mapping[str, Any], operation: str, hidden: tuple[str, ...]) -> errors.Refused | None:
    """The error that an errcode other than 0 stands for, or None. ``hidden`` texts never get into it."""
    code = reply.get("errcode", 0)
    if isinstance(code, str) and re.fullmatch(r"-?[0-9]{1,10}", code):
        code = int(code)
    if not isinstance(code, int) or isinstance(code, bool):
        raise Unreadable("net.garbage")
    if code == 0:
        return None
    text = reply.get("errmsg")
    text = text if isinstance(text, str) else ""
    rid = re.search(r"\brid:\s*([0-9A-Za-z-]{1,64})", text)
    told: dict[str, Any] = {"operation": operation, "rid": rid[1] if rid else ""}
    kind = lookup(code).error_class
    if kind is errors.IpNotAllowed:
        told["ip"] = _address_in(text)
    if kind is errors.AlreadySent:
        told["msg_id"] = whole_number(reply.get("msg_id"))
    return kind(code, clean(text, hidden), **told)


def clean(text: str, hidden: tuple[str, ...] = ()) -> str:
    """Server text fit for a window and a log: plain, one line, 300 characters, no secret and no openid."""
    for secret in hidden:
        if secret:
            text = text.replace(secret, "***")
    text = text[: 20 * MAX_ERRMSG_CHARS]
    text = re.sub(r"((?:access_token|secret|appsecret)=)[^&\s\"'<>]+", r"\1***", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<![\w-])o[\w-]{27}(?![\w-])", "o***", text, flags=re.ASCII)
    text = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text)
    return text.strip()[:MAX_ERRMSG_CHARS]


def whole_number(value: object, limit: int = 1 << 64) -> int | None:
    """A positive id or number given as int or decimal text, never by way of a float; else None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < limit:
        return value
    return None


def number(reply: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A number, 0 included, that the reply has to hold. Raises ``Unreadable``."""
    value = reply.get(name, default)
    if value in (0, "0") and not isinstance(value, bool | float):
        return 0
    found = whole_number(value)
    if found is None:
        raise Unreadable("net.garbage")
    return found


def identifier(reply: Mapping[str, Any], *names: str) -> str:
    """A media_id, token or address under the first of ``names`` that is there. Raises ``Unreadable``."""
    value = next((reply[name] for name in names if name in reply), None)
    if not isinstance(value, str) or not 0 < len(value) <= 2048 or re.search(r"[^!-~]", value):
        raise Unreadable("net.garbage")
    return value


def text(reply: Mapping[str, Any], name: str) -> str:
    """A text for people, empty if it is missing or something else."""
    value = reply.get(name)
    return value if isinstance(value, str) else ""


def objects(value: object) -> list[dict[str, Any]]:
    """A list of JSON objects. Raises ``Unreadable``."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Unreadable("net.garbage")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of non-empty texts. Raises ``Unreadable``."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise Unreadable("net.garbage")
    return tuple(value)


def acknowledged(reply: Mapping[str, Any]) -> None:
    """The plain "ok" of a call that returns nothing else: errcode 0 has to be written there."""
    if reply.get("errcode") not in (0, "0") or isinstance(reply.get("errcode"), bool | float):
        raise Unreadable("net.garbage")


def garbage(detail: str) -> NetworkError:
    """An answer came, but not the one asked for: what it did is unknown."""
    return NetworkError("net.garbage", maybe_arrived=True, detail=detail)


def _check_status(response: requests.Response, own_host: str) -> None:
    status = response.status_code
    if status == 200:
        return
    if 300 <= status < 400:
        # Somebody who sends us to another host is a login page, not WeChat. Nothing is followed.
        elsewhere = _host(response.headers.get("Location", "")) not in ("", own_host)
        raise Unreadable("net.portal" if elsewhere else "net.redirect", status=status)
    if status == 407:
        raise Unreadable("net.proxy_auth")
    if status == 511:  # Network Authentication Required
        raise Unreadable("net.portal", status=status)
    raise Unreadable("net.http", status=status)


def _host(location: str) -> str:
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return ""


def _not_json(response: requests.Response, body: bytes) -> str:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = "html" in response.headers.get("Content-Type", "").lower() or start.startswith(b"<")
    return "net.portal" if is_page else "net.garbage"


def _inflater(encoding: str) -> Any:
    if encoding.strip().lower() in ("", "identity"):
        return None
    if encoding.strip().lower() in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib, told by the header
    raise Unreadable("net.garbage")


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        for name, value in pairs:
            if name in DECISIVE and (type(value), value) != (type(found[name]), found[name]):
                raise ValueError(name)
    return found


def _address_in(errmsg: str) -> str:
    for word in re.findall(r"[0-9A-Fa-f:.]{3,45}", errmsg):
        try:
            return str(ipaddress.ip_address(word.strip(".")))
        except ValueError:
            continue
    return ""
