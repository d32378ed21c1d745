"""Writing in the article: every tool on the generic schema, with real keys in the real view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication

from tests.article_world import ArticleWorld

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
P = '<p style="margin: 0 0 8px; font-size: 16px; line-height: 1.75;">'
RED = '<span style="color: #c00000;">'


@pytest.fixture(scope="module")
def world(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleWorld]:
    """One editor for all tests of this file."""
    made = ArticleWorld(tmp_path_factory.mktemp("editor"))
    yield made
    made.close()


def given(world: ArticleWorld, html: str) -> None:
    """An article in the editor, the keyboard in its text."""
    world.load(html)
    world.focus()


def test_typing(world: ArticleWorld) -> None:
    """An empty article is an empty text; letters and Enter make paragraphs that look the same everywhere."""
    given(world, "")
    assert world.html() == ""
    world.type("abc")
    world.key(Qt.Key.Key_Return)
    world.type("d")
    assert world.html() == f"{P}abc</p>{P}d</p>"


def test_nothing_before_the_article(world: ArticleWorld) -> None:
    """Undo takes back what was typed and stops at the article as it was loaded."""
    given(world, "<p>原文</p>")
    world.caret("原文", 2)
    world.type("x")
    for _ in range(5):
        world.key(Qt.Key.Key_Z, CTRL)
    assert world.html() == "<p>原文</p>"
    world.key(Qt.Key.Key_Y, CTRL)
    assert world.html() == "<p>原文x</p>"
    world.load("<p>另一篇</p>")
    world.do("undo")
    assert world.html() == "<p>另一篇</p>"


@pytest.mark.parametrize(("name", "tag"), [("bold", "strong"), ("italic", "em"), ("underline", "u"), ("strike", "s")])
def test_switches(world: ArticleWorld, name: str, tag: str) -> None:
    """Bold, italic, underline, strike: on for part of a text, off again, also by other tags and by style."""
    given(world, "<p>春茶到店</p>")
    world.select("茶到")
    assert world.do(name)
    assert world.html() == f"<p>春<{tag}>茶到</{tag}>店</p>"
    assert world.js("qunfa.selection()")[name] is True
    assert world.do(name)
    assert world.html() == "<p>春茶到店</p>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><b>春茶到店</b></p>", "<p><b>春</b>茶到<b>店</b></p>"),
        (
            '<p><span style="font-weight:700;color:red">春茶到店</span></p>',
            '<p><span style="font-weight:700;color:red">春</span><span style="color: red;">茶到</span>'
            '<span style="font-weight:700;color:red">店</span></p>',
        ),
        ("<h2>春茶到店</h2>", '<h2>春<span style="font-weight: normal;">茶到</span>店</h2>'),
        ("<p><em><b>春茶到店</b></em></p>", "<p><em><b>春</b>茶到<b>店</b></em></p>"),
    ],
)
def test_bold_off_whoever_made_it(world: ArticleWorld, html: str, expected: str) -> None:
    """Bold goes away whether a tag, a style or a heading made it; what is around it keeps its order."""
    given(world, html)
    world.select("茶到")
    world.do("bold")
    assert world.html() == expected


def test_styles(world: ArticleWorld) -> None:
    """Colour, highlight and size gather in one span and go away one by one."""
    given(world, "<p>春茶到店</p>")
    world.select("茶到")
    world.do("color", value="#c00000")
    assert world.html() == f"<p>春{RED}茶到</span>店</p>"
    world.do("highlight", value="#fff3b0")
    world.do("size", px=20)
    style = "color: #c00000; background-color: #fff3b0; font-size: 20px;"
    assert world.html() == f'<p>春<span style="{style}">茶到</span>店</p>'
    assert world.js("qunfa.selection().size") == 20
    for name, args in (("color", {"value": ""}), ("highlight", {"value": ""}), ("size", {"px": 0})):
        world.do(name, **args)
    assert world.html() == "<p>春茶到店</p>"


def test_spaces(world: ArticleWorld) -> None:
    """Spaces that a person types are there for the reader, at the start and in a row; code keeps its own."""
    given(world, "<p></p>")
    world.type("  a  b")
    assert world.html() == "<p>&nbsp; a &nbsp;b</p>"
    assert world.load(world.html()) == world.html()
    given(world, "<pre>x</pre>")
    world.caret("x", 1)
    world.type("  y")
    assert world.html() == "<pre>x  y</pre>"


def test_stored_format(world: ArticleWorld) -> None:
    """With nothing selected a switch counts for what is typed next."""
    given(world, "<p>春茶</p>")
    world.caret("春茶", 2)
    world.key(Qt.Key.Key_B, CTRL)
    world.type("xy")
    world.key(Qt.Key.Key_B, CTRL)
    world.type("z")
    assert world.html() == "<p>春茶<strong>xy</strong>z</p>"


def test_paragraph_styles(world: ArticleWorld) -> None:
    """Alignment, line height and indent go into the paragraph's own style, and out again."""
    given(world, "<p>一</p><section style='color:red'>二</section>")
    world.select("一", "二")
    world.do("align", value="center")
    world.do("lineHeight", value="2")
    world.do("indent")
    style = "text-align: center; line-height: 2; text-indent: 2em;"
    assert world.html() == f'<p style="{style}">一</p><section style="color: red; {style}">二</section>'
    world.do("align", value="")
    world.do("lineHeight", value="")
    world.do("indent")
    assert world.html() == '<p>一</p><section style="color: red;">二</section>'


