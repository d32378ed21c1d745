"""设置 · 账号: what can be done with an account, and what is said about its AppSecret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from desktop_app.ui.quota_dialog import QuotaDialog
from desktop_app.ui.settings_page import AccountRow, SettingsPage
from desktop_app.wechat import Audience
from tests.window_world import PlainWindow, WindowWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WindowWorld]:
    """A profile with a 服务号 (in use) and a 订阅号."""
    world = WindowWorld(tmp_path / "profile")
    yield world
    world.close()


class Shown:
    """The page in a window that reads it again after each change, as the real one does."""

    def __init__(self, world: WindowWorld, size: tuple[int, int] = (1280, 800)) -> None:
        self.world = world
        self.page = SettingsPage(world.context)
        self.window = PlainWindow(self.page, size)
        self.changes = 0
        self.page.accounts_changed.connect(self._changed)
        self.page.set_account(world.service)
        self.window.show()
        world.settle()

    def _changed(self) -> None:
        self.changes += 1
        self.page.refresh()

    def texts(self) -> list[str]:
        """All that the page says."""
        return [label.text() for label in self.page.findChildren(QLabel) if label.isVisible()]

    def press(self, name: str) -> None:
        """Click a visible button."""
        self.world.settle()
        button = next(b for b in self.window.findChildren(QAbstractButton, name) if b.isVisible())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.world.settle()

    def menu(self, what: str, account: object) -> None:
        """Open an account's menu and take an entry."""
        app_id = account.app_id  # type: ignore[attr-defined]
        self.press(f"settings.more.{app_id}")
        menu = QApplication.activePopupWidget()
        assert menu is not None
        action = menu.findChild(QAction, f"settings.{what}.{app_id}")
        menu.close()
        action.trigger()
        self.world.settle()

    def said_by_sheet(self) -> str:
        """All that the open dialog says."""
        sheet = self.window.sheet()
        assert sheet is not None
        return " ".join(w.text() for w in sheet.findChildren(QWidget) if hasattr(w, "text"))


def test_accounts_are_listed(world: WindowWorld) -> None:
    """Each account with its kind and a short AppID; the one in use is marked; no AppSecret anywhere."""
    shown = Shown(world)
    said = " ".join(shown.texts())
    assert "岚间茶事" in said
    assert "订阅号 · " in said
    assert shown.texts().count("正在使用") == 1
    assert "AppSecret 只保存在这台电脑的系统钥匙串里。" in said
    assert world.sandbox.service.app_secret not in said
    assert world.service.app_id not in said


def test_switch(world: WindowWorld) -> None:
    """切换过去 makes the other account current, and the frame is told."""
    shown = Shown(world)
    shown.press(f"settings.switch.{world.subscription.app_id}")
    assert world.profile.accounts.current() == world.profile.accounts.get(world.subscription.id)
    assert shown.changes == 1
    assert any(b.objectName() == f"settings.switch.{world.service.app_id}" for b in buttons(shown))


def buttons(shown: Shown) -> list[QAbstractButton]:
    """All visible buttons of the page."""
    return [b for b in shown.page.findChildren(QAbstractButton) if b.isVisible()]


