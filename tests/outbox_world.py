"""A small world for tests of the outbox: one clock, the real sandbox, a real database, the real services."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from desktop_app.sandbox.server import Sandbox
from desktop_app.secrets import Secrets
from desktop_app.services.account import AccountService
from desktop_app.services.sending import Sending
from desktop_app.store.accounts import Accounts
from desktop_app.store.database import Database
from desktop_app.store.outbox import Outbox, OutboxRow
from desktop_app.wechat import (
    Audience,
    ImageMessage,
    NewsMessage,
    TextMessage,
    VideoMessage,
    VoiceMessage,
    WeChatClient,
)
from desktop_app.wechat.transport import Seams
from desktop_app.wechat.types import Article, Message

START = 1_795_000_000.0  # a Wednesday noon in Beijing, in the middle of a month


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50
MP4 = b"\0\0\0\x18ftypmp42" + bytes(500)
MEDIA = {
    "image": ("a.png", _png(), "image"),
    "news": ("cover.png", _png(), "image"),
    "voice": ("a.amr", AMR, "voice"),
    "video": ("a.mp4", MP4, "video"),
}
KINDS = ("text", "image", "voice", "video", "news")


class Clock:
    """Wall and steady time for the app and the sandbox; moves when a test says so."""

    def __init__(self, at: float = START) -> None:
        self.wall = at
        self.real = at

    def __call__(self) -> float:
        return self.wall

    def steady(self) -> float:
        """Real time, which nobody can set."""
        return self.real

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self.wall += seconds
        self.real += seconds

    def set_back(self, seconds: float) -> None:
        """Somebody sets the wall clock; minus: forward."""
        self.wall -= seconds


class World:
    """Both accounts of a sandbox in one profile. ``reopen()`` is a restart."""

    def __init__(self, folder: Path, sandbox: Sandbox, clock: Clock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.path = folder / "qunfa.db"
        self.backups = folder / "backups"
        self.backups.mkdir(exist_ok=True)
        self.changed: list[int] = []
        self.timeouts = (10.0, 10.0)
        self._open()
        self.service = self._connect(sandbox.service, "service")
        self.subscription = self._connect(sandbox.subscription, "subscription")

    def _open(self) -> None:
        self.db = Database(self.path, backups=self.backups, now=self.clock)
        self.account_store = Accounts(self.db)
        self.secrets = Secrets(use_os=False)
        self.outbox = Outbox(self.db, self.clock)
        self.accounts = AccountService(
            self.account_store, self.secrets, now=self.clock, make_client=lambda *a, **k: self.make_client(*a, **k)
        )
        self.sending = self.make_sending()
        self.sending.add_listener(self.changed.append)
        self.sending.recover()

    def make_sending(self) -> Sending:
        """The outbox of messages as scripts queue them."""
        return Sending(self.db, self.outbox, self.accounts, now=self.clock, steady=self.clock.steady)

    def make_client(self, *args: Any, **kwargs: Any) -> WeChatClient:
        """No waits between tries; long ones for an answer: a busy machine is no silent server."""
        return WeChatClient(*args, timeouts=self.timeouts, _seams=Seams(sleep=lambda seconds: None), **kwargs)

    def hurry(self) -> None:
        """Make a silent server cost the test little, from here on."""
        self.timeouts = (1.0, 0.3)
        self.accounts.close()  # the next client is made anew

    def _connect(self, account: Any, kind: str) -> int:
        found = self.account_store.by_app_id(account.app_id)
        if found is None:
            found = self.account_store.add(
                account.app_id, name=kind, kind=kind, base_url=self.sandbox.address, is_sandbox=True
            )
        self.secrets.type(account.app_id, account.app_secret)
        return found.id

    def close(self) -> None:
        """Close connections and database."""
        self.accounts.close()
        self.db.close()

    def reopen(self, secrets: bool = True) -> None:
        """End and start again; without ``secrets`` the AppSecrets have to be typed."""
        self.close()
        self._open()
        if secrets:
            self._connect(self.sandbox.service, "service")
            self._connect(self.sandbox.subscription, "subscription")

    # --- shorthand ----------------------------------------------------------------------------------

    def queue(self, text: str = "你好", audience: Any = None, **more: Any) -> int:
        """Confirm one text, to a tag unless told otherwise (tags use up no quota of a 服务号)."""
        more.setdefault("account_id", self.service)
        return self.sending.queue(TextMessage(text), audience or Audience.tag(self.a_tag()), **more)

    def message(self, kind: str) -> Message:
        """A message of one of the five kinds, with whatever it needs uploaded."""
        client = self.accounts.client(self.service)
        if kind == "text":
            return TextMessage("你好 😀\n再见")
        name, data, upload = MEDIA[kind]
        file = self.path.with_name(name)
        file.write_bytes(data)
        if kind == "news":
            cover = client.add_material("image", file).media_id
            article = Article(title="标题", content="<p>正文</p>", thumb_media_id=cover)
            return NewsMessage(client.add_draft([article, article]))
        media_id = client.upload_media(upload, file).media_id
        if kind == "video":
            return VideoMessage(client.upload_mp_video(media_id, "标题", "说明").media_id)
        return ImageMessage(media_id) if kind == "image" else VoiceMessage(media_id)

    def queue_kind(self, kind: str, **more: Any) -> int:
        """Confirm a message of one of the five kinds, to a tag."""
        return self.sending.queue(self.message(kind), Audience.tag(self.a_tag()), account_id=self.service, **more)

    def a_tag(self) -> int:
        """A tag of the 服务号 that has followers."""
        tags = self.accounts.client(self.service).get_tags()
        return next(tag.id for tag in tags if tag.count > 10 and tag.id > 2)

    def openids(self, count: int) -> list[str]:
        """Openids of real followers of the 服务号."""
        client, found, after = self.accounts.client(self.service), list[str](), ""
        while len(found) < count:
            page = client.get_followers(after)
            found += page.openids
            after = page.next_openid
        return found[:count]

    def row(self, send_id: int) -> OutboxRow:
        """The send as it is now."""
        return self.sending.row(send_id)

    def state(self, send_id: int) -> str:
        """Its state, as a word."""
        return str(self.row(send_id).state)

    def codes(self, send_id: int) -> list[str]:
        """The codes of its story."""
        return [line.code for line in self.sending.story(send_id)]

    def keys_sent(self) -> list[str]:
        """The keys of all accepted sends: more than one of a kind would be a duplicate."""
        return [job["clientmsgid"] for job in self.sandbox.sent()]

    def sends_asked(self) -> list[Any]:
        """All mass send requests that reached the sandbox."""
        return [r for r in self.sandbox.requests() if r["path"].endswith(("/mass/sendall", "/mass/send"))]

    def run(self, seconds: float, step: float = 5.0) -> None:
        """Let the worker's timers run for so long."""
        end = self.clock.real + seconds
        while self.clock.real < end:
            self.sending.deliver()
            self.sending.poll()
            self.clock.advance(min(step, end - self.clock.real))
