"""Faults on command: which requests they strike, whether these are processed first, and what is done to the reply."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

# kind → (processed first?, what its value means; "" when it takes none)
KINDS: dict[str, tuple[bool, str]] = {
    "drop-before": (
        False,
        "empty: read all, close; `early`: close at the headers; `half`: in the body; `reset`: RST",
    ),
    "drop-after": (True, "empty: close without a reply; `reset`: with a RST"),
    "silent": (False, "seconds without a reply before the line is closed (3600)"),
    "slow": (True, "bytes a second of the reply, or a delay before it such as `3s`"),
    "slow-read": (True, "bytes a second at which the request's body is read"),
    "cut": (True, "share of the reply that is sent before the line is closed (0.5)"),
    "endless": (True, "`chunked` (default): chunks for ever; `trickle`: a byte every 50 ms for ever"),
    "502": (False, "a gateway's HTML page"),
    "http": (False, "the HTTP status with an HTML page, such as 503"),
    "portal": (False, "a network's login page with status 200"),
    "redirect": (False, "a 302 to a network's login page"),
    "token-gone": (False, "all tokens of the account end now; this request answers 40001"),
    "token-expired": (False, "all tokens of the account run out now; this request answers 42001"),
    "errcode": (False, "the errcode of the reply; errcode=40164 carries no IP: --switch blocked_ip=… does"),
    "garbage": (False, "how many random bytes are the reply (64)"),
    "gzip-bomb": (False, "how many MB the compressed reply becomes (64)"),
    "huge": (False, "how many MB of JSON the reply has (9)"),
    "lying-length": (False, "Content-Length is so many bytes more (or with a minus, fewer) than there are (100)"),
    "1xx-storm": (True, "how many `100 Continue` come before the reply (500)"),
    "many-headers": (True, "how many headers the reply has (100000)"),
    "reply": (False, "only as JSON: `status`, `headers` and `body` or `body_base64` of the reply"),
}
GRAMMAR = """\
A fault is PATH:KIND[=VALUE][/after|/before][~SKIP][*COUNT]; several are separated by commas.

  PATH    a part of the request's path; at its end `$` stands for the end of the path (mass/send$ is
          mass/send but not mass/sendall); `*` is every path
  KIND    from the list below; `after` in brackets: the request is processed first, then the reply is spoiled;
          `before`: the accounts never see the request. /after and /before override it
  SKIP    so many matching requests pass unharmed first
  COUNT   so many are struck, then the fault is over; without it there is no end

  mass/send:drop-after*1,media/upload:slow=200,mass/get:errcode=45009/after*3,*:502~2*1

