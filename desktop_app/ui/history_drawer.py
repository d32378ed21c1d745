"""The drawer of 群发记录: what is known of one send, what can be done now, and its story."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QSizePolicy, QWidget

from desktop_app.job import Job
from desktop_app.store.outbox import OutboxRow, State, StoryLine
from desktop_app.ui import story, theme
from desktop_app.ui.chips import ChipLabel, status_look
from desktop_app.ui.connection_watch import open_admin_site
from desktop_app.ui.context import Context
from desktop_app.ui.history_advice import Advice, Figure, advice_for, figures
from desktop_app.ui.history_model import can_refresh
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.timeline import Timeline, TimelineEvent
from desktop_app.ui.widgets import (
    Surface,
    button,
    card,
    hbox,
    hline,
    icon_button,
    label,
    scroll,
    vbox,
    vline,
)

WIDTH = 408
LINES_SHOWN = 60
"""Of a long story the newest lines; a button brings the others."""
BATCHES_SHOWN = 20
TICK_MS = 20_000
"""How often sentences that count minutes are said anew."""


class Section(QWidget):
    """A part of the drawer that is built again only when what it shows has changed: nothing flickers or jumps."""

    def __init__(self, space_above: int = 0) -> None:
        super().__init__()
        self._key: Hashable = None
        self.column = vbox(spacing=0, margins=(0, space_above, 0, 0))
        self.setLayout(self.column)
        self.hide()

    def show_content(self, key: Hashable, build: Callable[[], QWidget | None]) -> None:
        """Put what ``build`` makes in place, unless ``key`` is the one that is shown; None hides the section."""
        if key == self._key:
            return
        self._key = key
        focus = QApplication.focusWidget()
        name = focus.objectName() if focus is not None and self.isAncestorOf(focus) else ""
        while (item := self.column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        made = build()
        self.setVisible(made is not None)
        if made is not None:
            self.column.addWidget(made)
            again = made.findChild(QPushButton, name) if name else None
            if again is not None:
                again.setFocus(Qt.FocusReason.OtherFocusReason)


class _Content(QWidget):
    """What scrolls in the drawer. Sections that move leave pixels behind unless all of it is painted anew."""

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.update()
        return done


class HistoryDrawer(Surface):
    """Shows one row. It asks for things by signal and changes nothing itself."""

    closed = Signal()
    refresh_wanted = Signal(int)
    copy_wanted = Signal(int)
    delete_wanted = Signal(int)
    resume_wanted = Signal(int)
    cancel_wanted = Signal(int)
    resubmit_wanted = Signal(int)
    mark_wanted = Signal(int)
    secret_wanted = Signal(int)
    quota_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self._context = context
        self._row: OutboxRow | None = None
        self._lines: list[StoryLine] = []
        self._all_lines = False
        self._question = 0
        self.setFixedWidth(WIDTH)
        self.setObjectName("history.drawer")
        self.setAccessibleName(self.tr("群发详情"))
        self._scroll = scroll(self._content(), "history.detail")
        self.setLayout(
            hbox(
                vline(),
                vbox(self._header(), hline(), self._scroll, hline(), self._footer(), spacing=0),
                spacing=0,
            )
        )
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_sentences)

    # --- building ---

    def _header(self) -> QWidget:
        self._title = ElidedLabel("", "body.l", bold=True)
        self._chip = ChipLabel("", "gray", "clock")
        self.close_button = icon_button("close", self.tr("关闭"), "history.close", "Esc")
        self.close_button.clicked.connect(self.closed)
        header = QWidget()
        header.setFixedHeight(theme.px(56))
        row = hbox(self._title, 8, self._chip, self.close_button, spacing=8, margins=(20, 0, 12, 0))
        row.setStretchFactor(self._title, 1)
        header.setLayout(row)
        return header

    def _content(self) -> QWidget:
        self._figures, self._advice = Section(), Section(16)
        self._story, self._facts = Section(20), Section(20)
        self._timeline = Timeline()
        self._earlier = button("", "link", name="history.earlier")
        self._earlier.clicked.connect(self._show_all_lines)
        self._earlier.hide()
        told = QWidget()
        told.setLayout(vbox(label(self.tr("经过"), bold=True), hbox(self._earlier, None), self._timeline, spacing=8))
        self._story.show_content("story", lambda: told)
        inner = _Content()
        inner.setLayout(
            vbox(self._figures, self._advice, self._story, self._facts, None, spacing=0, margins=(20, 16, 20, 16))
        )
        return inner

    def _footer(self) -> QWidget:
        self._refresh = button(self.tr("刷新状态"), icon="refresh", name="history.refresh_one")
        self._copy = button(self.tr("复制为新群发"), icon="duplicate", name="history.copy")
        self._delete = button(self.tr("删除"), "danger", icon="delete", name="history.delete")
        self._refresh.clicked.connect(lambda: self._ask(self.refresh_wanted))
        self._copy.clicked.connect(lambda: self._ask(self.copy_wanted))
        self._delete.clicked.connect(lambda: self._ask(self.delete_wanted))
        footer = QWidget()
        footer.setFixedHeight(theme.px(56))
        footer.setLayout(hbox(self._refresh, self._copy, None, self._delete, margins=(20, 0, 20, 0)))
        return footer

    # --- what it shows ---

    @property
    def row(self) -> OutboxRow | None:
        """The send that is shown."""
        return self._row

    def show_row(self, row: OutboxRow) -> None:
        """Show a send, or the same one as it is now; its story is read in a task."""
        other = self._row is None or self._row.id != row.id
        self._row = row
        if other:
            self._lines, self._all_lines = [], False
            self._show_story()
            self._scroll.verticalScrollBar().setValue(0)
        self._title.setText(row.title)
        look = status_look(story.CHIP[row.state])
        self._chip.set_chip(story.state_text(row.state), look.tone, look.icon)
        self._refresh.setEnabled(can_refresh(row))
        problem = story.delete_text(self._context.profile.sending.delete_problem(row))
        self._delete.setEnabled(not problem)
        self._delete.setToolTip(problem)
        self._delete.setAccessibleDescription(problem)
        self._show_sentences()
        key = (story.audience_text(row), *((b.client_msg_id, b.msg_id) for b in row.batches))
        self._facts.show_content(key, lambda: self._facts_box(row))
        self._read_story(row.id)

    def focus_first(self) -> None:
        """The button that solves it, or else the first one of the footer that can be used."""
        inside = self._advice.findChildren(QPushButton)
        for stop in (*inside, self._refresh, self._copy):
            if stop.isEnabled():
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _read_story(self, send_id: int) -> None:
        self._question += 1
        question = self._question

        def read(job: Job) -> list[StoryLine]:
            return self._context.profile.sending.story(send_id)

        def show(lines: list[StoryLine]) -> None:
            if question == self._question:
                self._lines = lines
                self._show_story()

        self._context.tasks.start("work", read, owner=self, on_done=show)

    def _show_sentences(self) -> None:
        """Numbers and advice: both may change by time alone."""
        row = self._row
        if row is None:
            return
        numbers = figures(row)
        self._figures.show_content(numbers, lambda: _figures_row(numbers))
        until = self._context.profile.sending.repeat_until(row)
        said = advice_for(row, self._context.now(), until)
        self._advice.show_content((row.id, said), lambda: None if said is None else self._advice_box(said))

    def _show_story(self) -> None:
        row = self._row
        lines = story.folded(self._lines)
        hidden = 0 if self._all_lines else max(0, len(lines) - LINES_SHOWN)
        self._earlier.setText(self.tr("显示较早的 {n} 条").format(n=hidden))
        self._earlier.setAccessibleName(self._earlier.text())
        self._earlier.setVisible(bool(hidden))
        shown = lines[hidden:]
        many = row is not None and len(row.batches) > 1
        clocks = story.story_clocks([line.at for line in shown], self._context.now())
        self._timeline.set_events([_event(line, clock, many) for line, clock in zip(shown, clocks, strict=True)])

    def _show_all_lines(self) -> None:
        self._all_lines = True
        self._show_story()

    def _advice_box(self, said: Advice) -> QWidget:
        gray = said.tone == "gray"
        made = card("bg.panel" if gray else f"{said.tone}.bg", "line" if gray else f"{said.tone}.line")
        head = Paragraph(said.title, bold=True, color="text" if gray else f"{said.tone}.text")
        column = vbox(head, spacing=6, margins=(16, 14, 16, 14))
        if said.text:
            column.addWidget(Paragraph(said.text, "caption", "text", line=18))
        if said.code:
            column.addWidget(label(said.code, "caption", "text.2", mono=True, selectable=True))
        for i, names in enumerate(said.buttons):
            column.addSpacing(0 if i else 4)
            column.addLayout(hbox(*(self._advice_button(name, said) for name in names), None))
        made.setLayout(column)
        made.setAccessibleName(f"{said.title} {said.text} {said.code}".strip())
        return made

    def _advice_button(self, name: str, said: Advice) -> QPushButton:
        text, kind, icon = {
            "resume": (self.tr("继续发送"), "primary", ""),
            "cancel": (self.tr("取消发送"), "plain", ""),
            "resubmit": (self.tr("用同一编号再提交"), "primary", ""),
            "mark": (self.tr("我来标记结果"), "plain", ""),
            "site": (self.tr("打开公众平台核对"), "plain", "open-external"),
            "secret": (self.tr("输入 AppSecret"), "primary", ""),
            "quota": (self.tr("更正剩余次数"), "plain", ""),
            "copy_ip": (self.tr("复制 IP"), "plain", "copy"),
            "copy_error": (self.tr("复制错误详情"), "plain", "copy"),
        }[name]
        made = button(text, kind, dim="small", icon=icon, name=f"history.{name}")
        made.clicked.connect(lambda: self._press(name, said))
        return made

    def _press(self, name: str, said: Advice) -> None:
        row = self._row
        if row is None:
            return
        match name:
            case "site":
                open_admin_site()
            case "copy_ip":
                QGuiApplication.clipboard().setText(str(row.reason_args.get("ip", "")))
            case "copy_error":
                QGuiApplication.clipboard().setText(_error_details(row, said))
            case _:
                self._ask(
                    {
                        "resume": self.resume_wanted,
                        "cancel": self.cancel_wanted,
                        "resubmit": self.resubmit_wanted,
                        "mark": self.mark_wanted,
                        "secret": self.secret_wanted,
                        "quota": self.quota_wanted,
                    }[name]
                )

    def _facts_box(self, row: OutboxRow) -> QWidget:
        """Numbers that somebody at WeChat's support would ask for."""
        made = card("bg.panel")
        facts = [(self.tr("受众"), story.audience_text(row), False)]
        for batch in row.batches[:BATCHES_SHOWN]:
            one = len(row.batches) == 1
            name = self.tr("防重编号") if one else self.tr("第 {n} 批编号").format(n=batch.number)
            facts.append((name, batch.client_msg_id, True))
            if batch.msg_id is not None:
                facts.append(("msg_id", str(batch.msg_id), True))
        rows = vbox(spacing=6, margins=(12, 10, 12, 10))
        for name, value, mono in facts:
            left = label(name, "caption", "text.2")
            left.setFixedWidth(theme.px(72))
            right = label(value, "caption", "text", mono=mono, selectable=True, wrap=not mono)
            right.setAccessibleName(f"{name}：{value}")
            right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            line = hbox(left, right, spacing=8)
            line.setStretchFactor(right, 1)
            rows.addLayout(line)
        if (more := len(row.batches) - BATCHES_SHOWN) > 0:
            rows.addWidget(label(self.tr("还有 {n} 批").format(n=more), "caption", "text.2"))
        made.setLayout(rows)
        return made

    # --- events ---

    def _ask(self, signal: SignalInstance) -> None:
        if self._row is not None:
            signal.emit(self._row.id)

    def setVisible(self, visible: bool) -> None:
        super().setVisible(visible)
        if visible:
            self._tick.start()
        else:
            self._tick.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)


def _event(line: StoryLine, clock: str, many: bool) -> TimelineEvent:
    said = StoryLine(line.at, line.code, {**line.args, "many": many}, line.batch_number)
    text, detail, tone = story.story_text(said)
    return TimelineEvent(tone, text, clock, detail)


def _figures_row(numbers: Sequence[Figure]) -> QWidget:
    made = QWidget()
    columns = []
    for number in numbers:
        value = label(number.value, "title.2", number.color)
        value.setAccessibleName(f"{number.name} {number.value}")
        columns.append(vbox(label(number.name, "caption", "text.2"), value, spacing=0))
    made.setLayout(hbox(*columns, None, spacing=40))
    return made


def _error_details(row: OutboxRow, said: Advice) -> str:
    failed = next((batch for batch in row.batches if batch.state is State.FAILED), row.batches[0])
    parts = [said.title, said.text, failed.reason]
    parts += [f"{name}: {value}" for name, value in failed.reason_args.items()]
    parts.append(f"clientmsgid: {failed.client_msg_id}")
    return "\n".join(part for part in parts if part)
