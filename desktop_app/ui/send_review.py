"""The right side of the review: account, content, audience, checks, upload, test preview, options, details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QLayout, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.services.account import Quota
from desktop_app.services.audience import Choice
from desktop_app.services.composing import Check, LastPreview
from desktop_app.services.profile import Profile
from desktop_app.store.accounts import Account
from desktop_app.store.caches import MediaFile
from desktop_app.ui import theme
from desktop_app.ui.account_switcher import paint_avatar
from desktop_app.ui.audience_summary import batch_sizes
from desktop_app.ui.chips import ChipLabel
from desktop_app.ui.error_box import words
from desktop_app.ui.flow import Flow
from desktop_app.ui.news_check_words import any_words
from desktop_app.ui.paint import painter
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.quota_change import QuotaChange
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.units import clock_text, count_text, translated_kind
from desktop_app.ui.widgets import IconLabel, button, hbox, hline, label, set_button, vbox

LABEL_WIDTH = 80


@dataclass(frozen=True)
class Review:
    """What the review knows beside the choice: gathered off the window's thread."""

    title: str
    content_hash: str
    checks: tuple[Check, ...]
    quota: Quota
    last: LastPreview | None
    files: tuple[MediaFile, ...]
    previewed: tuple[str, ...]
    """Who got the last preview, by note where there is one."""
    articles: int = 0
    protected: bool = False
    """Whether the account has API 群发保护, as known now: an answer of WeChat may have told it meanwhile."""

    @property
    def preview_state(self) -> str:
        """``missing``, ``stale`` (the content is another one since) or ``fresh``."""
        if self.last is None:
            return "missing"
        return "fresh" if self.last.content_hash == self.content_hash else "stale"


def gather(profile: Profile, account: Account, kind: str, content: dict[str, Any], job: Job) -> Review:
    """Read what the review shows from the local store."""
    composing = profile.composing
    covers = [article["cover"] for article in content.get("articles", ()) if article["cover"]]
    named = covers or list(content.get("files", ())) or [file for file in [content.get("file")] if file]
    files = [profile.media.media(file["sha256"]) for file in named]
    last = composing.last_preview(account.id, kind)
    notes = {each.value: each.note for each in composing.recipients(account.id)}
    return Review(
        title=composing.title_of(kind, content),
        content_hash=composing.content_hash(kind, content),
        checks=tuple(composing.checks(account, kind, content)),
        quota=profile.accounts.quota(account.id),
        last=last,
        files=tuple(file for file in files if file is not None),
        articles=len(content.get("articles", ())),
        protected=profile.accounts.get(account.id).api_protection,
        previewed=tuple(notes.get(value) or value for value in last.recipients) if last else (),
    )


