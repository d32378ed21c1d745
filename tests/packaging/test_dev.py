"""The set-up script: refuses other Pythons, sets up once, repairs, and says how when it may not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import commands
import dev
import environment
import machine
import pytest

SCRIPT = Path(dev.__file__)


@pytest.mark.parametrize("version", [(3, 6), (3, 10), (3, 14), (4, 0), (2, 7)])
def test_other_versions_are_named_and_refused(version: tuple[int, int]) -> None:
    """A Python outside 3.11 to 3.13 does not fit; the refusal names it and what is needed."""
    assert not dev.fits(version)
    text = dev.refusal(version)
    assert f"Python {version[0]}.{version[1]}." in text
    assert "3.11 to 3.13" in text


@pytest.mark.parametrize("minor", [11, 12, 13])
def test_fitting_versions(minor: int) -> None:
    """3.11, 3.12 and 3.13 fit, and all files agree about it."""
    assert dev.fits((3, minor, 7, "final", 0))
    assert environment.OLDEST <= (3, minor) <= environment.NEWEST


def test_another_python_on_path_is_found() -> None:
    """With a wrong python3, the newest fitting one on PATH is taken."""
    tried = []

    def run(command: list[str], **_: object) -> int:
        tried.append(command[0])
        if command[0] != "python3.12":
            raise FileNotFoundError(command[0])
        return 0

    if os.name != "nt":
        assert dev.other_python(run) == ["python3.12"]
        assert tried == ["python3.13", "python3.12"]


def test_no_other_python_is_exit_code_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any fitting Python the script says so and does nothing."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    monkeypatch.setattr(dev, "other_python", lambda: None)
    assert dev.main(["test"]) == 2
    assert "Python 3.10" in capsys.readouterr().err


def test_script_is_readable_for_old_pythons() -> None:
    """The first file uses no words newer than Python 3.6, so that an old one can read the refusal."""
    import ast

    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported == {"os", "subprocess", "sys", "commands"}


def test_standard_library_only() -> None:
    """Everything that runs before the environment exists imports without it."""
    code = f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import dev, commands"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_unknown_command_is_refused() -> None:
    """A word that is no command ends with the usage and exit code 2."""
    with pytest.raises(SystemExit) as ended:
        commands.main(["fly"])
    assert ended.value.code == 2


def test_rest_of_the_arguments_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the script does not know is for pytest, in its order."""
    seen: list[list[str]] = []
    monkeypatch.setattr(commands, "run_tests", lambda rest: seen.append(rest) or 0)
    assert commands.main(["test", "--long", "tests/wechat", "-k", "token and not old", "-x"]) == 0
    assert seen == [["--long", "tests/wechat", "-k", "token and not old", "-x"]]


def test_one_failed_check_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All four checks run even if the first fails; the exit code is 0 only if all pass."""
    monkeypatch.setattr(commands, "_set_up", lambda needs: None)
    failing = {"mypy"}
    ran: list[str] = []

    def python(*arguments: str) -> int:
        ran.append(arguments[1])
        return int(arguments[1] in failing)

    monkeypatch.setattr(commands, "_python", python)
    assert commands.run_tests([]) == 1
    assert ran == ["pytest", "ruff", "ruff", "mypy"]
    assert "FAILED" in capsys.readouterr().out
    failing.clear()
    assert commands.run_tests([]) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display can be absent on Linux only")
def test_run_without_a_display_does_the_tour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a display the tour runs offscreen and the place of its pictures is said; with one, the app starts."""
    monkeypatch.setattr(commands, "_set_up", lambda needs: None)
    ran: list[tuple[tuple[str, ...], bool]] = []

    def python(*arguments: str, offscreen: bool = True) -> int:
        ran.append((arguments, offscreen))
        return 0

    monkeypatch.setattr(commands, "_python", python)
    monkeypatch.setattr(commands, "has_display", lambda: False)
    assert commands.run_app([]) == 0
    (arguments, offscreen) = ran.pop()
    assert arguments[:4] == ("-m", "desktop_app", "--tour", str(environment.ROOT / "tour"))
    assert arguments[4] == "--data-dir"
    assert offscreen
    assert f"The pictures are in {environment.ROOT / 'tour'}" in capsys.readouterr().out
    monkeypatch.setattr(commands, "has_display", lambda: True)
    assert commands.run_app(["--data-dir", "here"]) == 0
    assert ran == [(("-m", "desktop_app", "--sandbox", "--data-dir", "here"), False)]


