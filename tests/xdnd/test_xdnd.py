"""Real XDND drops from another process onto the app: what its forms hold and the sandbox received."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

from desktop_app.paths import resource
from tests.xdnd.world import Desk, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

SENT = "[media.sha256 for media in app.sandbox.service.media.items.values()]"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One app for all drops; each test begins with the form that it empties."""
    made = Desk(tmp_path_factory.mktemp("xdnd"))
    yield made
    made.close()


@pytest.fixture
def images(desk: Desk) -> Desk:
    """The app with an empty 图片 form in front."""
    desk.app.until("window.compose._frame.ready")
    desk.app.ask("do(window.show_page, 'send')")
    desk.app.ask("do(window.compose.load, 'image', app.profile.composing.empty_content('image'))")
    desk.app.until("app.tasks.running()", lambda count: count == 0)
    desk.app.until("len(window.compose.forms['image'].content()['files'])", lambda count: count == 0)
    return desk


def pictures(folder: Path, *names: str) -> dict[str, str]:
    """PNG files, no two alike: path and SHA-256."""
    made = {}
    for number, name in enumerate(names):
        image = QImage(64, 48, QImage.Format.Format_RGB32)
        image.fill(QColor.fromHsv(number * 29 % 360, 200, 200))
        path = folder / name
        assert image.save(str(path), "PNG")
        made[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return made


def files(desk: Desk, count: int) -> list[dict[str, Any]]:
    """What the 图片 form holds, once it is so many."""
    found = desk.app.until("window.compose.forms['image'].content()['files']", lambda each: len(each) == count)
    return list(found)


def test_one_file_with_a_name_that_is_not_ascii(images: Desk, tmp_path: Path) -> None:
    """It arrives under its name, and goes up as the bytes it has."""
    made = pictures(tmp_path, "春山 茶园（一）%20#1.png")
    words = images.drag("compose.drop", "image", files=list(made))
    assert words.startswith("1 张图片")
    (file,) = files(images, 1)
    assert file["name"] == "春山 茶园（一）%20#1.png"
    images.app.until(SENT, lambda sent: set(made.values()) <= set(sent))


def test_twelve_files(images: Desk, tmp_path: Path) -> None:
    """All arrive in their order; the head counts them, and says how large they are together."""
    made = pictures(tmp_path, *(f"图{number:02}.png" for number in range(12)))
    words = images.drag("compose.drop", "image", files=list(made))
    assert words.startswith("12 张图片")
    assert [file["name"] for file in files(images, 12)] == [Path(path).name for path in made]
    images.app.until(SENT, lambda sent: set(made.values()) <= set(sent))


def test_files_come_from_the_edge_over_a_text_field(images: Desk, tmp_path: Path) -> None:
    """The field takes nothing for words: the overlay lies over it at the drag's first event."""
    made = pictures(tmp_path, "茶.png")
    images.app.ask("do(window.compose.show_kind, 'text')")
    images.drag("compose.text", "image", files=list(made))
    files(images, 1)
    assert images.app.ask("window.compose.forms['text'].content()['text']") == ""


def test_a_picture_dragged_out_of_a_browser(images: Desk) -> None:
    """HTML, address and pixels: the address is of this machine, which no fetch may ask, so the pixels come in."""
    address = "http://127.0.0.1:9/tea.png"
    words = images.drag(
        "compose.drop", "image", html=f'<img src="{address}" alt="茶">', urls=[address], bitmap="#2e8b57"
    )
    assert words == "网页上的 1 张图片"
    (file,) = files(images, 1)
    images.app.until(SENT, lambda sent: file["sha256"] in sent)


def test_a_bitmap_alone(images: Desk) -> None:
    """A chat program gives pixels without a file."""
    assert images.drag("compose.drop", "image", bitmap="#b22222") == "1 张图片"
    (file,) = files(images, 1)
    images.app.until(SENT, lambda sent: file["sha256"] in sent)


def test_a_folder_over_another_page(images: Desk, tmp_path: Path) -> None:
    """群发记录 takes files too: into the library; the folder is called one, whatever its name promises."""
    folder = tmp_path / "春茶.jpg"
    folder.mkdir()
    images.app.ask("do(window.show_page, 'history')")
    images.drag("history.write", "library", files=[str(folder)])
    assert images.app.until("library") == [str(folder)]
    assert images.app.ask("window.page_name") == "history"


def test_a_refused_target_takes_nothing(images: Desk, tmp_path: Path) -> None:
    """The drop turns it red and the overlay goes by itself; the forms hold what they held."""
    made = pictures(tmp_path, "a.png", "b.png")
    images.drag("compose.drop", "voice", files=list(made))
    images.app.until("window.overlay.isVisible()", lambda visible: not visible)
    assert images.app.ask("window.compose.kind()") == "image"
    files(images, 0)


def test_files_over_the_web_view(images: Desk) -> None:
    """The editor's view does not take the drag for itself: overlay first, then the picture is in the body."""
    images.app.ask("do(window.compose.show_kind, 'news')")
    images.app.until("bool(window.compose.news.editor and window.compose.news.editor.selection)")
    images.drag("news.editor", "body", files=[str(resource("samples/cup.png"))])
    images.app.until("window.compose.news.article()['html']", lambda html: "qunfa-media://" in html)
    images.app.ask("do(window.compose.show_kind, 'image')")


def test_a_block_of_our_own_panel_goes_into_the_text(images: Desk) -> None:
    """Dragged within the window: no overlay comes, the editor takes it."""
    app = images.app
    app.ask("do(window.compose.show_kind, 'news')")
    app.until("bool(window.compose.news.editor and window.compose.news.editor.selection)")
    app.ask("do(window.compose.news.tools.blocks.toggle)")
    before = app.until("window.compose.news.editor.last_html", lambda html: html is not None)
    blocks = "window.compose.news.tools.blocks.findChildren(QWidget)"
    tile = f"next(each for each in {blocks} if each.objectName().startswith('news.block.'))"
    app.until(f"{tile}.isVisible() and rect({tile})[2] > 40")
    left, top, width, _ = app.ask("rect('news.editor')")
    start, end = images.place(tile), (left + width // 2, top + 40)  # on the first line
    images.screen.mouse("mousemove", *start, "sleep", 0.1, "mousedown", 1, "sleep", 0.1)
    images.screen.move(start, end)
    cursor = "page(\"document.querySelector('[class*=prosemirror-dropcursor]') !== null\")"
    app.until(cursor, meanwhile=lambda: images.screen.tremble(end))  # only then the page would take it
    images.screen.tremble(end)
    assert not app.ask("window.overlay.isVisible()")
    images.screen.mouse("sleep", 0.2, "mouseup", 1)
    app.until("window.compose.news.editor.last_html", lambda html: html != before)
    app.ask("do(window.compose.news.tools.blocks.hide)")
    app.ask("do(window.compose.show_kind, 'image')")
