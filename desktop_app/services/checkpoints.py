"""Named points at which a test lets the process die: QUNFA_EXIT_AT=name, or name:3 for the third time."""

from __future__ import annotations

import os
from collections import Counter

NAMES = (
    "queue.sealed",
    "queue.committed",
    "deliver.before_claim",
    "deliver.claimed",
    "wire.before_write",
    "wire.after_write",
    "wire.after_reply",
    "wire.after_parse",
    "deliver.answered",
    "deliver.settled",
    "renew.uploaded",
    "renew.sealed",
    "poll.before",
    "poll.answered",
    "poll.recorded",
)

_seen: Counter[str] = Counter()


def reached(name: str) -> None:
    """End the process here, without any clean-up, if the environment says so; else do nothing."""
    wanted = os.environ.get("QUNFA_EXIT_AT", "")
    if not wanted:
        return
    point, _, count = wanted.partition(":")
    if point != name:
        return
    _seen[name] += 1
    if _seen[name] == int(count or 1):
        os._exit(137)
