"""One item of 素材库 in detail: large, with its ids and dates, where it is used, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.media.limits import TEMPORARY_USES
from desktop_app.ui import icons, theme
from desktop_app.ui.chips import ChipLabel
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.media_card import paint_large
from desktop_app.ui.media_choices import choices
from desktop_app.ui.media_words import badge, length_text, size_facts
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.thumbnails import read_scaled
from desktop_app.ui.units import day_text, translated_kind
from desktop_app.ui.widgets import (
    button,
    copy_button,
    hbox,
    label,
    scroll,
    vbox,
)

if TYPE_CHECKING:
    from desktop_app.services.library import LibraryItem, Use

WIDTH, HEIGHT, LARGE = 840, 520, 400
USES_SHOWN = 20


class _Large(QLabel):
    """The whole picture on a quiet ground."""

    def __init__(self, item: LibraryItem) -> None:
        super().__init__()
        self._item = item
        self._picture: QPixmap | None = None
        self.setMinimumSize(240, 200)
        self.setAccessibleName(item.name)

    def show_picture(self, picture: QPixmap) -> None:
        """The decoded picture; a null one when there is none."""
        self._picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LARGE, LARGE - 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        box, picture = QRectF(self.rect()), self._picture
        with painter(self) as p:
            if picture is not None and not picture.isNull():
                round_rect(p, box, 8, "bg.sunken")
                room = box.adjusted(8, 8, -8, -8)
                # Never larger than it is: a small picture blown up looks like a bad one.
                own = picture.size() / self.devicePixelRatioF()
                size = own.scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
                size = size if size.width() < own.width() else own
                place = QRectF(0, 0, size.width(), size.height())
                place.moveCenter(box.center())
                p.drawPixmap(place, picture, QRectF(picture.rect()))
            elif self._item.kind == "image":
                round_rect(p, box, 8, "bg.sunken")
                icons.paint(p, box, "image", 32, "text.disabled")
            else:
                paint_large(p, box, self._item)


class MediaSheet(Sheet):
    """Shows an item. It asks for things by signal and changes nothing itself."""

    wanted = Signal(str, object)
    """The key of a ``Choice``, and the item."""
    open_draft = Signal(int)
    open_send = Signal(int)

    def __init__(self, context: Context, window: QWidget, account_id: int, item: LibraryItem) -> None:
        super().__init__(window, WIDTH, HEIGHT, item.name)
        self.setObjectName("media.sheet")
        self._context, self._account_id = context, account_id
        self._item = item
        self._large = _Large(item)
        self._facts = QWidget()
        self._facts.setLayout(vbox(spacing=0))
        self._uses = QWidget()
        self._uses.setLayout(vbox(label(self.tr("正在查哪里用到"), "caption", "text.2"), spacing=0))
        right = QWidget()
        right.setLayout(vbox(self._facts, 16, self._uses, None, spacing=0, margins=(0, 0, 6, 0)))
        row = hbox(self._large, scroll(right, "media.sheet.facts"), spacing=24)
        row.setStretch(0, 5)
        row.setStretch(1, 4)
        self.body.addLayout(row)
        self._footer_row = hbox(margins=(24, 16, 24, 16))
        footer = QWidget()
        footer.setLayout(self._footer_row)
        self.set_footer(footer)
        self.show_item(item)
        self._read_picture()
        self._read_uses()

    @property
    def item(self) -> LibraryItem:
        """The item as it is shown."""
        return self._item

    def show_item(self, item: LibraryItem) -> None:
        """Show it as it is now, after something was done with it."""
        self._item = item
        _fill(self._facts, [self._fact(*fact) for fact in self._fact_rows()])
        self._fill_footer()

    # Facts

    def _fact_rows(self) -> list[tuple[str, QWidget]]:
        item, now = self._item, self._context.now()
        mark = badge(item, now)
        tone = "gray" if mark.tone in ("surface", "inverse") else mark.tone
        facts = " · ".join(part for part in (translated_kind(item.kind), length_text(item), size_facts(item)) if part)
        rows: list[tuple[str, QWidget]] = [
            (self.tr("有效期"), ChipLabel(mark.text, tone, mark.icon)),
            (self.tr("类型"), label(facts)),
            (self.tr("上传"), label(day_text(item.added_at, now))),
        ]
        if item.expires_at is not None:
            rows.insert(1, (self.tr("到期"), label(day_text(item.expires_at, now))))
            used = self.tr("{n} 次，最多 {most} 次").format(n=item.uses, most=TEMPORARY_USES)
            rows.append((self.tr("已用"), label(used)))
        here = self.tr("在这台电脑上") if item.path else self.tr("只在微信，用到时取回")
        rows.append((self.tr("原文件"), label(here)))
        if item.media_id:
            rows.append(("media_id", _copied(item.media_id, self.tr("复制 media_id"))))
        if item.url:
            rows.append((self.tr("地址"), _copied(item.url, self.tr("复制地址"))))
        return rows

    def _fact(self, name: str, value: QWidget) -> QWidget:
        left = label(name, "caption", "text.2")
        left.setFixedWidth(theme.px(64))
        row = QWidget()
        row.setMinimumHeight(theme.px(32))
        inside = hbox(left, value, spacing=8)
        inside.setStretch(1, 1)
        if isinstance(value, ChipLabel):
            inside.setStretch(1, 0)
            inside.addStretch(1)
        row.setLayout(inside)
        return row

    def _fill_footer(self) -> None:
        while (old := self._footer_row.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        item = self._item
        if item.path is not None:
            look = button(self.tr("打开文件"), "ghost", icon="open-external", name="media.sheet.open")
            path = str(item.path)
            look.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
            self._footer_row.addWidget(look)
        self._footer_row.addStretch(1)
        for choice in choices([item]):
            if choice.key == "copy":
                continue
            made = button(
                choice.text,
                "danger" if choice.key == "delete" else "plain",
                icon=choice.icon,
                name=f"media.sheet.{choice.key}",
            )
            made.setEnabled(not choice.reason)
            made.setToolTip(choice.reason)
            made.setAccessibleDescription(choice.reason)
            made.clicked.connect(lambda _=False, key=choice.key: self.wanted.emit(key, self._item))
            self._footer_row.addWidget(made)

    # What is read in tasks

    def _read_picture(self) -> None:
        item, account_id = self._item, self._account_id
        library, side = self._context.profile.library, round(LARGE * self.devicePixelRatioF())

        def read(job: Job) -> QImage:
            path = item.path if item.kind == "image" else None
            path = path or library.thumbnail(account_id, item.key, job)
            return QImage() if path is None else read_scaled(path, side, job)

        def failed(_error: AppError) -> None:
            self._large.show_picture(QPixmap())

        if item.kind != "voice":
            self._context.tasks.start(
                "work",
                read,
                owner=self,
                on_done=lambda image: self._large.show_picture(QPixmap.fromImage(image)),
                on_error=failed,
            )

    def _read_uses(self) -> None:
        library, account_id, key = self._context.profile.library, self._account_id, self._item.key
        self._context.tasks.start(
            "work", lambda job: library.uses(account_id, key), owner=self, on_done=self._show_uses
        )

    def _show_uses(self, uses: Sequence[Use]) -> None:
        if not uses:
            _fill(self._uses, [label(self.tr("这台电脑上的稿件和记录都没有用到"), "caption", "text.2", wrap=True)])
            return
        rows: list[QWidget] = [label(self.tr("在哪里用到"), "caption", "text.2")]
        rows += [self._use_row(use) for use in uses[:USES_SHOWN]]
        if len(uses) > USES_SHOWN:
            rows.append(label(self.tr("还有 {n} 处").format(n=len(uses) - USES_SHOWN), "caption", "text.2"))
        _fill(self._uses, rows)

    def _use_row(self, use: Use) -> QWidget:
        where = {
            "article": self.tr("图文草稿"),
            "draft": self.tr("没发的{kind}消息").format(kind=translated_kind(use.kind)),
            "send": self.tr("群发记录"),
        }[use.where]
        title = use.title or self.tr("还没有标题")
        if use.where == "draft":
            return label(where, "body")
        made = button(self.tr("{where}「{title}」").format(where=where, title=title), "link")
        made.setObjectName(f"media.sheet.use.{use.where}.{use.id}")
        opened = self.open_draft if use.where == "article" else self.open_send

        def go() -> None:
            self.reject()
            opened.emit(use.id)

        made.clicked.connect(go)
        row = QWidget()
        row.setLayout(hbox(made, None))
        return row


def _copied(text: str, name: str) -> QWidget:
    """A long id in one line, with its button."""
    shown = ElidedLabel(text, "caption", mono=True)
    row = QWidget()
    inside = hbox(shown, copy_button(text, name))
    inside.setStretch(0, 1)
    row.setLayout(inside)
    return row


def _fill(holder: QWidget, rows: Sequence[QWidget]) -> None:
    """Other rows in a column."""
    column = holder.layout()
    assert column is not None
    while (old := column.takeAt(0)) is not None:
        if (widget := old.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    for row in rows:
        column.addWidget(row)
