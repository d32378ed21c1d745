"""Sentences for the screen reader that nobody has to find: results, countdown, checks."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, sentence: str, urgent: bool = False) -> None:
    """Let a running screen reader say ``sentence``; without one this does nothing."""
    event = QAccessibleAnnouncementEvent(widget, sentence)
    levels = QAccessible.AnnouncementPoliteness
    event.setPoliteness(levels.Assertive if urgent else levels.Polite)
    QAccessible.updateAccessibility(event)
