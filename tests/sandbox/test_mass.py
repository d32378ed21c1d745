"""Mass sends: what is accepted and kept, the order of checks, keys, quotas, protection, the end of jobs."""

from __future__ import annotations

import hashlib
import json
from itertools import permutations
from typing import Any

import pytest

from desktop_app.sandbox.server import Sandbox
from tests.sandbox.caller import JPG, Caller, text

GET = "message/mass/get"


def status(wx: Caller, msg_id: int) -> str:
    return str(wx.post(GET, {"msg_id": msg_id})["msg_status"])


def test_what_was_accepted_is_kept_byte_for_byte(sandbox: Sandbox, wx: Caller) -> None:
    """The exact body, the people, the files: in the process and over HTTP."""
    body = json.dumps(
        {
            "filter": {"is_to_all": False, "tag_id": 100},
            "image": {"media_id": wx.media()},
            "msgtype": "image",
            "clientmsgid": "a1",
        },
        ensure_ascii=False,
        indent=1,
    ).encode()
    answer = wx.post("message/mass/sendall", body)
    assert answer["errmsg"] == "send job submission success"
    (row,) = sandbox.sent()
    assert (row["raw"], row["people"], row["clientmsgid"]) == (body, 6482, "a1")
    assert (row["msg_id"], row["app_id"], row["endpoint"]) == (answer["msg_id"], sandbox.service.app_id, "sendall")
    assert row["media_sha256s"] == [hashlib.sha256(JPG).hexdigest()]
    (shown,) = wx.json("GET", "/__sandbox__/sent")
    assert shown["raw_text"].encode() == body
    assert shown["payload"] == json.loads(body)


def test_a_list_reaches_those_who_follow(sandbox: Sandbox, wx: Caller) -> None:
    """Doubles and people who left are in the list, and get nothing."""
    listed = [*wx.account.openids(3), *wx.account.openids(1), sandbox.service.people.openids[-1]]
    assert wx.post("message/mass/send", {"touser": listed, **text("你好")})["errcode"] == 0
    assert sandbox.sent()[0]["people"] == 3
    assert wx.post("message/mass/send", {"touser": wx.account.openids(10_000), **text("你好")})["errcode"] == 0


def test_ids_are_large_and_some_would_not_survive_a_float(wx: Caller) -> None:
    """All above 2^31, some above 2^53 and odd; all within 64 bits."""
    ids = [wx.sendall(key=str(number))["msg_id"] for number in range(9)]
    assert len(set(ids)) == 9
    assert all(2**31 < one < 2**63 for one in ids)
    assert any(int(float(one)) != one for one in ids)


def test_a_job_ends_after_a_time_by_people_and_speed(sandbox: Sandbox, wx: Caller) -> None:
    """48,216 people at speed 4 take half a minute; the answer takes the id as text or number."""
    assert wx.post("message/mass/speed/get", {}) == {"speed": 3, "realspeed": 30}
    assert wx.post("message/mass/speed/get", b"") == {"speed": 3, "realspeed": 30}
    wx.post("message/mass/speed/set", {"speed": 4})
    msg_id = wx.sendall(None)["msg_id"]
    assert status(wx, msg_id) == "SENDING"
    sandbox.advance(28)
    assert status(wx, msg_id) == "SENDING"
    sandbox.advance(10)
    assert wx.post(GET, {"msg_id": str(msg_id)}) == {"msg_id": msg_id, "msg_status": "SEND_SUCCESS"}


@pytest.mark.parametrize(("outcome", "word"), [("fail", "SEND_FAIL"), ("delete", "DELETE")])
def test_a_job_can_end_badly(sandbox: Sandbox, wx: Caller, outcome: str, word: str) -> None:
    """By a switch for all, or for one job; a send to a tag without people ends as DELETE too."""
    sandbox.switches.set(outcome=outcome)
    first = wx.sendall(key="a")["msg_id"]
    sandbox.switches.set(outcome="success")
    second, nobody = wx.sendall(key="b")["msg_id"], wx.sendall(110, "c")["msg_id"]
    sandbox.end_job(second, outcome)
    sandbox.advance(60)
    assert [status(wx, first), status(wx, second), status(wx, nobody)] == [word, word, "DELETE"]