class Avatar(QLabel):
    """The account's picture, small."""

    def __init__(self, account: Account, side: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account = account
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            paint_avatar(p, QRect(0, 0, self.width(), self.height()), self._account)


class Finding(QWidget):
    """An icon, what was found, a fainter remark, and the button that mends it."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("check-circle", 16, "go.icon")
        self.text = Paragraph("", "body")
        self.remark = Paragraph("", "caption", "text.2", line=18)
        self.fix = button("", dim="inline", name=name)
        words_column = vbox(self.text, self.remark, spacing=0)
        row = hbox(vbox(2, self._icon, None, spacing=0), words_column, vbox(self.fix, None, spacing=0), spacing=8)
        row.setStretch(1, 1)
        self.setLayout(row)

    def show_finding(self, icon: str, tint: str, text: str, remark: str = "", fix: str = "") -> None:
        """Say it; without ``fix`` there is no button."""
        self._icon.set_icon(icon, tint)
        self.text.setText(text)
        self.text.set_color({"red": "red.text", "amber": "amber.text"}.get(tint, "text"))
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.fix.setVisible(bool(fix))
        if fix:
            set_button(self.fix, text=fix)


class ReviewRows(QWidget):
    """All rows. It shows; the dialog uploads, previews and sends."""

    preview_wanted = Signal()
    retry_wanted = Signal()
    quota_wanted = Signal()

    def __init__(
        self, account: Account, kind: str, choice: Choice, countdown_s: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._account, self._kind, self._choice = account, kind, choice
        self._ink = account.is_sandbox
        self._ok = "text.2" if account.is_sandbox else "go.icon"
        self._column: QVBoxLayout = vbox(spacing=0)
        self.problem = Finding("send.fix")
        self._problem_row = self._add("", self.problem)
        self._add(self.tr("账号"), self._account_row())
        self.content = ElidedLabel("", "body", "text.2")
        self._add(self.tr("内容"), self._content_row())
        self.quota = QuotaChange(ink=self._ink, with_remark=False)
        self._add(self.tr("受众"), self._audience_row())
        self._add(self.tr("时间"), self._time_row(countdown_s))
        self.checks = Checks(self._ok)
        self._add(self.tr("检查"), self.checks)
        self.upload = Finding("send.retry")
        self._bar = ProgressLine(self.tr("正在上传到微信"))
        self._upload_row = self._add(self.tr("素材"), vbox(self.upload, self._bar, spacing=6))
        self.preview = Finding("send.preview")
        self._people = Flow(6)
        self._add(self.tr("测试预览"), vbox(self.preview, self._people, spacing=6))
        self.reprint = QCheckBox(self.tr("文章被判定为转载时，仍继续发送"))
        self.reprint.setObjectName("send.reprint")
        self.reprint.setAccessibleName(self.reprint.text())
        options = self._add(self.tr("选项"), self.reprint)
        self._add(self.tr("详情"), label(self._details(), "body", "text.2", wrap=True), last=True)
        self._column.addStretch(1)
        self._column.setContentsMargins(24, 8, 24, 8)
        self.setLayout(self._column)
        self._problem_row.hide()
        options.setVisible(kind == "news")
        self.upload.fix.clicked.connect(self.retry_wanted)
        self.preview.fix.clicked.connect(self.preview_wanted)
        self.problem.fix.clicked.connect(self.quota_wanted)

    # --- rows ---------------------------------------------------------------------------------------------------

    def _add(self, name: str, content: QWidget | QLayout, last: bool = False) -> QWidget:
        row = QWidget()
        left = label(name, "body", "text.2")
        left.setFixedWidth(theme.px(LABEL_WIDTH))
        line = hbox(vbox(left, None, spacing=0), content, spacing=0, margins=(0, 12, 0, 12))
        line.setStretch(1, 1)
        row.setLayout(vbox(line, spacing=0) if last else vbox(line, hline(), spacing=0))
        self._column.addWidget(row)
        return row

    def _account_row(self) -> QLayout:
        account = self._account
        kind = self.tr("服务号") if account.kind == "service" else self.tr("订阅号")
        name = ElidedLabel(account.name, "body", bold=True)
        name.setMaximumWidth(name.sizeHint().width() + 2)
        row = hbox(Avatar(account), name, spacing=8)
        row.setStretch(1, 1)
        if account.is_sandbox:
            row.addWidget(label(kind, "body", "text.2"))
            row.addWidget(ChipLabel(self.tr("演练账号"), "amber", "rehearsal"))
        else:
            row.addWidget(label(self.tr("{kind} · 真实账号").format(kind=kind), "body", "text.2"))
        row.addStretch(1)
        return row

    def _content_row(self) -> QLayout:
        kind = self.tr("{kind}消息").format(kind=translated_kind(self._kind))
        row = hbox(label(kind), self.content, spacing=12)
        row.setStretch(1, 1)
        return row

    def _audience_row(self) -> QLayout:
        choice = self._choice
        known = choice.people is not None
        number = self.tr("{n} 人").format(n=count_text(choice.people or 0)) if known else self.tr("人数未知")
        big = label(number, "title.1")
        big.setObjectName("send.people")
        name = ElidedLabel(choice.name, "body", "text.2")
        name.setMinimumHeight(theme.px(28))
        first = hbox(big, name, spacing=8)
        first.setStretch(1, 1)
        note = label(self.tr("按本机记录"), "caption", "text.2")
        return vbox(first, hbox(self.quota, note), spacing=2)

    def _time_row(self, countdown_s: int) -> QLayout:
        after = self.tr("确认后还有 {n} 秒可以取消").format(n=countdown_s)
        row = hbox(label(self.tr("立即"), bold=True), label(after, "caption", "text.2"), None, spacing=12)
        self.admin = label(self.tr("提交后要等管理员在微信里确认，30 分钟内有效"), "caption", "amber.text", wrap=True)
        self.admin.hide()
        return vbox(row, self.admin, spacing=2)

    def _details(self) -> str:
        if self._choice.type != "openids":
            return self.tr("1 批。带防重编号，重复提交也不会发两次")
        sizes = batch_sizes(len(self._choice.openids))
        if len(sizes) == 1:
            return self.tr("按 OpenID 提交 1 批。带防重编号，重复提交也不会发两次")
        each = " + ".join(count_text(size) for size in sizes)
        return self.tr("按 OpenID 提交 {n} 批：{each}。每批带一个防重编号，不会发两次").format(
            n=len(sizes), each=each
        )

    # --- showing ------------------------------------------------------------------------------------------------

    def show_review(self, review: Review, preview_required: bool) -> None:
        """Fill in what was gathered."""
        title = f"「{review.title}」" if review.title else ""
        if self._kind == "news":
            title = self.tr("{n} 篇，头条{title}").format(n=review.articles, title=title)
        self.content.setText(title)
        self.quota.show_change(self._account, self._choice, review.quota)
        self.checks.show_checks(review.checks)
        self.admin.setVisible(review.protected and self._choice.type == "all")
        self._show_preview(review, preview_required)

    def _show_preview(self, review: Review, required: bool) -> None:
        self._people.clear()
        self._people.setVisible(review.preview_state == "fresh")
        worry = "red" if required else "amber"
        if review.preview_state == "missing" or review.last is None:
            text = self.tr("还没有发过测试预览")
            remark = self.tr("先发给自己看一眼") if not required else self.tr("设置里要求先发预览")
            self.preview.show_finding("warning", worry, text, remark, self.tr("发预览"))
            return
        at = clock_text(review.last.at)
        if review.preview_state == "stale":
            remark = self.tr("{at} 发过，之后内容改了").format(at=at)
            self.preview.show_finding("warning", worry, self.tr("预览后改过内容"), remark, self.tr("发预览"))
            return
        count = len(review.previewed)
        text = self.tr("已发到 {n} 个测试微信").format(n=count)
        remark = self.tr("{at}，之后内容没有改动").format(at=at)
        if self._kind == "image" and len(review.files) > 1:
            remark += self.tr("。预览只发了第一张")
        self.preview.show_finding("check-circle", self._ok, text, remark, self.tr("再发一次"))
        for name in review.previewed:
            self._people.add(ChipLabel(name, "outline"))

    def show_upload(self, done: int = 0, total: int = 0) -> None:
        """Something is on its way to WeChat."""
        percent = f"{done * 100 // total}%" if total else ""
        self.upload.show_finding("upload", "blue", self.tr("正在准备并上传到微信 {p}").format(p=percent).rstrip())
        self._bar.show()
        self._bar.set_state("running")
        if total:
            self._bar.set_fraction(done / total)
        else:
            self._bar.set_busy()

    def show_uploaded(self) -> None:
        """All that WeChat needs is there. A text needs nothing, so its row goes."""
        self._bar.hide()
        self.upload.show_finding("check-circle", self._ok, self.tr("已上传到微信"))
        self._upload_row.setVisible(self._kind != "text")

    def show_upload_failed(self, error: AppError) -> None:
        """What is missing, and trying again."""
        said = words(error)
        remark = " · ".join(part for part in (said.advice, said.code) if part)
        self._bar.hide()
        self._upload_row.show()
        self.upload.show_finding("close-circle", "red", said.title, remark, self.tr("重试"))

    def show_problem(self, title: str, remark: str = "", fix: str = "") -> None:
        """Why nothing was submitted, on top; empty: nothing is wrong."""
        self._problem_row.setVisible(bool(title))
        if title:
            self.problem.show_finding("close-circle", "red", title, remark, fix)


class Checks(QWidget):
    """The checks: what is wrong in full, what is fine folded into one line."""

    def __init__(self, ok_tint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ok = ok_tint
        self._head = Finding("send.checks")
        self._list: QVBoxLayout = vbox(spacing=4)
        self._inner = QWidget()
        self._inner.setLayout(self._list)
        self.setLayout(vbox(self._head, self._inner, spacing=6))
        self._head.fix.clicked.connect(self._unfold)
        self._inner.hide()

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Red and amber ones are shown, green ones on demand."""
        while item := self._list.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        bad = [check for check in checks if check.level != "ok"]
        good = [check for check in checks if check.level == "ok"]
        red = any(check.level == "red" for check in bad)
        for check in (*bad, *good):
            line = Finding()
            tint = {"red": "red", "amber": "amber"}.get(check.level, self._ok)
            icon = {"red": "close-circle", "amber": "warning"}.get(check.level, "check")
            line.show_finding(icon, tint, any_words(check))
            self._list.addWidget(line)
        fold = self.tr("展开") if checks and not bad else ""
        if bad:
            said = self.tr("{n} 项要改") if red else self.tr("{n} 项要留意")
            text = said.format(n=sum(check.level == ("red" if red else "amber") for check in bad))
            self._head.show_finding("close-circle" if red else "warning", "red" if red else "amber", text)
        else:
            text = self.tr("{n} 项全部通过").format(n=len(good)) if good else self.tr("没有要检查的")
            self._head.show_finding("check-circle", self._ok, text, fix=fold)
        self._inner.setVisible(bool(bad))

    def _unfold(self) -> None:
        shown = self._inner.isHidden()
        self._inner.setVisible(shown)
        set_button(self._head.fix, text=self.tr("收起") if shown else self.tr("展开"))
