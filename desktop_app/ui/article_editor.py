"""The article's text: a web view made when it is first wanted, its page's orders and what it says."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget
from shiboken6 import delete

from desktop_app.ui import theme
from desktop_app.ui.editor_bridge import Bridge
from desktop_app.ui.editor_pictures import EditorPictures, address_of
from desktop_app.ui.widgets import vbox

if TYPE_CHECKING:
    from desktop_app.ui.context import Context
    from desktop_app.ui.editor_view import EditorView
    from desktop_app.ui.web_profile import FetchPicture, WalledProfile

log = logging.getLogger(__name__)

# The page's colours and the tokens that feed them.
_COLORS = {
    "bg": "bg.surface",
    "text": "article.text",
    "line": "line",
    "hint": "text.3",
    "blue": "blue",
    "blue-bg": "blue.bg",
    "sunken": "bg.sunken",
    "selection": "blue.line",
}
_NOT_FOREIGN = ("qunfa-media:", "https://mmbiz.qpic.cn/", "http://mmbiz.qpic.cn/")


class ArticleEditor(QWidget):
    """Writes and lays out one article. Cheap until ``ensure()``; then a web view with the editor's page.

    ``fetch`` brings foreign pictures for showing; without it they are grey.
    """

    ready = Signal()
    """The page listens."""

    loaded = Signal()
    """What was given to ``load`` is there to be edited; ``last_html`` is its cleaned form."""

    changed = Signal()
    """The person changed something; ``last_html`` is what the article is now. At most five times a second."""

    selection_changed = Signal(dict)
    """For the toolbar: bold, italic, underline, strike, color, highlight, size, align, line_height, indent, block
    ("paragraph", "h1" … "pre"), list ("", "ul", "ol"), quote, table, link, picture, empty, undo, redo, found."""

    stats = Signal(dict)
    """chars (code points without spaces), pictures, minutes."""

    pictures_wanted = Signal(list)
    """Addresses of pictures from elsewhere that appeared in the text."""

    picture_taken = Signal(object)
    """A MediaFile that was dropped or pasted and is in the article now."""

    picture_refused = Signal(str, object)
    """Name and AppError of a picture that could not be taken."""

    pictures_late = Signal(list)
    """Names of pictures that came after another article was shown: they are in none."""

    paste_refused = Signal(int)
    """How many characters of HTML were too many to paste: over 2,000,000, twice what WeChat takes."""

    files_dropped = Signal(list)
    """Local paths that have no place in the text: video, voice, anything else."""

    replace_wanted = Signal()
    """Another picture is wanted in the place of the selected one: ``replaceImage``."""

    key_pressed = Signal(str)
    """"link", "find", "replace", "save" or "escape", pressed inside the text."""

    source_shown = Signal(bool)
    """Whether the HTML itself is on screen."""

    scrolled = Signal(float)
    """How far down, 0 to 1."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, fetch: FetchPicture | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("article.editor")
        self.setAccessibleName(self.tr("正文"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._box = vbox(spacing=0)
        self.setLayout(self._box)
        self.last_html = ""
        self.selection: dict[str, Any] = {}
        self._context = context
        self._fetch = fetch
        self._view: EditorView | None = None
        self._profile: WalledProfile | None = None
        self._bridge = Bridge(self)
        self._pictures = EditorPictures(context, self._bridge, lambda: self._load, self)
        self._numbers = itertools.count(1)
        self._load = 0
        self._answers: dict[int, Callable[[Any], None]] = {}
        self._seen: set[str] = set()
        self._is_loading = False
        self._bridge.said.connect(self._on_said)
        self._pictures.taken.connect(self.picture_taken)
        self._pictures.refused.connect(self.picture_refused)
        self._pictures.late.connect(self.pictures_late)
        self._pictures.misplaced.connect(self.files_dropped)

    # --- the view -------------------------------------------------------------------------------------------

    def ensure(self) -> None:
        """Make the view if there is none yet; orders given before the page listens wait for it."""
        if self._view is not None:
            return
        from PySide6.QtWebChannel import QWebChannel

        from desktop_app.ui.editor_view import EditorView
        from desktop_app.ui.web_profile import EDITOR_PAGE, LockedPage, make_profile, serve

        self._profile = make_profile(self._media_path, self._fetch, self._context.tasks)
        self._view = view = EditorView(self)
        serve(self._profile, view)
        page = LockedPage(self._profile, view)
        page.setBackgroundColor(theme.color("bg.surface"))
        channel = QWebChannel(page)
        channel.registerObject("bridge", self._bridge)
        page.setWebChannel(channel)
        page.renderProcessTerminated.connect(self._on_page_died)
        view.setPage(page)
        view.dropped.connect(self._on_dropped)
        view.bitmap_dropped.connect(self._on_bitmap)
        view.menu_wanted.connect(self._open_menu)
        self._box.addWidget(view)
        self.setFocusProxy(view)
        theme.current().changed.connect(self._show_theme)
        view.load(EDITOR_PAGE)

    def close_view(self) -> None:
        """Take the view and its processes away; the text stays in ``last_html``."""
        if self._view is None:
            return
        theme.current().changed.disconnect(self._show_theme)
        self.setFocusProxy(None)  # type: ignore[arg-type]
        self._bridge.lost()
        delete(self._view)  # the page goes with it, and has to go before its profile
        self._view = self._profile = None

    @property
    def view(self) -> EditorView | None:
        """The web view, once ``ensure()`` was called."""
        return self._view

    def sizeHint(self) -> QSize:
        """As wide as an article's column."""
        return QSize(608, 600)

    # --- the text -------------------------------------------------------------------------------------------

    def load(self, html: str) -> None:
        """Show another article. It cannot be undone: there is nothing before it."""
        self.ensure()
        self._load = next(self._numbers)
        self._is_loading = True
        self._seen.clear()
        self.last_html = html
        self._bridge.order("load", html=html, id=self._load)

    def html(self, callback: Callable[[str], None]) -> None:
        """Give the article as it is this moment."""
        if self._view is None:
            callback(self.last_html)
            return
        number = next(self._numbers)
        self._answers[number] = callback
        self._bridge.order("html", id=number)

    def command(self, name: str, callback: Callable[[bool], None] | None = None, **args: Any) -> None:
        """Do what a tool does; ``callback`` hears whether it could be done.

        bold italic underline strike · color highlight (value) · size letterSpacing (px) · align (value) ·
        lineHeight (value) · indent · paragraph · heading (level) · code · bulletList orderedList sink lift ·
        blockquote · divider · link (href, text) unlink · insertTable (rows, columns, head) rowAbove rowBelow
        columnLeft columnRight deleteRow deleteColumn deleteTable · clearFormat · insertEmoji insertText (text) ·
        insertHtml insertBlock (html) · insertImage (sha256 or src or sources, alt, width) replaceImage (the same)
        imageWidth (value) imageAlign (value) imageCaption (text) selectPicture (index) · find (text) findNext
        findPrevious replace (text) replaceAll (text) · undo redo · sourceView (on).
        """
        number = 0
        if callback is not None:
            number = next(self._numbers)
            self._answers[number] = callback
        if "sha256" in args:
            args["src"] = address_of(args.pop("sha256"))
        self.ensure()
        self._bridge.order("command", name=name, args=args, id=number)

    def insert_files(self, files: list[Path]) -> None:
        """Put picture files at the caret; films and recordings go to ``files_dropped``."""
        self.ensure()
        self._on_dropped(files, None)

    def paste_plain(self) -> None:
        """Paste the clipboard's text in the look of the place."""
        text = QGuiApplication.clipboard().text()
        if text:
            self.command("insertText", text=text)

    def focus_editor(self, at: str = "") -> None:
        """Put the keyboard into the text; ``at`` "end": behind the last letter."""
        self.ensure()
        if self._view is not None:
            self._view.setFocus()
        self._bridge.order("focus", at=at)

    def set_theme(self, colors: dict[str, str], dark: bool) -> None:
        """Give the page's colours (``bg``, ``text`` …) as CSS; the app's own theme comes by itself."""
        self._bridge.order("theme", vars=colors, dark=dark)

    def set_picture_note(self, sha256: str, text: str) -> None:
        """The budget of a picture, shown while it is selected: 「3.1 MB → 486 KB 已压缩」."""
        self._bridge.order("note", src=address_of(sha256), text=text)

    def show_again(self) -> None:
        """Try again to show the pictures that could not be shown."""
        self._bridge.order("again")

    def scroll_to(self, fraction: float) -> None:
        """Scroll with another view of the same article, 0 to 1."""
        self._bridge.order("scroll", fraction=fraction)

    # --- what the page says -----------------------------------------------------------------------------------

    def _on_said(self, what: str, data: dict[str, Any]) -> None:
        handler = {
            "ready": self._on_ready,
            "loaded": self._on_loaded,
            "changed": self._on_changed,
            "selected": self._on_selected,
            "html": lambda said: self._answer(said["id"], said["html"]),
            "done": lambda said: self._answer(said["id"], said["done"]),
            "key": lambda said: self.key_pressed.emit(said["key"]),
            "source": lambda said: self.source_shown.emit(said["on"]),
            "scrolled": lambda said: self.scrolled.emit(float(said["fraction"])),
            "take": lambda said: self._pictures.bring_in(said["pictures"]),
            "refused": lambda said: self.paste_refused.emit(said["chars"]),
            "files": lambda _: self._paste_files(),
            "paste_plain": lambda _: self.paste_plain(),
        }.get(what)
        if handler is not None:
            handler(data)

    def _answer(self, number: int, value: Any) -> None:
        callback = self._answers.pop(number, None)
        if callback is not None:
            callback(value)

    def _on_ready(self, _: dict[str, Any]) -> None:
        self._bridge.order("words", words=self._words())
        self._show_theme()
        self.ready.emit()

    def _on_loaded(self, said: dict[str, Any]) -> None:
        if said["id"] != self._load:
            return
        self._is_loading = False
        self.last_html = said["html"]
        self._show_facts(said["facts"])
        self.loaded.emit()

    def _on_changed(self, said: dict[str, Any]) -> None:
        if self._is_loading:
            return  # of the article that was here before
        self.last_html = said["html"]
        self._show_facts(said["facts"])
        self.changed.emit()

    def _show_facts(self, facts: dict[str, Any]) -> None:
        self.stats.emit({name: facts[name] for name in ("chars", "pictures", "minutes")})
        addresses = {one for one in facts["addresses"] if one and not one.startswith(_NOT_FOREIGN)}
        new = sorted(addresses - self._seen)
        self._seen |= addresses
        if new:
            self.pictures_wanted.emit(new)

    def _on_selected(self, said: dict[str, Any]) -> None:
        self.selection = said["selection"]
        self.selection_changed.emit(self.selection)

    def _on_page_died(self) -> None:
        """The page's process ended: a new one shows what the last one said."""
        log.warning("the editor's page had to be loaded again")
        self._bridge.lost()
        self._answers.clear()
        self.load(self.last_html)
        if self._view is not None:
            self._view.reload()

    # --- files, words, colours ----------------------------------------------------------------------------------

    def _media_path(self, sha256: str) -> Path | None:
        file = self._context.profile.media.media(sha256)
        return file.path if file is not None else None

    def _on_dropped(self, files: list[Path], at: QPointF | None) -> None:
        self._pictures.add_files(files, at)

    def _on_bitmap(self, image: QImage, at: QPointF | None) -> None:
        self._pictures.add_image(image, self.tr("粘贴的图片.png"), at)

    def _paste_files(self) -> None:
        from desktop_app.ui.editor_view import local_files

        mime = QGuiApplication.clipboard().mimeData()
        if files := local_files(mime):
            self._on_dropped(files, None)
        elif isinstance(image := mime.imageData(), QImage):
            self._on_bitmap(image, None)

    def _open_menu(self, place: QPointF) -> None:
        if self._view is None:
            return
        from desktop_app.ui.editor_menu import fill_menu

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        replace = self.replace_wanted.emit
        fill_menu(menu, self._view.page(), self.selection, self.command, self.paste_plain, replace)
        menu.popup(place.toPoint())

    def _words(self) -> dict[str, str]:
        """The page's own texts."""
        return {
            "text": self.tr("正文"),
            "empty": self.tr("从这里开始写，或粘贴排好的图文"),
            "card.video": self.tr("视频"),
            "card.audio": self.tr("音频"),
            "card.profile": self.tr("公众号名片"),
            "card.miniprogram": self.tr("小程序"),
            "card.other": self.tr("网页组件"),
            "card.stripped": self.tr("通过接口发送时微信会去掉"),
            "picture.arriving": self.tr("正在放入图片…"),
        }

    def _show_theme(self) -> None:
        colors = {name: theme.color(token).name() for name, token in _COLORS.items()}
        if self._view is not None:
            self._view.page().setBackgroundColor(theme.color("bg.surface"))
        self.set_theme(colors, theme.current().name == "dark")
