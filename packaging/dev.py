#!/usr/bin/env python3
"""Set up, run, test, measure and build: ``python3 packaging/dev.py run|test|bench|build|lock|map``.

This file is read by whatever Python a machine has, so it is written in words that old ones (3.6)
understand too: it finds a fitting Python or says which one is missing, and hands over to ``commands.py`` beside it.
"""

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def fits(version):
    """Whether the app runs with a Python of this version."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def other_python(run=subprocess.call):
    """A fitting Python on PATH under its full name, newest first; None when there is none."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        command = ["py", f"-3.{minor}"] if os.name == "nt" else [f"python3.{minor}"]
        try:
            with open(os.devnull, "w") as nowhere:
                if run([*command, "-c", ""], stdout=nowhere, stderr=nowhere) == 0:
                    return command
        except OSError:
            continue
    return None


def refusal(version):
    """What to say to a Python that does not fit."""
    oldest, newest = (".".join(map(str, limit)) for limit in (OLDEST, NEWEST))
    return (
        f"This is Python {version[0]}.{version[1]}. The app needs Python {oldest} to {newest}: install one of them "
        f"and start again with it, for example: python{newest} packaging/dev.py run"
    )


def main(arguments):
    """Go on with this Python or with one that fits; the exit code."""
    if fits(sys.version_info):
        import commands

        return commands.main(arguments)
    python = other_python()
    if python is None:
        sys.stderr.write(refusal(sys.version_info) + "\n")
        return 2
    command = [*python, os.path.abspath(__file__), *arguments]
    sys.stderr.write("+ " + " ".join(command) + "\n")
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
