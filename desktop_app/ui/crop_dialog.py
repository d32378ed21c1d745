"""CropDialog: one picture becomes the cover: 2.35 : 1 for the headline, 1 : 1 for the card, both seen at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QWidget

from desktop_app.ui import theme
from desktop_app.ui.article_pictures import ArticlePictures, cut
from desktop_app.ui.crop_view import CropView
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.paint import painter, round_rect, rounded_picture
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.text import draw_lines
from desktop_app.ui.widgets import button, hbox, label, vbox

SMALL_PX = 300  # narrower covers look blurred on a phone


class _Places(QLabel):
    """Where each crop will be seen: headline, row of a list, card in a chat."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._wide, self._square = QPixmap(), QPixmap()
        self.setFixedWidth(232)
        self.setMinimumHeight(364)
        self.setAccessibleName(self.tr("封面会出现的地方：头条、列表、转发卡片"))

    def show_crops(self, wide: QPixmap, square: QPixmap) -> None:
        """Show these crops."""
        self._wide, self._square = wide, square
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            caption, ink = theme.font("caption"), theme.color("text.2")
            y = 0.0
            draw_lines(p, QRectF(0, y, 232, 16), self.tr("会话里的头条"), caption, ink, 16, 1)
            head = QRectF(0, y + 20, 232, 99)
            round_rect(p, head, 6, "bg.sunken")
            if not self._wide.isNull():
                rounded_picture(p, head, self._wide, 6)
            draw_lines(p, QRectF(8, head.bottom() + 6, 216, 20), self._title, theme.font("body"), "text", 20, 1)
            y = head.bottom() + 40
            draw_lines(p, QRectF(0, y, 232, 16), self.tr("列表里的一行"), caption, ink, 16, 1)
            row = QRectF(0, y + 20, 232, 60)
            round_rect(p, row, 6, "bg.surface", "line")
            thumb = QRectF(row.right() - 52, row.y() + 8, 44, 44)
            round_rect(p, thumb, 4, "bg.sunken")
            if not self._square.isNull():
                rounded_picture(p, thumb, self._square, 4)
            draw_lines(p, QRectF(10, row.y() + 10, 160, 40), self._title, theme.font("body"), "text", 20, 2)
            y = row.bottom() + 16
            draw_lines(p, QRectF(0, y, 232, 16), self.tr("转发卡片"), caption, ink, 16, 1)
            card = QRectF(0, y + 20, 232, 64)
            round_rect(p, card, 6, "bg.surface", "line")
            thumb = QRectF(card.right() - 54, card.y() + 9, 46, 46)
            round_rect(p, thumb, 2, "bg.sunken")
            if not self._square.isNull():
                rounded_picture(p, thumb, self._square, 2)
            draw_lines(p, QRectF(10, card.y() + 10, 158, 40), self._title, theme.font("body"), "text", 20, 2)


class _Choice(QAbstractButton):
    """One picture of the body."""

    def __init__(self, sha256: str, place: int) -> None:
        super().__init__()
        self.sha256 = sha256
        self.picture: QPixmap | None = None
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setObjectName(f"crop.body.{place}")
        self.setAccessibleName(self.tr("正文第 {n} 张图").format(n=place))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(60, 60)
        self.setProperty("radius", 6)

    def sizeHint(self) -> QSize:
        return QSize(60, 60)

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        with painter(self) as p:
            if self.isChecked():
                round_rect(p, box, 8, None, "text", 2)
            inside = box.adjusted(4, 4, -4, -4)
            round_rect(p, inside, 4, "bg.sunken")
            if self.picture is not None and not self.picture.isNull():
                rounded_picture(p, inside, self.picture, 4)


