"""The editor's page is built from locked packages, once for each change of its sources."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import editor
import pytest

LOCK = json.loads((editor.EDITOR / "package-lock.json").read_text(encoding="utf-8"))


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands of a build; only making the products is pretended."""
    monkeypatch.setattr(editor, "DIST", tmp_path)
    monkeypatch.setattr(editor, "STAMP", tmp_path / "stamp")
    ran: list[list[str]] = []

    def must(command: Sequence[str], cwd: Path) -> None:
        assert cwd == editor.EDITOR
        ran.append(list(command[3:]))
        if "build.mjs" in command:
            for name in editor.PRODUCTS:
                (tmp_path / name).write_text("x")

    monkeypatch.setattr(editor, "must", must)
    return ran


def test_built_once(steps: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The first call installs and bundles, the second does nothing; a change or a lost product builds anew."""
    editor.prepare()
    assert [step[:2] for step in steps] == [["npm", "ci"], ["node", "build.mjs"]]
    assert "--ignore-scripts" in steps[0]
    editor.prepare()
    assert len(steps) == 2
    (tmp_path / "editor.js").unlink()
    editor.prepare()
    assert len(steps) == 4
    monkeypatch.setattr(editor, "fingerprint", lambda: "another")
    editor.prepare()
    assert len(steps) == 6


def test_a_build_that_failed_is_not_taken_for_done(steps: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """When bundling gives nothing, the set-up says so and the next start tries again."""
    monkeypatch.setattr(editor, "must", lambda command, cwd: None)
    with pytest.raises(editor.Failed, match=r"editor\.js"):
        editor.prepare()
    assert not editor.is_ready()


def test_lock_without_addresses() -> None:
    """Every package is locked by version and hash, and by no address."""
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"]), name
        assert "://" not in json.dumps({key: value for key, value in entry.items() if key != "funding"}), name


def test_exact_versions() -> None:
    """package.json asks for exact versions, and they are the locked ones."""
    asked = json.loads((editor.EDITOR / "package.json").read_text(encoding="utf-8"))
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version


def test_page_names_no_address() -> None:
    """The page and its script load nothing from elsewhere, and its policy allows nothing else."""
    page = (editor.EDITOR / "src" / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "script-src qunfa-editor:;" in page
    assert "://" not in page
