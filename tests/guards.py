"""What every test is watched for: connections that leave this machine, unexpected lines in the log."""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from typing import Any

QT_LOGGER = "qt"

# What Qt says on machines without a screen, a sound server or a desktop bus. Nothing is wrong.
HARMLESS = re.compile(
    r"does not support propagateSizeHints|does not support raise|does not support grabbing|XDG_RUNTIME_DIR not set"
    r"|dbus|D-Bus|QRhiGles2|Failed to create RHI|GPUInfo|pipewire|Vulkan|GBM|Could not register app ID"
    r"|Populating font family aliases|Detected locale|PulseAudioService|Couldn't (?:load|resolve) "
    r"|Immediate exit requested"  # a sound was closed while it was still being opened
)


class OutsideRefused(OSError):
    """A test tried to reach something that is not on this machine."""


class NetworkGuard:
    """Refuses every connection and look-up that is not loopback, and remembers it.

    The code under test may catch the refusal as a network error; ``attempts`` fails the test all the same.
    Names below ``.invalid`` are the exception: they do not resolve, at once.
    """

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self._originals: dict[str, Any] = {}

    def install(self) -> None:
        """Put the guard before ``connect``, ``connect_ex``, ``sendto`` and ``getaddrinfo``."""
        for name in ("connect", "connect_ex", "sendto"):
            self._originals[name] = getattr(socket.socket, name)
            setattr(socket.socket, name, self._guarded(name))
        self._originals["getaddrinfo"] = socket.getaddrinfo
        socket.getaddrinfo = self._getaddrinfo

    def remove(self) -> None:
        """Take the guard away again."""
        socket.getaddrinfo = self._originals.pop("getaddrinfo")
        for name, original in self._originals.items():
            setattr(socket.socket, name, original)
        self._originals.clear()

    def _guarded(self, name: str) -> Any:
        original = self._originals[name]

        def call(sock: socket.socket, *args: Any) -> Any:
            if sock.family in (socket.AF_INET, socket.AF_INET6):
                self._check(args[-1][0])
            return original(sock, *args)

        return call

    def _getaddrinfo(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        if _text(host).rstrip(".").endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        self._check(host)
        if _text(host) == "localhost":
            host = "127.0.0.1"  # the barest systems have no /etc/hosts
        return self._originals["getaddrinfo"](host, *args, **kwargs)

    def _check(self, host: Any) -> None:
        if not is_loopback(host):
            self.attempts.append(_text(host))
            raise OutsideRefused(f"tests talk to this machine only, not to {_text(host)}")


def is_loopback(host: Any) -> bool:
    """Whether an address or name stays on this machine; ``None`` and ``""`` (a listening socket) do."""
    name = _text(host)
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _text(host: Any) -> str:
    if host is None:
        return ""
    return host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)


class LogGuard(logging.Handler):
    """Collects warnings and errors of one test and sets those apart that the test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []
        self._expected: list[tuple[re.Pattern[str], bool]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line; the noise that Qt makes without a desktop is dropped."""
        line = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f" [{record.exc_info[1]!r}]"
        if not (record.name.startswith(QT_LOGGER) and HARMLESS.search(line)):
            self._lines.append(line)

    def expect(self, pattern: str, *, required: bool = True) -> None:
        """Allow lines that match the pattern; when required, at least one has to come."""
        self._expected.append((re.compile(pattern), required))

    def problems(self) -> list[str]:
        """Unannounced lines, and announced ones that never came."""
        patterns = [pattern for pattern, _ in self._expected]
        unexpected = [line for line in self._lines if not any(p.search(line) for p in patterns)]
        missing = [
            f"expected in the log, but it did not come: {pattern.pattern}"
            for pattern, required in self._expected
            if required and not any(pattern.search(line) for line in self._lines)
        ]
        return [f"unexpected in the log: {line}" for line in unexpected] + missing