def test_news_have_a_msg_data_id_and_consume_their_draft(sandbox: Sandbox, wx: Caller) -> None:
    """A draft that was sent is gone; other kinds have no msg_data_id."""
    draft = wx.draft(2)
    answer = wx.sendall(key="a", msgtype="mpnews", mpnews={"media_id": draft}, send_ignore_reprint=1)
    assert answer["msg_data_id"] > 2**31
    assert wx.post("draft/get", {"media_id": draft})["errcode"] == 40007
    assert "msg_data_id" not in wx.sendall(key="b")
    sandbox.switches.set(draft_after_send="consumed-if-all")
    kept = wx.draft()
    wx.sendall(key="c", msgtype="mpnews", mpnews={"media_id": kept})
    assert "news_item" in wx.post("draft/get", {"media_id": kept})
    wx.sendall(None, key="d", msgtype="mpnews", mpnews={"media_id": kept})
    assert wx.post("draft/get", {"media_id": kept})["errcode"] == 40007


def test_several_pictures_are_sent_together(sandbox: Sandbox, wx: Caller) -> None:
    """The newer form: images.media_ids, with 推荐语 and 留言."""
    images = {"media_ids": [wx.media(), wx.cover()], "recommend": "新茶", "need_open_comment": 1}
    assert wx.sendall(msgtype="image", images=images)["errcode"] == 0
    assert len(sandbox.sent()[0]["media_sha256s"]) == 2


@pytest.mark.parametrize("order", [",".join(order) for order in permutations(("key", "quota", "media"))])
def test_what_is_checked_first_is_a_switch(sandbox: Sandbox, wx: Caller, order: str) -> None:
    """A repeat after acceptance is told first what the order checks first: the draft is gone, the quota too."""
    wx = wx.other()
    sandbox.switches.set(check_order=order)
    message = {"msgtype": "mpnews", "mpnews": {"media_id": wx.draft()}}
    first = wx.sendall(key="k", **message)
    again = wx.sendall(key="k", **message)
    assert again["errcode"] == {"key": 45065, "quota": 45028, "media": 40007}[order.partition(",")[0]]
    if order.startswith("key"):
        assert again["msg_id"] == first["msg_id"]
        assert "msg_data_id" not in again
    assert len(sandbox.sent()) == 1


def test_a_key_protects_for_24_hours(sandbox: Sandbox, wx: Caller) -> None:
    """45065 with the first msg_id; 45066 within a minute of the last 45065; after a day the key is free."""
    first = wx.sendall(key="k")["msg_id"]

    def again() -> list[Any]:
        answer = wx.sendall(key="k")
        return [answer["errcode"], answer.get("msg_id")]

    assert again() == [45065, first]
    assert again() == [45066, None]
    sandbox.advance(59)
    assert again() == [45066, None]
    sandbox.advance(1)
    assert again() == [45065, first]
    sandbox.advance(24 * 3600 - 61)
    wx.renew()
    assert again() == [45065, first]
    sandbox.advance(1)
    assert again()[0] == 0
    assert len(sandbox.sent()) == 2


def test_a_refused_send_does_not_use_its_key(sandbox: Sandbox, wx: Caller) -> None:
    """Only an accepted job takes the key; nor does a refusal use the quota."""
    assert wx.sendall(key="k", msgtype="image", image={"media_id": "x"})["errcode"] == 40007
    assert wx.sendall(key="k")["errcode"] == 0


def test_without_a_key_audience_and_content_are_the_key(wx: Caller) -> None:
    """The same words to another tag are another send."""
    assert [wx.sendall(2)["errcode"], wx.sendall(100)["errcode"], wx.sendall(2)["errcode"]] == [0, 0, 45065]
    assert wx.sendall(2, **text("不同"))["errcode"] == 0


