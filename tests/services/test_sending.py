"""Queue, deliver, poll, and what a person may do, against the sandbox."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise

import pytest

from desktop_app.errors import BadRequest, NetworkError, QuotaExceeded, StoreError
from desktop_app.store.outbox import STORY_CODES, State
from desktop_app.wechat import Audience, ImageMessage, NewsMessage, TextMessage, VideoMessage, VoiceMessage
from tests.outbox_world import World

# --- queueing ---------------------------------------------------------------------------------------


def test_queueing_makes_no_request(world: World) -> None:
    """A confirmed send is a row with its exact bytes before anything leaves."""
    send_id = world.sending.queue(TextMessage("你好"), Audience.everyone(), account_id=world.service)
    assert world.sandbox.requests() == []
    row = world.row(send_id)
    assert (row.state, row.kind, row.title, row.audience) == (
        State.QUEUED,
        "text",
        "你好",
        {"type": "all", "name": ""},
    )
    assert world.codes(send_id) == ["queued"]
    assert world.changed == [send_id]


def test_what_was_sealed_is_what_arrives(world: World) -> None:
    """The bytes that WeChat accepts are those that were written when the send was confirmed (A14)."""
    message = {"msgtype": "text", "text": {"content": "行一\n行二 😀"}}
    send_id = world.sending.queue(message, Audience.tag(world.a_tag()), account_id=world.service)
    message["text"]["content"] = "改过"  # type: ignore[index]
    sealed = world.row(send_id).batches[0].body_sha256
    world.sending.deliver()
    assert hashlib.sha256(world.sandbox.sent()[0]["raw"]).hexdigest() == sealed


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (TextMessage("a"), "text"),
        (ImageMessage("m"), "image"),
        (VoiceMessage("m"), "voice"),
        (VideoMessage("m"), "video"),
        (NewsMessage("m"), "news"),
    ],
)
def test_kind_of_each_message(world: World, message: object, kind: str) -> None:
    """The ledger has our five words for WeChat's msgtypes."""
    send_id = world.sending.queue(message, True, account_id=world.service)  # type: ignore[arg-type]
    assert world.row(send_id).kind == kind


@pytest.mark.parametrize(
    ("audience", "code"),
    [
        (["o1"], "audience.one_openid"),
        ([], "audience.empty"),
        (False, "audience.empty"),
        (None, "audience.empty"),
        (["o1", "o2", "o1"], "audience.duplicate"),
        ([f"o{n}" for n in range(10_001)] + ["o1"], "audience.duplicate"),
        ("", "audience.empty"),
    ],
)
def test_audiences_that_must_not_leave(world: World, audience: object, code: str) -> None:
    """Nothing that could mean nobody, somebody twice or everybody by accident is written at all."""
    with pytest.raises(BadRequest) as caught:
        world.sending.queue(TextMessage("a"), audience, account_id=world.service)
    assert caught.value.code == code
    assert world.outbox.counts(world.service)["all"] == 0


def test_lists_are_for_service_accounts(world: World) -> None:
    """A 订阅号 may not send to a list; it is refused here."""
    with pytest.raises(BadRequest) as caught:
        world.sending.queue(TextMessage("a"), ["o1", "o2"], account_id=world.subscription)
    assert caught.value.code == "audience.subscription_list"


def test_ten_thousand_and_one(world: World) -> None:
    """10,001 openids are two requests of 5,001 and 5,000, each with its own key; nobody twice, nobody lost."""
    openids = world.openids(10_001)
    send_id = world.sending.queue(TextMessage("a"), openids, account_id=world.service)
    assert [batch.people for batch in world.row(send_id).batches] == [5001, 5000]
    world.sending.deliver()
    sent = world.sandbox.sent()
    received = [openid for job in sent for openid in job["payload"]["touser"]]
    assert sorted(received) == sorted(openids)
    assert len({job["clientmsgid"] for job in sent}) == 2
    assert all(len(job["clientmsgid"]) == 32 for job in sent)
    assert world.row(send_id).people_accepted == 10_001


