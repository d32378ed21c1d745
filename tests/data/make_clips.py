"""Films and sounds as phones and recorders make them, by ffmpeg: a moving test picture, a tone."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from desktop_app.media import convert

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1")
HEVC_10 = (*HEVC, "-pix_fmt", "yuv420p10le")
AAC = ("-c:a", "aac", "-b:a", "96k")
NOISE = "noise=alls=100:allf=t+u"
"""A filter that makes every picture expensive: for films of many bytes."""


def film(
    path: Path,
    *,
    seconds: float = 2.0,
    size: str = "320x240",
    video: Sequence[str] = H264,
    sound: Sequence[str] = AAC,
    picture_filter: str = "null",
    more: Sequence[str] = (),
    turned: int = 0,
) -> Path:
    """A film; the ending of ``path`` chooses the container. ``turned``: degrees that a player has to turn it."""
    inputs = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25:duration={seconds},{picture_filter}"]
    if sound:
        inputs += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
    straight = path.with_name(f"straight-{path.name}") if turned else path
    _run([*inputs, *video, *(sound or ["-an"]), *more, str(straight)])
    if turned:
        _run(["-display_rotation", str(turned), "-i", str(straight), "-c", "copy", str(path)])
        straight.unlink()
    return path


def sound(path: Path, codec: Sequence[str], *, seconds: float = 2.0, rate: int = 44100, channels: int = 2) -> Path:
    """A tone; the ending of ``path`` chooses the container."""
    tone = f"sine=frequency=440:duration={seconds}:sample_rate={rate}"
    _run(["-f", "lavfi", "-i", tone, "-ac", str(channels), *codec, str(path)])
    return path


def _run(arguments: Sequence[str]) -> None:
    program = convert.find()
    assert program is not None, "the part convert is not installed"
    subprocess.run([str(program), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments], check=True)
