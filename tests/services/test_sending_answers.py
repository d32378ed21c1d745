"""The table of answers, row by row, first attempt and repeat."""

from __future__ import annotations

import pytest

from desktop_app.errors import (
    AdminConfirmation,
    AlreadySent,
    AppError,
    BadContent,
    BadCredentials,
    BadRequest,
    Busy,
    IpNotAllowed,
    NetworkError,
    NotPermitted,
    QuotaExceeded,
    Refused,
    SlowDown,
)
from desktop_app.services.answers import TABLE, Answer, Decision, Outcome, Wait, classify, judge
from desktop_app.store.outbox import State
from desktop_app.wechat.errcodes import table as errcode_table
from desktop_app.wechat.types import Receipt

S, W = State, Wait


def net(code: str, *, maybe_arrived: bool) -> NetworkError:
    return NetworkError(code, maybe_arrived=maybe_arrived)


def at_token(error: AppError) -> AppError:
    error.stage = "token"
    return error


# outcome, first: (state, wait), repeat: (state, wait)
ROWS: list[tuple[Outcome, tuple[State, Wait], tuple[State, Wait]]] = [
    (Receipt(7), (S.ACCEPTED, W.NEVER), (S.ACCEPTED, W.NEVER)),
    (AlreadySent(45065, msg_id=7), (S.ACCEPTED, W.NEVER), (S.ACCEPTED, W.NEVER)),
    (AlreadySent(45065), (S.ACCEPTED, W.PERSON), (S.ACCEPTED, W.PERSON)),
    (Receipt(None), (S.ACCEPTED, W.PERSON), (S.ACCEPTED, W.PERSON)),
    *[
        (net(code, maybe_arrived=False), (S.QUEUED, W.SOON), (S.UNSURE, W.MINUTE))
        for code in ("net.dns", "net.refused", "net.tls", "net.proxy", "net.proxy_auth")
    ],
    *[(SlowDown(code), (S.QUEUED, W.MINUTE), (S.UNSURE, W.MINUTE)) for code in (45066, 45011, 42010)],
    *[
        (net(code, maybe_arrived=True), (S.UNSURE, W.MINUTE), (S.UNSURE, W.MINUTE))
        for code in ("net.timeout", "net.reset", "net.cut", "net.http", "net.portal", "net.garbage", "net.too_big")
    ],
    (Busy(-1), (S.UNSURE, W.MINUTE), (S.UNSURE, W.MINUTE)),
    *[(AdminConfirmation(code), (S.WAITING_ADMIN, W.ADMIN), (S.UNSURE, W.PERSON)) for code in (89504, 89505)],
    (IpNotAllowed(40164, ip="1.2.3.4"), (S.QUEUED, W.PERSON), (S.UNSURE, W.PERSON)),
    (BadCredentials(40125), (S.QUEUED, W.PERSON), (S.UNSURE, W.PERSON)),
    *[
        (at_token(BadCredentials(code)), (S.QUEUED, W.PERSON), (S.UNSURE, W.PERSON))
        for code in (40001, 40014, 42001, 40013)
    ],
    (at_token(AdminConfirmation(89503)), (S.QUEUED, W.PERSON), (S.UNSURE, W.PERSON)),
    (at_token(net("net.timeout", maybe_arrived=True)), (S.QUEUED, W.SOON), (S.UNSURE, W.MINUTE)),
    (at_token(Busy(-1)), (S.QUEUED, W.SOON), (S.UNSURE, W.MINUTE)),
    (QuotaExceeded(45028), (S.FAILED, W.NEVER), (S.UNSURE, W.PERSON)),
    (QuotaExceeded(45009), (S.FAILED, W.NEVER), (S.UNSURE, W.PERSON)),
    (BadContent(40007), (S.FAILED, W.NEVER), (S.UNSURE, W.PERSON)),
    (NotPermitted(48001), (S.FAILED, W.NEVER), (S.UNSURE, W.PERSON)),
    (AdminConfirmation(89506), (S.FAILED, W.NEVER), (S.UNSURE, W.PERSON)),
    (Refused(123456), (S.FAILED, W.NEVER), (S.UNSURE, W.PERSON)),
    (BadRequest("request.value"), (S.FAILED, W.NEVER), (S.UNSURE, W.PERSON)),
]


@pytest.mark.parametrize(("outcome", "first", "repeat"), ROWS, ids=lambda value: str(value)[:40])
def test_each_row(outcome: Outcome, first: tuple[State, Wait], repeat: tuple[State, Wait]) -> None:
    """Every answer of the table leads to the state and the wait that the table names."""
    for is_repeat, wanted in ((False, first), (True, repeat)):
        decision = judge(is_repeat, outcome)
        assert (decision.state, decision.wait) == wanted


def test_the_table_is_whole() -> None:
    """Each kind of answer has a row, and each row was played above, or below."""
    assert set(TABLE) == set(Answer)
    below = {Answer.ADMIN_WITH_ID, Answer.MEDIA_LOST}
    assert {classify(outcome) for outcome, _, _ in ROWS} | below == set(Answer)


def test_lost_media_that_can_be_uploaded_afresh() -> None:
    """40007 on a first attempt is a fresh upload and still a first; on a repeat it changes nothing."""
    lost = BadContent(40007)
    assert judge(False, lost, heals=True) == Decision(S.QUEUED, "media_lost", W.NOW)
    assert judge(True, lost, heals=True) == judge(True, lost) == Decision(S.UNSURE, "in_doubt", W.PERSON)


@pytest.mark.parametrize("errcode", sorted(set(errcode_table()) - {40007}))
def test_nothing_but_lost_media_is_healed(errcode: int) -> None:
    """Another errcode is what it is, whether or not the media could be uploaded afresh."""
    assert judge(False, Refused(errcode), heals=True) == judge(False, Refused(errcode))


def test_administrator_with_msg_id_is_accepted() -> None:
    """89504 that brings a msg_id is a job that waits for the administrator, also after a doubt."""
    error = AdminConfirmation(89504)
    error.args_["msg_id"] = 9
    for repeat in (False, True):
        assert judge(repeat, error) == Decision(S.WAITING_ADMIN, "waiting_admin")


@pytest.mark.parametrize("errcode", sorted(errcode_table()))
def test_no_errcode_ends_a_doubt_but_acceptance(errcode: int) -> None:
    """After a doubt, no errcode that there is leads to failed or back to queued."""
    for kind in (Refused, SlowDown, Busy, BadCredentials, AdminConfirmation, QuotaExceeded):
        decision = judge(True, kind(errcode))
        assert decision.state is S.UNSURE, errcode
