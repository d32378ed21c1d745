"""图文: articles as cards, title and settings with live counters, the body in the real editor, drafts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.media import convert
from desktop_app.paths import resource
from desktop_app.services.fetch import Fetch
from desktop_app.ui.article_cards import ArticleCards
from desktop_app.ui.article_model import MIME
from desktop_app.ui.crop_dialog import CropDialog
from desktop_app.ui.news_form import NewsForm
from desktop_app.ui.toolbar_tools import menu_entries
from desktop_app.workers.tasks import THREADS
from desktop_app.workers.transfer import LIBRARY
from tests.compose_world import MP4, ComposeWorld, enter
from tests.data import make_heic


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[ComposeWorld]:
    made = ComposeWorld(tmp_path)
    made.form("news")
    made.until(lambda: made.page.news.editor is not None and made.page.news.editor.selection)
    made.settle()
    yield made
    made.page.close_views()
    made.window.close()
    made.close()


@pytest.fixture
def form(world: ComposeWorld) -> NewsForm:
    return world.page.news


def write(world: ComposeWorld, name: str, text: str) -> None:
    """Replace the text of a field by keys."""
    field = world.find(name)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def titles(form: NewsForm) -> list[str]:
    """Titles in the order of the message."""
    return [each["title"] for each in form.model.articles()]


def three_articles(world: ComposeWorld) -> None:
    """a, b and c; c in front."""
    for title in "abc":
        if title != "a":
            world.click("news.add")
        write(world, "news.title", title)


def counter(world: ComposeWorld, name: str) -> tuple[str, str]:
    """Text and colour token of a counter."""
    made = world.find(name)
    assert isinstance(made, QLabel)
    return made.text(), made._look[1]  # type: ignore[attr-defined]


def kept(world: ComposeWorld) -> dict[str, Any]:
    """The draft as the next start would read it."""
    return world.profile.composing.load_draft(world.service.id, "news")


# --- cards ---------------------------------------------------------------------------------------------


def test_articles_are_added_up_to_eight(world: ComposeWorld, form: NewsForm) -> None:
    """Ctrl Shift N and the dashed box add one each, the new one in front; the ninth has no place."""
    write(world, "news.author", "abc")
    for _ in range(7):
        world.click("news.add")
    assert form.model.rowCount() == 8
    assert form.row == 7
    assert form.article()["author"] == "abc", "the author goes on"
    form.add_article()
    assert form.model.rowCount() == 8
    assert form.column._add.isHidden()


def test_alt_and_arrows_move_the_article(world: ComposeWorld, form: NewsForm) -> None:
    """The moved one stays in front; at the ends nothing happens."""
    three_articles(world)
    cards = form.column.cards
    cards.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    for _ in range(3):
        QTest.keyClick(cards, Qt.Key.Key_Up, alt)
    assert titles(form) == ["c", "a", "b"]
    assert form.meta.title.text() == "c"
    QTest.keyClick(cards, Qt.Key.Key_Down, alt)
    assert titles(form) == ["a", "c", "b"]


def test_a_card_is_dragged_to_another_place(world: ComposeWorld, form: NewsForm) -> None:
    """Let go above the first card: the third one leads; the row it came from is not removed twice."""
    three_articles(world)
    world.settle()
    cards: ArticleCards = form.column.cards
    data = QMimeData()
    data.setData(MIME, b"2")
    at = QPoint(20, 4)
    assert cards.gap_at(at) == 0
    enter(cards.viewport(), data, at)
    none = Qt.KeyboardModifier.NoModifier
    drop = QDropEvent(QPointF(at), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(cards.viewport(), drop)
    assert titles(form) == ["c", "a", "b"]
    assert form.row == 0


def test_a_removed_article_comes_back(world: ComposeWorld, form: NewsForm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Del takes the card away, 撤销 brings it back to its place with all that was written."""
    three_articles(world)
    undo: list[Any] = []
    monkeypatch.setattr(world.window, "toast", lambda text, icon="", tone="", action=None: undo.append(action))
    form.column.cards.choose(1)
    QTest.keyClick(form.column.cards, Qt.Key.Key_Delete)
    assert titles(form) == ["a", "c"]
    undo[-1][1]()
    assert titles(form) == ["a", "b", "c"]


