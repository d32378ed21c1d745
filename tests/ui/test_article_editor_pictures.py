"""Pictures come into the article by drop and clipboard, as files, as bitmaps, with Word; and are changed there."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

from desktop_app.errors import AppError, ArticleError
from desktop_app.job import Job
from desktop_app.ui.editor_pictures import office_file
from tests.article_world import ArticleWorld

FOREIGN = "https://pic.example/tea.png"


def picture(color: str, size: int = 40) -> QImage:
    """A plain picture."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


def png(color: str, size: int = 40) -> bytes:
    """The same as PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture(color, size).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


class Fetched:
    """Stands where services.fetch stands: gives one picture, refuses everything else, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, url: str, job: Job) -> bytes:
        self.asked.append(url)
        if url != FOREIGN:
            raise ArticleError("fetch.host", host="x")
        return png("#00aa00")


FETCH = Fetched()


@pytest.fixture(scope="module")
def world(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleWorld]:
    """One editor for all tests of this file."""
    made = ArticleWorld(tmp_path_factory.mktemp("pictures"), FETCH)
    yield made
    made.close()


def drop(world: ArticleWorld, mime: QMimeData, at: QPoint) -> None:
    """Drop something on the view as the system does."""
    view = world.editor.view
    assert view is not None
    action, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (QDragEnterEvent(at, action, mime, buttons, keys), QDragMoveEvent(at, action, mime, buttons, keys)):
        QApplication.sendEvent(view, event)
        assert event.isAccepted()
    QApplication.sendEvent(view, QDropEvent(at.toPointF(), action, mime, buttons, keys))


def place_of(world: ArticleWorld, text: str) -> QPoint:
    """Where in the view a text begins."""
    world.select(text)
    found = world.js(
        "(p => [Math.round(p.left) + 1, Math.round((p.top + p.bottom) / 2)])(qunfa.view.coordsAtPos("
        "qunfa.view.state.selection.from))"
    )
    return QPoint(*found)


def sources(world: ArticleWorld) -> list[str]:
    """The addresses of all pictures, in order."""
    return world.js(
        "[...new DOMParser().parseFromString(qunfa.html(), 'text/html').images].map(i => i.getAttribute('src'))"
    )


def shown(world: ArticleWorld) -> list[bool]:
    """Which pictures of the view are really drawn."""
    return world.js(
        "[...document.querySelectorAll('.ProseMirror img:not(.ProseMirror-separator)')].map(i => i.complete && "
        "i.naturalWidth > 0 && !i.classList.contains('q-broken'))"
    )


def block(text: str) -> QMimeData:
    """What the 样式 panel gives to a drag."""
    mime = QMimeData()
    mime.setHtml(f'<section style="padding:1px"><p>{text}</p></section>')
    return mime


def drop_in_page(world: ArticleWorld, mime: QMimeData, at: QPoint) -> None:
    """Drop something that the page itself takes: it says so only after a while."""
    view = world.editor.view
    assert view is not None
    action, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QDragEnterEvent(at, action, mime, buttons, keys))

    def taken() -> bool:
        event = QDragMoveEvent(at, action, mime, buttons, keys)
        QApplication.sendEvent(view, event)
        return event.isAccepted()

    world.until(taken)
    QApplication.sendEvent(view, QDropEvent(at.toPointF(), action, mime, buttons, keys))


@pytest.mark.parametrize(
    ("before", "left"),
    [
        ("", ""),
        ("<p>甲</p>", "<p>甲</p>"),
        ("<ul><li>甲</li></ul>", "<ul><li>甲</li></ul>"),
        ("<p>甲</p><p></p>", "<p>甲</p>"),
    ],
)
def test_a_block_dropped_below_the_text_comes_to_its_end(world: ArticleWorld, before: str, left: str) -> None:
    """Also where the paper goes on below the field of the text; an empty line at the end gives its place."""
    world.load(before)
    view = world.editor.view
    assert view is not None
    drop_in_page(world, block("块"), QPoint(300, view.height() - 30))
    world.until(lambda: "块" in world.html())
    assert world.html() == f'{left}<section style="padding:1px"><p>块</p></section>'
    world.do("undo")
    assert "块" not in world.html()


