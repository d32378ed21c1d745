"""The world of a test: no screen, no key store, no network but this machine, and a log that stays quiet.

Expecting a warning: a test that provokes one says so, or it fails::

    @pytest.mark.expects_log("token renewed")            # a pattern searched in "LEVEL logger: message"
    def test_renewal(): ...

    def test_renewal(expected_log):
        expected_log("token renewed")                    # has to come; required=False: it may

Messages of Qt come to the log as well, under the name ``qt``.
"""

from __future__ import annotations

import os
import sys

# Before anything imports PySide6.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
# What QtMultimedia says while it is being loaded would come to our handler below, which is Python: it waits for
# Python's lock with the loader's lock in hand, and a thread that loads a library has them the other way round.
os.environ["QT_LOGGING_RULES"] = "qt.multimedia.symbolsresolver*=false"
os.environ["LANG"] = os.environ["LC_ALL"] = "C.UTF-8"
if sys.platform.startswith("linux") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
# Programs that a test starts find no key store; this process gets one in memory (below).
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# A proxy of the person who runs the tests must not get in the way; tests of proxies set their own.
for _name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest
from hypothesis import HealthCheck, settings

from desktop_app.paths import Paths
from tests.guards import QT_LOGGER, LogGuard, NetworkGuard

NETWORK = NetworkGuard()

# How long an example takes is the machine's business.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A key store that lives as long as the test session."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.values:
            raise keyring.errors.PasswordDeleteError(username)
        del self.values[service, username]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="use the big numbers of the promises")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_log(*patterns): warnings in the log that this test provokes")
    NETWORK.install()


def pytest_sessionfinish() -> None:
    """Empty the clipboard: Qt drops what a test put there after Python is gone, and the process would crash."""
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


def pytest_unconfigure(config: pytest.Config) -> None:
    NETWORK.remove()


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Whether the big numbers are wanted (``--long``)."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session", autouse=True)
def _qt_speaks_in_the_log() -> Iterator[None]:
    """Bring Qt's own messages into the log, where the guard sees them."""
    from PySide6.QtCore import QCoreApplication, Qt, QtMsgType, qInstallMessageHandler

    # As app.make_qt does: the web engine draws into contexts of its own and has to share them.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }

    def handler(kind: QtMsgType, context: Any, message: str) -> None:
        logging.getLogger(QT_LOGGER).log(levels[kind], "%s", message)

    previous = qInstallMessageHandler(handler)
    yield
    qInstallMessageHandler(previous)


@pytest.fixture(autouse=True)
def _log_guard(request: pytest.FixtureRequest) -> Iterator[LogGuard]:
    """Fail the test over a warning or error in the log that it did not expect."""
    guard = LogGuard()
    for mark in request.node.iter_markers("expects_log"):
        for pattern in mark.args:
            guard.expect(pattern)
    logging.getLogger().addHandler(guard)
    yield guard
    logging.getLogger().removeHandler(guard)
    if problems := guard.problems():
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def expected_log(_log_guard: LogGuard) -> Callable[..., None]:
    """``expected_log(pattern, required=True)``: announce a warning that this test provokes."""
    return _log_guard.expect


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    """Fail the test when anything in this process tried to leave the machine."""
    NETWORK.attempts.clear()
    yield
    if NETWORK.attempts:
        pytest.fail(f"left this machine: {', '.join(NETWORK.attempts)}", pytrace=False)


@pytest.fixture(autouse=True)
def memory_keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """An empty key store in memory, set for every test."""
    store = MemoryKeyring()
    keyring.set_keyring(store)
    monkeypatch.setattr("desktop_app.secrets.os_key_store", lambda: store)
    return store


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the folders of the person who runs the tests out of reach, for programs they start too."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name.lower()))
        yield


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """The folders of an empty profile, made."""
    folders = Paths.below(tmp_path / "profile")
    folders.create()
    return folders


@pytest.fixture
def sandbox() -> Iterator[Any]:
    """A running sandbox with fresh accounts, stopped at the end of the test."""
    from desktop_app.sandbox.server import Sandbox

    with Sandbox() as running:
        yield running
