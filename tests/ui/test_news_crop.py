"""The cover: crops of fixed ratio by mouse and keys, inside the picture whatever one does; both shown at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.article.contents import is_cut
from desktop_app.job import Job
from desktop_app.ui.article_pictures import ArticlePictures
from desktop_app.ui.crop_box import CropBox
from desktop_app.ui.crop_dialog import CropDialog
from tests.compose_world import ComposeWorld

SIDE = st.floats(40, 5000)
STEP = st.one_of(
    st.tuples(st.just("move"), st.floats(-3000, 3000), st.floats(-3000, 3000)),
    st.tuples(st.just("zoom"), st.floats(0.2, 5), st.just(0.0)),
    st.tuples(st.just("pull"), st.floats(-500, 6000), st.floats(-500, 6000)),
)


@given(SIDE, SIDE, st.sampled_from((2.35, 1.0)), st.lists(STEP, max_size=12))
def test_a_crop_stays_inside_and_keeps_its_ratio(
    width: float, height: float, ratio: float, steps: list[tuple[str, float, float]]
) -> None:
    """Whatever is dragged, zoomed and pulled."""
    box = CropBox(QSizeF(width, height), ratio)
    for what, x, y in steps:
        if what == "move":
            box.move(QPointF(x, y))
        elif what == "zoom":
            box.zoom(x)
        else:
            box.pull(QPointF(x, y))
        rect = box.rect
        assert rect.left() >= -0.01
        assert rect.top() >= -0.01
        assert rect.right() <= width + 0.01
        assert rect.bottom() <= height + 0.01
        assert rect.width() / rect.height() == pytest.approx(ratio, rel=0.01)
    assert is_cut(box.parts())


def test_a_kept_crop_comes_back() -> None:
    """What the draft has is what the dialog shows again."""
    first = CropBox(QSizeF(1000, 800), 2.35)
    first.zoom(1.7)
    first.move(QPointF(-60, 90))
    again = CropBox(QSizeF(1000, 800), 2.35, first.parts())
    assert again.parts() == pytest.approx(first.parts(), abs=1e-5)


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[ComposeWorld]:
    made = ComposeWorld(tmp_path)
    yield made
    made.window.close()
    made.close()


def dialog_for(world: ComposeWorld, *names: str, side: int = 400) -> tuple[CropDialog, list[dict[str, Any]]]:
    """The dialog with pictures of a body, open and drawn; and what it will have chosen."""
    media = world.profile.media
    files = [media.add_file(path, "picture", Job()) for path in world.pictures(*names, side=side)]
    pictures = ArticlePictures(world.tasks, world.profile, world.page)
    dialog = CropDialog(world.window, pictures, None, [file.sha256 for file in files], "春山可望")
    chosen: list[dict[str, Any]] = []
    dialog.chosen.connect(chosen.append)
    dialog.open()
    world.settle()
    return dialog, chosen


def test_keys_move_by_a_pixel_and_zoom(world: ComposeWorld) -> None:
    """Arrows 1 px, with Shift 10; + and − zoom; the crop that is not in front stays."""
    dialog, _ = dialog_for(world, "a.png")
    view = dialog.view
    view.boxes["wide"].zoom(2)
    before, square = view.boxes["wide"].rect, view.boxes["square"].rect
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.boxes["wide"].rect.x() == before.x() + 1
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert view.boxes["wide"].rect.y() == before.y() - 10
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.boxes["wide"].rect.width() < before.width()
    assert view.boxes["square"].rect == square
    assert "裁剪框" in view.accessibleName()


def test_the_second_crop_is_chosen_by_its_tab(world: ComposeWorld) -> None:
    """1 : 1 comes to the front; the keys move it then."""
    dialog, _ = dialog_for(world, "a.png")
    world.click("crop.kind.square")
    before = dialog.view.boxes["square"].rect
    QTest.keyClick(dialog.view, Qt.Key.Key_Left)
    assert dialog.view.boxes["square"].rect.x() == before.x() - 1


def test_a_picture_of_the_body_becomes_the_cover(world: ComposeWorld) -> None:
    """The second one is chosen: its hash and both crops come back, as drafts keep them."""
    _dialog, chosen = dialog_for(world, "a.png", "b.png")
    world.click("crop.body.2")
    world.settle()
    world.click("crop.done")
    (cover,) = chosen
    assert is_cut(cover["crop_235"])
    assert is_cut(cover["crop_1"])
    assert world.profile.media.media(cover["sha256"]).name == "b.png"  # type: ignore[union-attr]


def test_a_small_picture_is_named(world: ComposeWorld) -> None:
    """It may be used, but it says that it will look blurred."""
    dialog, _ = dialog_for(world, "a.png", side=100)
    assert "200 像素" in dialog._small.text()
