"""PySide6 itself: a release that loses references must never get in."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


def test_void_calls_keep_references(qtbot: QtBot) -> None:
    """300 calls that return nothing cost no references (6.12.0 on Python 3.11 loses one each and aborts)."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(300):
        label.setText(str(number))
    assert sys.getrefcount(None) - before > -150