def test_the_longest_text_and_key_are_taken(sandbox: Sandbox, wx: Caller) -> None:
    """2,048 bytes of text, 32 bytes of key, or 64 by a switch."""
    assert wx.sendall(key="k" * 32, **text("茶" * 682 + "ab"))["errcode"] == 0
    sandbox.switches.set(clientmsgid_limit=64)
    assert wx.sendall(key="k" * 64)["errcode"] == 0


def test_the_service_account_reaches_all_four_times_a_month(sandbox: Sandbox, wx: Caller) -> None:
    """Sends to a tag do not count; the month is Beijing's; website sends count too."""
    codes = [wx.sendall(None, f"a{number}")["errcode"] for number in range(5)]
    assert codes == [0, 0, 0, 0, 45028]
    assert wx.sendall(2, "tag")["errcode"] == 0
    sandbox.advance(7 * 24 * 3600 + 4 * 3600 - 1)  # the last second of November in Beijing
    wx.renew()
    assert wx.sendall(None, "b")["errcode"] == 45028
    sandbox.advance(1)
    assert wx.sendall(None, "c")["errcode"] == 0
    wx.json("POST", "/__sandbox__/quota", json.dumps({"app_id": wx.account.app_id, "sends": 3}).encode())
    assert wx.sendall(None, "d")["errcode"] == 45028


def test_the_subscription_account_sends_once_a_day(sandbox: Sandbox, wx: Caller) -> None:
    """Tag and all together; a new day in Beijing brings a new one."""
    other = wx.other()
    assert [other.sendall(2, "a")["errcode"], other.sendall(None, "b")["errcode"]] == [0, 45028]
    sandbox.advance(4 * 3600)
    other.renew()
    assert other.sendall(None, "c")["errcode"] == 0


def test_all_limits_can_be_switched_off(sandbox: Sandbox, wx: Caller) -> None:
    """For tests that send a lot."""
    sandbox.switches.set(minute_limit=False, daily_quotas=False, send_quota=False)
    assert {wx.sendall(None, str(number))["errcode"] for number in range(120)} == {0}


def test_protection_waits_for_the_administrator(sandbox: Sandbox, wx: Caller) -> None:
    """Only for sends to all: confirmed it goes out, refused or unanswered for 30 minutes it fails."""
    sandbox.switches.set(protection="pending")
    ids = [wx.sendall(None, key)["msg_id"] for key in ("a", "b", "c")]
    to_tag = wx.sendall(2, "d")["msg_id"]
    sandbox.advance(1799)
    assert [status(wx, one) for one in (*ids, to_tag)] == ["SENDING"] * 3 + ["SEND_SUCCESS"]
    assert [row["waits_for_admin"] for row in sandbox.sent()] == [True, True, True, False]
    sandbox.answer_admin(ids[0], "confirm")
    wx.json("POST", "/__sandbox__/admin", json.dumps({"msg_id": ids[1], "answer": "refuse"}).encode())
    sandbox.advance(1)
    assert [status(wx, one) for one in ids] == ["SENDING", "SEND_FAIL", "SEND_FAIL"]
    sandbox.advance(60)
    assert status(wx, ids[0]) == "SEND_SUCCESS"


def test_an_administrator_may_answer_at_once(sandbox: Sandbox, wx: Caller) -> None:
    """By a switch, so that a rehearsal need not wait."""
    sandbox.switches.set(protection="pending", admin="confirm")
    msg_id = wx.sendall(None)["msg_id"]
    sandbox.advance(60)
    assert status(wx, msg_id) == "SEND_SUCCESS"


