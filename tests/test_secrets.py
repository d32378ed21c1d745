"""AppSecrets go to a real key store or nowhere."""

from __future__ import annotations

from pathlib import Path

import keyring.errors
import pytest

from desktop_app import secrets as secrets_module
from desktop_app.secrets import SERVICE, Secrets, os_key_store

CANARY = "0123456789abcdef-canary-secret"


class Memory:
    """A key store that works."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.values[service, username]


class Locked(Memory):
    """Every call is refused until the person unlocks it."""

    locked = True

    def _check(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked(CANARY)

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        super().delete_password(service, username)


class Refusing(Memory):
    """Reads, but takes nothing, with the raw error of a system library."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(f"cannot keep {password}")


class Changed(Memory):
    """Gives back something else than it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        value = super().get_password(service, username)
        return value and "something else"


def test_a_working_store_keeps_the_secret_for_the_next_run():
    """A new session reads what an earlier one put."""
    store = Memory()
    assert Secrets(store).put("wx1", CANARY)
    later = Secrets(store)
    assert later.available
    assert later.get("wx1") == CANARY
    assert later.is_kept("wx1")


@pytest.mark.expects_log("key store")
@pytest.mark.parametrize("store", [Locked(), Refusing(), Changed()])
def test_a_failing_store_means_this_session_only(store: Memory):
    """Locked, refusing or forgetful: the secret works now, nothing claims that it is kept."""
    secrets = Secrets(store)
    assert not secrets.put("wx1", CANARY)
    assert secrets.get("wx1") == CANARY
    assert not secrets.is_kept("wx1")
    assert not secrets.available


def test_without_a_store_the_secret_lives_for_this_session():
    """No key store: asked again in the next session."""
    secrets = Secrets(use_os=False)
    assert not secrets.put("wx1", CANARY)
    assert secrets.get("wx1") == CANARY
    assert not secrets.available
    assert Secrets(use_os=False).get("wx1") is None


@pytest.mark.expects_log("failed to write: KeyringLocked")
def test_a_store_that_gets_unlocked_is_used_again():
    """After the person unlocked it, the next put is kept."""
    store = Locked()
    secrets = Secrets(store)
    assert not secrets.put("wx1", CANARY)
    store.locked = False
    assert secrets.put("wx1", CANARY)
    assert secrets.available


@pytest.mark.expects_log("key store")
def test_no_fallback_writes_a_file_or_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog):
    """Whatever fails, the secret is in no file, no log line and no repr."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    for store in (Locked(), Refusing(), Changed(), None):
        secrets = Secrets(store, use_os=False)
        secrets.put("wx1", CANARY)
        secrets.get("wx1")
        secrets.forget("wx1")
        assert CANARY not in repr(secrets)
    assert CANARY not in caplog.text
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_typing_a_secret_does_not_touch_the_store():
    """A secret for this session leaves the key store as it is."""
    store = Memory()
    secrets = Secrets(store)
    secrets.type("wx1", CANARY)
    assert secrets.get("wx1") == CANARY
    assert not store.values
    assert not secrets.is_kept("wx1")


def test_forgetting_removes_it_everywhere():
    """After forget neither this session nor the key store has it; forgetting twice is fine."""
    store = Memory()
    secrets = Secrets(store)
    secrets.put("wx1", CANARY)
    assert secrets.forget("wx1")
    assert secrets.get("wx1") is None
    assert (SERVICE, "wx1") not in store.values
    assert secrets.forget("wx1")


@pytest.mark.expects_log("failed to delete")
def test_forgetting_says_when_the_store_keeps_its_copy():
    """A locked store cannot delete: the caller is told."""
    store = Locked()
    store.locked = False
    secrets = Secrets(store)
    secrets.put("wx1", CANARY)
    store.locked = True
    assert not secrets.forget("wx1")


def test_a_switched_off_key_store_is_respected(monkeypatch: pytest.MonkeyPatch):
    """PYTHON_KEYRING_BACKEND with keyring's own off switch: session only."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    assert os_key_store_unpatched() is None


def test_plug_ins_and_plain_files_are_never_chosen(monkeypatch: pytest.MonkeyPatch):
    """Only the named back ends are looked at; here they raise, so there is none."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    seen: list[str] = []
    real_import = secrets_module.importlib.import_module

    def watched(name: str):
        seen.append(name)
        return real_import(name)

    monkeypatch.setattr(secrets_module.importlib, "import_module", watched)
    monkeypatch.setattr(secrets_module.sys, "platform", "linux")
    assert os_key_store_unpatched() is None
    assert seen == ["keyring.backends.SecretService", "keyring.backends.kwallet"]


os_key_store_unpatched = os_key_store  # the world of the tests replaces the module's name, not this one