def test_headings(world: ArticleWorld) -> None:
    """A paragraph becomes a heading and back; a designed section keeps its look and gets the heading inside."""
    given(world, '<p style="text-align: center;">一</p>')
    world.caret("一")
    world.do("heading", level=2)
    assert world.html().startswith('<h2 style="margin: 24px 0 12px;')
    assert "text-align: center;" in world.html()
    assert world.js("qunfa.selection().block") == "h2"
    world.do("paragraph")
    assert world.html() == P.replace(';">', '; text-align: center;">') + "一</p>"
    given(world, '<section style="background:#eee">卡片</section>')
    world.caret("卡片")
    world.do("heading", level=3)
    assert world.html().startswith('<section style="background:#eee"><h3 style=')


def test_enter(world: ArticleWorld) -> None:
    """Enter keeps a paragraph's style, leaves a heading, stays inside a frame and inside a cell."""
    given(world, '<p style="color:red">甲乙</p>')
    world.caret("甲乙", 1)
    world.key(Qt.Key.Key_Return)
    assert world.html() == '<p style="color:red">甲</p><p style="color:red">乙</p>'
    given(world, "<h2>题</h2>")
    world.caret("题", 1)
    world.key(Qt.Key.Key_Return)
    assert world.html() == f"<h2>题</h2>{P}</p>"
    given(world, '<section style="background:#eee;padding:8px">甲乙</section>')
    world.caret("甲乙", 1)
    world.key(Qt.Key.Key_Return)
    frame = '<section style="background:#eee;padding:8px">'
    assert world.html() == f'{frame}<p style="margin: 0;">甲</p><p style="margin: 0;">乙</p></section>'
    given(world, "<table><tbody><tr><td>甲乙</td></tr></tbody></table>")
    world.caret("甲乙", 1)
    world.key(Qt.Key.Key_Return)
    assert world.html() == "<table><tbody><tr><td>甲<br>乙</td></tr></tbody></table>"
    given(world, "<p>甲乙</p>")
    world.caret("甲乙", 1)
    world.key(Qt.Key.Key_Return, SHIFT)
    assert world.html() == "<p>甲<br>乙</p>"


def test_backspace_never_breaks_a_layout(world: ArticleWorld) -> None:
    """At a border Backspace joins plain paragraphs, removes empty ones, and leaves cards and cells whole."""
    given(world, "<p>甲</p><p>乙</p>")
    world.caret("乙")
    world.key(Qt.Key.Key_Backspace)
    assert world.html() == "<p>甲乙</p>"
    card = '<section style="border:1px solid red"><p>卡</p></section>'
    given(world, f"{card}<p>后</p>")
    world.caret("后")
    world.key(Qt.Key.Key_Backspace)
    assert world.html() == f"{card}<p>后</p>"
    given(world, f"{card}<p></p>")
    world.js(
        "qunfa.view.dispatch(qunfa.view.state.tr.setSelection(qunfa.TextSelection.atEnd(qunfa.view.state.doc))) ?? 1"
    )
    world.key(Qt.Key.Key_Backspace)
    assert world.html() == card
    cells = "<table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>"
    given(world, cells)
    world.caret("乙")
    world.key(Qt.Key.Key_Backspace)
    assert world.html() == cells
    world.select("甲", "乙")
    world.key(Qt.Key.Key_Delete)
    assert world.html() == "<table><tbody><tr><td></td><td></td></tr></tbody></table>"


def shape(html: str) -> str:
    """HTML without attributes."""
    import re

    return re.sub(r"<(\w+)[^>]*>", r"<\1>", html)