The same as JSON: [{"path": "mass/send", "kind": "errcode", "value": "45009", "after": true, "skip": 0, "count": 3}].
`clear` takes all faults away. The first fault that matches a request strikes it.
"""


def describe() -> str:
    """The grammar and the list of kinds, for --help."""
    rows = [f"  {kind:<14} ({'after' if after else 'before':<6}) {text}" for kind, (after, text) in KINDS.items()]
    return GRAMMAR + "\nKinds:\n" + "\n".join(rows)


@dataclass
class Fault:
    """One fault. `count` None: without end. `after` None: as usual for the kind."""

    path: str
    kind: str
    value: str = ""
    after: bool | None = None
    skip: int = 0
    count: int | None = None
    status: int = 200
    headers: dict[str, str] | None = None
    body: bytes = b""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind!r}; there are {', '.join(KINDS)}")
        if not self.path:
            raise ValueError("a fault needs a path, or * for all")
        if self.after is None:
            self.after = KINDS[self.kind][0]
        _check_value(self.kind, self.value)

    @property
    def processes(self) -> bool:
        """Whether the accounts see the request before the reply is spoiled."""
        return bool(self.after)

    def matches(self, path: str) -> bool:
        """Whether a request to this path is struck."""
        if self.path == "*":
            return True
        return path.endswith(self.path[:-1]) if self.path.endswith("$") else self.path in path

    def number(self, usual: float) -> float:
        """The value as a number, or the usual one."""
        return float(self.value) if self.value else usual


def _check_value(kind: str, value: str) -> None:
    """Raises ValueError for a value that the kind cannot have."""
    words = {
        "drop-before": ("", "early", "half", "reset"),
        "drop-after": ("", "reset"),
        "endless": ("", "chunked", "trickle"),
    }
    plain = ("502", "portal", "redirect", "token-gone", "token-expired", "reply")
    if kind in words or kind in plain:
        if value not in words.get(kind, ("",)):
            raise ValueError(f"the fault {kind} does not take the value {value!r}")
        return
    if kind in ("errcode", "http", "slow") and not value:
        raise ValueError(f"the fault {kind} needs a value, for example {kind}=503")
    try:
        number = float(value.removesuffix("s") if kind == "slow" else value or "1")
    except ValueError:
        raise ValueError(f"the fault {kind} takes a number, not {value!r}") from None
    if number <= 0 and kind not in ("errcode", "lying-length", "cut"):
        raise ValueError(f"the fault {kind} takes a number above 0")


def parse(spec: str) -> list[Fault]:
    """The faults of a text: JSON, or the compact form of GRAMMAR. Raises ValueError that says what is wrong."""
    text = spec.strip()
    if text in ("", "clear"):
        return []
    if text[0] in "[{":
        value = json.loads(text)
        return from_json(value if isinstance(value, list) else [value])
    return [_parse_one(part.strip()) for part in text.split(",") if part.strip()]


def _parse_one(text: str) -> Fault:
    path, colon, rest = text.partition(":")
    if not colon:
        raise ValueError(f"{text!r} is no fault: it needs PATH:KIND")
    rest, _, count = rest.partition("*")
    rest, _, skip = rest.partition("~")
    rest, _, when = rest.partition("/")
    if when not in ("", "after", "before"):
        raise ValueError(f"{text!r}: behind / stands after or before")
    kind, _, value = rest.partition("=")
    try:
        numbers = int(skip or 0), int(count) if count else None
    except ValueError:
        raise ValueError(f"{text!r}: behind ~ and * stand numbers") from None
    return Fault(path, kind, value, {"after": True, "before": False}.get(when), numbers[0], numbers[1])


def from_json(values: Iterable[Any]) -> list[Fault]:
    """Faults of a JSON list. Raises ValueError for an unknown kind, key or value."""
    faults = []
    for value in values:
        if not isinstance(value, dict):
            raise ValueError("a fault is an object with path and kind")
        known = dict(value)
        body = known.pop("body_base64", None)
        text = known.pop("body", "")
        known["body"] = base64.b64decode(body) if body is not None else str(text).encode()
        known["value"] = str(known.get("value", ""))
        try:
            faults.append(Fault(**known))
        except TypeError as problem:
            raise ValueError(f"a fault cannot be made of {sorted(value)}: {problem}") from None
    return faults


class FaultPlan:
    """The faults that wait for requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, spec: str | list[Any] | dict[str, Any]) -> None:
        """Add the faults of a spec: compact text, JSON text, or JSON values; `clear` takes all away."""
        if isinstance(spec, str):
            faults = parse(spec)
        else:
            faults = from_json(spec if isinstance(spec, list) else [spec])
        with self._lock:
            if spec == "clear":
                self._faults.clear()
            self._faults += faults

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults.clear()

    def take(self, path: str) -> Fault | None:
        """The fault that strikes a request to this path; its count goes down."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.count is not None:
                    fault.count -= 1
                    if not fault.count:
                        self._faults.remove(fault)
                return fault
        return None

    def as_list(self) -> list[dict[str, Any]]:
        """The waiting faults as JSON values."""
        with self._lock:
            rows = [asdict(fault) for fault in self._faults]
        return [{**row, "body": row["body"].decode("utf-8", "replace")} for row in rows]
