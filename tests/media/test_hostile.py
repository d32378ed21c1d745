"""Promise C5: whatever a hostile picture claims, it costs two seconds and 200 MB at most."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data import make
from tests.data import make_pictures as pics
from tests.media.sixty import HOSTILE, write

ROOT = Path(__file__).parents[2]
# A process of its own: how much memory one file took at most is only told for a whole process.
CHILD = """
import json, re, sys, time
from pathlib import Path
from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import intake, prepare, shrink
from PIL import Image, ImageCms
Image.init()
def memory(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
folder, names = Path(sys.argv[1]), json.loads(sys.argv[2])
for name in names:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    begun, before = time.process_time(), memory("VmRSS")
    try:
        taken = intake.take_file(folder / name, folder / "cache", Job())
        prepare.for_message(taken, folder / "cache", Job())
        if taken.kind == "image":
            shrink.for_body(taken.path, taken.format, folder / "cache" / "body")
        outcome = "ready"
    except MediaError as error:
        outcome = error.code
    print(json.dumps([name, outcome, time.process_time() - begun, memory("VmHWM") - before]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is told by Linux only")
def test_hostile_files_cost_little(tmp_path: Path, cache: Path) -> None:
    """Bombs, polyglots, cut and lying files, and the largest picture that is allowed: CPU time and peak memory."""
    for row in HOSTILE:
        write(row, tmp_path)
    (tmp_path / "one colour.png").write_bytes(make.picture("PNG", (7000, 7000)))
    (tmp_path / "tiny frames.gif").write_bytes(
        pics.gif_of(70, 70, [b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"] * 300_000)
    )
    names = [row.name for row in HOSTILE] + ["one colour.png", "tiny frames.gif"]
    command = [sys.executable, "-c", CHILD, str(tmp_path), json.dumps(names)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == names
    for name, outcome, seconds, grown in rows:
        print(f"{name:24} {outcome:24} {seconds:5.2f} s {grown:6.1f} MB")
    assert not [row for row in rows if row[2] > 2 or row[3] > 200]
