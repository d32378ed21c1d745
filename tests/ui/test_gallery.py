"""Every control with its states, built from the real widgets after picture 12 of the design.

``QUNFA_SHOTS=folder`` keeps the pictures there, to be laid beside the design.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QMenu,
    QRadioButton,
    QToolTip,
    QWidget,
)

from desktop_app.ui import motion, theme
from desktop_app.ui.chips import status_chip
from desktop_app.ui.drop_target import paint_drop_target
from desktop_app.ui.focus_ring import RingFrame
from desktop_app.ui.hold_button import HoldButton
from desktop_app.ui.paint import painter
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.quota_dots import QuotaDots
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.switch import Switch
from desktop_app.ui.widgets import Surface, button, field, label, set_error, set_tip


class _Targets(QWidget):
    """The four looks of a place for files."""

    def paintEvent(self, event: QPaintEvent) -> None:
        looks = [("idle", "拖入图片"), ("armed", "放到这里"), ("over", "松手上传"), ("refused", "只能放 1 张图")]
        with painter(self) as p:
            for i, (state, text) in enumerate(looks):
                paint_drop_target(p, QRectF(i * 144, 0, 128, 72), state, "upload", text)


class Gallery(Surface):
    """The picture; ``at`` finds what was placed under a name."""

    def __init__(self) -> None:
        super().__init__("bg.panel")
        self.resize(1280, 800)
        self.named: dict[str, QWidget] = {}
        self._rings: list[RingFrame] = []
        self._buttons()
        self._fields()
        self._choices()
        self._chips_and_bars()
        self._menu_and_tip()
        self._large_buttons()

    def put(self, widget: QWidget, x: int, y: int, name: str = "") -> QWidget:
        widget.setParent(self)
        widget.ensurePolished()
        size = widget.sizeHint()
        if not widget.testAttribute(Qt.WidgetAttribute.WA_Resized):
            widget.resize(size)
        widget.move(x, y)
        if name:
            self.named[name] = widget
        return widget

    def title(self, text: str, x: int, middle: int) -> None:
        self.put(label(text, bold=True), x, middle - 10)

    def caption(self, text: str, x: int, middle: int) -> None:
        self.put(label(text, "caption", "text.3"), x, middle - 8)

    def _ring(self, widget: QWidget) -> None:
        frame = RingFrame()
        frame.setWidget(widget)
        self._rings.append(frame)

    def _states(self, widgets: list[QWidget]) -> None:
        """At rest, below the mouse, focused, disabled."""
        widgets[1].setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        self._ring(widgets[2])
        widgets[3].setEnabled(False)

    def _buttons(self) -> None:
        rows = [
            ("send", "按钮 · 发送（全程唯一的绿）", "发送给 9,126 人", (32, 167, 302, 437)),
            ("primary", "按钮 · 主要", "下一步", (32, 113, 194, 275)),
            ("plain", "按钮 · 普通", "发预览", (32, 113, 194, 275)),
            ("danger", "按钮 · 危险", "删除", (32, 100, 168, 236)),
        ]
        for i, (kind, title, text, xs) in enumerate(rows):
            y = 56 + 100 * i
            self.title(title, 32, y - 22)
            made = [self.put(button(text, kind), x, y, f"{kind}.{n}") for n, x in enumerate(xs)]
            self._states(made)
            for x, word in zip(xs, ("默认", "悬停", "焦点", "停用"), strict=True):
                self.caption(word, x, y + 48)

    def _fields(self) -> None:
        self.title("输入框", 32, 434)
        words = ("默认", "焦点", "错误 · 下方写原因", "停用")
        for i, word in enumerate(words):
            made = field("标题")
            made.resize(132, 32)
            made.setText(["", "春山可望", "标题超过 64 字", "不可编辑"][i])
            self.put(made, 32 + 148 * i, 456, f"field.{i}")
            self.caption(word, 32 + 148 * i, 504)
        set_error(self.named["field.2"], "标题超过 64 字")
        self.named["field.3"].setEnabled(False)

    def _choices(self) -> None:
        self.title("选择与开关", 32, 534)
        for i, state in enumerate(("Unchecked", "Checked", "PartiallyChecked")):
            box = QCheckBox()
            box.setTristate(i == 2)
            box.setCheckState(Qt.CheckState[state])
            box.setAccessibleName("勾选")
            box.resize(16, 28)
            self.put(box, 32 + 24 * i, 558, f"check.{i}")
        for i in range(2):
            radio = QRadioButton()
            radio.setAutoExclusive(False)
            radio.setChecked(i == 1)
            radio.setAccessibleName("单选")
            radio.resize(16, 28)
            self.put(radio, 112 + 24 * i, 558, f"radio.{i}")
        for i in range(2):
            self.put(Switch("开关", on=i == 1), 168 + 40 * i, 558, f"switch.{i}")
        self.put(
            Segmented([("now", "立即", ""), ("later", "定时", "")], accessible_name="时间"), 256, 556, "segments"
        )
        for x, word in ((32, "勾选"), (112, "单选"), (168, "开关"), (256, "分段")):
            self.caption(word, x, 606)

    def _chips_and_bars(self) -> None:
        self.title("状态标签", 656, 34)
        for y, row in (
            (56, ("排队中", "提交中", "发送中", "成功", "部分失败", "失败")),
            (90, ("待管理员确认", "已删除", "结果未知", "已取消")),
        ):
            x = 656
            for word in row:
                x += self.put(status_chip(word), x, y, f"chip.{word}").width() + 16
        self.title("额度", 656, 142)
        quotas = [
            (4, 4, 656, "4 次"),
            (4, 3, 729, "3 次"),
            (4, 1, 802, "1 次"),
            (4, 0, 875, "用完"),
            (1, 1, 948, "订阅号 · 今天 1 次"),
        ]
        for total, left, x, word in quotas:
            self.put(QuotaDots(total, left, "本月"), x, 178, f"dots.{left}of{total}")
            self.caption(word, x, 212)
        self.title("进度", 656, 250)
        for i, word in enumerate(("上传", "等微信（不定）", "完成", "失败")):
            bar = ProgressLine(word)
            bar.resize(96, 4)
            self.put(bar, 656 + 112 * i, 286, f"bar.{i}")
            self.caption(word, 656 + 112 * i, 320)
            if i == 1:
                bar.set_busy()
            elif i == 2:
                bar.set_state("done")
            else:
                bar.set_fraction(0.62 if i == 0 else 0.7)
                bar.set_state("running" if i == 0 else "failed")
        self.title("拖放区", 656, 358)
        targets = _Targets()
        targets.resize(560, 72)
        self.put(targets, 656, 380, "targets")

    def _menu_and_tip(self) -> None:
        self.title("右键菜单与提示", 32, 636)
        menu = QMenu(self)
        view, refresh = QAction("查看", menu), QAction("刷新状态", menu)
        refresh.setShortcut(QKeySequence("F5"))
        view.setShortcut(QKeySequence("Enter"))
        delete = QAction("删除…", menu)
        delete.setShortcut(QKeySequence("Del"))
        delete.setProperty("danger", True)
        for action in (view, refresh, delete):
            if action is delete:
                menu.addSeparator()
            action.setShortcutVisibleInContextMenu(True)
            menu.addAction(action)
        menu.setMinimumWidth(264)
        menu.setActiveAction(view)
        shown = QLabel()
        shown.setPixmap(menu.grab())
        self.put(shown, 32 - 16, 658 - 12, "menu")

    def _large_buttons(self) -> None:
        self.title("按住发送（可选的确认方式）与演练发送", 656, 638)
        for i in range(2):
            hold = HoldButton("按住 2 秒发送", "继续按住…")
            hold.resize(168, 40)
            hold.set_filled(0.6 * i)
            self.put(hold, 656 + 184 * i, 660, f"hold.{i}")
        rehearsal = button("演练发送", "rehearsal", "large")
        rehearsal.resize(168, 40)
        self.put(rehearsal, 656 + 368, 660, "rehearsal")
        for i, word in enumerate(("按下前", "按到 1.2 秒", "演练账号")):
            self.caption(word, 656 + 184 * i, 716)

    def color_in(self, picture: QPixmap, name: str, at: QPoint | None = None) -> QColor:
        """The colour of one pixel of a placed widget, by default 4 px from its left edge in the middle."""
        widget = self.named[name]
        inside = at or QPoint(4, widget.height() // 2)
        return picture.toImage().pixelColor(widget.mapTo(self, inside))


@pytest.fixture
def gallery(qapp: QApplication) -> Iterator[Gallery]:
    """The gallery on the screen, its second field focused, nothing moving."""
    motion.set_reduced(True)
    made = Gallery()
    made.show()
    made.activateWindow()
    made.named["field.1"].setFocus()
    QApplication.processEvents()
    yield made
    motion.set_reduced(None)


def _save(picture: QPixmap, name: str, folder: Path) -> None:
    picture.save(str(folder / name))
    if shots := os.environ.get("QUNFA_SHOTS"):
        Path(shots).mkdir(parents=True, exist_ok=True)
        picture.save(str(Path(shots) / name))


def _colored_pixels(picture: QPixmap, area: QRect, color: QColor) -> int:
    image = picture.copy(area).toImage()
    return sum(image.pixelColor(x, y) == color for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_picture_has_the_colours_of_the_tokens(
    gallery: Gallery, qapp: QApplication, tmp_path: Path, name: str
) -> None:
    """Each control shows its token's colour in each state, in both themes."""
    theme.install(qapp, name)
    QApplication.processEvents()
    picture = gallery.grab()
    _save(picture, f"12-components-{name}.png", tmp_path)
    expected = {
        "send.0": "go",
        "send.1": "go.hover",
        "send.3": "bg.sunken",
        "primary.0": "cta",
        "primary.1": "cta.hover",
        "plain.0": "bg.surface",
        "plain.1": "bg.hover",
        "danger.0": "bg.surface",
        "danger.1": "red.bg",
        "field.0": "bg.surface",
        "field.3": "bg.sunken",
        "rehearsal": "amber.bg",
        "chip.成功": "go.bg",
        "chip.失败": "red.bg",
        "hold.0": "go",
        "hold.1": "go.pressed",
        "dots.1of4": "amber",
        "dots.3of4": "go",
        "dots.0of4": "line.strong",
    }
    seen = {key: gallery.color_in(picture, key).name() for key in expected}
    assert seen == {key: theme.color(token).name() for key, token in expected.items()}


