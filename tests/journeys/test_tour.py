"""The tour as a person starts it: a process of its own, an empty profile, pictures and tour.json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.tour import SEED_OPERATIONS, operations_in

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one tour that was run to its end."""
    folder = tmp_path_factory.mktemp("tour")
    command = [sys.executable, "-m", "desktop_app", "--tour", str(folder), "--data-dir", str(folder / "data")]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, encoding="utf-8", timeout=400
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder


def test_every_step_ends_as_it_should(tour: Path) -> None:
    """Exit code 0, every step ok, each with its picture."""
    report = json.loads((tour / "tour.json").read_text(encoding="utf-8"))
    assert report["ok"]
    assert all(step["ok"] for step in report["steps"])
    for step in report["steps"]:
        assert (tour / step["picture"]).stat().st_size > 10_000


def test_all_operations_of_the_window_are_called(tour: Path) -> None:
    """Each of the seventeen seed operations was called through the window."""
    report = json.loads((tour / "tour.json").read_text(encoding="utf-8"))
    assert set(report["operations"]) == set(SEED_OPERATIONS)
    assert {name for name, calls in report["operations"].items() if calls} == set(SEED_OPERATIONS)


def test_the_table_and_the_sandbox_agree(tour: Path) -> None:
    """All sends are 成功, the articles by both ways, the video is 已删除, in the table's model and at the sandbox."""
    report = json.loads((tour / "tour.json").read_text(encoding="utf-8"))
    final = {entry["kind"]: (entry["table"], entry["sandbox"]) for entry in report["final"]}
    assert final == {
        "text": ("成功", "SEND_SUCCESS"),
        "image": ("成功", "SEND_SUCCESS"),
        "news": ("成功", "SEND_SUCCESS"),
        "voice": ("成功", "SEND_SUCCESS"),
        "video": ("已删除", "DELETE"),
    }


def test_operations_are_told_by_path_and_message() -> None:
    """A send of a video that was made by uploadvideo counts as massSendMPVideo; a tag list is no operation."""
    log = [
        {"path": "/cgi-bin/tags/get", "json": None},
        {"path": "/cgi-bin/media/uploadvideo", "json": {"media_id": "x"}},
        {"path": "/cgi-bin/message/mass/sendall", "json": {"msgtype": "mpvideo"}},
        {"path": "/cgi-bin/message/mass/preview", "json": {"msgtype": "voice"}},
    ]
    counts = {name: n for name, n in operations_in(log).items() if n}
    assert counts == {
        "uploadMPVideo": 1,
        "massSend": 1,
        "massSendVideo": 1,
        "massSendMPVideo": 1,
        "previewVoice": 1,
    }
