"""Each route refuses wrong requests with the reference's errcode; the coverage of codes × routes is printed."""

from __future__ import annotations

import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import desktop_app.sandbox
from desktop_app.sandbox.api import ROUTES, Route
from desktop_app.sandbox.errmsg import TEXTS
from desktop_app.sandbox.switches import CHOICES
from tests.sandbox import refusals_mass  # noqa: F401 - it fills CASES
from tests.sandbox.caller import Caller
from tests.sandbox.refusals import CASES, Case

RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")
NOBODYS = "9_" + "x" * 200


def _gate_cases() -> Iterator[Case]:
    """What every route refuses before it looks at anything of its own."""
    for path, route in ROUTES.items():
        if not route.token:
            continue
        wrong = 43001 if route.method == "GET" else 43002
        yield Case(
            path,
            wrong,
            "the other verb",
            lambda wx, r=route: _call(wx, r, verb="POST" if r.method == "GET" else "GET"),
        )
        yield Case(path, 41001, "no token", lambda wx, r=route: _call(wx, r, token=""))
        yield Case(path, 40014, "a malformed token", lambda wx, r=route: _call(wx, r, token="abc"))
        yield Case(path, 40001, "nobody's token", lambda wx, r=route: _call(wx, r, token=NOBODYS))
        yield Case(path, 42001, "an expired token", lambda wx, r=route: _after(wx, r, 7200))
        if route.body == "json":
            yield Case(path, 44002, "no body", lambda wx, r=route: _call(wx, r))
        if route.body.startswith("json"):
            yield Case(path, 47001, "no JSON", lambda wx, r=route: _call(wx, r, body=b"{"))
            yield Case(path, 47001, "an array", lambda wx, r=route: _call(wx, r, body=b"[1]"))
            yield Case(path, 40033, "an escape", lambda wx, r=route: _call(wx, r, body=b'{"x":"\\u8336"}'))
            yield Case(path, 47002, "an escape, other code", lambda wx, r=route: _escape(wx, r))
        if route.need != "anyone":
            yield Case(path, 48001, "an unverified account", lambda wx, r=route: _unverified(wx, r))


def _call(wx: Caller, route: Route, *, verb: str = "", token: str | None = None, body: bytes = b"") -> Any:
    given = wx.token() if token is None else token
    return wx.json(verb or route.method, f"/cgi-bin/{route.path}?access_token={given}", body)


def _after(wx: Caller, route: Route, seconds: float) -> Any:
    wx.token()
    wx.sandbox.advance(seconds)
    return _call(wx, route)


def _escape(wx: Caller, route: Route) -> Any:
    wx.sandbox.switches.set(escapes="47002")
    return _call(wx, route, body=b'{"x":"\\u8336"}')


def _unverified(wx: Caller, route: Route) -> Any:
    wx.sandbox.switches.set(verified=False)
    return _call(wx, route, body=b"{}" if route.method == "POST" else b"")


ALL = [*CASES, *_gate_cases()]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.route}-{case.code}-{case.what}")
def test_a_wrong_request_is_refused_with_the_references_code(wx: Caller, case: Case) -> None:
    """The reply has the errcode, WeChat's text and the tail with the rid."""
    answer = case.make(wx)
    assert answer["errcode"] == case.code
    assert RID.search(answer["errmsg"])
    if case.code != 40164:
        assert answer["errmsg"].startswith(TEXTS[case.code])


def _codes_in_the_source() -> set[int]:
    """Every errcode that stands in the sandbox's rules, from the number tokens of its source."""
    folder = Path(desktop_app.sandbox.__file__).parent
    found = {-1}
    for file in folder.glob("*.py"):
        if file.name in ("errmsg.py", "sniff.py"):
            continue
        tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
        numbers = {token.string for token in tokens if token.type == tokenize.NUMBER}
        found |= {int(text) for text in numbers if re.fullmatch(r"4[0-9]{4}|76\d{3}|88\d{3}|89\d{3}", text)}
    in_switches = {str(value) for values in CHOICES.values() for value in values}
    return found | {int(text[:5]) for text in in_switches if re.match(r"4\d{4}|89\d{3}", text)}


def test_every_code_that_the_sandbox_can_give_is_provoked() -> None:
    """No errcode stands in the rules that no case provokes, and none is without a text."""
    codes = _codes_in_the_source()
    assert codes - {case.code for case in ALL} == set()
    assert codes - set(TEXTS) == set()


def test_every_route_refuses_something_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Each route has a refusal beside those of the gate, if it takes any argument; prints codes × routes."""
    own: dict[str, set[int]] = defaultdict(set)
    for case in CASES:
        own[case.route].add(case.code)
    gate: dict[str, set[int]] = defaultdict(set)
    for case in _gate_cases():
        gate[case.route].add(case.code)
    no_argument = {
        "get_api_domain_ip",
        "getcallbackip",
        "material/get_materialcount",
        "draft/count",
        "tags/get",
        "message/mass/speed/get",
    }
    assert {path for path in ROUTES if not own[path]} == no_argument
    assert all(gate[path] for path in no_argument)
    routes = sorted({case.route for case in ALL})
    with capsys.disabled():
        print(f"\nsandbox: {len(ALL)} refusals, {len({case.code for case in ALL})} codes × {len(routes)} routes")
        for path in routes:
            print(f"  {path:<34} {len(gate[path]):>2} gate + {' '.join(map(str, sorted(own[path])))}")