def test_no_openid_is_shown(world: World) -> None:
    """A row, its story and its repr hold no openid."""
    openids = world.openids(2)
    send_id = world.sending.queue(TextMessage("a"), openids, account_id=world.service)
    world.sending.deliver()
    told = repr(world.row(send_id)) + repr(world.sending.story(send_id)) + repr(world.outbox.due(world.service, 9e9))
    assert not any(openid in told for openid in openids)


def test_without_account(world: World) -> None:
    """Without an account there is nobody to send as; the current one is taken otherwise."""
    send_id = world.sending.queue(TextMessage("a"), True)
    assert world.row(send_id).account_id == world.service
    world.accounts.remove(world.service)
    world.accounts.remove(world.subscription)
    with pytest.raises(BadRequest) as caught:
        world.sending.queue(TextMessage("a"), True)
    assert caught.value.code == "account.none"


def test_unknown_send(world: World) -> None:
    """An id that there is not is named so."""
    with pytest.raises(StoreError) as caught:
        world.row(99)
    assert caught.value.code == "store.no_send"


# --- the good way -----------------------------------------------------------------------------------


def test_from_queued_to_succeeded(world: World) -> None:
    """A send is accepted with its msg_id, asked about, and succeeds; each step is a story line and is said."""
    send_id = world.queue()
    assert world.sending.accounts_due() == (world.service,)
    world.sending.deliver()
    row = world.row(send_id)
    assert row.state is State.ACCEPTED
    assert row.msg_id == world.sandbox.sent()[0]["msg_id"]
    world.run(120)
    assert world.state(send_id) == "succeeded"
    assert world.codes(send_id) == ["queued", "submitting", "accepted", "polled_success"]
    assert set(world.changed) == {send_id}
    assert len(world.changed) == 4
    assert world.sending.next_due() is None


def test_submitting_is_committed_before_the_request(world: World) -> None:
    """At the moment WeChat sees a send, another look at the file says 提交中."""
    seen = []
    send_id = world.queue()
    client = world.accounts.client(world.service)
    submit = client.submit

    def watched(sealed: object) -> object:
        import sqlite3

        with sqlite3.connect(world.path) as other:
            seen.append(other.execute("SELECT state, first_left_at FROM batch").fetchone())
        return submit(sealed)  # type: ignore[arg-type]

    client.submit = watched  # type: ignore[method-assign, assignment]
    world.sending.deliver()
    assert seen == [("submitting", world.clock.wall)]
    assert world.state(send_id) == "accepted"


def test_poll_schedule(world: World) -> None:
    """A job that takes long is asked about after 10 s, 30 s, 1, 2, 5, 10 min, then every 30 min for a day."""
    send_id = world.queue()
    world.sending.deliver()
    world.sandbox.fault([{"path": "mass/get", "kind": "reply", "body": json.dumps(sending_reply(world, send_id))}])
    asked = []
    accepted = world.clock.wall
    while (at := world.sending.next_due()) is not None:
        world.clock.advance(at - world.clock.wall)
        assert world.sending.poll() == 1
        asked.append(world.clock.wall - accepted)
    assert asked[:6] == [10, 30, 60, 120, 300, 600]
    assert {later - earlier for earlier, later in pairwise(asked[6:])} == {1800}
    assert 86_400 - 1800 <= asked[-1] <= 86_400
    assert world.state(send_id) == "accepted"


def sending_reply(world: World, send_id: int) -> dict[str, object]:
    """mass/get's answer while the job runs."""
    return {"msg_id": world.row(send_id).msg_id, "msg_status": "SENDING"}


