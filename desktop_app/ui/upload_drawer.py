"""The drawer of uploads: every file under way over the right side of the page, whatever page began it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.ui import theme
from desktop_app.ui.announce import announce
from desktop_app.ui.context import Context
from desktop_app.ui.mending import mend, mend_all
from desktop_app.ui.motion import motion
from desktop_app.ui.paint import float_shadow, painter
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.transfer_words import sentence
from desktop_app.ui.units import size_text
from desktop_app.ui.upload_rows import UploadList
from desktop_app.ui.widgets import Surface, button, hbox, hline, icon_button, label, vbox, vline
from desktop_app.workers.transfer import BODY, CUT, LIBRARY, Stage, Totals, Transfer

WIDTH = 456
SHADOW = 24
HEAD = 84
SLIDE_MS = 180
REFRESH_MS = 100
OPENS_FOR = 5
"""So many files at once are worth a look; fewer show in their own form."""
BURST_MS = 50
"""They belong to one drop; the form that shows them comes first."""


class UploadDrawer(QWidget):
    """A child of ``area`` between ``head`` pixels at its top and ``foot`` at its bottom, at its right edge."""

    totals_changed = Signal(object)
    """Totals, at most ten times a second."""

    def __init__(self, context: Context, area: QWidget, head: int = 56, foot: int = 36) -> None:
        super().__init__(area)
        self._context, self._transfers = context, context.transfers
        self._area, self._head, self._foot = area, head, foot
        self._opener: QWidget | None = None
        self._burst = 0
        self._was_busy = False
        self.setObjectName("uploads.drawer")
        self.setAccessibleName(self.tr("上传的文件"))
        self._build()
        self._slide = QPropertyAnimation(self, b"geometry", self)
        self._slide.setDuration(SLIDE_MS)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_MS)
        self._soon.timeout.connect(self._refresh)
        self._burst_over = QTimer(self)
        self._burst_over.setSingleShot(True)
        self._burst_over.timeout.connect(self._end_burst)
        self._transfers.added.connect(self._added)
        self._transfers.changed.connect(self._changed)
        self._transfers.removed.connect(lambda _: self._refresh_soon())
        area.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        self._title = ElidedLabel("", "title.3", bold=True)
        self._all = button(self.tr("全部处理"), dim="small", name="uploads.mend_all")
        self._stop = button("", "ghost", dim="small", name="uploads.stop_all")
        close = icon_button("close", self.tr("收起"), "uploads.close", "Esc")
        self._bar = ProgressLine(self.tr("全部文件"))
        self._counts = label("", "caption", "text.2")
        self._problems = label("", "caption", "red.text")
        self._sizes = label("", "caption", "text.2")
        title = hbox(self._title, self._all, self._stop, close, spacing=8)
        title.setStretch(0, 1)
        counts = hbox(self._counts, self._problems, None, self._sizes, spacing=0)
        head = QWidget()
        head.setFixedHeight(theme.px(HEAD))
        head.setLayout(vbox(title, self._bar, counts, spacing=6, margins=(16, 8, 16, 8)))
        self._rows = UploadList(self._transfers, Thumbnails.shared(self._context.tasks))
        body = Surface("bg.surface")
        column = vbox(head, hline(), self._rows, spacing=0)
        column.setStretch(2, 1)
        inside = hbox(vline(), column, spacing=0)
        inside.setStretch(1, 1)
        body.setLayout(inside)
        self.setLayout(hbox(body, spacing=0, margins=(SHADOW, 0, 0, 0)))
        close.clicked.connect(self.close_drawer)
        self._stop.clicked.connect(self._stop_all)
        self._all.clicked.connect(self._mend_all)
        self._rows.action_wanted.connect(self._act)

    # Open and shut

    @property
    def is_open(self) -> bool:
        """Whether the drawer is on the screen."""
        return self.isVisible()

    def show_for(self, account_id: int, names: Mapping[int, str]) -> None:
        """This account is shown: files that go to another one say so. ``names`` of all accounts by id."""
        self._rows.show_for(account_id, names)

    def open_drawer(self, *, take_focus: bool = False) -> None:
        """Slide in. Focus moves only for a person who asked for the drawer."""
        if take_focus:
            self._opener = QApplication.focusWidget()
            self._rows.setFocus()
        if self.isVisible():
            return
        self._refresh()
        end = self._place()
        self.setGeometry(end.translated(end.width(), 0) if motion(SLIDE_MS) else end)
        self.raise_()
        self.show()
        if motion(SLIDE_MS):
            self._slide.setStartValue(self.geometry())
            self._slide.setEndValue(end)
            self._slide.start()
        if take_focus:
            self._rows.setFocus()

    def close_drawer(self) -> None:
        """Go away; the list stays as it is."""
        self._slide.stop()
        inside = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if inside and self._opener is not None:
            self._opener.setFocus()
        self._opener = None

    def toggle(self) -> None:
        """The activity bar was clicked."""
        if self.isVisible():
            self.close_drawer()
        else:
            self.open_drawer(take_focus=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_drawer()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._area and event.type() == QEvent.Type.Resize and self.isVisible():
            self._slide.stop()
            self.setGeometry(self._place())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            p.setClipRect(0, 0, SHADOW, self.height())
            float_shadow(p, QRectF(SHADOW, -SHADOW, self.width(), self.height() + 2 * SHADOW), 0)

    def _place(self) -> QRect:
        width = min(WIDTH + SHADOW, self._area.width())
        top, bottom = theme.px(self._head), theme.px(self._foot)
        return QRect(self._area.width() - width, top, width, self._area.height() - top - bottom)

    # What happens

    def _added(self, transfer: Transfer) -> None:
        self._refresh_soon()
        if transfer.stage == Stage.REFUSED:  # taken in elsewhere: only here it can be mended
            self.open_drawer()
            return
        self._burst += transfer.stage == Stage.READING
        self._burst_over.start(BURST_MS)

    def _end_burst(self) -> None:
        if self._burst >= OPENS_FOR:
            self.open_drawer()
        self._burst = 0

    def _changed(self, transfer: Transfer) -> None:
        self._refresh_soon()
        if transfer.needs_person and transfer.use in (BODY, LIBRARY):
            self.open_drawer()  # a message's form says it itself
        if transfer.stage == Stage.DONE or transfer.needs_person:
            announce(self, sentence(transfer), urgent=transfer.needs_person)

    def _refresh_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _refresh(self) -> None:
        if not self._transfers.items:  # for good, not only until the next batch takes the place of the last one
            self.close_drawer()
        totals = self._transfers.totals()
        self._show(totals)
        self.totals_changed.emit(totals)

    def _show(self, totals: Totals) -> None:
        self._title.setText(self.tr("上传 {n} 个文件").format(n=totals.count))
        self._stop.setText(self.tr("全部停止") if totals.busy else self.tr("清空列表"))
        self._stop.setVisible(totals.count > 0)
        self._show_all()
        ended = totals.done / totals.count if totals.count else 0.0
        self._bar.set_fraction(totals.fraction if totals.busy else ended)
        self._bar.set_state("done" if ended == 1.0 else "running")
        parts = [self.tr("{n} 个完成").format(n=totals.done)]
        if totals.running:
            parts.append(self.tr("{n} 个进行中").format(n=totals.running))
        if totals.waiting:
            parts.append(self.tr("{n} 个等待").format(n=totals.waiting))
        if totals.stopped:
            parts.append(self.tr("{n} 个没传完").format(n=totals.stopped))
        self._counts.setText(" · ".join(parts))
        problems = self.tr("{n} 个要处理").format(n=totals.problems)
        self._problems.setText(f" · {problems}" if totals.problems else "")
        before, after = size_text(totals.size_before), size_text(totals.size_after)
        self._sizes.setText(f"{before} → {after}" if totals.size_before > totals.size_after > 0 else before)

    def _show_all(self) -> None:
        """One button for what several rows have a button for."""
        again = self._left_off()
        stages = {each.stage for each in again}
        if self._mendable() or len(stages) != 1:
            self._all.setText(self.tr("全部处理"))
        else:
            self._all.setText(self.tr("全部继续") if Stage.STOPPED in stages else self.tr("全部重试"))
        self._all.setVisible(len(self._mendable()) + len(again) > 1)

    def _act(self, transfer: Transfer, action: str) -> None:
        if action == "mend":
            mend(self._context, self, transfer)
        elif action == "move":
            self._move(transfer)
        elif action in ("retry", "go_on"):
            self._transfers.retry(transfer)
        elif action == "stop":
            self._transfers.cancel(transfer)
        else:
            self._transfers.remove(transfer)

    def _move(self, transfer: Transfer) -> None:
        """Put a file into the form of its own kind; what was said about it goes, in the other form too."""
        move, kind = transfer.move, transfer.belongs_to
        self._transfers.remove(transfer)
        if move is not None:
            move(kind)

    def _mendable(self) -> list[Transfer]:
        """Files whose fix asks nothing."""
        return [each for each in self._transfers.items if each.fix and each.fix != CUT]

    def _left_off(self) -> list[Transfer]:
        """Files that only have to go up once more: stopped, or failed."""
        return [each for each in self._transfers.items if each.stage in (Stage.STOPPED, Stage.FAILED)]

    def _mend_all(self) -> None:
        again = self._left_off()
        if mendable := self._mendable():
            mend_all(self._context, self, mendable)
        for transfer in again:
            self._transfers.retry(transfer)

    def _stop_all(self) -> None:
        if self._transfers.totals().busy:
            self._transfers.cancel_all()
        else:
            self._transfers.clear_ended()
            self.close_drawer()
