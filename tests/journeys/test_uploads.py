"""Uploads of 10 MB to the sandbox: flat memory, whole or an error, changed files noticed, cancelled at once."""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from desktop_app.errors import Cancelled, MediaError, NetworkError, Refused
from desktop_app.job import Job
from desktop_app.paths import Paths, resource
from desktop_app.sandbox.server import Sandbox
from desktop_app.services import open_profile
from desktop_app.wechat import WeChatClient
from desktop_app.wechat.transport import Seams
from tests.bench import _far, _growth, _ways

SIZE = 10_000_000
MP4_HEAD = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"

# What happens on the way of one attempt: drops on each side of acceptance, stalls, lost tokens, odd replies.
TROUBLE = (
    "drop-before",
    "drop-before=early",
    "drop-before=half",
    "drop-before=reset",
    "drop-after",
    "drop-after=reset",
    "token-gone",
    "token-expired",
    "token-gone/after",
    "slow=0.1s",
    "slow-read=60000000",
    "silent=2",
    "cut",
    "502",
    "garbage",
)


@pytest.fixture
def talker(sandbox: Sandbox) -> Iterator[WeChatClient]:
    """A client of the 服务号 that never waits between tries, and not long for a silent server."""
    account = sandbox.service
    seams = Seams(sleep=lambda seconds: None)
    with WeChatClient(
        account.app_id, account.app_secret, base_url=sandbox.address, timeouts=(2.0, 1.0), _seams=seams
    ) as client:
        yield client


@pytest.fixture
def patient(sandbox: Sandbox) -> Iterator[WeChatClient]:
    """A client with the waits of every day."""
    with WeChatClient(sandbox.service.app_id, sandbox.service.app_secret, base_url=sandbox.address) as client:
        yield client


def video(path: Path, seed: int = 1, size: int = SIZE) -> str:
    """Write a file that begins like an MP4, no two of its blocks alike; its SHA-256."""
    data = MP4_HEAD + random.Random(seed).randbytes(size - len(MP4_HEAD))
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


# --- memory -------------------------------------------------------------------------------------------


def test_memory_is_flat(tmp_path: Path) -> None:
    """Four uploads of 10 MB at once, in a process of their own: less than 3 MiB each, where files= takes 28."""
    path = _far.video(tmp_path)
    with _far.sandbox() as server:
        grown = _growth.in_fresh_process(_growth.growth_mib, server, path, _ways.OURS)
    assert grown < 3


# --- whole, or an error -------------------------------------------------------------------------------