@pytest.mark.parametrize(
    ("outcome", "state", "code"),
    [("fail", "failed", "polled_fail"), ("delete", "deleted", "polled_delete")],
)
def test_other_ends(world: World, outcome: str, state: str, code: str) -> None:
    """SEND_FAIL and DELETE end a send as 失败 and 已删除."""
    world.sandbox.switches.set(outcome=outcome)
    send_id = world.queue()
    world.run(200)
    assert world.state(send_id) == state
    assert world.codes(send_id)[-1] == code


@pytest.mark.parametrize("fault", ["errcode=40059", "errcode=45009", "502", "garbage", "drop-after", "portal"])
def test_a_failing_poll_changes_nothing(world: World, fault: str) -> None:
    """Whatever goes wrong while asking, the state stays and the question comes again."""
    send_id = world.queue()
    world.sending.deliver()
    world.clock.advance(20)
    world.sandbox.fault(f"mass/get:{fault}")
    world.sending.poll()
    assert world.state(send_id) == "accepted"
    world.sandbox.fault("clear")
    world.run(900)
    assert world.state(send_id) == "succeeded"


def test_finished_sends_are_not_asked_about(world: World) -> None:
    """After 成功 no more question leaves, until a person wants to know."""
    send_id = world.queue()
    world.run(120)
    world.sandbox.forget_requests()
    world.run(7200, step=600)
    assert world.sandbox.requests() == []
    assert world.sending.poll(send_id=send_id, force=True) == 1


def test_deleted_on_the_web_page(world: World) -> None:
    """A person refreshes a delivered send that was deleted elsewhere: 已删除."""
    send_id = world.queue()
    world.run(120)
    msg_id = world.row(send_id).msg_id
    reply = {"msg_id": msg_id, "msg_status": "DELETE"}
    world.sandbox.fault([{"path": "mass/get", "kind": "reply", "body": json.dumps(reply)}])
    world.sending.poll(send_id=send_id, force=True)
    assert world.state(send_id) == "deleted"


def test_a_thousand_jobs_few_commits(world: World, long_run: bool) -> None:
    """A refresh of many open jobs asks once each and writes in at most ten commits (P11)."""
    jobs = 1000 if long_run else 300
    world.sandbox.switches.set(minute_limit=False, daily_quotas=False)
    ids = [world.queue(str(number)) for number in range(jobs)]
    while any(world.state(send_id) == "queued" for send_id in ids[-1:]):
        world.sending.deliver()
        world.clock.advance(61)
    commits = []
    world.db._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    asked = world.sending.poll(world.service, force=True)
    world.db._connection.set_trace_callback(None)
    assert asked == jobs
    assert len(commits) <= 10
    assert {world.state(send_id) for send_id in ids} == {"succeeded"}


# --- what a person does -----------------------------------------------------------------------------


def test_cancel(world: World) -> None:
    """取消 before anything left: 已取消, nothing arrives. Afterwards it is too late."""
    send_id = world.queue()
    world.sending.cancel(send_id)
    assert world.sending.deliver() == 0
    assert (world.state(send_id), world.keys_sent()) == ("cancelled", [])
    other = world.queue()
    world.sending.deliver()
    with pytest.raises(BadRequest) as caught:
        world.sending.cancel(other)
    assert caught.value.code == "send.left"


def test_resume_and_waiting(world: World) -> None:
    """An address that is not on the whitelist: back to 排队中 with the address; 继续发送 sends it once."""
    world.sandbox.switches.set(blocked_ip="203.0.113.9")
    send_id = world.sending.queue(TextMessage("a"), Audience.tag(2), account_id=world.service)
    other = world.sending.queue(TextMessage("b"), Audience.tag(2), account_id=world.service)
    assert world.sending.deliver() == 1
    row = world.row(send_id)
    assert (row.state, row.waits_for_person, row.reason) == (State.QUEUED, True, "wx.40164")
    assert row.reason_args["ip"] == "203.0.113.9"
    assert world.row(other).waits_for_person  # it would fail the same way
    assert world.outbox.counts(world.service)["attention"] == 2
    assert world.sending.next_due() is None
    world.sandbox.switches.set(blocked_ip="")
    world.clock.advance(3600)
    assert world.sending.deliver() == 0
    world.sending.resume(send_id)
    world.sending.deliver()
    assert world.state(send_id) == "accepted"
    assert world.codes(send_id) == ["queued", "submitting", "waits", "resumed", "submitting", "accepted"]
    assert world.row(send_id).batches[0].first_left_at == world.clock.wall


