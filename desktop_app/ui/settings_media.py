"""设置 · 素材: the program that converts what WeChat refuses, and the ground of transparent pictures."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.job import Job
from desktop_app.media import convert
from desktop_app.settings import GROUNDS, SettingsStore
from desktop_app.ui.chips import ChipLabel
from desktop_app.ui.context import Context
from desktop_app.ui.segmented import Segmented
from desktop_app.ui.text import ElidedLabel, Paragraph
from desktop_app.ui.widgets import Card, IconLabel, button, card, hbox, hline, label, set_button, vbox
from desktop_app.workers.tasks import Task


@dataclass(frozen=True)
class Found:
    """The path that a person chose ("" for none), the program that is used, its version ("" if it does not run),
    whether it is too old for some pictures, and the name of a file that was chosen just now and is none.
    """

    chosen: str
    program: Path | None
    version: str
    old: bool
    refused: str


class SettingsMedia(QWidget):
    """Changes apply at once. The program is looked for in a task: it is started to tell its version."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._asking: Task | None = None
        box = card()
        box.setLayout(vbox(self._converter(), hline(), self._ground(), spacing=0))
        self.setLayout(
            vbox(
                label(self.tr("素材"), "title.2"),
                label(self.tr("文件进来时怎样变成微信能收的样子。"), color="text.2"),
                16,
                box,
                None,
                spacing=4,
            )
        )

    # --- what it is made of ---

    def _converter(self) -> QWidget:
        self._chip = ChipLabel(self.tr("正在查找"), "gray", "clock")
        self._where = ElidedLabel("", "caption", "text.2")
        self._note = Paragraph("", "caption", "amber.text", line=18)
        self._note.hide()
        self._choose = button(self.tr("选择 ffmpeg…"), dim="small", name="settings.ffmpeg.choose")
        self._reset = button(self.tr("恢复自动查找"), dim="small", name="settings.ffmpeg.reset")
        self._choose.clicked.connect(self._choose_program)
        self._reset.hide()
        self._reset.clicked.connect(lambda: self._use(""))
        words = vbox(label(self.tr("格式转换（ffmpeg）"), "body.l"), self._where, spacing=2)
        top = hbox(words, 8, self._chip, 8, self._reset, self._choose)
        top.setStretch(0, 1)
        self._missing = self._advice()
        row = QWidget()
        row.setLayout(vbox(top, self._note, self._missing, spacing=10, margins=(20, 12, 20, 12)))
        return row

    def _advice(self) -> Card:
        """What cannot be done without the program, and how to get it."""
        box = card("amber.bg", "amber.line")
        lines = vbox(
            label(self.tr("没有 ffmpeg 时做不了"), "caption", "amber.text", bold=True),
            Paragraph(
                self.tr("MOV、HEVC 和超过 10 MB 的视频，WAV、M4A 和超过 2 MB 的语音，HEIC 照片"),
                "caption",
                "amber.text",
                line=18,
            ),
            4,
            label(self.tr("怎样得到它"), "caption", "amber.text", bold=True),
            Paragraph(
                self.tr(
                    "装上「格式转换」组件：把它的 ffmpeg 文件夹放到群发台旁边，再找一次。"
                    "或选择这台电脑上已有的 ffmpeg。HEIC 照片也可以让手机改存 JPG："
                    "iPhone 在 设置 → 相机 → 格式 里选「兼容性最佳」。"
                ),
                "caption",
                "amber.text",
                line=18,
            ),
            spacing=2,
        )
        icon = IconLabel("warning", 16, "amber")
        row = hbox(icon, lines, spacing=8, margins=(12, 10, 12, 10))
        row.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        row.setStretch(1, 1)
        box.setLayout(row)
        box.hide()
        return box

    def _ground(self) -> QWidget:
        names = (self.tr("白色"), self.tr("黑色"), self.tr("浅灰"))
        grounds = [(ground, name, "") for ground, name in zip(GROUNDS, names, strict=True)]
        self._grounds = Segmented(grounds, "settings.ground", self.tr("透明图片的底色"))
        self._grounds.set_current(self._context.settings.current.picture_ground)
        self._grounds.changed.connect(self._lay_on)
        words = vbox(
            label(self.tr("透明图片的底色"), "body.l"),
            Paragraph(self.tr("透明的图片只能存成 JPG 时，透明处填这种颜色"), "caption", "text.2"),
            spacing=2,
        )
        row = QWidget()
        line = hbox(words, 16, self._grounds, margins=(20, 12, 20, 12))
        line.setStretch(0, 1)
        row.setLayout(line)
        return row

    # --- what is asked and changed ---

    def refresh(self) -> None:
        """Look for the program again: it may have been put there in the meantime."""
        settings = self._context.settings
        self._ask(lambda job: _look(settings))

    def focus_first(self) -> None:
        """The button that chooses a program."""
        self._choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_program(self) -> None:
        chosen = self._context.settings.current.ffmpeg_path
        folder = str(PurePath(chosen).parent) if chosen else ""
        choice = f"ffmpeg ({'ffmpeg*.exe' if sys.platform == 'win32' else 'ffmpeg*'});;{self.tr('所有文件')} (*)"
        path, _ = QFileDialog.getOpenFileName(self, self.tr("选择 ffmpeg"), folder, choice)
        if path:
            self._use(path)

    def _use(self, chosen: str) -> None:
        """Use a chosen program if it is one that runs; "" goes back to looking for it."""
        settings = self._context.settings

        def use(job: Job) -> Found:
            if chosen and not convert.version(Path(chosen)):
                return _look(settings, refused=PurePath(chosen).name)
            settings.change(ffmpeg_path=chosen)
            return _look(settings)

        self._ask(use)

    def _ask(self, ask: Callable[[Job], Found]) -> None:
        if self._asking is not None:
            self._asking.cancel()
        self._chip.set_chip(self.tr("正在查找"), "gray", "clock")
        self._asking = self._context.tasks.start("work", ask, owner=self, on_done=self._show)

    def _lay_on(self, ground: str) -> None:
        media, settings = self._context.profile.media, self._context.settings
        media.configure(ffmpeg=media.ffmpeg, ground=ground)
        self._context.tasks.start("work", lambda job: settings.change(picture_ground=ground))

    def _show(self, found: Found) -> None:
        media = self._context.profile.media
        media.configure(ffmpeg=found.program, ground=self._grounds.current())
        if found.version:
            self._chip.set_chip(self.tr("版本 {version}").format(version=_short(found.version)), "go", "check")
        elif found.program is not None:
            self._chip.set_chip(self.tr("启动不了"), "red", "close")
        else:
            self._chip.set_chip(self.tr("没有找到 ffmpeg"), "amber", "warning")
        self._where.setText(self._place(found))
        self._note.setText(self._note_words(found))
        self._note.set_color("red.text" if found.refused else "amber.text")
        self._note.setVisible(bool(self._note.text()))
        self._missing.setVisible(not found.version)
        self._reset.setVisible(bool(found.chosen) or not found.version)
        set_button(self._reset, text=self.tr("恢复自动查找") if found.chosen else self.tr("再找一次"))

    def _place(self, found: Found) -> str:
        if found.program is None:
            return self.tr("视频、录音和 HEIC 照片靠 ffmpeg 转换")
        how = self.tr("自己选的") if found.program == Path(found.chosen) else self.tr("自动找到")
        return f"{how} · {found.program}"

    def _note_words(self, found: Found) -> str:
        if found.refused:
            return self.tr("「{name}」不是能在这台电脑上运行的 ffmpeg，没有换。").format(name=found.refused)
        if found.chosen and found.program != Path(found.chosen):
            return self.tr("之前选的 {path} 不在了。").format(path=found.chosen)
        if found.old:
            return self.tr("版本低于 7.1，拼不全手机拍的 HEIC 照片，其他都能转。")
        return ""


def _look(settings: SettingsStore, refused: str = "") -> Found:
    """Runs in a task: a program is started to tell its version."""
    chosen = settings.current.ffmpeg_path
    program = convert.find(chosen)
    version = convert.version(program) if program else ""
    return Found(chosen, program, version, bool(program and version and convert.is_old(program)), refused)


def _short(version: str) -> str:
    """``7.1.1`` of ``7.1.1-essentials_build-www.example.com``; what people built themselves keeps its name."""
    number = re.match(r"n?(\d+(\.\d+)+)", version)
    return number[1] if number else version[:24]
