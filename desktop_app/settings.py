"""Settings dataclass, load and save as JSON: what the window remembers between two runs."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.errors import SettingsError

log = logging.getLogger(__name__)

MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Settings:
    """One immutable set of settings, replaced as a whole by ``SettingsStore.change``."""

    window_geometry: str = ""
    """QByteArray of saveGeometry() in hex."""
    history_columns: str = ""
    """QByteArray of the history table's header state in hex."""
    last_folder: str = ""
    """Where the last file was chosen."""
    last_kind: str = "text"
    """The message type shown last: text, image, voice or video."""
    confirm_by: str = "number"
    """How a mass send is confirmed: "number" (type the number of people) or "hold"."""
    countdown_s: int = 10
    """Seconds between confirmation and submission, 5 to 60."""
    preview_required: bool = False
    """Whether a missing or stale test preview stops a mass send instead of warning."""
    close_to_tray: bool = False
    """Whether closing the window while something runs keeps the app going."""
    ffmpeg_path: str = ""
    """The ffmpeg that a person chose; empty: the one that is found."""
    picture_ground: str = "white"
    """What shows through a transparent picture that has to become a JPG: one of GROUNDS."""


GROUNDS = ("white", "black", "#F3F4F2")
"""The colours that a transparent picture may be laid on."""
ALLOWED: dict[str, tuple[Any, ...]] = {
    "last_kind": ("news", "text", "image", "voice", "video"),
    "confirm_by": ("number", "hold"),
    "picture_ground": GROUNDS,
}
RANGES: dict[str, tuple[int, int]] = {"countdown_s": (5, 60)}


class SettingsStore:
    """The settings of one profile and their file.

    A missing, damaged or half readable file gives the defaults for what cannot be read. A failed write keeps the
    new settings for this session, is logged, and stays in ``problem`` until a write works again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: SettingsError | None = None
        self._lock = threading.Lock()
        self._current = self._load()

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._current

    def change(self, **fields: Any) -> Settings:
        """Replace some fields, save, and return the new settings.

        Raises TypeError for an unknown field and ValueError for a value it cannot have.
        """
        with self._lock:
            changed = dataclasses.replace(self._current, **fields)
            for name in fields:
                if not _fits(name, getattr(changed, name)):
                    raise ValueError(name)
            if changed != self._current or self.problem is not None:
                self._current = changed
                self._save()
            return self._current

    def _load(self) -> Settings:
        try:
            if self.path.stat().st_size > MAX_BYTES:
                raise ValueError("too big")
            values = json.loads(self.path.read_bytes())
            if not isinstance(values, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, RecursionError) as error:
            log.warning("the settings cannot be read, going on with the defaults: %s", type(error).__name__)
            self.problem = SettingsError("settings.unreadable", detail=type(error).__name__)
            return Settings()
        names = {field.name for field in dataclasses.fields(Settings)}
        return Settings(**{name: value for name, value in values.items() if name in names and _fits(name, value)})

    def _save(self) -> None:
        """Write beside the file and put it in its place, so that a crash leaves the old or the new one."""
        beside = self.path.with_name(self.path.name + ".new")
        text = json.dumps(dataclasses.asdict(self._current), ensure_ascii=False, indent=1)
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
            self.problem = None
        except OSError as error:
            log.warning("the settings cannot be saved: %s", error.strerror)
            self.problem = SettingsError("settings.unwritable", detail=str(error.strerror))


def _fits(name: str, value: object) -> bool:
    """Whether a field may have this value: the type of its default, and within its choices or range."""
    if type(value) is not type(getattr(Settings, name)):
        return False
    if name in RANGES:
        low, high = RANGES[name]
        return isinstance(value, int) and low <= value <= high
    return name not in ALLOWED or value in ALLOWED[name]