def test_rename(world: WindowWorld) -> None:
    """WeChat tells no names, so the person gives them; an empty one cannot be saved."""
    shown = Shown(world)
    shown.menu("rename", world.service)
    field = shown.window.findChild(QLineEdit, "settings.name")
    save = shown.window.findChild(QAbstractButton, "settings.name_save")
    field.setText("  ")
    assert not save.isEnabled()
    field.setText(" 山里茶事 ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    world.settle()
    assert world.profile.accounts.get(world.service.id).name == "山里茶事"
    assert "山里茶事" in shown.texts()


def test_change_secret_asks_the_window(world: WindowWorld) -> None:
    """A new AppSecret is typed on the connect page, where it is checked."""
    shown = Shown(world)
    shown.menu("secret", world.subscription)
    assert shown.window.secrets_asked == [world.subscription.id]


def test_protection(world: WindowWorld) -> None:
    """「已开启 API 群发保护」 applies at once, and the switch keeps the focus."""
    shown = Shown(world)
    shown.press(f"settings.protection.{world.service.app_id}")
    assert world.profile.accounts.get(world.service.id).api_protection
    assert not world.profile.accounts.get(world.subscription.id).api_protection


def test_remove_keeps_the_ledger(world: WindowWorld) -> None:
    """Removing says what it does, forgets the AppSecret, and leaves every send readable."""
    send_id = world.queue("没发完的一条")
    shown = Shown(world)
    shown.menu("remove", world.service)
    said = shown.said_by_sheet()
    assert "移除「岚间茶事」？" in said
    assert "群发记录留着" in said
    assert "1 条，停在原处" in said
    assert QApplication.focusWidget().objectName() == "dialog.0"
    shown.press("dialog.0")
    assert world.profile.accounts.has_secret(world.service.id)
    shown.menu("remove", world.service)
    shown.press("dialog.1")
    assert world.profile.secrets.get(world.service.app_id) is None
    assert [account.id for account in world.profile.accounts.list()] == [world.subscription.id]
    assert world.row(send_id).title == "没发完的一条"
    assert len(shown.page.findChildren(AccountRow)) == 1
    assert shown.window.toasts == []


def test_without_a_key_store(world: WindowWorld) -> None:
    """The page says that nothing is written to a file, and which AppSecret has to be typed."""
    secrets = world.profile.secrets
    secrets.forget(world.service.app_id)
    secrets.forget(world.subscription.app_id)
    secrets._working, secrets._store = False, None
    world.profile.accounts.type_secret(world.subscription.id, world.sandbox.subscription.app_secret)
    shown = Shown(world)
    assert "这台电脑没有可用的系统钥匙串：AppSecret 不会写进文件，每次打开要重新输入。" in shown.texts()
    assert "AppSecret 只在本次有效" in shown.texts()
    assert "需要输入 AppSecret" in shown.texts()
    shown.press(f"settings.type.{world.service.app_id}")
    assert shown.window.secrets_asked == [world.service.id]


def test_rehearsal_is_unmistakable(world: WindowWorld) -> None:
    """A rehearsal account says that nothing is really sent, and has no AppSecret to change."""
    world.profile.accounts.update(world.subscription.id, is_sandbox=True)
    shown = Shown(world)
    assert "不会真的发出" in shown.texts()
    assert "订阅号 · 本机模拟，不会到任何粉丝手里" in shown.texts()
    shown.press(f"settings.more.{world.subscription.app_id}")
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == ["改名称…", "移除…"]
    menu.close()


def test_connect_another_one(world: WindowWorld) -> None:
    """The last line of the list leads to the connect page."""
    shown = Shown(world)
    wanted: list[bool] = []
    shown.page.connect_wanted.connect(lambda: wanted.append(True))
    shown.press("settings.connect")
    assert wanted == [True]


@pytest.mark.parametrize("size", [(1280, 800), (960, 640)])
def test_it_fits(world: WindowWorld, size: tuple[int, int]) -> None:
    """Nothing is cut at the right, also with a long name; the window does not grow."""
    world.profile.accounts.update(world.service.id, name="一个特别特别长的公众号名称" * 3, last_ip="203.0.113.186")
    shown = Shown(world, size)
    assert (shown.window.width(), shown.window.height()) == size
    for button in buttons(shown):
        right = button.mapTo(shown.window, button.rect().topRight()).x()
        assert right < size[0]


def test_names_are_unique_and_spoken(world: WindowWorld) -> None:
    """Each button has a name of its own and says whose it is."""
    shown = Shown(world)
    names = [button.objectName() for button in buttons(shown)]
    assert len(names) == len(set(names))
    assert all(names)
    assert all(button.accessibleName() for button in buttons(shown))


def test_an_unchanged_list_is_left_alone(world: WindowWorld) -> None:
    """Reading the accounts again builds nothing anew, so the focus stays."""
    shown = Shown(world)
    rows = shown.page.findChildren(AccountRow)
    shown.page.refresh()
    world.settle()
    assert shown.page.findChildren(AccountRow) == rows


# --- the quota dialog -------------------------------------------------------------------------------


def test_quota_can_be_corrected(world: WindowWorld) -> None:
    """It starts with our own count, takes only possible numbers, and the correction counts from then on."""
    window = PlainWindow()
    window.show()
    world.queue("全部", Audience.everyone())
    world.deliver()
    dialog = QuotaDialog(world.context, window, world.service)
    told: list[bool] = []
    dialog.corrected.connect(lambda: told.append(True))
    dialog.open()
    world.settle()
    field = window.findChild(QLineEdit, "quota.left")
    save = window.findChild(QAbstractButton, "quota.save")
    assert field.text() == "3"
    field.setText("9")
    assert not save.isEnabled()
    field.setText("1")
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    world.settle()
    assert told == [True]
    assert world.profile.accounts.quota(world.service.id).left == 1
    assert window.sheet() is None
