"""The whole job by keyboard alone: connect, write, choose, confirm, look it up. Not one mouse event."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop_app.app import App
from desktop_app.robot import Robot, RobotError
from desktop_app.sandbox.server import Sandbox
from desktop_app.store.outbox import State

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseMove, QEvent.Type.Wheel)
LONGEST_WAY = 40  # Tabs from one end of a page to the other


class NoMouse(QObject):
    """Counts mouse events of the whole app."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.seen += event.type() in MOUSE and isinstance(watched, QWidget)
        return False


class Hands(Robot):
    """A robot that only has a keyboard."""

    def focus(self) -> str:
        """The objectName of what has the focus."""
        widget = QApplication.focusWidget()
        return widget.objectName() if widget is not None else ""

    def wait_focus(self, name: str) -> None:
        """Wait until the window itself has put the focus there."""
        self.until(lambda: self.focus() == name, f"the focus is not on {name}")

    def tab_to(self, name: str) -> None:
        """Press Tab until the focus is there; each stop is in sight and is named."""
        stops = [self.focus()]
        while stops[-1] != name:
            if len(stops) > LONGEST_WAY:
                raise RobotError(f"Tab does not lead to {name}: {stops}")
            self.press(Key.Key_Tab)
            widget = QApplication.focusWidget()
            assert widget is not None
            assert widget.isVisible()
            assert widget.objectName(), f"a nameless stop after {stops[-1]}"
            stops.append(widget.objectName())


@pytest.fixture
def no_mouse(qapp: QApplication) -> Iterator[NoMouse]:
    """Watch the whole app; at the end there was no mouse event."""
    watcher = NoMouse()
    qapp.installEventFilter(watcher)
    yield watcher
    qapp.removeEventFilter(watcher)
    assert watcher.seen == 0


@pytest.mark.usefixtures("no_mouse")
def test_the_whole_job_by_keyboard(opened: Callable[..., App], sandbox: Sandbox) -> None:
    """From the empty form of the first run to the row that says 成功, found again by its words."""
    app = opened(base_url=sandbox.address)
    app.settings.change(countdown_s=5)
    hands = Hands(app.window)
    connect(hands, app, sandbox)
    write(hands, app)
    choose_a_tag(hands, app)
    confirm(hands, app, sandbox)
    look_it_up(hands, app, sandbox)


def connect(hands: Hands, app: App, sandbox: Sandbox) -> None:
    """AppID, AppSecret, and Enter once the check has passed."""
    hands.wait_focus("connect.app_id")
    hands.write(sandbox.service.app_id)
    hands.tab_to("connect.secret")
    hands.write(sandbox.service.app_secret)

    def passed() -> bool:
        button = hands.find("connect.check")
        return isinstance(button, QAbstractButton) and button.isEnabled() and button.text() == "进入群发台"

    hands.until(passed, "the check does not pass")
    hands.press(Key.Key_Return)
    hands.until(lambda: app.window.account is not None, "no account")
    hands.get("compose.next", enabled=False)


def write(hands: Hands, app: App) -> None:
    """Another page and back by Ctrl, then the text; Ctrl+Enter leads on."""
    hands.press(Key.Key_5, CTRL)
    assert app.window.page_name == "history"
    hands.press(Key.Key_1, CTRL)
    assert app.window.page_name == "send"
    hands.until(lambda: app.window.compose.forms["text"].isEnabled(), "no form")
    hands.until(lambda: not app.window.compose.ready_problem().startswith("草稿"), "the drafts are not read")
    hands.wait_focus("compose.text")
    hands.write("春茶到店\n\n周末见")
    hands.press(Key.Key_Return, CTRL)
    hands.until(lambda: app.window.page_name == "audience", "受众 did not open")


