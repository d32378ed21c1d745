"""The table of the seventeen operations is true: methods, routes, tests and every name of a click path exist."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop_app.app import App
from desktop_app.paths import Paths
from desktop_app.sandbox import gate
from desktop_app.sandbox.api import ROUTES
from desktop_app.sandbox.server import Sandbox
from desktop_app.tour import SEED_OPERATIONS
from desktop_app.ui import theme
from desktop_app.wechat import Article, WeChatClient
from tests.operations import OPERATIONS, Operation, table
from tests.outbox_world import AMR, MP4

ROOT = Path(__file__).resolve().parents[1]
UI = ROOT / "desktop_app" / "ui"

# The list of the contracts, in its order; this is the one place that repeats it by hand.
SEED = [
    *("uploadNews", "uploadMPVideo", "uploadImage"),
    *(
        "massSend",
        "massSendNews",
        "massSendText",
        "massSendVoice",
        "massSendImage",
        "massSendVideo",
        "massSendMPVideo",
    ),
    *("deleteMass", "previewNews", "previewText", "previewVoice", "previewImage", "previewVideo"),
    "getMassMessageStatus",
]

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.seed)


def test_all_seventeen_are_there_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """None is missing, none is invented; the table is printed for the reader of the test run."""
    assert [each.seed for each in OPERATIONS] == SEED
    assert list(SEED_OPERATIONS) == SEED, "the tour counts other operations"
    with capsys.disabled():
        print(f"\n{table()}")


@each_operation
def test_the_client_has_the_method(operation: Operation) -> None:
    """It is public, and its docstring begins with WeChat's name and says the path."""
    documentation = inspect.getdoc(getattr(WeChatClient, operation.method)) or ""
    first_line = documentation.splitlines()[0]
    assert first_line.startswith(operation.seed)
    assert "POST /cgi-bin/" in first_line
    assert operation.routes[0] in first_line


@each_operation
def test_the_sandbox_has_the_routes(operation: Operation) -> None:
    """Each path of the operation is in the table that the gate serves from."""
    assert gate.ROUTES is ROUTES
    assert [ROUTES[path].method for path in operation.routes] == ["POST"] * len(operation.routes)


@each_operation
def test_the_test_exists_and_is_about_it(operation: Operation) -> None:
    """file::function is a test; it, or a table that it runs through, calls the method or says the name."""
    path, _, name = operation.test.partition("::")
    text = _with_tables(ROOT / path, name)
    called = any(isinstance(node, ast.Attribute) and node.attr == operation.method for node in ast.walk(text))
    assert called, f"{operation.test} never calls {operation.method}"


def _with_tables(path: Path, name: str) -> ast.Module:
    """A function of a module and the module's own names that it uses, as far as they lead."""
    there: dict[str, ast.stmt] = {}
    for node in _parsed(path).body:
        if isinstance(node, ast.FunctionDef):
            there[node.name] = node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            there[node.target.id] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            there[node.targets[0].id] = node
    assert name.startswith("test_")
    assert isinstance(there.get(name), ast.FunctionDef), f"{path.name} has no {name}"
    wanted, found = [name], dict[str, ast.stmt]()
    while wanted:
        if (one := wanted.pop()) in there and one not in found:
            found[one] = there[one]
            wanted += [node.id for node in ast.walk(there[one]) if isinstance(node, ast.Name)]
    return ast.Module(list(found.values()), [])


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


# --- click paths --------------------------------------------------------------------------------------


@pytest.fixture
def window(qapp: QApplication, paths: Paths) -> Iterator[QObject]:
    """The real window with the rehearsal account, not shown."""
    theme.install(qapp, "light", 1.0)
    app = App(paths, sandbox=True)
    yield app.window
    app.window.leave()
    app.close()


def test_every_name_of_a_click_path_is_a_widget(window: QObject) -> None:
    """What the main window holds is looked up there; what only a dialog has is written in the sources of ui."""
    there = {child.objectName() for child in window.findChildren(QObject)}
    written = set(_names_in_sources())
    for operation in OPERATIONS:
        for name in operation.clicks:
            assert name in there or _is_written(name, written), f"{operation.seed}: nothing is called {name}"


