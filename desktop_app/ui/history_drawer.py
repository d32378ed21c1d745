"""The drawer of 群发记录: what is known of one send, what can be done now, and its story."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop_app.job import Job
from desktop_app.store.outbox import OutboxRow, State, StoryLine
from desktop_app.ui import story, theme
from desktop_app.ui.chips import ChipLabel, status_look
from desktop_app.ui.connection_watch import open_admin_site
from desktop_app.ui.context import Context
from desktop_app.ui.story import story_text
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.timeline import Timeline, TimelineEvent
from desktop_app.ui.units import left_text
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

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self._context = context
        self._row: OutboxRow | None = None
        self.setFixedWidth(WIDTH)
        self.setObjectName("history.drawer")
        self.setAccessibleName(self.tr("群发详情"))
        self._title = ElidedLabel("", "body.l", bold=True)
        self._chip = ChipLabel("", "gray", "clock")
        close = icon_button("close", self.tr("关闭"), "history.close", "Esc")
        close.clicked.connect(self.closed)
        header = QWidget()
        header.setFixedHeight(theme.px(56))
        header.setLayout(hbox(self._title, 8, self._chip, close, spacing=8, margins=(20, 0, 12, 0)))
        self._body = QVBoxLayout()
        self._body.setContentsMargins(20, 16, 20, 16)
        self._body.setSpacing(0)
        inner = QWidget()
        inner.setLayout(self._body)
        self.setLayout(
            hbox(
                vline(),
                vbox(header, hline(), scroll(inner, "history.detail"), hline(), self._footer(), spacing=0),
                spacing=0,
            )
        )

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

    def _ask(self, signal: SignalInstance) -> None:
        if self._row is not None:
            signal.emit(self._row.id)

    @property
    def row(self) -> OutboxRow | None:
        """The send that is shown."""
        return self._row

    def show_row(self, row: OutboxRow) -> None:
        """Show a send; its story is read in a task."""
        self._row = row
        self._title.setText(row.title)
        look = status_look(story.CHIP[row.state])
        self._chip.set_chip(story.state_text(row.state), look.tone, look.icon)
        self._refresh.setEnabled(row.state in (State.ACCEPTED, State.WAITING_ADMIN))
        problem = self._delete_problem(row)
        self._delete.setEnabled(not problem)
        self._delete.setToolTip(problem)
        self._delete.setAccessibleDescription(problem)

        def read(job: Job) -> list[StoryLine]:
            return list(self._context.profile.sending.story(row.id))

        self._context.tasks.start("work", read, owner=self, on_done=lambda lines: self._fill(row, lines))

    def _delete_problem(self, row: OutboxRow) -> str:
        """Why it cannot be deleted; empty if it can."""
        if row.kind not in ("news", "video"):
            return self.tr("这种消息发出后不能删除")
        return "" if row.state is State.SUCCEEDED else self.tr("发送成功之后才能删除")

    # --- the body ---

    def _fill(self, row: OutboxRow, lines: list[StoryLine]) -> None:
        if self._row is None or self._row.id != row.id:
            return
        while (item := self._body.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        self._body.addWidget(self._numbers(row))
        advice = self._advice(row)
        if advice is not None:
            self._body.addSpacing(16)
            self._body.addWidget(advice)
        self._body.addSpacing(20)
        self._body.addWidget(label(self.tr("经过"), bold=True))
        self._body.addSpacing(8)
        many = len(row.batches) > 1
        events = []
        for line in lines:
            said = StoryLine(line.at, line.code, {**line.args, "many": many}, line.batch_number)
            text, detail, tone = story_text(said)
            events.append(TimelineEvent(tone, text, story.second_clock(line.at), detail))
        self._body.addWidget(Timeline(events))
        self._body.addSpacing(20)
        self._body.addWidget(self._facts(row))
        self._body.addStretch(1)

    def _numbers(self, row: OutboxRow) -> QWidget:
        made = QWidget()
        columns = [(self.tr("目标"), story.people_text(row.people), "text")]
        columns.append((self.tr("已由微信受理"), story.people_text(row.people_accepted), "text"))
        if row.people_failed:
            columns.append((self.tr("没发出"), story.people_text(row.people_failed), "red.text"))
        boxes = []
        for name, value, color in columns:
            boxes.append(vbox(label(name, "caption", "text.2"), label(value, "title.2", color), spacing=0))
        made.setLayout(hbox(*boxes, None, spacing=40))
        return made

    def _facts(self, row: OutboxRow) -> QWidget:
        """Numbers that somebody at WeChat's support would ask for."""
        made = card("bg.panel")
        rows = QVBoxLayout()
        rows.setContentsMargins(12, 10, 12, 10)
        rows.setSpacing(6)
        facts = [(self.tr("受众"), story.audience_text(row), False)]
        for batch in row.batches[:20]:
            name = self.tr("防重编号") if len(row.batches) == 1 else self.tr("第 {n} 批编号").format(n=batch.number)
            facts.append((name, batch.client_msg_id, True))
            if batch.msg_id is not None:
                facts.append(("msg_id", str(batch.msg_id), True))
        for name, value, mono in facts:
            left = label(name, "caption", "text.3")
            left.setFixedWidth(84)
            right = label(value, "caption", "text.2", mono=mono, selectable=True, wrap=True)
            right.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            rows.addLayout(hbox(left, right))
        made.setLayout(rows)
        return made

    def _advice(self, row: OutboxRow) -> QWidget | None:
        """What happened and what to do next, with the buttons for it; None if nothing is to be done."""
        builder = {
            State.UNSURE: self._unsure,
            State.FAILED: self._failed,
            State.PARTLY_FAILED: self._failed,
            State.WAITING_ADMIN: self._admin,
            State.QUEUED: self._queued,
            State.ACCEPTED: self._accepted,
        }.get(row.state)
        return builder(row) if builder else None

    def _box(self, tone: str, title: str, text: str, code: str, *buttons: QWidget) -> QWidget:
        fill, line = ("bg.panel", "line") if tone == "gray" else (f"{tone}.bg", f"{tone}.line")
        made = card(fill, line)
        head = Paragraph(title, bold=True, color="text" if tone == "gray" else f"{tone}.text")
        column = vbox(head, Paragraph(text, "caption", "text.2", line=18), spacing=6, margins=(16, 14, 16, 14))
        if code:
            column.addWidget(label(code, "caption", "text.3", mono=True, selectable=True))
        if buttons:
            column.addSpacing(4)
            column.addLayout(hbox(*buttons, None))
        made.setLayout(column)
        return made

    def _act(self, text: str, signal: SignalInstance, name: str, kind: str = "plain") -> QWidget:
        made = button(text, kind, dim="small", name=f"history.{name}")
        made.clicked.connect(lambda: self._ask(signal))
        return made

    def _site(self) -> QWidget:
        made = button(self.tr("打开公众平台核对"), "plain", dim="small", icon="open-external", name="history.site")
        made.clicked.connect(open_admin_site)
        return made

    def _unsure(self, row: OutboxRow) -> QWidget:
        sending = self._context.profile.sending
        until = sending.repeat_until(row)
        left = (until or 0) - self._context.now()
        mark = self._act(self.tr("我来标记结果"), self.mark_wanted, "mark")
        text = self.tr("没等到微信的答复。先别重新写一条来发，可能会发两次。")
        if until is None or left <= 0:
            text += self.tr("已超过 23 小时，同一编号不再防重。请先在公众平台核对。")
            return self._box("amber", self.tr("不确定有没有发出去"), text, "", self._site(), mark)
        text += self.tr("用同一编号再提交：上次若已发出，微信会拒绝并告诉我们 msg_id。安全重试还剩 {left}。").format(
            left=left_text(left)
        )
        again = self._act(self.tr("用同一编号再提交"), self.resubmit_wanted, "resubmit", "primary")
        box = self._box("amber", self.tr("不确定有没有发出去"), text, "", again)
        layout = box.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(hbox(self._site(), mark, None))
        return box

    def _failed(self, row: OutboxRow) -> QWidget:
        said = story.reason_text(row.reason, row.reason_args)
        copy = button(self.tr("复制错误详情"), "link", name="history.copy_error")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"{said.title} {said.advice} {said.code}"))
        failed = [batch for batch in row.batches if batch.state is State.FAILED]
        if failed and failed[0].msg_id is not None:
            title = self.tr("微信报告发送失败")
            text = self.tr("SEND_FAIL，没有说原因。是否占用次数请在公众平台查看。")
            if failed[0].reason == "admin":
                text = self.tr("管理员拒绝，或 30 分钟内没有确认（微信不说是哪一种）。")
            return self._box("red", title, text, "", self._site())
        if row.state is State.PARTLY_FAILED:
            title = self.tr("第 {n} 批没有发出：{why}").format(n=failed[0].number if failed else 1, why=said.title)
            return self._box(
                "amber", title, self.tr("其他批不受影响，也不会重复发送。") + said.advice, said.code, copy
            )
        text = self.tr("微信拒收了这条消息，没有人收到，也没有消耗次数。") + f"\n{said.title}。{said.advice}"
        return self._box("red", self.tr("没有发出去"), text, said.code, copy)

    def _admin(self, row: OutboxRow) -> QWidget:
        text = self.tr("等管理员在微信里确认，{left}。过时或拒绝，这次群发就失败。").format(
            left=story.admin_text(row, self._context.now())
        )
        return self._box("amber", self.tr("待管理员确认"), text, "")

    def _queued(self, row: OutboxRow) -> QWidget | None:
        cancel = self._act(self.tr("取消发送"), self.cancel_wanted, "cancel")
        if not row.waits_for_person:
            if not row.reason:
                return self._box("gray", self.tr("排队中"), self.tr("还没有离开这台电脑，可以取消。"), "", cancel)
            said = story.reason_text(row.reason, row.reason_args)
            return self._box("gray", said.title, said.advice, said.code, cancel)
        said = story.reason_text(row.reason, row.reason_args)
        if row.reason == "secret.needed":
            go = self._act(self.tr("输入 AppSecret"), self.secret_wanted, "secret", "primary")
        else:
            go = self._act(self.tr("继续发送"), self.resume_wanted, "resume", "primary")
        return self._box("amber", said.title, said.advice, said.code, go, cancel)

    def _accepted(self, row: OutboxRow) -> QWidget | None:
        if row.msg_id is not None:
            return None
        mark = self._act(self.tr("我来标记结果"), self.mark_wanted, "mark")
        text = self.tr("微信说这一条已经受理过，但没有给出 msg_id，查不到结果。请在公众平台核对。")
        return self._box("amber", self.tr("结果要人工核对"), text, "", self._site(), mark)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
