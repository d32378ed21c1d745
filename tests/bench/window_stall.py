"""How long the window stands still while files go up over TLS: the drawer of uploads, and 20 pictures dropped."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from desktop_app.app import App, make_qt
from desktop_app.paths import Paths
from desktop_app.store.caches import MediaFile
from desktop_app.wechat import WeChatClient
from desktop_app.workers.transfer import MESSAGE, Transfer
from tests.bench import _far
from tests.bench._gaps import Gaps
from tests.bench._pictures import big_photos
from tests.bench._row import Row, rounds

QUEUED, AT_ONCE = 20, 4
ROUNDS, PAGE_ROUNDS = 7, 5
IDLE_S = 1.0
OVER_IDLE_GOAL_MS, P99_GOAL_MS = 16.0, 8.0

Server = Mapping[str, str]


def measure() -> list[Row]:
    """Each load beside the idle window of the same rounds."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    make_qt(["qunfa-bench"])
    with tempfile.TemporaryDirectory(prefix="qunfa-bench-") as name:
        folder = Path(name)
        pem = _far.certificate(folder)
        where = "over TLS" if pem else "in the clear (no openssl here)"
        with _far.trusting(pem), _far.sink(pem, aside=True) as server, window(server, folder / "profile") as desk:
            return _drawer(desk, server, folder, where) + _page(desk, folder, where)


def table_rows(what: str, idle: Gaps, busy: Gaps) -> list[Row]:
    """The longest wait and the 99th percentile, with the idle window beside them."""
    longest = busy.longest <= idle.longest + OVER_IDLE_GOAL_MS
    usual = busy.p99 <= idle.p99 + P99_GOAL_MS
    most = f"<= idle + {OVER_IDLE_GOAL_MS:g} ms"
    return [
        Row(f"{what}: idle, longest", idle.longest, "ms"),
        Row(f"{what}: idle, p99", idle.p99, "ms"),
        Row(f"{what}: longest of all rounds", busy.longest, "ms", None, most, longest),
        Row(f"{what}: longest of a usual round", busy.usual_longest, "ms"),
        Row(f"{what}: p99", busy.p99, "ms", None, f"<= idle + {P99_GOAL_MS:g} ms", usual),
        Row(f"{what}: longest, without the wait for a processor", busy.own_longest, "ms"),
        Row(f"{what}: p99, without the wait for a processor", busy.own_p99, "ms"),
    ]


@dataclass
class Desk:
    """The running app with one account."""

    app: App
    account_id: int

    def quiet(self) -> bool:
        """Whether nothing is under way."""
        return not self.app.tasks.running() and not self.app.transfers.totals().busy

    def forget(self) -> None:
        """Empty the list, and no longer know what went up: it goes up once more."""
        for transfer in self.app.transfers.items:
            assert transfer.media is not None, transfer.error
            known = self.app.profile.media.uploaded(self.account_id, transfer.media.sha256, transfer.media.kind)
            assert known is not None, transfer.error
            self.app.profile.media.forget(self.account_id, known.media_id)
        self.app.transfers.clear_ended()


@contextmanager
def window(server: Server, folder: Path) -> Iterator[Desk]:
    """The real window on the screen, with an account at ``server``."""
    paths = Paths.below(folder)
    paths.create()
    app = App(paths)
    try:
        account = app.profile.accounts.add(
            server["app_id"],
            server["app_secret"],
            name="bench",
            kind="service",
            base_url=server["address"],
            proxy="direct",
        )
        app.window.resize(1280, 800)
        app.window.show()
        app.window.use_account(account.id)
        Gaps().watch(lambda: app.window.account is not None and not app.tasks.running())
        yield Desk(app, account.id)
    finally:
        app.window.close_quietly()
        app.close()


# --- the drawer ---------------------------------------------------------------------------------------


def _drawer(desk: Desk, server: Server, folder: Path, where: str) -> list[Row]:
    """Videos of the cache go up with the drawer open; beside it the same uploads by another process."""
    app = desk.app
    folder = folder / "clips"
    folder.mkdir()
    clips = [_far.noise(folder / f"clip-{number}.mp4", _far.VIDEO_BYTES, seed=number) for number in range(QUEUED)]
    videos = [_kept(app, path) for path in clips]
    app.window.uploads.drawer.open_drawer()
    idle, busy, elsewhere = Gaps(), Gaps(), Gaps()
    paths = [video.path for video in videos]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        other.submit(upload_here, server, paths[:1]).result()

        def upload() -> float:
            spent = busy.watch(desk.quiet, partial(_start_all, desk, videos))
            desk.forget()
            return spent

        def upload_elsewhere() -> float:
            ended: list[Future[None]] = []
            return elsewhere.watch(
                lambda: ended[0].done(), lambda: ended.append(other.submit(upload_here, server, paths))
            )

        ways = {"idle": lambda: idle.watch_for(IDLE_S), "elsewhere": upload_elsewhere, "busy": upload}
        rounds(ways, ROUNDS)
    app.window.uploads.drawer.close_drawer()
    what = f"drawer open, {QUEUED} videos of 10 MB, {AT_ONCE} at once, {where}"
    return [
        *table_rows(what, idle, busy),
        Row(f"{what}: the same by another process, longest", elsewhere.longest, "ms"),
        Row(f"{what}: the same by another process, p99", elsewhere.p99, "ms"),
    ]


def _kept(app: App, path: Path) -> MediaFile:
    """A file as the cache has it; nobody looks whether these bytes are a film."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    there = path.rename(app.profile.media.files.folder / f"{sha256}.mp4")
    file = MediaFile(sha256, "video", "mp4", path.name, there, _far.VIDEO_BYTES, 1280, 720, 30.0)
    app.profile.media.files.remember(file)
    return file


def _start_all(desk: Desk, videos: Sequence[MediaFile]) -> None:
    for video in videos:
        transfer = Transfer(video.name, desk.account_id, "video", MESSAGE, media=video)
        transfer.size_before = transfer.size_after = video.size_bytes
        desk.app.transfers.resume(transfer)


def upload_here(server: Server, clips: Sequence[Path]) -> None:
    """The same uploads without a window: what they cost the window from outside is the machine's doing."""
    with (
        WeChatClient(server["app_id"], server["app_secret"], base_url=server["address"], proxy=None) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        list(pool.map(lambda path: client.upload_media("video", path), clips))


# --- the real page ------------------------------------------------------------------------------------


def _page(desk: Desk, folder: Path, where: str) -> list[Row]:
    """20 photos of 10 MB dropped on the 群发 page at once: copied, judged, freed of their notes, shown, uploaded.

    Dropping so many opens the drawer by itself. They are other photos in each round.
    """
    app, compose = desk.app, desk.app.window.compose
    app.window.show_page("send")
    idle, busy = Gaps(), Gaps()
    new: list[list[str]] = []

    def drop() -> float:
        photos = big_photos(folder / "photos", QUEUED, first=QUEUED * len(new))
        new.append([str(path) for path in photos])
        Gaps().watch_for(IDLE_S / 2)  # the page settles
        spent = busy.watch(
            lambda: desk.quiet() and not compose.form().problem(), partial(compose.take_files, new[-1])
        )
        assert len(compose.form().content()["files"]) == QUEUED
        compose.sent()
        app.transfers.clear_ended()
        return spent

    ways: dict[str, Callable[[], float]] = {"idle": lambda: idle.watch_for(IDLE_S), "busy": drop}
    rounds(ways, PAGE_ROUNDS)
    return table_rows(f"the 群发 page, {QUEUED} photos of 10 MB dropped at once, {where}", idle, busy)
