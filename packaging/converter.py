"""The optional part ``dist/qunfa-convert``: ffmpeg as a program of its own, its licence and where its source is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import environment
from environment import ROOT
from machine import Failed, say

LICENCE = ROOT / "packaging" / "licences" / "GPL-3.txt"
FOLDER = "qunfa-convert"
PROGRAM = "ffmpeg.exe" if os.name == "nt" else "ffmpeg"

README = """\
群发台的可选组件：格式转换

把这里的 ffmpeg 文件夹整个放到群发台的文件夹里（或放在它旁边），重新打开群发台即可；
也可以在 设置 → 素材 里选择其中的 {program}。
有了它，群发台能把 HEIC 照片、MOV 和 HEVC 视频、WAV 和 M4A 录音转成微信能收的格式。

The ffmpeg folder goes into the folder of the app, or next to it. ffmpeg is a program of its own: the app starts it as
a separate process, works without it, and contains no part of it.
"""

SOURCE = """\
This is FFmpeg, version {version}, unchanged.

FFmpeg in this build is free software under the GNU General Public License, version 3: see GPL-3.txt beside this file.
It comes without any warranty.

Its complete source code is to be had from the FFmpeg project: https://ffmpeg.org/download.html and
https://git.ffmpeg.org/ffmpeg.git (the version above names the tag and the commit; those of its libraries are at the
addresses that https://ffmpeg.org/legal.html and the project's documentation name). It was built with these options:

{configuration}

If you pass this folder on, pass this file and the licence on with it.
"""


def make(dist: Path, *, find: Callable[[], Path] | None = None) -> Path:
    """Write the part into ``dist``; its folder. Raises Failed when the development set-up has no ffmpeg."""
    program = (find or _installed)()
    version, configuration = _about(program)
    part = dist / FOLDER
    shutil.rmtree(part, ignore_errors=True)
    inside = part / "ffmpeg"
    inside.mkdir(parents=True)
    shutil.copy2(program, inside / PROGRAM)
    (inside / PROGRAM).chmod(0o755)
    shutil.copy2(LICENCE, inside / "GPL-3.txt")
    (inside / "SOURCE.txt").write_text(SOURCE.format(version=version, configuration=configuration), encoding="utf-8")
    (part / "README.txt").write_text(README.format(program=PROGRAM), encoding="utf-8")
    say(f"Built {part}: ffmpeg {version}, {program.stat().st_size / 1e6:.0f} MB")
    return part


def _installed() -> Path:
    """The program that the optional dependency brought into the environment."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from desktop_app.media import convert; print(convert.bundled())"
    )
    command = [str(environment.python()), "-c", code, str(ROOT)]
    path = Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
    if not path.is_file():
        raise Failed("the part convert is not installed: remove .venv and start again")
    return path


def _about(program: Path) -> tuple[str, str]:
    """Version and build options in the program's own words."""
    told = subprocess.run([str(program), "-version"], capture_output=True, text=True, check=True).stdout.splitlines()
    configuration = next((line.partition(":")[2].strip() for line in told if line.startswith("configuration:")), "")
    return told[0].split()[2], configuration
