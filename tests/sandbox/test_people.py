"""Followers and tags: believable, always the same, and changeable."""

from __future__ import annotations

import re

from desktop_app.sandbox.server import Sandbox
from tests.sandbox.caller import Caller, FakeTime


def members(wx: Caller, tag_id: int) -> set[str]:
    answer = wx.post("user/tag/get", {"tagid": tag_id, "next_openid": ""})
    assert answer["count"] == len(answer["data"]["openid"])
    return set(answer["data"]["openid"])


def test_there_are_48216_followers_in_pages_of_10000(sandbox: Sandbox, wx: Caller) -> None:
    """Each openid has 28 characters and stands there once; the last page is followed by an empty one."""
    found: list[str] = []
    after = ""
    while True:
        page = wx.get("user/get", next_openid=after)
        assert page["total"] == 48_216
        if not page["count"]:
            assert "data" not in page
            break
        found += page["data"]["openid"]
        after = page["next_openid"]
    assert len(found) == len(set(found)) == 48_216
    assert all(re.fullmatch(r"o[A-Za-z0-9_-]{27}", one) for one in found)
    assert not set(found) & set(sandbox.subscription.openids(48_216))


def test_people_and_tags_are_the_same_in_every_sandbox(sandbox: Sandbox, wx: Caller, fake_time: FakeTime) -> None:
    """Whatever its seed: a list that was saved yesterday still fits."""
    with Sandbox(clock=fake_time) as second:
        other = Caller(second)
        assert other.get("tags/get") == wx.get("tags/get")
        assert members(other, 101) == members(wx, 101)
        other.close()


def test_the_tags_are_those_of_the_tea_house(wx: Caller) -> None:
    """Twelve tags, two of them empty; 1,273 people of one shop are old customers as well."""
    counts = {tag["name"]: tag["count"] for tag in wx.get("tags/get")["tags"]}
    assert len(counts) == 12
    assert (counts["春茶老客"], counts["杭州门店会员"], counts["小程序下单"]) == (6482, 3917, 9028)
    assert list(counts.values()).count(0) == 2
    old, shop = members(wx, 100), members(wx, 101)
    assert (len(old), len(shop), len(old & shop)) == (6482, 3917, 1273)


def test_tags_are_made_renamed_given_taken_and_deleted(wx: Caller) -> None:
    """The count follows."""
    tag = wx.post("tags/create", {"tag": {"name": "茶会"}})["tag"]
    people = wx.account.openids(50)
    wx.post("tags/members/batchtagging", {"openid_list": people, "tagid": tag["id"]})
    assert members(wx, tag["id"]) == set(people)
    assert tag["id"] in wx.post("tags/getidlist", {"openid": people[0]})["tagid_list"]
    wx.post("tags/members/batchuntagging", {"openid_list": people[:20], "tagid": tag["id"]})
    wx.post("tags/update", {"tag": {"id": tag["id"], "name": "春日茶会"}})
    listed = {one["name"]: one["count"] for one in wx.get("tags/get")["tags"]}
    assert listed["春日茶会"] == 30
    assert wx.post("tags/delete", {"tag": {"id": tag["id"]}})["errcode"] == 0
    assert wx.post("user/tag/get", {"tagid": tag["id"]})["errcode"] == 45159


def test_a_card_has_no_name_but_remark_tags_and_date(sandbox: Sandbox, wx: Caller) -> None:
    """Since 2021; who left has an openid only."""
    openid = wx.account.openids(1)[0]
    wx.post("user/info/updateremark", {"openid": openid, "remark": "茶友"})
    card = wx.get("user/info", openid=openid, lang="zh_CN")
    assert (card["subscribe"], card["remark"]) == (1, "茶友")
    assert "nickname" not in card
    left = sandbox.service.people.openids[-1]
    answer = wx.post("user/info/batchget", {"user_list": [{"openid": openid}, {"openid": left, "lang": "zh_CN"}]})
    assert answer["user_info_list"] == [card, {"subscribe": 0, "openid": left}]
    assert sum(1 for at in range(1000) if sandbox.service.people.remark(at)) > 10


def test_the_blacklist_can_be_read_and_changed(wx: Caller) -> None:
    """Its people are followers that cannot be reached."""
    openid = wx.account.openids(1)[0]
    before = wx.post("tags/members/getblacklist", {"begin_openid": ""})
    wx.post("tags/members/batchblacklist", {"openid_list": [openid]})
    after = wx.post("tags/members/getblacklist", {})
    assert after["total"] == before["total"] + 1
    assert openid in after["data"]["openid"]
    wx.post("tags/members/batchunblacklist", {"openid_list": [openid]})
    assert wx.post("tags/members/getblacklist", {"begin_openid": ""}) == before
