"""The connection check: harmless calls only, in WeChat's own order, each result told as soon as it is known."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from desktop_app.errors import (
    AppError,
    BadRequest,
    IpNotAllowed,
    NetworkError,
    NotPermitted,
    Refused,
    SettingsError,
)
from desktop_app.job import Job
from desktop_app.wechat import WeChatClient

KEYS = ("network", "format", "whitelist", "token", "rights", "quota")
MASS_PATH = "/cgi-bin/message/mass/sendall"

# A network that may come back by itself. A wrong proxy or a refused certificate does not.
_PASSING = ("net.dns", "net.refused", "net.timeout", "net.reset", "net.cut", "net.portal")
_APP_ID = re.compile(r"wx[0-9A-Za-z]{16}")
_SECRET = re.compile(r"[0-9A-Za-z]{32}")


@dataclass(frozen=True)
class ConnectForm:
    """What the person typed. ``proxy``: "system", "direct" or an address."""

    app_id: str
    secret: str = field(repr=False)
    base_url: str = "https://api.weixin.qq.com"
    proxy: str = field(default="system", repr=False)
    kind: str = "service"


@dataclass(frozen=True)
class CheckRow:
    """One step: ``state`` is waiting, running, ok, failed, warning or skipped (not to be known this time).

    ``args`` by key: network ``host``; whitelist ``ip`` when refused; rights: the chips, True, False or None
    (not probed); quota: ``daily_limit``, ``used``, ``remain`` of API calls today. ``ms``: how long it took.
    """

    key: str
    state: str
    code: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    error: AppError | None = None
    ms: int = 0


@dataclass(frozen=True)
class CheckResult:
    """All rows in order. ``ok``: the account can be used (perhaps with warnings).

    ``ip``: this computer's address as WeChat saw it, known from a refusal only. ``may_retry``: asking again every
    15 s is right (40164, no network); anything else gets worse by it. ``rights["mass"]`` False: an account without
    mass sends. ``kind_hint`` is empty: no harmless call tells 服务号 and 订阅号 apart.
    """

    rows: tuple[CheckRow, ...]
    ok: bool
    ip: str = ""
    followers: int | None = None
    kind_hint: str = ""
    rights: dict[str, bool | None] = field(default_factory=dict)
    may_retry: bool = False


def format_problem(app_id: str, secret: str) -> str:
    """ "" if both have the form that WeChat gives them, else "check.app_id" or "check.secret"."""
    if not _APP_ID.fullmatch(app_id):
        return "check.app_id"
    return "" if _SECRET.fullmatch(secret) else "check.secret"


def client_proxy(proxy: str) -> str | None:
    """The client's word for "direct" is None."""
    return None if proxy == "direct" else proxy


def check(
    form: ConnectForm,
    job: Job,
    *,
    make_client: Callable[..., WeChatClient] = WeChatClient,
    clock: Callable[[], float] = time.monotonic,
) -> CheckResult:
    """Run all steps; each CheckRow goes out by ``job.report``. Sends and changes nothing. Raises Cancelled."""
    return _Check(form, job, clock).run(make_client)


