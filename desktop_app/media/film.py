"""Videos made to fit: an MP4 of H.264 and AAC of at most 10 MB."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desktop_app.errors import MediaError
from desktop_app.job import Job
from desktop_app.media import av, convert, intake, strip
from desktop_app.media.intake import Taken
from desktop_app.media.limits import LIMITS, MB

_AIM_BYTES = 9 * MB
_LEAST_KBIT = 180
"""With less a film of people is a film of squares."""
_SOUND_KBIT = ((1000, 96), (400, 64), (0, 48))
# The longer side in pixels that so many kbit/s of picture fill well at 30 frames a second.
_EDGES = ((4000, 1920), (1600, 1280), (900, 960), (400, 640), (0, 480))
_TO_SDR = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"


def for_message(taken: Taken, folder: Path, job: Job, *, fix: str, ffmpeg: Path | None) -> Taken:
    """What ``prepare.for_message`` does for a video."""
    limit = LIMITS["video"].max_bytes
    probed = av.probe(taken.path, taken.format)
    plain = not probed.odd_picture and not probed.odd_sound
    if taken.size_bytes <= limit and plain and taken.format == "mp4":
        return _without_place(taken, folder)
    if taken.size_bytes > limit:
        _check_length(taken)
        if fix != "fit_video" or ffmpeg is None:
            sizes = {"size_bytes": taken.size_bytes, "limit": limit}
            raise convert.ask("media.too_big", "fit_video", ffmpeg is not None, kind="video", **sizes)
        return _encoded(taken, probed, folder, job, ffmpeg)
    if fix != "to_mp4" or ffmpeg is None:
        raise _odd(taken, probed, ffmpeg is not None)
    if not probed.odd_picture and (made := _copied(taken, probed, folder, job, ffmpeg)):
        return made
    _check_length(taken)
    return _encoded(taken, probed, folder, job, ffmpeg)


def _without_place(taken: Taken, folder: Path) -> Taken:
    """As it is, but for the note where it was taken."""
    data = taken.path.read_bytes()
    bare = strip.film_without_place(data)
    if bare is data:
        return taken
    with intake.half(folder) as made:
        try:
            made.write_bytes(bare)
        except OSError as error:
            raise intake.cache_error(error) from error
        return intake.keep(made, folder, taken, "mp4")


def _odd(taken: Taken, probed: av.Probed, can: bool) -> MediaError:
    """What WeChat does not take about a film that is small enough: its codec, or only the file around it."""
    codec = probed.odd_picture or probed.odd_sound
    if codec:
        return convert.ask("media.codec", "to_mp4", can, codec=codec, format=taken.format, kind="video")
    formats = list(LIMITS["video"].formats)
    return convert.ask("media.format", "to_mp4", can, format=taken.format, kind="video", formats=formats)


def longest_s() -> int:
    """So many seconds fit into a message and can still be watched."""
    return _AIM_BYTES * 8 // (1024 * (_LEAST_KBIT + _SOUND_KBIT[-1][1]))


def _check_length(taken: Taken) -> None:
    if taken.seconds > longest_s():
        raise MediaError(
            "media.film_too_long", seconds=taken.seconds, limit=LIMITS["video"].max_bytes, longest=longest_s()
        )


def _copied(taken: Taken, probed: av.Probed, folder: Path, job: Job, ffmpeg: Path) -> Taken | None:
    """The same pictures, to the bit, in a new file; None if that came out too large."""
    sound = ["-c:a", "aac", "-b:a", "128k", "-ac", "2"] if probed.odd_sound else ["-c:a", "copy"]
    return _made(taken, folder, job, ffmpeg, ["-c:v", "copy", *sound])


def _encoded(taken: Taken, probed: av.Probed, folder: Path, job: Job, ffmpeg: Path) -> Taken:
    aim = _AIM_BYTES
    for _ in range(2):
        options = _options(taken, probed, aim, ffmpeg)
        if made := _made(taken, folder, job, ffmpeg, options):
            return made
        aim = round(0.8 * aim)
    raise MediaError("media.too_big", size_bytes=taken.size_bytes, limit=LIMITS["video"].max_bytes, kind="video")


def _options(taken: Taken, probed: av.Probed, aim_bytes: int, ffmpeg: Path) -> list[str]:
    """Sound and picture share ``aim_bytes``, and 2 % for the file around them."""
    # Half a second more than there is: the encoder's buffer may be full at the end.
    kbit = 0.98 * aim_bytes * 8 / 1000 / (taken.seconds + 0.5)
    sound = next(value for least, value in _SOUND_KBIT if kbit >= least)
    video = min(8000, max(_LEAST_KBIT * 0.7, kbit - sound))
    edge = next(value for least, value in _EDGES if video >= least)
    # Some pictures come as small as this already; a size has to be even.
    edge = min(edge, max(probed.width, probed.height, 2))
    filters = [f"scale={edge}:{edge}:force_original_aspect_ratio=decrease:force_divisible_by=2"]
    if probed.hdr and convert.has_filter(ffmpeg, "zscale"):
        filters.append(_TO_SDR)
    filters.append("format=yuv420p")
    options = ["-vf", ",".join(filters), "-fpsmax", "30", "-c:v", "libx264", "-profile:v", "high"]
    options += ["-preset", "medium", *_rate(taken, video)]
    return [*options, "-c:a", "aac", "-b:a", f"{sound}k", "-ac", "2", "-ar", "44100"]


def _rate(taken: Taken, kbit: float) -> list[str]:
    """A film that has to become smaller uses the room there is; one that fits is kept good, below that bound."""
    if taken.size_bytes > LIMITS["video"].max_bytes:
        # The longer the film, the more a quiet part may leave to a wild one.
        most = kbit * (1 + min(1.0, taken.seconds / 60))
        return ["-b:v", f"{kbit:.0f}k", "-maxrate", f"{most:.0f}k", "-bufsize", f"{most / 2:.0f}k"]
    return ["-crf", "20", "-maxrate", f"{kbit:.0f}k", "-bufsize", f"{kbit:.0f}k"]


def _made(taken: Taken, folder: Path, job: Job, ffmpeg: Path, options: Sequence[str]) -> Taken | None:
    """Run the conversion; None if the result is above the limit."""
    limit = LIMITS["video"].max_bytes
    what = ["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"]
    end = ["-movflags", "+faststart", "-brand", "mp42", "-fs", str(4 * limit), "-f", "mp4"]
    with intake.half(folder) as made:
        convert.run(
            ffmpeg, taken.path, "mov", made, [*what, *options, *end], job, kind="video", seconds=taken.seconds
        )
        return intake.keep(made, folder, taken, "mp4") if made.stat().st_size <= limit else None
