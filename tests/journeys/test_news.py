"""Articles from the first word to 成功 in the real window, once by each 图文方式; what arrives is what was shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication

from desktop_app.app import App
from desktop_app.article.pictures import with_pictures
from desktop_app.paths import Paths, resource
from desktop_app.robot import Robot
from desktop_app.store.outbox import State
from desktop_app.ui import theme

SAMPLES = ("tea-hills.jpg", "cup.png", "gift-box.png")
PASTED = (
    '<section style="padding: 12px; border-left: 4px solid #2e5e48;"><p>清明之前，山里的雾还没有散。</p></section>'
    '<section onclick="x()" style="position: fixed; color: red;">今年的头采早了三天</section>'
)


class Desk:
    """The app with the rehearsal account and an empty 图文 form, worked by a robot."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.robot = Robot(app.window)
        self.robot.click("connect.rehearse")
        self.robot.get("compose.next", enabled=False)
        self.robot.until(lambda: app.window.account is not None, "no account")
        self.robot.click("compose.tab.news")
        self.form = app.window.compose.news
        self.robot.until(lambda: bool(self.form.editor and self.form.editor.selection), "no editor")

    @property
    def html(self) -> str:
        """The body in front, as the draft has it."""
        return str(self.form.article()["html"])

    def codes(self, level: str) -> list[str]:
        """What 发送前检查 shows in a colour."""
        return [check.key for check in self.form.panel.checks() if check.level == level]

    def paste(self, html: str) -> None:
        """The clipboard into the body."""
        from PySide6.QtWebEngineCore import QWebEnginePage

        data = QMimeData()
        data.setHtml(html)
        QApplication.clipboard().setMimeData(data)
        editor = self.form.editor
        assert editor is not None
        assert editor.view is not None
        editor.focus_editor("end")
        self.robot.until(self.has_keyboard, "the text has no keyboard")
        editor.view.page().triggerAction(QWebEnginePage.WebAction.Paste)

    def has_keyboard(self) -> bool:
        """Whether what is typed goes into the text."""
        got: list[bool] = []
        page = self.form.editor.view.page()  # type: ignore[union-attr]
        page.runJavaScript("document.hasFocus() && qunfa.view.hasFocus()", 0, got.append)
        self.robot.until(lambda: bool(got), "the page does not answer")
        return got[0]

    def send(self) -> dict[str, Any]:
        """Preview to one follower, choose a tag, confirm, wait for 成功; what WeChat recorded."""
        robot, app = self.robot, self.app
        assert app.sandbox is not None
        assert app.window.account is not None
        before = len(app.sandbox.previews())
        openid = app.profile.accounts.client(app.window.account.id).get_followers().openids[0]
        robot.click("compose.preview")
        robot.type("preview.to", openid)
        robot.click("preview.send")
        robot.until(lambda: len(app.sandbox.previews()) > before, "no preview arrived")  # type: ignore[union-attr]
        robot.until(lambda: app.window.sheet() is None, "the preview stays open")
        robot.click("compose.next")
        robot.click("audience.tag")
        robot.click_row("audience.tags", 1)
        robot.click("audience.next")
        choice = app.window.audience.choice()
        assert choice is not None
        robot.type("send.number", str(choice.people))
        robot.get("send.confirm")
        known = {row.id for row in app.window.history.model.rows()}
        robot.click("send.confirm")
        robot.until(lambda: app.window.page_name == "history", "nothing was queued", 90)

        def succeeded() -> bool:
            new = [row for row in app.window.history.model.rows() if row.id not in known]
            if new and new[0].state is not State.SUCCEEDED:
                robot.click("history.refresh")
                robot.settle(500)
            return bool(new) and new[0].state is State.SUCCEEDED

        robot.until(succeeded, "it did not become 成功", 120)
        return app.sandbox.sent()[-1]

    def shown(self, row: int) -> str:
        """The article's HTML as 手机预览 shows it, with the addresses that its pictures got at WeChat."""
        self.form.column.cards.choose(row)
        self.robot.until(lambda: bool(self.form.preview.cleaned), "nothing is shown")
        self.robot.until(lambda: self.form.preview.shown_id == self.form.article()["id"], "another article is shown")
        account = self.app.window.account
        assert account is not None
        pictures = self.app.profile.articles.pictures
        return with_pictures(
            self.form.preview.cleaned, lambda url: pictures.known_url(account.id, url.rpartition("/")[2]) or url
        )


