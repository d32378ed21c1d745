"""文字: what is typed goes out exactly, and is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.robot import wait
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.text_runs import Run, link_problem, text_runs
from tests.compose_world import ComposeWorld


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[ComposeWorld]:
    made = ComposeWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


def edit(world: ComposeWorld) -> QPlainTextEdit:
    found = world.find("compose.text")
    assert isinstance(found, QPlainTextEdit)
    return found


def counter(world: ComposeWorld) -> str:
    found = world.find("compose.text.counter")
    assert isinstance(found, QLabel)
    return found.text()


def test_line_breaks_and_spaces_survive_exactly(world: ComposeWorld) -> None:
    """Empty lines, trailing spaces, no-break spaces and emoji are in the content as typed."""
    text = "  第一行  \n\n\u00a0第三行 🍵\n"
    QTest.keyClicks(edit(world), "abc")
    QTest.keyClick(edit(world), Qt.Key.Key_Return)
    QTest.keyClicks(edit(world), "def")
    assert world.page.content() == {"text": "abc\ndef"}
    edit(world).setPlainText(text)
    assert world.page.content() == {"text": text}


def test_pasted_text_comes_without_its_formats(world: ComposeWorld) -> None:
    """Bold text from a web page arrives as its words."""
    mime = QMimeData()
    mime.setHtml("<b>粗</b><i>斜</i>")
    mime.setText("粗斜\n第二行")
    QApplication.clipboard().setMimeData(mime)
    edit(world).setFocus()
    QTest.keySequence(edit(world), QKeySequence(QKeySequence.StandardKey.Paste))
    assert world.page.content() == {"text": "粗斜\n第二行"}


def test_the_counter_warns_and_never_blocks(world: ComposeWorld) -> None:
    """Over 600 characters, and over 2,048 bytes, it turns amber; one may go on typing and go on."""
    edit(world).setPlainText("a" * 600)
    assert counter(world) == "600 字 · 600 / 2,048 字节"
    edit(world).setPlainText("a" * 601)
    hints = [each.text() for each in world.text.findChildren(QLabel)]
    assert "超过 600 字，微信可能拒收" in hints
    edit(world).setPlainText("春" * 683)
    hints = [each.text() for each in world.text.findChildren(QLabel)]
    assert "超过 2,048 字节，微信很可能拒收" in hints
    assert world.page.content() == {"text": "春" * 683}
    world.wait(300)
    assert world.page.ready_problem() == ""


def test_an_emoji_is_picked_by_keys(world: ComposeWorld) -> None:
    """The grid opens below its button; arrows move, Enter puts the emoji at the cursor, the text has the focus."""
    QTest.keyClicks(edit(world), "ab")
    edit(world).moveCursor(edit(world).textCursor().MoveOperation.Left)
    world.click("compose.text.emoji")
    picker = world.text._picker
    assert picker is not None
    assert picker.isVisible()
    QTest.keyClick(picker, Qt.Key.Key_Right)
    QTest.keyClick(picker, Qt.Key.Key_Down)
    expected = picker.cells[11].text()
    QTest.keyClick(picker, Qt.Key.Key_Return)
    assert not picker.isVisible()
    assert world.page.content() == {"text": f"a{expected}b"}
    assert edit(world).hasFocus()


def test_a_link_is_inserted_as_wechat_takes_it(world: ComposeWorld) -> None:
    """The dialog refuses a bad address with a reason, then inserts the markup; the preview shows its words only."""
    world.click("compose.text.link")
    sheet = world.window.findChild(Sheet)
    assert sheet is not None
    text, address = sheet.findChild(QLineEdit, "link.text"), sheet.findChild(QLineEdit, "link.address")
    assert text is not None
    assert address is not None
    text.setText("预约试饮")
    address.setText("javascript:alert(1)")
    QTest.keyClick(address, Qt.Key.Key_Return)
    assert sheet.isVisible()
    assert "https://" in address.accessibleDescription()
    address.setText("https://lanjian-tea.example/a?b=1")
    QTest.keyClick(address, Qt.Key.Key_Return)
    assert world.page.content() == {"text": '<a href="https://lanjian-tea.example/a?b=1">预约试饮</a>'}
    assert world.page.phone.accessibleName() == "粉丝收到的样子：预约试饮"


def test_an_address_without_https_gets_it(world: ComposeWorld) -> None:
    """``lancha.example/book`` is what people write; the link says https."""
    world.click("compose.text.link")
    sheet = world.window.findChild(Sheet)
    assert sheet is not None
    text, address = sheet.findChild(QLineEdit, "link.text"), sheet.findChild(QLineEdit, "link.address")
    assert text is not None
    assert address is not None
    text.setText("预订")
    address.setText("lancha.example/book")
    QTest.keyClick(address, Qt.Key.Key_Return)
    assert '<a href="https://lancha.example/book">预订</a>' in world.page.content()["text"]


def test_links_in_a_text_are_found() -> None:
    """Markup and bare addresses are links; other tags stay text."""
    runs = text_runs('看<a href="https://a.example">这里</a>和 https://b.example/x，<b>粗</b>')
    assert runs == (
        Run("看"),
        Run("这里", "https://a.example"),
        Run("和 "),
        Run("https://b.example/x", "https://b.example/x"),
        Run("，<b>粗</b>"),
    )
    assert link_problem("a<b", "https://a.example") == "text"
    assert link_problem("好", "javascript:alert(1)") == "address"


def test_a_pasted_file_goes_to_its_form_not_into_the_text(world: ComposeWorld) -> None:
    """Ctrl V of a picture file while the text has the focus: no path in the text, the picture in 图片."""
    (path,) = world.pictures("春山.png")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path)])
    QApplication.clipboard().setMimeData(mime)
    QTest.keySequence(edit(world), QKeySequence(QKeySequence.StandardKey.Paste))
    world.settle()
    assert world.page.kind() == "image"
    assert [item.name for item in world.image.intake.items] == ["春山.png"]
    assert world.text.content() == {"text": ""}


def test_typing_without_a_pause_is_saved_all_the_same(world: ComposeWorld) -> None:
    """Somebody who types a character every 50 ms finds it in the draft within two seconds."""
    for _ in range(30):
        QTest.keyClicks(edit(world), "a")
        wait(50)
    world.settle()
    draft = world.profile.composing.load_draft(world.service.id, "text")
    assert len(draft["text"]) >= 10
    world.wait(1200)
    assert world.profile.composing.load_draft(world.service.id, "text") == {"text": "a" * 30}
    assert world.page._actions.saved.text().startswith("已保存 ")


def test_the_draft_survives_a_restart(world: ComposeWorld) -> None:
    """The text is there again, with its tab in front; the other account has its own."""
    edit(world).setPlainText("第一行\n\n第三行")
    world.wait(1200)
    world.reopen()
    assert world.page.kind() == "text"
    assert world.page.content() == {"text": "第一行\n\n第三行"}
    world.page.set_account(world.subscription)
    world.settle()
    assert world.page.content() == {"text": ""}


def test_switching_the_account_loses_nothing_unsaved(world: ComposeWorld) -> None:
    """What was typed a moment before the switch is in the first account's draft, not in the second's."""
    edit(world).setPlainText("刚写的")
    world.page.set_account(world.subscription)
    world.settle()
    assert world.page.content() == {"text": ""}
    world.page.set_account(world.service)
    world.settle()
    assert world.page.content() == {"text": "刚写的"}


def test_closing_saves_what_the_timer_had_not(world: ComposeWorld) -> None:
    """save_now writes at once."""
    edit(world).setPlainText("最后一句")
    world.page.save_now()
    assert world.profile.composing.load_draft(world.service.id, "text") == {"text": "最后一句"}


def test_the_next_step_opens_only_with_content(world: ComposeWorld) -> None:
    """Empty: a sentence says what to do and the keyboard is in the text. Written: the signal comes."""
    asked: list[bool] = []
    world.page.next_wanted.connect(lambda: asked.append(True))
    world.click("compose.next")
    world.settle()
    assert asked == []
    assert world.window.toasts == ["先写点文字，再选受众"]
    edit(world).setPlainText("春茶上新")
    world.click("compose.next")
    world.settle()
    assert asked == [True]


def test_what_was_sent_leaves_an_empty_form(world: ComposeWorld) -> None:
    """After the message is in the outbox its draft is empty, also on the disk."""
    edit(world).setPlainText("发出去的")
    world.page.sent()
    world.wait(1200)
    assert world.page.content() == {"text": ""}
    assert world.profile.composing.load_draft(world.service.id, "text") == {"text": ""}


def test_copy_as_new_replaces_and_can_be_taken_back(world: ComposeWorld) -> None:
    """The content of an earlier message comes in; what was there comes back with 撤销."""
    edit(world).setPlainText("没写完的")
    undo = []
    world.window.toast = lambda text, icon="", tone="", action=None: undo.append(action)  # type: ignore[method-assign]
    world.page.load("text", {"text": "上次的"})
    world.settle()
    assert world.page.content() == {"text": "上次的"}
    assert undo[0] is not None
    undo[0][1]()
    world.settle()
    assert world.page.content() == {"text": "没写完的"}
