"""AppSecrets in the OS key store, or for this session only; never a plain file."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
from typing import Protocol

log = logging.getLogger(__name__)

SERVICE = "Qunfa"

# Chosen by name instead of keyring's own search: that one also loads plug-ins that keep secrets in plain files or
# ask for a password on the terminal.
REAL_KEY_STORES: dict[str, tuple[str, ...]] = {
    "darwin": ("macOS.Keyring",),
    "win32": ("Windows.WinVaultKeyring",),
    "linux": ("SecretService.Keyring", "kwallet.DBusKeyring"),
}


class KeyStore(Protocol):
    """What is used of a keyring back end."""

    def get_password(self, service: str, username: str) -> str | None:
        """The value kept under both names."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a value."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove a value."""


def os_key_store() -> KeyStore | None:
    """The key store of this operating system, if there is one that can be used."""
    if os.environ.get("PYTHON_KEYRING_BACKEND", "").rpartition(".")[0] in (
        "keyring.backends.fail",
        "keyring.backends.null",
    ):
        return None  # switched off from outside
    platform = sys.platform if sys.platform in ("darwin", "win32") else "linux"
    for name in REAL_KEY_STORES[platform]:
        module, _, class_name = name.rpartition(".")
        try:
            backend = getattr(importlib.import_module(f"keyring.backends.{module}"), class_name)
            if backend.viable:
                store: KeyStore = backend()
                return store
        except Exception as error:  # a back end may raise whatever its system library raises
            log.info("key store %s cannot be used: %s", name, type(error).__name__)
    return None


class Secrets:
    """AppSecrets by AppID. What the key store does not take lives until this object goes.

    ``available`` tells whether a key store is there and answers; a locked or failing one counts as not there
    from its first failure on, until it works again. May be used by several threads; the first ``get`` of an
    AppID may wait for the key store (which may ask the person to unlock it).
    """

    def __init__(self, store: KeyStore | None = None, *, use_os: bool = True) -> None:
        """``store`` replaces the system's key store; ``use_os=False`` keeps everything for this session."""
        self._store = store if store is not None or not use_os else os_key_store()
        self._working = self._store is not None
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._kept: set[str] = set()

    def __repr__(self) -> str:
        return f"Secrets(available={self.available})"

    @property
    def available(self) -> bool:
        """Whether a key store is there and did its last work."""
        return self._working

    def get(self, app_id: str) -> str | None:
        """The AppSecret, from this session or from the key store; None if it has to be typed."""
        with self._lock:
            if app_id in self._known:
                return self._known[app_id]
            secret = self._read(app_id)
            if secret:
                self._known[app_id] = secret
                self._kept.add(app_id)
            return secret or None

    def put(self, app_id: str, secret: str) -> bool:
        """Keep an AppSecret; False: only for this session, because no key store took it."""
        with self._lock:
            self._known[app_id] = secret
            self._kept.discard(app_id)
            if self._write(app_id, secret):
                self._kept.add(app_id)
            return app_id in self._kept

    def type(self, app_id: str, secret: str) -> None:
        """Know an AppSecret for this session; the key store is not asked."""
        with self._lock:
            self._known[app_id] = secret

    def is_kept(self, app_id: str) -> bool:
        """Whether the key store is known to hold it (it was read from there or taken by it)."""
        with self._lock:
            return app_id in self._kept

    def forget(self, app_id: str) -> bool:
        """Remove an AppSecret everywhere; False if the key store would not delete its copy."""
        with self._lock:
            self._known.pop(app_id, None)
            self._kept.discard(app_id)
            if self._store is None:
                return True
            try:
                if self._store.get_password(SERVICE, app_id) is None:
                    return True
                self._store.delete_password(SERVICE, app_id)
            except Exception as error:
                self._failed("delete", error)
                return False
            return True

    def _read(self, app_id: str) -> str | None:
        if self._store is None:
            return None
        try:
            secret = self._store.get_password(SERVICE, app_id)
        except Exception as error:
            self._failed("read", error)
            return None
        self._working = True
        return secret

    def _write(self, app_id: str, secret: str) -> bool:
        if self._store is None:
            return False
        try:
            self._store.set_password(SERVICE, app_id, secret)
            # Some stores say nothing and keep nothing.
            self._working = self._store.get_password(SERVICE, app_id) == secret
        except Exception as error:
            self._failed("write", error)
            return False
        if not self._working:
            log.warning("the key store gave back something else than it was given")
        return self._working

    def _failed(self, what: str, error: Exception) -> None:
        """Note a failure by its type only: the text of a foreign error may quote the value."""
        self._working = False
        log.warning("the key store failed to %s: %s", what, type(error).__name__)