@pytest.fixture
def desk(qapp: QApplication, paths: Paths) -> Iterator[Desk]:
    theme.install(qapp, "light", 1.0)
    app = App(paths, sandbox_speed=20.0)
    app.window.resize(1280, 800)
    app.window.show()
    yield Desk(app)
    app.window.leave()
    app.close()


def write_two_articles(desk: Desk) -> None:
    """Write, paste, drop three pictures, crop a cover, add a second article, fix what is red."""
    robot, form = desk.robot, desk.form
    robot.type("news.title", "春山可望：2026 明前茶到店了")
    robot.type("news.author", "编辑部")
    desk.paste(PASTED)
    robot.until(lambda: "头采早了三天" in desk.html, "nothing was pasted")
    robot.drop("news.editor", [resource(f"samples/{name}") for name in SAMPLES])
    robot.until(lambda: desk.html.count("qunfa-media://") == 3, "the pictures did not come in")
    robot.until(lambda: "cover.missing" in desk.codes("red"), "the missing cover is not noticed")
    robot.click("news.cover.body")
    robot.click("crop.body.2")
    robot.get("crop.done")
    robot.settle()
    robot.click("crop.view")
    before = form_parts(desk)
    for _ in range(3):
        robot.press(Qt.Key.Key_Down)
    assert form_parts(desk) != before
    robot.click("crop.done")
    robot.click("news.add")
    robot.type("news.title", "茶" * 70)
    desk.paste("<p>采茶的第七天，山里起雾。</p>")
    robot.until(lambda: "第七天" in desk.html, "nothing was pasted")
    robot.drop("news.cover", [resource("samples/store.jpg")])
    robot.click("crop.done")
    robot.until(lambda: "title.too_long" in desk.codes("red"), "the long title is not noticed")
    robot.click("news.check.title.too_long")
    robot.until(lambda: not desk.codes("red"), "still red")
    assert len(form.article()["title"]) == 64
    robot.type("news.title", "茶园日记")
    robot.until(lambda: not form.context.tasks.running("upload"), "still uploading")


def form_parts(desk: Desk) -> list[float]:
    """Where the crop in front is."""
    from desktop_app.ui.crop_view import CropView

    view = desk.robot.get("crop.view")
    assert isinstance(view, CropView)
    return view.boxes["wide"].parts()


def test_articles_by_each_way(desk: Desk) -> None:
    """The draft way and uploadnews: both reach 成功, and the bodies are to the byte what the phone showed."""
    robot, app = desk.robot, desk.app
    assert app.sandbox is not None
    assert app.window.account is not None
    write_two_articles(desk)
    robot.click("compose.look.phone")
    shown = [desk.shown(0), desk.shown(1)]
    assert "onclick" not in shown[0]
    assert "position" not in shown[0]
    assert "头采早了三天" in shown[0]
    robot.click("compose.look.edit")
    robot.until(lambda: not desk.codes("red"), "something is red")
    sent = desk.send()
    assert [each["title"] for each in sent["articles"]] == ["春山可望：2026 明前茶到店了", "茶园日记"]
    assert [each["raw_content"] for each in sent["articles"]] == shown
    assert sent["articles"][0]["pic_crop_235_1"]
    assert sent["payload"]["send_ignore_reprint"] == 0

    robot.click("nav.settings")
    robot.click(f"settings.news_way.{app.window.account.app_id}.uploadnews")
    robot.until(lambda: app.window.account is not None and app.window.account.news_way == "uploadnews", "not set")
    robot.click("nav.history")
    robot.click("history.copy")
    robot.until(lambda: app.window.page_name == "send", "nothing was copied")
    robot.until(lambda: desk.form.model.rowCount() == 2, "the articles are not there")
    robot.settle(600)
    again = desk.send()
    assert [each["raw_content"] for each in again["articles"]] == shown
    paths = [request["path"] for request in app.sandbox.requests()]
    assert any(path.endswith("/media/uploadnews") for path in paths)
    assert any(path.endswith("/draft/add") for path in paths)
    counted = [path for path in paths if path.endswith("/media/uploadimg")]
    assert len(counted) == 3, "each picture goes up once per content and account"
