"""The right column of the 图文 form: cover, digest, link, comments, checks; a strip with flyouts if it is narrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui import icons, theme
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.news_checks import NewsChecks
from desktop_app.ui.news_cover import CoverSection
from desktop_app.ui.news_sections import CommentsSection, DigestSection, LinkSection
from desktop_app.ui.paint import float_shadow, painter, round_rect
from desktop_app.ui.widgets import Surface, hbox, hline, scroll, vbox

WIDTH, STRIP, FLYOUT = 320, 52, 320
CHECKS_HEIGHT = 250
ORDER = ("cover", "digest", "link", "comments", "checks")


class _StripButton(QToolButton):
    """Icon over a word, 52×52, with a badge."""

    def __init__(self, key: str, icon: str, text: str) -> None:
        super().__init__()
        self._icon, self._badge = icon, 0
        self.setText(text)
        self.setCheckable(True)
        self.setObjectName(f"news.strip.{key}")
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(STRIP - 4, theme.px(48))

    def sizeHint(self) -> QSize:
        return QSize(STRIP - 4, theme.px(48))

    def set_badge(self, number: int) -> None:
        """How much is red."""
        self._badge = number
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            if self.isChecked() or self.underMouse():
                round_rect(p, self.rect(), 6, "bg.selected" if self.isChecked() else "bg.hover")
            icons.paint(p, QRectF(0, 4, self.width(), 20), self._icon, 18, "text.2")
            p.setFont(theme.font("caption"))
            p.setPen(theme.color("text.2"))
            p.drawText(QRectF(0, 26, self.width(), 18), int(Qt.AlignmentFlag.AlignCenter), self.text())
            if self._badge:
                box = QRectF(self.width() / 2 + 3, 1, 16, 16)
                round_rect(p, box, 8, "red")
                p.setFont(theme.font("badge"))
                p.setPen(theme.color("badge.text"))
                p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(min(self._badge, 99)))


class Flyout(QFrame):
    """A floating panel left of the strip, with one section in it. Esc closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.place: QVBoxLayout = vbox(spacing=0)
        self._column = vbox(self.place, None, spacing=0)
        self.setLayout(self._column)
        self.setObjectName("news.flyout")
        self.hide()

    def set_tall(self, tall: bool) -> None:
        """The checks scroll by themselves in all the height there is; the other sections take what they need."""
        self._column.setStretch(0, int(tall))
        self._column.setStretch(1, int(not tall))
        edge = 0 if tall else 16
        self._column.setContentsMargins(24 + edge, 8 + edge, 4 + edge, 24 + edge)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            box = QRectF(self.rect()).adjusted(24, 8, -4, -24)
            float_shadow(p, box, 10, small=True)
            round_rect(p, box, 10, "bg.surface", "line")


