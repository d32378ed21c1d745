"""What a route is: the call it gets, the refusal it may raise, the reply it gives, and the table of routes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from .account import Account
    from .multipart import Form
    from .world import World


class Refusal(Exception):
    """WeChat says no: an errcode, its text (from the table when not given) and further keys of the reply."""

    def __init__(self, errcode: int, errmsg: str = "", **extra: Any) -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.errmsg = errmsg
        self.extra = extra


@dataclass(frozen=True)
class Request:
    """One request as it was read from the wire; `form` for multipart bodies, `body` for all others."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    form: Form | None = None


@dataclass(frozen=True)
class Reply:
    """What goes back: bytes, or a file of the sandbox that is streamed."""

    body: bytes = b""
    content_type: str = "application/json; encoding=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    errcode: int = 0


@dataclass(frozen=True)
class Call:
    """A request that passed the gate: its account is known, its JSON is read."""

    world: World
    account: Account
    request: Request
    json: dict[str, Any]

    @property
    def query(self) -> Mapping[str, str]:
        """The query without percent signs; for GET calls it holds the arguments."""
        return self.request.query

    def text(self, name: str, missing: int) -> str:
        """A non-empty text field of the JSON; absent or empty refuses with `missing`, another type with 47001."""
        value = self.json.get(name)
        if value is None or value == "":
            raise Refusal(missing)
        if not isinstance(value, str):
            raise Refusal(47001)
        return value


Handler = Callable[[Call], "dict[str, Any] | Reply"]


@dataclass(frozen=True)
class Route:
    """One path of the API.

    `body`: `json` (an object is required), `json?` (may be absent), `form` (multipart) or `none`.
    `need`: `anyone`, `verified` account, or verified `service` account. `quota`: name of the daily counter.
    """

    method: str
    path: str
    handle: Handler
    body: str
    need: str
    quota: str
    token: bool


ROUTES: dict[str, Route] = {}


def route(
    method: str, path: str, *, body: str = "", need: str = "anyone", quota: str = "", token: bool = True
) -> Callable[[Handler], Handler]:
    """Enter a function in the table of routes under `/cgi-bin/<path>`."""

    def enter(handle: Handler) -> Handler:
        kind = body or ("json" if method == "POST" else "none")
        ROUTES[path] = Route(method, path, handle, kind, need, quota or path, token)
        return handle

    return enter


# A backslash that is itself escaped does not start an escape: "\\u4e00" is seven plain characters.
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


def has_unicode_escape(body: bytes) -> bool:
    r"""Whether the raw JSON writes characters as `\uXXXX`, which WeChat refuses or stores literally."""
    return b"\\u" in body and _ESCAPE.search(body) is not None


def read_json(body: bytes, *, required: bool, escapes: str) -> dict[str, Any]:
    """The object of a JSON body. Raises 44002 (nothing there), 40033 or 47002 (escapes), 47001 (not an object)."""
    if not body.strip():
        if required:
            raise Refusal(44002)
        return {}
    if has_unicode_escape(body) and escapes != "stored":
        raise Refusal(int(escapes))
    if escapes == "stored":
        body = _ESCAPE.sub(lambda found: found.group().replace(b"\\u", b"\\\\u"), body)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(47001) from None
    if not isinstance(value, dict):
        raise Refusal(47001)
    return value


def is_int(value: object) -> TypeGuard[int]:
    """Whether a JSON value is a whole number (true and false are not)."""
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value: object) -> int:
    """A 0/1 field as WeChat takes it: number or text. Raises 47001 for anything else."""
    if value in (None, ""):
        return 0
    if (is_int(value) or isinstance(value, str)) and str(value) in ("0", "1"):
        return int(str(value))
    raise Refusal(47001)


def decimal(value: object) -> int | None:
    """A whole number that may be written as decimal text; None when it is neither."""
    if is_int(value):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        return int(value)
    return None
