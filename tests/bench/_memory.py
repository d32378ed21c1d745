"""Memory of this process and of all that it started: PSS, in which shared pages are counted once."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def tree_pss_mib() -> float:
    """MiB; 0 where the system does not tell (elsewhere than on Linux)."""
    return sum(_pss_kib(process) for process in _family(os.getpid())) / 1024


def _family(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            text = entry.read_text(encoding="utf-8", errors="replace")
            parents[int(entry.parent.name)] = int(text.rpartition(")")[2].split()[1])
    family, found = set[int](), {root}
    while found:
        family |= found
        found = {child for child, parent in parents.items() if parent in found} - family
    return family


def _pss_kib(process: int) -> float:
    with suppress(OSError):
        for line in (PROC / str(process) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0
