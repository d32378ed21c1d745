"""shell(widget): what a page may ask of the window it stands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desktop_app.ui.banner import Banner


class Shell(Protocol):
    """The main window as pages see it; a test may stand in with a plain window."""

    banner: Banner

    def toast(
        self,
        text: str,
        icon: str = "check-circle",
        tone: str = "go",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a short message at the bottom for 4 s, or 8 s with an action."""

    def show_page(self, name: str) -> None:
        """Bring a rail page to the front: "send", "history" or "settings"."""

    def ask_secret(self, account_id: int) -> None:
        """Let the person type the AppSecret of an account again."""

    def correct_quota(self) -> None:
        """Let the person say how many sends the account in use has left."""


def shell(widget: QWidget) -> Shell:
    """The window that holds ``widget``."""
    return cast("Shell", widget.window())
