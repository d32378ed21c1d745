"""The right side of the connect page: each step of the connection check, live, and what to do about a refused IP."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_app.errors import IpNotAllowed
from desktop_app.services.account import CheckResult, CheckRow, ConnectForm
from desktop_app.ui import theme
from desktop_app.ui.check_words import ORDER, RIGHTS, TITLES, row_words
from desktop_app.ui.chips import ChipLabel
from desktop_app.ui.flow import Flow
from desktop_app.ui.keycap import KeyCap
from desktop_app.ui.paint import painter, round_rect
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.widgets import IconLabel, button, card, hbox, hline, label, vbox

PLATFORM = "https://developers.weixin.qq.com/platform"
ADMIN_SITE = "https://mp.weixin.qq.com"
_ICONS = {
    "waiting": ("clock", "text.3"),
    "skipped": ("clock", "text.3"),
    "running": ("refresh", "blue"),
    "ok": ("check-circle", "go.icon"),
    "warning": ("warning", "amber"),
    "failed": ("close-circle", "red"),
}


def tr(text: str) -> str:
    """A text of this view in the chosen language."""
    return QCoreApplication.translate("ConnectionCheckView", text)


def colleague_text(app_id: str, name: str, ip: str) -> str:
    """What a person without admin rights can send to the one who has them."""
    return tr(
        "请帮忙把一个 IP 加到公众号的 IP 白名单，群发台才能连上微信。\n"
        "\n"
        "公众号：{name}（AppID {app_id}）\n"
        "要加的 IP：{ip}\n"
        "\n"
        "在哪里加（两个地方都行）：\n"
        "1. 微信开发者平台 {platform} → 我的业务 → 公众号/服务号 → 基础信息 → IP 白名单\n"
        "2. 微信公众平台 {site} → 设置与开发 → 基本配置 → IP 白名单\n"
        "\n"
        "原来的 IP 保留，新的另起一行，管理员扫码确认后马上生效。\n"
        "请不要填 0.0.0.0/0：那样任何地方的电脑都能用这个公众号的密钥。"
    ).format(name=name, app_id=app_id, ip=ip, platform=PLATFORM, site=ADMIN_SITE)


class IpCard(QWidget):
    """The address that WeChat saw, and how to put it on the whitelist."""

    copied_ip = Signal(str)
    copied_help = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._help = ""
        self.ip = label("", "title.2", mono=True, selectable=True)
        self.ip.setObjectName("connect.ip")
        self.copy_ip = button(tr("复制 IP"), icon="copy", name="connect.copy_ip")
        self.copy_ip.clicked.connect(self._copy_ip)
        caption = label(tr("微信看到的本机出口 IP"), "caption", "red.text")
        left = vbox(caption, self.ip, spacing=0)
        self._head = QWidget()
        self._head.setLayout(hbox(left, None, self.copy_ip, margins=(16, 10, 16, 10)))
        self.setLayout(vbox(self._head, self._steps(), spacing=0))

    def _steps(self) -> QWidget:
        steps = (
            tr("打开微信开发者平台：我的业务 → 公众号/服务号 → 基础信息。或公众平台：设置与开发 → 基本配置"),
            tr("在「IP 白名单」另起一行加上它。不要填 0.0.0.0/0，那样谁都能冒用"),
            tr("管理员微信扫码确认。加好就生效，这里会自动继续"),
        )
        rows = [
            hbox(vbox(1, KeyCap(str(i)), None, spacing=0), Paragraph(text, "body", "text.2"), spacing=8)
            for i, text in enumerate(steps, 1)
        ]
        for row in rows:
            row.setStretch(1, 1)
        platform = _site_button(tr("打开开发者平台"), PLATFORM, "connect.open_platform")
        site = _site_button(tr("打开公众平台"), ADMIN_SITE, "connect.open_site")
        self.copy_help = button(tr("没有管理员权限？把说明发给同事"), "link", dim="small", name="connect.copy_help")
        self.copy_help.clicked.connect(self._copy_help)
        ways = Flow(8)
        for each in (platform, site, self.copy_help):
            ways.add(each)
        box = QWidget()
        head = label(tr("加到这里，加好就生效"), bold=True)
        box.setLayout(vbox(head, *rows, 2, ways, spacing=6, margins=(16, 12, 16, 12)))
        return box

    def show_ip(self, ip: str, help_text: str) -> None:
        """The address, and the text for a colleague."""
        self.ip.setText(ip)
        self.ip.setAccessibleName(tr("微信看到的 IP：{ip}").format(ip=ip))
        self._help = help_text

    def _copy_ip(self) -> None:
        QGuiApplication.clipboard().setText(self.ip.text())
        self.copied_ip.emit(self.ip.text())

    def _copy_help(self) -> None:
        QGuiApplication.clipboard().setText(self._help)
        self.copied_help.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            box = QRectF(self.rect())
            round_rect(p, box, 8, "bg.surface")
            path = QPainterPath()
            path.addRoundedRect(box, 8, 8)
            p.save()
            p.setClipPath(path)
            p.fillRect(QRectF(0, 0, box.width(), self._head.height()), theme.color("red.bg"))
            p.restore()
            round_rect(p, box, 8, None, "red.line")


def _site_button(text: str, address: str, name: str) -> QPushButton:
    made = button(text, dim="small", icon="open-external", name=name, icon_right=True)
    made.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
    return made


class CheckRowView(QWidget):
    """One step: icon, name, what was found, and room for more below."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.state = "waiting"
        self.setObjectName(f"connect.row.{key}")
        self._icon = IconLabel("clock", 20, "text.3")
        self.title = label(TITLES[key](), "body.l", "text.2")
        self.detail = Paragraph("", "caption", "text.2")
        self.right = label("", "caption", "text.2")
        self._extra: QWidget | None = None
        self._below = vbox(self.detail, spacing=8)
        line = hbox(self.title, None, self.right)
        column = vbox(line, self._below, spacing=1)
        icon_column = vbox(self._icon, None, margins=(0, 1, 0, 0))
        row = hbox(icon_column, column, spacing=12, margins=(20, 14, 20, 14))
        row.setStretch(1, 1)
        self.setLayout(row)
        self.show_state("waiting", "", "")

    def show_state(self, state: str, detail: str, right: str, extra: QWidget | None = None) -> None:
        """Show what is known of this step; ``extra`` stands below the words."""
        self.state = state
        icon, tint = _ICONS[state]
        self._icon.set_icon(icon, tint)
        known = state in ("ok", "warning", "failed")
        self.title.set_bold(known)
        self.title.set_color("text" if known else "text.2")
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.right.setText(right)
        self.setAccessibleName(" ".join(part for part in (self.title.text(), right, detail) if part))
        self._replace_extra(extra)

    def _replace_extra(self, extra: QWidget | None) -> None:
        if self._extra is extra:
            return
        if self._extra is not None:
            self._below.removeWidget(self._extra)
            self._extra.hide()
            self._extra.deleteLater()
        self._extra = extra
        if extra is not None:
            self._below.addWidget(extra)


