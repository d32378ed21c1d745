"""Widgets of these tests wear the real theme."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.ui import theme


@pytest.fixture(autouse=True)
def installed_theme(qapp: QApplication) -> theme.Theme:
    """The light theme at normal text size, whatever the test before did."""
    return theme.install(qapp, "light", 1.0)
