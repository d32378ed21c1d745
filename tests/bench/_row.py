"""One line of the table of benchmarks, and how rounds become a line."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
QUICK = "QUNFA_BENCH_QUICK"
"""Set in the environment by ``--quick``: one round of everything, to see that it runs. Its figures mean nothing."""


@dataclass(frozen=True)
class Row:
    """What was measured (``value`` in ``unit``), against what, and what was hoped for.

    ``ratio`` is the value over its yardstick; ``goal`` the words of the goal, ``met`` whether it was reached.
    None where there is no yardstick or no goal.
    """

    what: str
    value: float
    unit: str
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


def quick() -> bool:
    """Whether this is a smoke test."""
    return bool(os.environ.get(QUICK))


def rounds(measures: Mapping[str, Callable[[], T]], count: int = 7) -> dict[str, list[T]]:
    """Measure each by turns, ``count`` times, so that a busy moment of the machine hits all alike.

    Every second round goes backwards: what one leaves behind for the next hits both ways.
    """
    found: dict[str, list[T]] = {name: [] for name in measures}
    for number in range(1 if quick() else count):
        for name, measure in reversed(measures.items()) if number % 2 else measures.items():
            found[name].append(measure())
    return found


def ratio(values: list[float], yardstick: list[float]) -> float:
    """The median of the ratios of each round."""
    return statistics.median(value / base for value, base in zip(values, yardstick, strict=True))