def test_a_removed_article_does_not_come_back_into_another_message(
    world: ComposeWorld, form: NewsForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """撤销 that is pressed when a new message is shown says why it does nothing."""
    three_articles(world)
    said: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        world.window, "toast", lambda text, icon="", tone="", action=None: said.append((text, action))
    )
    form.remove_with_undo(1)
    _, (_, undo) = said[-1]
    world.page.desk.new_message()
    world.settle()
    undo()
    assert titles(form) == [""]
    assert said[-1] == ("已经换到别的图文，「b」没有放回来", None)


def test_a_duplicate_has_an_id_of_its_own(world: ComposeWorld, form: NewsForm) -> None:
    """It stands below and is in front; changing it leaves the other alone."""
    write(world, "news.title", "a")
    form.column.cards.duplicate_wanted.emit(0)
    write(world, "news.title", "b")
    assert titles(form) == ["a", "b"]
    assert len({each["id"] for each in form.model.articles()}) == 2


def test_cards_say_how_their_checks_stand(world: ComposeWorld, form: NewsForm) -> None:
    """「第 2 篇，b，… 项要处理」 for a screen reader, from the findings of 发送前检查."""
    three_articles(world)
    world.wait(400)
    spoken = form.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("第 2 篇，b，")
    assert spoken.endswith("项要处理")


# --- counters and settings -----------------------------------------------------------------------------


def test_the_title_is_counted_in_code_points(world: ComposeWorld, form: NewsForm) -> None:
    """Over 32 amber, over 64 red; an emoji is one."""
    for text, shown, color in (
        ("茶" * 32, "32 / 64", "text.3"),
        ("茶" * 33, "33 / 64", "amber.text"),
        ("🍵" * 65, "65 / 64", "red.text"),
    ):
        form.meta.title.setText("")
        form.meta.title.insert(text)
        form.meta._count()
        assert counter(world, "news.title.count") == (shown, color)


def test_the_digest_is_kept_but_greyed_with_several_articles(world: ComposeWorld, form: NewsForm) -> None:
    """WeChat shows it for a single article only; taking the second away brings it back."""
    form.inspector.digest.area.edit.setPlainText("一句话")
    assert form.article()["digest"] == "一句话"
    world.click("news.add")
    form.column.cards.choose(0)
    assert not form.inspector.digest.area.isEnabled()
    assert form.inspector.digest.area.text() == "一句话"
    form.remove_with_undo(1)
    assert form.inspector.digest.area.isEnabled()


def test_settings_belong_to_their_article(world: ComposeWorld, form: NewsForm) -> None:
    """Link, comments and the cover in the body are shown for the article in front."""
    write(world, "news.source_url", "https://example.com/a")
    world.click("news.comments")
    world.click("news.add")
    assert form.inspector.link.field.text() == ""
    assert not form.article()["need_open_comment"]
    form.column.cards.choose(0)
    assert form.inspector.link.field.text() == "https://example.com/a"
    assert form.article()["need_open_comment"]


def test_an_address_that_is_none_is_marked(world: ComposeWorld, form: NewsForm) -> None:
    """At once, before the checks run."""
    write(world, "news.source_url", "not an address")
    assert form.inspector.link.field.property("error")


# --- the body ------------------------------------------------------------------------------------------


def body(world: ComposeWorld, form: NewsForm, html: str) -> None:
    """Put something into the body and wait until the message has it."""
    before = form.article()["html"]
    form.run("insertHtml", html=html)
    world.until(lambda: form.article()["html"] != before)


