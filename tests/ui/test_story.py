"""Everything that the ledger can hold has words, and they follow the rules of the design."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from desktop_app.store.outbox import STORY_CODES, State, StoryLine
from desktop_app.ui import story
from desktop_app.ui.error_words import ERROR_WORDS

SERVICES = Path(__file__).parents[2] / "desktop_app" / "services"
# Where reasons, stories and refusals of sends come from; and what only looks like a code.
SOURCES = ("sending", "delivery", "polling", "settling", "sealing", "renewal")
CODE = re.compile(
    r"(?:send|delete|account|quota|store|schedule|clock|profile|admin|accepted|poll|secret|renewal)\.[a-z_]+"
)
ONE_WORD_REASONS = {"crashed", "marked"}
FALLBACK = ERROR_WORDS[""][0]

ARGS: dict[str, Any] = {
    "batches": 3,
    "attempt": 1,
    "repeat": False,
    "msg_id": 3147483652,
    "errcode": 45009,
    "errmsg": "reach max api daily quota limit",
    "rid": "a-b-c",
    "reason": "net.timeout",
    "retry_at": 1_795_000_000.0,
    "ip": "203.0.113.86",
    "at": 1_795_000_000.0,
    "succeeded": True,
    "article_idx": 2,
    "admin": True,
    "healed": True,
    "why": "expired",
    "name": "春茶.jpg",
}


def stored_reasons() -> set[str]:
    """Every code that the sending services write or raise, read from their source."""
    found = set(ONE_WORD_REASONS)
    for name in SOURCES:
        tree = ast.parse((SERVICES / f"{name}.py").read_text(encoding="utf-8"))
        steps = {
            id(argument)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "reached"
            for argument in call.args
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in steps:
                found.update([node.value] if CODE.fullmatch(node.value) else ())
    return found


def test_the_codes_are_found() -> None:
    """The search of the next test sees what it has to see."""
    assert {
        "poll.failed",
        "quota.spent",
        "send.found",
        "secret.needed",
        "delete.kind",
        "renewal.gone",
        "renewal.failed",
        "clock.jumped",
    } <= stored_reasons()


@pytest.mark.parametrize("code", sorted(stored_reasons()))
def test_every_reason_has_words(code: str) -> None:
    """A reason says what happened and, where something can be done, what."""
    said = story.reason_text(code, {})
    assert said.title
    assert said.title != FALLBACK
    assert said.advice
    assert_plain(said.title, said.advice)


@pytest.mark.parametrize("code", sorted(STORY_CODES))
@pytest.mark.parametrize("known", [True, False])
def test_every_story_line_has_words(code: str, known: bool) -> None:
    """Each code of a story is a Chinese sentence, with all of its arguments and without any."""
    args = {name: ARGS[name] if known else None for name in STORY_CODES[code]}
    text, detail, tone = story.story_text(StoryLine(0.0, code, args, 2))
    assert re.search(r"[\u4e00-\u9fff]", text)
    assert tone in ("go", "red", "amber", "blue", "gray")
    assert_plain(text, detail)


def assert_plain(*texts: str) -> None:
    """No polite 您, no exclamation, no code of ours, no argument left open."""
    for text in texts:
        assert not re.search(r"[您！!{}]|\b(?:wx|net|send|poll|store)\.[a-z0-9_]+|None", text), text


def test_lines_of_a_send_in_batches_name_the_batch() -> None:
    """「第 3 批：…」 only where there are several."""
    line = StoryLine(0.0, "accepted", {"msg_id": 1}, 3)
    assert story.story_text(line)[0] == "微信已受理"
    many = StoryLine(0.0, "accepted", {"msg_id": 1, "many": True}, 3)
    assert story.story_text(many)[0] == "第 3 批：微信已受理"


def test_a_failure_while_the_administrator_had_not_answered_says_so() -> None:
    """SEND_FAIL of a protected account may mean that nobody confirmed: WeChat does not say."""
    text, detail, _ = story.story_text(StoryLine(0.0, "polled_fail", {"admin": True}, 1))
    assert f"{text}（{detail}）" == "失败：管理员拒绝，或 30 分钟内没有确认（SEND_FAIL，微信不说是哪一种）"
    said = story.reason_text("poll.failed", {"admin": True})
    assert f"{said.title}：{said.advice}" == "失败：管理员拒绝，或 30 分钟内没有确认（微信不说是哪一种）"
    assert "管理员" not in story.reason_text("poll.failed", {"admin": False}).advice


def test_a_submission_is_told_by_its_answer() -> None:
    """「提交给微信」 stands only while there is no answer, and for a repeat with the same key."""
    lines = [
        StoryLine(0.0, "queued", {"batches": 2}, None),
        StoryLine(1.0, "submitting", {"attempt": 1, "repeat": False}, 1),
        StoryLine(2.0, "in_doubt", {"reason": "net.reset", "retry_at": None}, 1),
        StoryLine(3.0, "submitting", {"attempt": 2, "repeat": True}, 1),
        StoryLine(4.0, "already_accepted", {"msg_id": 1}, 1),
        StoryLine(5.0, "submitting", {"attempt": 1, "repeat": False}, 2),
    ]
    assert [line.at for line in story.folded(lines)] == [0.0, 2.0, 3.0, 4.0, 5.0]


def test_a_day_is_said_once() -> None:
    """Times are to the second; the day stands at the first line of a day that is not today."""
    noon = 1_795_000_000.0
    clocks = story.story_clocks([noon - 86_400, noon - 86_390, noon], noon)
    assert [("/" in clock) for clock in clocks] == [True, False, True]
    assert story.story_clocks([noon], noon)[0].count(":") == 2
    assert "/" not in story.story_clocks([noon], noon)[0]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "刚刚更新"),
        (4, "刚刚更新"),
        (15, "15 秒前更新"),
        (61, "1 分钟前更新"),
        (7200, "2 小时前更新"),
        (200_000, "2 天前更新"),
    ],
)
def test_age(seconds: float, text: str) -> None:
    """How long ago WeChat answered last, in the largest unit."""
    assert story.age_text(seconds) == text


def test_every_state_has_a_word() -> None:
    """The chip of each state is in the token table, and has a word."""
    for state in State:
        assert story.state_text(state) == story.CHIP[state]
