"""The right side of the audience page: how many people, how the number comes about, what it costs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.services.account import Quota
from desktop_app.services.audience import Choice, OpenidList
from desktop_app.store.accounts import Account
from desktop_app.ui.announce import announce
from desktop_app.ui.quota_change import QuotaChange
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.units import count_text
from desktop_app.ui.widgets import Card, button, card, hbox, hline, label, vbox

BATCH = 10_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("AudienceSummary", text)


def batch_sizes(people: int) -> list[int]:
    """How an openid list is split: as evenly as possible, at most 10,000 each (10,001 is 5,001 + 5,000)."""
    count = -(-people // BATCH)
    return [people // count + (1 if i < people % count else 0) for i in range(count)]


def problem_text(code: str) -> str:
    """Why a choice cannot be sent to; empty when it can."""
    texts = {
        "": "",
        "audience.one_openid": _tr("只有 1 个人时用预览"),
        "audience.empty": _tr("这里没有人可以收到"),
        "audience.subscription_list": _tr("订阅号不能按名单群发，微信只允许服务号这样发"),
        "audience.none": _tr("先选发给谁"),
    }
    return texts.get(code, code)


def method_text(account: Account, choice: Choice) -> str:
    """How WeChat gets this audience, in words."""
    if choice.type == "all":
        if account.kind == "service":
            return _tr("由微信发给全部粉丝，会出现在公众号主页。")
        return _tr("由微信发给全部粉丝。")
    if choice.type == "tag":
        hidden = _tr("不会出现在公众号主页。") if account.kind == "service" else ""
        return _tr("由微信直接按标签发，人数以提交那一刻为准。") + hidden
    sizes = batch_sizes(len(choice.openids))
    each = " + ".join(count_text(size) for size in sizes)
    parts = _tr("1 批") if len(sizes) == 1 else _tr("{n} 批：{each}").format(n=len(sizes), each=each)
    how = _tr("按 OpenID 提交 {parts}。微信要求每批 2 人到 1 万人，超过会自动分批并逐批记录。")
    return how.format(parts=parts) + _tr("不会出现在公众号主页。")


class AudienceSummary(QWidget):
    """将发给 9,126 人."""

    preview_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = label("—", "display")
        self.number.setObjectName("audience.number")
        self._unit = label(_tr("人"), "title.3")
        self._unit.setMinimumHeight(40)
        self._rows: QVBoxLayout = vbox(spacing=0)
        self._quota = QuotaChange()
        self._quota_card = self._boxed(_tr("对额度的影响"), self._quota)
        self._method = Paragraph("", "caption", "text.2", line=18)
        self._method_card = self._boxed(_tr("发送方式"), self._method)
        self._problem_card, self._problem = self._build_problem()
        big = hbox(self.number, self._unit, None, spacing=9)
        self.setLayout(
            vbox(
                label(_tr("将发给"), "body", "text.2"),
                big,
                8,
                hline(),
                self._rows,
                16,
                self._problem_card,
                self._quota_card,
                self._method_card,
                None,
                spacing=0,
            )
        )

    @staticmethod
    def _boxed(title: str, inner: QWidget) -> QWidget:
        box = card()
        box.setLayout(vbox(label(title, bold=True), inner, spacing=6, margins=(16, 14, 16, 14)))
        holder = QWidget()
        holder.setLayout(vbox(box, margins=(0, 0, 0, 12)))
        return holder

    def _build_problem(self) -> tuple[QWidget, Paragraph]:
        box: Card = card("amber.bg", "amber.line")
        text = Paragraph("", "body", "amber.text")
        text.setObjectName("audience.problem")
        self._preview = button(_tr("去发预览"), dim="small", name="audience.preview")
        self._preview.clicked.connect(self.preview_wanted)
        box.setLayout(vbox(text, hbox(self._preview, None), spacing=8, margins=(16, 12, 16, 12)))
        holder = QWidget()
        holder.setLayout(vbox(box, margins=(0, 0, 0, 12)))
        return holder, text

    def show_choice(
        self,
        account: Account,
        choice: Choice | None,
        quota: Quota | None,
        problem: str,
        found: OpenidList | None = None,
    ) -> None:
        """Show who gets it. ``problem`` is a code of ``Audiences.problem``, empty when all is well."""
        self._show_number(choice)
        self._show_rows(choice, found)
        shown = problem if choice is not None else ""
        self._problem.setText(problem_text(shown))
        self._problem_card.setVisible(bool(shown))
        self._preview.setVisible(shown == "audience.one_openid")
        fine = choice is not None and not shown
        self._quota_card.setVisible(fine and quota is not None)
        self._method_card.setVisible(fine)
        if choice is not None and fine:
            self._method.setText(method_text(account, choice))
            if quota is not None:
                self._quota.show_change(account, choice, quota)
        self._take_heights()

    def _take_heights(self) -> None:
        """Other words may take other lines: without this the cards follow one event later each."""
        for words in (self._quota, self._method, self._problem):
            box: QWidget | None = words
            while box is not None and box is not self.parentWidget():
                layout = box.layout()
                if layout is not None:
                    layout.invalidate()
                    layout.activate()
                box.updateGeometry()
                box = box.parentWidget()

    def _show_number(self, choice: Choice | None) -> None:
        if choice is None:
            self.number.setText("—")
        elif choice.people is None:
            self.number.setText(_tr("人数未知"))
        else:
            self.number.setText(count_text(choice.people))
        self._unit.setVisible(choice is not None and choice.people is not None)
        said = self.number.text() + (self._unit.text() if choice and choice.people is not None else "")
        self.number.setAccessibleName(_tr("将发给 {n}").format(n=said))
        if choice is not None:
            announce(self.number, self.number.accessibleName())

    def _show_rows(self, choice: Choice | None, found: OpenidList | None) -> None:
        while item := self._rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for name, value, ink in _breakdown(choice, found):
            row = QWidget()
            left = ElidedLabel(name, "body", ink)
            line = hbox(left, label(value, "body", ink), spacing=8)
            line.setStretch(0, 1)
            row.setLayout(line)
            row.setMinimumHeight(32)
            self._rows.addWidget(row)


def _breakdown(choice: Choice | None, found: OpenidList | None) -> list[tuple[str, str, str]]:
    if choice is None:
        return []
    if choice.type != "openids" or found is None:
        people = "—" if choice.people is None else count_text(choice.people)
        return [(choice.name, people, "text")]
    rows = [(_tr("导入与粘贴"), count_text(found.total), "text")]
    if found.duplicates:
        rows.append((_tr("重复"), f"− {count_text(found.duplicates)}", "text.2"))
    if found.invalid:
        rows.append((_tr("格式不对"), f"− {count_text(len(found.invalid))}", "text.2"))
    return rows
