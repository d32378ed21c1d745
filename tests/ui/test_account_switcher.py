"""The account at the top left: who sends and what is left, in any width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.services.account import Quota
from desktop_app.store.accounts import Account
from desktop_app.ui.account_switcher import AccountSwitcher

TEA = Account(1, "wx1", "岚间茶事", "service", "", "", "system", False, False, None, "", None, 0.0)
SHOP = replace(TEA, id=2, app_id="wx2", name="岚间日常", kind="subscription")
DRILL = replace(TEA, id=3, app_id="wx3", name="试用", is_sandbox=True)


@pytest.fixture
def switcher(qtbot: QtBot) -> AccountSwitcher:
    """Three accounts, the 服务号 in use."""
    made = AccountSwitcher()
    qtbot.addWidget(made)
    made.show_account(TEA, [TEA, SHOP, DRILL])
    return made


def menu_actions(switcher: AccountSwitcher) -> list[QAction]:
    """Open the menu and list what it offers."""
    switcher.open_menu()
    menu = QApplication.activePopupWidget()
    assert menu is not None
    return [action for action in menu.actions() if not action.isSeparator()]


def test_it_says_who_and_how_many(switcher: AccountSwitcher) -> None:
    """Name, kind and quota in words; the tooltip says by whose count."""
    switcher.show_quota(Quota(4, 3, "month", False))
    assert switcher.accessibleName() == "岚间茶事 服务号，本月剩 3 次"
    assert switcher.toolTip() == "本月剩 3 次，共 4 次，按本机记录。只算发给全部粉丝的次数。"
    switcher.show_account(SHOP, [TEA, SHOP])
    switcher.show_quota(Quota(1, 0, "day", True))
    assert switcher.accessibleName() == "岚间日常 订阅号，今天剩 0 次"
    assert switcher.toolTip() == "今天剩 0 次，共 1 次，按本机记录。"


def test_another_account_never_shows_the_quota_of_the_last(switcher: AccountSwitcher) -> None:
    """Until the new account's number is known, none is shown."""
    switcher.show_quota(Quota(4, 3, "month", False))
    switcher.show_account(SHOP, [TEA, SHOP])
    assert switcher.accessibleName() == "岚间日常 订阅号"
    assert switcher.toolTip() == ""


def test_rehearsal_is_unmistakable(switcher: AccountSwitcher) -> None:
    """A rehearsal account says so in its name for screen readers and in the menu."""
    switcher.show_account(DRILL, [TEA, DRILL])
    assert "演练账号" in switcher.accessibleName()
    actions = menu_actions(switcher)
    assert actions[1].text() == "试用  服务号（演练）"
    QApplication.activePopupWidget().close()


def test_menu(switcher: AccountSwitcher) -> None:
    """The accounts, the current one ticked, then the two ways on; each says what is wanted."""
    chosen, quota, connect = (
        QSignalSpy(signal) for signal in (switcher.chosen, switcher.quota_wanted, switcher.connect_wanted)
    )
    actions = menu_actions(switcher)
    assert [action.isChecked() for action in actions[:3]] == [True, False, False]
    actions[1].trigger()
    actions[3].trigger()
    actions[4].trigger()
    assert chosen.at(0) == [2]
    assert (quota.count(), connect.count()) == (1, 1)
    QApplication.activePopupWidget().close()


def test_a_long_name_gives_way(switcher: AccountSwitcher) -> None:
    """The width has a limit; the kind stays readable, the name is shortened, the tooltip has all of it."""
    switcher.show_account(replace(TEA, name="一个特别特别长的公众号名称" * 3), [])
    switcher.show_quota(Quota(4, 4, "month", False))
    assert switcher.sizeHint().width() <= 280
    assert "一个特别特别长的公众号名称" * 3 in switcher.toolTip()
