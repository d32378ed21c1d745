"""Earlier versions of a draft: chosen from a list, looked at in the phone's width, restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QListWidget, QSizePolicy, QWidget

from desktop_app.job import Job
from desktop_app.store.articles import Version
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.units import count_text, day_text
from desktop_app.ui.widgets import button, hbox, label, vbox, vline

if TYPE_CHECKING:
    from desktop_app.ui.preview_view import PreviewView


class VersionsDialog(Sheet):
    """``restored`` comes after a version is the draft's content again; what was there is a version then."""

    restored = Signal(int)

    def __init__(self, context: Context, window: QWidget, draft_id: int, title: str) -> None:
        super().__init__(window, 760, 560, self.tr("「{title}」的历史版本").format(title=title))
        self._context, self._draft_id = context, draft_id
        self._versions: tuple[Version, ...] = ()
        self._view: PreviewView | None = None
        self._list = QListWidget()
        self._list.setObjectName("drafts.versions")
        self._list.setAccessibleName(self.tr("历史版本"))
        self._list.setFrameShape(QListWidget.Shape.NoFrame)
        self._none = label(self.tr("还没有历史版本。写的时候每五分钟留一份。"), "body", "text.2", wrap=True)
        self._none.hide()
        self._place = vbox(spacing=0)
        row = hbox(vbox(self._none, self._list, 0, spacing=8), vline(), self._place, spacing=16)
        row.setStretch(0, 1)
        holder = QWidget()
        holder.setLayout(row)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.body.addWidget(holder, 1)
        cancel = button(self.tr("关闭"), name="drafts.versions.close")
        self._restore = button(self.tr("恢复这一版"), "primary", name="drafts.restore_version")
        self._restore.setEnabled(False)
        cancel.clicked.connect(self.reject)
        self._restore.clicked.connect(self._restore_chosen)
        foot = QWidget()
        foot.setLayout(hbox(None, cancel, self._restore, margins=(24, 16, 24, 16)))
        self.set_footer(foot)
        self._list.currentRowChanged.connect(self._chosen)
        drafts = context.profile.articles.drafts
        context.tasks.start("work", lambda job: drafts.versions(draft_id), owner=self, on_done=self._show)

    def _show(self, versions: tuple[Version, ...]) -> None:
        self._versions = versions
        now = self._context.now()
        for version in versions:
            text = self.tr("{time} · {n} 个字符").format(time=day_text(version.at, now), n=count_text(version.chars))
            self._list.addItem(text)
        self._none.setVisible(not versions)
        self._list.setVisible(bool(versions))
        if versions:
            self._list.setCurrentRow(0)
            self._list.setFocus()

    def _chosen(self, row: int) -> None:
        self._restore.setEnabled(0 <= row < len(self._versions))
        if not self._restore.isEnabled():
            return
        drafts, version_id = self._context.profile.articles.drafts, self._versions[row].id

        def read(job: Job) -> dict[str, Any]:
            return drafts.version(self._draft_id, version_id)

        def show(content: dict[str, Any]) -> None:
            if self._list.currentRow() == row:
                self._show_content(content)

        self._context.tasks.start("work", read, owner=self, on_done=show)

    def _show_content(self, content: dict[str, Any]) -> None:
        import html

        from desktop_app.ui.preview_view import SHOWN_PX, PreviewView

        if self._view is None:
            self._view = PreviewView(self._context, None, self)
            self._view.setFixedWidth(SHOWN_PX)
            self._place.addWidget(self._view, 1)
        articles = self._context.profile.articles
        bodies = [
            f"<h1>{html.escape(each['title'])}</h1>{articles.cleaned(each['html'])}" for each in content["articles"]
        ]
        self._view.show_article("", "<hr>".join(bodies), dark=False, scale=1.0)

    def _restore_chosen(self) -> None:
        drafts, version = self._context.profile.articles.drafts, self._versions[self._list.currentRow()]

        def done(_content: object) -> None:
            self.accept()
            self.restored.emit(self._draft_id)

        self._context.tasks.start(
            "work", lambda job: drafts.restore(self._draft_id, version.id), owner=self, on_done=done
        )

    def done(self, result: int) -> None:
        """Close, the view first."""
        if self._view is not None:
            from shiboken6 import delete

            delete(self._view)
            self._view = None
        super().done(result)