def test_each_article_has_its_own_body(world: ComposeWorld, form: NewsForm) -> None:
    """What was typed a moment before another card was chosen is not lost, and not given to the other one."""
    body(world, form, "<p>one</p>")
    form.run("insertText", text=" more")
    world.click("news.add")
    world.until(lambda: "one more" in form.model.article(0)["html"])
    body(world, form, "<p>two</p>")
    assert "one" not in form.article()["html"]
    form.column.cards.choose(0)
    world.until(lambda: form.editor is not None and "one more" in form.editor.last_html)


def test_dropped_pictures_come_in_and_go_up_behind(world: ComposeWorld, form: NewsForm) -> None:
    """Each is in the text at once, and uploaded once; a video is kept apart with a sentence."""
    targets = world.page.drop_targets(_payload(*world.pictures("a.png", "b.png")))
    assert [target.key for target in targets] == ["body", "cover", "articles", "library"]
    assert targets[1].refusal
    targets[0].take(_payload(*world.pictures("a.png", "b.png"), MP4))
    world.until(lambda: form.article()["html"].count("qunfa-media://") == 2)
    world.settle()
    sent = [r for r in world.sandbox.requests() if r["path"].endswith("/media/uploadimg")]
    assert len(sent) == 2
    assert any("不能通过接口放视频" in text for text in world.window.toasts)


def test_content_decides_what_a_file_is_not_its_name(world: ComposeWorld, form: NewsForm) -> None:
    """A picture called .mp4 goes into the text, a film called .png into the library."""
    picture, film = world.folder / "图.mp4", world.folder / "片.png"
    picture.write_bytes(Path(world.pictures("a.png")[0]).read_bytes())
    film.write_bytes(Path(MP4).read_bytes())
    form.files.insert_pictures(_payload(str(picture), str(film)))
    world.until(lambda: form.article()["html"].count("qunfa-media://") == 1)
    world.until(lambda: [each.name for each in world.transfers.items if each.use == LIBRARY] == ["片.png"])
    form.files.add_articles_for(_payload(str(picture)))
    world.until(lambda: form.model.rowCount() == 2)
    world.settle()


def test_a_bitmap_pasted_into_the_window_goes_up_behind(world: ComposeWorld, form: NewsForm) -> None:
    """A screenshot has no file: it goes into the text and to WeChat all the same."""
    mime = QMimeData()
    picture = QImage(80, 60, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.darkGreen)
    mime.setImageData(picture)
    world.page.take_mime(mime)
    world.until(lambda: form.article()["html"].count("qunfa-media://") == 1)
    world.settle()
    assert len([r for r in world.sandbox.requests() if r["path"].endswith("/media/uploadimg")]) == 1


@pytest.mark.parametrize(
    ("kind", "number", "style"),
    [
        ("align", 1, "text-align: center"),
        ("align", 3, "text-align: justify"),
        ("size", 6, "font-size: 20px"),
        ("lineHeight", 3, "line-height: 2"),
        ("style", 2, "<h2"),
    ],
)
def test_each_menu_of_the_toolbar_does_what_it_says(
    world: ComposeWorld, form: NewsForm, kind: str, number: int, style: str
) -> None:
    """The entry's own command and arguments, in the real page."""
    body(world, form, "<p>one</p>")
    editor = form.editor
    assert editor is not None
    assert editor.view is not None
    page = editor.view.page()

    def selected() -> bool:
        page.triggerAction(QWebEnginePage.WebAction.SelectAll)  # does nothing before the page has drawn itself
        return not editor.selection.get("empty", True)

    world.until(selected)
    _, name, args = menu_entries(kind)[number]
    form.toolbar.command.emit(name, args)
    world.until(lambda: style in form.article()["html"])


