"""Files made fit for what they are meant for: a message of their kind, or an article."""

from __future__ import annotations

from pathlib import Path

from desktop_app.job import Job
from desktop_app.media.intake import Taken


def for_message(
    taken: Taken,
    folder: Path,
    job: Job,
    *,
    fix: str = "",
    start_s: float = 0.0,
    ground: str = "white",
    ffmpeg: Path | None = None,
) -> Taken:
    """The file as a message of its kind may carry it."""
    return taken


def for_article(taken: Taken, folder: Path, job: Job, *, fix: str = "", ffmpeg: Path | None = None) -> Taken:
    """The file as an article's pictures are made of it."""
    return taken
