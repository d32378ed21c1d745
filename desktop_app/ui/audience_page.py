"""Who gets it: everyone, one tag, or a list of openids; how many people that is, and what it costs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.services.account import Quota
from desktop_app.services.audience import Choice, TagList
from desktop_app.store.accounts import Account
from desktop_app.ui.audience_picker import RecentRow, TagPicker
from desktop_app.ui.audience_summary import AudienceSummary, problem_text
from desktop_app.ui.choice_card import ChoiceCard
from desktop_app.ui.compose_drops import list_targets
from desktop_app.ui.context import Context
from desktop_app.ui.drop_payload import Payload
from desktop_app.ui.drop_target import DropTarget
from desktop_app.ui.error_box import words
from desktop_app.ui.openid_list import LIST_SUFFIXES, OpenidPanel
from desktop_app.ui.openid_reader import OpenidReader
from desktop_app.ui.text import Paragraph
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import Surface, button, hbox, label, scroll, vbox, vline
from desktop_app.ui.window import shell
from desktop_app.workers.tasks import Task

KINDS = ("all", "tag", "openids")
MIN_WIDTH = 880  # the smallest window without its rail; said here because the side columns shrink only afterwards


class AudiencePage(Surface):
    """The second step. It keeps one choice per account until the message was sent."""

    title = ""
    step: int | None = 1
    next_wanted = Signal()
    back_wanted = Signal()
    preview_wanted = Signal()
    """A list of one person: only a preview can reach one."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("bg.surface", parent)
        self.setObjectName("audience")
        self._context = context
        self._account: Account | None = None
        self._kind = ""
        self._tags: TagList | None = None
        self._quota: Quota | None = None
        self._recent: tuple[Choice, ...] = ()
        self._tag_task: Task | None = None
        self._build()
        self._connect()
        self._show()

    # --- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._back = button(self.tr("上一步"), "ghost", icon="chevron-left", name="audience.back")
        self._next = button(
            self.tr("下一步：确认发送"), "primary", icon="chevron-right", name="audience.next", icon_right=True
        )
        self.cards = {
            "all": ChoiceCard(self.tr("全部粉丝"), name="audience.all"),
            "tag": ChoiceCard(self.tr("按标签"), name="audience.tag"),
            "openids": ChoiceCard(self.tr("指定名单"), name="audience.list"),
        }
        self._group = QButtonGroup(self)
        for each in self.cards.values():
            self._group.addButton(each)
        self.tags = TagPicker()
        self.list = OpenidPanel()
        self.reader = OpenidReader(self._context.tasks, self._context.profile.audiences, self.list)
        self.summary = AudienceSummary()
        self._everyone = Paragraph("", "body", "text.2")
        everyone = QWidget()
        everyone.setLayout(vbox(self._everyone, None))
        self._middle = QStackedWidget()
        for page in (everyone, self.tags, self.list):
            self._middle.addWidget(page)
        self._recent_title = label(self.tr("最近用过"), "caption", "text.2", bold=True)
        self._recent_rows: QVBoxLayout = vbox(spacing=0)
        left = vbox(
            label(self.tr("发给谁"), "title.3"),
            8,
            *self.cards.values(),
            16,
            self._recent_title,
            self._recent_rows,
            None,
            spacing=8,
        )
        self._left_inner = QWidget()
        self._left_inner.setLayout(left)
        right_inner = QWidget()
        self._right_layout = vbox(self.summary)
        right_inner.setLayout(self._right_layout)
        self._left_side, self._right_side = Surface("bg.panel"), Surface("bg.panel")
        self._left_side.setLayout(vbox(scroll(self._left_inner), spacing=0))
        self._right_side.setLayout(vbox(scroll(right_inner), spacing=0))
        middle = QWidget()
        self._middle_layout = vbox(self._middle)
        middle.setLayout(self._middle_layout)
        row = hbox(self._left_side, vline(), middle, vline(), self._right_side, spacing=0)
        row.setStretch(2, 1)
        self.setLayout(row)
        self.setMinimumWidth(MIN_WIDTH)
        self._fit()

    def _connect(self) -> None:
        self._back.clicked.connect(self.back_wanted)
        self._next.clicked.connect(self.go_next)
        for kind, each in self.cards.items():
            each.toggled.connect(lambda on, k=kind: self._choose_kind(k) if on else None)
        self.tags.changed.connect(self._show)
        self.tags.refresh_wanted.connect(self.refresh)
        self.list.mime_given.connect(self.take_mime)
        self.list.choose_wanted.connect(self._choose_file)
        self.list.paste_wanted.connect(self._paste)
        self.reader.changed.connect(self._show)
        self.summary.preview_wanted.connect(self.preview_wanted)

    # --- what the window asks -----------------------------------------------------------------------------------

    def top_actions(self) -> list[QWidget]:
        """上一步 and 下一步."""
        return [self._back, self._next]

    def set_account(self, account: Account) -> None:
        """Show this account's tags and recent audiences; another account's choice is forgotten."""
        other = self._account is None or self._account.id != account.id
        self._account = account
        if other:
            self._forget_choice()
        self._say_account(account)
        self._load(refresh=False)
        self._show()

    def focus_first(self) -> None:
        """Put the keyboard on the choice; counts and quota may have changed since the last visit."""
        if self._account is not None:
            self._load(refresh=False)
        self.cards[self._kind or "all"].setFocus()

    def search(self) -> None:
        """Ctrl F."""
        self.cards["tag"].setChecked(True)
        self.tags.search.setFocus()

    def refresh(self) -> None:
        """F5: ask WeChat for tags and counts now."""
        self._load(refresh=True)

    def choice(self) -> Choice | None:
        """Who was chosen; None while nothing is, or while a list is being read."""
        if self._kind == "all":
            people = self._tags.followers if self._tags else None
            return Choice(type="all", name=self.tr("全部粉丝"), people=people)
        if self._kind == "tag":
            tag = self.tags.chosen()
            return Choice(type="tag", tag_id=tag.id, name=tag.name, people=tag.people) if tag else None
        if self._kind == "openids" and self.reader.found is not None:
            valid = self.reader.found.valid
            return Choice(type="openids", name=self.reader.name, openids=valid, people=len(valid))
        return None

    def problem(self) -> str:
        """The code of what keeps the choice from being sent to; empty when nothing does."""
        choice = self.choice()
        if choice is None or self._account is None:
            return "audience.none"
        return self._context.profile.audiences.problem(choice, self._account)

    def go_next(self) -> None:
        """To the review, or say what is missing."""
        problem = self.problem()
        if problem:
            shell(self).toast(problem_text(problem), "warning", "amber")
        else:
            self.next_wanted.emit()

    def take_files(self, paths: list[str]) -> None:
        """A dropped or chosen table becomes the list."""
        path = next((Path(p) for p in paths if Path(p).suffix.lower() in LIST_SUFFIXES), None)
        if self._list_refused():
            return
        self.cards["openids"].setChecked(True)
        if path is None:
            self.list.show_problem(self.tr("名单要用 CSV、Excel（.xlsx）或文本文件"))
            return
        audiences = self._context.profile.audiences
        self.reader.read(lambda job: audiences.read_file(path, job))

    def drop_targets(self, payload: Payload) -> list[DropTarget]:
        """A table that hovers over the window may become the list; what else does is no business of this page."""
        service = self._account is not None and self._account.kind == "service"
        refusal = "" if service else problem_text("audience.subscription_list")
        return list_targets(payload, LIST_SUFFIXES, lambda dropped: self.take_files(list(dropped.files)), refusal)

    def take_mime(self, mime: QMimeData) -> bool:
        """Pasted or dropped files or text; False when there is nothing to read a list from."""
        paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        text = mime.text()
        if paths:
            self.take_files(paths)
        elif text.strip() and not self._list_refused():
            self.cards["openids"].setChecked(True)
            audiences = self._context.profile.audiences
            self.reader.read(lambda job: audiences.read_text(text))
        return bool(paths or text.strip())

    def forget_choice(self) -> None:
        """After a send: the next message asks again who gets it."""
        self._forget_choice()
        self._show()

    # --- tags, quota, recent ------------------------------------------------------------------------------------

    def _say_account(self, account: Account) -> None:
        service = account.kind == "service"
        self.cards["all"].set_texts(
            subtitle=self.tr("会出现在公众号主页，每月 4 次") if service else self.tr("每天 1 次，和按标签合计")
        )
        self.cards["tag"].set_texts(
            subtitle=self.tr("只发给有这个标签的粉丝") if service else self.tr("选一个标签，占当天 1 次")
        )
        self.cards["openids"].set_texts(
            subtitle=self.tr("粘贴或导入 OpenID") if service else problem_text("audience.subscription_list")
        )
        self.cards["openids"].setEnabled(service)
        if not service and self._kind == "openids":
            self.forget_choice()

    def _load(self, refresh: bool) -> None:
        account = self._account
        if account is None:
            return
        profile = self._context.profile
        if self._tag_task is not None:
            self._tag_task.cancel()

        def local(job: Job) -> tuple[TagList | None, Quota, tuple[Choice, ...]]:
            cached = profile.audiences.cached_tags(account.id)
            return cached, profile.accounts.quota(account.id), profile.audiences.recent(account.id)

        def ask(job: Job) -> TagList:
            return profile.audiences.tags(account.id, job, refresh=refresh)

        start = self._context.tasks.start
        start("work", local, owner=self, on_done=lambda known: self._show_local(account.id, *known))
        self.tags.show_busy(True)
        self._tag_task = start(
            "work",
            ask,
            owner=self,
            on_done=lambda tags: self._show_tags(account.id, tags),
            on_error=lambda error: self._tags_failed(account.id, error),
        )

    def _show_local(self, account_id: int, cached: TagList | None, quota: Quota, recent: tuple[Choice, ...]) -> None:
        if self._account is None or self._account.id != account_id:
            return
        self._quota = quota
        if cached is not None and (self._tags is None or cached.updated_at > self._tags.updated_at):
            self._use_tags(cached)
        if recent != self._recent:
            self._recent = recent
            self._show_recent()
        self._show()

    def _show_tags(self, account_id: int, tags: TagList) -> None:
        if self._account is None or self._account.id != account_id:
            return
        self.tags.show_busy(False)
        self._use_tags(tags)
        self._show()

    def _use_tags(self, tags: TagList) -> None:
        self._tags = tags
        self.tags.show_tags(tags)
        self.cards["all"].set_texts(right_text=count_text(tags.followers))
        self.cards["tag"].set_texts(right_text=self.tr("{n} 个标签").format(n=len(tags.tags)))

    def _tags_failed(self, account_id: int, error: AppError) -> None:
        if self._account is not None and self._account.id == account_id:
            self.tags.show_busy(False)
            self.tags.show_problem(words(error).line)

    def _show_recent(self) -> None:
        while item := self._recent_rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for i, choice in enumerate(self._recent[:5]):
            self._recent_rows.addWidget(self._recent_row(i, choice))
        self._recent_title.setVisible(bool(self._recent))

    def _recent_row(self, number: int, choice: Choice) -> QPushButton:
        row = RecentRow(choice.name, "" if choice.people is None else count_text(choice.people))
        row.setObjectName(f"audience.recent.{number}")
        row.clicked.connect(lambda: self.use_choice(choice))
        return row

    def use_choice(self, choice: Choice) -> None:
        """Take an audience that was used before; a tag's count is today's."""
        if choice.type == "openids":
            if self._list_refused():
                return
            audiences = self._context.profile.audiences
            text = "\n".join(choice.openids)
            self.cards["openids"].setChecked(True)
            self.reader.read(lambda job: dataclasses.replace(audiences.read_text(text), name=choice.name))
            return
        self.cards[choice.type].setChecked(True)
        if choice.type == "tag":
            self.tags.choose(choice.tag_id)
        self._show()

    # --- the list -----------------------------------------------------------------------------------------------

    def _list_refused(self) -> bool:
        """A 订阅号 cannot send to a list: say so instead of reading one."""
        if self.cards["openids"].isEnabled():
            return False
        shell(self).toast(problem_text("audience.subscription_list"), "warning", "amber")
        return True

    def _choose_file(self) -> None:
        folder = self._context.settings.current.last_folder
        kinds = " ".join(f"*{suffix}" for suffix in LIST_SUFFIXES)
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("选择名单"), folder, self.tr("名单（{kinds}）").format(kinds=kinds)
        )
        if path:
            settings, last = self._context.settings, str(Path(path).parent)
            self._context.tasks.start("work", lambda job: settings.change(last_folder=last))
            self.take_files([path])

    def _paste(self) -> None:
        if not self.take_mime(QGuiApplication.clipboard().mimeData()):
            self.list.show_problem(self.tr("剪贴板里没有文字或文件"))

    # --- showing ------------------------------------------------------------------------------------------------

    def _choose_kind(self, kind: str) -> None:
        self._kind = kind
        self._middle.setCurrentIndex(KINDS.index(kind))
        self._show()

    def _forget_choice(self) -> None:
        self._group.setExclusive(False)
        for each in self.cards.values():
            each.setChecked(False)
        self._group.setExclusive(True)
        self._kind = ""
        self._tags = self._quota = None
        self._recent = ()
        self.tags.choose(None)
        self.tags.show_tags(None)
        self.reader.clear()
        self._show_recent()
        self._middle.setCurrentIndex(0)

    def _show(self) -> None:
        account = self._account
        if account is None:
            return
        choice, problem = self.choice(), self.problem()
        found = self.reader.found if self._kind == "openids" else None
        self.summary.show_choice(account, choice, self._quota, problem, found)
        self._next.setEnabled(not problem)
        self._next.setToolTip(problem_text(problem))
        self._everyone.setText(self._everyone_text(account))

    def _everyone_text(self, account: Account) -> str:
        if self._kind != "all":
            return self.tr("在左边选这次发给谁。")
        if account.kind == "service":
            return self.tr("所有关注了「{name}」的人都会收到，消息会出现在公众号主页。").format(name=account.name)
        return self.tr("所有关注了「{name}」的人都会收到。").format(name=account.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """288 | flexible | 328, narrower sides where the window is small."""
        wide = self.width() >= 1100
        side = 24 if wide else 16
        self._left_side.setFixedWidth(288 if wide else 224)
        self._right_side.setFixedWidth(328 if wide else 236)
        inner = self._left_inner.layout()
        if inner is not None:
            inner.setContentsMargins(side - 2, 24, side - 8, 24)
        self._right_layout.setContentsMargins(side, 24, side, 24)
        self._middle_layout.setContentsMargins(side, 24, side, 24)