def test_lists(world: ArticleWorld) -> None:
    """Make a list, go on with Enter, indent with Tab, out with Shift+Tab, Enter and Backspace; change its kind."""
    given(world, "<p>甲</p><p>乙</p>")
    world.select("甲", "乙")
    assert world.do("bulletList")
    assert shape(world.html()) == "<ul><li>甲</li><li>乙</li></ul>"
    assert world.js("qunfa.selection().list") == "ul"
    world.do("orderedList")
    assert shape(world.html()) == "<ol><li>甲</li><li>乙</li></ol>"
    world.caret("乙", 1)
    world.key(Qt.Key.Key_Return)
    world.type("c")
    assert shape(world.html()) == "<ol><li>甲</li><li>乙</li><li>c</li></ol>"
    world.key(Qt.Key.Key_Tab)
    assert shape(world.html()) == "<ol><li>甲</li><li>乙<ol><li>c</li></ol></li></ol>"
    world.type("d")
    assert "cd" in world.html()
    world.key(Qt.Key.Key_Backtab, SHIFT)
    assert shape(world.html()) == "<ol><li>甲</li><li>乙</li><li>cd</li></ol>"
    world.key(Qt.Key.Key_Return)
    world.key(Qt.Key.Key_Return)
    world.type("e")
    assert shape(world.html()) == "<ol><li>甲</li><li>乙</li><li>cd</li></ol><p>e</p>"
    world.caret("甲")
    world.key(Qt.Key.Key_Backspace)
    assert shape(world.html()) == "<p>甲</p><ol><li>乙</li><li>cd</li></ol><p>e</p>"
    world.select("乙", "cd")
    world.do("orderedList")
    assert shape(world.html()) == "<p>甲</p><p>乙</p><p>cd</p><p>e</p>"


def test_quote_divider_emoji(world: ArticleWorld) -> None:
    """A quote around paragraphs and off again; a divider; an emoji of several code points."""
    given(world, "<p>甲</p><p>乙</p>")
    world.select("甲", "乙")
    world.do("blockquote")
    assert shape(world.html()) == "<blockquote><p>甲</p><p>乙</p></blockquote>"
    world.caret("甲")
    world.do("blockquote")
    assert world.html() == "<p>甲</p><p>乙</p>"
    world.caret("甲", 1)
    world.do("insertEmoji", text="👨‍👩‍👧")
    assert world.html() == "<p>甲👨‍👩‍👧</p><p>乙</p>"
    world.caret("乙", 1)
    world.do("divider")
    assert shape(world.html()) == "<p>甲👨‍👩‍👧</p><p>乙</p><hr><p></p>"


def test_links(world: ArticleWorld) -> None:
    """A link over a selection; another address for all of it from a caret inside; and off."""
    given(world, "<p>看<b>这</b>里吧</p>")
    world.select("这里")
    world.do("link", href="https://mp.weixin.qq.com/s/a")
    assert shape(world.html()) == "<p>看<a><b>这</b>里</a>吧</p>"
    assert world.js("qunfa.selection().link") == "https://mp.weixin.qq.com/s/a"
    world.caret("里吧", 0)
    world.do("link", href="https://mp.weixin.qq.com/s/b")
    assert world.html().count("<a ") == 1
    assert "/s/b" in world.html()
    world.do("unlink")
    assert world.html() == "<p>看<b>这</b>里吧</p>"


def test_tables(world: ArticleWorld) -> None:
    """Insert a table, walk with Tab, add and delete rows and columns, delete it."""
    given(world, "")
    world.do("insertTable", rows=2, columns=2)
    world.focus()
    row = "<tr><td></td><td></td></tr>"
    assert shape(world.html()) == f"<table><tbody><tr><th></th><th></th></tr>{row}</tbody></table><p></p>"
    world.type("a")
    world.key(Qt.Key.Key_Tab)
    world.type("b")
    for _ in range(3):
        world.key(Qt.Key.Key_Tab)
    world.type("c")
    table = f"<tr><th>a</th><th>b</th></tr>{row}<tr><td>c</td><td></td></tr>"
    assert shape(world.html()) == f"<table><tbody>{table}</tbody></table><p></p>"
    world.do("columnRight")
    assert shape(world.html()).count("<td>") == 6
    world.do("rowAbove")
    assert shape(world.html()).count("<tr>") == 4
    world.do("deleteRow")
    world.caret("b")
    world.do("deleteColumn")
    assert shape(world.html()).count("<td>") == 4
    assert "b" not in shape(world.html()).replace("table", "").replace("tbody", "")
    world.do("deleteTable")
    assert shape(world.html()) in ("<p></p>", "")