def test_a_display_is_wayland_or_x() -> None:
    """Only a Linux without both is without a display."""
    assert not machine.has_display({}, "linux")
    assert machine.has_display({"DISPLAY": ":0"}, "linux")
    assert machine.has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert machine.has_display({}, "darwin")


def test_locale_of_a_person_is_left_alone() -> None:
    """UTF-8 is set only where it is missing."""
    if sys.platform.startswith("linux"):
        assert machine.qt_environment(offscreen=False, environment={})["LANG"] == "C.UTF-8"
        assert machine.qt_environment(offscreen=False, environment={"LC_ALL": "C"})["LC_ALL"] == "C.UTF-8"
    assert "LANG" not in machine.qt_environment(offscreen=False, environment={"LANG": "zh_CN.utf8"})


class FakeDebian:
    """Commands of a Debian, written as small scripts on PATH, and what they were called with."""

    def __init__(self, folder: Path, installed: str) -> None:
        self.folder = folder
        self.log = folder / "log"
        installed_lines = "".join(f"echo {name} installed\n" for name in installed.split())
        self.add("dpkg-query", f"{installed_lines}exit 1")
        self.add("apt-cache", 'case $2 in *t64) echo "Candidate: (none)";; *) echo "Candidate: 1.0";; esac')
        self.add("apt-get", f'echo "$@" >> {self.log}')

    def add(self, name: str, body: str) -> None:
        script = self.folder / name
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDebian:
    """A Debian with libegl1 and nothing else of ours."""
    fake = FakeDebian(tmp_path, installed="libegl1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(machine, "lacks_venv", lambda: False)
    monkeypatch.setattr(machine, "is_debian", lambda: True)
    monkeypatch.setattr(machine, "is_root", lambda: True)
    return fake


@pytest.mark.skipif(os.name == "nt", reason="Debian has shell scripts")
def test_only_missing_packages_are_installed(debian: FakeDebian, capfd: pytest.CaptureFixture[str]) -> None:
    """apt updates first, then installs what is missing under the name that this release knows."""
    machine.install_system_packages(["libegl1", "libglib2.0-0t64|libglib2.0-0", "xvfb"])
    assert debian.log.read_text().splitlines() == [
        "update -q",
        "install -y --no-install-recommends -q libglib2.0-0 xvfb",
    ]
    assert "+ env DEBIAN_FRONTEND=noninteractive apt-get update" in capfd.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Debian has shell scripts")
def test_nothing_missing_nothing_done(debian: FakeDebian) -> None:
    """A machine that has everything is left alone, apt-get is not even asked for news."""
    machine.install_system_packages(["libegl1"])
    assert not debian.log.exists()


@pytest.mark.skipif(os.name == "nt", reason="Debian has shell scripts")
def test_without_rights_the_command_is_printed(
    debian: FakeDebian, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither root nor sudo: the exact command is printed and nothing is tried."""
    monkeypatch.setattr(machine, "is_root", lambda: False)
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    machine.install_system_packages(["libegl1", "xvfb"])
    assert "apt-get update && apt-get install -y --no-install-recommends xvfb" in capfd.readouterr().out
    assert not debian.log.exists()


@pytest.mark.skipif(os.name == "nt", reason="Debian has shell scripts")
def test_a_failing_apt_stops_the_set_up(debian: FakeDebian) -> None:
    """When apt fails, the set-up ends there and says which command it was."""
    debian.add("apt-get", "exit 100")
    with pytest.raises(machine.Failed, match="exit code 100: env DEBIAN_FRONTEND"):
        machine.install_system_packages(["xvfb"])


def test_python_without_venv_and_no_apt_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where venv is split off and cannot be installed, the package's name is said."""
    monkeypatch.setattr(machine, "lacks_venv", lambda: True)
    monkeypatch.setattr(machine, "is_debian", lambda: False)
    with pytest.raises(machine.Failed, match=r"python3\.\d+-venv"):
        machine.install_system_packages([])