class CropDialog(Sheet):
    """``chosen`` brings the cover as drafts keep it. Files dropped here are handed on by ``files_dropped``."""

    chosen = Signal(dict)
    files_dropped = Signal(object)

    def __init__(
        self,
        window: QWidget,
        pictures: ArticlePictures,
        cover: Mapping[str, Any] | None,
        body: Sequence[str],
        title: str,
    ) -> None:
        super().__init__(window, 880, 580, self.tr("裁剪封面"))
        self._pictures = pictures
        self._cover: dict[str, Any] = dict(cover or {})
        self._loaded = ""
        self.setAcceptDrops(True)
        self.view = CropView()
        self._places = _Places(title)
        self._kinds = Segmented(
            [("wide", self.tr("头条 2.35 : 1"), ""), ("square", self.tr("转发卡片 1 : 1"), "")],
            "crop.kind",
            self.tr("裁剪哪一个"),
        )
        self._small = label("", "caption", "amber.text", wrap=True)
        self._choices: list[_Choice] = []
        self._strip = QHBoxLayout()
        self._strip.setContentsMargins(0, 0, 0, 0)
        self._strip.setSpacing(4)
        for place, sha in enumerate(dict.fromkeys(body), 1):
            self._add_choice(sha, place)
        self._strip.addStretch(1)
        self._build(bool(self._choices))
        self._kinds.changed.connect(self.view.choose)
        self.view.changed.connect(self._show_places)
        pictures.arrived.connect(self._arrived)
        self.show_cover(self._cover or ({"sha256": self._choices[0].sha256, "name": ""} if self._choices else {}))

    def _build(self, with_body: bool) -> None:
        hint = label(self.tr("拖动或用方向键移动，Shift 一次 10 像素，+ − 缩放"), "caption", "text.3")
        left = vbox(hbox(self._kinds, None, hint), self.view, spacing=12)
        left.setStretch(1, 1)
        if with_body:
            left.addWidget(label(self.tr("从正文选"), "caption", "text.2"))
            left.addLayout(self._strip)
        row = hbox(left, vbox(self._places, self._small, None, spacing=8), spacing=24)
        row.setStretch(0, 1)
        self.body.addLayout(row, 1)
        cancel, done = (
            button(self.tr("取消"), name="crop.cancel"),
            button(self.tr("用这张"), "primary", name="crop.done"),
        )
        cancel.clicked.connect(self.reject)
        done.clicked.connect(self._finish)
        self._done = done
        foot = QWidget()
        foot.setLayout(hbox(None, cancel, done, margins=(24, 16, 24, 16)))
        self.set_footer(foot)
        self.view.setFocus()

    def _add_choice(self, sha: str, place: int) -> None:
        made = _Choice(sha, place)
        made.picture = self._pictures.get(sha)
        made.clicked.connect(lambda _=False, s=sha: self.show_cover({"sha256": s, "name": ""}))
        self._choices.append(made)
        self._strip.addWidget(made)

    def show_cover(self, cover: Mapping[str, Any]) -> None:
        """Crop this picture; without crops the largest in the middle."""
        self._cover = dict(cover)
        self._loaded = ""
        for choice in self._choices:
            choice.setChecked(choice.sha256 == self._cover.get("sha256"))
        self._load()

    def _arrived(self, sha: str) -> None:
        for choice in self._choices:
            if choice.sha256 == sha:
                choice.picture = self._pictures.get(sha)
                choice.update()
        if sha == self._cover.get("sha256") and self._loaded != sha:
            self._load()

    def _load(self) -> None:
        sha = str(self._cover.get("sha256", ""))
        picture = self._pictures.get(sha) if sha else None
        self._done.setEnabled(picture is not None and not picture.isNull())
        if picture is None or picture.isNull():
            return
        self._loaded = sha
        size = self._pictures.size(sha)
        real = QSizeF(size) if not size.isEmpty() else QSizeF(picture.size())
        if (real.width() > real.height()) != (picture.width() > picture.height()):
            real.transpose()  # the file is turned by its EXIF note
        self.view.show_picture(picture, real, self._cover.get("crop_235"), self._cover.get("crop_1"))
        narrow = real.width() < SMALL_PX
        self._small.setText(
            self.tr("这张图只有 {w} 像素宽，在手机上会发虚").format(w=round(real.width())) if narrow else ""
        )

    def _show_places(self) -> None:
        picture = self._pictures.get(self._loaded) if self._loaded else None
        if picture is not None and self.view.boxes:
            self._places.show_crops(
                cut(picture, self.view.boxes["wide"].parts()), cut(picture, self.view.boxes["square"].parts())
            )

    def _finish(self) -> None:
        boxes = self.view.boxes
        self.chosen.emit(
            {
                "sha256": self._cover["sha256"],
                "name": self._cover.get("name", ""),
                "crop_235": boxes["wide"].parts(),
                "crop_1": boxes["square"].parts(),
            }
        )
        self.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if Payload.of(event.mimeData()).may_be("image"):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.accept()
        self.files_dropped.emit(Payload.of(event.mimeData()))