def test_secret_has_to_be_typed(world: World) -> None:
    """Without the AppSecret a send waits with the reason, and goes by itself once it was typed."""
    send_id = world.queue()
    world.reopen(secrets=False)
    assert world.sending.deliver() == 0
    row = world.row(send_id)
    assert (row.reason, row.waits_for_person, row.batches[0].attempts) == ("secret.needed", True, 0)
    assert world.sending.needs_secret(world.service)
    world.accounts.type_secret(world.service, world.sandbox.service.app_secret)
    assert world.sending.deliver(world.service) == 1
    assert world.state(send_id) == "accepted"


def test_mark_a_doubt(world: World) -> None:
    """我来标记结果 ends a doubt as the person says, and nothing leaves any more."""
    world.sandbox.fault("mass/sendall:drop-before")
    first, second = world.queue("1"), world.queue("2")
    world.sending.deliver()
    assert world.state(first) == world.state(second) == "unsure"
    world.sending.mark(first, True)
    world.sending.mark(second, False)
    world.sandbox.fault("clear")
    world.run(1200)
    assert (world.state(first), world.state(second)) == ("succeeded", "failed")
    assert all(world.row(each).batches[0].marked for each in (first, second))
    assert world.keys_sent() == []
    with pytest.raises(BadRequest):
        world.sending.mark(first, False)


def test_accepted_without_msg_id(world: World) -> None:
    """45065 without a msg_id: accepted, but only a person can tell the end; it is never asked about."""
    world.sandbox.fault("mass/sendall:errcode=45065*1")
    send_id = world.queue()
    world.sending.deliver()
    assert world.state(send_id) == "accepted"
    assert world.codes(send_id)[-1] == "accepted_unknown"
    assert world.outbox.counts(world.service)["attention"] == 1
    assert world.sending.next_due() is None
    world.sending.mark(send_id, True)
    assert world.state(send_id) == "succeeded"


# --- administrator ----------------------------------------------------------------------------------


def test_known_protection(world: World) -> None:
    """With API 群发保护 known, an accepted send waits for the administrator, and ends as WeChat says."""
    world.accounts.update(world.service, api_protection=True)
    world.sandbox.switches.set(protection="pending")
    send_id = world.queue(audience=Audience.everyone())
    world.sending.deliver()
    assert world.state(send_id) == "waiting_admin"
    world.sandbox.answer_admin(world.row(send_id).msg_id or 0, "confirm")
    world.run(900)
    assert world.state(send_id) == "succeeded"


@pytest.mark.parametrize("protection", ["89504-pending", "89505-pending", "89504-none", "89505-none"])
def test_protection_is_learned(world: World, protection: str) -> None:
    """89504 without a msg_id: 待管理员确认, after 30 minutes in doubt; the account is known to be protected."""
    world.sandbox.switches.set(protection=protection)
    send_id = world.queue(audience=Audience.everyone())
    world.sending.deliver()
    assert world.state(send_id) == "waiting_admin"
    assert world.accounts.get(world.service).api_protection
    world.run(1700, step=100)
    assert world.state(send_id) == "waiting_admin"
    world.run(300, step=50)
    assert world.state(send_id) == "unsure"
    assert len(world.sends_asked()) == 1
    assert len(world.keys_sent()) <= 1