def test_what_is_reported_as_uploaded_is_whole(
    sandbox: Sandbox, talker: WeChatClient, tmp_path: Path, long_run: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Random drops, stalls and lost tokens: each media_id given back stands for exactly the file's bytes."""
    count = 1000 if long_run else 40
    seed = 20
    chance = random.Random(seed)
    paths = [tmp_path / f"{number}.mp4" for number in range(3)]
    hashes = {path: video(path, number) for number, path in enumerate(paths)}
    succeeded = 0
    for _ in range(count):
        path = chance.choice(paths)
        troubles = chance.choices(TROUBLE, k=chance.choice((0, 0, 1, 1, 2, 4)))
        for trouble in troubles:
            sandbox.fault(f"media/upload:{trouble}*1")
        try:
            uploaded = talker.upload_media("video", path)
        except (NetworkError, Refused):
            assert troubles, f"seed {seed}: refused without a reason"
        else:
            succeeded += 1
            there = sandbox.service.media.items[uploaded.media_id]
            assert (there.size, there.sha256) == (SIZE, hashes[path]), f"seed {seed}: {troubles}"
        sandbox.fault("clear")
    with capsys.disabled():
        print(f"\n{count} uploads of 10 MB, seed {seed}: {succeeded} succeeded, the others said so")
    assert succeeded > count / 2
    assert {media.sha256 for media in sandbox.service.media.items.values()} <= set(hashes.values())
    for known in hashes.values():
        assert hashlib.sha256(sandbox.file(known)).hexdigest() == known


def test_progress_goes_through_the_file_again_after_a_drop(
    sandbox: Sandbox, talker: WeChatClient, tmp_path: Path
) -> None:
    """The bar starts anew with the second try and ends at the file's size."""
    path = tmp_path / "a.mp4"
    video(path)
    sandbox.fault("media/upload:drop-before*1")
    seen: list[tuple[int, int]] = []
    talker.upload_media("video", path, Job(lambda done, total: seen.append((done, total))))
    assert seen[-1] == (SIZE, SIZE)
    assert sum(later[0] < earlier[0] for earlier, later in pairwise(seen)) == 1


# --- files that change --------------------------------------------------------------------------------


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shorten(path: Path) -> None:
    os.truncate(path, SIZE // 2)


def rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(SIZE - 100)
        file.write(b"other words")
    os.utime(path, ns=(1, 1))  # the clock of some disks ticks in whole seconds


def replace(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(path.read_bytes()[::-1])
    new.replace(path)


def delete(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [grow, shorten, rewrite, replace, delete], ids=lambda change: change.__name__)
def test_a_file_that_changes_while_it_is_sent(
    sandbox: Sandbox, talker: WeChatClient, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """Noticed before its last block leaves: an error for the person, nothing accepted, no second try with half."""
    path = tmp_path / "a.mp4"
    video(path)
    changed: list[int] = []

    def in_the_middle(done: int, total: int) -> None:
        if done > total / 3 and not changed:
            changed.append(done)
            change(path)

    with pytest.raises(MediaError) as caught:
        talker.upload_media("video", path, Job(in_the_middle))
    assert caught.value.code == ("media.missing" if change is delete else "media.changed")
    assert changed
    assert not sandbox.service.media.items


def test_a_cached_file_with_other_bytes_is_never_sent_as_the_one_shown(sandbox: Sandbox, paths: Paths) -> None:
    """Same name, length and time, one byte different: not the hash of what was composed, so it stays here."""
    source = paths.data / "clip.mp4"
    source.write_bytes(resource("samples/tea-hills.mp4").read_bytes())
    account = sandbox.service
    with open_profile(paths, base_url=sandbox.address, secrets={account.app_id: account.app_secret}) as profile:
        known = profile.account_store.by_app_id(account.app_id)
        assert known is not None
        media = profile.media.add_file(source, "video", Job())
        before = media.path.stat()
        data = bytearray(media.path.read_bytes())
        data[len(data) // 2] ^= 1
        media.path.write_bytes(data)
        os.utime(media.path, ns=(before.st_atime_ns, before.st_mtime_ns))
        with pytest.raises(MediaError) as caught:
            profile.media.upload(known.id, media.sha256, "video", Job())
        assert caught.value.code == "media.changed"
        assert not sandbox.service.media.items


# --- cancel -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["slow-read=20000000", "slow=30s"], ids=["while it is sent", "while it is judged"])
def test_cancel_closes_the_line_within_a_second(
    sandbox: Sandbox, patient: WeChatClient, tmp_path: Path, fault: str
) -> None:
    """Cancelled is raised, the sandbox sees the line go, nothing was accepted half, and the next upload works."""
    patient.ensure_token()
    path = tmp_path / "a.mp4"
    video(path, size=4 * SIZE if "read" in fault else SIZE)
    sandbox.fault(f"media/upload:{fault}*1")
    cancelled_at: list[float] = []
    timers: list[threading.Timer] = []

    def cancel() -> None:
        cancelled_at.append(time.monotonic())
        job.cancel()

    def under_way(done: int, total: int) -> None:
        if not timers and ("read" in fault or done == total):
            timers.append(threading.Timer(0.3, cancel))
            timers[0].start()

    job = Job(under_way)
    with pytest.raises(Cancelled):
        patient.upload_media("video", path, job)
    assert time.monotonic() - cancelled_at[0] < 1
    if "read" in fault:
        while not (seen := [each for each in sandbox.requests() if each["path"].endswith("media/upload")]):
            assert time.monotonic() - cancelled_at[0] < 1, "the sandbox still has the line"
            time.sleep(0.01)
        assert not seen[0]["complete"]
        assert not sandbox.service.media.items
    video(path)
    assert patient.upload_media("video", path).media_id
