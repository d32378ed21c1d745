"""The one request path: token, bounded exchange, repetition, and every failure turned into ours."""

from __future__ import annotations

import itertools
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import requests
import urllib3.exceptions as u3
from requests.structures import CaseInsensitiveDict

from desktop_app.errors import AppError, BadRequest, Busy, Cancelled, NetworkError, Refused
from desktop_app.job import Job
from desktop_app.wechat import address, reply
from desktop_app.wechat.connection import Exchange, Resolver, Watchdog, WatchedAdapter
from desktop_app.wechat.multipart import FileBody
from desktop_app.wechat.payload import to_bytes
from desktop_app.wechat.token import Tokens
from desktop_app.wechat.types import TokenServer

MAX_TRIES = 4
RETRY_BUDGET_S = 60.0
SLOWEST_LINE = 20_000  # bytes a second that a body may need

STALE_TOKEN = (40001, 40014, 42001)
DEFAULT_LIFE_S = 300.0  # of a token whose server tells no expires_in: ask again soon

# A second try changes nothing about these.
HOPELESS = ("net.tls", "net.portal", "net.redirect", "net.proxy_auth", "net.too_big")

Repeat = Literal["always", "unsent", "never"]


@dataclass(frozen=True)
class Call:
    """One API call. ``repeat``: after any network trouble, only if no byte had left, or never."""

    operation: str
    method: str
    path: str
    body: bytes | FileBody | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    repeat: Repeat = "unsent"
    job: Job | None = None
    traced: bool = False
    needs_token: bool = True
    url: str = field(default="", repr=False)  # a whole address instead of base_url and path
    authorization: str = field(default="", repr=False)
    into: Path | None = None  # where the reply goes if it is a file; the call gives ``reply.SAVED`` then


@dataclass(frozen=True)
class Seams:
    """Time and chance, so that tests need not wait."""

    sleep: Callable[[float], None] | None = None
    uniform: Callable[[float, float], float] = random.uniform
    clock: Callable[[], float] = time.monotonic
    resolver: Resolver | None = None


