"""The media desk from the drop to WeChat: mixed files, buttons that mend, lines that break, an app that is closed."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest

from desktop_app.app import App
from desktop_app.errors import AppError
from desktop_app.job import Job
from desktop_app.media import convert
from desktop_app.paths import Paths, resource
from desktop_app.robot import Robot
from desktop_app.sandbox.server import Sandbox
from desktop_app.services import open_profile
from desktop_app.ui.media_drag import drag_mime
from desktop_app.ui.upload_rows import UploadList
from desktop_app.workers.transfer import Stage
from tests.data import make

TROUBLE = ("drop-before", "drop-after", "drop-before=half", "silent=1", "token-gone", "token-expired", "cut", "502")


def ffmpeg(*arguments: str) -> None:
    """Run the converter that the set-up brought, to make a clip."""
    program = convert.find()
    assert program is not None, "the set-up brings imageio-ffmpeg"
    subprocess.run([str(program), "-v", "error", "-y", *arguments], check=True, stdin=subprocess.DEVNULL)


def phone_photo(path: Path) -> None:
    """Lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    Image.open(resource("samples/tea-hills.jpg")).save(path, "JPEG", exif=exif)


def twelve(folder: Path) -> list[Path]:
    """What a person drags out of a folder: nine that need no word, three that do."""
    import pillow_heif

    hills = Image.open(resource("samples/tea-hills.jpg")).convert("RGB")
    phone_photo(folder / "01 手机照片.jpg")
    hills.save(folder / "02 网页图.webp")
    hills.save(folder / "03 画板.bmp")
    hills.convert("CMYK").save(folder / "04 印刷稿.jpg")
    (folder / "05 动图.gif").write_bytes(make.animation(5))
    (folder / "06 大照片.jpg").write_bytes(make.noise("JPEG", (4000, 2600)))
    hills.save(folder / "07 截图.png")
    (folder / "08 问候.mp3").write_bytes(resource("samples/greeting.mp3").read_bytes())
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=4", str(folder / "09 录音.wav"))
    pillow_heif.from_pillow(hills).save(folder / "10 IMG_4127.heic")
    source = "testsrc2=size=640x360:rate=25:duration=4"
    noise = ["-vf", "noise=alls=60:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "8"]
    ffmpeg("-f", "lavfi", "-i", source, *noise, str(folder / "11 航拍.mov"))
    (folder / "12 会议录音.mp3").write_bytes(make.mp3(95))
    assert (folder / "11 航拍.mov").stat().st_size > 10 * 1024 * 1024
    return sorted(folder.iterdir())


def test_twelve_mixed_files_all_arrive(opened: Callable[..., App], tmp_path: Path) -> None:
    """Dropped on 只存进素材库: nine go up by themselves, three after their buttons; WeChat has all twelve."""
    files = tmp_path / "文件"
    files.mkdir()
    dropped = twelve(files)
    app = opened(sandbox=True)
    robot = Robot(app.window, timeout_s=90)
    robot.until(lambda: app.profile.media.ffmpeg is not None, "the converter was not found")
    robot.click("compose.tab.image")
    robot.drop_on_target("library", dropped)
    ended = (Stage.DONE, Stage.REFUSED, Stage.FAILED)
    robot.until(
        lambda: len(app.transfers.items) == 12 and all(each.stage in ended for each in app.transfers.items),
        "the twelve did not come to an end",
    )
    stages = {each.name: (each.stage, each.fix) for each in app.transfers.items}
    mended = {"10 IMG_4127.heic": "to_jpg", "11 航拍.mov": "fit_video", "12 会议录音.mp3": "cut_voice"}
    assert {name: fix for name, (stage, fix) in stages.items() if stage == Stage.REFUSED} == mended
    assert all(stage == Stage.DONE for name, (stage, _) in stages.items() if name not in mended)
    for name in mended:
        press_row(robot, app, name)
    robot.click("trim.use")
    robot.until(lambda: all(each.stage == Stage.DONE for each in app.transfers.items), "a mended one did not arrive")
    assert app.sandbox is not None
    there = {each.sha256: each for each in app.sandbox.service.media.items.values()}
    for transfer in app.transfers.items:
        assert transfer.media is not None
        assert there[transfer.media.sha256].permanent
        data = app.sandbox.file(transfer.media.sha256)
        assert hashlib.sha256(data).hexdigest() == transfer.media.sha256
        assert data == transfer.media.path.read_bytes()
    photo = Image.open(io.BytesIO(app.sandbox.file(media_of(app, "01 手机照片.jpg"))))
    hills = Image.open(resource("samples/tea-hills.jpg"))
    assert photo.size == (hills.height, hills.width)  # upright
    assert not photo.getexif()


def press_row(robot: Robot, app: App, name: str) -> None:
    """Click the button of a file's row in the drawer."""
    rows = robot.get("uploads.list")
    assert isinstance(rows, UploadList)
    at = next(row for row, each in enumerate(app.transfers.items) if each.name == name)
    rows.scrollTo(rows.model().index(at, 0))
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.button_at(at))
    robot.settle(50)


