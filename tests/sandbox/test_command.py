"""`python -m desktop_app.sandbox`: its first line, its options, and clear words for what is wrong."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop_app.sandbox.__main__ import main, parser
from desktop_app.sandbox.faults import KINDS
from desktop_app.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The command as a program of its own, and its first line."""
    command = [sys.executable, "-m", "desktop_app.sandbox", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def get(about: dict[str, Any], path: str) -> tuple[int, bytes]:
    line = http.client.HTTPConnection(about["address"].removeprefix("http://"), timeout=60)
    line.request("GET", path)
    reply = line.getresponse()
    body = reply.read()
    line.close()
    return reply.status, body


def test_the_first_line_is_all_a_script_needs() -> None:
    """Address and both accounts; faults, clock speed and switches hold from the start; it ends on a signal."""
    options = ("--faults", "tags/get:http=503", "--clock-speed", "60", "--switch", "check_order=media,quota,key")
    with running("--port", "0", *options) as (process, about):
        assert about["address"].startswith("http://127.0.0.1:")
        assert {"app_id", "app_secret", "subscription_app_id", "subscription_app_secret"} <= set(about)
        asked = f"/cgi-bin/token?grant_type=client_credential&appid={about['app_id']}&secret={about['app_secret']}"
        token = json.loads(get(about, asked)[1])["access_token"]
        assert get(about, f"/cgi-bin/tags/get?access_token={token}")[0] == 503
        assert json.loads(get(about, "/__sandbox__/clock")[1])["speed"] == 60
        assert json.loads(get(about, "/__sandbox__/switch")[1])["check_order"] == "media,quota,key"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """With a way out, and exit code 1."""
    with Sandbox() as sandbox:
        assert main(["--port", str(sandbox.port)]) == 1
    problem = capsys.readouterr().err
    assert str(sandbox.port) in problem
    assert "--port 0" in problem


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--faults", "x:explode"], "explode"),
        (["--clock-speed", "-1"], "clock-speed"),
        (["--port", "70000"], "--port"),
        (["--switch", "comments"], "NAME=VALUE"),
        (["--switch", "colour=red"], "colour"),
    ],
)
def test_wrong_arguments_are_named(capsys: pytest.CaptureFixture[str], arguments: list[str], word: str) -> None:
    """One line on stderr and exit code 2."""
    assert main(arguments) == 2
    problem = capsys.readouterr().err
    assert word in problem
    assert len(problem.splitlines()) == 1


def test_the_help_explains_faults_and_paths() -> None:
    """Every kind of fault and every path of the sandbox's own."""
    text = parser().format_help()
    assert all(kind in text for kind in KINDS)
    assert all(f"/__sandbox__/{name}" in text for name in ("sent", "fault", "clock", "switch", "requests"))


def test_the_help_says_how_to_get_an_ip_into_40164() -> None:
    """The fault alone carries none; the switch does."""
    line = next(line for line in parser().format_help().splitlines() if "40164" in line)
    assert "carries no IP" in line
    assert "--switch blocked_ip=" in line