class AccountHead(QWidget):
    """The account on top of the rows once every step has passed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Letter("", 48)
        self._name = ElidedLabel("", "title.3")
        self._facts = label("", "caption", "text.2")
        self._chip = ChipLabel(tr("已连接"), "go", "check")
        words = vbox(self._name, self._facts, spacing=0)
        row = hbox(self._picture, words, self._chip, spacing=12, margins=(20, 16, 20, 16))
        row.setStretch(1, 1)
        self.setLayout(row)

    def show_account(self, name: str, kind: str, followers: int | None) -> None:
        """Name and kind as the person typed them; the number of followers is WeChat's."""
        facts = [tr("服务号") if kind == "service" else tr("订阅号")]
        if followers is not None:
            facts.append(tr("{n} 位粉丝").format(n=f"{followers:,}"))
        self._picture.set_letter(name)
        self._name.setText(name)
        self._facts.setText(" · ".join(facts))


def rights_chips(rights: dict[str, bool | None]) -> QWidget:
    """One chip for each right; what was not probed has no tick."""
    flow = Flow(spacing=6)
    for key, granted in rights.items():
        text = RIGHTS[key]() if key in RIGHTS else key
        icon = {True: "check", False: "close", None: ""}[granted]
        flow.add(ChipLabel(text, "red" if granted is False else "outline", icon))
    return flow


