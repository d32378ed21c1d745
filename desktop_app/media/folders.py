"""Folders among dropped paths: the files in them, in the order a person sees them, bounded."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from desktop_app.job import Job

MOST = 1000
"""Ours: a whole disk dropped by mistake ends here."""
DEEPEST = 8
# What systems leave beside the files of a person.
_LITTER = ("thumbs.db", "desktop.ini")


def files_in(paths: Sequence[str], job: Job, *, most: int = MOST) -> list[str]:
    """The paths, each folder replaced by the files below it, sorted by name; at most ``most``.

    Hidden files, litter and links to folders are left out. A folder that may not be read counts as empty; a path
    that is no folder stays, whatever it is: reading it tells what is wrong. Raises Cancelled.
    """
    found: list[str] = []
    for path in paths:
        for each in _below(path, job, 0) if os.path.isdir(path) else (path,):
            found.append(each)
            if len(found) >= most:
                return found
    return found


def _below(folder: str, job: Job, depth: int) -> Iterator[str]:
    job.check()
    if depth > DEEPEST:
        return
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name.casefold())
    except OSError:
        return
    for entry in inside:
        if entry.name.startswith(".") or entry.name.lower() in _LITTER:
            continue
        try:
            is_folder, is_file = entry.is_dir(follow_symlinks=False), entry.is_file()
        except OSError:  # a link to itself, or to where nobody may look
            continue
        if is_folder:
            yield from _below(entry.path, job, depth + 1)
        elif is_file:
            yield entry.path
