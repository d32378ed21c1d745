"""The commands of ``dev.py``; each prints what it runs, so that a person can do the same by hand."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import converter
import editor
import environment
import house_map
import lock
from environment import ROOT
from machine import (
    FONTS,
    FREEZING,
    QT,
    SCREEN,
    WEB,
    Failed,
    has_display,
    install_system_packages,
    must,
    qt_environment,
    run,
    say,
)


def main(arguments: list[str]) -> int:
    """Run one command; the exit code. Arguments that are not ours go on to the app or to pytest."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Set up, run, test, measure and build the app.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run|test|bench|build|lock|map")
    commands.add_parser("run", help="start the app with the sandbox account; without a display, run the tour")
    commands.add_parser("test", help="all tests, ruff and mypy; --long for the big numbers; the rest goes to pytest")
    commands.add_parser(
        "bench", help="all benchmarks, or those named; a table, and bench.json; --quick: only that they run"
    )
    build = commands.add_parser("build", help="the app for this system in dist/, shown to work by the tour")
    build.add_argument("--no-tour", action="store_true", help="do not run the tour in what was built")
    commands.add_parser("lock", help="make packaging/constraints.txt anew from pyproject.toml")
    commands.add_parser("map", help="make MAP.md anew, the list of all modules")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command in ("build", "lock", "map"):
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        if options.command == "build":
            return build_app(tour=not options.no_tour)
        if options.command == "lock":
            return lock.make()
        if options.command == "map":
            return house_map.make()
        return {"run": run_app, "test": run_tests, "bench": run_benchmarks}[options.command](rest)
    except Failed as failure:
        print(f"dev.py: {failure}", file=sys.stderr)
        return 1


def run_app(arguments: list[str]) -> int:
    """Start the app with the sandbox; without a display, let it do its tour and say where the pictures are."""
    _set_up(QT + WEB + FONTS)
    if has_display():
        return _python("-m", "desktop_app", "--sandbox", *arguments, offscreen=False)
    tour = ROOT / "tour"
    say(f"No display here: the app does its tour by itself, with pictures in {tour}")
    with tempfile.TemporaryDirectory(prefix="qunfa-") as data:
        code = _python("-m", "desktop_app", "--tour", str(tour), "--data-dir", data, *arguments)
    say(f"The pictures are in {tour}" if code == 0 else f"The tour failed; what there is of it is in {tour}")
    return code


def run_tests(arguments: list[str]) -> int:
    """The whole suite, then ruff and mypy; 0 only if all pass."""
    started = time.monotonic()
    _set_up(QT + WEB + FONTS + SCREEN)
    checks = [
        ["pytest", *arguments],
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
    ]
    results = []
    for check in checks:
        begun = time.monotonic()
        code = _python("-m", *check)
        results.append((" ".join(check[:2]), code, time.monotonic() - begun))
    for name, code, seconds in results:
        say(f"{'passed' if code == 0 else 'FAILED':>8}  {seconds:6.1f} s  {name}")
    say(f"In all {time.monotonic() - started:.0f} s, set-up included")
    return 0 if all(code == 0 for _, code, _ in results) else 1


def run_benchmarks(arguments: list[str]) -> int:
    """All benchmarks, or those named."""
    _set_up(QT + WEB + FONTS)
    return _python("-m", "tests.bench", *arguments)


def build_app(*, tour: bool) -> int:
    """Freeze the app into dist/qunfa, ffmpeg apart from it, and let the app show by its own tour that it works."""
    _set_up(QT + WEB + FONTS + FREEZING)
    folders = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build" / "pyinstaller")]
    spec = str(ROOT / "packaging" / "app.spec")
    must([str(environment.python()), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *folders, spec])
    program = ROOT / "dist" / "qunfa" / ("qunfa.exe" if os.name == "nt" else "qunfa")
    files = [path for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    say(f"Built {program.parent}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    converter.make(ROOT / "dist")
    return _tour_of(program) if tour else 0


def _tour_of(program: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="qunfa-") as data:
        command = [str(program), "--tour", str(ROOT / "build" / "tour"), "--data-dir", data]
        # From a folder of its own, so that nothing of the source tree can stand in for a file left out.
        code = run(command, environment=qt_environment(offscreen=True), cwd=Path(data))
    say("The frozen app passed its tour" if code == 0 else "The frozen app FAILED its tour")
    return code


def _set_up(needs: list[str]) -> None:
    install_system_packages(needs)
    environment.prepare()
    editor.prepare()


def _python(*arguments: str, offscreen: bool = True) -> int:
    """Run the environment's Python in the project's folder."""
    command = [str(environment.python()), *arguments]
    return run(command, environment=qt_environment(offscreen=offscreen), cwd=ROOT)
