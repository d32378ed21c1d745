"""The view's walls: even a page with scripts of its own reaches nothing, opens nothing, gets nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication

from desktop_app.ui.article_blocks import blocks
from tests.article_world import ArticleWorld

HITS: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Counts."""

    def do_GET(self) -> None:
        """Answer anything."""
        HITS.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server on this machine that must never be reached."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.fixture(scope="module")
def world(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleWorld]:
    """One editor."""
    made = ArticleWorld(tmp_path_factory.mktemp("walls"))
    yield made
    made.close()


PROBES = [
    "fetch('{server}/a').catch(() => 0)",
    "fetch('file:///etc/passwd').then(() => {{ window.leak = 1 }}).catch(() => 0)",
    "Object.assign(new Image(), {{ src: '{server}/b' }})",
    "Object.assign(new Image(), {{ src: 'file:///etc/hostname' }})",
    "navigator.sendBeacon('{server}/c', 'x')",
    "(() => {{ try {{ new WebSocket('{server}'.replace('http', 'ws')) }} catch {{}} }})()",
    "(() => {{ try {{ new EventSource('{server}/d') }} catch {{}} }})()",
    "(() => {{ const x = new XMLHttpRequest(); x.open('GET', '{server}/e'); x.onerror = () => 0; x.send() }})()",
    "document.body.append(Object.assign(document.createElement('iframe'), {{ src: '{server}/f' }}))",
    "document.body.append(Object.assign(document.createElement('iframe'), {{ src: 'file:///etc/passwd' }}))",
    "document.body.append(Object.assign(document.createElement('link'), {{ rel: 'stylesheet', href: '{server}' }}))",
    "document.head.append(Object.assign(document.createElement('link'), {{ rel: 'prefetch', href: '{server}/h' }}))",
    "document.head.append(Object.assign(document.createElement('script'), {{ src: '{server}/i' }}))",
    "document.head.append(Object.assign(document.createElement('script'), {{ textContent: 'window.leak = 1' }}))",
    "document.body.append(Object.assign(document.createElement('video'), {{ src: '{server}/j' }}))",
    "document.body.style.backgroundImage = 'url({server}/k)'",
    "(window.open('{server}/l') ? window.leak = 1 : 0)",
    "(location.href = '{server}/m', 0)",
    "(() => {{ location.assign('file:///etc/passwd') }})()",
    "(() => {{ const a = document.createElement('a'); a.href = '{server}/n'; a.click() }})()",
    "Object.assign(document.createElement('a'), {{ href: 'data:text/plain,x', download: 'x.txt' }}).click()",
    "(f => {{ f.action = '{server}/o'; document.body.append(f); f.submit() }})(document.createElement('form'))",
    "(() => {{ try {{ new Worker('{server}/p') }} catch {{}} }})()",
    "(() => {{ try {{ eval('window.leak = 1') }} catch {{}} }})()",
    "(() => {{ try {{ new Function('window.leak = 1')() }} catch {{}} }})()",
    "navigator.geolocation?.getCurrentPosition(() => {{ window.leak = 1 }})",
    "navigator.mediaDevices?.getUserMedia({{ audio: true }}).then(() => {{ window.leak = 1 }}).catch(() => 0)",
    "navigator.clipboard?.readText().then(() => {{ window.leak = 1 }}).catch(() => 0)",
    "window.Notification?.requestPermission().then(p => {{ if (p === 'granted') window.leak = 1 }})",
    "(() => {{ try {{ localStorage.setItem('a', 'b'); window.kept = 1 }} catch {{}} }})()",
    "(document.cookie = 'a=b')",
    "(alert('x'), confirm('x') ? window.leak = 1 : 0, prompt('x') ? window.leak = 1 : 0)",
    "(() => {{ document.body.requestFullscreen?.().then(() => {{ window.leak = 1 }}).catch(() => 0) }})()",
    "(() => {{ location.replace('qunfa-media://local/x') }})()",
    "(() => {{ import('{server}/q.js').catch(() => 0) }})()",
    "fetch('qunfa-media://local/' + '0'.repeat(64)).then(() => {{ window.leak = 1 }}).catch(() => 0)",
    "document.body.append(Object.assign(document.createElement('object'), {{ data: '{server}/r' }}))",
    "document.body.append(Object.assign(document.createElement('embed'), {{ src: '{server}/s' }}))",
    "(() => {{ try {{ location = 'view-source:{server}/t' }} catch {{}} }})()",
    "(() => {{ try {{ new RTCPeerConnection({{ iceServers: [{{ urls: 'stun:127.0.0.1:9' }}] }}) }} catch {{}} }})()",
]