def media_of(app: App, name: str) -> str:
    """The SHA-256 of what went up for a dropped file."""
    media = next(each.media for each in app.transfers.items if each.name == name)
    assert media is not None
    return media.sha256


def test_closing_in_the_middle_offers_the_rest_at_the_next_start(opened: Callable[..., App], tmp_path: Path) -> None:
    """Nothing is lost and nothing goes up unasked: 继续上传 of the toast takes it up.

    Leaving with four uploads under way takes two seconds at most (P17).
    """
    files = []
    for n in range(5):
        files.append(tmp_path / f"{n}.png")
        files[n].write_bytes(make.picture(colour=(n, 50, 50)))
    app = opened(sandbox=True)
    robot = Robot(app.window)
    assert app.sandbox is not None
    app.sandbox.fault("material/add_material:slow=30s")
    robot.click("compose.tab.image")
    robot.drop_on_target("library", files)
    robot.until(lambda: len(app.profile.unfinished.list()) == 5, "the uploads were not written down")
    robot.until(lambda: sending(app) == 4, "there are not four on their way")
    begun = time.monotonic()
    app.window.leave()
    app.close()
    assert time.monotonic() - begun <= 2.0

    again = opened()
    robot = Robot(again.window)
    robot.until(lambda: len(again.transfers.items) == 5, "nothing was offered")
    assert {each.stage for each in again.transfers.items} == {Stage.STOPPED}
    assert again.sandbox is not None
    assert not [each for each in again.sandbox.requests() if each["path"].endswith("add_material")]
    robot.click("toast.action")
    robot.until(lambda: all(each.stage == Stage.DONE for each in again.transfers.items), "it was not taken up")
    robot.until(lambda: again.profile.unfinished.list() == [], "it would be offered once more")


def test_out_of_the_library_into_a_message_and_an_article(opened: Callable[..., App]) -> None:
    """Dragged over from the page of 素材库: the targets are those of the message; nothing goes up a second time."""
    app = opened(sandbox=True)
    robot = Robot(app.window)
    account = app.profile.accounts.current()
    assert account is not None
    file = app.profile.media.add_file(resource("samples/tea-hills.jpg"), "image", Job())
    app.profile.media.upload(account.id, file.sha256, "image", Job(), permanent=True)
    for kind, target in (("image", "image"), ("news", "body")):
        app.window.show_page("send")
        robot.click(f"compose.tab.{kind}")
        app.window.show_page("media")
        robot.until(lambda: app.window.media.model.items(), "the library is empty")
        mime = drag_mime(account.id, app.window.media.model.items(), app.profile.paths.cache)
        robot._drag(QDragEnterEvent, app.window.rect().center(), mime)
        robot._drag(QDragMoveEvent, robot._target(target), mime)
        robot._drag(QDropEvent, QPointF(robot._target(target)), mime)
        robot.until(lambda: app.window.page_name == "send", "the message did not come to the front")
    compose = app.window.compose
    robot.until(lambda: file.sha256 in compose.news.article()["html"], "it is not in the article")
    assert [each["sha256"] for each in compose.forms["image"].content()["files"]] == [file.sha256]
    robot.until(lambda: not app.tasks.running(), "it does not come to rest")
    assert app.sandbox is not None
    assert not [each for each in app.sandbox.requests() if each["path"].endswith("media/upload")]


