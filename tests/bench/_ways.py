"""The clients measured beside each other: ours, the curl command, wechatpy, and requests as scripts use it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import requests

from desktop_app.wechat import WeChatClient
from tests.bench import _far

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own: pkg_resources, inspect
    import wechatpy

OURS, HASHED, CURL = "client", "client, SHA-256 checked on the way", "curl"
WECHATPY, SESSION, FILES = "wechatpy", "requests Session", "requests files="

Server = Mapping[str, str]


class Way:
    """One client, made for one server. Whatever it does, it does ``count`` times, ``at_once`` at a time."""

    def upload(self, kind: str, path: Path, count: int = 1, at_once: int = 1) -> list[str]:
        """Upload the file as temporary material; the media_ids that came back."""
        if at_once == 1:
            return [self.upload_one(kind, path) for _ in range(count)]
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(lambda _: self.upload_one(kind, path), range(count)))

    def ask(self, count: int = 1) -> None:
        """Ask for the status of a mass message: a small POST of JSON."""
        for _ in range(count):
            self.ask_one()

    def upload_one(self, kind: str, path: Path) -> str:
        """One file; its media_id."""
        raise NotImplementedError

    def ask_one(self) -> None:
        """One small call."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the connections."""


class Ours(Way):
    """Our client. ``hashing``: as the media desk uses it, which knows the SHA-256 of what it sends."""

    def __init__(self, server: Server, *, hashing: bool = False) -> None:
        self.client = WeChatClient(server["app_id"], server["app_secret"], base_url=server["address"], proxy=None)
        self._hashing, self._known = hashing, dict[Path, str]()

    def upload_one(self, kind: str, path: Path) -> str:
        if self._hashing and path not in self._known:
            self._known[path] = sha256(path.read_bytes()).hexdigest()
        return self.client.upload_media(kind, path, sha256=self._known.get(path)).media_id

    def ask_one(self) -> None:
        assert self.client.get_mass_message_status(_far.MSG_ID).msg_status == "SEND_SUCCESS"

    def close(self) -> None:
        self.client.close()


class _Theirs(wechatpy.WeChatClient):  # type: ignore[misc]  # it has no types
    """wechatpy with the address of its token turned to the server: it is written into its method."""

    def fetch_access_token(self) -> Any:
        account = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        return self._fetch_access_token(self.API_BASE_URL + "token", account)


class Wechatpy(Way):
    """The library that most Python programs for Official Accounts use."""

    def __init__(self, server: Server) -> None:
        self._client = _Theirs(server["app_id"], server["app_secret"])
        self._client.API_BASE_URL = f"{server['address']}/cgi-bin/"

    def upload_one(self, kind: str, path: Path) -> str:
        with path.open("rb") as file:
            return str(self._client.media.upload(kind, file)["media_id"])

    def ask_one(self) -> None:
        assert self._client.message.get_mass(_far.MSG_ID)["msg_status"] == "SEND_SUCCESS"

    def close(self) -> None:
        self._client._http.close()


class Requests(Way):
    """What a script writes by hand: ``post(files=…)`` and ``post(json=…)``, with one session or without."""

    def __init__(self, server: Server, *, session: bool) -> None:
        self._session = requests.Session() if session else None
        self._post: Callable[..., requests.Response] = self._session.post if self._session else requests.post
        self._address = server["address"]
        self._token = token_of(server)

    def upload_one(self, kind: str, path: Path) -> str:
        with path.open("rb") as file:
            files = {"media": (path.name, file, "video/mp4")}
            return str(self._post(upload_url(self._address, self._token, kind), files=files).json()["media_id"])

    def ask_one(self) -> None:
        found = self._post(status_url(self._address, self._token), json={"msg_id": _far.MSG_ID}).json()
        assert found["msg_status"] == "SEND_SUCCESS"

    def close(self) -> None:
        if self._session is not None:
            self._session.close()


class Curl(Way):
    """The curl command: one process for all, its start counted."""

    def __init__(self, server: Server, program: str) -> None:
        self._program, self._address = program, server["address"]
        self._token = token_of(server)

    def upload(self, kind: str, path: Path, count: int = 1, at_once: int = 1) -> list[str]:
        # "Expect:": it would wait a second for leave to send where the server does not answer that.
        # Each upload is a set of options of its own: with -Z and one set curl shares one reader among all.
        url = upload_url(self._address, self._token, kind)
        one = [*self._options(), "-H", "Expect:", "-F", f"media=@{path};type=video/mp4", url]
        many = [text for number in range(count) for text in ([] if number == 0 else ["--next"]) + one]
        found = re.findall(r'"media_id":"(\w+)"', self._run(*self._parallel(at_once), *many))
        assert len(found) == count
        return found

    def ask(self, count: int = 1) -> None:
        body = f'{{"msg_id":{_far.MSG_ID}}}'
        url = f"{status_url(self._address, self._token)}&n=[1-{count}]"
        said = self._run(*self._options(), "--data", body, url)
        assert said.count("SEND_SUCCESS") == count

    def _options(self) -> list[str]:
        bundle = os.environ.get("REQUESTS_CA_BUNDLE")
        return ["-sS", "--fail", "--noproxy", "*", *(["--cacert", bundle] if bundle else [])]

    @staticmethod
    def _parallel(at_once: int) -> list[str]:
        return ["-Z", "--parallel-max", str(at_once)] if at_once > 1 else []

    def _run(self, *arguments: str) -> str:
        return subprocess.run([self._program, *arguments], check=True, capture_output=True, text=True).stdout


def all_ways(server: Server) -> dict[str, Way]:
    """Every client there is on this computer. Inside ``_far.trusting`` they trust that certificate."""
    ways: dict[str, Way] = {OURS: Ours(server), HASHED: Ours(server, hashing=True)}
    if program := shutil.which("curl"):
        ways[CURL] = Curl(server, program)
    ways[WECHATPY] = Wechatpy(server)
    ways[SESSION], ways[FILES] = Requests(server, session=True), Requests(server, session=False)
    return ways


def upload_url(address: str, token: str, kind: str) -> str:
    """Where a file goes."""
    return f"{address}/cgi-bin/media/upload?access_token={token}&type={kind}"


def status_url(address: str, token: str) -> str:
    """Where one asks for the status of a mass message."""
    return f"{address}/cgi-bin/message/mass/get?access_token={token}"


def token_of(server: Server) -> str:
    """A token: what a script without a client has to fetch by hand."""
    body = {
        "grant_type": "client_credential",
        "appid": server["app_id"],
        "secret": server["app_secret"],
        "force_refresh": False,
    }
    return str(requests.post(f"{server['address']}/cgi-bin/stable_token", json=body).json()["access_token"])
