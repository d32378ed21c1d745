"""Opening a message of 图文草稿 hands its body to the editor's page once: a long one takes a second to load."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.compose_world import ComposeWorld


def test_a_draft_is_loaded_once(qtbot: QtBot, tmp_path: Path) -> None:
    """By its entry, and with the phone preview beside it, which shows the new article too."""
    world = ComposeWorld(tmp_path)
    form = world.page.news
    articles = [{"id": "0" * 32, "title": "春山可望", "html": "<p>清明之前</p>"}]
    draft = world.profile.articles.save(world.service.id, {"articles": articles, "draft_id": None})
    world.form("news")
    world.until(lambda: form.editor is not None and form.editor.selection)
    form.show_preview(True)
    assert form.editor is not None
    orders: list[str] = []
    form.editor._bridge.tell.connect(orders.append)
    world.page.desk.open_draft(draft.id)
    world.until(lambda: form.editor is not None and "清明之前" in form.editor.last_html)
    world.until(lambda: "清明之前" in form.preview.cleaned)
    world.settle()
    assert len([order for order in orders if '"what": "load"' in order]) == 1
    world.page.close_views()
    world.window.close()
    world.close()
