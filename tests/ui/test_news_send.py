"""Articles on their last way: the phone, what WeChat changes, the review with its reprint option, the draft box."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from desktop_app.article.contents import new_article
from desktop_app.job import Job
from desktop_app.services.audience import Choice
from desktop_app.ui.changes_dialog import ChangesDialog, change_words
from desktop_app.ui.draft_keeper import KeptDraft
from desktop_app.ui.news_form import NewsForm
from desktop_app.ui.send_dialog import SendDialog
from desktop_app.ui.wechat_draft_dialog import WechatDraftDialog
from tests.compose_world import ComposeWorld

BODY = '<p>清明之前</p><section style="position: fixed; color: red;">红字</section>'


class NewsWorld(ComposeWorld):
    """Two articles that may be sent."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.form("news")
        self.until(lambda: self.news.editor is not None and self.news.editor.selection)
        media = self.profile.media
        files = [media.add_file(path, "picture", Job()) for path in self.pictures("a.png", "b.png", side=400)]
        articles = []
        for title, file in zip(("春山可望", "茶园日记"), files, strict=True):
            cover = {"sha256": file.sha256, "name": file.name, "crop_235": None, "crop_1": None}
            articles.append({**new_article(), "title": title, "html": BODY, "cover": cover})
        self.news.show_draft(KeptDraft({"articles": articles, "draft_id": None}, ()))
        self.news.changed.emit()
        self.until(lambda: self.news.draft_id is not None)
        self.settle()

    @property
    def news(self) -> NewsForm:
        return self.page.news


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[NewsWorld]:
    made = NewsWorld(tmp_path)
    yield made
    made.page.close_views()
    made.window.close()
    made.close()


def test_the_phone_shows_what_will_be_sent(world: NewsWorld) -> None:
    """The cleaned HTML of the article in front; chat and list show both covers."""
    world.click("compose.look.phone")
    preview = world.news.preview
    world.until(lambda: preview.cleaned)
    assert preview.cleaned == world.profile.articles.cleaned(BODY)
    assert "position" not in preview.cleaned
    world.until(lambda: preview.view is not None)
    shown = [""]

    def drawn() -> bool:
        preview.view.page().toPlainText(shown.append)  # type: ignore[union-attr]
        return "红字" in shown[-1]

    world.until(drawn)
    assert "春山可望" in shown[-1]
    world.click("news.preview.place.chat")
    assert [card.title for card in preview._chat.articles] == ["春山可望", "茶园日记"]
    assert not world.news.inspector.isVisible()
    world.click("compose.look.edit")
    assert world.news.inspector.isVisible()


def test_the_phone_shows_the_cover_in_the_body(world: NewsWorld) -> None:
    """正文里也显示: the cover stands first on the phone, and first in what WeChat gets by the draft way."""
    world.news.model.edit(0, show_cover_pic=True)
    world.news.column.cards.choose(0)
    world.click("compose.look.phone")
    preview = world.news.preview
    sha256 = world.news.article()["cover"]["sha256"]
    world.until(lambda: f'<img src="qunfa-media://{sha256}"' in preview.cleaned)
    prepared = world.profile.articles.prepare(world.service.id, world.page.content(), Job())
    url = world.profile.articles.pictures.known_url(world.service.id, sha256)
    sent = prepared.articles[0]["content"]
    assert sent == preview.cleaned.replace(f"qunfa-media://{sha256}", url)


def test_changes_are_listed_before_anything_goes_up(world: NewsWorld) -> None:
    """微信会改什么 names the style that goes; no request was made for it."""
    world.sandbox.forget_requests()
    world.page.desk.show_changes()
    world.settle()
    dialog = world.window.sheet()
    assert isinstance(dialog, ChangesDialog)
    said = [each.text() for each in dialog.findChildren(QLabel)]
    assert "样式 position: fixed 会去掉" in said
    assert not [r for r in world.sandbox.requests() if "media" in r["path"] or "draft" in r["path"]]
    dialog.accept()


