"""How long things move: the one place that knows whether motion is wanted."""

from __future__ import annotations

import ctypes
import sys

_reduced: bool | None = None


def _system_reduces_motion() -> bool:
    """Whether Windows was told to show no animations. Qt 6.11 has no question for it; others: False."""
    if sys.platform != "win32":
        return False
    get_client_area_animation = 0x1042  # SPI_GETCLIENTAREAANIMATION
    wanted = ctypes.c_int(1)
    known = ctypes.windll.user32.SystemParametersInfoW(get_client_area_animation, 0, ctypes.byref(wanted), 0)
    return bool(known) and not wanted.value


def set_reduced(reduced: bool | None) -> None:
    """The person's own setting; None asks the system."""
    global _reduced
    _reduced = reduced


def reduced() -> bool:
    """Whether drawers, toasts and bars have to appear at once."""
    return _system_reduces_motion() if _reduced is None else _reduced


def motion(ms: int) -> int:
    """A duration in milliseconds: ``ms``, or 0 when motion is reduced; skip the animation then."""
    return 0 if reduced() else ms