def test_a_block_dropped_beside_the_text_comes_to_the_nearest_place(world: ArticleWorld) -> None:
    """The margins belong to the lines between them."""
    world.load("<p>甲</p><p>乙</p>")
    drop_in_page(world, block("块"), QPoint(4, place_of(world, "乙").y()))
    world.until(lambda: "块" in world.html())
    assert world.html() == '<p>甲</p><section style="padding:1px"><p>块</p></section><p>乙</p>'


def test_three_files_dropped(world: ArticleWorld, tmp_path: Path) -> None:
    """Three files dropped before a word stand there in their order, drawn from the cache, one step to undo each."""
    files = []
    for name, color in (("一.png", "#ff0000"), ("二.png", "#00ff00"), ("三.png", "#0000ff")):
        (tmp_path / name).write_bytes(png(color))
        files.append(QUrl.fromLocalFile(str(tmp_path / name)))
    world.load("<p>前面</p><p>后面</p>")
    mime = QMimeData()
    mime.setUrls(files)
    taken: list[str] = []
    connection = world.editor.picture_taken.connect(lambda file: taken.append(file.sha256))
    drop(world, mime, place_of(world, "后面"))
    world.until(lambda: len(sources(world)) == 3)
    world.editor.picture_taken.disconnect(connection)
    assert sources(world) == [f"qunfa-media://{sha}" for sha in taken]
    assert [world.profile.media.media(sha).name for sha in taken] == ["一.png", "二.png", "三.png"]  # type: ignore[union-attr]
    html = world.html()
    assert html.index("前面") < html.index("<img") < html.rindex("<img") < html.index("后面")
    world.until(lambda: shown(world) == [True, True, True])


def test_what_is_no_picture_goes_to_the_window(world: ArticleWorld, tmp_path: Path) -> None:
    """Video and voice have no place in the text: the window hears of them, the text stays."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"\0\0\0\x18ftypmp42")
    heard: list[list[Path]] = []
    connection = world.editor.files_dropped.connect(heard.append)
    world.load("<p>字</p>")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(clip))])
    drop(world, mime, QPoint(300, 100))
    world.until(lambda: heard)
    world.editor.files_dropped.disconnect(connection)
    assert heard == [[clip]]
    assert world.html() == "<p>字</p>"


def test_broken_picture_is_refused(world: ArticleWorld, tmp_path: Path) -> None:
    """A file that only says it is a picture does not come in; the window hears why."""
    (tmp_path / "x.png").write_bytes(b"no picture")
    heard: list[tuple[str, AppError]] = []
    connection = world.editor.picture_refused.connect(lambda name, error: heard.append((name, error)))
    world.load("<p>字</p>")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "x.png"))])
    drop(world, mime, QPoint(300, 100))
    world.until(lambda: heard)
    world.editor.picture_refused.disconnect(connection)
    assert heard[0][0] == "x.png"
    assert heard[0][1].code.startswith("media.")
    assert world.html() == "<p>字</p>"
    assert world.js("document.querySelectorAll('.q-arriving').length") == 0


def test_bitmaps(world: ArticleWorld) -> None:
    """A bitmap on the clipboard and a bitmap dropped become pictures of the article."""
    world.load("<p>字</p>")
    world.focus()
    mime = QMimeData()
    mime.setImageData(picture("#123456"))
    world.paste(mime)
    world.until(lambda: len(sources(world)) == 1)
    other = QMimeData()
    other.setImageData(picture("#654321"))
    drop(world, other, QPoint(300, 30))
    world.until(lambda: len(set(sources(world))) == 2)
    world.until(lambda: shown(world) == [True, True])


def test_file_pasted(world: ArticleWorld, tmp_path: Path) -> None:
    """A file copied in a file manager and pasted is a picture too."""
    (tmp_path / "a.png").write_bytes(png("#abcdef"))
    world.load("<p>字</p>")
    world.focus()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    world.paste(mime)
    world.until(lambda: len(sources(world)) == 1)


def test_word_brings_its_pictures(world: ArticleWorld) -> None:
    """Local pictures of Word's clipboard are taken in and get an address of ours."""
    with tempfile.TemporaryDirectory(prefix="msohtmlclip1") as folder:
        file = Path(folder) / "clip_image001.png"
        file.write_bytes(png("#a0522d"))
        image = f"<img width=40 src='{file.as_uri()}' v:shapes=x>"
        html = f"<!--StartFragment--><p class=MsoNormal>图{image}</p><!--EndFragment-->"
        world.load("")
        world.focus()
        world.paste_html(f"<html><body>{html}</body></html>")
        world.until(lambda: [s for s in sources(world) if s.startswith("qunfa-media://")])
    assert "file:" not in world.html()
    assert 'width="40"' in world.html()


