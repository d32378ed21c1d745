"""The app of a journey, opened on this test's profile and closed at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.app import App
from desktop_app.paths import Paths
from desktop_app.ui import theme


@pytest.fixture
def opened(qapp: QApplication, paths: Paths) -> Iterator[Callable[..., App]]:
    """Open the app on this test's profile; what is still open at the end is closed."""
    theme.install(qapp, "light", 1.0)
    running: list[App] = []

    def open_app(**options: object) -> App:
        app = App(paths, **options)  # type: ignore[arg-type]
        app.window.resize(1280, 800)
        app.window.show()
        running.append(app)
        return app

    yield open_app
    for app in running:
        if not app.closed:
            app.window.leave()
            app.close()
