"""Tokens, type, icons and painted text."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QIcon, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.paths import resource
from desktop_app.ui import icons, motion, theme
from desktop_app.ui.text import ElidedLabel, Paragraph, draw_lines
from desktop_app.ui.widgets import label

UI = Path(theme.__file__).parent


def test_both_sets_know_the_same_tokens() -> None:
    """No colour is missing when the theme switches."""
    table = json.loads(resource("tokens.json").read_text(encoding="utf-8"))["color"]
    assert set(table["light"]) == set(table["dark"])


def test_colours_are_read_from_the_table() -> None:
    """Both ways to write a colour are understood, an unknown token is an error."""
    assert theme.color("go").name() == "#07c160"
    assert theme.color("scrim").alphaF() == pytest.approx(0.44, abs=0.01)
    with pytest.raises(KeyError):
        theme.color("no.such.token")
    with pytest.raises(ValueError, match="not a colour"):
        theme.parse_color("#11223344")


def test_a_given_colour_can_be_changed_without_harm() -> None:
    """Who makes a colour translucent changes a copy."""
    theme.color("text").setAlphaF(0.1)
    assert theme.color("text").alphaF() == 1


def test_no_colour_is_written_outside_the_table() -> None:
    """Widgets name tokens; no file of the window holds a hex colour."""
    found = [
        f"{path.name}: {match[0]}"
        for path in UI.rglob("*.py")
        for match in re.finditer(r"[\"']#[0-9A-Fa-f]{3,8}[\"']", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_fonts_follow_the_type_table() -> None:
    """Pixel sizes, families and weights come from the table; numbers are tabular."""
    font = theme.font("body")
    assert (font.pixelSize(), font.weight()) == (13, QFont.Weight.Normal)
    assert font.families()[0] == "PingFang SC"
    assert theme.font("body", bold=True).weight() == QFont.Weight.DemiBold
    assert theme.font("title.3").weight() == QFont.Weight.DemiBold
    assert theme.font("caption", mono=True).families()[0] == "SF Mono"
    assert font.isFeatureSet(QFont.Tag("tnum"))


def test_text_scale_grows_type_and_heights(qapp: QApplication) -> None:
    """At 125 % text is larger and so is every height that holds text."""
    theme.install(qapp, text_scale=1.25)
    assert (theme.font("caption").pixelSize(), theme.px(32), theme.line("body")) == (15, 40, 25)


def test_switch_repaints_labels_and_native_parts(qapp: QApplication) -> None:
    """After a switch labels, palette and icons have the other theme's colours."""
    words = label("字", color="text.2")
    theme.install(qapp, "dark")
    assert words.palette().color(QPalette.ColorRole.WindowText) == theme.color("text.2")
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == theme.color("bg.surface").name()
    theme.install(qapp, "light")
    assert words.palette().color(QPalette.ColorRole.WindowText) == theme.color("text.2")


def test_every_icon_can_be_drawn() -> None:
    """Each file gives ink in the asked colour and knows no colour of its own."""
    for path in resource("icons").glob("*.svg"):
        image = icons.pixmap(path.stem, 24, "red").toImage()
        image = image.convertToFormat(QImage.Format.Format_ARGB32)
        solid = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
        wanted = theme.color("red")
        wrong = [
            c.name() for c in solid if c.alpha() == 255 and abs(c.red() - wanted.red()) + c.blue() - wanted.blue() > 4
        ]
        assert wrong == [], path.stem
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), path.stem


def test_icons_named_in_the_code_exist() -> None:
    """A status of the token table always has its picture."""
    for look in theme.current().tokens["status.chip"].values():
        assert resource(f"icons/{look['icon']}.svg").is_file()
    with pytest.raises(OSError, match="no-such-icon"):
        icons.icon("no-such-icon")


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_icons_are_drawn_for_the_display(ratio: float) -> None:
    """At 150 % a 16 px icon has 24 real pixels, not 16 blown up."""
    picture = icons.pixmap("check", 16, "text", ratio)
    assert picture.width() == round(16 * ratio)
    scaled = icons.icon("check").pixmap(picture.deviceIndependentSize().toSize(), ratio)
    assert scaled.toImage() == picture.toImage().convertToFormat(scaled.toImage().format())