def test_fields_tell_their_state_by_the_border(gallery: Gallery) -> None:
    """A focused field has a blue border and a halo outside it, a wrong one a red border."""
    picture = gallery.grab()
    assert gallery.color_in(picture, "field.1", QPoint(0, 16)).name() == theme.color("blue").name()
    assert gallery.color_in(picture, "field.1", QPoint(-2, 16)).name() == theme.color("blue.bg").name()
    assert gallery.color_in(picture, "field.2", QPoint(0, 16)).name() == theme.color("red").name()


def test_focus_ring_leaves_a_gap(gallery: Gallery) -> None:
    """The ring is 2 px of blue, 2 px away from the button."""
    picture, y = gallery.grab(), 16
    ring = gallery.color_in(picture, "primary.2", QPoint(-3, y))
    gap = gallery.color_in(picture, "primary.2", QPoint(-1, y))
    assert (ring.name(), gap.name()) == (theme.color("blue").name(), theme.color("bg.panel").name())


def test_disabled_send_button_keeps_its_width(gallery: Gallery) -> None:
    """Nothing jumps when a button becomes usable."""
    assert gallery.named["send.3"].width() == gallery.named["send.0"].width()
    assert gallery.named["send.0"].height() == 32


def test_every_control_has_a_name_for_screen_readers(gallery: Gallery) -> None:
    """Whatever can be pressed tells what it is."""
    unnamed = [each for each in gallery.findChildren(QAbstractButton) if not (each.accessibleName() or each.text())]
    assert unnamed == []


