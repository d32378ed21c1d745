"""The guards of conftest.py guard."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys

import keyring
import pytest

from tests.guards import LogGuard, NetworkGuard, OutsideRefused, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "", None, b"127.0.0.1"])
def test_loopback_is_open(host: object) -> None:
    """Addresses of this machine are let through."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "0.0.0.0", "8.8.8.8", "example.com", "localhost.example.com", "fe80::1%eth0"]
)
def test_everything_else_is_not(host: str) -> None:
    """Private, public and unknown addresses are refused."""
    assert not is_loopback(host)


def test_refused_and_remembered() -> None:
    """A refused connection is an OSError for the code under test, and stays on record."""
    guard = NetworkGuard()
    guard.install()
    try:
        with pytest.raises(OutsideRefused), socket.socket() as sock:
            sock.connect(("192.0.2.1", 80))
        with pytest.raises(OutsideRefused):
            socket.create_connection(("api.example.com", 443))
    finally:
        guard.remove()
    assert guard.attempts == ["192.0.2.1", "api.example.com"]


def test_invalid_names_do_not_resolve() -> None:
    """A name below .invalid fails like an unknown host and is no offence."""
    with pytest.raises(socket.gaierror):
        socket.create_connection(("nowhere.invalid", 443))


def test_this_machine_answers() -> None:
    """A server on the loopback address can be reached through the guard."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def _record(level: int, message: str, name: str = "desktop_app.x") -> logging.LogRecord:
    return logging.LogRecord(name, level, __file__, 1, message, None, None)


def test_log_guard_sets_expected_apart() -> None:
    """Only lines that nobody announced are problems; an announced one has to come."""
    guard = LogGuard()
    guard.expect("renewed")
    guard.expect("perhaps", required=False)
    guard.emit(_record(logging.WARNING, "token renewed"))
    assert guard.problems() == []
    guard.emit(_record(logging.ERROR, "something else"))
    guard.expect("never said")
    first, second = guard.problems()
    assert "something else" in first
    assert "never said" in second


def test_harmless_noise_of_qt_only() -> None:
    """What Qt says without a desktop is dropped, the same words from the app are not."""
    guard = LogGuard()
    guard.emit(_record(logging.WARNING, "This plugin does not support propagateSizeHints()", "qt"))
    assert guard.problems() == []
    guard.emit(_record(logging.WARNING, "dbus"))
    assert len(guard.problems()) == 1


@pytest.mark.expects_log("WARNING qt: by the test")
def test_qt_messages_are_heard() -> None:
    """A qWarning reaches the log under the name qt."""
    from PySide6.QtCore import qWarning

    qWarning("by the test")


def test_keyring_is_in_memory_here_and_absent_below() -> None:
    """This process has a key store in memory; a program that it starts has none."""
    keyring.set_password("qunfa", "a", "b")
    assert keyring.get_password("qunfa", "a") == "b"
    code = "import keyring; print(type(keyring.get_keyring()).__module__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "keyring.backends.fail"


def test_no_screen_is_needed() -> None:
    """The tests draw into memory unless a person asks for another platform."""
    assert os.environ["QT_QPA_PLATFORM"]
