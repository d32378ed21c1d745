"""MediaLimits: the amber line above the grid of 素材库 when one of WeChat's limits is near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.ui import theme
from desktop_app.ui.media_words import limit_text
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.widgets import IconLabel, card, hbox

if TYPE_CHECKING:
    from desktop_app.services.library import NearLimit


class MediaLimits(QWidget):
    """Hidden while there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel("", "body", "amber.text")
        row = hbox(IconLabel("warning", 16, "amber.text"), self.words, margins=(12, 0, 12, 0))
        row.setStretch(1, 1)
        box = card("amber.bg", "amber.line", 6)
        box.setObjectName("media.limits")
        box.setLayout(row)
        box.setFixedHeight(theme.px(36))
        self.setLayout(hbox(box, margins=(24, 12, 24, 0)))
        self.hide()

    def show_limits(self, near: Sequence[NearLimit]) -> None:
        """Name all that are near; none hides the line."""
        self.words.setText("；".join(limit_text(each) for each in near))
        self.setVisible(bool(near))