class NewsInspector(Surface):
    """``edited`` brings the fields that a person changed."""

    edited = Signal(dict)

    def __init__(self, pictures: ArticlePictures, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self.cover, self.digest = CoverSection(pictures), DigestSection()
        self.link, self.comments = LinkSection(), CommentsSection()
        self.checks = NewsChecks()
        self.sections: dict[str, QWidget] = {
            "cover": self.cover,
            "digest": self.digest,
            "link": self.link,
            "comments": self.comments,
            "checks": self.checks,
        }
        self._names = {
            "cover": (self.tr("封面"), "image"),
            "digest": (self.tr("摘要"), "article"),
            "link": (self.tr("链接"), "link"),
            "comments": (self.tr("留言"), "chat"),
            "checks": (self.tr("检查"), "shield"),
        }
        for section in (self.cover, self.digest, self.link, self.comments):
            section.edited.connect(self.edited)
        self._narrow: bool | None = None
        self._open = ""
        self._flyout: Flyout | None = None
        self._slots: dict[str, QVBoxLayout] = {}
        self._full, self._strip = self._make_full(), self._make_strip()
        self.setLayout(hbox(self._full, self._strip, spacing=0))
        self.checks.counted.connect(lambda red, _amber: self._buttons["checks"].set_badge(red))
        self.set_narrow(False)

    def _make_full(self) -> QWidget:
        column = vbox(spacing=0)
        for key in ORDER[:-1]:
            slot = vbox(spacing=0, margins=(16, 12, 16, 12))
            self._slots[key] = slot
            column.addLayout(slot)
            column.addWidget(hline())
        column.addStretch(1)
        inner = QWidget()
        inner.setLayout(column)
        self._slots["checks"] = vbox(spacing=0)
        below = QWidget()
        below.setFixedHeight(theme.px(CHECKS_HEIGHT))
        below.setLayout(vbox(hline(), self._slots["checks"], spacing=0))
        full = QWidget()
        full.setLayout(vbox(scroll(inner, "news.inspector"), below, spacing=0))
        full.layout().setStretch(0, 1)  # type: ignore[union-attr]
        return full

    def _make_strip(self) -> QWidget:
        self._buttons: dict[str, _StripButton] = {}
        column = vbox(spacing=4, margins=(2, 8, 2, 8))
        for key in ORDER:
            text, icon = self._names[key]
            made = _StripButton(key, icon, text)
            made.clicked.connect(lambda _=False, k=key: self.open(k if self._open != k else ""))
            self._buttons[key] = made
            column.addWidget(made)
        column.addStretch(1)
        strip = QWidget()
        strip.setLayout(column)
        return strip

    # Width

    def set_narrow(self, narrow: bool) -> None:
        """A strip of 52 px with flyouts, or the whole column of 320."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.open("")
        for key, slot in self._slots.items():
            slot.addWidget(self.sections[key])
            self.sections[key].show()
        self._full.setVisible(not narrow)
        self._strip.setVisible(narrow)
        self.setFixedWidth(STRIP if narrow else WIDTH)

    def open(self, key: str) -> None:
        """Show a section in its flyout beside the strip; "" closes it."""
        before, self._open = self._open, key if self._narrow else ""
        if before:
            self._slots[before].addWidget(self.sections[before])
        for name, made in self._buttons.items():
            made.setChecked(name == self._open)
        if not self._open:
            if self._flyout is not None:
                self._flyout.hide()
            return
        if self._flyout is None:
            parent = self.parentWidget() or self
            self._flyout = Flyout(parent)
            self._flyout.closed.connect(self._close)
            parent.installEventFilter(self)
        self._flyout.setAccessibleName(self._names[key][0])
        self._flyout.set_tall(key == "checks")
        self._flyout.place.addWidget(self.sections[key])
        self.sections[key].show()
        self._fit()
        self._flyout.show()
        self._flyout.raise_()

    def _close(self) -> None:
        key = self._open
        self.open("")
        if key:
            self._buttons[key].setFocus(Qt.FocusReason.TabFocusReason)

    def _fit(self) -> None:
        if self._flyout is None or not self._open:
            return
        at = self.mapTo(self.parentWidget() or self, self.rect().topLeft())
        self._flyout.layout().activate()  # type: ignore[union-attr]
        height = self.height() if self._open == "checks" else self._flyout.sizeHint().height()
        self._flyout.setGeometry(at.x() - FLYOUT - 24, at.y(), FLYOUT + 24, min(height, self.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    # Content

    def show_article(self, article: Mapping[str, Any], several: bool, cover_missing: bool = False) -> None:
        """Show an article's settings; ``edited`` does not come."""
        self.cover.show_article(article, cover_missing)
        self.digest.show_article(article, several)
        self.link.show_article(article)
        self.comments.show_article(article)

    def focus_section(self, key: str) -> None:
        """Open a section if it is folded away, and put the keyboard into it."""
        if self._narrow:
            self.open(key)
        section = self.sections[key]
        focus = getattr(section, "focus_first", None)
        if focus is not None:
            focus()
        elif key == "checks":
            self.checks.step(1)

    def holds_focus(self) -> bool:
        """Whether the keyboard is in here."""
        focus = QApplication.focusWidget()
        return focus is not None and (
            self.isAncestorOf(focus) or bool(self._flyout and self._flyout.isAncestorOf(focus))
        )