def test_a_picture_is_replaced_by_another(
    world: ComposeWorld, form: NewsForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """更换图片 asks for a file; the new one stands where the old one was, as wide, and goes up."""
    first, second = world.pictures("a.png", "b.png")
    form.files.insert_pictures(_payload(first))
    world.until(lambda: "qunfa-media://" in form.article()["html"])
    assert form.editor is not None
    form.editor.command("selectPicture", index=0)
    form.editor.command("imageWidth", value="50%")
    world.until(lambda: "width: 50%" in form.article()["html"])
    before = form.article()["html"]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (second, ""))
    form.editor.replace_wanted.emit()
    world.until(lambda: form.article()["html"] != before)
    assert form.article()["html"].count("qunfa-media://") == 1
    assert "width: 50%" in form.article()["html"]
    world.until(lambda: sum(r["path"].endswith("/media/uploadimg") for r in world.sandbox.requests()) == 2)


def test_more_than_an_article_holds_is_refused_with_words(world: ComposeWorld, form: NewsForm) -> None:
    """Two million characters are no article; nothing comes in, and it is said."""
    mime = QMimeData()
    mime.setHtml(f"<p>{'字' * 2_000_100}</p>")
    QApplication.clipboard().setMimeData(mime)
    before = form.article()["html"]
    assert form.editor is not None
    assert form.editor.view is not None
    form.editor.focus_editor("end")
    page, has_keyboard = form.editor.view.page(), [False]

    def ready() -> bool:
        page.runJavaScript("document.hasFocus() && qunfa.view.hasFocus()", 0, has_keyboard.append)
        return has_keyboard[-1]

    world.until(ready)
    page.triggerAction(QWebEnginePage.WebAction.Paste)
    world.until(lambda: any("分几次粘贴" in text for text in world.window.toasts))
    assert form.article()["html"] == before
    QApplication.clipboard().clear()


