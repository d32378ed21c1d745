"""Context: the long-lived objects that pages work with, built once by app.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services import Profile
    from desktop_app.settings import SettingsStore
    from desktop_app.store.accounts import Account
    from desktop_app.workers.outbox_worker import OutboxWorker
    from desktop_app.workers.tasks import Tasks
    from desktop_app.workers.transfers import Transfers


@dataclass(frozen=True)
class Context:
    """What a page may use. ``now`` is the wall clock in Unix seconds."""

    profile: Profile
    tasks: Tasks
    transfers: Transfers
    outbox: OutboxWorker
    settings: SettingsStore
    start_rehearsal: Callable[[], Account]
    """Start the built-in sandbox, add its two accounts, make the 服务号 current and return it."""
    base_url: str | None = None
    """Where the connection form's calls go instead of WeChat (``--base-url``, loopback only)."""
    now: Callable[[], float] = time.time
