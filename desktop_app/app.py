"""Composition root: builds every long-lived object top to bottom, runs the window, and closes them again."""

from __future__ import annotations

import hashlib
import logging
import logging.handlers
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QObject, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from desktop_app.errors import AppError, StoreError
from desktop_app.media import convert
from desktop_app.paths import Paths, resource
from desktop_app.services import Profile, open_profile
from desktop_app.settings import SettingsStore
from desktop_app.store.accounts import Account
from desktop_app.ui import theme
from desktop_app.ui.context import Context
from desktop_app.ui.main_window import MainWindow
from desktop_app.workers.outbox_worker import OutboxWorker
from desktop_app.workers.tasks import Tasks
from desktop_app.workers.transfers import Transfers

if TYPE_CHECKING:
    from desktop_app.sandbox.server import Sandbox

log = logging.getLogger(__name__)

LOG_BYTES = 2_000_000
LOG_FILES = 9  # together at most 20 MB
BACKUP_LOOK_MS = 600_000  # a large database is not copied at the start but soon after


def make_qt(arguments: list[str]) -> QApplication:
    """The QApplication with theme, Chinese texts for Qt's own dialogs, and the icon."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        theme.install(existing)
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    qt = QApplication(arguments)
    qt.setApplicationName("Qunfa")
    qt.setApplicationDisplayName("群发台")
    qt.setWindowIcon(QIcon(str(resource("logo.svg"))))
    translator = QTranslator(qt)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale("zh_CN"), "qtbase", "_", folder):
        qt.installTranslator(translator)
    theme.install(qt)
    return qt


def start_log(paths: Paths) -> None:
    """Write the log to a rotating file that only this person may read."""
    handler = logging.handlers.RotatingFileHandler(
        paths.logs / "qunfa.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    if os.name == "posix":
        (paths.logs / "qunfa.log").chmod(0o600)


class SingleInstance(QObject):
    """One window per profile: a second start brings the first one to the front."""

    raised = Signal()

    def __init__(self, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Short, because a local socket's path is limited to about 100 bytes.
        self._name = "qunfa-" + hashlib.sha256(str(paths.data).encode()).hexdigest()[:16]
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def first(self) -> bool:
        """Whether this is the first start; otherwise the first was told to come to the front."""
        if self._tell():
            return False
        if self._server.listen(self._name):
            return True
        if self._tell():
            return False
        QLocalServer.removeServer(self._name)  # left behind by a crash
        self._server.listen(self._name)
        return True

    def told_another(self) -> bool:
        """Whether a window that opened at the same moment was found within 3 s and told to come to the front."""
        self._server.close()
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if self._tell():
                return True
            time.sleep(0.05)
        return False

    def _tell(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(500):
            return False
        socket.write(b"raise\n")
        socket.waitForBytesWritten(500)
        socket.disconnectFromServer()
        return True

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _on_connection(self) -> None:
        while connection := self._server.nextPendingConnection():
            connection.disconnected.connect(connection.deleteLater)
            self.raised.emit()


class App:
    """The running app: profile, tasks, outbox worker, sandbox and window. ``close()`` undoes all of it."""

    def __init__(
        self,
        paths: Paths,
        *,
        sandbox: bool = False,
        base_url: str | None = None,
        now: Callable[[], float] = time.time,
        sandbox_speed: float = 1.0,
    ) -> None:
        """Open the profile at ``paths`` (StoreError if that cannot be done) and build the window, not shown yet."""
        self.paths = paths
        self.closed = False
        self._sandbox: Sandbox | None = None
        self._sandbox_speed = sandbox_speed
        self.settings = SettingsStore(paths.settings)
        self.profile: Profile = open_profile(paths.data, now=now)
        self.tasks = Tasks()
        self.transfers = Transfers(self.profile, self.tasks)
        self.outbox = OutboxWorker(self.tasks, self.profile.sending, self.profile.accounts)
        self.context = Context(
            self.profile,
            self.tasks,
            self.transfers,
            self.outbox,
            self.settings,
            self.start_rehearsal,
            base_url=base_url,
            now=now,
        )
        self._find_converter()
        if sandbox:
            self.start_rehearsal()
        elif any(account.is_sandbox for account in self.profile.accounts.list()):
            self._start_sandbox()
        self.window = MainWindow(self.context)
        self.outbox.start()
        self._backups = QTimer(self.tasks)
        self._backups.setInterval(BACKUP_LOOK_MS)
        self._backups.timeout.connect(self._back_up)
        self._backups.start()

    @property
    def sandbox(self) -> Sandbox | None:
        """The built-in WeChat, if a rehearsal account uses it."""
        return self._sandbox

    def start_rehearsal(self) -> Account:
        """Start the sandbox, make its 服务号 the current account and return it."""
        self._start_sandbox()
        assert self._sandbox is not None
        account = self.profile.account_store.by_app_id(self._sandbox.service.app_id)
        assert account is not None
        self.profile.accounts.set_current(account.id)
        return account

    def _start_sandbox(self) -> None:
        """Run the sandbox and point its accounts at the port that it got this time."""
        if self._sandbox is not None:
            return
        from desktop_app.sandbox.server import Sandbox  # 40 ms that a start with a real account does not need

        self._sandbox = Sandbox(state_file=self.paths.sandbox_state, clock_speed=self._sandbox_speed)
        self._sandbox.start()
        accounts = self.profile.accounts
        for simulated in (self._sandbox.service, self._sandbox.subscription):
            known = self.profile.account_store.by_app_id(simulated.app_id)
            if known is None:
                accounts.add(
                    simulated.app_id,
                    simulated.app_secret,
                    name=simulated.name,
                    kind=simulated.kind,
                    base_url=self._sandbox.address,
                    proxy="direct",
                    is_sandbox=True,
                )
            else:
                accounts.update(known.id, base_url=self._sandbox.address)
                accounts.type_secret(known.id, simulated.app_secret)

    def _find_converter(self) -> None:
        """Look for ffmpeg, off the window's thread; until it is found nothing can be converted."""
        chosen, ground = self.settings.current.ffmpeg_path, self.settings.current.picture_ground
        media = self.profile.media
        media.configure(ffmpeg=None, ground=ground)
        self.tasks.start("work", lambda job: media.configure(ffmpeg=convert.find(chosen), ground=ground))

    def _back_up(self) -> None:
        """Make the daily copy of the database, if it is due, off the window's thread."""
        self.tasks.start("work", lambda job: self.profile.back_up_if_due(), on_error=_note_backup)

    def close(self) -> None:
        """Stop timers, cancel and await the running work, close the database and the sandbox. Twice does no harm."""
        if self.closed:
            return
        self.closed = True
        self.outbox.stop()
        self._backups.stop()
        self.window.close_quietly()
        self.tasks.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.profile.close()
        if self._sandbox is not None:
            self._sandbox.stop()


