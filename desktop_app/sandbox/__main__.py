"""`python -m desktop_app.sandbox`: the sandbox alone; its first line of output is JSON with address and accounts."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from . import control, faults
from .server import Sandbox


def parser() -> argparse.ArgumentParser:
    """The command line; `--help` holds all there is to know about faults and the sandbox's own paths."""
    made = argparse.ArgumentParser(
        prog="python -m desktop_app.sandbox",
        description="A WeChat to try the app with: real HTTP on the loopback address, two made-up accounts.",
        epilog=f"{faults.describe()}\nWhile it runs:\n\n{control.HELP}\n"
        "The switches are described in desktop_app/sandbox/switches.py; set them with --switch NAME=VALUE.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--port", type=int, default=0, metavar="N", help="the port; 0 (default) picks a free one")
    made.add_argument("--faults", default="", metavar="SPEC", help="faults from the start; see below")
    made.add_argument("--clock-speed", type=float, default=1.0, metavar="X", help="its seconds per real second (1)")
    made.add_argument("--state", type=Path, metavar="FILE", help="keep accounts, media and sends in FILE")
    made.add_argument("--seed", metavar="TEXT", help="the same ids at every run")
    made.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="set a switch; repeatable")
    return made


def _switch_values(texts: list[str]) -> dict[str, object]:
    """`NAME=VALUE` texts; a value is JSON where that can be read (true, 64), else text. Raises ValueError."""
    values: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"--switch takes NAME=VALUE, not {text!r}")
        values[name] = int(value) if name == "clientmsgid_limit" else {"true": True, "false": False}.get(value, value)
    return values


def _first_line(sandbox: Sandbox) -> str:
    service, subscription = sandbox.service, sandbox.subscription
    about = {
        "address": sandbox.address,
        "app_id": service.app_id,
        "app_secret": service.app_secret,
        "name": service.name,
        "subscription_app_id": subscription.app_id,
        "subscription_app_secret": subscription.app_secret,
        "subscription_name": subscription.name,
    }
    return json.dumps(about)


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl+C or a termination signal; 2 for wrong arguments, 1 for a port that is taken."""
    options = parser().parse_args(arguments)
    try:
        if options.clock_speed < 0:
            raise ValueError("--clock-speed cannot be negative")
        if not 0 <= options.port <= 65535:
            raise ValueError("--port takes a number from 0 to 65535")
        sandbox = Sandbox(options.port, state_file=options.state, clock_speed=options.clock_speed, seed=options.seed)
        sandbox.fault(options.faults)
        sandbox.switches.set(**_switch_values(options.switch))
    except ValueError as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return 2
    try:
        sandbox.start()
    except OSError as problem:
        text = problem.strerror or str(problem)
        print(f"sandbox: port {options.port} cannot be used: {text}. --port 0 picks a free one.", file=sys.stderr)
        return 1
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print(_first_line(sandbox), flush=True)  # whoever reads it may end us at once
    try:
        while not ended.wait(3600):
            pass
    except KeyboardInterrupt:
        pass
    sandbox.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
