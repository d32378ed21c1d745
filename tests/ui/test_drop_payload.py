"""What drags and clipboards hold: as browsers, chat programs and file managers really fill them."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage

from desktop_app.ui.drop_payload import LIBRARY_MIME, Payload, guessed_kind
from desktop_app.ui.pasted import address_name

PICTURE = "https://mmbiz.qpic.cn/mmbiz_jpg/abc/640?wx_fmt=jpeg"
PAGE = "https://mp.weixin.qq.com/s/abc"


def bitmap() -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return image


def mime_of(html: str = "", urls: tuple[str, ...] = (), image: bool = False, text: str = "") -> QMimeData:
    mime = QMimeData()
    if html:
        mime.setHtml(html)
    if urls:
        mime.setUrls([QUrl(url) for url in urls])
    if image:
        mime.setImageData(bitmap())
    if text:
        mime.setText(text)
    return mime


def test_a_picture_out_of_chrome() -> None:
    """HTML with the picture alone, and its address once more as a link."""
    meta = "<meta http-equiv='content-type' content='text/html; charset=utf-8'>"
    payload = Payload.of(mime_of(f'{meta}<img src="{PICTURE}" alt="春山茶园"/>', (PICTURE,), text=PICTURE))
    assert payload == Payload(addresses=(PICTURE,))
    assert payload.count("image") == payload.may_be("image") == 1


def test_a_picture_that_is_a_link_out_of_edge() -> None:
    """The link leads to a page; the picture inside it is what was meant."""
    html = (
        "<html>\r\n<body>\r\n<!--StartFragment-->"
        f'<a href="{PAGE}"><img src="{PICTURE}" style="width: 20px"></a>'
        "<!--EndFragment-->\r\n</body>\r\n</html>"
    )
    payload = Payload.of(mime_of(html, (PAGE,)))
    assert (payload.addresses, payload.pages) == ((PICTURE,), ())


def test_a_picture_out_of_firefox() -> None:
    """It brings pixels too: they stand by in case the address cannot be had. Its texts are UTF-16."""
    mime = mime_of(image=True)
    mime.setData("text/html", f'<img src="{PICTURE}" alt="茶">'.encode("utf-16-le"))
    mime.setData("text/x-moz-url", f"{PICTURE}\n春茶.jpg".encode("utf-16-le"))
    payload = Payload.of(mime)
    assert payload.addresses == (PICTURE,)
    assert payload.bitmap is not None
    assert payload.bitmap.pixelColor(1, 1) == QColor("red")
    assert payload.count() == 1  # one picture, in two shapes


def test_an_address_of_mozillas_kind_alone() -> None:
    """``text/x-moz-url`` without anything else: its first line, if it names a picture."""
    mime = QMimeData()
    mime.setData("text/x-moz-url", "https://example.com/tea.webp?v=2\ntea".encode("utf-16-le"))
    assert Payload.of(mime) == Payload(addresses=("https://example.com/tea.webp?v=2",))


@pytest.mark.parametrize("data", ["data:image/png;base64,iVBORw0KGgo=", "DATA:image/gif;base64,R0lGOD=="])
def test_a_picture_inside_its_address(data: str) -> None:
    """Pages put small pictures into the address itself."""
    assert Payload.of(mime_of(f'<img src="{data}">')).addresses == (data,)


def test_an_address_without_its_protocol() -> None:
    """``//host/…`` in a page means the page's own protocol."""
    assert Payload.of(mime_of('<img src="//example.com/a.jpg">')).addresses == ("https://example.com/a.jpg",)


@pytest.mark.parametrize(
    ("url", "picture"),
    [
        ("https://example.com/a.JPG", True),
        ("http://example.com/a.webp?x=1#y", True),
        (PICTURE, True),
        ("https://example.com/a.html", False),
        ("https://example.com/", False),
        ("https://example.com/?file=a.jpg", False),
    ],
)
def test_an_address_alone(url: str, picture: bool) -> None:
    """Only its own name tells whether it is a picture; otherwise it is a page, which is said."""
    payload = Payload.of(mime_of(urls=(url,)))
    assert (payload.addresses, payload.pages) == (((url,), ()) if picture else ((), (url,)))
    assert not payload.empty


def test_a_link_with_words_is_a_page() -> None:
    """Also when there is a small picture between the words."""
    html = f'<a href="{PAGE}"><img src="https://example.com/icon.png">明前茶上市</a>'
    assert Payload.of(mime_of(html, (PAGE,))) == Payload(pages=(PAGE,))


def test_a_piece_of_text_is_nothing_for_the_window() -> None:
    """Words with pictures between them are the article editor's; styles and scripts are no words."""
    assert Payload.of(mime_of(f'<p>明前茶</p><img src="{PICTURE}"><p>上市</p>')).empty
    assert Payload.of(mime_of(text="https://example.com/a.jpg")).empty
    assert Payload.of(None).empty
    styled = f'<style>p {{ color: red }}</style><img src="{PICTURE}">'
    assert Payload.of(mime_of(styled)).addresses == (PICTURE,)


