"""What can be done with items of 素材库: renew, keep, copy, delete, use in a message or an article, drag out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.article.contents import new_article
from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.ui.compose_page import ComposePage
from desktop_app.ui.drop_payload import LIBRARY_MIME, Payload
from desktop_app.ui.media_choices import choices
from desktop_app.ui.media_drag import drag_mime
from desktop_app.ui.media_words import badge
from tests.data import make
from tests.media_world import MediaWorld
from tests.window_world import PlainWindow

DAY = 24 * 3600.0


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[MediaWorld]:
    made = MediaWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


@pytest.fixture
def mixed(world: MediaWorld) -> MediaWorld:
    world.fill()
    return world


# --- what can be done -----------------------------------------------------------------------------------


def test_renewing(mixed: MediaWorld):
    """The local original goes up once more; the card counts three days again."""
    before = mixed.item("春山.png").media_id
    mixed.later(DAY)
    mixed.click_card("春山.png")
    mixed.click("media.bar.renew")
    assert mixed.window.toasts == ["「春山.png」又能用 3 天"]
    assert mixed.spoken("春山.png").endswith("，剩 3 天")
    assert mixed.item("春山.png").media_id != before
    assert mixed.chosen() == ["春山.png"]


def test_an_expired_card_is_uploaded_again_by_its_link(mixed: MediaWorld):
    """重新上传 stands on the card itself; a click beside it only chooses."""
    mixed.later(4 * DAY)
    card = mixed.card("春山.png")
    link = QPoint(card.right() - 24, card.bottom() - 20)
    QTest.mouseClick(mixed.page.grid.viewport(), Qt.MouseButton.LeftButton, pos=link)
    mixed.settle()
    assert mixed.spoken("春山.png").endswith("，剩 3 天")
    assert mixed.chosen() == []


def test_making_permanent(mixed: MediaWorld):
    """It is in WeChat's library then, and the card says 永久. All chosen ones that are not permanent yet."""
    mixed.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.permanent")
    assert mixed.window.toasts == ["3 个素材已是永久素材"]
    assert all(mixed.spoken(name).endswith("，永久") for name in mixed.names())
    kept = [each for each in mixed.sandbox.service.media.items.values() if each.permanent]
    assert {item.media_id for item in mixed.page.model.items()} == {each.media_id for each in kept}


def test_what_fails_is_said_and_the_rest_is_done(mixed: MediaWorld):
    """One of three uploads is refused: two are permanent, the third is as it was, and the toast says why."""
    mixed.sandbox.fault("add_material:errcode=45009*1")
    mixed.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.permanent")
    (said,) = mixed.window.toasts
    assert said.startswith("2 个素材已是永久素材。1 个没有成功：")
    assert sum(item.permanent for item in mixed.page.model.items()) == 3
    assert not any(mixed.page.model.busy(item.key) is not None for item in mixed.page.model.items())


def upload_for_article(world: MediaWorld, name: str) -> MediaFile:
    """Send a picture up as one of an article's body."""
    media = world.profile.media.add_bytes(make.picture("PNG", (300, 200)), name, "picture", Job())
    world.profile.articles.pictures.upload(world.service.id, media.sha256, Job())
    world.later(1)
    return media


def test_a_picture_of_articles_without_its_file_cannot_be_kept(mixed: MediaWorld):
    """It is no permanent media yet, whatever 永久 may mean for its address: the reason is the file that is gone."""
    upload_for_article(mixed, "正文.png").path.unlink()
    mixed.later(0)
    reasons = {choice.key: choice.reason for choice in choices([mixed.item("正文.png")])}
    assert reasons["permanent"] == "原文件不在这台电脑上，不能重新上传"
    assert reasons["renew"] == "正文图片不会过期"


def test_a_picture_of_articles_says_what_it_is_and_can_be_kept(mixed: MediaWorld):
    """It has an address alone: no media_id to copy, nothing to renew, and 转永久 makes permanent media of it."""
    upload_for_article(mixed, "正文.png")
    assert badge(mixed.item("正文.png"), mixed.clock()).text == "正文图片"
    mixed.click_card("正文.png")
    assert [mixed.find(f"media.bar.{key}").isEnabled() for key in ("renew", "copy", "permanent")] == [
        False,
        False,
        True,
    ]
    assert mixed.find("media.bar.renew").toolTip() == "正文图片不会过期"
    mixed.click("media.bar.permanent")
    assert mixed.item("正文.png").media_id in mixed.sandbox.service.media.items
    assert badge(mixed.item("正文.png"), mixed.clock()).text == "永久"