def choose_a_tag(hands: Hands, app: App) -> None:
    """Arrows and Space in the cards, arrows and Space in the list of tags."""
    hands.wait_focus("audience.all")
    hands.press(Key.Key_Space)
    assert app.window.audience.cards["all"].isChecked()
    hands.press(Key.Key_Down)
    assert app.window.audience.cards["tag"].isChecked()
    hands.until(lambda: app.window.audience.tags.model.rowCount() > 1, "no tags")
    hands.tab_to("audience.tags")
    hands.press(Key.Key_Down)
    hands.press(Key.Key_Down)
    hands.press(Key.Key_Space)
    choice = app.window.audience.choice()
    assert choice is not None
    assert (choice.type, choice.people) == ("tag", app.window.audience.tags.chosen().people)  # type: ignore[union-attr]
    hands.press(Key.Key_Return, CTRL)
    hands.get("send.number")


def confirm(hands: Hands, app: App, sandbox: Sandbox) -> None:
    """The number, the button by Space; Esc calls it off; the second time the seconds run out."""
    choice = app.window.audience.choice()
    assert choice is not None
    hands.until(lambda: hands.focus().startswith("send."), "the review has no focus")
    hands.tab_to("send.number")
    hands.write(str(choice.people))
    hands.get("send.confirm")
    hands.press(Key.Key_Return)
    assert hands.find("countdown.cancel") is None, "Enter sends"
    hands.tab_to("send.confirm")
    hands.press(Key.Key_Space)
    hands.wait_focus("countdown.cancel")
    hands.press(Key.Key_Escape)
    hands.until(lambda: hands.find("countdown.cancel") is None, "it still counts")
    assert app.window.history.model.rowCount() == 0
    hands.wait_focus("send.number")
    hands.tab_to("send.confirm")
    hands.press(Key.Key_Space)
    hands.wait_focus("countdown.cancel")
    hands.until(lambda: app.window.page_name == "history", "群发记录 did not open")
    hands.until(lambda: app.window.history.model.rowCount() == 1, "no row")
    hands.until(lambda: bool(sandbox.sent()), "nothing arrived")
    [sent] = sandbox.sent()
    assert sent["payload"]["text"]["content"] == "春茶到店\n\n周末见"
    assert sent["people"] == choice.people


def look_it_up(hands: Hands, app: App, sandbox: Sandbox) -> None:
    """F5, the table by arrows, the drawer by Enter, the search by Ctrl+F."""
    page = app.window.history

    def state() -> State:
        row = page.model.row_at(0)
        assert row is not None
        return row.state

    hands.until(lambda: state() is State.ACCEPTED, "not accepted")
    sandbox.advance(600)

    def succeeded() -> bool:
        if state() is not State.SUCCEEDED:
            hands.press(Key.Key_F5)
            hands.settle(200)
        return state() is State.SUCCEEDED

    hands.until(succeeded, "the table does not say 成功")
    hands.wait_focus("history.table")
    hands.press(Key.Key_Escape)
    assert not page.drawer.isVisible()
    hands.press(Key.Key_F, CTRL)
    hands.wait_focus("history.search")
    hands.write("no such words")
    hands.get("history.clear_filter")
    hands.press(Key.Key_A, CTRL)
    hands.write("春茶")
    hands.until(lambda: page.model.rowCount() == 1, "the search finds nothing")
    hands.get("history.table")
    hands.tab_to("history.table")
    hands.press(Key.Key_Down)
    assert page.table.currentIndex().row() == 0
    hands.press(Key.Key_Return)
    hands.until(page.drawer.isVisible, "no drawer")
    assert page.drawer.row is not None
    assert page.drawer.row.state is State.SUCCEEDED
    hands.until(lambda: page.drawer.isAncestorOf(QApplication.focusWidget()), "the drawer has no focus")
    hands.press(Key.Key_Escape)
    assert not page.drawer.isVisible()
    hands.wait_focus("history.table")
    hands.press(Key.Key_1, CTRL)
    hands.wait_focus("compose.text")