def test_a_picture_pasted_without_a_network_comes_when_there_is_one(
    world: ComposeWorld, form: NewsForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red with 再试 while it cannot be had; F5 or the network's return brings it, shows it and uploads it."""
    monkeypatch.setattr(world.profile.articles.pictures, "_fetch", Fetch({"127.0.0.1"}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Picture)
    body(world, form, f'<p>one</p><p><img src="http://127.0.0.1:{server.server_port}/a.jpg"></p>')
    server.server_close()
    world.until(lambda: world.profile.articles.pictures.broken)
    world.page.refresh()
    world.until(lambda: any(check.args.get("fix") == "picture.retry" for check in form.panel.checks()))
    server = ThreadingHTTPServer(server.server_address, _Picture)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    world.page.refresh()
    world.until(lambda: not any(check.key.startswith("picture.") for check in form.panel.checks()))
    shown: list[bool] = []
    assert form.editor is not None
    assert form.editor.view is not None
    page = form.editor.view.page()

    def drawn() -> bool:
        page.runJavaScript("document.querySelector('img[src]').naturalWidth > 800", 0, shown.append)
        world.settle()
        return shown[-1:] == [True]

    world.until(drawn)
    server.shutdown()
    server.server_close()
    world.until(lambda: any(r["path"].endswith("/media/uploadimg") for r in world.sandbox.requests()))
    world.settle()
    assert len([r for r in world.sandbox.requests() if r["path"].endswith("/media/uploadimg")]) == 1


class _Picture(BaseHTTPRequestHandler):
    """A website with one picture."""

    def do_GET(self) -> None:
        data = Path(resource("samples/store.jpg")).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


def test_each_picture_makes_an_article(world: ComposeWorld, form: NewsForm) -> None:
    """The left target: as many as there is room for, each with its cover."""
    targets = world.page.drop_targets(_payload(*world.pictures("a.png", "b.png", "c.png")))
    targets[2].take(_payload(*world.pictures("a.png", "b.png", "c.png")))
    world.until(lambda: form.model.rowCount() == 4)
    assert [bool(each["cover"]) for each in form.model.articles()] == [False, True, True, True]


@contextmanager
def slow_work(world: ComposeWorld) -> Iterator[None]:
    """Until the end of the block nothing is read: the threads for that have other things to do."""
    over = threading.Event()
    for _ in range(THREADS["work"]):
        world.tasks.start("work", lambda job: over.wait())
    yield
    over.set()
    world.settle()


@pytest.mark.parametrize("as_folder", [False, True])
def test_pictures_that_are_read_too_late_are_not_left_out_in_silence(
    world: ComposeWorld, form: NewsForm, as_folder: bool
) -> None:
    """Another article is in front by then: they come into none, do not go up, and a sentence says so once."""
    folder = world.folder / "春茶"
    folder.mkdir()
    pictures = world.pictures("春茶/a.png", "春茶/b.png")
    with slow_work(world):
        form.files.insert_pictures(_payload(*([str(folder)] if as_folder else pictures)))
        world.click("news.add")
    form.take_body()
    assert not any("<img" in each["html"] for each in form.model.articles())
    assert world.transfers.items == []
    assert world.window.toasts == ["已经换到别的图文，「a.png」等 2 个文件没有放进去"]


def test_what_an_article_cannot_hold_goes_into_the_library_of_its_own_account(
    world: ComposeWorld, form: NewsForm
) -> None:
    """A film dropped on the cover; the account is switched before anybody looked into it."""
    with slow_work(world):
        form.files.cover_from(_payload(MP4))
        world.page.set_account(world.subscription)
    (film,) = world.transfers.items
    assert (film.use, film.account_id) == (LIBRARY, world.service.id)


def test_a_picture_that_is_converted_comes_to_no_other_article(world: ComposeWorld, form: NewsForm) -> None:
    """The cover of the article that was in front by then is not replaced; the sentence says what became of it."""
    world.profile.media.configure(ffmpeg=convert.find(), ground="white")
    heic = world.folder / "IMG_4127.heic"
    heic.write_bytes(make_heic.plain(Image.new("RGB", (1000, 800), "teal")))
    form.files.cover_from(_payload(str(heic)))
    world.settle()
    (waiting,) = world.transfers.items
    world.click("news.add")
    world.transfers.mend(waiting)
    world.settle()
    assert [each["cover"] for each in form.model.articles()] == [None, None]
    assert any("「IMG_4127.jpg」没有放进去" in text for text in world.window.toasts)
    form.files.cover_from(_payload(str(heic)))  # agreed to once: not asked again
    world.settle()
    assert [bool(each["cover"]) for each in form.model.articles()] == [False, True]


def test_a_picture_for_a_crop_that_was_closed(world: ComposeWorld, form: NewsForm) -> None:
    """It becomes the cover all the same, in the middle."""
    form.files.open_crop()
    dialog = world.window.findChild(CropDialog)
    assert dialog is not None
    dialog.files_dropped.emit(_payload(*world.pictures("a.png", side=500)))
    dialog.reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    world.settle()
    assert form.article()["cover"]["name"] == "a.png"


def _payload(*paths: str) -> Any:
    from desktop_app.ui.drop_payload import Payload

    return Payload(tuple(paths))


def test_a_red_finding_is_mended_by_one_click(world: ComposeWorld, form: NewsForm) -> None:
    """A title too long is cut; the button is gone with the finding."""
    form.meta.title.insert("茶" * 70)
    form.meta.edited.emit("title", "茶" * 70)
    world.until(lambda: any(check.key == "title.too_long" for check in form.panel.checks()))
    world.click("news.check.title.too_long")
    assert len(form.article()["title"]) == 64
    assert form.meta.title.text() == "茶" * 64
    world.until(lambda: not any(check.key == "title.too_long" for check in form.panel.checks()))


def test_a_finding_leads_to_its_field(world: ComposeWorld, form: NewsForm) -> None:
    """去改 of an empty title puts the keyboard into it, in the article that it is about."""
    body(world, form, "<p>text</p>")
    world.click("news.add")
    write(world, "news.title", "b")
    world.until(lambda: any(c.key == "title.empty" and c.args["article"] == 0 for c in form.panel.checks()))
    form.fixes.fix(next(check for check in form.panel.checks() if check.key == "title.empty"))
    assert form.row == 0
    assert form.meta.title.hasFocus()


def test_find_and_replace(world: ComposeWorld, form: NewsForm) -> None:
    """Matches are counted, one after the other replaced, then all."""
    body(world, form, "<p>tea tea tea</p>")
    form.tools.open("find")
    write(world, "news.find.text", "tea")
    world.until(lambda: counter(world, "news.find.count")[0].endswith("/ 3"))
    write(world, "news.find.replacement", "cha")
    world.click("news.find.all")
    world.until(lambda: "cha cha cha" in form.article()["html"])


# --- drafts --------------------------------------------------------------------------------------------


def test_the_first_word_makes_an_entry_of_the_drafts(world: ComposeWorld, form: NewsForm) -> None:
    """One entry, not two; the draft of the form points to it."""
    write(world, "news.title", "spring tea")
    world.until(lambda: form.draft_id is not None)
    world.wait(1300)
    drafts = world.profile.articles.drafts.list(world.service.id)
    assert [draft.title for draft in drafts] == ["spring tea"]
    assert kept(world)["draft_id"] == form.draft_id


def test_typing_without_a_pause_is_saved_all_the_same(world: ComposeWorld, form: NewsForm) -> None:
    """After two seconds of typing the disk has what stood there a second ago."""
    for number in range(22):
        form.run("insertText", text=f"{number:02d} ")
        world.wait(100)
    assert kept(world)["articles"]
    assert "10 " in kept(world)["articles"][0]["html"]


def test_closing_loses_nothing(world: ComposeWorld, form: NewsForm) -> None:
    """What was typed in the last moment is in the draft."""
    body(world, form, "<p>first</p>")
    form.run("insertText", text=" last")
    world.page.save_now()
    assert "first last" in kept(world)["articles"][0]["html"]


def test_a_new_message_leaves_the_old_one_among_the_drafts(world: ComposeWorld, form: NewsForm) -> None:
    """And it can be opened again, word for word."""
    write(world, "news.title", "one")
    body(world, form, "<p>first</p>")
    world.until(lambda: form.draft_id is not None)
    first = form.draft_id
    world.page.desk.new_message()
    world.until(lambda: form.draft_id is None and form.isEnabled())
    assert titles(form) == [""]
    write(world, "news.title", "two")
    world.until(lambda: form.draft_id not in (None, first))
    assert first is not None
    world.page.desk.open_draft(first)
    world.until(lambda: form.draft_id == first)
    assert titles(form) == ["one"]
    assert "first" in form.article()["html"]
    assert {draft.title for draft in world.profile.articles.drafts.list(world.service.id)} == {"one", "two"}


def test_the_draft_comes_back_after_a_restart(world: ComposeWorld, form: NewsForm) -> None:
    """Articles, their order and the body."""
    three_articles(world)
    world.page.save_now()
    world.page.close_views()
    world.reopen()
    world.until(lambda: titles(world.page.news) == ["a", "b", "c"])


# --- room ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "column", "right"), [((1280, 800), 216, 320), ((960, 640), 184, 52)])
def test_columns_by_the_room(qtbot: QtBot, tmp_path: Path, size: tuple[int, int], column: int, right: int) -> None:
    """216 and 320, or 184 and a strip of 52 whose buttons open flyouts; nothing wants more width than there is."""
    world = ComposeWorld(tmp_path, size)
    form = world.form("news")
    assert isinstance(form, NewsForm)
    world.settle()
    assert (form.column.width(), form.inspector.width()) == (column, right)
    assert world.window.width() == size[0]
    if right == 52:
        world.click("news.strip.cover")
        assert form.inspector.cover.isVisible()
        QTest.keyClick(world.find("news.flyout"), Qt.Key.Key_Escape)
        assert not form.inspector.cover.isVisible()
    world.page.close_views()
    world.window.close()
    world.close()