def test_copying_media_ids(mixed: MediaWorld):
    """One a line, in the order of the cards."""
    mixed.click_card("春山.png")
    mixed.click_card("旧罐.png", Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.copy")
    wanted = [mixed.item(name).media_id for name in ("春山.png", "旧罐.png")]
    assert QGuiApplication.clipboard().text().split("\n") == wanted
    assert mixed.window.toasts == ["已复制 2 个 media_id"]


def test_deleting_a_temporary_one(mixed: MediaWorld):
    """The question says where it is used and that WeChat keeps it until it expires; the safe button has the focus."""
    file = mixed.profile.library.item(mixed.service.id, mixed.item("春山.png").key)
    assert file is not None
    body = f'<p><img data-sha256="{file.sha256}"></p>'
    article = {**new_article(), "title": "清明前的第一杯", "html": body}
    mixed.profile.articles.save(mixed.service.id, {"articles": [article], "draft_id": None})
    mixed.click_card("春山.png")
    mixed.key(Qt.Key.Key_Delete)
    said = mixed.sheet_texts()
    assert "删除「春山.png」？" in said
    assert "用在 1 篇图文草稿里。" in said
    assert "只从这台电脑的列表里拿掉，微信到期自动清除。" in said
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "保留"
    mixed.click("dialog.1")
    assert "春山.png" not in mixed.names()
    assert mixed.window.toasts == ["已删除「春山.png」"]


def test_deleting_a_permanent_one(mixed: MediaWorld):
    """It goes at WeChat too, and the question said so. 保留 changes nothing."""
    media_id = mixed.item("旧罐.png").media_id
    mixed.click_card("旧罐.png")
    mixed.click("media.bar.delete")
    assert "微信素材库里也会删掉，不能恢复。已发出的图文里用到的图片可能打不开。" in mixed.sheet_texts()
    assert "都没有用到" in mixed.sheet_texts()
    mixed.click("dialog.0")
    assert media_id in mixed.sandbox.service.media.items
    mixed.click("media.bar.delete")
    mixed.click("dialog.1")
    assert media_id not in mixed.sandbox.service.media.items
    assert "旧罐.png" not in mixed.names()


def test_what_a_menu_uses_cannot_be_deleted(mixed: MediaWorld):
    """WeChat says no (48005): the item stays and the reason is said."""
    mixed.sandbox.switches.set(menu_material=mixed.item("旧罐.png").media_id)
    mixed.click_card("旧罐.png")
    mixed.click("media.bar.delete")
    mixed.click("dialog.1")
    assert "48005" in mixed.sheet_texts()
    assert "旧罐.png" in mixed.names()


# --- using ----------------------------------------------------------------------------------------------


def test_using_files_that_are_here(mixed: MediaWorld):
    """The page hands over the files with their kind; the window decides where that leads."""
    messages: list[tuple[str, list[MediaFile]]] = []
    articles: list[list[MediaFile]] = []
    mixed.page.use_in_message.connect(lambda kind, files: messages.append((kind, files)))
    mixed.page.use_in_article.connect(articles.append)
    mixed.click_card("茶园.mp4")
    mixed.click("media.bar.message")
    mixed.click_card("春山.png")
    mixed.click_card("旧罐.png", Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.article")
    ((kind, files),) = messages
    assert (kind, [file.name for file in files]) == ("video", ["茶园.mp4"])
    assert [file.name for file in articles[0]] == ["春山.png", "旧罐.png"]
    assert all(file.path.exists() for file in (*files, *articles[0]))


def test_a_message_takes_them_as_they_are(mixed: MediaWorld):
    """What WeChat has does not go up again; what has expired does, by itself."""

    def uploads() -> int:
        calls = [each for each in mixed.sandbox.requests() if each["path"].endswith("media/upload")]
        return sum(each["errcode"] == 0 for each in calls)  # after days the token has to be renewed first

    compose = ComposePage(mixed.context)
    window = PlainWindow(compose)
    window.show()
    compose.set_account(mixed.service)
    mixed.settle()
    mixed.page.use_in_message.connect(compose.use_media)
    before = uploads()
    mixed.click_card("春山.png")
    mixed.click_card("旧罐.png", Qt.KeyboardModifier.ControlModifier)
    mixed.click("media.bar.message")
    assert compose.kind() == "image"
    assert [file["name"] for file in compose.form().content()["files"]] == ["春山.png", "旧罐.png"]
    assert uploads() == before
    mixed.later(4 * DAY)
    mixed.click_card("邀请.amr")
    mixed.click("media.bar.message")
    assert compose.kind() == "voice"
    assert uploads() == before + 1
    window.close()


def test_using_what_is_only_at_wechat(world: MediaWorld):
    """It is fetched first, and lies here then."""
    world.on_the_website("网站上传.jpg")
    world.open()
    assert world.item("网站上传.jpg").path is None
    got: list[MediaFile] = []
    world.page.use_in_message.connect(lambda kind, files: got.extend(files))
    world.click_card("网站上传.jpg")
    world.click("media.bar.message")
    assert [file.name for file in got] == ["网站上传.jpg"]
    assert got[0].path.read_bytes() == make.picture("JPEG")
    assert world.window.toasts == ["正在从微信取回原文件"]
    assert world.item("网站上传.jpg").path is not None


def test_dragging_out(mixed: MediaWorld):
    """Files under the names that people know, whose content is the original's; and the keys."""
    items = [mixed.item("春山.png"), mixed.item("旧罐.png")]
    mime = drag_mime(mixed.service.id, items, mixed.paths.cache)
    payload = Payload.of(mime)
    assert payload.own
    assert [Path(path).name for path in payload.files] == ["春山.png", "旧罐.png"]
    for path, item in zip(payload.files, items, strict=True):
        assert item.path is not None
        assert Path(path).read_bytes() == item.path.read_bytes()
    keys = json.loads(bytes(mime.data(LIBRARY_MIME).data()))
    assert keys == {"account": mixed.service.id, "keys": [item.key for item in items]}
    assert mixed.page.drop_targets(payload) == []


def test_old_drags_leave_no_files_behind(mixed: MediaWorld):
    """Only the last few keep their second names; the originals stay."""
    item = mixed.item("春山.png")
    for _ in range(12):
        drag_mime(mixed.service.id, [item], mixed.paths.cache)
    assert len(list((mixed.paths.cache / "drag").iterdir())) <= 5
    assert item.path is not None
    assert item.path.exists()


def test_what_is_only_at_wechat_cannot_be_dragged(world: MediaWorld):
    """There is no file to drag: the way that fetches it is said."""
    world.on_the_website("网站上传.jpg")
    world.open()
    world.click_card("网站上传.jpg")
    world.page.grid.startDrag(Qt.DropAction.CopyAction)
    assert "会先取回来" in world.window.toasts[-1]
