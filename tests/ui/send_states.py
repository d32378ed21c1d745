"""One send for every state and reason that a person may meet, made by the real services against the sandbox."""

from __future__ import annotations

from typing import Any

from desktop_app.job import Job
from desktop_app.paths import resource
from desktop_app.wechat import Audience
from tests.window_world import WindowWorld

HOUR, DAY = 3600.0, 86_400.0
FOR_EVER = 1e9


def make_all(world: WindowWorld) -> dict[str, int]:
    """The sends by what became of them, the oldest first. The clock goes on for some days."""
    made: dict[str, int] = {}
    for chapter in (_succeeded, _failed, _stopped, _in_doubt, _under_way):
        chapter(world, made)
    return made


def _succeeded(world: WindowWorld, made: dict[str, int]) -> None:
    made["succeeded"] = world.queue("三月会员日，到店领一罐", Audience.everyone(), people=48216, audience_name="")
    made["video"] = media_send(world, "video", "北坡的早晨", ["tea-hills.mp4"])
    made["deleted"] = media_send(world, "video", "湖滨店重新开门", ["tea-hills.mp4"])
    made["image"] = media_send(world, "image", "春分茶单", ["spring-tea.jpg", "gift-box.png", "cup.png"])
    made["voice"] = media_send(world, "voice", "周末试饮会的语音邀请", ["greeting.mp3"])
    world.deliver()
    world.poll(HOUR)
    assert world.delete(made["deleted"]) is None
    made["marked"] = world.queue("上月回访")
    world.deliver("mass/sendall:drop-after")
    world.profile.sending.mark(made["marked"], True)
    made["stuck"] = world.queue("一直没有结果的一条")
    world.deliver()
    world.sandbox.service.jobs.by_id[world.row(made["stuck"]).msg_id or 0].seconds = FOR_EVER
    world.clock.advance(2 * DAY)


def _failed(world: WindowWorld, made: dict[str, int]) -> None:
    made["refused"] = world.queue("新罐子预售", people=412, audience_name="企业采购")
    world.deliver("mass/sendall:errcode=40007")
    made["send_fail"] = world.queue("谷雨茶会报名")
    world.deliver()
    world.sandbox.end_job(world.row(made["send_fail"]).msg_id or 0, "fail")
    world.poll(HOUR)
    made["admin_failed"] = protected_send(world, "清明加开两场")
    world.poll(2 * HOUR)
    made["cancelled"] = world.queue("发错的一条")
    world.profile.sending.cancel(made["cancelled"])
    made["partly"] = world.queue(
        "谷雨之前：最后一批头采", world.openids(23_480), people=23_480, audience_name="试饮名单_0327.xlsx"
    )
    world.deliver("mass/send$:errcode=45009~2*1")
    world.poll(HOUR)


def _stopped(world: WindowWorld, made: dict[str, int]) -> None:
    """What waits for a person, but for the AppSecret."""
    accounts, account_id = world.profile.accounts, world.service.id
    made["ip"] = world.queue("IP 没加白名单的一条")
    world.sandbox.switches.set(blocked_ip="203.0.113.86")
    accounts.close()
    world.deliver()
    world.sandbox.switches.set(blocked_ip="")
    made["offline"] = world.queue("没联网的一条")
    accounts.update(account_id, base_url="http://127.0.0.1:9")
    for _ in range(3):
        world.clock.advance(301)
        world.deliver()
    accounts.update(account_id, base_url=world.sandbox.address)
    world.clock.advance(DAY)


def _in_doubt(world: WindowWorld, made: dict[str, int]) -> None:
    made["too_late"] = world.queue("惊蛰：用一把铁壶煮老白茶", people=6482)
    world.deliver("mass/sendall:drop-after")
    world.clock.advance(25 * HOUR)
    world.deliver()
    made["unsure"] = world.queue("礼盒提前预订说明", people=1764, audience_name="礼盒客户")
    world.deliver("mass/sendall:502")
    made["accepted_unknown"] = world.queue("雨水：听雨时喝什么")
    world.deliver("mass/sendall:errcode=45065")


def _under_way(world: WindowWorld, made: dict[str, int]) -> None:
    made["waiting_admin"] = protected_send(world, "清明假期门店营业时间")
    made["accepted"] = world.queue("春山可望：2026 明前茶到店了")
    world.deliver()
    world.clock.advance(20)
    made["scheduled"] = world.queue("周末试饮会", not_before=world.clock() + DAY)
    made["submitting"] = world.queue("试饮登记确认，到店出示", people=312)
    (due,) = world.profile.outbox.due(world.service.id, world.clock())
    world.profile.outbox.claim(due, world.clock() + 23 * HOUR)
    made["secret"] = world.queue("等 AppSecret 的一条")
    world.profile.secrets.forget(world.service.app_id)
    world.deliver()
    world.profile.accounts.type_secret(world.service.id, world.sandbox.service.app_secret)
    made["queued"] = world.queue("刚确认的一条")


def media_send(world: WindowWorld, kind: str, title: str, names: list[str]) -> int:
    """Queue a picture, voice or video message from the samples."""
    composing, job = world.profile.composing, Job()
    files: list[dict[str, Any]] = []
    for name in names:
        added = world.profile.media.add_file(resource(f"samples/{name}"), kind, job)
        files.append({"sha256": added.sha256, "name": added.name})
    content: dict[str, Any] = {"files": files} if kind == "image" else {"file": files[0]}
    content |= {"recommend": "", "comments": "off"} if kind == "image" else {}
    content |= {"title": title, "description": ""} if kind == "video" else {}
    message = composing.prepare(world.service.id, kind, content, job)
    return world.queue(title, kind=kind, message=message, content=content, people=2846)


def protected_send(world: WindowWorld, title: str) -> int:
    """A send to all of an account with API 群发保护, taken by WeChat and waiting for the administrator."""
    world.profile.accounts.update(world.service.id, api_protection=True)
    world.sandbox.switches.set(protection="pending")
    send_id = world.queue(title, Audience.everyone(), people=48216, audience_name="")
    world.deliver()
    world.sandbox.switches.set(protection="off")
    world.profile.accounts.update(world.service.id, api_protection=False)
    return send_id