class Letter(QLabel):
    """The first letter of an account's name, where it has no picture."""

    def __init__(self, name: str, side: int, parent: QWidget | None = None) -> None:
        super().__init__(name[:1].upper(), parent)
        self.setFixedSize(side, side)

    def set_letter(self, name: str) -> None:
        """Show the first letter of another name."""
        self.setText(name[:1].upper())

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            round_rect(p, self.rect(), 8, "cta")
            p.setFont(theme.font("title.2"))
            p.setPen(theme.color("on.cta"))
            p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class ConnectionCheckView(QWidget):
    """All steps in WeChat's real order; a failed one shows its fix, the later ones wait for it."""

    copied = Signal(str)
    """A sentence that says what was copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = {key: CheckRowView(key) for key in ORDER}
        self._status = label("", "body", "text.2")
        self._corner_icon = IconLabel("refresh", 14, "text.2")
        self._corner = label("", "caption", "text.2")
        self.head = AccountHead()
        self._head_line = hline()
        self._lines = [hline() for _ in ORDER]
        pieces: list[QWidget] = [self.head, self._head_line]
        for i, key in enumerate(ORDER):
            pieces += [self.rows[key]] if i == 0 else [self._lines[i], self.rows[key]]
        box = card()
        box.setLayout(vbox(*pieces, spacing=0))
        title = hbox(
            label(tr("连接检查"), "title.3"), 4, self._status, None, self._corner_icon, self._corner, spacing=8
        )
        foot = label(tr("每一步都在真实调用微信接口，不会发出任何消息。"), "caption", "text.2", wrap=True)
        self.setLayout(vbox(title, 20, box, None, 16, foot, spacing=0))
        self._known_ip = ""
        self.reset()

    def reset(self) -> None:
        """Nothing is known yet."""
        self._known_ip = ""
        self.head.hide()
        self._head_line.hide()
        for row in self.rows.values():
            row.show()
            row.show_state("waiting", "", tr("等待"))
        self.say_status(tr("填好左边，马上开始检查"))
        self.say_corner("")

    def begin(self) -> None:
        """A check starts. What the last one said stays until the new answer comes: no flicker every 15 s."""
        self.head.hide()
        self._head_line.hide()
        self.say_status(tr("正在检查…"))
        self.say_corner("")

    def say_status(self, text: str) -> None:
        """A word beside the title."""
        self._status.setText(text)

    def say_corner(self, text: str, waiting: bool = False) -> None:
        """A remark at the right: the time it took, or the seconds until the next try."""
        self._corner.setText(text)
        self._corner_icon.setVisible(waiting)

    def show_row(self, row: CheckRow, form: ConnectForm, name: str) -> None:
        """One step said something."""
        view = self.rows[row.key]
        if row.state == "running" and view.state == "failed":
            return  # a repeated check keeps the advice readable until the answer is there
        if isinstance(row.error, IpNotAllowed):
            self._known_ip = row.error.ip
        detail, right = row_words(row, form, self._known_ip)
        view.show_state(row.state, detail, right, self._extra(row, form, name))

    def show_result(self, result: CheckResult, name: str, kind: str, took_s: float) -> None:
        """The check is over."""
        if not result.ok:
            self.say_status(tr("还差一步"))
            return
        self.head.show_account(name, kind, result.followers)
        self.head.show()
        self._head_line.show()
        self.rows["format"].hide()
        self._lines[1].hide()
        self.say_status(tr("全部通过"))
        self.say_corner(tr("用时 {s} 秒").format(s=f"{took_s:.1f}"))

    def _extra(self, row: CheckRow, form: ConnectForm, name: str) -> QWidget | None:
        if row.state == "failed" and isinstance(row.error, IpNotAllowed):
            box = IpCard()
            box.show_ip(row.error.ip, colleague_text(form.app_id, name, row.error.ip))
            box.copied_ip.connect(lambda ip: self.copied.emit(tr("已复制 IP {ip}").format(ip=ip)))
            box.copied_help.connect(lambda: self.copied.emit(tr("说明已复制，粘贴给有管理员权限的同事")))
            return box
        if row.key == "rights" and row.state in ("ok", "warning"):
            return rights_chips(row.args)
        return None
