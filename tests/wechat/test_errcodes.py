"""The errcode table: complete, worded by the rules, each code with the class that decides what the app does."""

from __future__ import annotations

import re

import pytest

from desktop_app import errors
from desktop_app.wechat import lookup
from desktop_app.wechat.errcode_table import ROWS
from desktop_app.wechat.errcodes import CLASSES, table

# Every code that the API reference names, in its table or anywhere else.
NAMED = """
-1 40001 40002 40003 40004 40005 40006 40007 40008 40009 40010 40011 40012 40013 40014 40031 40032 40033 40035
40038 40039 40050 40059 40060 40065 40066 40068 40092 40114 40118 40121 40125 40126 40128 40130 40132 40137 40152
40155 40164 40193 40194 40201 40202 40203 40204 40213 40214 40215 40229 40243 41001 41002 41004 41005 41006 41026
41039 41040 42001 42010 43001 43002 43003 43004 43019 44001 44002 44003 44004 45001 45002 45003 45004 45005 45006
45007 45008 45009 45011 45019 45020 45028 45040 45047 45052 45056 45057 45058 45059 45062 45064 45065 45066 45067
45074 45083 45084 45086 45102 45103 45106 45110 45113 45157 45158 45159 45161 45162 45166 45169 45171 45501 46001
46004 47001 47002 48001 48002 48003 48004 48005 48006 48008 48009 48010 48013 48014 48015 48021 48022 49003 50002
50004 50005 53404 53405 53406 53500 53501 53502 53503 53504 53505 53600 61004 61007 61500 61501 61503 76001 76002
76003 76004 76021 76022 88000 88001 88002 89501 89502 89503 89504 89505 89506 89507 268487002 268488001 9500001
9500002
"""
CODES = [int(word) for word in NAMED.split()]


def test_the_table_is_complete() -> None:
    """Every code of the reference, none twice, none with two classes."""
    assert set(table()) == set(CODES)
    rows = [code for codes, *_ in ROWS for code in codes]
    assert len(rows) == len(set(rows))
    classed = [code for codes in CLASSES.values() for code in codes]
    assert len(classed) == len(set(classed))
    assert set(classed) <= set(rows)


@pytest.mark.parametrize("code", CODES)
def test_the_wording(code: int) -> None:
    """Both languages, title and advice; plain, no codes, no exclamation, nobody told to send again."""
    entry = lookup(code)
    assert entry.code == code
    chinese = entry.title_zh + "。" + entry.advice_zh
    english = entry.title_en + ". " + entry.advice_en
    for text in (entry.title_zh, entry.advice_zh, entry.title_en, entry.advice_en):
        assert text == text.strip()
        assert text
        assert text[-1] not in "。.!！"
    assert not re.search("您|请(?!求)|抱歉|！|用户|账户|客户端|哦|呢|再发(?!布)|重发|重新发送|再次群发", chinese)
    assert not re.search(r"!|please|sorry|send (it )?again|resend", english, re.IGNORECASE)
    assert str(code) not in chinese + english
    assert not re.search(r"[一-鿿][A-Za-z0-9]|[A-Za-z0-9][一-鿿]", chinese)
    assert len(entry.title_zh) <= 24
    assert len(entry.advice_zh) <= 48


def test_the_classes_that_decide() -> None:
    """The table of answers hangs on these; SlowDown is exactly the three codes that may be repeated."""
    expected = {
        errors.Busy: [-1],
        errors.AlreadySent: [45065],
        errors.IpNotAllowed: [40164],
        errors.SlowDown: [42010, 45011, 45066],
        errors.QuotaExceeded: [45009, 45028, 45040, 48006],
        errors.BadCredentials: [40001, 40013, 40014, 40125, 40243, 41001, 41002, 41004, 42001],
        errors.AdminConfirmation: [89501, 89502, 89503, 89504, 89505, 89506, 89507],
    }
    for kind, codes in expected.items():
        assert sorted(code for code in CODES if lookup(code).error_class is kind) == codes
    for code in (48001, 48003, 48004, 48008, 50002):
        assert lookup(code).error_class is errors.NotPermitted
    for code in (40003, 40007, 40130, 40152, 44004, 45002, 45166, 48022):
        assert lookup(code).error_class is errors.BadContent


def test_an_unknown_code_has_plain_words() -> None:
    """Nothing falls through."""
    entry = lookup(12345)
    assert (entry.code, entry.error_class) == (12345, errors.Refused)
    assert entry.title_zh
    assert entry.advice_en