def test_probes(world: ArticleWorld, server: str) -> None:
    """Forty ways out, tried by a script inside the page: none leads anywhere, and the article is still there."""
    assert len(PROBES) == 40
    world.load("<p>还在</p>")
    view = world.editor.view
    assert view is not None
    for probe in PROBES:
        view.page().runJavaScript(probe.format(server=server), 0)
    for _ in range(5):
        world.js("1")
    world.js("(window.waited = 0, setTimeout(() => { window.waited = 1 }, 300), 1)")
    world.until(lambda: world.js("window.waited") == 1)
    assert HITS == []
    assert world.js("window.leak ?? 0") == 0
    assert world.js("document.cookie") == ""
    assert world.html() == "<p>还在</p>"
    assert world.editor.view.url() == QUrl("qunfa-editor://app/index.html")  # type: ignore[union-attr]


def test_the_outer_wall_alone(world: ArticleWorld, server: str, qapp: QApplication) -> None:
    """A page without a content policy, in the same profile: the interceptor holds every request back."""
    from PySide6.QtWebEngineCore import QWebEnginePage
    from shiboken6 import delete

    profile: Any = world.editor.view.page().profile()  # type: ignore[union-attr]
    profile.interceptor.blocked.clear()
    page = QWebEnginePage(profile)
    loaded: list[bool] = []
    page.loadFinished.connect(loaded.append)
    page.setHtml(f"<img src={server}/1><link rel=stylesheet href={server}/2><iframe src={server}/3></iframe>")
    world.until(lambda: len(profile.interceptor.blocked) >= 3)
    delete(page)
    assert HITS == []


def test_nothing_on_disk(world: ArticleWorld) -> None:
    """The profile is off the record: no cache, no cookies, no storage folder."""
    profile: Any = world.editor.view.page().profile()  # type: ignore[union-attr]
    assert profile.isOffTheRecord()
    folder = Path(profile.persistentStoragePath())
    assert not folder.exists() or not [path for path in folder.rglob("*") if path.is_file()]


def test_lazy(world: ArticleWorld) -> None:
    """A new editor costs nothing until it is wanted: no view, and the text that was given last."""
    from desktop_app.ui.article_editor import ArticleEditor

    editor = ArticleEditor(world.editor._context)
    got: list[str] = []
    editor.html(got.append)
    assert editor.view is None
    assert got == [""]
    editor.deleteLater()


def test_page_that_died_comes_back(world: ArticleWorld, expected_log: Any) -> None:
    """When the page's process ends, a new one shows what was there."""
    expected_log("had to be loaded again")
    world.load("<p>没丢</p>")
    view = world.editor.view
    assert view is not None
    done: list[bool] = []
    connection = world.editor.loaded.connect(lambda: done.append(True))
    os.kill(view.page().renderProcessPid(), signal.SIGTERM)
    world.until(lambda: done)
    world.editor.loaded.disconnect(connection)
    assert world.html() == "<p>没丢</p>"


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.id)
def test_blocks(world: ArticleWorld, block: Any) -> None:
    """Each block is kept by the editor and by WeChat's filter, and has its pictures."""
    from desktop_app.article.clean import clean

    assert world.load(block.html) == block.html
    assert clean(block.html).changes == ()
    assert all(Path(block.picture(name)).is_file() for name in ("light", "dark"))


def test_twelve_blocks() -> None:
    """Twelve of them, each with its own name."""
    assert len(blocks()) == len({block.name for block in blocks()}) == 12
