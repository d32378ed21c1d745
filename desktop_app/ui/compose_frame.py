"""ComposeFrame: what stands where on the compose page: the kind tabs, the form in front, the column beside it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop_app.ui.compose_form import ComposeForm
from desktop_app.ui.compose_side import ComposeSide
from desktop_app.ui.news_form import NewsForm
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.units import translated_kind
from desktop_app.ui.widgets import Surface, hbox, scroll, vbox, vline

KINDS = {"news": "article", "text": "file", "image": "image", "voice": "voice", "video": "video"}
"""Their icons, in the order of the tabs."""
EDGE, EDGE_NARROW = 36, 20


class ComposeFrame(QWidget):
    """Articles have the page to themselves, with the tabs in their own head; the other kinds share the rest."""

    def __init__(
        self,
        forms: Mapping[str, ComposeForm],
        news: NewsForm,
        thumbnails: Thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._news = news
        items = [(kind, translated_kind(kind), icon) for kind, icon in KINDS.items()]
        self.tabs = Segmented(items, "compose.tab", self.tr("消息类型"))
        self.side = ComposeSide(thumbnails)
        self._hint = ElidedLabel(self.tr("切换类型不会丢掉已写的内容"), "body", "text.3")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._plain = [kind for kind in forms if kind != "news"]
        self._forms = QStackedWidget()
        for kind in self._plain:
            self._add(kind, forms[kind])
        self._build()

    def _add(self, kind: str, form: ComposeForm) -> None:
        form.layout().setContentsMargins(*form.margins)  # type: ignore[union-attr]
        self._forms.addWidget(scroll(form, f"compose.scroll.{kind}"))
        if (below := form.side_widget()) is not None:
            self.side.add(kind, below)

    def _build(self) -> None:
        area = Surface("bg.surface")
        area.setObjectName("compose.drop")
        head = hbox(self.tabs, self._hint, None, spacing=16, margins=(4, 0, 4, 0))
        head.setStretch(1, 1000)
        self._head = QWidget()
        self._head.setLayout(head)
        self._column = vbox(self._head, 12, self._forms, spacing=4, margins=(EDGE, 20, EDGE, 0))
        area.setLayout(self._column)
        row = hbox(area, vline(), self.side, spacing=0)
        row.setStretch(0, 1)
        plain = QWidget()
        plain.setLayout(row)
        self._halves = QStackedWidget()
        self._halves.addWidget(plain)
        self._halves.addWidget(self._news)
        self.setLayout(vbox(self._halves, spacing=0))

    @property
    def ready(self) -> bool:
        """Whether the drafts are in the forms."""
        return self._forms.isEnabled()

    def set_ready(self, ready: bool) -> None:
        """Until an account's drafts are read nothing can be typed that they would overwrite."""
        self._forms.setEnabled(ready)
        self._news.setEnabled(ready)

    def show_kind(self, kind: str) -> None:
        """Bring a form to the front; the tabs come along, and the keyboard stays on them if it was there."""
        news = kind == "news"
        focus = QApplication.focusWidget()
        (self._news.head if news else self._column).insertWidget(0, self._head)
        self._halves.setCurrentIndex(1 if news else 0)
        if not news:
            self._forms.setCurrentIndex(self._plain.index(kind))
        self.side.show_kind(kind)
        if focus is not None and self.tabs.isAncestorOf(focus):
            focus.setFocus()

    def set_wide(self, wide: bool) -> None:
        """Take the room there is."""
        edge = EDGE if wide else EDGE_NARROW
        self._column.setContentsMargins(edge, 20, edge, 0)
        self.side.set_wide(wide)
        self._hint.setVisible(wide)