def test_find_and_replace(world: ArticleWorld) -> None:
    """Found over formats; counted; replaced one by one and all at once as one step to undo."""
    given(world, "<p>春<b>茶</b>和春茶</p><section><p>春茶</p></section>")
    world.do("find", text="春茶")
    assert world.js("qunfa.selection().found") == {"count": 3, "index": 0}
    world.do("findNext")
    assert world.js("qunfa.selection().found.index") == 1
    world.do("replace", text="秋茶")
    assert world.html() == "<p>春<b>茶</b>和秋茶</p><section><p>春茶</p></section>"
    world.do("replaceAll", text="白")
    assert world.html() == "<p>白和秋茶</p><section><p>白</p></section>"
    world.do("undo")
    assert world.html() == "<p>春<b>茶</b>和秋茶</p><section><p>春茶</p></section>"
    world.do("find", text="")


def test_clear_format(world: ArticleWorld) -> None:
    """Clear: back to plain words, links stay links."""
    given(world, '<h2>甲<b>乙</b><span style="color:red">丙</span></h2>')
    world.select("甲", "丙")
    world.do("clearFormat")
    assert world.html() == f"{P}甲乙丙</p>"


def test_source(world: ArticleWorld) -> None:
    """The HTML itself can be edited; going back is one step to undo, and what runs does not come in."""
    given(world, "<p>甲</p>")
    world.do("sourceView", on=True)
    assert world.js("document.getElementById('source').value") == "<p>甲</p>"
    world.js("(document.getElementById('source').value = '<p onclick=x()>乙</p><script>x()</script>', 1)")
    assert world.html() == "<p>乙</p>"
    world.do("sourceView", on=False)
    assert world.html() == "<p>乙</p>"
    world.do("undo")
    assert world.html() == "<p>甲</p>"


def test_plain_text(world: ArticleWorld) -> None:
    """Paste as plain text takes the look of the place; every line is a paragraph. Plain clipboards do the same."""
    given(world, '<p style="color:red">甲</p>')
    world.caret("甲", 1)
    mime = QMimeData()
    mime.setHtml("<h1>大</h1>")
    mime.setText("一\n二")
    QApplication.clipboard().setMimeData(mime)
    world.key(Qt.Key.Key_V, CTRL | SHIFT)
    world.until(lambda: "二" in world.html())
    assert world.html() == '<p style="color:red">甲</p><p style="color:red">一</p><p style="color:red">二</p>'
    plain = QMimeData()
    plain.setText("三")
    assert world.paste(plain).endswith('<p style="color:red">二三</p>')


def test_copy_and_paste_inside(world: ArticleWorld) -> None:
    """What is copied here comes back as it was: part of a line as text, several blocks as blocks."""
    given(world, '<section style="padding:4px"><p>甲<b>乙</b></p></section><p>丙</p>')
    world.select("乙")
    world.key(Qt.Key.Key_C, CTRL)
    world.until(lambda: QApplication.clipboard().mimeData().html())
    assert "<b>乙</b>" in QApplication.clipboard().mimeData().html()
    world.caret("丙", 1)
    world.key(Qt.Key.Key_V, CTRL)
    world.until(lambda: "丙<b>" in world.html())
    assert world.html().endswith("<p>丙<b>乙</b></p>")


def test_blocks_are_kept_apart(world: ArticleWorld) -> None:
    """A block goes between paragraphs, into a cell or an item, never between rows or items."""
    block = '<section style="padding:1px"><p>块</p></section>'
    given(world, "<p>甲乙</p>")
    world.caret("甲乙", 1)
    world.do("insertHtml", html=block)
    assert world.html() == f"<p>甲</p>{block}<p>乙</p>"
    given(world, "<ul><li>甲</li></ul>")
    world.caret("甲", 1)
    world.do("insertHtml", html=block)
    assert world.html() == f"<ul><li>甲{block}</li></ul>"


def test_facts_and_selection_are_said(world: ArticleWorld) -> None:
    """Letters (code points without spaces), pictures, minutes; changes come by themselves; loading is no change."""
    stats: list[dict[str, Any]] = []
    changes: list[str] = []
    wanted: list[list[str]] = []
    connections = [
        world.editor.stats.connect(stats.append),
        world.editor.changed.connect(lambda: changes.append(world.editor.last_html)),
        world.editor.pictures_wanted.connect(wanted.append),
    ]
    given(world, "<p>春 茶👍</p><p><img src='https://pic.example/a.png'><img src='qunfa-media://x'></p>")
    assert stats[-1] == {"chars": 3, "pictures": 2, "minutes": 1}
    assert wanted == [["https://pic.example/a.png"]]
    assert changes == []
    world.caret("春", 1)
    world.type("x")
    world.until(lambda: changes)
    assert changes[-1].startswith("<p>春x 茶")
    assert stats[-1]["chars"] == 4
    for signal, connection in zip(
        (world.editor.stats, world.editor.changed, world.editor.pictures_wanted), connections, strict=True
    ):
        signal.disconnect(connection)
