"""The tour: does the main job by itself in the real window, by mouse, keys and drops, and takes pictures."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QAbstractItemView

from desktop_app.app import App, make_qt, no_core_dumps, start_log
from desktop_app.paths import Paths, resource
from desktop_app.robot import Robot, RobotError, wait
from desktop_app.store.outbox import OutboxRow, State
from desktop_app.ui.history_model import Column

log = logging.getLogger(__name__)

SANDBOX_SPEED = 20.0  # its jobs take seconds instead of minutes; the app's own clock is the real one
COUNTDOWN_TIMEOUT_S = 40.0
SEND_TIMEOUT_S = 60.0

# What the sandbox saw, by path and message → WeChat's names in the order of the API list.
SEED_OPERATIONS = (
    "uploadNews",
    "uploadMPVideo",
    "uploadImage",
    "massSend",
    "massSendNews",
    "massSendText",
    "massSendVoice",
    "massSendImage",
    "massSendVideo",
    "massSendMPVideo",
    "deleteMass",
    "previewNews",
    "previewText",
    "previewVoice",
    "previewImage",
    "previewVideo",
    "getMassMessageStatus",
)
KIND_NAMES = {"text": "Text", "image": "Image", "voice": "Voice", "mpvideo": "Video", "mpnews": "News"}
AGREED = {
    State.ACCEPTED: ("SENDING",),
    State.SUCCEEDED: ("SEND_SUCCESS",),
    State.FAILED: ("SEND_FAIL",),
    State.DELETED: ("DELETE",),
}


def operations_in(requests: list[dict[str, Any]]) -> dict[str, int]:
    """How often each of the seed's operations was called, from the sandbox's log of requests."""
    counts = dict.fromkeys(SEED_OPERATIONS, 0)
    uploaded_video = False
    for request in requests:
        for name in _operations_of(request, uploaded_video):
            counts[name] += 1
        uploaded_video = uploaded_video or request["path"].endswith("/media/uploadvideo")
    return counts


def _operations_of(request: dict[str, Any], uploaded_video: bool) -> list[str]:
    path = request["path"]
    plain = {
        "/media/uploadnews": "uploadNews",
        "/media/uploadvideo": "uploadMPVideo",
        "/media/uploadimg": "uploadImage",
        "/message/mass/delete": "deleteMass",
        "/message/mass/get": "getMassMessageStatus",
    }
    for ending, name in plain.items():
        if path.endswith(ending):
            return [name]
    kind = KIND_NAMES.get((request.get("json") or {}).get("msgtype", ""))
    if kind is None:
        return []
    if path.endswith("/message/mass/preview"):
        return [f"preview{kind}"]
    if path.endswith(("/message/mass/sendall", "/message/mass/send")):
        # massSendMPVideo is uploadMPVideo followed by the send.
        return ["massSend", f"massSend{kind}", *(["massSendMPVideo"] if kind == "Video" and uploaded_video else [])]
    return []


class Tour:
    """Steps on one running app. Each saves a numbered picture; ``report`` is what tour.json holds."""

    def __init__(self, app: App, folder: Path, scratch: Path) -> None:
        self.app = app
        self.window = app.window
        self.robot = Robot(app.window)
        self.folder = folder
        self.scratch = scratch
        self.report: dict[str, Any] = {"ok": False, "seconds": 0.0, "steps": [], "operations": {}, "final": []}

    def step(self, name: str, work: Callable[[], None]) -> None:
        """Do one step and save its picture; whatever goes wrong is written down and raised."""
        number = len(self.report["steps"]) + 1
        entry: dict[str, Any] = {"number": number, "name": name, "ok": False, "picture": f"{number:02d}-{name}.png"}
        self.report["steps"].append(entry)
        begun = time.monotonic()
        try:
            work()
            entry["ok"] = True
        except Exception as error:
            entry["problem"] = f"{type(error).__name__}: {error}"
            raise
        finally:
            entry["seconds"] = round(time.monotonic() - begun, 2)
            self.robot.grab(self.folder / entry["picture"])
            print(f"{'ok  ' if entry['ok'] else 'FAIL'} {number:02d} {name} {entry['seconds']} s", flush=True)

    # --- the way ---

    def run(self) -> None:
        """All steps in their order. Raises what stopped it."""
        begun = time.monotonic()
        try:
            self.step("connect", self._look_at_connect)
            self.step("rehearse", self._rehearse)
            self._text_to_all()
            self._images_to_tag()
            self._articles_to_tag()
            self._articles_by_the_old_way()
            self._voice_to_list()
            self._video_and_delete()
            self._library()
            self.step("settings", self._settings)
            self.step("final-states", self._compare)
            self.report["ok"] = True
        finally:
            self.report["seconds"] = round(time.monotonic() - begun, 1)
            if self.app.sandbox is not None:
                self.report["operations"] = operations_in(self.app.sandbox.requests())
            text = json.dumps(self.report, ensure_ascii=False, indent=1)
            (self.folder / "tour.json").write_text(text + "\n", encoding="utf-8")

    def _look_at_connect(self) -> None:
        self.robot.get("connect.rehearse")

    def _rehearse(self) -> None:
        self.robot.click("connect.rehearse")
        self.robot.get("compose.next", enabled=False)
        self.robot.until(lambda: self.window.account is not None, "no account")

    def _text_to_all(self) -> None:
        robot = self.robot
        robot.click("compose.tab.text")

        def write() -> None:
            robot.type("compose.text", "春茶上新，三月 27 日起门店试饮。\n第一批只有 200 份 🍵")
            robot.settle(1200)  # saved, and the checks know of it

        self.step("text", write)
        self._preview("text-preview")
        self.step("text-audience", lambda: self._audience("all"))
        self._send("text")

    def _images_to_tag(self) -> None:
        def compose() -> None:
            self.robot.click("compose.tab.image")
            self.robot.drop("compose.drop", [resource("samples/tea-hills.jpg"), resource("samples/cup.png")])
            self.robot.get("compose.image.tile.1")
            self.robot.type("compose.image.recommend", "明前头采到店，先看看今年的山。")

        self.step("image", self._fresh(compose))
        self._preview("image-preview")
        self.step("image-audience", lambda: self._audience("tag"))
        self._send("image")

    def _articles_to_tag(self) -> None:
        robot, news = self.robot, self.window.compose.news

        def write() -> None:
            robot.click("nav.send")
            robot.click("compose.tab.news")
            robot.until(lambda: bool(news.editor and news.editor.selection), "the editor did not come")
            robot.type("news.title", "春山可望：2026 明前茶到店了")
            robot.type("news.author", "岚间茶事编辑部")
            robot.click("news.toolbar.blocks")
            robot.click("news.block.heading-bar")
            robot.until(lambda: bool(news.article()["html"]), "the block did not come in")
            robot.click("news.blocks.close")

        def drop() -> None:
            robot.drop("news.editor", [resource("samples/tea-hills.jpg"), resource("samples/cup.png")])
            robot.until(lambda: news.article()["html"].count("qunfa-media:") == 2, "the pictures did not come in")
            robot.until(lambda: not self.app.tasks.running("upload"), "still uploading")
            robot.settle(400)

        def crop() -> None:
            robot.click("news.cover.body")
            robot.get("crop.done")
            robot.settle(400)

        def second() -> None:
            robot.click("crop.done")
            robot.click("news.add")
            robot.type("news.title", "茶园日记：采茶的第七天")
            robot.click("news.toolbar.blocks")
            robot.click("news.block.quote")
            robot.until(lambda: bool(news.article()["html"]), "the block did not come in")
            robot.click("news.blocks.close")
            robot.drop("news.cover", [resource("samples/spring-tea.jpg")])
            robot.click("crop.done")
            robot.until(lambda: not self.window.compose.ready_problem(), "the message is not ready")
            robot.settle(1200)

        def phone() -> None:
            robot.click("compose.look.phone")
            robot.until(lambda: bool(news.preview.cleaned), "the phone stays empty")
            robot.settle(800)

        self.step("news", write)
        self.step("news-pictures", drop)
        self.step("news-crop", crop)
        self.step("news-second", second)
        self.step("news-phone", phone)
        robot.click("compose.look.edit")
        self._preview("news-preview")
        self.step("news-audience", lambda: self._audience("tag"))
        self._send("news")
        self.step("drafts", self._drafts)

    def _drafts(self) -> None:
        self.robot.click("nav.drafts")
        self.robot.until(lambda: bool(self.window.drafts.model.drafts()), "图文草稿 is empty")
        self.robot.settle(400)

    def _articles_by_the_old_way(self) -> None:
        """The same articles once more, by uploadnews."""
        robot = self.robot

        def choose() -> None:
            assert self.window.account is not None
            robot.click("nav.settings")
            robot.click(f"settings.news_way.{self.window.account.app_id}.uploadnews")
            robot.until(
                lambda: self.window.account is not None and self.window.account.news_way == "uploadnews",
                "图文方式 stays the same",
            )

        def copy() -> None:
            robot.click("nav.history")
            robot.click("history.copy")
            robot.until(lambda: self.window.compose.news.model.rowCount() == 2, "the articles were not copied")
            robot.get("compose.next")
            robot.until(lambda: not self.window.compose.ready_problem(), "the message is not ready")
            robot.settle(600)

        self.step("news-way", choose)
        self.step("news-again", copy)
        self.step("news-again-audience", lambda: self._audience("tag"))
        self._send("news-again")

    def _voice_to_list(self) -> None:
        def compose() -> None:
            self.robot.click("compose.tab.voice")
            self.robot.drop("compose.drop", [resource("samples/greeting.mp3")])

        self.step("voice", self._fresh(compose))
        self._preview("voice-preview")
        self.step("voice-audience", lambda: self._audience("openids"))
        self._send("voice")

    def _video_and_delete(self) -> None:
        def compose() -> None:
            self.robot.click("compose.tab.video")
            self.robot.drop("compose.drop", [resource("samples/tea-hills.mp4")])
            self.robot.type("compose.video.title", "北坡的早晨")
            self.robot.type("compose.video.description", "采茶的第七天")

        self.step("video", self._fresh(compose))
        self._preview("video-preview")
        self.step("video-audience", lambda: self._audience("tag"))
        self._send("video")
        self.step("delete", self._delete)

    def _library(self) -> None:
        """Files into 素材库 from over the page, and what can be done with them there."""
        files = [resource(f"samples/{name}") for name in ("cup.png", "gift-box.png", "store.jpg", "greeting.amr")]

        def hover() -> None:
            self.robot.click("nav.send")
            self.robot.click("compose.tab.image")
            self.robot.hover_target("library", files)
            self.robot.settle(300)

        def drop() -> None:
            self.robot.drop_on_target("library", files)
            self.robot.get("uploads.drawer")
            self.robot.until(lambda: not self.app.transfers.totals().busy, "the files did not go up")
            problems = [each.name for each in self.app.transfers.items if each.needs_person]
            if problems:
                raise RobotError(f"these did not go up: {problems}")
            self.robot.settle(300)

        def look() -> None:
            self.robot.click("uploads.close")
            self.robot.click("nav.media")
            grid = self.robot.get("media.grid")
            assert isinstance(grid, QAbstractItemView)
            self.robot.until(lambda: grid.model().rowCount() > len(files), "the library does not show them")
            self.robot.settle(600)

        self.step("media-hover", hover)
        self.step("media-drop", drop)
        self.step("media-library", look)

    def _fresh(self, compose: Callable[[], None]) -> Callable[[], None]:
        """Compose on the send page and wait until the next step is open (everything was taken)."""

        def work() -> None:
            self.robot.click("nav.send")
            compose()
            self.robot.get("compose.next")
            self.robot.until(lambda: not self.window.compose.ready_problem(), "the message is not ready")
            self.robot.until(lambda: not self.app.tasks.running("upload"), "still uploading")
            self.robot.settle()

        return work

    # --- pieces ---

    def _preview(self, name: str) -> None:
        """Write to one follower in 发预览 and wait until the sandbox has it."""
        assert self.app.sandbox is not None
        previews = self.app.sandbox.previews
        wanted = len(previews()) + 1

        def fill() -> None:
            self.robot.click("compose.preview")
            self.robot.type("preview.to", self._followers()[0])

        def send() -> None:
            self.robot.click("preview.send")
            self.robot.until(lambda: len(previews()) >= wanted, "no preview arrived")
            self.robot.until(lambda: self.window.sheet() is None, "the preview dialog stays open")
            self.robot.settle(300)

        self.step(name, fill)
        self.step(f"{name}-sent", send)

    def _followers(self) -> tuple[str, ...]:
        assert self.window.account is not None
        return tuple(self.app.profile.accounts.client(self.window.account.id).get_followers().openids[:12])

    def _audience(self, kind: str) -> None:
        robot = self.robot
        robot.click("compose.next")
        if kind == "all":
            robot.click("audience.all")
        elif kind == "tag":
            robot.click("audience.tag")
            robot.click_row("audience.tags", 1)
        else:
            robot.click("audience.list")
            names = self.scratch / "试饮名单.csv"
            names.write_text("openid\n" + "\n".join(self._followers()) + "\n", encoding="utf-8")
            robot.drop("audience.drop", [names])
        robot.get("audience.next")
        robot.settle()

    def _send(self, name: str) -> None:
        self.step(f"{name}-review", self._review)
        self.step(f"{name}-countdown", self._confirm)
        self.step(f"{name}-queued", lambda: self._queued(name))
        self.step(f"{name}-succeeded", self._watch)

    def _review(self) -> None:
        choice = self.window.audience.choice()
        assert choice is not None
        self.robot.click("audience.next")
        self.robot.type("send.number", str(choice.people))
        self.robot.get("send.confirm")
        self.robot.settle()

    def _confirm(self) -> None:
        self._known = self._newest_id()
        self.robot.click("send.confirm")
        self.robot.get("countdown.cancel")
        wait(2500)

    def _queued(self, name: str) -> None:
        self.robot.until(lambda: self._newest_id() > self._known, "nothing was queued", COUNTDOWN_TIMEOUT_S)
        self.robot.until(lambda: self.window.page_name == "history", "the records did not open")
        self.robot.settle(400)

    def _newest_id(self) -> int:
        return max((row.id for row in self.window.history.model.rows()), default=0)

    def _newest(self) -> OutboxRow:
        return max(self.window.history.model.rows(), key=lambda row: row.id)

    def _watch(self) -> None:
        self._wait_for(State.SUCCEEDED)
        self.robot.settle(400)

    def _wait_for(self, state: State) -> None:
        """Press 刷新状态 from time to time, as an impatient person does, until the table shows the state."""
        end = time.monotonic() + SEND_TIMEOUT_S
        while self._newest().state is not state:
            if time.monotonic() > end:
                raise RobotError(f"the newest send is {self._newest().state}, not {state}")
            self.robot.click("history.refresh")
            wait(500)

    def _delete(self) -> None:
        self.robot.click("history.delete")
        self.robot.click("dialog.1")
        self._wait_for(State.DELETED)
        self.robot.settle(400)

    def _settings(self) -> None:
        self.robot.click("nav.settings")
        self.robot.settle(400)

    def _compare(self) -> None:
        """The table's model and the sandbox have to agree on every send."""
        self.robot.click("nav.history")
        assert self.app.sandbox is not None
        model = self.window.history.model
        recorded = {sent["msg_id"]: sent for sent in self.app.sandbox.sent()}
        for position, row in enumerate(model.rows()):
            shown = str(model.index(position, Column.STATE).data())
            for batch in row.batches:
                there = recorded.pop(batch.msg_id, None)
                status = there["status"] if there else "unknown to the sandbox"
                agrees = status in AGREED.get(batch.state, ())
                self.report["final"].append(
                    {"title": row.title, "kind": row.kind, "table": shown, "sandbox": status, "agrees": agrees}
                )
        problems = [entry for entry in self.report["final"] if not entry["agrees"]]
        if problems or recorded:
            raise RobotError(f"the table and the sandbox disagree: {problems} {sorted(recorded)}")
        self.robot.settle()


def run_tour(folder: Path, data_dir: Path | None) -> int:
    """Run the tour with an empty profile (below ``data_dir`` if given); returns the exit code."""
    no_core_dumps()
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    qt = make_qt(["qunfa"])
    with tempfile.TemporaryDirectory(prefix="qunfa-tour-") as scratch:
        # The profile is a fresh one: the tour counts on an empty ledger.
        base = Path(data_dir) if data_dir else Path(scratch)
        paths = Paths.below(Path(tempfile.mkdtemp(prefix="profile-", dir=_made(base))))
        paths.create()
        start_log(paths)
        app = App(paths, sandbox_speed=SANDBOX_SPEED)
        app.window.resize(1280, 800)
        app.window.show()
        app.window.activateWindow()
        tour = Tour(app, folder, Path(scratch))
        try:
            tour.run()
        except Exception as error:
            log.exception("the tour stopped")
            print(f"the tour stopped: {error}", flush=True)
        app.window.leave()
        qt.processEvents()
        app.close()
    print(f"{'All steps ended as they should' if tour.report['ok'] else 'The tour FAILED'}: {folder}", flush=True)
    return 0 if tour.report["ok"] else 1


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