def test_only_office_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that names a private file of this machine gets nothing: only where office programs put theirs."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    private = tmp_path / "Pictures" / "me.png"
    clip = tmp_path / "tmp" / "ksohtml" / "wps1.png"
    for path in (private, clip):
        path.parent.mkdir(parents=True)
        path.write_bytes(png("#000000"))
    assert office_file(clip.as_uri()) == clip
    for address in (
        private.as_uri(),
        (clip.parent / ".." / ".." / "Pictures" / "me.png").as_uri(),
        "file:///no/such.png",
    ):
        with pytest.raises(AppError) as refused:
            office_file(address)
        assert refused.value.code == "media.gone"


def test_big_data_picture_moves_out(world: ArticleWorld) -> None:
    """A large picture inside pasted text goes to the cache: the text stays light."""
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    for x in range(200):
        for y in range(200):
            image.setPixel(x, y, (x * 7919 + y * 104729) & 0xFFFFFF)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    data = "data:image/png;base64," + base64.b64encode(bytes(buffer.data().data())).decode()
    world.load("")
    world.focus()
    world.paste_html(f"<p>图<img src='{data}'></p>")
    world.until(lambda: [s for s in sources(world) if s.startswith("qunfa-media://")])
    assert len(world.html()) < 400


def test_too_much_is_refused(world: ArticleWorld) -> None:
    """5 MB of HTML do not come in and the window hears it; a picture of 50 MB goes, the text around it stays."""
    refused: list[int] = []
    connection = world.editor.paste_refused.connect(refused.append)
    world.load("<p>字</p>")
    world.focus()
    world.paste_html("<p>很长</p>" * 400_000)
    world.until(lambda: refused)
    world.editor.paste_refused.disconnect(connection)
    assert world.html() == "<p>字</p>"
    problems: list[str] = []
    connection = world.editor.picture_refused.connect(lambda name, error: problems.append(error.code))
    world.load("")
    world.focus()
    world.paste_html(f"<p>前<img src='data:image/png;base64,{'A' * 20_000_000}'>后</p>")
    world.until(lambda: problems and not sources(world))
    world.editor.picture_refused.disconnect(connection)
    assert problems == ["media.too_big"]
    assert world.html() == "<p>前后</p>"


def test_foreign_pictures_come_through_the_app(world: ArticleWorld) -> None:
    """The view asks the app for a foreign picture; one that cannot be had is grey, the address stays."""
    FETCH.asked.clear()
    html = f'<p><img src="{FOREIGN}"><img src="https://no.example/x.png"></p>'
    world.load(html)
    world.until(lambda: shown(world) == [True, False] and len(FETCH.asked) == 2)
    assert world.html() == html


def test_change_a_picture(world: ArticleWorld) -> None:
    """Put in, sized, aligned, captioned, replaced; a note on its budget is shown while it is selected."""
    file = world.profile.media.add_bytes(png("#00aa88"), "a.png", "picture", Job())
    other = world.profile.media.add_bytes(png("#8800aa"), "b.png", "picture", Job())
    world.load("<p>甲</p><p>乙</p>")
    world.focus()
    world.caret("甲", 1)
    world.do("insertImage", sha256=file.sha256)
    address = f"qunfa-media://{file.sha256}"
    image = f'<img src="{address}" style="max-width: 100%; vertical-align: middle;">'
    assert world.html() == f'<p>甲</p><p style="margin: 0 0 8px; text-align: center;">{image}</p><p>乙</p>'
    world.do("selectPicture", index=0)
    world.editor.set_picture_note(file.sha256, "3.1 MB → 486 KB 已压缩")
    world.until(lambda: world.js("document.querySelector('.q-note').textContent") == "3.1 MB → 486 KB 已压缩")
    world.do("imageWidth", value="50%")
    assert "width: 50%; height: auto;" in world.html()
    world.do("imageAlign", value="left")
    assert "text-align: left;" in world.html()
    world.do("replaceImage", sha256=other.sha256)
    assert sources(world) == [f"qunfa-media://{other.sha256}"]
    assert "width: 50%" in world.html()
    world.do("imageCaption", text="三月的茶园")
    assert "三月的茶园</p><p>乙</p>" in world.html()
    for _ in range(6):
        world.do("undo")
    assert world.html() == "<p>甲</p><p>乙</p>"
