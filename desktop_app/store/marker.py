"""Notices a copied profile or a restored backup, so that it never sends what the other one sends too."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import uuid
from pathlib import Path

from desktop_app.errors import StoreError
from desktop_app.store.database import Database

COPIED = "profile.copied"
RESTORED = "profile.restored"


class Marker:
    """Two notes that have to agree: one in the database, one in a small file beside it.

    The word ``run`` is new at every open and close, in both places: a database that was put back from a copy
    has an old one. The word ``device`` is made from this computer, the folder and the small file's own number
    on the disk: a folder that was copied or restored as a whole has another one.
    """

    def __init__(self, db: Database, file: Path) -> None:
        self._db = db
        self._file = file

    def changed(self) -> str:
        """``profile.copied``, ``profile.restored``, or empty if this is the profile that was here before."""
        run = self._db.meta("run")
        if not run:
            return ""
        try:
            known = self._file.read_text("ascii", errors="replace").split()
            device = self._device()
        except OSError:
            return RESTORED
        if self._db.meta("device") != device:
            return COPIED
        return "" if run in known else RESTORED

    def renew(self) -> None:
        """Write a new run into both places. Dying in between leaves a state that still agrees."""
        old, new = self._db.meta("run"), uuid.uuid4().hex
        self._note(f"{new} {old}")
        try:
            device = self._device()
        except OSError as error:
            raise StoreError("store.folder", detail=str(error.strerror)) from error
        with self._db.transaction():
            self._db.set_meta("run", new)
            self._db.set_meta("device", device)
        self._note(new)

    def _note(self, text: str) -> None:
        # In place, never replaced by another file: its number on the disk is part of the device.
        try:
            fd = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.write(fd, text.ljust(72).encode())
                os.fsync(fd)
            finally:
                os.close(fd)
        except OSError as error:
            raise StoreError("store.folder", detail=str(error.strerror)) from error

    def _device(self) -> str:
        number = self._file.stat().st_ino
        words = f"{machine_id()}\n{os.path.realpath(self._file)}\n{number}"
        return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]


def machine_id() -> str:
    """Something that names this computer, the same at every start."""
    if sys.platform == "win32":
        import winreg

        path = r"SOFTWARE\Microsoft\Cryptography"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return socket.gethostname()
    for file in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            if words := Path(file).read_text("ascii", errors="replace").strip():
                return words
        except OSError:
            continue
    node = uuid.getnode()
    made_up = bool(node >> 40 & 1)  # no network card: Python invents another one at every start
    return socket.gethostname() if made_up else f"{node:012x}"