# --- deleting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text", "image", "voice"])
def test_what_cannot_be_deleted(world: World, kind: str) -> None:
    """Only articles and videos can be deleted, and no request is made for the others."""
    send_id = world.queue_kind(kind)
    world.run(120)
    world.sandbox.forget_requests()
    with pytest.raises(BadRequest) as caught:
        world.sending.delete(send_id)
    assert caught.value.code == "delete.kind"
    assert world.sandbox.requests() == []


def test_delete_a_video(world: World) -> None:
    """A delivered video is deleted by its msg_id: 已删除, and not a second time."""
    send_id = world.queue_kind("video")
    assert world.sending.delete_problem(world.row(send_id)) == "delete.state"
    world.run(120)
    assert world.sending.delete_problem(world.row(send_id)) == ""
    world.sending.delete(send_id)
    assert world.state(send_id) == "deleted"
    assert world.codes(send_id)[-1] == "deleted"
    assert world.sandbox.sent()[0]["status"] == "DELETE"
    assert world.sending.delete_problem(world.row(send_id)) == "delete.already"


def test_delete_one_article(world: World) -> None:
    """One of two articles deleted: still 成功, with the number of the article; the other one stays."""
    send_id = world.queue_kind("news")
    world.run(120)
    world.sending.delete(send_id, 2)
    assert world.state(send_id) == "succeeded"
    assert world.row(send_id).batches[0].deleted_articles == (2,)
    world.sending.delete(send_id, 1)
    assert world.row(send_id).batches[0].deleted_articles == (1, 2)


def test_delete_every_batch(world: World) -> None:
    """A send of several batches is deleted batch by batch."""
    message = world.message("video")
    send_id = world.sending.queue(message, world.openids(10_001), account_id=world.service)
    world.run(200)
    world.sending.delete(send_id)
    assert [job["status"] for job in world.sandbox.sent()] == ["DELETE", "DELETE"]
    assert world.state(send_id) == "deleted"


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [("errcode=45009", QuotaExceeded, "delete_refused"), ("drop-before", NetworkError, "delete_in_doubt")],
)
def test_a_failing_delete(world: World, fault: str, error: type[Exception], code: str) -> None:
    """What went wrong is raised and in the story; the state stays, and trying again is allowed."""
    send_id = world.queue_kind("video")
    world.run(120)
    world.sandbox.fault(f"mass/delete:{fault}*1")
    with pytest.raises(error):
        world.sending.delete(send_id)
    assert world.state(send_id) == "succeeded"
    assert world.codes(send_id)[-1] == code
    world.sending.delete(send_id)
    assert world.state(send_id) == "deleted"


def test_story_codes_are_listed(world: World) -> None:
    """A story line with an unknown code or argument cannot be written."""
    send_id = world.queue()
    assert all(code in STORY_CODES for code in world.codes(send_id))
    with pytest.raises(KeyError):
        world.outbox.tell(send_id, None, "whatever")
    with pytest.raises(ValueError):
        world.outbox.tell(send_id, None, "cancelled", {"why": 1})


def test_partly_failed(world: World) -> None:
    """One batch refused, one delivered: 部分失败, with the numbers of both."""
    world.sandbox.fault("mass/send$:errcode=40003~1*1")
    send_id = world.sending.queue(TextMessage("a"), world.openids(10_001), account_id=world.service)
    world.run(200)
    row = world.row(send_id)
    assert row.state is State.PARTLY_FAILED
    assert {row.people_accepted, row.people_failed} == {5000, 5001}
    assert world.outbox.counts(world.service)["attention"] == 1
    assert row.reason == "wx.40003"


def test_a_bug_in_the_client_leaves_a_doubt(world: World) -> None:
    """If our own code fails after the request may have left, the send is in doubt, and the bug is not hidden."""
    send_id = world.queue()
    client = world.accounts.client(world.service)
    client.submit = lambda sealed: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    with pytest.raises(ZeroDivisionError):
        world.sending.deliver()
    assert world.state(send_id) == "unsure"
    assert world.row(send_id).batches[0].in_doubt
