"""Every error says what happened and what to do, without codes in the sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app import errors
from desktop_app.media.limits import LIMITS
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.error_box import code_words, details, show_error, words
from desktop_app.ui.error_words import ERROR_WORDS
from desktop_app.wechat.errcodes import table

SOURCE = Path(__file__).parents[2] / "desktop_app"
# What the window never lets happen: refused by the client against a script's mistakes.
FOR_SCRIPTS = {"article", "articles", "client_msg_id", "openids", "preview", "request", "speed", "msg_id", "message"}


def raised_codes() -> set[str]:
    """All codes of our own that some line below the window raises."""
    raising = r"(?:NetworkError|MediaError|StoreError|SettingsError|BadRequest|convert\.ask)"
    code = r"\"([a-z_]+\.[a-z_]+)\""
    pattern = re.compile(rf"{raising}\(\s*{code}(?: if [^\"]*? else {code})?")
    found: set[str] = set()
    for folder in ("wechat", "store", "media", "services"):
        for path in (SOURCE / folder).rglob("*.py"):
            for match in pattern.finditer(path.read_text(encoding="utf-8")):
                found.update(code for code in match.groups() if code)
    return found | {"secret.needed"}


def test_every_code_that_is_raised_has_words() -> None:
    """No code of our own reaches the person as a code, except those that only a script can provoke."""
    silent = {c for c in raised_codes() if c not in ERROR_WORDS and c.partition(".")[0] not in FOR_SCRIPTS}
    assert not silent


@pytest.mark.parametrize("code", sorted(ERROR_WORDS))
def test_sentences_follow_the_rules(code: str) -> None:
    """Plain words: no 您, no exclamation mark, no code inside, no full stop at the end (the box sets it)."""
    said = code_words(code, {"kind": "image", "wanted": "voice", "format": "heic", "formats": ["jpeg", "png"]})
    for text in (said.title, said.advice):
        assert text.strip()
        assert not re.search(r"[您！!{}]|[a-z]+\.[a-z]+_", text)
        assert not text.endswith("。")


@pytest.mark.parametrize("errcode", sorted(table()))
def test_every_errcode_of_the_table_is_worded(errcode: int) -> None:
    """WeChat's codes come with title and advice, the code last."""
    said = words(errors.Refused(errcode, "some english text"))
    assert said.title
    assert said.advice
    assert said.code == str(errcode)
    assert "english" not in said.line


def test_an_unknown_errcode_is_named() -> None:
    """A code that nobody documented still gets words and keeps its number."""
    said = words(errors.Refused(99999, "new"))
    assert said.title
    assert said.code == "99999"


def test_an_unknown_code_of_ours_is_named() -> None:
    """A code without words gets the general ones, and is shown small."""
    said = words(errors.StoreError("store.never_heard_of"))
    assert said.title == "没有成功"
    assert said.code == "store.never_heard_of"


def test_sizes_and_formats_read_as_people_write_them() -> None:
    """Bytes become MB, jpeg becomes JPG, kinds get their Chinese name."""
    too_big = words(
        errors.MediaError("media.too_big", size_bytes=13_002_342, limit=LIMITS["image"].max_bytes, kind="image")
    )
    assert too_big.title == "12.4 MB，超过图片上限 10 MB"
    heic = words(errors.MediaError("media.format", format="heic", kind="image", formats=["jpeg", "png", "gif"]))
    assert heic.title == "微信不支持 HEIC 格式"
    assert heic.advice == "图片只收 JPG / PNG / GIF，另存为其中一种再拖进来"
    kind = words(errors.MediaError("media.kind", kind="video", wanted="image", format="mp4"))
    assert kind.line == "这是视频，不是图片。拖到「视频」里"


def test_a_file_without_a_name_is_not_quoted() -> None:
    """Nobody knows what it was called."""
    assert words(errors.MediaError("media.gone", name="a.jpg")).title == "「a.jpg」的文件不见了"
    for unnamed in (errors.MediaError("media.gone"), errors.MediaError("media.gone", name="")):
        assert words(unnamed).title == "文件不见了"


def test_a_way_out_has_words_of_its_own() -> None:
    """What the button does; without the program for it, where to get that, and for HEIC how to need none."""
    size = {"size_bytes": 32_925_286, "limit": LIMITS["video"].max_bytes, "kind": "video"}
    film = words(errors.MediaError("media.too_big", fix="fit_video", **size))
    assert (film.title, film.advice) == ("31.4 MB，超过视频上限 10 MB", "压缩一下就能用")
    assert "ffmpeg" in words(errors.MediaError("media.too_big", fix="fit_video", needs="ffmpeg", **size)).advice
    heic = errors.MediaError("media.format", format="heic", kind="image", formats=["jpeg"], fix="to_jpg")
    assert words(heic).line == "微信不支持 HEIC 格式。转成 JPG 就能用"
    heic.args_["needs"] = "ffmpeg"
    assert re.search("设置 → 素材 .*；.*兼容性最佳", words(heic).advice)
    long = words(errors.MediaError("media.too_long", fix="cut_voice", seconds=60.2, limit=60, kind="voice"))
    assert long.title == "60.2 秒，超过语音上限 60 秒"


def test_a_missing_argument_does_not_fail() -> None:
    """An error that brings less than its sentence wants is shown all the same."""
    assert words(errors.MediaError("media.too_big")).title


def test_40164_tells_the_address_to_add() -> None:
    """The address that WeChat saw stands in the advice."""
    said = words(errors.IpNotAllowed(40164, "not in whitelist", ip="203.0.113.86"))
    assert "203.0.113.86" in said.advice
    assert said.title == "这台电脑的 IP 不在白名单里"


def test_show_error_opens_a_sheet_with_details_to_copy(qtbot: QtBot) -> None:
    """The dialog says title and advice; the button copies errcode, message and rid."""
    window = QWidget()
    window.resize(960, 640)
    qtbot.addWidget(window)
    window.show()
    error = errors.Refused(45009, "reach max api daily quota limit", operation="preview", rid="6123-abcd")
    show_error(window, error)
    sheet = window.findChild(Sheet)
    assert sheet is not None
    assert words(error).title in {each.text() for each in sheet.findChildren(QLabel)}
    copy = next(b for b in sheet.findChildren(QWidget) if b.accessibleName() == "复制错误详情")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == details(error)
    assert "45009" in details(error)
    assert "6123-abcd" in details(error)
