"""An article editor with a real profile, for tests: its page is driven and asked as a person and the app would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.paths import Paths
from desktop_app.services import open_profile
from desktop_app.ui import theme
from desktop_app.ui.article_editor import ArticleEditor
from desktop_app.workers.tasks import Tasks

TIMEOUT_S = 60.0
SAMPLES = sorted((Path(__file__).parent / "data" / "wechat_html").glob("*.html"))

# The tree of a piece of HTML as JSON: tag, attributes (style as its declarations), text without spaces nobody sees.
TREE = r"""
(text => {
  const declarations = style => {
    const found = []; let part = '', quote = '', depth = 0
    for (const c of style + ';') {
      if (quote) { if (c === quote) quote = '' } else if (c === '"' || c === "'") quote = c
      else if (c === '(') depth++
      else if (c === ')') depth--
      else if (c === ';' && !depth) { if (part.trim()) found.push(part.trim()); part = ''; continue }
      part += c
    }
    return found
  }
  const tree = (el, pre) => {
    const style = el.getAttribute('style') || ''
    const keeps = /^(pre|textarea)$/.test(el.localName) || /white-space:\s*(pre|break)/.test(style) || pre
    const own = [...el.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('\u0001')
    return {
      tag: el.localName,
      attributes: [...el.attributes].map(a => [a.name, a.name === 'style' ? declarations(a.value) : a.value]),
      text: keeps ? own.split('\u0001').join('') : own.split('\u0001').join('').replace(/[ \t\r\n\f]+/g, ''),
      kids: [...el.children].map(kid => tree(kid, keeps)),
    }
  }
  const body = new DOMParser().parseFromString('<body>' + text, 'text/html').body
  return JSON.stringify({ tree: tree(body, false), letters: body.textContent.replace(/[ \t\r\n\f]+/g, '') })
})(%s)
"""


class ArticleWorld:
    """One shown editor; ``close()`` ends its processes."""

    def __init__(self, folder: Path, fetch: Any = None) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.install(app, "light", 1.0)
        self.profile = open_profile(Paths.below(folder))
        self.tasks = Tasks()
        context: Any = SimpleNamespace(profile=self.profile, tasks=self.tasks)
        self.editor = ArticleEditor(context, fetch=fetch)
        self.editor.resize(672, 700)
        self.editor.show()
        self.load("")

    def close(self) -> None:
        """Take everything down in the app's order."""
        self.editor.close_view()
        self.editor.close()
        self.tasks.close()
        self.profile.close()

    def until(self, met: Callable[[], object]) -> None:
        """Run events until a condition holds."""
        end = time.monotonic() + TIMEOUT_S
        while not met():
            if time.monotonic() > end:
                raise AssertionError("it did not happen in time")
            QApplication.processEvents()
            time.sleep(0.001)

    def js(self, code: str) -> Any:
        """What an expression gives in the page."""
        self.editor.ensure()
        view = self.editor.view
        assert view is not None
        got: list[Any] = []
        view.page().runJavaScript(f"JSON.stringify({code}) ?? 'null'", 0, got.append)
        self.until(lambda: got)
        return json.loads(got[0])

    def load(self, html: str) -> str:
        """Give an article to the editor; the editor's form of it."""
        done: list[bool] = []
        connection = self.editor.loaded.connect(lambda: done.append(True))
        self.editor.load(html)
        self.until(lambda: done)
        self.editor.loaded.disconnect(connection)
        return self.editor.last_html

    def html(self) -> str:
        """The article as it is now."""
        got: list[str] = []
        self.editor.html(got.append)
        self.until(lambda: got)
        return got[0]

    def do(self, name: str, **args: Any) -> bool:
        """Give a command; whether it could be done."""
        got: list[bool] = []
        self.editor.command(name, got.append, **args)
        self.until(lambda: got)
        return got[0]

    def select(self, start: str, end: str = "") -> None:
        """Select from the begin of a text in the article to the end of another; one text: the whole of it."""
        self.js(
            f"""(() => {{
              const {{ view }} = qunfa, find = text => {{
                let at = -1
                view.state.doc.descendants((node, pos) => {{
                  if (at < 0 && node.isTextblock) {{
                    const i = node.textBetween(0, node.content.size, '', '\\ufffc').indexOf(text)
                    if (i >= 0) at = pos + 1 + i
                  }}
                }})
                return at
              }}
              const a = find({json.dumps(start)}), last = {json.dumps(end or start)}
              const b = find(last) + last.length
              view.dispatch(view.state.tr.setSelection(qunfa.TextSelection.create(view.state.doc, a, b)))
              return [a, b]
            }})()"""
        )

    def caret(self, text: str, offset: int = 0) -> None:
        """Put the caret before a text, or some letters further on."""
        self.select(text)
        self.js(
            f"""(() => {{
              const v = qunfa.view
              v.focus()
              const at = v.state.selection.from + {offset}
              v.dispatch(v.state.tr.setSelection(qunfa.TextSelection.create(v.state.doc, at)))
              return at
            }})()"""
        )

    def focus(self) -> None:
        """Give the keyboard to the text."""
        self.editor.activateWindow()
        self.editor.focus_editor()
        self.until(lambda: self.js("document.hasFocus() && qunfa.view.hasFocus()"))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key in the text."""
        view = self.editor.view
        assert view is not None
        before = self._keys_up()
        QTest.keyClick(view.focusProxy(), key, modifiers)
        self.until(lambda: self._keys_up() > before)

    def type(self, text: str) -> None:
        """Type letters."""
        view = self.editor.view
        assert view is not None
        before = self._keys_up()
        QTest.keyClicks(view.focusProxy(), text)
        self.until(lambda: self._keys_up() >= before + len(text))

    def _keys_up(self) -> int:
        """How many keys the page has seen let go: keys come to it by another way than scripts."""
        return int(self.js("window.keysUp ??= (addEventListener('keyup', () => { window.keysUp++ }, true), 0)"))

    def paste(self, mime: QMimeData) -> str:
        """Put something on the system's clipboard and paste it; the article afterwards."""
        from PySide6.QtWebEngineCore import QWebEnginePage

        view = self.editor.view
        assert view is not None
        QGuiApplication.clipboard().setMimeData(mime)
        before = self.js("qunfa.pastes")
        view.page().triggerAction(QWebEnginePage.WebAction.Paste)
        self.until(lambda: self.js("qunfa.pastes") > before)
        return self.html()

    def paste_html(self, html: str) -> str:
        """Paste HTML."""
        mime = QMimeData()
        mime.setHtml(html)
        return self.paste(mime)

    def tree(self, html: str) -> dict[str, Any]:
        """Element tree, attributes, declarations and text of HTML, as the browser reads it."""
        return json.loads(self.js(TREE % json.dumps(html)))
