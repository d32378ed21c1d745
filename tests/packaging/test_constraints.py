"""The lock file: every package by hash, for three systems, without an address."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import environment
import lock
import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TEXT = environment.CONSTRAINTS.read_text(encoding="utf-8")
ENTRIES = [
    Requirement(entry.partition(" \\")[0].strip()) for entry in re.findall(r"^[a-z0-9][^\n]*", TEXT, re.MULTILINE)
]
PROJECT = tomllib.loads((environment.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SYSTEMS = {"linux": ("Linux", "posix"), "darwin": ("Darwin", "posix"), "win32": ("Windows", "nt")}


def wanted() -> list[str]:
    """What pyproject.toml asks for, the extras included."""
    return PROJECT["dependencies"] + [one for extra in PROJECT["optional-dependencies"].values() for one in extra]


def surroundings() -> Iterator[dict[str, str]]:
    """Every system and Python that the app supports, in the words of markers."""
    for platform, (system, name) in SYSTEMS.items():
        for minor in (11, 12, 13):
            version = {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.4"}
            yield {"sys_platform": platform, "platform_system": system, "os_name": name, **version}


def test_every_package_has_hashes() -> None:
    """pip --require-hashes can check everything that it installs."""
    for block in re.split(r"\n(?=[a-z0-9])", TEXT.partition("\n\n")[0])[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}$", block.strip().splitlines()[-1]), block.splitlines()[0]


def test_no_addresses() -> None:
    """Where packages come from is each machine's own business."""
    assert "://" not in TEXT
    assert "index-url" not in TEXT
    assert not re.search(r"^\s*-(?!-hash=)", TEXT, re.MULTILINE)
    assert not re.search(r"(^|[\s=])/\w", TEXT)


@pytest.mark.parametrize("requirement", wanted())
def test_what_the_project_asks_for_is_locked(requirement: str) -> None:
    """Each dependency has one fitting version on every system and Python (else: dev.py lock)."""
    asked = Requirement(requirement)
    for surrounding in surroundings():
        fitting = [entry for entry in ENTRIES if canonicalize_name(entry.name) == canonicalize_name(asked.name)]
        fitting = [entry for entry in fitting if entry.marker is None or entry.marker.evaluate(surrounding)]
        assert len(fitting) == 1, surrounding
        version = next(iter(fitting[0].specifier)).version
        assert asked.specifier.contains(version)


def test_key_stores_of_three_systems() -> None:
    """Markers bring what keyring needs on each system, and only there."""
    markers = {entry.name: entry.marker for entry in ENTRIES}
    assert _where(markers["secretstorage"]) == {"linux"}
    assert _where(markers["pywin32-ctypes"]) == {"win32"}
    assert _where(markers["keyring"]) == set(SYSTEMS)


def _where(marker: Marker | None) -> set[str]:
    return {place["sys_platform"] for place in surroundings() if marker is None or marker.evaluate(place)}


def test_no_key_store_that_asks_on_the_terminal() -> None:
    """keyrings.alt and keyrings.cryptfile keep secrets in files and prompt on the terminal."""
    assert not [entry.name for entry in ENTRIES if entry.name.startswith("keyrings")]


def test_strange_lines_do_not_get_in() -> None:
    """The maker of the lock drops comments and refuses options and addresses."""
    assert lock._clean("# made by\na==1 \\\n    --hash=sha256:00\n") == "a==1 \\\n    --hash=sha256:00\n"
    for line in ("--index-url https://x.invalid", "a @ https://x.invalid/a.whl"):
        with pytest.raises(lock.Failed):
            lock._clean(f"{line}\n")
