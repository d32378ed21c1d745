"""The runner of the benchmarks finds them, reads its arguments and prints a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import __main__ as runner
from tests.bench import _far, start
from tests.bench._row import QUICK, Row, ratio, rounds
from tests.bench.uploads import prove


def test_benchmarks_are_found() -> None:
    """A module of the folder is a benchmark, unless its name begins with an underscore."""
    assert "start" in runner.names()
    assert not [name for name in runner.names() if name.startswith("_")]


def test_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A benchmark that does not exist is named, nothing runs."""
    assert runner.main(["start", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_table_tells_whether_the_goal_was_met() -> None:
    """Each row shows value, ratio and goal, and whether it was reached."""
    rows = [("a", Row("x", 1234.5, "ms", 1.25, "<= 1.3 x", True)), ("b", Row("y", 1, "MiB", 2.0, "<= 1.6 x", False))]
    header, first, second = runner.table(rows).splitlines()
    assert header.split()[:2] == ["benchmark", "what"]
    assert "1,234.5 ms" in first
    assert first.endswith("met")
    assert second.endswith("MISSED")


def test_rounds_take_turns() -> None:
    """Measures are interleaved, every second round backwards, and the ratio is the median of each round's own."""
    order: list[str] = []
    found = rounds({"a": lambda: order.append("a") or 2.0, "b": lambda: order.append("b") or 4.0}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert ratio(found["b"], found["a"]) == 2.0


def test_a_quick_run_measures_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--quick`` only shows that everything runs."""
    monkeypatch.setenv(QUICK, "1")
    assert rounds({"a": lambda: 1.0}, 3) == {"a": [1.0]}


def test_every_client_sends_what_is_in_the_file(tmp_path: Path) -> None:
    """Ours, curl, wechatpy and requests are only compared because each of them brings every byte."""
    prove(_far.sink(hashing=True), _far.noise(tmp_path / "clip.mp4", 700_000))


def test_a_client_that_sends_something_else_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof fails when a body is not the file."""
    monkeypatch.setattr("tests.bench._ways.Ours.upload_one", lambda self, kind, path: "0" * 64)
    with pytest.raises(AssertionError, match="client"):
        prove(_far.sink(hashing=True), _far.noise(tmp_path / "clip.mp4", 1000))


def test_a_bare_window_paints() -> None:
    """The yardstick of the start can be measured here."""
    seconds, _ = start.first_paint("bare")
    assert 0 < seconds < 60