def _note_backup(error: AppError) -> None:
    log.warning("no backup today: %s", error.code)


def report_bug(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    """sys.excepthook: log what nobody expected and show one dialog with the text to copy."""
    text = "".join(traceback.format_exception(kind, bug, trace))
    log.critical("unexpected error\n%s", text)
    window = next((w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)), None)
    if window is not None:
        QTimer.singleShot(0, window, lambda: window.show_bug(bug if isinstance(bug, AppError) else None, text))


def no_core_dumps() -> None:
    """A core dump would hold the AppSecret in clear."""
    try:
        import resource as limits
    except ImportError:  # Windows writes none unless it was set up to
        return
    limits.setrlimit(limits.RLIMIT_CORE, (0, limits.getrlimit(limits.RLIMIT_CORE)[1]))


def run(*, data_dir: Path | None = None, sandbox: bool = False, base_url: str | None = None) -> int:
    """Start the app and stay until its window is closed; returns the exit code."""
    no_core_dumps()
    paths = Paths.below(data_dir) if data_dir else Paths.default()
    qt = make_qt(sys.argv[:1])
    instance = SingleInstance(paths)
    if not instance.first():
        return 0
    try:
        paths.create()
        start_log(paths)
        app = App(paths, sandbox=sandbox, base_url=base_url)
    except StoreError as error:
        if error.code == "store.in_use" and instance.told_another():
            return 0  # two starts at once: the other one won
        return cannot_start(error, paths)
    except OSError as error:
        return cannot_start(error, paths)
    sys.excepthook = report_bug
    instance.raised.connect(app.window.come_to_front)
    app.window.show()
    code = qt.exec()
    instance.close()
    app.close()
    return code


def cannot_start(error: OSError | StoreError, paths: Paths) -> int:
    """Say why the profile cannot be opened; returns the exit code."""
    from PySide6.QtWidgets import QMessageBox

    from desktop_app.ui.error_box import words

    if isinstance(error, OSError):
        error = StoreError("store.folder", path=str(paths.data), detail=str(error))
    said = words(error)
    log.error("cannot start: %s", error)
    QMessageBox.critical(None, "群发台", f"{said.title}\n\n{said.advice}\n\n{said.code}")
    return 1
