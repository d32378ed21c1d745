"""What is being written survives exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.store.accounts import Accounts
from desktop_app.store.database import Database
from desktop_app.store.drafts import Drafts

ODD = "第一行\r\n\r\n  缩进\t制表\u3000全角 😀👨‍👩‍👧 \x00\x07 \ud83d \u202e \u2028 </a>“”\n"


@pytest.fixture
def db(tmp_path: Path):
    database = Database(tmp_path / "a.db")
    Accounts(database).add("wx1", name="a", kind="service", base_url="https://x")
    Accounts(database).add("wx2", name="b", kind="service", base_url="https://x")
    yield database
    database.close()


def test_line_breaks_and_emoji_come_back_exactly(db: Database):
    """Half a surrogate pair too."""
    Drafts(db).save(1, "text", {"text": ODD})
    assert Drafts(db).load(1, "text") == {"text": ODD}


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_content_comes_back_exactly(db: Database, value: object):
    """JSON in, the same JSON out."""
    Drafts(db).save(1, "text", {"value": value})
    assert Drafts(db).load(1, "text") == {"value": value}


def test_each_kind_and_account_has_its_own(db: Database):
    """Saving replaces, clearing forgets, nothing else changes."""
    drafts = Drafts(db)
    drafts.save(1, "text", {"text": "一"})
    drafts.save(1, "text", {"text": "二"})
    drafts.save(1, "video", {"title": "三"})
    drafts.save(2, "text", {"text": "四"})
    drafts.clear(1, "text")
    assert drafts.load(1, "text") == {}
    assert drafts.load(1, "video") == {"title": "三"}
    assert drafts.load(2, "text") == {"text": "四"}