def test_tooltip_shows_name_and_shortcut_on_dark(gallery: Gallery, tmp_path: Path) -> None:
    """A tooltip is one line of 28 px on the inverse ground."""
    target = gallery.named["plain.0"]
    set_tip(target, "发到测试微信", "Ctrl Shift P")
    QToolTip.showText(gallery.mapToGlobal(QPoint(288, 640)), target.toolTip(), target)
    QApplication.processEvents()
    tip = next(each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel"))
    picture = tip.grab()
    _save(picture, "12-tooltip.png", tmp_path)
    assert picture.height() == 28
    assert picture.toImage().pixelColor(4, 14).name() == theme.color("inverse").name()
    QToolTip.hideText()


def test_menu_paints_danger_in_red(gallery: Gallery) -> None:
    """The row that deletes is red, the hovered one has a ground."""
    picture = gallery.named["menu"].pixmap()  # type: ignore[attr-defined]
    assert _colored_pixels(picture, QRect(26, 80, 60, 40), theme.color("red.text")) > 10
    assert picture.toImage().pixelColor(120, 30).name() == theme.color("bg.hover").name()


def test_forty_rounds_of_building_and_dropping(qapp: QApplication) -> None:
    """Widgets made and thrown away with the garbage collector at work leave nothing behind and break nothing."""
    for _ in range(40):
        gallery = Gallery()
        gallery.show()
        gallery.named["send.0"].setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        gallery.close()
        gallery.deleteLater()
        del gallery
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    assert not [each for each in QApplication.allWidgets() if isinstance(each, Gallery)]
