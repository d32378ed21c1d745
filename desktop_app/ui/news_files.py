"""Files of the 图文 form: pictures into the body and up to WeChat behind it, covers with their crop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from desktop_app.article.pictures import pictures
from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.store.caches import MediaFile
from desktop_app.ui.crop_dialog import CropDialog
from desktop_app.ui.drop_payload import Payload, guessed_kind
from desktop_app.ui.error_box import words
from desktop_app.ui.library_intake import save_to_library
from desktop_app.ui.news_pictures import PictureIntake
from desktop_app.ui.units import count_text, size_text
from desktop_app.ui.window import shell
from desktop_app.workers.transfer import BODY, Stage, Transfer

if TYPE_CHECKING:
    from desktop_app.ui.article_editor import ArticleEditor
    from desktop_app.ui.news_form import NewsForm


class NewsFiles(QObject):
    """Takes files for the article in front of ``form``."""

    def __init__(self, form: NewsForm) -> None:
        super().__init__(form)
        self._form = form
        self.intake = PictureIntake(form.context, lambda: form.account_id, self)
        self.intake.refused.connect(self._refused)
        self.intake.kept_apart.connect(self._kept_apart)
        cover = form.inspector.cover
        cover.choose_wanted.connect(self.choose_cover)
        cover.crop_wanted.connect(self.open_crop)
        cover.body_wanted.connect(self._cover_from_body)

    def editor_made(self, editor: ArticleEditor) -> None:
        """The editor is there: files that come in through it."""
        editor.picture_refused.connect(self._refused_in_text)
        editor.picture_taken.connect(self._upload_behind)
        editor.pictures_late.connect(self._came_too_late)
        editor.files_dropped.connect(self._other_files)
        editor.paste_refused.connect(self._too_much)
        editor.replace_wanted.connect(self.replace_picture)

    def fetch(self, url: str, job: Job) -> bytes:
        """A picture from the web for showing, by way of the media cache."""
        return self._form.context.profile.articles.pictures.bring(url, job).path.read_bytes()

    def _upload_behind(self, file: MediaFile) -> None:
        """A picture that came into the text goes up at once; what it costs is shown on it."""
        transfer = Transfer(file.name, self._form.account_id, "picture", BODY, Stage.WAITING, file)
        transfer.size_before, transfer.size_after = file.size_bytes, file.size_bytes
        transfer.listener = self._moved
        self._form.context.transfers.resume(transfer)

    def _moved(self, transfer: Transfer) -> None:
        if transfer.stage not in (Stage.DONE, Stage.FAILED, Stage.STOPPED) or transfer.media is None:
            return
        before, after = size_text(transfer.size_before), size_text(transfer.size_after)
        if transfer.stage != Stage.DONE:
            note = self.tr("还没传到微信，发送时再传")
        elif transfer.size_after < transfer.size_before:
            note = self.tr("{before} → {after} 已压缩").format(before=before, after=after)
        else:
            note = after
        if self._form.editor is not None:
            self._form.editor.set_picture_note(transfer.media.sha256, note)
        if transfer.stage == Stage.DONE:
            self._form.shown_changed.emit()

    def bring_pictures(self) -> None:
        """Upload every picture of the bodies now, those from the web too."""
        articles, account_id, content = (
            self._form.context.profile.articles,
            self._form.account_id,
            self._form.content(),
        )

        def done(failed: dict[str, str]) -> None:
            self._form.shown_changed.emit()
            if self._form.editor is not None:
                self._form.editor.show_again()
            if failed:
                text = self.tr("{n} 张图取不到，打开检查看看").format(n=len(failed))
                shell(self._form).toast(text, "warning", "amber")
            else:
                shell(self._form).toast(self.tr("图片都传到微信了"), "upload", "blue")

        self._form.context.tasks.start(
            "upload",
            lambda job: articles.bring_pictures(account_id, content, job),
            owner=self,
            on_done=done,
            on_error=lambda error: self._refused("", error),
        )

    def retry_failed(self) -> None:
        """The network is back: what it kept from coming or from going up."""
        if any(check.args.get("fix") in ("picture.upload", "picture.retry") for check in self._form.panel.checks()):
            self.bring_pictures()

    def renew_cover(self, row: int) -> None:
        """The cover of an article goes up again: as temporary media it would soon be gone."""
        cover, account_id = self._form.model.article(row)["cover"], self._form.account_id
        if cover is None:
            return
        pictures = self._form.context.profile.articles.pictures
        self._form.context.tasks.start(
            "upload",
            lambda job: pictures.renew_thumb(account_id, cover["sha256"], cover.get("crop_235"), job),
            owner=self,
            on_done=lambda _: self._form.shown_changed.emit(),
            on_error=lambda error: self._refused(str(cover.get("name", "")), error),
        )

    # Into the body, the covers, new articles

    def insert_pictures(self, payload: Payload) -> None:
        """Pictures go where the cursor is, in the order of their names."""
        self._form.ensure_editor()
        if self._form.editor is None:
            return
        if not payload.files:
            self.intake.take(payload, self._here(self._insert))
        elif all(guessed_kind(path) for path in payload.files):
            self._insert_files(payload.files)
        else:  # folders among them, perhaps: only the disk knows
            here = self._form.article()["id"]

            def insert(files: list[str]) -> None:
                if self._form.article()["id"] == here:
                    self._insert_files(files)
                elif files:
                    self._came_too_late(sorted(PurePath(path).name for path in files))

            self._form.context.transfers.files_of(payload.files, insert, self)

    def _insert_files(self, files: Sequence[str]) -> None:
        if self._form.editor is not None:
            self._form.editor.insert_files(sorted((Path(path) for path in files), key=lambda path: path.name))

    def _here(self, act: Callable[[list[MediaFile]], None]) -> Callable[[list[MediaFile]], None]:
        """``act``, but only while the article that is in front now still is: a conversion may take its time."""
        here = self._form.article()["id"]

        def ready(files: list[MediaFile]) -> None:
            if self._form.article()["id"] == here:
                act(files)
            else:
                self._came_too_late([file.name for file in files])

        return ready

    def _came_too_late(self, names: Sequence[str]) -> None:
        name, n = names[0], len(names)
        if n == 1:
            text = self.tr("已经换到别的图文，「{name}」没有放进去").format(name=name)
        else:
            text = self.tr("已经换到别的图文，「{name}」等 {n} 个文件没有放进去").format(name=name, n=count_text(n))
        shell(self._form).toast(text, "info", "amber")

    def _insert(self, files: list[MediaFile]) -> None:
        for file in files:
            if self._form.editor is not None:
                self._form.editor.command("insertImage", sha256=file.sha256, alt="")
                self._upload_behind(file)

    def insert_media(self, files: list[MediaFile]) -> None:
        """Pictures of the library go where the cursor is."""
        self._form.ensure_editor()
        self._insert(files)

    def replace_picture(self) -> None:
        """Another picture takes the place of the selected one; its width and caption stay."""
        payload = self._ask_pictures(several=False, title=self.tr("更换图片"))

        def use(files: list[MediaFile]) -> None:
            if self._form.editor is not None:
                self._form.editor.command("replaceImage", sha256=files[0].sha256)
                self._upload_behind(files[0])

        if not payload.empty:
            self.intake.take(payload, self._here(use))

    def _other_files(self, paths: list[Path]) -> None:
        self._kept_apart(self._form.account_id, Payload(tuple(str(path) for path in paths)))

    def add_articles_for(self, payload: Payload) -> None:
        """Each picture becomes the cover of a new article."""

        shown = self._form.number

        def add(files: list[MediaFile]) -> None:
            if self._form.number != shown:
                self._came_too_late([file.name for file in files])
                return
            for file in files:
                if self._form.model.full:
                    break
                self._form.add_article()
                self.set_cover(file)

        self.intake.take(payload, add)

    def cover_from(self, payload: Payload) -> None:
        """The first picture becomes the cover of the article in front, and is cropped."""

        def use(files: list[MediaFile]) -> None:
            self.set_cover(files[0])
            self.open_crop()

        self.intake.take(payload, self._here(use))

    def set_cover(self, file: MediaFile) -> None:
        """Use a picture as the cover, the largest crops in its middle."""
        self._use_cover({"sha256": file.sha256, "name": file.name, "crop_235": None, "crop_1": None})

    def _use_cover(self, cover: dict[str, Any] | None) -> None:
        self._form.edit(cover=cover)
        self._form.show_article()

    def choose_files(self) -> None:
        """Let the person pick pictures for the body."""
        self.insert_pictures(self._ask_pictures(several=True))

    def choose_cover(self) -> None:
        """Let the person pick the cover."""
        payload = self._ask_pictures(several=False)
        if not payload.empty:
            self.cover_from(payload)

    def _ask_pictures(self, several: bool, title: str = "") -> Payload:
        choice = self.tr("图片") + " (*.jpg *.jpeg *.png *.gif *.webp *.bmp *.heic *.heif)"
        folder = self._form.context.settings.current.last_folder
        if several:
            paths, _ = QFileDialog.getOpenFileNames(self._form, self.tr("插入图片"), folder, choice)
        else:
            path, _ = QFileDialog.getOpenFileName(self._form, title or self.tr("选择封面"), folder, choice)
            paths = [path] if path else []
        if paths:
            settings, last = self._form.context.settings, str(Path(paths[0]).parent)
            self._form.context.tasks.start("work", lambda job: settings.change(last_folder=last))
        return Payload(tuple(paths))

    def _cover_from_body(self) -> None:
        self._form.take_body()
        if not self.body_pictures():
            shell(self._form).toast(self.tr("正文里还没有图片"), "info", "plain")
            return
        self.open_crop(from_body=True)

    def body_pictures(self) -> list[str]:
        """SHA-256 of the local pictures of the body, in their order."""
        shas = [each.sha256 for each in pictures(self._form.article()["html"])]
        return list(dict.fromkeys(sha for sha in shas if sha))

    def open_crop(self, from_body: bool = False) -> None:
        """Crop the cover; the pictures of the body may be chosen there as well."""
        self._form.take_body()
        article = self._form.article()
        cover = None if from_body else article["cover"]
        dialog = CropDialog(
            self._form.window(),
            self._form.pictures,
            cover,
            self.body_pictures(),
            self._form.model.title(self._form.row),
        )
        dialog.chosen.connect(self._use_cover)

        def show(files: list[MediaFile]) -> None:
            if isValid(dialog):
                dialog.show_cover({"sha256": files[0].sha256, "name": files[0].name})
            else:  # it was closed while the file was read or converted
                self.set_cover(files[0])

        def dropped(payload: Payload) -> None:
            self.intake.take(payload, self._here(show))

        dialog.files_dropped.connect(dropped)
        dialog.open()

    def _refused_in_text(self, name: str, error: AppError) -> None:
        self.intake.refuse(self._form.account_id, name, error, self._here(self._insert))

    def _refused(self, name: str, error: AppError) -> None:
        said = words(error).line
        shell(self._form).toast(f"{name}：{said}" if name else said, "warning", "red")

    def _too_much(self, chars: int) -> None:
        text = self.tr("粘贴的内容有 {n} 个字符，放不进一篇图文。分几次粘贴，或粘贴为纯文本").format(n=f"{chars:,}")
        shell(self._form).toast(text, "warning", "red")

    def _kept_apart(self, account_id: int, payload: Payload) -> None:
        save_to_library(self._form.context, account_id, payload, self)
        text = self.tr("只存进素材库：正文里不能通过接口放视频，请在公众平台编辑器里插入")
        shell(self._form).toast(text, "info", "amber")
