"""设置: its sections, and 账号: switch, rename, change the AppSecret, remove, connect another one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.job import Job
from desktop_app.store.accounts import Account
from desktop_app.ui import icons
from desktop_app.ui.account_switcher import paint_avatar
from desktop_app.ui.chips import ChipLabel
from desktop_app.ui.context import Context
from desktop_app.ui.dialogs import Sheet, critical_dialog
from desktop_app.ui.error_box import show_error
from desktop_app.ui.paint import painter
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.settings_media import SettingsMedia
from desktop_app.ui.settings_nav import SettingsNav
from desktop_app.ui.switch import Switch
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.widgets import (
    Surface,
    button,
    card,
    field,
    hbox,
    hline,
    icon_button,
    label,
    popup_menu,
    scroll,
    vbox,
    vline,
)
from desktop_app.ui.window import shell

CONTENT_MAX = 720


def short_app_id(app_id: str) -> str:
    """``wx7c2e…83b6``: enough to tell two accounts apart."""
    return f"{app_id[:6]}…{app_id[-4:]}" if len(app_id) > 12 else app_id


def _section(content: QWidget, name: str) -> QWidget:
    """A section in its scroll area, as wide as the room, up to what reads well."""
    content.setMaximumWidth(CONTENT_MAX)
    content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    ground = QWidget()
    row = hbox(content, margins=(32, 24, 32, 32))
    row.addStretch(1)
    row.setStretchFactor(content, 1000)  # all of the room, up to its maximum
    ground.setLayout(row)
    return scroll(ground, name)


class Avatar(QLabel):
    """The picture of an account, 40 px."""

    def __init__(self, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account = account
        self.setFixedSize(QSize(40, 40))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painter(self) as p:
            paint_avatar(p, self.rect(), self._account)


class NameDialog(Sheet):
    """Give an account another name: WeChat tells us none."""

    named = Signal(str)

    def __init__(self, window: QWidget, account: Account) -> None:
        super().__init__(window, 440, 0, self.tr("改名称"))
        self._name = field(name="settings.name", accessible_name=self.tr("公众号名称"))
        self._name.setText(account.name)
        self._name.setMaxLength(40)
        save = button(self.tr("保存"), "primary", name="settings.name_save")
        cancel = button(self.tr("取消"), name="settings.name_cancel")
        save.clicked.connect(self._keep)
        cancel.clicked.connect(self.reject)
        self._name.returnPressed.connect(save.click)
        self._name.textChanged.connect(lambda text: save.setEnabled(bool(text.strip())))
        self.body.addLayout(vbox(self._name, 16, hbox(None, cancel, save)))
        self._name.selectAll()
        self._name.setFocus()

    def _keep(self) -> None:
        self.named.emit(self._name.text().strip())
        self.accept()


class AccountRow(QWidget):
    """One account with what can be done about it."""

    switch_wanted = Signal(int)
    secret_wanted = Signal(int)
    rename_wanted = Signal(int)
    remove_wanted = Signal(int)
    protection_changed = Signal(int, bool)
    news_way_changed = Signal(int, str)

    def __init__(self, account: Account, current: bool, secret: str) -> None:
        """``secret`` is "kept" (in the key store), "session" (typed for this run) or "missing"."""
        super().__init__()
        self.account = account
        parts = [self.tr("服务号") if account.kind == "service" else self.tr("订阅号"), short_app_id(account.app_id)]
        if account.is_sandbox:
            parts = [parts[0], self.tr("本机模拟，不会到任何粉丝手里")]
        elif account.last_ip:
            parts.append(self.tr("出口 IP {ip}").format(ip=account.last_ip))
        words = vbox(
            ElidedLabel(account.name, "body.l", bold=True),
            ElidedLabel(" · ".join(parts), "caption", "text.2"),
            spacing=2,
        )
        top = hbox(Avatar(account), 8, words, 8, *self._chips(account, current, secret))
        top.setStretch(2, 1)
        for made in self._buttons(account, current, secret):
            top.addWidget(made)
        rows = vbox(top, spacing=12, margins=(20, 16, 12, 16))
        if not account.is_sandbox:
            rows.addLayout(self._protection(account))
        rows.addLayout(self._news_way(account))
        self.setLayout(rows)

    def _chips(self, account: Account, current: bool, secret: str) -> list[QWidget]:
        chips: list[QWidget] = []
        if account.is_sandbox:
            chips.append(ChipLabel(self.tr("不会真的发出"), "amber", "rehearsal"))
        elif secret == "missing":
            chips.append(ChipLabel(self.tr("需要输入 AppSecret"), "amber", "key"))
        elif secret == "session":
            chips.append(ChipLabel(self.tr("AppSecret 只在本次有效"), "gray", "key"))
        if current:
            chips.append(ChipLabel(self.tr("正在使用"), "gray", "check"))
        return chips

    def _buttons(self, account: Account, current: bool, secret: str) -> list[QWidget]:
        """The one that is needed most, and a menu with the others."""
        made: list[QWidget] = []
        if secret == "missing" and not account.is_sandbox:
            made.append(self._button(self.tr("输入 AppSecret"), "type", self.secret_wanted))
        if not current:
            made.append(self._button(self.tr("切换过去"), "switch", self.switch_wanted))
        more = icon_button(
            "more", self.tr("{name}：更多").format(name=account.name), f"settings.more.{account.app_id}"
        )
        more.clicked.connect(lambda: self._open_menu(more))
        return [*made, more]

    def _button(self, text: str, name: str, signal: SignalInstance) -> QWidget:
        made = button(text, dim="small", name=f"settings.{name}.{self.account.app_id}")
        made.setAccessibleName(f"{self.account.name}，{text}")
        made.clicked.connect(lambda: signal.emit(self.account.id))
        return made

    def _open_menu(self, below: QWidget) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wanted = [("", self.tr("改名称…"), "rename", self.rename_wanted)]
        if not self.account.is_sandbox:
            wanted.append(("key", self.tr("更换 AppSecret…"), "secret", self.secret_wanted))
        wanted.append(("delete", self.tr("移除…"), "remove", self.remove_wanted))
        for icon, text, name, signal in wanted:
            action = QAction(text, menu)
            if icon:
                action.setIcon(icons.icon(icon, "red.text" if name == "remove" else "text"))
            action.setObjectName(f"settings.{name}.{self.account.app_id}")
            action.setProperty("danger", name == "remove")
            action.triggered.connect(partial(self._emit, signal))
            menu.addAction(action)
        popup_menu(menu, below.mapToGlobal(QPoint(0, below.height() + 4)))

    def _emit(self, signal: SignalInstance, _checked: bool = False) -> None:
        signal.emit(self.account.id)

    def _protection(self, account: Account) -> QVBoxLayout:
        switch = Switch(self.tr("已开启 API 群发保护"))
        switch.setObjectName(f"settings.protection.{account.app_id}")
        switch.setAccessibleName(self.tr("{name}：已开启 API 群发保护").format(name=account.name))
        switch.setChecked(account.api_protection)
        switch.toggled.connect(lambda on: self.protection_changed.emit(account.id, on))
        words = vbox(
            label(self.tr("已开启 API 群发保护")),
            Paragraph(
                self.tr("公众平台安全中心里的开关。打开后，群发给全部粉丝要等管理员在微信里确认。"),
                "caption",
                "text.2",
            ),
            spacing=2,
        )
        row = hbox(words, 16, switch, margins=(0, 0, 8, 0))
        row.setStretch(0, 1)
        return vbox(hline(), row, spacing=12, margins=(56, 0, 0, 0))

    def _news_way(self, account: Account) -> QVBoxLayout:
        ways = [("draft", self.tr("草稿"), ""), ("uploadnews", self.tr("旧接口"), "")]
        choice = Segmented(
            ways, f"settings.news_way.{account.app_id}", self.tr("{name}：图文方式").format(name=account.name)
        )
        choice.set_current(account.news_way)
        choice.changed.connect(lambda way: self.news_way_changed.emit(account.id, way))
        words = vbox(
            label(self.tr("图文方式")),
            Paragraph(
                self.tr("每次群发新建一份草稿，或用旧接口 uploadnews。账号不能用草稿时才选旧接口。"),
                "caption",
                "text.2",
            ),
            spacing=2,
        )
        row = hbox(words, 16, choice, margins=(0, 0, 8, 0))
        row.setStretch(0, 1)
        return vbox(hline(), row, spacing=12, margins=(56, 0, 0, 0))


class SettingsPage(Surface):
    """账号 and 素材 for now; the other pages of the design come with what they set."""

    connect_wanted = Signal()
    accounts_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("bg.panel", parent)
        self._context = context
        self._shown: list[tuple[Account, bool, str]] | None = None
        self._focus_wanted = False
        self.title = self.tr("设置")
        self.step: int | None = None
        self._where = Paragraph(self._where_secrets_are(), color="text.2")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._accounts = QWidget()
        self._accounts.setLayout(
            vbox(label(self.tr("账号"), "title.2"), self._where, 16, self._list, None, spacing=4)
        )
        self._media = SettingsMedia(context)
        self._nav = SettingsNav([("accounts", self.tr("账号"), "audience"), ("media", self.tr("素材"), "image")])
        self._nav.chosen.connect(self._show)
        self._pages = QStackedWidget()
        self._pages.addWidget(_section(self._accounts, "settings.scroll"))
        self._pages.addWidget(_section(self._media, "settings.scroll.media"))
        row = hbox(self._nav, vline(), self._pages, spacing=0)
        row.setStretch(2, 1)
        self.setLayout(row)

    def show_section(self, name: str) -> None:
        """Bring "accounts" or "media" to the front, with the focus in it."""
        self._nav.set_current(name)
        self._focus_wanted = True
        self._focus()

    def _show(self, name: str) -> None:
        self._pages.setCurrentIndex(("accounts", "media").index(name))
        if name == "media":
            self._media.refresh()

    def _where_secrets_are(self) -> str:
        if self._context.profile.accounts.key_store_available():
            return self.tr("AppSecret 只保存在这台电脑的系统钥匙串里。")
        return self.tr("这台电脑没有可用的系统钥匙串：AppSecret 不会写进文件，每次打开要重新输入。")

    # --- what the frame asks ---

    def top_actions(self) -> list[QWidget]:
        """Nothing but the list itself."""
        return []

    def set_account(self, account: Account) -> None:
        """Mark the account in use."""
        self.refresh()

    def focus_first(self) -> None:
        """The first button of the list, which is read again: a send may have taught something about an account."""
        self._focus_wanted = True
        self._focus()
        self.refresh()
        if self._nav.current() == "media":
            self._media.refresh()

    def _focus(self) -> None:
        if self._nav.current() == "media":
            self._focus_wanted = False
            self._media.focus_first()
            return
        buttons = self._accounts.findChildren(QAbstractButton)
        first = next((b for b in buttons if b.isVisibleTo(self) and b.isEnabled()), None)
        if self._focus_wanted and first is not None:
            self._focus_wanted = False
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read the accounts again; the key store is asked in a task, because it may wait for the person."""
        self._context.tasks.start("work", self._read, owner=self, on_done=self._fill)

    def _read(self, job: Job) -> list[tuple[Account, bool, str]]:
        accounts = self._context.profile.accounts
        current = accounts.current()
        return [
            (account, current is not None and current.id == account.id, self._secret_state(account))
            for account in accounts.list()
        ]

    def _fill(self, found: list[tuple[Account, bool, str]]) -> None:
        self._where.setText(self._where_secrets_are())
        if found == self._shown:
            return
        self._shown = found
        focus = QApplication.focusWidget()
        name = focus.objectName() if focus is not None and self.isAncestorOf(focus) else ""
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        box = card()
        rows = QVBoxLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for account, current, secret in found:
            row = AccountRow(account, current, secret)
            row.switch_wanted.connect(self._switch)
            row.secret_wanted.connect(self._change_secret)
            row.rename_wanted.connect(self._rename)
            row.remove_wanted.connect(self._ask_remove)
            row.protection_changed.connect(self._set_protection)
            row.news_way_changed.connect(lambda account_id, way: self._update(account_id, news_way=way))
            rows.addWidget(row)
            rows.addWidget(hline())
        more = button(self.tr("连接另一个公众号"), "link", icon="plus", name="settings.connect")
        more.clicked.connect(self.connect_wanted)
        rows.addLayout(hbox(more, None, margins=(20, 14, 20, 14)))
        box.setLayout(rows)
        self._list.addWidget(box)
        again = self.findChild(QAbstractButton, name) if name else None
        if again is not None:
            again.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus()

    def _secret_state(self, account: Account) -> str:
        accounts = self._context.profile.accounts
        if not accounts.has_secret(account.id):
            return "missing"
        return "kept" if accounts.secret_is_kept(account.id) else "session"

    # --- what a person does ---

    def _switch(self, account_id: int) -> None:
        accounts = self._context.profile.accounts
        self._change(lambda job: accounts.set_current(account_id))

    def _change_secret(self, account_id: int) -> None:
        shell(self).ask_secret(account_id)

    def _rename(self, account_id: int) -> None:

        def ask(account: Account) -> None:
            dialog = NameDialog(self.window(), account)
            dialog.named.connect(lambda name: self._update(account_id, name=name))
            dialog.open()

        self._context.tasks.start(
            "work", lambda job: self._context.profile.accounts.get(account_id), owner=self, on_done=ask
        )

    def _set_protection(self, account_id: int, on: bool) -> None:
        self._update(account_id, api_protection=on)

    def _update(self, account_id: int, **fields: object) -> None:
        accounts = self._context.profile.accounts
        self._change(lambda job: accounts.update(account_id, **fields))

    def _change(self, work: Callable[[Job], object]) -> None:
        self._context.tasks.start(
            "work",
            work,
            owner=self,
            on_done=lambda _: self.accounts_changed.emit(),
            on_error=lambda error: show_error(self, error),
        )

    def _ask_remove(self, account_id: int) -> None:
        profile = self._context.profile

        def read(job: Job) -> tuple[Account, int]:
            counts = profile.outbox.counts(account_id)
            return profile.accounts.get(account_id), counts["running"] + counts["attention"]

        self._context.tasks.start("work", read, owner=self, on_done=lambda found: self._confirm_remove(*found))

    def _confirm_remove(self, account: Account, waiting: int) -> None:
        critical_dialog(
            self.window(),
            "delete",
            "red",
            self.tr("移除「{name}」？").format(name=account.name),
            self.tr("这台电脑会忘掉它的 AppSecret。群发记录留着，以后再连同一个 AppID 就能看到。"),
            [
                (self.tr("公众号本身"), self.tr("不受影响")),
                *([(self.tr("没发完"), self.tr("{n} 条，停在原处").format(n=waiting))] if waiting else []),
            ],
            [
                (self.tr("保留"), "plain", None),
                (self.tr("移除"), "delete", lambda: self._remove(account.id)),
            ],
        ).open()

    def _remove(self, account_id: int) -> None:
        def remove(job: Job) -> bool:
            return self._context.profile.accounts.remove(account_id)

        self._context.tasks.start(
            "work", remove, owner=self, on_done=self._removed, on_error=lambda error: show_error(self, error)
        )

    def _removed(self, secret_gone: bool) -> None:
        if not secret_gone:
            shell(self).toast(self.tr("系统钥匙串没有删掉 AppSecret，请到钥匙串里手动删除"), "warning", "amber")
        self.accounts_changed.emit()
