"""Data, cache, log and resource folders of this run. Nobody else joins paths."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

APP_DIR_NAME = "Qunfa"


@dataclass(frozen=True)
class Paths:
    """Folders of one profile. They exist once ``create()`` was called."""

    data: Path
    cache: Path
    logs: Path

    @classmethod
    def default(cls) -> Paths:
        """The folders that the operating system names for this person."""
        import appdirs

        dirs = appdirs.AppDirs(APP_DIR_NAME, appauthor=False)
        return cls(Path(dirs.user_data_dir), Path(dirs.user_cache_dir), Path(dirs.user_log_dir))

    @classmethod
    def below(cls, folder: Path) -> Paths:
        """All folders below one given folder (``--data-dir``, tests, scripts)."""
        folder = Path(folder).absolute()
        return cls(folder, folder / "cache", folder / "logs")

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "qunfa.db"

    @property
    def lock(self) -> Path:
        """The file whose lock says that a process uses this profile."""
        return self.data / "qunfa.lock"

    @property
    def marker(self) -> Path:
        """The small file that tells this profile from a copy of it."""
        return self.data / "qunfa.marker"

    @property
    def settings(self) -> Path:
        """Settings as JSON."""
        return self.data / "settings.json"

    @property
    def backups(self) -> Path:
        """Copies of the database."""
        return self.data / "backups"

    @property
    def sandbox_state(self) -> Path:
        """What the built-in sandbox remembers between two runs."""
        return self.data / "sandbox.json"

    @property
    def media(self) -> Path:
        """Copies of dropped and pasted files, named by their content hash."""
        return self.data / "media"

    def create(self) -> None:
        """Make the folders, readable by this person only. Raises OSError."""
        for folder in (self.data, self.cache, self.logs, self.backups, self.media):
            folder.mkdir(parents=True, exist_ok=True)
            if os.name == "posix":
                folder.chmod(0o700)


def resource(name: str) -> Path:
    """A file that ships with the app: ``resource("icons/send.svg")``."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parent.parent
    return root / "resources" / name
