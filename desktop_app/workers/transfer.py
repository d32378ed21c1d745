"""One file on its way: how far it is, what it is for, what would mend it; and a list of them in numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.errors import AppError
from desktop_app.job import Job

if TYPE_CHECKING:
    from desktop_app.store.caches import MediaFile
    from desktop_app.workers.tasks import Task

MESSAGE, BODY, LIBRARY = "message", "body", "library"
"""What a file goes up for: a message (temporary, or permanent if it is known as that), an article's body
(``uploadimg``), the library (permanent)."""

Note = tuple[int, str, str]
"""What a file that is not finished is written down by: account, SHA-256, use."""

GONE = 0.0
"""The expiry of what WeChat does not keep any more, or not long enough: a send sends it up again."""

CUT = "cut_voice"
"""The one fix that asks where to begin."""

_numbers = itertools.count(1)


class Stage(StrEnum):
    """How far a file has come."""

    READING = "reading"  # being copied into the cache, judged and made fit
    MENDING = "mending"  # a person said how: being converted, shrunk or cut
    WAITING = "waiting"  # the upload has not begun
    UPLOADING = "uploading"
    DONE = "done"
    REFUSED = "refused"  # cannot be used as it is; ``error`` says why, ``fix`` how that can be mended
    FAILED = "failed"  # the upload did not work; it may be tried again
    STOPPED = "stopped"  # the person stopped it; it may be taken up again


BUSY = (Stage.READING, Stage.MENDING, Stage.WAITING, Stage.UPLOADING)


@dataclass(eq=False)
class Transfer:
    """One file on its way. It belongs to the window's thread; what is known for good is in ``media``.

    ``size_before`` is the size of what was dropped in bytes, ``fraction`` how much of the stage is done.
    ``expires_at``: until when WeChat keeps it (Unix seconds, or GONE), None for good, or not there yet.
    ``move(kind)`` puts a file that was dropped in the wrong place into the form of its own kind.
    """

    name: str
    account_id: int = 0
    kind: str | None = None
    use: str = MESSAGE
    stage: Stage = Stage.READING
    media: MediaFile | None = None
    size_before: int = 0
    size_after: int = 0
    fraction: float = 0.0
    error: AppError | None = None
    expires_at: float | None = None
    seconds_left: float | None = None
    number: int = field(default_factory=lambda: next(_numbers))
    task: Task | None = None
    read: Callable[[Job], MediaFile] | None = None
    then: Callable[[Transfer], bool] | None = None
    listener: Callable[[Transfer], None] | None = None
    move: Callable[[str], None] | None = None
    begun_at: float = 0.0

    @property
    def busy(self) -> bool:
        """Whether something is still going on with it."""
        return self.stage in BUSY

    @property
    def fix(self) -> str:
        """What would mend a refused file, "" if nothing does."""
        if self.stage != Stage.REFUSED or self.error is None:
            return ""
        return str(self.error.args_.get("fix", "")) if self.error.args_.get("sha256") else ""

    @property
    def belongs_to(self) -> str:
        """The kind of message that takes a refused file: image, voice, video; "" if it cannot be put there."""
        if self.stage != Stage.REFUSED or self.error is None or self.move is None:
            return ""
        return str(self.error.args_.get("kind", "")) if self.error.code == "media.kind" else ""

    @property
    def sha256(self) -> str:
        """The file in the media folder: what goes up, or the original that has to be mended first; "" before."""
        if self.media is not None:
            return self.media.sha256
        return str(self.error.args_.get("sha256", "")) if self.error is not None else ""

    @property
    def note(self) -> Note:
        """What it is written down by; two transfers of the same file for the same use share one note."""
        return self.account_id, self.sha256, self.use

    @property
    def needs_person(self) -> bool:
        """Whether it waits for somebody to decide."""
        return self.stage in (Stage.REFUSED, Stage.FAILED)

    def to_json(self) -> dict[str, str] | None:
        """The file as a draft keeps it; None until its content is known."""
        return {"sha256": self.media.sha256, "name": self.name} if self.media else None


@dataclass(frozen=True)
class Totals:
    """The whole list in numbers. Sizes in bytes; ``fraction`` over all files, ``seconds_left`` None if unknown.

    ``size_after`` counts files that are not made smaller, or not yet, as they are.
    """

    count: int = 0
    done: int = 0
    running: int = 0
    waiting: int = 0
    problems: int = 0
    stopped: int = 0
    size_before: int = 0
    size_after: int = 0
    fraction: float = 0.0
    seconds_left: float | None = None
    current: Transfer | None = None

    @property
    def busy(self) -> bool:
        """Whether anything is under way or waits for its turn."""
        return bool(self.running or self.waiting)


def totals_of(items: Sequence[Transfer]) -> Totals:
    """A list of transfers in numbers."""
    running = [t for t in items if t.stage in (Stage.READING, Stage.MENDING, Stage.UPLOADING)]
    waiting = [t for t in items if t.stage == Stage.WAITING]
    done = [t for t in items if t.stage == Stage.DONE]
    moving = [t for t in running if t.fraction]
    weighs = _weights([*done, *running, *waiting])
    passed = sum(weighs[t.number] for t in done) + sum(weighs[t.number] * t.fraction for t in running)
    weight = sum(weighs.values())
    return Totals(
        count=len(items),
        done=len(done),
        running=len(running),
        waiting=len(waiting),
        problems=sum(t.needs_person for t in items),
        stopped=sum(t.stage == Stage.STOPPED for t in items),
        size_before=sum(t.size_before for t in items),
        size_after=sum(t.size_after or t.size_before for t in items),
        fraction=running[0].fraction if len(running) == 1 and not waiting else passed / weight if weight else 0.0,
        seconds_left=_left_of(moving, waiting),
        current=moving[0] if moving else (running[0] if running else None),
    )


def _weights(items: Sequence[Transfer]) -> dict[int, float]:
    """What each counts for in the whole, by its number: bytes; one whose size is not known yet is like the others."""
    sizes = {t.number: float(t.size_after or t.size_before) for t in items}
    known = [size for size in sizes.values() if size]
    usual = sum(known) / len(known) if known else 1.0
    return {number: size or usual for number, size in sizes.items()}


def _left_of(moving: list[Transfer], waiting: list[Transfer]) -> float | None:
    """Seconds until all is up, from the rate of what moves now; None if that is not known yet."""
    known = [t for t in moving if t.seconds_left is not None and t.stage == Stage.UPLOADING]
    if not known:
        return max((t.seconds_left for t in moving if t.seconds_left is not None), default=None)
    left = sum(t.size_after * (1 - t.fraction) for t in known)
    rate = sum(t.size_after * (1 - t.fraction) / max(t.seconds_left or 0.0, 0.1) for t in known)
    return (left + sum(t.size_after for t in waiting)) / rate if rate else None
