"""The web view's walls: own schemes, off the record, no requests, files, pop-ups, permissions or downloads.

QtWebEngine is imported only when a view is first wanted: an idle app without it takes a third of the memory.
"""

from __future__ import annotations

import logging
import os
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QFile, QIODevice, QObject, QUrl, QUrlQuery
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEngineFullScreenRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from shiboken6 import isValid

from desktop_app.job import Job
from desktop_app.paths import resource
from desktop_app.workers.tasks import Tasks

log = logging.getLogger(__name__)

EDITOR_SCHEME = b"qunfa-editor"
MEDIA_SCHEME = b"qunfa-media"
EDITOR_PAGE = QUrl("qunfa-editor://app/index.html")

_FOREIGN = "foreign"
_PAGE_TYPES = {".html": b"text/html", ".js": b"text/javascript", ".css": b"text/css"}
_PICTURE_TYPES = {
    b"\x89PNG\r\n\x1a\n": b"image/png",
    b"\xff\xd8\xff": b"image/jpeg",
    b"GIF8": b"image/gif",
    b"BM": b"image/bmp",
}
_SHA256 = re.compile(r"[0-9a-f]{64}")

MediaPath = Callable[[str], Path | None]
"""Where the bytes of a picture are, by SHA-256."""
FetchPicture = Callable[[str, Job], bytes]
"""Bring a picture from elsewhere, bounded; raises AppError."""


def register_schemes() -> None:
    """Make our two schemes known to the web engine. Has to come before its first profile; twice does no harm."""
    os.environ.pop("QTWEBENGINE_REMOTE_DEBUGGING", None)  # nobody looks into the article from outside
    for name in (EDITOR_SCHEME, MEDIA_SCHEME):
        if QWebEngineUrlScheme.schemeByName(QByteArray(name)).name().isEmpty():
            scheme = QWebEngineUrlScheme(QByteArray(name))
            scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
            scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme | QWebEngineUrlScheme.Flag.CorsEnabled)
            QWebEngineUrlScheme.registerScheme(scheme)


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Lets through what our own schemes serve, and pictures that are part of the text; remembers the rest."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.blocked: deque[str] = deque(maxlen=500)

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Block everything that would leave the app."""
        url = info.requestUrl()
        if url.scheme() in ("qunfa-editor", "qunfa-media"):
            return
        kinds = QWebEngineUrlRequestInfo.ResourceType
        # A picture in the text; a page that the app sets by setHtml (whether a page may go there, LockedPage says).
        if url.scheme() == "data" and info.resourceType() in (kinds.ResourceTypeImage, kinds.ResourceTypeMainFrame):
            return
        self.blocked.append(url.toString()[:200])
        info.block(True)


class PageFiles(QWebEngineUrlSchemeHandler):
    """Serves the editor's page from the app's resources, and nothing beside it."""

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Answer one request."""
        name = job.requestUrl().path().lstrip("/")
        if name == "qwebchannel.js":
            file = QFile(":/qtwebchannel/qwebchannel.js")
            content = file.readAll() if file.open(QIODevice.OpenModeFlag.ReadOnly) else QByteArray()
            _reply(job, b"text/javascript", content)
            return
        path = resource("editor/dist") / Path(name).name
        kind = _PAGE_TYPES.get(path.suffix)
        if kind is None or not path.is_file():
            log.error("the editor's page has no %s; packaging/dev.py builds it", path.name)
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        _reply(job, kind + b"; charset=utf-8", QByteArray(path.read_bytes()))


