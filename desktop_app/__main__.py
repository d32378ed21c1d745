"""The command line: ``python -m desktop_app``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from desktop_app import __version__


def loopback_url(text: str) -> str:
    """``text`` if it is an http(s) address of this computer; argparse shows the reason otherwise."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise argparse.ArgumentTypeError("only a loopback address, such as http://127.0.0.1:8080, is taken")
    return text.rstrip("/")


def parser() -> argparse.ArgumentParser:
    """The options of the app."""
    options = argparse.ArgumentParser(
        prog="qunfa", description="群发台 Qunfa: write, check and mass-send messages of a WeChat Official Account."
    )
    options.add_argument("--version", action="version", version=f"qunfa {__version__}")
    options.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="keep data, cache, logs and settings of this run below DIR"
    )
    options.add_argument(
        "--sandbox",
        action="store_true",
        help="add the two built-in rehearsal accounts (演练账号) and start with the 服务号 among them",
    )
    options.add_argument(
        "--base-url", type=loopback_url, metavar="URL", help="where the connection form calls (loopback only)"
    )
    options.add_argument(
        "--tour",
        type=Path,
        metavar="DIR",
        help="do the main job in the real window against the sandbox, save pictures and tour.json in DIR, and end",
    )
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the app; returns the exit code."""
    options = parser().parse_args(arguments)
    headless = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if options.tour and sys.platform.startswith("linux") and headless:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.tour:
        from desktop_app.tour import run_tour

        return run_tour(options.tour, options.data_dir)
    from desktop_app.app import run

    return run(data_dir=options.data_dir, sandbox=options.sandbox, base_url=options.base_url)


if __name__ == "__main__":
    sys.exit(main())
