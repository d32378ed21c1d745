"""An original made into what a message or an article may carry; what a person has to agree to is asked by an error.

Without asking: pictures that Pillow reads become upright, sRGB, small enough and free of EXIF; sound becomes MP3.
Asked for (``fix`` in the arguments of the MediaError; called again with it, it is done):

``to_jpg`` a HEIC picture · ``to_mp4`` MOV, HEVC and other films that are small enough · ``fit_video`` a film that is
too large · ``fit_voice`` a voice that is too large · ``cut_voice`` a voice that is too long, from ``start_s`` on.
``to_mp3`` is only ever named together with ``needs="ffmpeg"``: there is no program that could do it.
"""

from __future__ import annotations

from pathlib import Path

from desktop_app.job import Job
from desktop_app.media import film, heic, intake, shrink, sound
from desktop_app.media.colour import GROUND
from desktop_app.media.intake import Taken
from desktop_app.media.limits import LIMITS, PICTURE


def for_message(
    taken: Taken,
    folder: Path,
    job: Job,
    *,
    fix: str = "",
    start_s: float = 0.0,
    ground: str = GROUND,
    ffmpeg: Path | None = None,
) -> Taken:
    """The file as a message of its kind may carry it: ``taken`` itself, or a new file in ``folder``.

    ``ground``: what a see-through picture is put on where only a JPG is small enough, a name or ``#rrggbb``.
    ``start_s``: where a cut begins, in seconds. Raises MediaError (with ``fix`` and ``needs``, see above; otherwise
    nothing helps), Cancelled.
    """
    job.check()
    if taken.kind == "voice":
        return sound.for_message(taken, folder, job, fix=fix, start_s=start_s, ffmpeg=ffmpeg)
    if taken.kind == "video":
        return film.for_message(taken, folder, job, fix=fix, ffmpeg=ffmpeg)
    if taken.format == "heic":
        return heic.to_jpg(taken, folder, job, fix, LIMITS["image"].formats, ffmpeg)
    with intake.half(folder) as target:
        made = shrink.for_message(taken.path, taken.format, target, job, ground=ground)
        return intake.keep(made.path, folder, taken, made.format) if made.changed else taken


def for_article(taken: Taken, folder: Path, job: Job, *, fix: str = "", ffmpeg: Path | None = None) -> Taken:
    """The picture as an article keeps it: the original, as long as it is one that Pillow reads.

    What goes up is made from it by ``shrink``. Raises MediaError ``media.format`` with ``fix`` for a HEIC, Cancelled.
    """
    if taken.format == "heic":
        return heic.to_jpg(taken, folder, job, fix, PICTURE.formats, ffmpeg)
    return taken
