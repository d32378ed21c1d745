"""Everything the sandbox knows behind its HTTP face: accounts, clock, switches, faults, files, log."""

from __future__ import annotations

import base64
import json
import random
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import tokens
from .account import SERVICE, SUBSCRIPTION, Account
from .api import Refusal, Request
from .clock import Clock
from .faults import FaultPlan
from .jobs import Job
from .store import VERSION, Files, Saver
from .switches import Switches

LOG_ENTRIES = 5000
LOG_BYTES = 64 * 1024 * 1024
RIDS = 500
PREVIEWS = 500


class World:
    """The state of one sandbox. `lock` guards all of it; a route runs while it is held."""

    def __init__(
        self,
        state_file: Path | None,
        clock_speed: float = 1.0,
        clock: Callable[[], float] | None = None,
        seed: int | str | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.saver = Saver(state_file, self._to_state, self.lock)
        state = self.saver.load()
        self._starts = 1 + (state["starts"] if state else 0)
        self.clock = Clock(clock or time.time, clock_speed, state["now"] if state else 0.0)
        self.switches = Switches()
        self.faults = FaultPlan()
        folder = None if state_file is None else state_file.with_name(state_file.stem + ".files")
        self.files = Files(folder)
        source = f"{seed if seed is not None else secrets.token_hex(16)} {self._starts}"
        self.chance = random.Random(source)
        self.accounts = [
            Account(identity, source, self.clock, self.switches, self.files) for identity in (SERVICE, SUBSCRIPTION)
        ]
        self.closed = False
        self._jobs_made = 0
        self._replies = 0
        self.rids: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._log: deque[dict[str, Any]] = deque()
        self._log_bytes = 0
        if state:
            self._load(state)

    def account_of(self, token: str) -> Account:
        """Whose token it is. Raises 41001, 40014 (malformed), 40001 (unknown or superseded), 42001 (expired)."""
        if not token:
            raise Refusal(41001)
        if not tokens.is_well_formed(token):
            raise Refusal(40014)
        for account in self.accounts:
            if account.tokens.check(token):
                return account
        raise Refusal(40001)

    def account_by_id(self, app_id: object) -> Account:
        """The account with this AppID. Raises 40013."""
        for account in self.accounts:
            if account.app_id == app_id:
                return account
        raise Refusal(40013)

    def next_job_number(self) -> int:
        """Counts accepted sends over both accounts."""
        self._jobs_made += 1
        return self._jobs_made

    def next_reply_number(self) -> int:
        """Counts replies: some of them go out as text/plain."""
        self._replies += 1
        return self._replies

    def new_rid(self) -> str:
        """A request id, `8hex-8hex-8hex`."""
        return "-".join(f"{self.chance.getrandbits(32):08x}" for _ in range(3))

    def remember_rid(self, rid: str, about: dict[str, Any]) -> None:
        """Keep what openapi/rid/get tells about a refused request."""
        self.rids[rid] = about
        if len(self.rids) > RIDS:
            self.rids.popitem(last=False)

    # --- what was accepted -------------------------------------------------

    def sent(self) -> list[dict[str, Any]]:
        """All accepted mass sends of both accounts in their order; `raw` holds the exact bytes."""
        with self.lock:
            rows = [(job, account) for account in self.accounts for job in account.jobs.by_id.values()]
            rows.sort(key=lambda row: row[0].created_at)
            return [self._sent_row(job, account) for job, account in rows]

    def _sent_row(self, job: Job, account: Account) -> dict[str, Any]:
        raw = self.files.read(job.body_sha256)
        now = self.clock.now()
        return {
            "msg_id": job.msg_id,
            "msg_data_id": job.msg_data_id,
            "app_id": account.app_id,
            "clientmsgid": job.clientmsgid,
            "endpoint": job.endpoint,
            "kind": job.kind,
            "payload": json.loads(raw),
            "raw": raw,
            "people": job.people,
            "to_all": job.to_all,
            "status": job.status(now),
            "waits_for_admin": job.waits(now),
            "media_sha256s": list(job.medias),
            "articles": job.articles,
            "created_at": job.created_at,
        }

    def previews(self) -> list[dict[str, Any]]:
        """All accepted previews of both accounts; `raw` holds the exact bytes."""
        with self.lock:
            rows = [
                {**preview, "app_id": account.app_id, "raw": self.files.read(preview["body_sha256"])}
                for account in self.accounts
                for preview in account.previews
            ]
        return [{**row, "payload": json.loads(row["raw"])} for row in sorted(rows, key=lambda row: row["created_at"])]

    def drafts(self) -> list[dict[str, Any]]:
        """The draft boxes of both accounts; `raw_content` of an article is exactly the HTML that came."""
        with self.lock:
            return [{**vars(draft), "app_id": one.app_id} for one in self.accounts for draft in one.drafts.values()]

    def add_preview(self, account: Account, preview: dict[str, Any]) -> None:
        """Note an accepted preview."""
        account.previews.append(preview)
        del account.previews[:-PREVIEWS]

    # --- the log of requests -----------------------------------------------

    def log(self, request: Request, body_size: int, reply: dict[str, Any]) -> None:
        """Note a request without its token and AppSecret; old ones are forgotten above 5,000 or 64 MB."""
        hidden = ("access_token", "secret", "appsecret")
        query = {name: value for name, value in request.query.items() if name not in hidden}
        entry = {
            "method": request.method,
            "path": request.path,
            "query": query,
            "has_token": "access_token" in request.query,
            "headers": dict(request.headers),
            "body_size": body_size,
            "body": without_secrets(request.body),
            "parts": [part.as_dict() for part in request.form.parts] if request.form else [],
            "at": self.clock.now(),
            **reply,
        }
        with self.lock:
            self._log.append(entry)
            self._log_bytes += len(entry["body"])
            while len(self._log) > LOG_ENTRIES or self._log_bytes > LOG_BYTES:
                self._log_bytes -= len(self._log.popleft()["body"])

    def requests(self) -> list[dict[str, Any]]:
        """The log: method, path, query, headers, body_size, body, json (or None), parts, errcode, fault."""
        with self.lock:
            entries = list(self._log)
        return [{**entry, "json": _json_or_none(entry["body"])} for entry in entries]

    def forget_requests(self) -> None:
        """Empty the log."""
        with self.lock:
            self._log.clear()
            self._log_bytes = 0

    def close(self) -> None:
        """Save, and let no request in any more."""
        with self.lock:
            self.closed = True
        self.saver.stop()
        self.files.close()

    # --- state ---------------------------------------------------------------

    def _to_state(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "now": self.clock.now(),
            "starts": self._starts,
            "jobs_made": self._jobs_made,
            "accounts": {account.app_id: account.to_state() for account in self.accounts},
        }

    def _load(self, state: dict[str, Any]) -> None:
        self._jobs_made = state["jobs_made"]
        for account in self.accounts:
            if account.app_id in state["accounts"]:
                account.load(state["accounts"][account.app_id])
        needed = set().union(*(account.hashes() for account in self.accounts))
        for file in self.files.folder.iterdir():
            if file.name not in needed:
                file.unlink()


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `sent`, `previews` or `requests` for JSON: its bytes as text and in base64."""
    plain = {name: value for name, value in row.items() if not isinstance(value, bytes)}
    for name in ("raw", "body"):
        if name in row:
            plain[f"{name}_text"] = row[name].decode("utf-8", "replace")
            plain[f"{name}_base64"] = base64.b64encode(row[name]).decode()
    return plain


def without_secrets(body: bytes) -> bytes:
    """The body as it may be remembered: with stars for the AppSecret of the built-in accounts."""
    for identity in (SERVICE, SUBSCRIPTION):
        body = body.replace(identity.app_secret.encode(), b"***")
    return body


def _json_or_none(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None