def test_every_change_has_words(world: NewsWorld) -> None:
    """No code is shown where a sentence should be, and each kind of player has a sentence of its own."""
    html = '<script>x</script><a href="javascript:x">a</a><form>f</form><p id="x" onclick="y" foo="z">t</p>'
    html += '<video src="https://a.example/v"></video><audio></audio><iframe src="https://a.example/f"></iframe>'
    said = [change_words(change) for change in world.profile.articles.what_changes(html)]
    assert len(set(said)) == len(said) == 9
    assert not [each for each in said if ".removed" in each or ".unwrapped" in each]


def review(world: NewsWorld) -> tuple[SendDialog, dict[str, Any]]:
    """The review of a send to a tag, everything uploaded."""
    choice = Choice("tag", tag_id=world.a_tag(), name="春茶老客", people=9126)
    content = world.page.content()
    dialog = SendDialog(world.context, world.window, world.service, "news", content, choice)
    dialog.open()
    world.until(lambda: dialog._messages)
    world.settle()
    return dialog, content


def test_the_review_shows_the_card_and_asks_about_reprints(world: NewsWorld) -> None:
    """Two articles, the headline's title, the option off; a fresh draft was made for this send."""
    dialog, _ = review(world)
    assert dialog.rows.content.text() == "2 篇，头条「春山可望」"
    assert not dialog.rows.reprint.isHidden()
    assert not dialog.rows.reprint.isChecked()
    assert [card.title for card in dialog.phone.message().articles] == ["春山可望", "茶园日记"]
    made = [r for r in world.sandbox.requests() if r["path"].endswith("/draft/add")]
    assert len(made) == 1
    dialog.reject()
    world.until(lambda: any(r["path"].endswith("/draft/delete") for r in world.sandbox.requests()))


def test_the_reprint_option_goes_with_the_send(world: NewsWorld) -> None:
    """Switched on it is 1 in the sealed request; the default is 0."""
    dialog, _ = review(world)
    dialog.rows.reprint.setChecked(True)
    queued: list[int] = []
    dialog.queued.connect(queued.append)
    dialog._queue()
    world.until(lambda: queued)
    world.deliver()
    sent = world.sandbox.sent()[-1]
    assert sent["payload"]["send_ignore_reprint"] == 1
    assert [each["title"] for each in sent["articles"]] == ["春山可望", "茶园日记"]


def test_the_draft_box_gets_one_copy_and_it_is_kept_up_to_date(world: NewsWorld) -> None:
    """存到公众号草稿箱 twice: one draft there; the second time only the changed article goes."""
    for text in ("的草稿箱里有了这条图文", "更新了 1 篇"):
        world.page.desk.save_to_wechat()
        world.until(lambda: isinstance(world.window.sheet(), WechatDraftDialog))
        dialog = world.window.sheet()
        assert dialog is not None
        assert any(text in each.text() for each in dialog.findChildren(QLabel))
        dialog.accept()
        world.news.model.edit(1, title="茶园日记二")
        world.settle()
    paths = [r["path"] for r in world.sandbox.requests()]
    assert sum(path.endswith("/draft/add") for path in paths) == 1
    assert sum(path.endswith("/draft/update") for path in paths) == 1


def test_an_account_without_the_right_gets_the_draft_box_and_a_list(world: NewsWorld) -> None:
    """What was learned while the page is open counts at once: red, one way out, and what is left to do elsewhere."""
    world.profile.accounts.update(world.service.id, mass_send_right=False)
    world.page.set_account(world.profile.accounts.get(world.service.id))
    world.until(lambda: any(check.key == "account.no_right" for check in world.news.panel.checks()))
    world.click("news.check.account.no_right")
    world.until(lambda: isinstance(world.window.sheet(), WechatDraftDialog))
    dialog = world.window.sheet()
    assert dialog is not None
    assert any("没有群发接口的权限" in each.text() for each in dialog.findChildren(QLabel))
    todo = [each.text() for each in dialog.findChildren(QCheckBox)]
    assert todo == ["声明原创", "打开赞赏", "加入合集", "发表"]
    dialog.accept()