class Transport:
    """Sends ``Call``s for one account. Serves several threads.

    What ``call()`` raises: ``NetworkError``, a ``Refused``, ``MediaError`` for a file that changed,
    ``Cancelled``. ``stage`` is ``"token"`` on an error that means: no token could be had, so WeChat has
    not taken the call itself.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        *,
        base_url: str,
        proxy: str | None,
        token_url: str | TokenServer | None,
        token_mode: str,
        timeouts: tuple[float, float],
        trace: Callable[[str], None] | None = None,
        seams: Seams | None = None,
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._base = address.check_url(base_url)
        self._token_server = TokenServer(token_url) if isinstance(token_url, str) else token_url
        self._classic = token_mode == "classic"
        if token_mode not in ("stable", "classic"):
            raise BadRequest("token_mode")
        self._connect_s, self._silence_s = timeouts
        self._trace = trace or (lambda point: None)
        self._seams = seams or Seams()
        self._proxies = {self._base: address.proxies_for(self._base, proxy)}
        if self._token_server:
            server = _check_token_url(self._token_server.url)
            self._proxies[server] = address.proxies_for(server, proxy)
        self.session = requests.Session()
        self.session.trust_env = False  # proxies were read above, once
        for scheme in {urlsplit(url).scheme for url in self._proxies}:
            adapter = WatchedAdapter(tls=scheme == "https", resolver=self._seams.resolver)
            self.session.mount(f"{scheme}://", adapter)
        self._watchdog = Watchdog()
        may_force = not self._classic and self._token_server is None
        self.tokens = Tokens(self._fetch_token, self._seams.clock, may_force=may_force)

    def close(self) -> None:
        """Close the kept connections. What is under way still ends by its own deadline."""
        self.session.close()
        self._watchdog.close()

    # --- one call, repeated where that is safe -------------------------------------------------------

    def call(self, call: Call) -> dict[str, Any]:
        """Make the call and give its JSON object back; errcode other than 0 is raised."""
        started = self._seams.clock()
        token = self.tokens.get(call.job) if call.needs_token else ""
        renewed = False
        for tries in itertools.count(1):
            problem = self._try(call, token, started)
            if isinstance(problem, dict):
                return problem
            if call.needs_token and isinstance(problem, Refused) and problem.errcode in STALE_TOKEN:
                if renewed or tries >= MAX_TRIES:
                    problem.stage = "token"  # refused before it was looked at, and no better token to be had
                    raise problem
                token = self.tokens.renew(token, call.job)
                renewed = True
                continue
            pause = self._pause_before_repeat(call, problem, tries, started)
            if pause is None:
                raise problem
            (self._seams.sleep or (call.job or Job()).sleep)(pause)
        raise AssertionError("unreachable")

    def _try(self, call: Call, token: str, started: float) -> dict[str, Any] | AppError:
        """One attempt. Its failure is returned, not raised: raised later, it has no foreign context."""
        if call.job is not None:
            call.job.check()
        body_s = (_size(call.body) + (reply.MAX_FILE_BYTES if call.into else 0)) / SLOWEST_LINE
        bound = self._connect_s + self._silence_s + body_s
        left = max(RETRY_BUDGET_S + body_s, bound) - (self._seams.clock() - started)
        exchange = Exchange(
            deadline=time.monotonic() + max(0.1, min(bound, left)),
            connect_s=self._connect_s,
            silence_s=self._silence_s,
            job=call.job,
            trace=self._trace if call.traced else (lambda point: None),
        )
        try:
            return self._exchange(call, token, exchange)
        except AppError as ours:
            return ours
        except reply.Unreadable as unreadable:
            return NetworkError(unreadable.code, maybe_arrived=exchange.touched, **unreadable.args_)
        except (requests.RequestException, u3.HTTPError, HTTPException, OSError, ValueError) as foreign:
            if not isinstance(foreign, OSError) and not _is_foreign(foreign):
                raise
            problem = _converted(foreign, exchange)
        if exchange.job is not None and exchange.job.cancelled:
            raise Cancelled
        return problem

    def _pause_before_repeat(self, call: Call, problem: AppError, tries: int, started: float) -> float | None:
        """How long to wait before the next try, or None if there is to be none."""
        if isinstance(problem, NetworkError):
            safe = call.repeat == "always" or (call.repeat == "unsent" and not problem.maybe_arrived)
            wanted = safe and problem.code not in HOPELESS
        else:
            wanted = call.repeat == "always" and isinstance(problem, Busy)
        if not wanted or tries >= MAX_TRIES:
            return None
        shortest = 0.5 * 2 ** (tries - 1)
        pause = min(5.0, self._seams.uniform(shortest, 2 * shortest))
        spent = self._seams.clock() - started
        return pause if spent + pause < RETRY_BUDGET_S else None

    # --- the wire -----------------------------------------------------------------------------------

    def _exchange(self, call: Call, token: str, exchange: Exchange) -> dict[str, Any]:
        request, base = self._prepared(call, token)
        assert request.url is not None
        adapter = self.session.get_adapter(request.url)
        exchange.touched = not isinstance(adapter, WatchedAdapter)  # what another adapter sends is unknown
        with self._watchdog.watch(exchange):
            response = adapter.send(
                request,
                stream=True,
                timeout=(self._connect_s, self._silence_s),
                verify=True,
                proxies=self._proxies[base],
            )
            try:
                body = self._body(call, response)
            except BaseException:
                response.raw.close()  # half a reply must not stay in a kept connection
                response.raw.release_conn()
                raise
            if exchange.ended_by:  # a reply without a length looks complete when the watchdog cut it
                raise TimeoutError
            exchange.trace("after_reply")
            if not exchange.touched:  # the other side hung up with some words before we wrote
                raise ConnectionResetError
            own_host = urlsplit(base).hostname or ""
            found = reply.SAVED if body is None else reply.decode(response, body, own_host)
            exchange.release(good=True)
        problem = reply.refusal(found, call.operation, self._hidden(token))
        exchange.trace("after_parse")
        if problem is not None:
            raise problem
        return found

    def _body(self, call: Call, response: requests.Response) -> bytes | None:
        """None: the reply was a file and was saved."""
        if call.into is None:
            return reply.read_bounded(response)
        return reply.save_or_read(response, call.into, call.job or Job())

    def _prepared(self, call: Call, token: str) -> tuple[requests.PreparedRequest, str]:
        base = call.url or self._base
        query = urlencode({**({"access_token": token} if call.needs_token else {}), **call.query})
        url = call.url or self._base + call.path
        if query:
            url += ("&" if "?" in url else "?") + query
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # a reply that cannot be inflated beyond its size
            "User-Agent": "Qunfa",
        }
        if isinstance(call.body, FileBody):
            headers["Content-Type"] = call.body.content_type
        elif call.body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        if call.method == "POST":
            headers["Content-Length"] = str(_size(call.body))
        if call.authorization:
            headers["Authorization"] = call.authorization
        # By hand: Session.prepare_request costs as much as the rest of a small call.
        request = requests.PreparedRequest()
        request.method, request.url, request.hooks = call.method, url, {}
        request.headers = CaseInsensitiveDict(headers)
        request.body = call.body  # type: ignore[assignment]  # anything that can be iterated
        return request, base

    def _hidden(self, token: str) -> tuple[str, ...]:
        server = self._token_server or TokenServer("")
        key = urlsplit(server.url).query
        return (token, self.tokens.current, self._app_secret, server.authorization, key)

    # --- the token ----------------------------------------------------------------------------------

    def _fetch_token(self, force: bool, job: Job | None) -> tuple[str, float]:
        """getStableAccessToken, POST /cgi-bin/stable_token; classic: getAccessToken, GET /cgi-bin/token."""
        found = self.call(self._token_call(force, job))
        try:
            token = reply.identifier(found, "access_token")
            life_s = reply.number(found, "expires_in") if "expires_in" in found else DEFAULT_LIFE_S
        except reply.Unreadable:
            token, life_s = "", 0.0
        if not token or not life_s:
            raise reply.garbage("getAccessToken")
        return token, life_s

    def _token_call(self, force: bool, job: Job | None) -> Call:
        if self._token_server is not None:
            url = _check_token_url(self._token_server.url)
            header = self._token_server.authorization
            return Call(
                "tokenServer",
                "GET",
                "",
                url=url,
                repeat="always",
                job=job,
                needs_token=False,
                authorization=header,
            )
        account = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
        if self._classic:
            # Each call makes a new token and ends the old one, so a doubtful call is simply made again.
            path = "/cgi-bin/token"
            return Call("getAccessToken", "GET", path, query=account, repeat="always", job=job, needs_token=False)
        body = to_bytes({**account, "force_refresh": force})
        repeat: Repeat = "unsent" if force else "always"  # forced refreshes are counted
        path = "/cgi-bin/stable_token"
        return Call("getStableAccessToken", "POST", path, body=body, repeat=repeat, job=job, needs_token=False)


def _check_token_url(url: str) -> str:
    """A token server's address may carry a query; host and scheme are checked like any other."""
    address.check_url(url.partition("?")[0])
    if "#" in url:
        raise BadRequest("address.malformed")
    return url