@pytest.mark.parametrize(("variant", "jobs"), [("89504-pending", 1), ("89505-none", 0)])
def test_a_synchronous_89504_may_or_may_not_leave_a_job(
    sandbox: Sandbox, wx: Caller, variant: str, jobs: int
) -> None:
    """Nobody knows which; a repeat of the same key tells, where the job is pending."""
    sandbox.switches.set(protection=variant)
    answer = wx.sendall(None, "k")
    assert answer["errcode"] == int(variant[:5])
    assert "msg_id" not in answer
    assert len(sandbox.sent()) == jobs
    again = wx.sendall(None, "k")
    assert again["errcode"] == (45065 if jobs else 89505)


def test_deleting_one_article_then_all(sandbox: Sandbox, wx: Caller) -> None:
    """By number from 1, by address, or all; the last one turns the job to DELETE."""
    msg_id = wx.sendall(msgtype="mpnews", mpnews={"media_id": wx.draft(3)})["msg_id"]
    sandbox.advance(60)
    delete = "message/mass/delete"
    assert wx.post(delete, {"msg_id": msg_id, "article_idx": 2})["errcode"] == 0
    assert wx.post(delete, {"msg_id": msg_id, "article_idx": 2})["errcode"] == 40065
    assert wx.post(delete, {"msg_id": msg_id, "article_idx": 4})["errcode"] == 40060
    assert status(wx, msg_id) == "SEND_SUCCESS"
    assert wx.post(delete, {"msg_id": str(msg_id)})["errcode"] == 0
    assert status(wx, msg_id) == "DELETE"
    by_url = wx.sendall(key="u", msgtype="mpnews", mpnews={"media_id": wx.draft()})["msg_id"]
    sandbox.advance(60)
    assert wx.post(delete, {"url": sandbox.sent()[-1]["articles"][0]["url"]})["errcode"] == 0
    assert status(wx, by_url) == "DELETE"


def test_previews_reach_one_person_and_leave_everything_as_it_was(sandbox: Sandbox, wx: Caller) -> None:
    """By openid or WeChat id, which goes first; without msg_id, or with one by a switch; the draft stays."""
    draft = wx.draft()
    message = {"msgtype": "mpnews", "mpnews": {"media_id": draft}}
    to = wx.account.openids(1)[0]
    answer = wx.post("message/mass/preview", {"touser": to, **message})
    assert answer == {"errcode": 0, "errmsg": "preview success"}
    sandbox.switches.set(preview_msg_id=True)
    answer = wx.post("message/mass/preview", {"touser": "x", "towxname": "lanjian_tea", **text("看看")})
    assert answer["msg_id"] > 2**31
    assert [row["to"] for row in sandbox.previews()] == [to, "lanjian_tea"]
    assert sandbox.previews()[0]["articles"][0]["title"] == "春茶 0"
    assert "news_item" in wx.post("draft/get", {"media_id": draft})
    assert sandbox.sent() == []


def test_escapes_can_be_stored_as_they_are(sandbox: Sandbox, wx: Caller) -> None:
    """The other thing that a real server may do with them; a backslash that is escaped itself is no escape."""
    plain = b'{"filter":{"is_to_all":false,"tag_id":2},"msgtype":"text","text":{"content":"%s"}}'
    assert wx.post("message/mass/sendall", plain % rb"C:\\u8336")["errcode"] == 0
    assert wx.post("message/mass/sendall", plain % rb"\u8336")["errcode"] == 40033
    sandbox.switches.set(escapes="stored")
    assert wx.post("message/mass/sendall", plain % rb"\u8336")["errcode"] == 0


def test_switches_refuse_what_they_do_not_know(sandbox: Sandbox, wx: Caller) -> None:
    """An unknown name or value is an error that says so, and nothing is set."""
    for values in ({"nothing": 1}, {"check_order": "media"}, {"comments": "no"}, {"clientmsgid_limit": 33}):
        with pytest.raises(ValueError, match="switch"):
            sandbox.switches.set(**values)
    answer = wx.json("POST", "/__sandbox__/switch", b'{"check_order": "quota"}')
    assert "check_order" in answer["error"]
    assert wx.json("POST", "/__sandbox__/switch", b'{"comments": false}')["comments"] is False
    assert sandbox.switches.comments is False