def test_names_are_not_believed_too_easily() -> None:
    """A wrong name is noticed, a numbered one is found by its beginning."""
    written = set(_names_in_sources())
    assert _is_written("dialog.1", written)
    assert _is_written("send.confirm", written)
    assert not _is_written("send.nonsense", written)
    assert not _is_written("dialog", written)


def _is_written(name: str, written: set[str]) -> bool:
    """Whether a source has the name as text, or its beginning up to the last dot as that of an f-string."""
    return name in written or f"{name.rpartition('.')[0]}.…" in written


def _names_in_sources() -> Iterator[str]:
    """All texts in the sources of the window; an f-string "page.{…}" as ``page.…``."""
    for path in UI.glob("*.py"):
        for node in ast.walk(_parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr) and len(node.values) == 2:
                first = node.values[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.endswith("."):
                    yield first.value + "…"


# --- run ----------------------------------------------------------------------------------------------


def test_each_method_reaches_its_routes(sandbox: Sandbox, tmp_path: Path) -> None:
    """All seventeen against the sandbox, sends to everyone and to a list: their requests go where the table says."""
    sandbox.switches.set(send_quota=False)
    with WeChatClient(sandbox.service.app_id, sandbox.service.app_secret, base_url=sandbox.address) as client:
        calls = _calls(client, sandbox, tmp_path)
        assert list(calls) == SEED
        for operation in OPERATIONS:
            sandbox.forget_requests()
            for audience in (True, sandbox.service.openids(3)):
                calls[operation.seed](audience)
            done = sandbox.requests()
            assert [each["errcode"] for each in done] == [0] * len(done), f"{operation.seed}: {done}"
            assert {each["path"].removeprefix("/cgi-bin/") for each in done} == set(operation.routes)


def _calls(client: WeChatClient, sandbox: Sandbox, folder: Path) -> dict[str, Callable[[Any], Any]]:
    """One plain call of each operation, in order; what it needs is made here. Only sends look at the audience."""
    files = {
        "thumb": folder / "a.jpg",
        "image": folder / "a.jpg",
        "voice": folder / "a.amr",
        "video": folder / "a.mp4",
    }
    Image.new("RGB", (60, 40), "teal").save(files["image"])
    files["voice"].write_bytes(AMR)
    files["video"].write_bytes(MP4)
    media = {kind: client.upload_media(kind, path).media_id for kind, path in files.items()}
    mp_video = client.upload_mp_video(media["video"], "标题", "描述").media_id
    articles = [Article("标题", "<p>正文</p>", media["thumb"])]
    news = client.upload_news(articles).media_id
    # Without a key of its own a second send of the same to the same people counts as a repeat.
    sent = [client.mass_send_news(news, sandbox.service.openids(count)).msg_id or 0 for count in (4, 5)]
    deletable = list(sent)
    sandbox.advance(3600)
    to = sandbox.service.openids(1)[0]
    return {
        "uploadNews": lambda _: client.upload_news(articles),
        "uploadMPVideo": lambda _: client.upload_mp_video(media["video"], "标题", "描述"),
        "uploadImage": lambda _: client.upload_image(files["image"]),
        "massSend": lambda who: client.mass_send({"msgtype": "text", "text": {"content": "一"}}, who),
        "massSendNews": lambda who: client.mass_send_news(news, who),
        "massSendText": lambda who: client.mass_send_text("二", who),
        "massSendVoice": lambda who: client.mass_send_voice(media["voice"], who),
        "massSendImage": lambda who: client.mass_send_image(media["image"], who),
        "massSendVideo": lambda who: client.mass_send_video(mp_video, who),
        "massSendMPVideo": lambda who: client.mass_send_mp_video(media["video"], "标题", "描述", who),
        "deleteMass": lambda _: client.delete_mass(deletable.pop()),
        "previewNews": lambda _: client.preview_news(to, news),
        "previewText": lambda _: client.preview_text(to, "三"),
        "previewVoice": lambda _: client.preview_voice(to, media["voice"]),
        "previewImage": lambda _: client.preview_image(to, media["image"]),
        "previewVideo": lambda _: client.preview_video(to, mp_video),
        "getMassMessageStatus": lambda _: client.get_mass_message_status(sent[0]),
    }