@pytest.mark.parametrize("html", ["", r'<img src="file:///C:\Users\li\Temp\1.png">', '<img src="blob:https://x/1">'])
def test_a_picture_out_of_a_chat(html: str) -> None:
    """WeChat, QQ and DingTalk give pixels, some with an address that only they can read."""
    payload = Payload.of(mime_of(html, image=True))
    assert payload.bitmap is not None
    assert (payload.addresses, payload.count("image")) == ((), 1)


@pytest.mark.parametrize("piece", ["<a ", "<!--", "</", '<img src="', "<a b='c' ", "<", "<a>", "<img src=x>"])
def test_a_hostile_page_does_not_hold_up_the_mouse(piece: str) -> None:
    """Tags that are never closed, by the megabyte: they are looked at once, while the mouse hovers."""
    mime = QMimeData()
    mime.setData("text/html", (piece * (2**20 // len(piece))).encode())
    begun = time.process_time()
    assert Payload.of(mime, hovering=True).addresses == ()
    assert time.process_time() - begun < 1.0  # html.parser: minutes, for a tenth of it


def test_what_stands_around_a_picture() -> None:
    """Spaces of every kind are no words; the first ``src`` counts, and characters may be written as entities."""
    html = '<p>&nbsp;\n<IMG alt="a > b src=no" src="https://example.com/a.jpg?b=1&amp;c=2" src=no>&#32;</p>'
    assert Payload.of(mime_of(html)).addresses == ("https://example.com/a.jpg?b=1&c=2",)
    assert Payload.of(mime_of("<title>words</title><style>p{}</style><img src=https://e.com/a.png>")).count() == 1


def test_files_win() -> None:
    """Chat programs put file, address and pixels on the clipboard; the file keeps its name and quality."""
    mime = mime_of(f'<img src="{PICTURE}">', (PICTURE,), image=True)
    mime.setUrls([QUrl.fromLocalFile("/tmp/春山.jpg"), QUrl(PICTURE)])
    assert Payload.of(mime) == Payload(("/tmp/春山.jpg",))


def test_files_of_our_own_library_are_known() -> None:
    """They come with a mark of ours beside their addresses."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/a.jpg")])
    mime.setData(LIBRARY_MIME, b"{}")
    assert Payload.of(mime) == Payload(("/tmp/a.jpg",), own=True)


def test_pixels_are_not_fetched_while_hovering() -> None:
    """The other program would have to encode them; that there is a picture is known without."""

    class Chat(QMimeData):
        asked = 0

        def formats(self) -> list[str]:
            return ["application/x-qt-image"]

        def hasFormat(self, format: str) -> bool:
            return format in self.formats()

        def retrieveData(self, format: str, kind: object) -> object:
            self.asked += format == "application/x-qt-image"
            return bitmap()

    chat = Chat()
    assert Payload.of(chat, hovering=True).count("image") == 1
    assert chat.asked == 0
    assert Payload.of(chat).count("image") == 1
    assert chat.asked > 0


def test_a_picture_that_was_promised_and_is_not_there() -> None:
    """Nothing is taken of it."""
    mime = QMimeData()
    mime.setImageData(QImage())
    assert not Payload.of(mime, hovering=True).empty
    assert Payload.of(mime).empty


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.JPG", "image"), ("b.heic", "image"), ("c.amr", "voice"), ("d.mov", "video"), ("e.docx", ""), ("README", "")],
)
def test_names_promise_a_kind(name: str, kind: str) -> None:
    """Only for the hint while hovering; the content decides later, and a folder's name promises nothing."""
    assert guessed_kind(f"/春茶 2026/{name}") == kind


def test_mixed_files_are_counted() -> None:
    """By what their names promise; the rest may be anything."""
    payload = Payload(("/a.jpg", "/b.HEIC", "/c.mp4", "/春茶"))
    assert (payload.count(), payload.count("image"), payload.may_be("image"), payload.may_be("voice")) == (4, 2, 3, 1)
    assert payload.suffixed(("heic",)) == 1


def test_documents_are_not_counted_as_what_fits() -> None:
    """A name without a suffix may be a picture, a PDF is none, as far as one can tell."""
    payload = Payload(("/a.jpg", "/b.pdf", "/春茶", "/名单.xlsx"))
    assert (payload.may_be("image"), payload.likely("image"), payload.likely("voice")) == (4, 2, 1)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://example.com/a/%E8%8C%B6%E5%9B%AD.png?x=1", "茶园.png"),
        ("https://example.com/a/hills.jpg#top", "hills.jpg"),
        ("https://example.com/%2Fetc%2Fhosts", "hosts"),
        ("data:image/png;base64,AAAA", "网页图片"),
    ],
)
def test_a_picture_of_the_web_is_called_as_a_person_reads_it(address: str, name: str) -> None:
    """The end of its address, without its codes; never a path."""
    assert address_name(address) == name