def test_icon_lands_on_whole_pixels() -> None:
    """Painted in the middle of an odd place at 150 %, the icon is copied pixel for pixel, not smeared."""
    image = QImage(60, 60, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(1.5)
    image.fill(0)
    p = QPainter(image)
    icons.paint(p, QRectF(0.4, 0.7, 31, 29), "close", 16, "text")
    p.end()
    wanted = icons.pixmap("close", 16, "text", 1.5).toImage()
    found = any(
        image.copy(x, y, 24, 24).convertToFormat(wanted.format()) == _plain(wanted)
        for x in range(36)
        for y in range(36)
    )
    assert found


def _plain(image: QImage) -> QImage:
    copy = QImage(image)
    copy.setDevicePixelRatio(1.5)
    return copy


def test_disabled_icon_is_grey() -> None:
    """An action's icon turns grey by itself."""
    picture = icons.icon("stop").pixmap(24, QIcon.Mode.Disabled).toImage()
    inked = {
        picture.pixelColor(x, y).name()
        for x in range(24)
        for y in range(24)
        if picture.pixelColor(x, y).alpha() == 255
    }
    assert inked <= {theme.color("text.disabled").name()}


def test_lines_wrap_and_end_in_an_ellipsis() -> None:
    """Text takes as many lines as it needs, or the allowed ones; own breaks count."""
    font = theme.font("body")
    box = QRectF(0, 0, 80, 0)
    text = "明前头采到店，先看看今年的山。三月二十七日起门店试饮"
    assert draw_lines(None, box, text, font, QColor(), 20) > 3
    assert draw_lines(None, box, text, font, QColor(), 20, 2) == 2
    assert draw_lines(None, box, "一\n二\n\n四", font, QColor(), 20) == 4


def test_paragraph_is_as_high_as_its_lines() -> None:
    """A paragraph asks for its line height times its lines at the width it gets."""
    words = Paragraph("明前头采到店，先看看今年的山。三月二十七日起门店试饮", line=22)
    assert words.heightForWidth(2000) == 22
    assert words.heightForWidth(100) % 22 == 0
    assert words.heightForWidth(100) > 44


def test_elided_label_keeps_the_whole_text_at_hand() -> None:
    """Shortened text is whole in the tooltip and for screen readers; with room there is no tooltip."""
    words = ElidedLabel("春茶老客 + 杭州门店会员 + 小程序下单")
    words.resize(80, 20)
    words.grab()
    assert words.toolTip() == words.text()
    words.resize(600, 20)
    words.grab()
    assert words.toolTip() == ""


def test_motion_can_be_switched_off() -> None:
    """With reduced motion every duration is 0."""
    motion.set_reduced(True)
    assert motion.motion(180) == 0
    motion.set_reduced(False)
    assert motion.motion(180) == 180
    motion.set_reduced(None)


def test_program_with_the_theme_ends_cleanly(tmp_path: Path) -> None:
    """Style, focus ring and engines survive the end of the process without a crash, and run at 150 %."""
    script = tmp_path / "short.py"
    script.write_text(
        "from PySide6.QtWidgets import QApplication\n"
        "from desktop_app.ui import theme, icons\n"
        "from desktop_app.ui.widgets import *\n"
        "app = QApplication([]); theme.install(app)\n"
        "w = Surface(); f = search_field('搜索')\n"
        "w.setLayout(vbox(button('发送', 'send', icon='send'), f)); w.show(); f.setFocus()\n"
        "app.processEvents(); print(w.grab().devicePixelRatio())\n",
        encoding="utf-8",
    )
    env = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1.5", "PYTHONPATH": str(UI.parent.parent), "PATH": ""}
    done = subprocess.run(
        [sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "1.5"), done.stderr
