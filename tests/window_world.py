"""A window for tests of single pages: real profile, tasks, outbox worker and sandbox; only the frame is plain."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.errors import AppError
from desktop_app.paths import Paths
from desktop_app.sandbox.server import Sandbox
from desktop_app.services import open_profile
from desktop_app.settings import SettingsStore
from desktop_app.store.accounts import Account
from desktop_app.store.outbox import OutboxRow
from desktop_app.ui.activity_bar import ActivityBar
from desktop_app.ui.banner import Banner
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.nav_rail import NavRail
from desktop_app.ui.top_bar import TopBar
from desktop_app.ui.widgets import Surface, hbox, vbox, vline
from desktop_app.wechat import Audience, TextMessage, WeChatClient
from desktop_app.wechat.transport import Seams
from desktop_app.workers.outbox_worker import OutboxWorker
from desktop_app.workers.tasks import Tasks
from desktop_app.workers.transfers import Transfers
from tests.outbox_world import Clock

TIMEOUT_S = 60.0


class PlainWindow(Surface):
    """What pages ask of the window (``ui/window.py``), around one page. Notes what was asked."""

    def __init__(self, page: QWidget | None = None, size: tuple[int, int] = (1280, 800)) -> None:
        super().__init__("bg.surface")
        self.toasts: list[str] = []
        self.toast_actions: list[Callable[[], None]] = []
        self.secrets_asked: list[int] = []
        self.quota_asked = 0
        self.top, self.banner, self.activity = TopBar(), Banner(), ActivityBar()
        self.rail = NavRail(
            [("send", "群发", "send"), ("history", "群发记录", "history")], [("settings", "设置", "settings")]
        )
        self.page = page or QWidget()
        content = QWidget()
        content.setLayout(vbox(self.top, self.banner, self.page, self.activity, spacing=0))
        content.layout().setStretch(2, 1)
        self.setLayout(hbox(self.rail, vline(), content, spacing=0))
        if page is not None:
            self.top.add_page(page, page.top_actions())
            self.top.show_page(page, page.title, page.step)
        self.resize(*size)

    def toast(
        self,
        text: str,
        icon: str = "check-circle",
        tone: str = "go",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Note a short message."""
        self.toasts.append(text)
        if action is not None:
            self.toast_actions.append(action[1])

    def show_page(self, name: str) -> None:
        """There is only one."""

    def ask_secret(self, account_id: int) -> None:
        """Note whose AppSecret is asked for."""
        self.secrets_asked.append(account_id)

    def correct_quota(self) -> None:
        """Count how often the dialog was asked for."""
        self.quota_asked += 1

    def sheet(self) -> Sheet | None:
        """The dialog that is open."""
        return next((sheet for sheet in self.findChildren(Sheet) if sheet.isVisible()), None)


class WindowWorld:
    """One profile with both accounts of a sandbox. The sandbox and the app share one clock."""

    def __init__(self, folder: Path, *, rehearsal: bool = False) -> None:
        self.clock = Clock()
        self._tag: int | None = None
        self.sandbox = Sandbox(clock=self.clock).start()
        self.paths = Paths.below(folder)
        self.profile = open_profile(self.paths, now=self.clock)
        no_pauses = Seams(sleep=lambda seconds: None)  # between the client's own repeats
        self.profile.accounts._make_client = partial(WeChatClient, _seams=no_pauses)
        self.tasks = Tasks()
        self.transfers = Transfers(self.profile, self.tasks)
        self.worker = OutboxWorker(self.tasks, self.profile.sending, self.profile.accounts)
        self.settings = SettingsStore(self.paths.settings)
        self.service = self._connect(self.sandbox.service, "service", "岚间茶事", rehearsal)
        self.subscription = self._connect(self.sandbox.subscription, "subscription", "岚间日常", rehearsal)
        self.profile.accounts.set_current(self.service.id)
        self.context = Context(
            self.profile,
            self.tasks,
            self.transfers,
            self.worker,
            self.settings,
            self._no_rehearsal,
            now=self.clock,
        )

    def _connect(self, account: Any, kind: str, name: str, rehearsal: bool) -> Account:
        return self.profile.accounts.add(
            account.app_id,
            account.app_secret,
            name=name,
            kind=kind,
            base_url=self.sandbox.address,
            proxy="direct",
            is_sandbox=rehearsal,
        )

    def _no_rehearsal(self) -> Account:
        raise AssertionError("no page of these tests starts the rehearsal")

    def close(self) -> None:
        """Stop everything, in the app's order."""
        self.worker.stop()
        self.tasks.close()
        self.profile.close()
        self.sandbox.stop()

    # --- waiting ------------------------------------------------------------------------------------

    def until(self, met: Callable[[], object]) -> None:
        """Run the window's events until a condition holds; real time counts only against a broken test."""
        end = time.monotonic() + TIMEOUT_S
        while not met():
            if time.monotonic() > end:
                raise AssertionError("it did not happen in time")
            QApplication.processEvents()
            time.sleep(0.002)

    def settle(self) -> None:
        """Run until no task is under way and everything that came back was shown."""
        for _ in range(20):  # what came back may start the next task
            QApplication.processEvents()
            self.until(lambda: not self.tasks.running())
            QApplication.sendPostedEvents(None, 0)
            QApplication.processEvents()
            if not self.tasks.running():
                return

    # --- sends --------------------------------------------------------------------------------------

    def queue(self, title: str = "你好", audience: Any = None, **more: Any) -> int:
        """Confirm one text; to a tag unless told otherwise."""
        more.setdefault("account_id", self.service.id)
        more.setdefault("content", {"text": title})
        more.setdefault("audience_name", "春茶老客")
        more.setdefault("people", 9126)
        message = more.pop("message", None) or TextMessage(title)
        return self.profile.sending.queue(message, audience or Audience.tag(self.a_tag()), title=title, **more)

    def a_tag(self) -> int:
        """A tag of the 服务号 that has followers."""
        if self._tag is None:
            tags = self.profile.accounts.client(self.service.id).get_tags()
            self._tag = next(tag.id for tag in tags if tag.count > 10 and tag.id > 2)
        return self._tag

    def openids(self, count: int) -> list[str]:
        """Openids of real followers of the 服务号."""
        client, found, after = self.profile.accounts.client(self.service.id), list[str](), ""
        while len(found) < count:
            page = client.get_followers(after)
            found += page.openids
            after = page.next_openid
        return found[:count]

    def deliver(self, fault: str = "") -> None:
        """Let what is due leave, with a fault of the sandbox in its way."""
        if fault:
            self.sandbox.fault(fault)
        self.profile.sending.deliver()
        self.sandbox.fault("clear")

    def poll(self, later_s: float = 0.0) -> None:
        """Ask WeChat now what became of the open sends."""
        self.clock.advance(later_s)
        self.profile.sending.poll(force=True)

    def row(self, send_id: int) -> OutboxRow:
        """The send as it is in the ledger."""
        return self.profile.outbox.row(send_id)

    def delete(self, send_id: int) -> AppError | None:
        """Delete a send; what WeChat says against it."""
        try:
            self.profile.sending.delete(send_id)
        except AppError as error:
            return error
        return None
