"""The fields of the connect page: AppID, AppSecret, name, kind, API domain and proxy."""

from __future__ import annotations

import re
import unicodedata

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.services.account import ConnectForm, format_problem
from desktop_app.store.accounts import Account
from desktop_app.ui import theme
from desktop_app.ui.combo import Combo
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.text import Paragraph
from desktop_app.ui.widgets import FieldWithError, button, card, field, hbox, icon_button, label, trailing_tick, vbox

A_GOOD_APP_ID = "wx" + 16 * "0"  # to ask about the secret alone
# wechat-api §1.2: the same API everywhere; the file host is not for people to choose.
DOMAINS = (
    "api.weixin.qq.com",
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com",
)


def tidy(text: str) -> str:
    """A pasted value without what comes along by accident: spaces, line ends, invisible marks."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))


class SecretField(QLineEdit):
    """A password field with an eye."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("AppSecret")
        self.setProperty("dim", "large")
        self.setTextMargins(7, 0, 36, 0)
        self.eye = icon_button("eye", self.tr("显示 AppSecret"), f"{name}.show", dim="small")
        self.eye.setParent(self)
        self.eye.setCheckable(True)
        self.eye.toggled.connect(self._reveal)
        self._reveal(False)

    def _reveal(self, on: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)
        # Dots are as wide as the font is high: 32 of them have to fit.
        self.setFont(theme.font("body.l", mono=True) if on else theme.font("badge"))

    def hide_again(self) -> None:
        """Show dots, whatever was shown before."""
        self.eye.setChecked(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self.eye.sizeHint().height()
        self.eye.setGeometry(self.width() - side - 6, (self.height() - side) // 2, side, side)


class ConnectFields(QWidget):
    """What the person types. ``edited`` comes with each change that matters to the check."""

    edited = Signal()
    submitted = Signal()

    def __init__(self, base_url: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._base_url = base_url
        self.app_id = field(name="connect.app_id", mono=True, dim="large", accessible_name="AppID")
        self._tick = trailing_tick(self.app_id, "go.icon")
        self.secret = SecretField("connect.secret")
        self.name = field(self.tr("例如：岚间茶事"), "connect.name", dim="large", accessible_name=self.tr("名称"))
        self.name.setMaxLength(40)
        kinds = [("service", self.tr("服务号"), ""), ("subscription", self.tr("订阅号"), "")]
        self.kind = Segmented(kinds, "connect.kind", self.tr("类型"))
        self.domain = Combo(self._domains(), "connect.domain", self.tr("API 域名"), "large")
        proxies = [(self.tr("跟随系统"), "system"), (self.tr("直连"), "direct"), (self.tr("自定义…"), "custom")]
        self.proxy = Combo(proxies, "connect.proxy", self.tr("代理"), "large")
        self.proxy_address = field(
            "http://127.0.0.1:7890", "connect.proxy_address", dim="large", accessible_name=self.tr("代理地址")
        )
        self.where = button(self.tr("在哪里找？"), "link", dim="small", name="connect.where")
        self._build()
        self._connect()

    def _domains(self) -> list[tuple[str, str]]:
        if self._base_url:
            return [(self._base_url.partition("://")[2].rstrip("/"), self._base_url)]
        return [(domain, f"https://{domain}") for domain in DOMAINS]

    def _build(self) -> None:
        self._app_id_row = FieldWithError(self.app_id, "AppID")
        secret_title = label("AppSecret", bold=True)
        secret_title.setBuddy(self.secret)
        self._secret_row = FieldWithError(self.secret)
        self._help = self._where_help()
        self._help.hide()
        self._name_row = QWidget()
        kind_column = vbox(label(self.tr("类型"), bold=True), 2, self.kind, None, spacing=6)
        name_row = hbox(FieldWithError(self.name, self.tr("名称")), kind_column, spacing=16)
        name_row.setStretch(0, 1)
        self._name_row.setLayout(name_row)
        self._proxy_row = FieldWithError(self.proxy_address, self.tr("代理地址"))
        self._proxy_row.hide()
        domain = FieldWithError(self.domain, self.tr("API 域名"))
        proxy = FieldWithError(self.proxy, self.tr("代理"))
        self._net_row = hbox(domain, proxy, spacing=16)
        self._net_row.setStretch(0, 1)
        self._net_row.setStretch(1, 1)
        secret = vbox(hbox(secret_title, None, self.where), self._secret_row, self._help, spacing=4)
        self._rows = vbox(self._app_id_row, secret, self._name_row, self._net_row, self._proxy_row, spacing=14)
        self.setLayout(self._rows)

    def set_dense(self, dense: bool) -> None:
        """Closer together, for a low window."""
        self._rows.setSpacing(8 if dense else 14)

    def _where_help(self) -> QWidget:
        text = self.tr(
            "微信开发者平台：我的业务 → 公众号/服务号 → 基础信息。\n"
            "或微信公众平台：设置与开发 → 基本配置。\n"
            "AppSecret 只显示一次，忘了就在那里重置；重置后旧的马上失效。"
        )
        box = card("bg.panel")
        box.setObjectName("connect.where_help")
        box.setLayout(vbox(Paragraph(text, "caption", "text.2", line=18), margins=(12, 10, 12, 10)))
        return box

    def _connect(self) -> None:
        self.where.clicked.connect(lambda: self._help.setVisible(self._help.isHidden()))
        for each in (self.app_id, self.secret, self.proxy_address):
            each.textChanged.connect(self._changed)
            each.editingFinished.connect(self.show_problems)
            each.returnPressed.connect(self.submitted)
        self.name.returnPressed.connect(self.submitted)
        self.domain.currentIndexChanged.connect(self._changed)
        self.proxy.currentIndexChanged.connect(self._changed)
        self.kind.changed.connect(self._changed)
        self._changed()

    def _changed(self) -> None:
        self._tick.setVisible(self._app_id_fits())
        self._proxy_row.setVisible(self.proxy.value() == "custom")
        self._app_id_row.set_error("")
        self._secret_row.set_error("")
        self._proxy_row.set_error("")
        self.edited.emit()

    def _app_id_fits(self) -> bool:
        return format_problem(tidy(self.app_id.text()), "") != "check.app_id"

    def problems(self) -> dict[QWidget, str]:
        """Rows whose content cannot be right, with the reason."""
        found: dict[QWidget, str] = {}
        if not self._app_id_fits():
            found[self._app_id_row] = self.tr("AppID 是 wx 开头的 18 位字母和数字")
        if format_problem(A_GOOD_APP_ID, tidy(self.secret.text())):
            found[self._secret_row] = self.tr("AppSecret 是 32 位字母和数字")
        if self.proxy.value() == "custom" and not re.match(r"https?://[^/\s]+", self.proxy_address.text().strip()):
            found[self._proxy_row] = self.tr("写成 http://主机:端口")
        return found

    def show_problems(self, empty_too: bool = False) -> None:
        """Say what is wrong below each field; a field that is still empty only on demand."""
        found = self.problems()
        for row in (self._app_id_row, self._secret_row, self._proxy_row):
            inner = row.field
            typed = isinstance(inner, QLineEdit) and bool(inner.text())
            row.set_error(found.get(row, "") if typed or empty_too else "")

    def form(self) -> ConnectForm:
        """The values as the check and the account take them."""
        proxy = self.proxy.value()
        return ConnectForm(
            app_id=tidy(self.app_id.text()),
            secret=tidy(self.secret.text()),
            base_url=self.domain.value(),
            proxy=self.proxy_address.text().strip() if proxy == "custom" else proxy,
            kind=self.kind.current(),
        )

    def account_name(self) -> str:
        """The typed name; where none was typed, the end of the AppID tells accounts apart."""
        typed = self.name.text().strip()
        return typed or self.tr("公众号 {end}").format(end=tidy(self.app_id.text())[-4:])

    def clear(self) -> None:
        """Empty fields for another account."""
        self.app_id.setReadOnly(False)
        self._name_row.show()
        for each in (self.app_id, self.secret, self.name, self.proxy_address):
            each.clear()
        self.secret.hide_again()
        self._help.hide()
        self.domain.setCurrentIndex(0)
        self.proxy.setCurrentIndex(0)
        self.kind.set_current("service")

    def fill(self, account: Account) -> None:
        """The fields of a known account whose AppSecret is asked for again."""
        self.clear()
        self.app_id.setText(account.app_id)
        self.app_id.setReadOnly(True)
        self.name.setText(account.name)
        self._name_row.hide()
        self.kind.set_current(account.kind)
        if self.domain.findData(account.base_url) < 0:
            self.domain.addItem(account.base_url.partition("://")[2], account.base_url)
        self.domain.set_value(account.base_url)
        if account.proxy in ("system", "direct"):
            self.proxy.set_value(account.proxy)
        else:
            self.proxy.set_value("custom")
            self.proxy_address.setText(account.proxy)