class Pictures(QWebEngineUrlSchemeHandler):
    """``qunfa-media://local/<sha256>`` from the media cache, ``qunfa-media://foreign/?url=…`` through ``fetch``.

    The document says ``qunfa-media://<sha256>``; a QUrl cannot hold a host of 64 letters, so the page asks for it so.
    """

    def __init__(self, parent: QObject, media: MediaPath, fetch: FetchPicture | None, tasks: Tasks) -> None:
        super().__init__(parent)
        self._media = media
        self._fetch = fetch
        self._tasks = tasks

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Answer one request."""
        url = job.requestUrl()
        if job.requestMethod() != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
        elif url.host() == _FOREIGN:
            address = QUrlQuery(url).queryItemValue("url", QUrl.ComponentFormattingOption.FullyDecoded)
            self._bring(job, address)
        else:
            self._local(job, url.path().lstrip("/"))

    def _local(self, job: QWebEngineUrlRequestJob, sha256: str) -> None:
        path = self._media(sha256) if _SHA256.fullmatch(sha256) else None
        file = QFile(str(path), job)
        if path is None or not file.open(QIODevice.OpenModeFlag.ReadOnly):
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        kind = _picture_type(bytes(file.peek(16).data()))
        if kind is None:
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
        else:
            job.reply(kind, file)

    def _bring(self, job: QWebEngineUrlRequestJob, address: str) -> None:
        fetch = self._fetch
        if fetch is None or QUrl(address).scheme() not in ("http", "https"):
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
            return

        def arrived(data: bytes) -> None:
            kind = _picture_type(data)
            if not isValid(job):
                return
            if kind is None:
                job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
            else:
                _reply(job, kind, QByteArray(data))

        def failed(_: object) -> None:
            if isValid(job):
                job.fail(QWebEngineUrlRequestJob.Error.RequestFailed)

        self._tasks.start("work", lambda work: fetch(address, work), owner=self, on_done=arrived, on_error=failed)


class LockedPage(QWebEnginePage):
    """A page that stays where it is and asks for nothing; ``allowed`` are the addresses that it may show."""

    def __init__(
        self, profile: QWebEngineProfile, parent: QObject, allowed: tuple[QUrl, ...] = (EDITOR_PAGE,)
    ) -> None:
        super().__init__(profile, parent)
        self._allowed = allowed
        self.complaints: deque[str] = deque(maxlen=500)
        self.permissionRequested.connect(self._deny)
        self.fullScreenRequested.connect(self._stay_small)
        self.certificateError.connect(self._reject)
        _lock(self.settings())

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        """Only the page itself, only in the main frame."""
        return is_main_frame and QUrl(url) in self._allowed

    def createWindow(  # type: ignore[override]
        self, kind: QWebEnginePage.WebWindowType
    ) -> QWebEnginePage | None:
        """No windows."""
        return None

    def chooseFiles(self, mode: QWebEnginePage.FileSelectionMode, old: object, kinds: object) -> list[str]:
        """No files."""
        return []

    def javaScriptAlert(self, origin: QUrl | str, text: str) -> None:
        """No dialogs."""
        self.complaints.append(f"alert: {text}")

    def javaScriptConfirm(self, origin: QUrl | str, text: str) -> bool:
        """No dialogs."""
        self.complaints.append(f"confirm: {text}")
        return False

    def javaScriptPrompt(self, origin: QUrl | str, text: str, default: str) -> tuple[bool, str]:
        """No dialogs."""
        self.complaints.append(f"prompt: {text}")
        return False, ""

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, text: str, line: int, source: str
    ) -> None:
        """Errors of our own script go to the log; what the walls refused is only noted."""
        if level == QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel and text.startswith("Uncaught"):
            log.error("editor page, line %d: %s", line, text[:500])
        else:
            self.complaints.append(text[:500])

    def _deny(self, permission: QWebEnginePermission) -> None:
        permission.deny()

    def _stay_small(self, request: QWebEngineFullScreenRequest) -> None:
        request.reject()

    def _reject(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()


class WalledProfile(QWebEngineProfile):
    """Off the record; ``interceptor`` knows what was held back. Holds its guards: Qt alone loses their methods.

    It belongs to the application until ``serve``: Python's collector would take it before its pages, and the web
    engine crashes over that.
    """

    def __init__(self, media: MediaPath, fetch: FetchPicture | None, tasks: Tasks) -> None:
        super().__init__(QCoreApplication.instance())
        self.interceptor = Interceptor(self)
        self._page_files = PageFiles(self)
        self._pictures = Pictures(self, media, fetch, tasks)
        self.setUrlRequestInterceptor(self.interceptor)
        self.installUrlSchemeHandler(QByteArray(EDITOR_SCHEME), self._page_files)
        self.installUrlSchemeHandler(QByteArray(MEDIA_SCHEME), self._pictures)


def serve(profile: QWebEngineProfile, view: QObject) -> None:
    """Let the profile go some time after the view whose page uses it."""
    view.destroyed.connect(profile.deleteLater)


def make_profile(media: MediaPath, fetch: FetchPicture | None, tasks: Tasks) -> WalledProfile:
    """A profile that keeps nothing on disk and reaches nothing but our schemes. Give it to ``serve``."""
    register_schemes()
    profile = WalledProfile(media, fetch, tasks)
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
    profile.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies)
    profile.setSpellCheckEnabled(False)
    profile.downloadRequested.connect(_no_download)
    _lock(profile.settings())
    return profile


def _no_download(request: QWebEngineDownloadRequest) -> None:
    request.cancel()


def _lock(settings: QWebEngineSettings) -> None:
    attribute = QWebEngineSettings.WebAttribute
    for name in (
        attribute.JavascriptCanOpenWindows,
        attribute.JavascriptCanAccessClipboard,
        attribute.JavascriptCanPaste,
        attribute.LocalStorageEnabled,
        attribute.LocalContentCanAccessRemoteUrls,
        attribute.LocalContentCanAccessFileUrls,
        attribute.AllowRunningInsecureContent,
        attribute.AllowGeolocationOnInsecureOrigins,
        attribute.AllowWindowActivationFromJavaScript,
        attribute.AutoLoadIconsForPage,
        attribute.DnsPrefetchEnabled,
        attribute.ErrorPageEnabled,
        attribute.FullScreenSupportEnabled,
        attribute.HyperlinkAuditingEnabled,
        attribute.NavigateOnDropEnabled,
        attribute.PdfViewerEnabled,
        attribute.PluginsEnabled,
        attribute.ScreenCaptureEnabled,
        attribute.WebGLEnabled,
    ):
        settings.setAttribute(name, False)
    settings.setAttribute(attribute.PlaybackRequiresUserGesture, True)
    settings.setAttribute(attribute.WebRTCPublicInterfacesOnly, True)


def _picture_type(start: bytes) -> bytes | None:
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return b"image/webp"
    return next((kind for magic, kind in _PICTURE_TYPES.items() if start.startswith(magic)), None)


def _reply(job: QWebEngineUrlRequestJob, kind: bytes, content: QByteArray) -> None:
    buffer = QBuffer(job)
    buffer.setData(content)
    job.reply(QByteArray(kind), buffer)
