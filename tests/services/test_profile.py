"""Open a profile: by a script, twice, as a copy, restored, damaged (promises A8, A9, D3; contracts §2)."""

from __future__ import annotations

import random
import shutil
import threading
import time
from pathlib import Path

import pytest

from desktop_app.errors import AppError, StoreError
from desktop_app.paths import Paths
from desktop_app.sandbox.server import Sandbox
from desktop_app.services import Profile, open_profile
from desktop_app.store import backup
from desktop_app.wechat import Audience, TextMessage
from tests.outbox_world import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(folder: Path, sandbox: Sandbox, clock: Clock) -> Profile:
    secrets = {account.app_id: account.app_secret for account in sandbox.accounts}
    return open_profile(folder, base_url=sandbox.address, secrets=secrets, now=clock)


def test_a_script(tmp_path: Path, sandbox: Sandbox) -> None:
    """What the contracts show: open, queue, deliver, poll, row."""
    secrets = {sandbox.service.app_id: sandbox.service.app_secret}
    with open_profile(str(tmp_path / "data"), base_url=sandbox.address, secrets=secrets) as profile:
        send_id = profile.sending.queue(TextMessage("你好"), Audience.tag(2))
        assert profile.sending.deliver() == 1
        sandbox.advance(120)
        profile.sending.poll(force=True)
        row = profile.sending.row(send_id)
        assert (str(row.state), row.msg_id) == ("succeeded", sandbox.sent()[0]["msg_id"])
        assert not profile.marker_changed
        assert profile.restored_from is None
    profile.close()


