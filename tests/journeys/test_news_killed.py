"""kill -9 in the middle of writing an article: at most two seconds of typing are gone, the pictures are there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from desktop_app.article.pictures import pictures
from desktop_app.paths import Paths
from desktop_app.services import open_profile

ROOT = Path(__file__).resolve().parents[2]
TYPING_S = 5.0
LOST_S = 2.0


def test_at_most_two_seconds_are_lost(tmp_path: Path) -> None:
    """Everything typed two seconds before the end is in the draft, and the picture's file is whole."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.news_child", str(tmp_path)],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    typed: list[tuple[int, float]] = []
    assert child.stdout is not None
    try:
        for line in child.stdout:
            number, at = line.split()
            typed.append((int(number), float(at)))
            if typed[-1][1] - typed[0][1] > TYPING_S:
                break
    finally:
        child.kill()
        end = time.time()
        child.wait()
        child.stdout.close()
    assert typed, "the child never came to typing"
    safe = max(number for number, at in typed if at < end - LOST_S)
    with open_profile(Paths.below(tmp_path)) as profile:
        account = profile.accounts.current()
        assert account is not None
        content = profile.composing.load_draft(account.id, "news")
        html = content["articles"][0]["html"]
        kept = {int(number) for number in re.findall(r"n(\d+)", html)}
        assert set(range(1, safe + 1)) <= kept, f"typed {safe}, kept up to {max(kept, default=0)}"
        (picture,) = pictures(html)
        file = profile.composing.media(picture.sha256)
        assert file is not None
        assert file.path.stat().st_size == file.size_bytes