class _Check:
    """One run: the rows as they are now."""

    def __init__(self, form: ConnectForm, job: Job, clock: Callable[[], float]) -> None:
        self._form = form
        self._job = job
        self._clock = clock
        self._rows = {key: CheckRow(key, "waiting") for key in KEYS}
        self._rights: dict[str, bool | None] = {"mass": None, "preview": None, "drafts": None, "tags": None}
        self._rights["followers"] = None
        self._followers: int | None = None
        self._began = clock()

    def run(self, make_client: Callable[..., WeChatClient]) -> CheckResult:
        app_id, secret = self._form.app_id.strip(), self._form.secret.strip()
        if problem := format_problem(app_id, secret):
            self._tell("format", "failed", problem, error=BadRequest(problem))
            return self._result()
        self._tell("network", "running")
        try:
            client = make_client(app_id, secret, base_url=self._form.base_url, proxy=client_proxy(self._form.proxy))
        except (BadRequest, SettingsError) as error:  # an address that is none
            self._tell("network", "failed", error.code, error=error)
            return self._result()
        try:
            if self._token(client):
                self._probe_rights(client)
                self._quota(client)
        finally:
            client.close()
        return self._result()

    def _token(self, client: WeChatClient) -> bool:
        """One call settles four rows: which one it stops at depends on what WeChat says."""
        try:
            client.ensure_token(self._job)
        except NetworkError as error:
            self._tell("network", "failed", error.code, error=error)
            return False
        except Refused as error:
            self._reached()
            if isinstance(error, IpNotAllowed):
                self._tell("whitelist", "failed", error.code, {"ip": error.ip}, error)
                self._tell("token", "waiting", "check.waits_for_whitelist")
            else:  # whether WeChat looks at the address before the secret, nobody knows
                self._tell("whitelist", "skipped", "check.unknown")
                self._tell("token", "failed", error.code, error=error)
            return False
        self._reached()
        self._tell("whitelist", "ok")
        self._tell("token", "ok")
        return True

    def _reached(self) -> None:
        host = urlsplit(self._form.base_url).hostname or ""
        self._tell("network", "ok", args={"host": host})
        self._tell("format", "ok")

    def _probe_rights(self, client: WeChatClient) -> None:
        self._tell("rights", "running")
        probes: dict[str, Callable[[], Any]] = {
            "mass": client.get_speed,
            "tags": client.get_tags,
            "followers": lambda: client.get_followers(job=self._job),
            "drafts": client.count_drafts,
        }
        refusal: Refused | None = None
        for name, probe in probes.items():
            self._job.check()
            try:
                found = probe()
            except NotPermitted as error:
                self._rights[name] = False
                refusal = refusal or error
            except Refused as error:  # a used up number of calls, say: nothing is known then
                refusal = refusal or error
            except NetworkError as error:
                self._tell("rights", "failed", error.code, dict(self._rights), error)
                return
            else:
                self._rights[name] = True
                if name == "followers":
                    self._followers = found.total
        state, code = ("warning", refusal.code) if refusal else ("ok", "")
        self._tell("rights", state, code, dict(self._rights), refusal)

    def _quota(self, client: WeChatClient) -> None:
        if self._rows["rights"].state == "failed":
            return
        if self._rights["mass"] is False:
            self._tell("quota", "skipped", "check.no_mass_right")
            return
        self._job.check()
        self._tell("quota", "running")
        try:
            quota = client.get_quota(MASS_PATH)
        except Refused as error:
            self._tell("quota", "warning", error.code, error=error)
        except NetworkError as error:
            self._tell("quota", "failed", error.code, error=error)
        else:
            args = {"daily_limit": quota.daily_limit, "used": quota.used, "remain": quota.remain}
            self._tell(
                "quota", "ok" if quota.remain else "warning", "" if quota.remain else "check.no_calls_left", args
            )

    def _tell(
        self, key: str, state: str, code: str = "", args: dict[str, Any] | None = None, error: AppError | None = None
    ) -> None:
        """Keep a row and report it; the time counts from the last row that was settled."""
        now = self._clock()
        settled = state in ("ok", "failed", "warning")
        ms = round((now - self._began) * 1000) if settled else 0
        if settled:
            self._began = now
        row = CheckRow(key, state, code, args or {}, error, ms)
        self._rows[key] = row
        self._job.report(row)

    def _result(self) -> CheckResult:
        rows = tuple(self._rows.values())
        error = next((row.error for row in rows if row.state == "failed"), None)
        passing = isinstance(error, NetworkError) and error.code in _PASSING
        return CheckResult(
            rows,
            ok=self._rows["token"].state == "ok" and not any(row.state == "failed" for row in rows),
            ip=error.ip if isinstance(error, IpNotAllowed) else "",
            followers=self._followers,
            rights=dict(self._rights),
            may_retry=passing or isinstance(error, IpNotAllowed),
        )
