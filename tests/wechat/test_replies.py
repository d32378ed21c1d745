"""Ten thousand hostile replies: never an exception that is not ours, never a false success, never a long wait."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import AppError
from desktop_app.wechat import Receipt, WeChatClient
from desktop_app.wechat.transport import Seams
from tests.wechat.wire import APP_ID, MASS, SECRET, Wire, ok

GOOD = json.dumps(MASS).encode()
numbers = st.one_of(
    st.integers(), st.floats(), st.integers(10**18, 10**40), st.integers(-(10**6), 10**6).map(str), st.just("1e5")
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
wrong_types = st.fixed_dictionaries(
    {}, optional={"errcode": values, "errmsg": values, "msg_id": values, "msg_data_id": values}
).map(lambda each: json.dumps(each).encode())


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good reply with some bytes changed, taken out or put in."""
    data = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data) - 1))
        how = draw(st.integers(0, 3))
        if how == 0:
            data[at] = draw(st.integers(0, 255))
        elif how == 1:
            del data[at : at + draw(st.integers(1, 8))]
        elif how == 2:
            data[at:at] = draw(st.binary(min_size=1, max_size=4))
        else:
            data[at:at] = data[at : at + 20]
        if not data:
            break
    return bytes(data)


bodies = st.one_of(
    mutated(),
    wrong_types,
    values.map(lambda each: json.dumps(each).encode()),
    st.binary(max_size=200),
    st.integers(1, 3000).map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth),
    st.just(b'{"errcode":0,"errcode":-1,"msg_id":5}'),
    st.integers(1, 5000).map(lambda digits: b'{"errcode":0,"msg_id":' + b"7" * digits + b"}"),
)
headers = st.sampled_from(
    [
        b"",
        b"Content-Type: text/html\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Length: 10, 20\r\n",
        b"Content-Length: x\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Set-Cookie: a=b; expires=never\r\n",
        b"Connection: keep-alive, close\r\n",
        b": empty\r\n",
        b"A" * 70_000 + b": b\r\n",
        b"A: b\r\n" * 200,
        b"no colon\r\n",
        b"\xff\xfe: \x00\r\n",
    ]
)
status_lines = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n"] * 6
    + [
        b"HTTP/1.1 204 No Content\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: //[\r\n",
        b"HTTP/1.1 502 Bad\r\n",
        b"HTTP/1.0 200\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"HTTP/1.1 2000 OK\r\n",
        b"HTTP/1.1 -1 OK\r\n",
        b"HTTP/1.1 abc\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 300,
        b"\r\n",
        b"",
    ]
)


@st.composite
def replies(draw: st.DrawFn) -> bytes:
    """Raw bytes of a reply; half of them well framed, so that the body is what is tried."""
    body = draw(bodies)
    if draw(st.booleans()):
        return ok(body)
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    return draw(status_lines) + draw(headers) + draw(headers) + b"\r\n" + body


def test_hostile_replies(long_run: bool) -> None:
    """Each reply to a mass send ends, within two seconds, in a receipt with a 64-bit id or in an AppError."""
    slowest = 0.0
    with (
        Wire() as wire,
        WeChatClient(
            APP_ID, SECRET, base_url=wire.address, timeouts=(0.5, 0.3), _seams=Seams(sleep=lambda s: None)
        ) as client,
    ):

        @settings(max_examples=10_000 if long_run else 400, deadline=None, suppress_health_check=list(HealthCheck))
        @given(replies())
        def each(raw: bytes) -> None:
            nonlocal slowest

            def answer(sock: socket.socket) -> None:
                sock.sendall(raw)

            wire.answers["sendall"] = answer
            started = time.monotonic()
            try:
                receipt = client.mass_send_text("x", True)
            except AppError:
                pass
            else:
                assert type(receipt) is Receipt
                assert type(receipt.msg_id) is int
                assert 0 < receipt.msg_id < 1 << 64
                assert str(receipt.msg_id).encode() in raw
            slowest = max(slowest, time.monotonic() - started)

        each()
    assert slowest < 2.0


def test_hostile_replies_to_a_read_and_an_upload(long_run: bool) -> None:
    """The same for calls that are tried again: the whole of it is bounded, the result has its types."""
    with (
        Wire() as wire,
        WeChatClient(
            APP_ID, SECRET, base_url=wire.address, timeouts=(1.0, 0.2), _seams=Seams(sleep=lambda s: None)
        ) as client,
    ):

        @settings(max_examples=1000 if long_run else 60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(bodies)
        def each(body: bytes) -> None:
            wire.answers["mass/get"] = wire.answers["uploadimg"] = wire.answers["tags/get"] = ok(body)
            for call in (
                lambda: client.get_mass_message_status(201053012).msg_status,
                lambda: client.upload_image(__file__),
                lambda: client.get_tags(),
            ):
                try:
                    result = call()
                except AppError:
                    continue
                assert isinstance(result, str | tuple)
                assert result or result == ()

        each()
