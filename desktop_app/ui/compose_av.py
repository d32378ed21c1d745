"""The 语音 and 视频 forms: one file, and for a video its title and description."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.media.limits import LIMITS, VIDEO_DESCRIPTION, VIDEO_TITLE
from desktop_app.ui.compose_form import FileForm
from desktop_app.ui.context import Context
from desktop_app.ui.counter_text import TextArea
from desktop_app.ui.draft_keeper import KeptDraft
from desktop_app.ui.drop_zone import DropZone
from desktop_app.ui.error_box import words
from desktop_app.ui.media_tile import stage_text
from desktop_app.ui.phone_preview import ChatMessage
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.text import ElidedLabel
from desktop_app.ui.thumbnails import Thumbnails
from desktop_app.ui.transfer_words import about_seconds
from desktop_app.ui.units import duration_text, size_text
from desktop_app.ui.widgets import Card, IconLabel, button, field, hbox, icon_button, label, set_button, vbox
from desktop_app.workers.transfer import Stage, Transfer


class FileCard(Card):
    """One recording: what it is, how far it has come, and what can be done with it."""

    replace_wanted = Signal()
    remove_wanted = Signal()
    retry_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        mark = Card("bg.sunken", "", 8)
        mark.setFixedSize(48, 48)
        mark.setLayout(hbox(IconLabel(kind, 24, "text.2"), margins=(12, 12, 12, 12)))
        self._name = ElidedLabel("", "body.l", bold=True)
        self._facts = label("", "caption", "text.3")
        self._state_icon = IconLabel("check", 14, "go.icon")
        self._state = label("", "caption", "text.2", wrap=True)
        self._line = ProgressLine(self.tr("上传"))
        name = f"compose.{kind}"
        self._retry = button(self.tr("重试"), dim="small", icon="refresh", name=f"{name}.retry")
        self._stop = button(self.tr("停止上传"), dim="small", icon="close", name=f"{name}.stop")
        self._replace = button(self.tr("替换"), dim="small", icon="refresh", name=f"{name}.replace")
        self._remove = icon_button("delete", self.tr("移走"), f"{name}.remove", dim="small")
        self._retry.clicked.connect(self.retry_wanted)
        self._stop.clicked.connect(self.stop_wanted)
        self._replace.clicked.connect(self.replace_wanted)
        self._remove.clicked.connect(self.remove_wanted)
        said = vbox(self._name, self._facts, spacing=4)
        top = hbox(mark, said, self._retry, self._stop, self._replace, self._remove, spacing=8)
        top.insertSpacing(1, 4)
        top.setStretch(2, 1)
        state = hbox(self._state_icon, self._state, spacing=6)
        state.setStretch(1, 1)
        self.setLayout(vbox(top, self._line, state, spacing=12, margins=(16, 16, 16, 12)))

    def show_item(self, item: Transfer, facts: list[tuple[str, str]]) -> None:
        """Show a file in its present state."""
        self._name.setText(item.name)
        before = size_text(item.size_before) if item.size_before else ""
        self._facts.setText(" · ".join(text for text, _ in facts[1:]) or before)
        self._retry.setVisible(item.stage in (Stage.FAILED, Stage.STOPPED))
        mending = item.stage == Stage.MENDING
        set_button(self._stop, text=self.tr("停止转换") if mending else self.tr("停止上传"))
        self._stop.setVisible(item.stage in (Stage.MENDING, Stage.WAITING, Stage.UPLOADING))
        self._line.setVisible(item.stage != Stage.DONE)
        self._line.set_fraction(item.fraction)
        self._line.set_state("failed" if item.stage == Stage.FAILED else "running")
        failed = item.stage == Stage.FAILED and item.error is not None
        said = words(item.error).line if failed and item.error else stage_text(item)
        if mending and item.seconds_left is not None:
            said = f"{said} · {about_seconds(item.seconds_left)}"
        self._state.setText(said)
        self._state.set_color("red.text" if failed else "text.2")
        icon, tint = ("check", "go.icon") if item.stage == Stage.DONE else ("upload", "text.2")
        self._state_icon.set_icon(*(("warning", "red") if failed else (icon, tint)))
        self.setAccessibleName("，".join([item.name, self._facts.text(), said]))

    def focus_retry(self) -> None:
        """Put the keyboard on 重试."""
        self._retry.setFocus()


class _OneFileForm(FileForm):
    """The part that voice and video share."""

    def __init__(self, context: Context, thumbnails: Thumbnails, kind: str, title: str, rule: str) -> None:
        super().__init__(context, kind, single=True, thumbnails=thumbnails)
        self._zone = DropZone(kind, title, rule, f"compose.{kind}.choose")
        self._card = FileCard(kind)
        self._body = QStackedWidget()
        holder = QWidget()
        holder.setLayout(vbox(self._card, None))
        self._holder = holder
        self._body.addWidget(self._zone)
        self._body.addWidget(holder)
        self._zone.clicked.connect(lambda: self.choose_files())
        self._card.replace_wanted.connect(lambda: self.choose_files())
        self._card.remove_wanted.connect(lambda: self._with_item(self.remove_with_undo))
        self._card.retry_wanted.connect(lambda: self._with_item(self.intake.retry))
        self._card.stop_wanted.connect(lambda: self._with_item(self.intake.stop))

    @property
    def item(self) -> Transfer | None:
        """The file, if there is one."""
        return self.intake.items[0] if self.intake.items else None

    def _with_item(self, act: Any) -> None:
        if self.item is not None:
            act(self.item)

    def refresh(self) -> None:
        item = self.item
        self._body.setCurrentWidget(self._holder if item else self._zone)
        if item is None:
            self._body.setMaximumHeight(self._zone.maximumHeight())
        else:
            self._card.show_item(item, self._facts(item))
            self._card.layout().activate()  # type: ignore[union-attr]
            self._body.setMaximumHeight(self._card.sizeHint().height())

    def _facts(self, item: Transfer) -> list[tuple[str, str]]:
        facts = self.item_facts(item)
        if item.media is not None:
            facts.insert(1, (duration_text(item.media.seconds), ""))
        return facts

    def file(self) -> dict[str, str] | None:
        """The file as the draft keeps it."""
        files = self.intake.files()
        return files[0] if files else None

    def seconds(self) -> float:
        """Length of the recording, 0 without one."""
        item = self.item
        return item.media.seconds if item and item.media else 0.0

    def show_draft(self, draft: KeptDraft) -> None:
        self.intake.clear()
        self.restore_files(draft)

    def focus_first(self) -> None:
        (
            self._zone if self.item is None else self._card.findChildren(QWidget, f"compose.{self.kind}.replace")[0]
        ).setFocus()

    def focus_check(self, key: str) -> None:
        if key.endswith(".upload_failed") and self.failed():
            self._card.focus_retry()
        else:
            self.focus_first()


class VoiceForm(_OneFileForm):
    """One recording of at most a minute."""

    def __init__(self, context: Context, thumbnails: Thumbnails) -> None:
        limit = LIMITS["voice"]
        rule = "MP3 / AMR / WAV / M4A，微信只收 {seconds} 秒以内，更长的可以截取一段"
        super().__init__(
            context,
            thumbnails,
            "voice",
            self.tr("拖进语音，或点这里选择"),
            self.tr(rule).format(seconds=limit.max_seconds),
        )
        link = self.library_link("compose.voice.from_library")
        self.setLayout(vbox(self.refusals, self._body, hbox(None, link), None, spacing=16))
        self.refresh()

    def content(self) -> dict[str, Any]:
        return {"file": self.file()}

    def message(self) -> ChatMessage:
        return ChatMessage("voice", seconds=self.seconds())


class VideoForm(_OneFileForm):
    """One video with title and description."""

    def __init__(self, context: Context, thumbnails: Thumbnails) -> None:
        largest = size_text(LIMITS["video"].max_bytes)
        rule = self.tr("MP4 / MOV，微信只收 {size} 以内，更大的可以压缩").format(size=largest)
        super().__init__(context, thumbnails, "video", self.tr("拖进视频，或点这里选择"), rule)
        self._filling = False
        self._title = field(self.tr("粉丝看到的标题"), "compose.video.title", accessible_name=self.tr("标题"))
        self._title.setAcceptDrops(False)
        self._title_count = label("", "caption", "text.3")
        self._words = TextArea(
            self.tr("选填，显示在标题下方"), "compose.video.description", self.tr("描述"), min_lines=3, counter=False
        )
        self._words.setFixedHeight(88)
        self._words_count = label("", "caption", "text.3")
        self._build()
        self._title.textChanged.connect(self._edited)
        self._words.changed.connect(self._edited)
        self._edited()
        self.refresh()

    def _build(self) -> None:
        title = label(self.tr("标题"), bold=True)
        title.setBuddy(self._title)
        words = label(self.tr("描述"), bold=True)
        words.setBuddy(self._words.edit)
        fields = vbox(
            hbox(title, None, self._title_count),
            self._title,
            8,
            hbox(words, None, self._words_count),
            self._words,
            spacing=8,
        )
        note = Card("amber.bg", "amber.line")
        warning = label(
            self.tr("微信可能拒收通过接口上传的视频，被拒时请到公众平台网页发送。"), "body", "amber.text", wrap=True
        )
        row = hbox(IconLabel("warning", 16, "amber"), warning, spacing=12, margins=(12, 8, 12, 8))
        row.setStretch(1, 1)
        note.setLayout(row)
        link = self.library_link("compose.video.from_library")
        self.setLayout(vbox(self.refusals, self._body, hbox(None, link), fields, note, None, spacing=16))

    def content(self) -> dict[str, Any]:
        return {"file": self.file(), "title": self._title.text(), "description": self._words.text()}

    def show_draft(self, draft: KeptDraft) -> None:
        self._filling = True
        self._title.setText(str(draft.content.get("title", "")))
        self._words.set_text(str(draft.content.get("description", "")))
        super().show_draft(draft)
        self._filling = False

    def message(self) -> ChatMessage:
        return ChatMessage("video", title=self._title.text(), description=self._words.text(), seconds=self.seconds())

    def focus_check(self, key: str) -> None:
        if "title" in key:
            self._title.setFocus()
        elif "description" in key:
            self._words.edit.setFocus()
        else:
            super().focus_check(key)

    def _edited(self, *_: object) -> None:
        pairs = (
            (self._title_count, len(self._title.text()), VIDEO_TITLE),
            (self._words_count, len(self._words.text()), VIDEO_DESCRIPTION),
        )
        for counter, length, limit in pairs:
            counter.setText(f"{length} / {limit}")
            counter.set_color("amber.text" if length > limit else "text.3")
        if not self._filling:
            self.changed.emit()