def sending(app: App) -> int:
    """How many uploads run in their threads now."""
    tasks = [each.task for each in app.transfers.items if each.task is not None and each.task.lane == "upload"]
    return sum(task._future is not None and task._future.running() for task in tasks)


def prepared(folder: Path) -> list[tuple[Path, str]]:
    """Files of every kind that are changed on their way in, or go as they are."""
    hills = Image.open(resource("samples/tea-hills.jpg")).convert("RGB")
    phone_photo(folder / "photo.jpg")
    hills.save(folder / "hills.webp")
    hills.convert("CMYK").save(folder / "print.jpg")
    (folder / "noise.bmp").write_bytes(make.noise("BMP", (1200, 900)))
    return [
        (folder / "photo.jpg", "image"),
        (folder / "hills.webp", "image"),
        (folder / "print.jpg", "image"),
        (folder / "noise.bmp", "image"),
        (resource("samples/greeting.mp3"), "voice"),
        (resource("samples/greeting.amr"), "voice"),
        (resource("samples/tea-hills.mp4"), "video"),
    ]


def test_prepared_files_arrive_whole_or_say_so(
    paths: Paths, tmp_path: Path, long_run: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Random drops, stalls and lost tokens: whatever is told as uploaded has the prepared file's SHA-256 (C1)."""
    count, seed = (1000 if long_run else 60), 4
    chance = random.Random(seed)
    with Sandbox() as sandbox:
        account = sandbox.service
        secrets = {account.app_id: account.app_secret}
        with open_profile(paths, base_url=sandbox.address, secrets=secrets) as profile:
            hurry(profile)
            known = profile.account_store.by_app_id(account.app_id)
            assert known is not None
            files = [profile.media.add_file(path, kind, Job()) for path, kind in prepared(tmp_path)]
            arrived = 0
            for _ in range(count):
                file = chance.choice(files)
                troubles = chance.choices(TROUBLE, k=chance.choice((0, 0, 1, 2, 5, 6)))
                for trouble in troubles:
                    sandbox.fault(f"media/upload:{trouble}*1")
                try:
                    made = profile.media.renew(known.id, file.sha256, file.kind, Job())
                except AppError:
                    assert troubles, f"seed {seed}: an error without a reason"
                else:
                    arrived += 1
                    there = account.media.items[made.media_id]
                    assert there.sha256 == file.sha256, f"seed {seed}: {troubles}"
                    assert sandbox.file(there.sha256) == file.path.read_bytes()
                sandbox.fault("clear")
            assert {each.sha256 for each in account.media.items.values()} <= {file.sha256 for file in files}
    with capsys.disabled():
        print(f"\n{count} uploads of prepared files, seed {seed}: {arrived} arrived whole, the others said so")
    assert arrived > count / 2


def hurry(profile) -> None:  # type: ignore[no-untyped-def]
    """No pauses between the client's own repeats, and short waits for silence: the waits are not what is tested."""
    from functools import partial

    from desktop_app.wechat import WeChatClient
    from desktop_app.wechat.transport import Seams

    profile.accounts._make_client = partial(
        WeChatClient, _seams=Seams(sleep=lambda seconds: None), timeouts=(2.0, 0.9)
    )


def test_an_upload_goes_on_when_the_page_is_left(opened: Callable[..., App], tmp_path: Path) -> None:
    """Another page and another kind come to the front: the bar says how far it is, and it arrives in the message."""
    picture = tmp_path / "图.png"
    picture.write_bytes(make.picture())
    app = opened(sandbox=True)
    robot = Robot(app.window)
    assert app.sandbox is not None
    robot.click("compose.tab.image")
    with app.sandbox.world.lock:  # WeChat answers nobody until the bar was looked at
        robot.drop_on_target("image", [picture])
        robot.until(lambda: app.transfers.totals().busy, "the upload did not begin")
        robot.click("compose.tab.text")
        robot.click("nav.history")
        assert app.window.page_name == "history"
        robot.until(lambda: robot.find("activity.uploads") is not None, "the bar says nothing of it")
    robot.until(lambda: [each.stage for each in app.transfers.items] == [Stage.DONE], "it did not arrive")
    robot.click("nav.send")
    robot.click("compose.tab.image")
    assert [each["name"] for each in app.window.compose.content()["files"]] == ["图.png"]
    assert not app.window.compose.ready_problem()