def test_secrets_of_a_script_stay_in_the_session(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """A secret that a script hands over is nowhere on the disk, and the next run has to bring it again."""
    with opened(tmp_path / "data", sandbox, clock) as profile:
        profile.sending.queue(TextMessage("a"), Audience.tag(2))
        profile.sending.deliver()
    secret = sandbox.service.app_secret.encode()
    assert not any(secret in path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    with open_profile(tmp_path / "data", now=clock) as profile:
        account = profile.account_store.by_app_id(sandbox.service.app_id)
        assert account is not None
        assert not profile.accounts.has_secret(account.id)


def test_address_follows_the_script(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """An account that is known already is reached where this run says."""
    opened(tmp_path / "data", sandbox, clock).close()
    secrets = {sandbox.service.app_id: sandbox.service.app_secret}
    with open_profile(tmp_path / "data", base_url="http://127.0.0.1:9", secrets=secrets, now=clock) as profile:
        assert [account.base_url for account in profile.accounts.list()] == ["http://127.0.0.1:9", sandbox.address]


# --- one process, one profile -----------------------------------------------------------------------


def test_second_open_is_refused(tmp_path: Path, clock: Clock) -> None:
    """A second opener is refused at once; when the first is done it may."""
    with open_profile(tmp_path / "data", now=clock):
        started = time.monotonic()
        with pytest.raises(StoreError) as caught:
            open_profile(tmp_path / "data", now=clock)
        assert caught.value.code == "store.in_use"
        assert time.monotonic() - started < 2
    open_profile(tmp_path / "data", now=clock).close()


def test_races(tmp_path: Path, sandbox: Sandbox, clock: Clock, long_run: bool) -> None:
    """Two openers at the same moment, again and again: each send goes out once (A9)."""
    with opened(tmp_path / "data", sandbox, clock) as profile:
        ids = [profile.sending.queue(TextMessage(str(number)), Audience.tag(2)) for number in range(5)]

    def deliver() -> None:
        try:
            with opened(tmp_path / "data", sandbox, clock) as profile:
                profile.sending.deliver()
        except StoreError as error:
            refused.append(error.code)

    for _ in range(100 if long_run else 15):
        refused: list[str] = []
        both = [threading.Thread(target=deliver) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert set(refused) <= {"store.in_use"}
        assert len(refused) < 2
    keys = [job["clientmsgid"] for job in sandbox.sent()]
    assert len(keys) == len(set(keys)) == len(ids)


# --- copies -----------------------------------------------------------------------------------------


def with_open_sends(folder: Path, sandbox: Sandbox, clock: Clock) -> list[int]:
    """One queued, one scheduled, one in doubt with a repeat to come, one found as 提交中."""
    with opened(folder, sandbox, clock) as profile:
        doubt = profile.sending.queue(TextMessage("d"), Audience.tag(2))
        sandbox.fault("mass/sendall:drop-after*1")
        profile.sending.deliver()
        queued = profile.sending.queue(TextMessage("q"), Audience.tag(2))
        planned = profile.sending.queue(TextMessage("p"), Audience.tag(2), not_before=clock() + 300)
        submitting = profile.sending.queue(TextMessage("s"), Audience.tag(2))
        due = next(each for each in profile.outbox.due(1, clock()) if each.batch.send_id == submitting)
        profile.outbox.claim(due, clock() + 3600)
    return [doubt, queued, planned, submitting]


def nothing_leaves(profile: Profile, sandbox: Sandbox, clock: Clock, ids: list[int]) -> None:
    """For an hour no send request is made; the queued ones wait for a person, the doubts for nobody."""
    sandbox.forget_requests()
    for _ in range(360):
        profile.sending.deliver()
        clock.advance(10)
    asked = [request for request in sandbox.requests() if "/mass/send" in request["path"]]
    assert asked == []
    doubt, queued, planned, submitting = (profile.sending.row(send_id) for send_id in ids)
    assert [str(row.state) for row in (doubt, queued, planned, submitting)] == [
        "unsure",
        "queued",
        "queued",
        "unsure",
    ]
    assert queued.waits_for_person
    assert planned.waits_for_person
    assert queued.reason.startswith("profile.")


def test_copied_profile(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """A copied folder sends nothing by itself; the original goes on (A8)."""
    ids = with_open_sends(tmp_path / "data", sandbox, clock)
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    with opened(tmp_path / "copy", sandbox, clock) as copy:
        assert copy.marker_changed
        before = clock.wall
        nothing_leaves(copy, sandbox, clock, ids)
        clock.wall = clock.real = before
    with opened(tmp_path / "data", sandbox, clock) as original:
        assert not original.marker_changed
        for _ in range(60):
            original.sending.deliver()
            clock.advance(10)
    keys = [job["clientmsgid"] for job in sandbox.sent()]
    assert len(keys) == len(set(keys)) == 4


def test_restored_backup(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """A backup put back by hand sends nothing by itself: it may have gone out since (A8)."""
    ids = with_open_sends(tmp_path / "data", sandbox, clock)
    paths = Paths.below(tmp_path / "data")
    clock.advance(90_000)
    clock.wall = clock.real = clock.wall - 90_000
    copy = backup.back_up(paths.database, paths.backups, clock())
    shutil.copy(copy, paths.database)
    with opened(tmp_path / "data", sandbox, clock) as profile:
        assert profile.marker_changed
        nothing_leaves(profile, sandbox, clock, ids)
        profile.sending.resume(ids[1])
        clock.advance(23 * 3600)
        with pytest.raises(AppError) as caught:
            profile.sending.resume(ids[2])
        assert caught.value.code == "send.too_late"
    with opened(tmp_path / "data", sandbox, clock) as profile:
        assert not profile.marker_changed


@pytest.mark.expects_log("the database is damaged")
def test_damaged_database(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    """A damaged file is replaced by the newest copy, the profile says so, and nothing leaves (D3)."""
    ids = with_open_sends(tmp_path / "data", sandbox, clock)
    paths = Paths.below(tmp_path / "data")
    backup.back_up(paths.database, paths.backups, clock())
    paths.database.write_bytes(paths.database.read_bytes()[:5000])
    with opened(tmp_path / "data", sandbox, clock) as profile:
        assert profile.restored_from is not None
        assert profile.restored_from.taken_at == clock()
        nothing_leaves(profile, sandbox, clock, ids)


@pytest.mark.expects_log("the database is damaged")
def test_flipped_bits_in_a_profile(tmp_path: Path, sandbox: Sandbox, clock: Clock, long_run: bool) -> None:
    """Whatever bit flips in the file: the profile opens or says why, and what waits never leaves by it (D3)."""
    folder = tmp_path / "data"
    with opened(folder, sandbox, clock) as profile:
        send_id = profile.sending.queue(TextMessage("q"), Audience.tag(2))
        batch = profile.sending.row(send_id).batches[0]
        profile.outbox.change(batch, "waits", {"reason": "x"}, waits_for_person=True)
    paths = Paths.below(folder)
    whole, marker = paths.database.read_bytes(), paths.marker.read_bytes()
    seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(2000 if long_run else 60):
        for path in folder.glob("qunfa.db*"):
            path.unlink()
        flipped = bytearray(whole)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        paths.database.write_bytes(flipped)
        with paths.marker.open("r+b") as file:
            file.write(marker)
        try:
            with open_profile(folder, now=clock) as profile:
                for account in profile.accounts.list():
                    profile.accounts.type_secret(account.id, sandbox.service.app_secret)
                    profile.outbox.page(account.id)
                profile.sending.deliver()
        except AppError as error:
            assert error.code.startswith(("store.", "account."))  # noqa: PT017
    assert sandbox.sent() == []


# --- daily copies -----------------------------------------------------------------------------------


def test_daily_backup(tmp_path: Path, clock: Clock) -> None:
    """Each day on which the profile is opened leaves one copy; seven stay (D6)."""
    for _ in range(20):
        open_profile(tmp_path / "data", now=clock).close()
        clock.advance(43_200)
    copies = backup.backups(Paths.below(tmp_path / "data").backups)
    assert len(copies) == 7


@pytest.mark.expects_log("no backup today")
def test_no_room_for_a_backup(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that cannot be made is logged and does not keep the profile shut."""

    def full(*args: object) -> None:
        raise StoreError("store.backup")

    monkeypatch.setattr(backup, "back_up", full)
    open_profile(tmp_path / "data", now=clock).close()


def test_folder_that_cannot_be_made(tmp_path: Path, clock: Clock) -> None:
    """A data folder below a file is an error with a code."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError) as caught:
        open_profile(tmp_path / "file" / "data", now=clock)
    assert caught.value.code == "store.folder"
