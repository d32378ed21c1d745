"""Colours, type and sizes of the window, read from the one token table.

``install(app)`` is called once by the composition root and makes the ``Theme``; after that ``color("text.2")``,
``font("body")`` and ``px(32)`` answer anywhere. This is the one global of the house: every ``paintEvent`` and every
delegate needs it, and passing it through all constructors would hide what they are about.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.paths import resource

_RGBA = re.compile(r"rgba\((\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)")
_Group = QPalette.ColorGroup
_Role = QPalette.ColorRole

# Which token feeds which palette role: native parts and item views read the palette.
_PALETTE = {
    _Role.Window: "bg.panel",
    _Role.Base: "bg.surface",
    _Role.AlternateBase: "bg.sunken",
    _Role.Button: "bg.surface",
    _Role.Text: "text",
    _Role.WindowText: "text",
    _Role.ButtonText: "text",
    _Role.PlaceholderText: "text.3",
    _Role.Highlight: "bg.selected",
    _Role.HighlightedText: "text",
    _Role.Link: "blue.text",
    _Role.LinkVisited: "blue.text",
    _Role.Mid: "line",
    _Role.Dark: "line.strong",
    _Role.Accent: "blue",
    _Role.ToolTipBase: "inverse",
}


def parse_color(text: str) -> QColor:
    """A QColor from ``#RRGGBB`` or ``rgba(r,g,b,a)``. Raises ValueError for anything else."""
    if match := _RGBA.fullmatch(text):
        r, g, b = (int(match[i]) for i in (1, 2, 3))
        color = QColor(r, g, b)
        color.setAlphaF(float(match[4]))
        return color
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        return QColor(text)
    raise ValueError(f"not a colour of the token table: {text!r}")


def system_text_scale() -> float:
    """How much larger the person asked the system to draw text, 1.0 to 1.5.

    Only Windows keeps it apart from the display scale, which Qt applies by itself.
    """
    if sys.platform != "win32":
        return 1.0
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\Microsoft\Accessibility") as key:
            percent = int(winreg.QueryValueEx(key, "TextScaleFactor")[0])
    except OSError:  # the value does not exist until the slider was moved once
        return 1.0
    return min(max(percent / 100, 1.0), 1.5)


class Theme(QObject):
    """One set of tokens in use. Widgets paint from it; ``changed`` says that they have to paint again."""

    changed = Signal()

    def __init__(self, tokens: Mapping[str, Any], name: str = "light", text_scale: float = 1.0) -> None:
        super().__init__()
        self.tokens = tokens
        self.name = name
        self.text_scale = text_scale
        self._fonts: dict[tuple[str, bool, bool, float], QFont] = {}
        self._colors = {
            theme: {token: parse_color(value) for token, value in table.items()}
            for theme, table in tokens["color"].items()
        }

    def color(self, token: str) -> QColor:
        """The colour of a token in the current theme. Raises KeyError for an unknown token."""
        return QColor(self._colors[self.name][token])

    def on_inverse(self, token: str) -> QColor:
        """The colour of a token on the always dark ground of toast, tooltip and selection bar."""
        return QColor(self._colors["dark"][token])

    def font(self, style: str, bold: bool = False, mono: bool = False) -> QFont:
        """The font of a row of the type table; ``bold`` counts only where the table allows 400 and 600."""
        key = (style, bold, mono, self.text_scale)
        if key not in self._fonts:  # a screen of cards asks for a hundred
            self._fonts[key] = self._made_font(style, bold, mono)
        return QFont(self._fonts[key])

    def _made_font(self, style: str, bold: bool, mono: bool) -> QFont:
        type_ = self.tokens["type"]
        row = type_["scale"][style]
        font = QFont()
        font.setFamilies(type_["families.mono" if mono else "families.ui"])
        font.setPixelSize(round(row["px"] * self.text_scale))
        heavy = bold or row["weight"] == 600
        font.setWeight(QFont.Weight.DemiBold if heavy else QFont.Weight.Normal)
        font.setFeature(QFont.Tag(type_["feature.tabular"]), 1)
        return font

    def line(self, style: str) -> int:
        """Line height of a row of the type table, in pixels."""
        return self.px(self.tokens["type"]["scale"][style]["line"])

    def px(self, height: int) -> int:
        """A height that holds text, grown with the system's text scale."""
        return round(height * self.text_scale)

    def set_name(self, name: str) -> None:
        """Switch to ``light`` or ``dark``."""
        self.name = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dark = name == "dark"
            app.styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
            app.setPalette(self.palette())
        self.changed.emit()

    def palette(self) -> QPalette:
        """The palette for the parts that Qt paints by itself."""
        palette = QPalette()
        for role, token in _PALETTE.items():
            palette.setColor(role, self.color(token))
        for role in (_Role.Text, _Role.WindowText, _Role.ButtonText):
            palette.setColor(_Group.Disabled, role, self.color("text.disabled"))
        palette.setColor(_Role.ToolTipText, self.on_inverse("text"))
        return palette


_theme: Theme | None = None


def install(app: QApplication, name: str = "light", text_scale: float | None = None) -> Theme:
    """Give the application its tokens, fonts, palette, style and focus ring. A second call only switches."""
    global _theme
    if _theme is None:
        from desktop_app.ui.focus_ring import FocusRing
        from desktop_app.ui.style import AppStyle

        tokens = json.loads(resource("tokens.json").read_text(encoding="utf-8"))
        _theme = Theme(tokens, name, text_scale or system_text_scale())
        # Qt keeps no reference to a style or filter made in Python.
        app._style = AppStyle()  # type: ignore[attr-defined]
        app.setStyle(app._style)  # type: ignore[attr-defined]
        app._focus_ring = FocusRing(app)  # type: ignore[attr-defined]
    elif text_scale is not None:
        _theme.text_scale = text_scale
    app.setFont(_theme.font("body"))
    _theme.set_name(name)
    return _theme


def current() -> Theme:
    """The theme in use. Raises RuntimeError before ``install``."""
    if _theme is None:
        raise RuntimeError("theme.install(app) has to come before the first widget")
    return _theme


def color(token: str) -> QColor:
    """``current().color``."""
    return current().color(token)


def font(style: str, bold: bool = False, mono: bool = False) -> QFont:
    """``current().font``."""
    return current().font(style, bold, mono)


def line(style: str) -> int:
    """``current().line``."""
    return current().line(style)


def px(height: int) -> int:
    """``current().px``."""
    return current().px(height)