def _size(body: bytes | FileBody | None) -> int:
    return 0 if body is None else len(body)


def _is_foreign(error: Exception) -> bool:
    """Errors of the libraries below; a plain ValueError out of our own code is a bug and goes on."""
    return isinstance(error, requests.RequestException | u3.HTTPError | HTTPException)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made from; requests and urllib3 wrap the cause two or three deep."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop(0)
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        reason = getattr(found, "reason", None)
        waiting += [*found.args, reason, found.__cause__, found.__context__]


# The first kind found anywhere in the chain names the failure.
_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((u3.ProxyError, requests.exceptions.ProxyError), "net.proxy"),
    ((u3.NameResolutionError, socket.gaierror), "net.dns"),
    ((ssl.SSLError, u3.SSLError), "net.tls"),
    ((u3.IncompleteRead, IncompleteRead), "net.cut"),
    ((ConnectionRefusedError,), "net.refused"),
    ((TimeoutError, u3.ReadTimeoutError), "net.timeout"),
    ((u3.NewConnectionError,), "net.refused"),
    ((u3.ConnectTimeoutError, requests.Timeout), "net.timeout"),
    ((ConnectionError,), "net.reset"),
    ((HTTPException, u3.HTTPError, requests.exceptions.InvalidURL), "net.garbage"),
)


def _converted(error: BaseException, exchange: Exchange) -> NetworkError:
    """Our error for one of the libraries'. Their texts hold addresses with the token and stay out."""
    found = list(_chain(error))
    names = " < ".join(dict.fromkeys(type(each).__name__ for each in found))[:200]
    code = "net.reset"
    if exchange.ended_by or exchange.stop_reason(time.monotonic()):
        code = "net.timeout"
    else:
        for kinds, name in _KINDS:
            if any(isinstance(each, kinds) for each in found):
                code = name
                break
    if code == "net.proxy" and any("407" in str(each) for each in found):
        code = "net.proxy_auth"
    return NetworkError(code, maybe_arrived=exchange.touched, detail=names)
