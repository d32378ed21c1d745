"""How long the window stands still while files go up: a plain one with 20 live bars, and the real 群发 page."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from desktop_app.app import App, make_qt
from desktop_app.job import Job
from desktop_app.paths import Paths, resource
from desktop_app.ui.progress import ProgressLine
from desktop_app.ui.widgets import Surface, vbox
from desktop_app.wechat import WeChatClient
from desktop_app.workers.tasks import Tasks
from tests.bench import _far
from tests.bench._gaps import Gaps
from tests.bench._row import Row, rounds

QUEUED = 20
ROUNDS = 9
PAGE_ROUNDS = 3
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
        video = _far.video(folder)
        rows = []
        with _far.sandbox() as server:
            rows += _plain_window(server, video, "to the sandbox")
        if pem := _far.certificate(folder):
            with _trusting(pem), _far.sink(pem) as server:
                rows += _plain_window(server, video, "to a sink over TLS")
        with _far.sandbox() as server:
            rows += _real_page(server, folder)
    return rows


def table_rows(what: str, idle: Gaps, busy: Gaps) -> list[Row]:
    """The longest wait and the 99th percentile, with the idle window beside them."""
    longest = busy.longest <= idle.longest + OVER_IDLE_GOAL_MS
    most = f"<= idle + {OVER_IDLE_GOAL_MS:g} ms"
    return [
        Row(f"{what}: idle, longest", idle.longest, "ms"),
        Row(f"{what}: idle, p99", idle.p99, "ms"),
        Row(f"{what}: uploading, longest of all rounds", busy.longest, "ms", None, most, longest),
        Row(f"{what}: uploading, longest of a usual round", busy.usual_longest, "ms"),
        Row(f"{what}: uploading, p99", busy.p99, "ms", None, f"<= {P99_GOAL_MS:g} ms", busy.p99 <= P99_GOAL_MS),
    ]


# --- a plain window -----------------------------------------------------------------------------------


def _plain_window(server: Server, video: Path, where: str) -> list[Row]:
    window = Surface()
    bars = [ProgressLine() for _ in range(QUEUED)]
    window.setLayout(vbox(*bars))
    window.resize(960, 640)
    window.show()
    tasks = Tasks()
    idle, busy, elsewhere = Gaps(), Gaps(), Gaps()
    with _client(server) as client, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        client.ensure_token()
        other.submit(upload_here, server, video, 1).result()

        def upload_elsewhere() -> float:
            ended = other.submit(upload_here, server, video, QUEUED)
            return elsewhere.watch(ended.done)

        def upload() -> float:
            return busy.watch(lambda: not tasks.running(), lambda: _start_all(tasks, client, video, bars))

        ways = {"idle": lambda: idle.watch_for(IDLE_S), "elsewhere": upload_elsewhere, "busy": upload}
        rounds(ways, ROUNDS)
        tasks.close()
    window.close()
    what = f"{QUEUED} bars, {QUEUED} videos of 10 MB, 4 at once, {where}"
    return [
        *table_rows(what, idle, busy),
        Row(f"{what}: by another process, longest", elsewhere.longest, "ms"),
        Row(f"{what}: by another process, p99", elsewhere.p99, "ms"),
    ]


def upload_here(server: Server, video: Path, count: int) -> None:
    """The same uploads without a window: what they cost the window from outside is the machine's doing."""
    with _client(server) as client, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.upload_media("video", video), range(count)))


def _client(server: Server) -> WeChatClient:
    return WeChatClient(server["app_id"], server["app_secret"], base_url=server["address"], proxy=None)


def _start_all(tasks: Tasks, client: WeChatClient, video: Path, bars: list[ProgressLine]) -> None:
    def upload(job: Job) -> object:
        return client.upload_media("video", video, job)

    def show(bar: ProgressLine, done: int, total: int) -> None:
        bar.set_fraction(done / total)

    for bar in bars:
        bar.set_state("running")
        bar.set_fraction(0.0)
        finish: Callable[[object], None] = partial(_finish, bar)
        tasks.start("upload", upload, owner=bar, on_done=finish, on_progress=partial(show, bar))


def _finish(bar: ProgressLine, _: object) -> None:
    bar.set_state("done")


@contextmanager
def _trusting(pem: Path) -> Iterator[None]:
    """Let clients made inside the block trust this certificate."""
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = str(pem)
    try:
        yield
    finally:
        if before is None:
            del os.environ["REQUESTS_CA_BUNDLE"]
        else:
            os.environ["REQUESTS_CA_BUNDLE"] = before


# --- the real page ------------------------------------------------------------------------------------


def _real_page(server: Server, folder: Path) -> list[Row]:
    """20 pictures of nearly 10 MB dropped on the 群发 page: copied, judged, decoded and uploaded."""
    paths = Paths.below(folder / "profile")
    paths.create()
    app = App(paths)
    accounts = app.profile.accounts
    account = accounts.add(
        server["app_id"],
        server["app_secret"],
        name="bench",
        kind="service",
        base_url=server["address"],
        proxy="direct",
    )
    idle, busy = Gaps(), Gaps()
    app.window.resize(1280, 800)
    app.window.show()
    app.window.use_account(account.id)
    Gaps().watch(lambda: app.window.account is not None and not app.tasks.running())
    for number in range(PAGE_ROUNDS):
        pictures = _pictures(folder / f"round-{number}")
        Gaps().watch_for(IDLE_S)  # the page settles
        idle.watch_for(IDLE_S)
        busy.watch(partial(_all_up, app), partial(app.window.compose.take_files, [str(each) for each in pictures]))
        app.window.compose.sent()
    app.window.close_quietly()
    app.close()
    return table_rows(f"the 群发 page, {QUEUED} pictures of 10 MB dropped at once", idle, busy)


def _all_up(app: App) -> bool:
    return not app.tasks.running() and not app.window.compose.form().problem()


def _pictures(folder: Path) -> list[Path]:
    """Pictures with different tails: each is a file of its own for cache and sandbox."""
    folder.mkdir()
    head = resource("samples/tea-hills.jpg").read_bytes()
    made = []
    for number in range(QUEUED):
        path = folder / f"{number}.jpg"
        path.write_bytes(head + f"{folder.name} {number}".encode() + bytes(9_900_000 - len(head)))
        made.append(path)
    return made
