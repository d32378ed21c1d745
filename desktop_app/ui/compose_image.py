"""The 图片 form: up to twenty pictures in order, 推荐语 and 留言."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLayout, QStackedWidget, QWidget

from desktop_app.media.limits import IMAGES_MAX, LIMITS, RECOMMEND_CHARS
from desktop_app.ui.comments_row import CommentsRow
from desktop_app.ui.compose_form import FileForm
from desktop_app.ui.context import Context
from desktop_app.ui.counter_text import TextArea
from desktop_app.ui.draft_keeper import KeptDraft
from desktop_app.ui.drop_zone import DropZone
from desktop_app.ui.phone_preview import ChatMessage
from desktop_app.ui.picture_pane import PicturePane
from desktop_app.ui.thumbnails import TILE, Thumbnails
from desktop_app.ui.tile_row import TileRow
from desktop_app.ui.units import size_text
from desktop_app.ui.widgets import hbox, label, vbox
from desktop_app.workers.transfer import Transfer

LARGE = 1200  # shorter side in device pixels, for the pane and the phone
LINK_GAP = 8


class ImageForm(FileForm):
    """The first picture is the cover; dragging, or Alt with an arrow key, changes the order."""

    margins = (0, 4, 0, 24)  # the tiles bring their own room, everything else is moved in

    def __init__(self, context: Context, thumbnails: Thumbnails) -> None:
        super().__init__(context, "image", single=False, thumbnails=thumbnails)
        self.intake.limit = IMAGES_MAX
        self._current: Transfer | None = None
        self._filling = False
        self._zone = DropZone(
            "image",
            self.tr("拖进图片，或点这里选择"),
            self.tr("JPG / PNG / GIF / WebP / BMP / HEIC，最多 {n} 张，超过 {size} 自动压缩。也可以粘贴截图").format(
                size=size_text(LIMITS["image"].max_bytes), n=IMAGES_MAX
            ),
            "compose.image.choose",
        )
        self._pane = PicturePane()
        self._count = label("", "body", "text.3")
        self._row = TileRow(IMAGES_MAX)
        self._words = TextArea(
            "", "compose.image.recommend", self.tr("推荐语"), min_lines=1, counter=False, amber_over=RECOMMEND_CHARS
        )
        self._words_count = label("", "caption", "text.3")
        self._comments = CommentsRow()
        self._body = QStackedWidget()
        self._build()
        self._zone.clicked.connect(lambda: self.choose_files())
        self._row.chosen.connect(self._choose)
        self._row.moved.connect(self.intake.move)
        self._row.remove_wanted.connect(self.remove_with_undo)
        self._row.add_wanted.connect(lambda: self.choose_files())
        self._pane.replace_wanted.connect(lambda: self.choose_files(self._current))
        self._pane.remove_wanted.connect(lambda: self._current and self.remove_with_undo(self._current))
        self._pane.retry_wanted.connect(lambda: self._current and self.intake.retry(self._current))
        self._pane.stop_wanted.connect(lambda: self._current and self.intake.stop(self._current))
        self._words.changed.connect(self._words_changed)
        self._comments.changed.connect(self.changed)
        self.refresh()

    def _build(self) -> None:
        link = self.library_link("compose.image.from_library")
        head = hbox(label(self.tr("图片"), bold=True), self._count, None, link, spacing=8)
        self._filled = QWidget()
        filled = vbox(_inset(self._pane), 8, _inset(head), self._row, spacing=8)
        filled.setStretch(0, 1)
        self._filled.setLayout(filled)
        self._empty = QWidget()
        first = self.library_link("compose.image.first_from_library")
        empty = vbox(_inset(self._zone), _inset(hbox(None, first)), spacing=LINK_GAP)
        empty.setStretch(0, 1)
        self._empty.setLayout(empty)
        self._link_height = first.sizeHint().height() + LINK_GAP
        self._body.addWidget(self._empty)
        self._body.addWidget(self._filled)
        title = label(self.tr("推荐语"), bold=True)
        title.setBuddy(self._words.edit)
        hint = label(self.tr("选填，显示在图片下方"), "body", "text.3")
        words = vbox(hbox(title, hint, None, self._words_count, spacing=8), self._words, spacing=8)
        self._words.setFixedHeight(64)
        column = vbox(_inset(self.refusals), self._body, _inset(words), None, spacing=16)
        column.setStretch(1, 1000)
        self.setLayout(column)
        QWidget.setTabOrder(self._pane.last_stop(), link)
        self._row.tab_start = link

    def content(self) -> dict[str, Any]:
        return {
            "files": self.intake.files(),
            "recommend": self._words.text(),
            "comments": self._comments.value(),
        }

    def show_draft(self, draft: KeptDraft) -> None:
        self._filling = True
        self._words.set_text(str(draft.content.get("recommend", "")))
        self._comments.set_value(str(draft.content.get("comments", "off")))
        self.intake.clear()
        self._current = None
        self.restore_files(draft)
        self._filling = False

    def side_widget(self) -> QWidget:
        return self._comments

    def message(self) -> ChatMessage:
        pictures = [self._picture(item, LARGE if i == 0 else TILE) for i, item in enumerate(self.intake.items)]
        return ChatMessage("image", self._words.text(), tuple(pictures))

    def focus_first(self) -> None:
        if self.intake.items:
            tile = self._row.tile(self._current or self.intake.items[0])
            if tile is not None:
                tile.setFocus()
        else:
            self._zone.setFocus()

    def focus_check(self, key: str) -> None:
        if "recommend" in key:
            self._words.edit.setFocus()
        elif "comment" in key:
            self._comments.setFocus()
        elif key == "image.upload_failed" and (failed := self.failed()):
            self._choose(failed[0])
            self._pane.focus_retry()
        else:
            self.focus_first()

    def refresh(self) -> None:
        items = self.intake.items
        if self._current not in items:
            self._current = items[0] if items else None
        self._body.setCurrentWidget(self._filled if items else self._empty)
        self._body.setMaximumHeight(16777215 if items else self._zone.maximumHeight() + self._link_height)
        self._count.setText(
            self.tr("{n} / {most} · 拖动调整顺序，第 1 张是封面").format(n=len(items), most=IMAGES_MAX)
        )
        self._row.show_items(items, self._current)
        for tile in self._row.tiles():
            if tile.item.media is not None and tile.picture is None:
                tile.set_picture(self._picture(tile.item, TILE))
        self._show_current()

    def _show_current(self) -> None:
        item = self._current
        picture = self._picture(item, LARGE) if item else None
        self._pane.show_item(item, picture, self.item_facts(item) if item else [])

    def _picture(self, item: Transfer, side: int) -> QPixmap | None:
        if item.media is None:
            return None
        return self.thumbnails.get(item.media.sha256, item.media.path, side, self, self._decoded)

    def _decoded(self, _picture: QPixmap) -> None:
        self.refresh_soon()

    def show_progress(self, item: Transfer) -> None:
        tile = self._row.tile(item)
        if tile is not None:
            tile.update()
        if item is self._current:
            self._pane.update()

    def _choose(self, item: Transfer) -> None:
        self._current = item
        self.refresh()

    def _words_changed(self, text: str) -> None:
        over = len(text) > RECOMMEND_CHARS
        self._words_count.setText(f"{len(text)} / {RECOMMEND_CHARS}")
        self._words_count.set_color("amber.text" if over else "text.3")
        if not self._filling:
            self.changed.emit()


def _inset(inner: QWidget | QLayout) -> QLayout:
    """Four pixels in from both sides, where the pictures of the tiles begin."""
    return hbox(inner, margins=(4, 0, 4, 0))
