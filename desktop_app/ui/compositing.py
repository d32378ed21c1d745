"""Whether the desktop can show windows with transparent parts: menus and tooltips have round corners then."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import lru_cache

from PySide6.QtGui import QGuiApplication


@lru_cache(maxsize=1)
def can_be_translucent() -> bool:
    """False only for X11 without a compositing manager, where transparent means black."""
    if QGuiApplication.platformName() != "xcb":
        return True
    name = ctypes.util.find_library("X11")
    return name is None or _has_compositor(ctypes.CDLL(name))


def _has_compositor(x11: ctypes.CDLL) -> bool:
    """Ask the X server who owns the selection that compositing managers hold. Qt 6 has no question for it."""
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = x11.XGetSelectionOwner.restype = ctypes.c_ulong
    display = x11.XOpenDisplay(None)
    if not display:
        return True
    handle = ctypes.c_void_p(display)
    selection = f"_NET_WM_CM_S{x11.XDefaultScreen(handle)}".encode()
    atom = x11.XInternAtom(handle, ctypes.c_char_p(selection), 0)
    owner = x11.XGetSelectionOwner(handle, ctypes.c_ulong(atom))
    x11.XCloseDisplay(handle)
    return bool(owner)
