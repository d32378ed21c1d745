"""The 图文 form: articles at the left, title and body in the middle, settings and checks at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from desktop_app.article.contents import new_article
from desktop_app.services.contents import Check
from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile
from desktop_app.ui import theme
from desktop_app.ui.article_column import ArticleColumn
from desktop_app.ui.article_meta import COLUMN, MARGIN, ArticleMeta
from desktop_app.ui.article_model import ArticleModel, is_blank
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.compose_form import ComposeForm
from desktop_app.ui.context import Context
from desktop_app.ui.draft_keeper import KeptDraft
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.editor_toolbar import EditorToolbar
from desktop_app.ui.news_files import NewsFiles
from desktop_app.ui.news_fixes import NewsFixes
from desktop_app.ui.news_inspector import NewsInspector
from desktop_app.ui.news_preview import NewsPreview
from desktop_app.ui.news_tools import NewsTools
from desktop_app.ui.phone_preview import ChatMessage
from desktop_app.ui.widgets import Surface, hbox, hline, vbox, vline
from desktop_app.ui.window import shell

if TYPE_CHECKING:
    from desktop_app.ui.article_editor import ArticleEditor

WIDE = 1200  # as of the compose page
FLUSH_MS = 1000


class NewsForm(ComposeForm):
    """One to eight articles. The editor's view is made when this form is first shown."""

    kind = "news"

    drafts_wanted = Signal()
    new_wanted = Signal()
    save_to_wechat_wanted = Signal()
    changes_wanted = Signal()
    editor_made = Signal()
    save_wanted = Signal()
    """Ctrl S inside the text."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("news")
        self.context = context
        self._row = 0
        self._draft_id: int | None = None
        self.number = 0
        """Counts the messages that were shown here: tells whether it is still the same one."""
        self._loaded_id = ""
        self.editor: ArticleEditor | None = None
        self.model = ArticleModel(self)
        self.pictures = ArticlePictures(context.tasks, context.profile, self)
        self.column = ArticleColumn(self.model, self.pictures)
        self.meta, self.toolbar = ArticleMeta(), EditorToolbar()
        self.inspector = NewsInspector(self.pictures, self)
        self.files = NewsFiles(self)
        self.preview = NewsPreview(context, self.pictures, self.files.fetch)
        self.preview.hide()
        self.panel = self.inspector.checks
        self._account_name, self.account_id = "", 0
        self._build()
        self.tools = NewsTools(self)
        self.fixes = NewsFixes(self)
        self._connect()
        self.column.cards.choose(0)

    # Building

    def _build(self) -> None:
        self.head: QHBoxLayout = hbox(margins=(16, 7, 16, 7))
        self._paper = Surface("bg.surface")
        self._paper_box = vbox(spacing=0)
        self._paper.setLayout(self._paper_box)
        self._paper.setObjectName("news.paper")
        self._paper.setMinimumHeight(120)
        self.below = vbox(spacing=0)  # find bar and block panel come in here
        middle = Surface("bg.surface")
        middle.setLayout(vbox(self.meta, hline(), self.toolbar, hline(), self.below, self._paper, spacing=0))
        middle.layout().setStretch(5, 1)  # type: ignore[union-attr]
        self._middle = middle
        self.right = hbox(self.inspector, self.preview, spacing=0)
        columns = hbox(self.column, vline(), middle, vline(), self.right, spacing=0)
        columns.setStretch(2, 1)
        head = Surface("bg.surface")
        head.setLayout(self.head)
        head.setFixedHeight(theme.px(48))
        self.setLayout(vbox(head, hline(), columns, spacing=0))
        self.layout().setStretch(2, 1)  # type: ignore[union-attr]

    def _connect(self) -> None:
        cards = self.column.cards
        cards.chosen.connect(self._choose)
        cards.move_wanted.connect(self._move)
        cards.duplicate_wanted.connect(self._duplicate)
        cards.remove_wanted.connect(self.remove_with_undo)
        self.column.add_wanted.connect(self.add_article)
        self.column.drafts_wanted.connect(self.drafts_wanted)
        self.column.new_wanted.connect(self.new_wanted)
        self.column.save_to_wechat_wanted.connect(self.save_to_wechat_wanted)
        self.model.edited.connect(lambda _row: self.changed.emit())
        self.changed.connect(self._refresh_preview)
        self.model.rearranged.connect(self._rearranged)
        self.meta.edited.connect(lambda name, text: self.edit(**{name: text}))
        self.meta.body_wanted.connect(self.focus_body)
        self.inspector.edited.connect(lambda fields: self.edit(**fields))
        self.toolbar.command.connect(lambda name, args: self.run(name, **args))
        self.toolbar.wanted.connect(self._tool_wanted)
        QShortcut(QKeySequence("Ctrl+Shift+N"), self, self.add_article)
        QShortcut(QKeySequence("F8"), self, lambda: self.panel.step(1))
        QShortcut(QKeySequence("Shift+F8"), self, lambda: self.panel.step(-1))
        QShortcut(QKeySequence("F6"), self, lambda: self._pane(1))
        QShortcut(QKeySequence("Shift+F6"), self, lambda: self._pane(-1))

    def showEvent(self, event: QShowEvent) -> None:
        """The first time is the moment for the editor: Chromium takes half a second to start."""
        super().showEvent(event)
        if self.editor is None:
            QTimer.singleShot(0, self, self.ensure_editor)

    def ensure_editor(self) -> None:
        """Make the editor's view now, as when the window has nothing else to do."""
        if self.editor is not None:
            return
        from desktop_app.ui.article_editor import ArticleEditor

        self.editor = ArticleEditor(self.context, self._paper, fetch=self.files.fetch)
        self.editor.setObjectName("news.editor")
        self._paper_box.addWidget(self.editor)
        self.editor.changed.connect(self._body_changed)
        self.editor.selection_changed.connect(self.toolbar.show_state)
        self.editor.stats.connect(self._show_stats)
        self.editor.key_pressed.connect(self._key_pressed)
        self.editor.scrolled.connect(self.preview.scroll_to)
        self.editor.ensure()
        self.tools.editor_made()
        self.files.editor_made(self.editor)
        self.editor_made.emit()
        self.load_body()

    def close_views(self) -> None:
        """The app ends: take the web views away before their profiles."""
        self.preview.close_view()
        if self.editor is not None:
            self.editor.close_view()

    # Content

    def content(self) -> dict[str, Any]:
        return {"articles": self.model.articles(), "draft_id": self._draft_id}

    def show_draft(self, draft: KeptDraft) -> None:
        self.number += 1
        self._draft_id = draft.content.get("draft_id")
        self._row = 0
        self.model.replace_all(draft.content.get("articles") or [])
        self.show_article()
        self.load_body()
        self.column.cards.choose(0)  # loaded already: loading a long article twice would take twice as long
        self._refresh_preview()

    def set_account(self, account: Account) -> None:
        self._account_name, self.account_id = account.name, account.id
        self.inspector.cover.show_way(account.news_way)

    def message(self) -> ChatMessage:
        return ChatMessage()

    def problem(self) -> str:
        if all(is_blank(each) for each in self.model.articles()):
            return self.tr("先写点内容，再选受众")
        return ""

    def retry_failed(self) -> None:
        self.files.retry_failed()

    def keep_in_drafts(self, draft_id: int) -> None:
        """The message has its place among 图文草稿 now."""
        self._draft_id = draft_id

    @property
    def draft_id(self) -> int | None:
        """The draft among 图文草稿 that this message belongs to."""
        return self._draft_id

    @property
    def row(self) -> int:
        """Which article is in front."""
        return self._row

    def article(self) -> dict[str, Any]:
        """The article in front."""
        return self.model.article(self._row)

    # The body

    def _body_changed(self) -> None:
        if self.editor is not None:
            self._keep_body(self._loaded_id, self.editor.last_html)

    def _keep_body(self, article_id: str, html: str) -> None:
        row = self.model.row_of(article_id)
        if row >= 0:
            self.model.edit(row, html=html)

    def take_body(self) -> None:
        """Ask for what was typed in the last fraction of a second; it belongs to the article that is loaded now."""
        if self.editor is not None and self._loaded_id:
            loaded = self._loaded_id
            before = self.editor.last_html
            self.editor.html(lambda html: self._keep_body(loaded, html) if html != before else None)

    def flush(self) -> None:
        """Wait until the editor has said its last word: only before the window closes or the message leaves."""
        if self.editor is None or self.editor.view is None or not self._loaded_id:
            return
        loop, loaded, before = QEventLoop(), self._loaded_id, self.editor.last_html

        def take(html: str) -> None:
            if html != before:
                self._keep_body(loaded, html)
            loop.quit()

        QTimer.singleShot(FLUSH_MS, loop, loop.quit)
        self.editor.html(take)
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)

    def load_body(self) -> None:
        """Show the body of the article in front in the editor."""
        if self.editor is None:
            return
        article = self.article()
        self._loaded_id = article["id"]
        self.editor.load(article["html"])

    def _show_stats(self, stats: dict[str, Any]) -> None:
        self.meta.show_stats(int(stats["chars"]), int(stats["minutes"]), int(stats["pictures"]))

    # Articles

    def edit(self, **fields: Any) -> None:
        """Change fields of the article in front."""
        self.model.edit(self._row, **fields)

    def _choose(self, row: int) -> None:
        if row == self._row and self._loaded_id == self.model.article(row)["id"]:
            return
        self.take_body()
        self._row = row
        self.show_article()
        self.load_body()
        self._refresh_preview()

    def show_article(self) -> None:
        """Show title, author and settings of the article in front."""
        article = self.article()
        self.meta.show_article(article)
        missing = article["cover"] is None and not is_blank(article)
        self.inspector.show_article(article, self.model.rowCount() > 1, missing)

    def _rearranged(self) -> None:
        row = self.column.cards.currentIndex().row()
        self._row = max(row, 0)
        self.show_article()
        if self._loaded_id != self.article()["id"]:
            self.load_body()
        self.changed.emit()

    def add_article(self) -> None:
        """A new article at the end, ready to be written."""
        if self.model.full:
            return
        self.take_body()
        made = new_article()
        made["author"] = self.article()["author"]
        self.model.insert(self.model.rowCount(), made)
        self.column.cards.choose(self.model.rowCount() - 1)
        self.meta.title.setFocus()

    def _move(self, row: int, gap: int) -> None:
        self.column.cards.choose(self.model.move(row, gap))

    def _duplicate(self, row: int) -> None:
        if not self.model.full:
            self.take_body()
            self.column.cards.choose(self.model.duplicate(row))

    def remove_with_undo(self, row: int) -> None:
        """Take an article out and offer the way back."""
        self.take_body()
        alone = self.model.rowCount() == 1
        title, number = self.model.title(row), self.number
        if alone and is_blank(self.model.article(row)):
            return
        gone = self.model.remove(row)
        self.column.cards.choose(min(row, self.model.rowCount() - 1))

        def back() -> None:
            if number != self.number:  # its own message is not the one that is shown
                text = self.tr("已经换到别的图文，「{title}」没有放回来").format(title=title)
                shell(self).toast(text, "info", "amber")
                return
            if alone and is_blank(self.model.article(0)):
                self.model.replace_all([gone])
                self.model.rearranged.emit()
            elif not self.model.full:
                self.model.insert(min(row, self.model.rowCount()), gone)
            self.column.cards.choose(min(row, self.model.rowCount() - 1))

        words_ = self.tr("已移走「{title}」这一篇").format(title=title)
        shell(self).toast(words_, "delete", "plain", (self.tr("撤销"), back))

    # Files

    def take(self, payload: Payload) -> None:
        """Pictures into the body, at the cursor."""
        self.files.insert_pictures(payload)

    def take_media(self, files: list[MediaFile]) -> None:
        self.files.insert_media(files)

    def choose_files(self) -> None:
        self.files.choose_files()

    # Tools

    def _key_pressed(self, key: str) -> None:
        if key in ("link", "find", "replace"):
            self._tool_wanted("find" if key == "replace" else key)
        elif key == "save":
            self.save_wanted.emit()
        elif key == "escape":
            self.tools.close_all()

    def run(self, command: str, **args: Any) -> None:
        """Let the editor do something, and put the keyboard back into the text."""
        if self.editor is not None:
            self.editor.command(command, **args)
            self.editor.focus_editor()

    def _tool_wanted(self, key: str) -> None:
        if key == "image":
            self.files.choose_files()
        else:
            self.tools.open(key)

    def focus_body(self) -> None:
        """Put the keyboard into the body."""
        if self.editor is not None:
            self.editor.focus_editor()

    def focus_first(self) -> None:
        if is_blank(self.article()):
            self.meta.title.setFocus()
        else:
            self.focus_body()

    def _pane(self, by: int) -> None:
        """F6: articles, title, body, settings, and round again."""
        panes = [
            (self.column, lambda: self.column.cards.setFocus()),
            (self.meta, lambda: self.meta.title.setFocus()),
            (self._paper, self.focus_body),
            (self.inspector, lambda: self.inspector.focus_section("cover")),
        ]
        focus = self.window().focusWidget()
        at = next((i for i, (pane, _) in enumerate(panes) if focus and pane.isAncestorOf(focus)), -1 if by > 0 else 0)
        panes[(at + by) % len(panes)][1]()

    # Checks

    def show_health(self, checks: tuple[Check, ...]) -> None:
        """Mark the cards with what the checks found."""
        self.fixes.show_health(checks)

    def focus_check(self, key: str) -> None:
        check = next((each for each in self.panel.checks() if each.key == key), None)
        if check is not None:
            self.fixes.jump(check)

    # Phone preview

    @property
    def previewing(self) -> bool:
        """Whether the phone stands in the place of the settings."""
        return not self.preview.isHidden()

    def show_preview(self, on: bool) -> None:
        """手机预览 in the place of the settings, or the settings again."""
        self.inspector.open("")
        self.inspector.setVisible(not on)
        self.preview.setVisible(on)
        self.fit()
        self._refresh_preview()

    def _refresh_preview(self) -> None:
        if self.previewing:
            self.preview.refresh(self.model.articles(), self._row, self._account_name)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Columns by the room: the left one smaller and the right one a strip where it is scarce."""
        wide = self.width() / theme.current().text_scale >= WIDE
        self.column.set_narrow(not wide)
        self.column.setVisible(wide or not self.previewing)
        self.inspector.set_narrow(not wide)
        self.layout().activate()  # type: ignore[union-attr]
        self.meta.set_margin(max(MARGIN, (self._middle.width() - COLUMN) // 2))
