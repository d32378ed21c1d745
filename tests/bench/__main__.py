"""Runs the benchmarks, prints their table and writes ``bench.json``."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests import bench
from tests.bench._row import QUICK, Row

RESULT = Path(__file__).resolve().parents[2] / "bench.json"


def names() -> list[str]:
    """All benchmarks there are."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))


def table(rows: list[tuple[str, Row]]) -> str:
    """The rows as text in columns."""
    cells = [("benchmark", "what", "measured", "ratio", "goal", "")]
    for name, row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
        met = {True: "met", False: "MISSED", None: ""}[row.met]
        cells.append((name, row.what, f"{row.value:,.1f} {row.unit}", ratio, row.goal, met))
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def main(wanted: list[str]) -> int:
    """Run the named benchmarks, or all; 0 when each came to its end. A missed goal is told, it is no failure.

    ``--quick`` among the names: one round of each, and nothing is written.
    """
    if "--quick" in wanted:
        os.environ[QUICK] = "1"
        wanted = [name for name in wanted if name != "--quick"]
    if unknown := set(wanted) - set(names()):
        print(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    rows: list[tuple[str, Row]] = []
    for name in wanted or names():
        started = time.monotonic()
        rows += [(name, row) for row in importlib.import_module(f"tests.bench.{name}").measure()]
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    print(table(rows))
    if os.environ.get(QUICK):
        print("A quick run: these figures mean nothing")
        return 0
    machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    result = {"machine": machine, "rows": [{"benchmark": name, **asdict(row)} for name, row in rows]}
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {RESULT}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
