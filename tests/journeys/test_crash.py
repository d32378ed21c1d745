"""kill -9 anywhere between commit, request and answer, then a restart: never two, never none (promises A1, A2).

The judge is the sandbox's own list of accepted sends.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.paths import resource
from desktop_app.sandbox.server import Sandbox
from desktop_app.services.checkpoints import NAMES
from tests.data import make
from tests.outbox_world import Clock, World

ROOT = Path(__file__).parents[2]


class Campaign:
    """A script that is run again and again on one profile, and killed."""

    def __init__(self, folder: Path, sandbox: Sandbox, clock: Clock) -> None:
        self.folder = folder / "profile"
        self.answer = folder / "answer.json"
        self.sandbox = sandbox
        self.clock = clock
        self.sends: list[dict[str, Any]] = []
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.crash_child"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the helper process."""
        assert self._program.stdin is not None
        self._program.stdin.close()
        self._program.wait(60)
        assert self._program.stdout is not None
        self._program.stdout.close()

    def run(
        self, *, exit_at: str = "", kill_after: float | None = None, person: bool = False
    ) -> tuple[int, list[dict[str, Any]] | None]:
        """One run; returns its exit code and, if it came to the end, the ledger."""
        self.clock.advance(61)
        order = {
            "folder": str(self.folder),
            "address": self.sandbox.address,
            "secrets": {self.sandbox.service.app_id: self.sandbox.service.app_secret},
            "now": self.clock.wall,
            "sends": self.sends,
            "exit_at": exit_at,
            "person": person,
            "answer": str(self.answer),
        }
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        while True:
            line = self._line()
            if line.startswith("ready ") and kill_after is not None:
                time.sleep(kill_after)
                with contextlib.suppress(ProcessLookupError):  # it was done already
                    os.kill(int(line[6:]), signal.SIGKILL)
            elif line.startswith("exit "):
                code = int(line[5:])
                return code, None if code else json.loads(self.answer.read_text("utf-8"))
            elif line.startswith("{"):
                pytest.fail(line)

    def _line(self) -> str:
        assert self._program.stdout is not None
        return self._program.stdout.readline().strip()

    def finish(self) -> list[dict[str, Any]]:
        """Restart until everything has ended; a person presses the buttons that wait."""
        ledger = None
        for _ in range(12 + len(self.sends) // 20):
            code, ledger = self.run(person=True)
            assert code == 0
            assert ledger is not None
            if {row["state"] for row in ledger} == {"succeeded"} and len(ledger) == len(self.sends):
                return ledger
        pytest.fail(f"does not finish: {Counter(row['state'] for row in ledger or [])}")

    def judge(self, ledger: list[dict[str, Any]]) -> None:
        """None lost, none twice, none that the ledger does not know."""
        accepted = [job["clientmsgid"] for job in self.sandbox.sent()]
        assert len(accepted) == len(set(accepted)), "a duplicate"
        assert sorted(accepted) == sorted(key for row in ledger for key in row["keys"])
        assert sorted(row["title"] for row in ledger) == sorted(each["title"] for each in self.sends)
        contents = Counter(json.dumps(job["payload"], sort_keys=True) for job in self.sandbox.sent())
        assert set(contents.values()) == {1}


@pytest.fixture
def crash(tmp_path: Path) -> Iterator[Campaign]:
    clock = Clock()
    with Sandbox(clock=clock.steady, seed=1) as sandbox:
        sandbox.switches.set(minute_limit=False, daily_quotas=False)
        campaign = Campaign(tmp_path, sandbox, clock)
        yield campaign
        campaign.close()


def a_text(number: int) -> dict[str, Any]:
    return {"title": f"第 {number} 条", "message": {"msgtype": "text", "text": {"content": f"内容 {number}"}}}


def test_without_a_crash(crash: Campaign) -> None:
    """The campaign by itself: three sends, three accepted."""
    crash.sends = [a_text(number) for number in range(3)]
    crash.judge(crash.finish())
    assert len(crash.sandbox.sent()) == 3


@pytest.mark.parametrize("kind", ["text", "image", "video"])
def test_every_named_point(crash: Campaign, tmp_path: Path, kind: str) -> None:
    """The process dies at each named point, with each kind of message: after the restart it went out once (A2)."""
    (tmp_path / "maker").mkdir()
    maker = World(tmp_path / "maker", crash.sandbox, crash.clock)
    for number, point in enumerate(name for name in NAMES if not name.startswith("renew.")):
        message = maker.message(kind).to_json()
        if kind == "text":
            message["text"]["content"] += str(number)
        crash.sends.append({"title": f"{point} {number}", "message": message})
        code, ledger = crash.run(exit_at=point)
        assert (code, ledger) == (137, None), f"{point} was not reached"
        crash.run()
        crash.run()
    maker.close()
    _, ledger = crash.run()
    assert ledger is not None
    assert {row["state"] for row in ledger} == {"succeeded"}, "it does not finish by itself"
    crash.judge(ledger)


@pytest.mark.parametrize("kind", ["image", "video", "news"])
def test_every_named_point_of_a_send_that_heals(crash: Campaign, tmp_path: Path, kind: str) -> None:
    """The same where WeChat has lost the media (40007): made anew, it still goes out once.

    By itself, unless it died in an attempt: then the 40007 comes to a repeat, proves nothing, and a person decides.
    """
    file = tmp_path / "茶.png"
    file.write_bytes(make.picture("PNG", (940, 400)))
    path = resource("samples/tea-hills.mp4") if kind == "video" else file
    for point in (*NAMES, "deliver.claimed:2", "deliver.answered:2", "deliver.settled:2"):
        crash.sandbox.fault("clear")
        crash.sandbox.fault("mass/sendall:errcode=40007*1")
        crash.sends.append({"title": f"茶 {point}", "kind": kind, "file": str(path)})
        code, ledger = crash.run(exit_at=point)
        assert (code, ledger) == (137, None), f"{point} was not reached"
        crash.run()
        crash.run()
    _, ledger = crash.run()
    assert ledger is not None
    open_ = {row["title"].removeprefix("茶 ") for row in ledger if row["state"] != "succeeded"}
    assert open_ <= {"deliver.claimed", "wire.before_write"}, "it does not finish by itself"
    crash.judge(crash.finish())


def test_random_kills(crash: Campaign, long_run: bool) -> None:
    """Killed at random moments of a long campaign: none twice, none lost, no damage, and it finishes (A1)."""
    kills = 1000 if long_run else 30
    seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed, "kills", kills)
    chance = random.Random(seed)
    killed, usual = 0, 0.1  # seconds that a run takes, followed below
    for number in range(kills * 3):
        crash.sends += [a_text(4 * number + each) for each in range(4)]
        # Now and then a person looks after what waits: WeChat knows a key for a day only.
        code, _ = crash.run(kill_after=chance.random() * usual, person=number % 10 == 9)
        killed += code == -signal.SIGKILL
        usual *= 1.1 if code else 0.8
        if killed == kills:
            break
    assert killed == kills
    crash.judge(crash.finish())
