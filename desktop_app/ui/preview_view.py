"""The read-only web view of the phone preview: cleaned HTML of one article, pictures through our own scheme."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QBuffer, QByteArray, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtWebEngineCore import QWebEngineUrlRequestJob, QWebEngineUrlSchemeHandler
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from desktop_app.article.pictures import absolute, pictures, with_pictures
from desktop_app.ui import theme
from desktop_app.ui.context import Context
from desktop_app.ui.web_profile import EDITOR_SCHEME, FetchPicture, LockedPage, make_profile, serve

PAGE = QUrl("qunfa-editor://preview/article")
PHONE_PX, SHOWN_PX = 375, 278
_POLICY = "default-src 'none'; img-src qunfa-media: data:; style-src 'unsafe-inline'; base-uri 'none'"


def shown(html: str) -> str:
    """The HTML with every picture at an address that the view may load."""

    def home(url: str) -> str:
        local = next((each.sha256 for each in pictures(f'<img src="{url}">')), "")
        if local:
            return f"qunfa-media://local/{local}"
        outside = absolute(url)
        if outside.startswith("data:"):
            return outside
        return f"qunfa-media://foreign/?url={quote(outside, safe='')}"

    return with_pictures(html, home)


class _Memory(QWebEngineUrlSchemeHandler):
    """Serves the one page that is set."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.page = b""

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        if job.requestUrl() != PAGE:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(self.page))
        job.reply(QByteArray(b"text/html; charset=utf-8"), buffer)


class PreviewView(QWebEngineView):
    """375 CSS pixels wide, whatever its width here. Nothing in it runs, and no link leads anywhere."""

    drawn = Signal()
    """What was set is on the screen."""

    def __init__(self, context: Context, fetch: FetchPicture | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._profile = make_profile(self._path, fetch, context.tasks)
        self._profile.removeUrlScheme(QByteArray(EDITOR_SCHEME))
        self._memory = _Memory(self)
        self._profile.installUrlSchemeHandler(QByteArray(EDITOR_SCHEME), self._memory)
        serve(self._profile, self)
        page = LockedPage(self._profile, self, (PAGE,))
        self.setPage(page)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)
        self._scroll = 0.0
        self._scale = 1.0
        self._is_loaded = False
        self.loadFinished.connect(self._loaded)
        self.setZoomFactor(SHOWN_PX / PHONE_PX)

    def _path(self, sha256: str) -> Path | None:
        file = self._context.profile.media.media(sha256)
        return file.path if file is not None else None

    def show_article(self, head: str, html: str, *, dark: bool, scale: float) -> None:
        """Show cleaned HTML below a head of our own; ``scale`` is the reader's text size, 1.0 is normal."""
        # A reader's phone has a theme of its own, whatever the window's is.
        tokens = theme.current().tokens["color"]
        reader = tokens["dark" if dark else "light"]
        ground, ink, faint = (reader[token] for token in ("bg.surface", "article.text", "field.mark"))
        plain = tokens["light"]["article.text"]
        turn = "filter: invert(.92) hue-rotate(180deg);" if dark else ""
        back = "#q-body img, #q-body svg { filter: invert(1) hue-rotate(180deg); }" if dark else ""
        self._memory.page = (
            f'<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f"<style>html {{ background: {ground}; }} body {{ margin: 0; padding: 20px 16px 40px;"
            f" font: 17px/1.6 -apple-system, 'PingFang SC', 'Microsoft YaHei UI', 'Noto Sans CJK SC', sans-serif;"
            f" color: {ink}; word-wrap: break-word; overflow-wrap: break-word; }}"
            f" ::-webkit-scrollbar {{ width: 0; }}"
            f" #q-head h1 {{ font-size: 22px; line-height: 1.4; margin: 0 0 14px; }}"
            f" #q-head p {{ font-size: 15px; margin: 0 0 22px; color: {faint}; }}"
            f" #q-body {{ color: {plain}; {turn} }} #q-body p {{ margin: 0; }}"
            f" #q-body img {{ max-width: 100%; }} {back}</style>"
            f'<div id="q-head">{head}</div><div id="q-body">{shown(html)}</div></html>'
        ).encode("utf-8", "replace")
        self._scale = scale
        self.setZoomFactor(SHOWN_PX / PHONE_PX * scale)
        self.load(PAGE)

    def scroll_to(self, fraction: float) -> None:
        """Scroll with the editor, 0 to 1."""
        self._scroll = fraction
        if not self._is_loaded:
            return
        move = f"scrollTo(0, {fraction:.5f} * (document.documentElement.scrollHeight - innerHeight))"
        self.page().runJavaScript(move)

    def _loaded(self, ok: bool) -> None:
        self._is_loaded = ok
        if ok:
            self.setZoomFactor(SHOWN_PX / PHONE_PX * self._scale)
            self.scroll_to(self._scroll)
            QTimer.singleShot(0, self, self.drawn.emit)
