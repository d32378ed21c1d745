"""The virtual environment: nothing is set up twice, anything half-finished is repaired."""

from __future__ import annotations

import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import environment
import pytest


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for the environment."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(environment, "VENV", folder)
    monkeypatch.setattr(environment, "STAMP", folder / "qunfa-stamp")
    monkeypatch.setattr(environment, "python", lambda venv=folder: _python(venv))
    monkeypatch.setattr(environment, "fingerprint", lambda: f"print of {environment.version(folder)}")
    return folder


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


@pytest.fixture
def steps(place: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands of a set-up by name; making the environment is real, installing is only noted."""
    ran: list[str] = []

    def must(command: Sequence[str]) -> None:
        if "venv" in command:
            ran.append("venv")
            venv.create(place, clear=True, with_pip=False, symlinks=sys.platform != "win32")
        else:
            ran.append("project" if "--editable" in command else "packages")

    monkeypatch.setattr(environment, "must", must)
    return ran


def test_set_up_once(place: Path, steps: list[str]) -> None:
    """The first call makes and fills the environment, the second does nothing."""
    environment.prepare()
    assert steps == ["venv", "packages", "project"]
    environment.prepare()
    assert len(steps) == 3


def test_environment_made_by_hand_is_taken_over(
    place: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A working environment without the stamp is installed into, not thrown away."""
    venv.create(place, with_pip=False, symlinks=sys.platform != "win32")
    monkeypatch.setattr(environment, "is_usable", lambda: True)
    environment.prepare()
    assert steps == ["packages", "project"]


def test_broken_environment_is_made_anew(place: Path, steps: list[str]) -> None:
    """A folder with a Python but no working pip, as an interrupted set-up leaves it, is cleared."""
    venv.create(place, with_pip=False, symlinks=sys.platform != "win32")
    assert not environment.is_usable()
    environment.prepare()
    assert steps[0] == "venv"


def test_interrupted_installation_is_not_ready(
    place: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When packages change and their installation fails, the old stamp does not stay behind."""
    environment.prepare()
    monkeypatch.setattr(environment, "fingerprint", lambda: "changed")
    monkeypatch.setattr(environment, "is_usable", lambda: True)

    def must(command: Sequence[str]) -> None:
        raise environment.Failed("no network")

    monkeypatch.setattr(environment, "must", must)
    with pytest.raises(environment.Failed):
        environment.prepare()
    assert not environment.STAMP.exists()


@pytest.mark.parametrize("line", ["version = 3.10.4", "version = 3.14.0", "version = ", "home = /usr/bin"])
def test_environment_of_another_python_is_not_usable(place: Path, line: str) -> None:
    """An environment of a Python that does not fit is made anew."""
    place.mkdir()
    (place / "pyvenv.cfg").write_text(f"{line}\n")
    assert not environment.is_usable()


def test_fingerprint_follows_what_matters(tmp_path: Path) -> None:
    """Packages, the project's own description and the Python count; settings of the tools do not."""
    constraints, project, folder = tmp_path / "constraints.txt", tmp_path / "pyproject.toml", tmp_path / "venv"
    base = '[build-system]\nrequires = []\n[project]\nname = "qunfa"\n'
    folder.mkdir()
    constraints.write_text("a==1\n")
    project.write_text(base)

    def taken() -> str:
        return environment.fingerprint(constraints, project, folder)

    first = taken()
    project.write_text(f"{base}[tool.ruff]\nline-length = 100\n")
    assert taken() == first
    project.write_text(f'{base}dependencies = ["b"]\n')
    second = taken()
    constraints.write_text("a==2\n")
    third = taken()
    (folder / "pyvenv.cfg").write_text("version = 3.12.1\n")
    assert len({first, second, third, taken()}) == 4
