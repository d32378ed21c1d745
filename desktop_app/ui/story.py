"""Words for what the outbox knows: states, reasons and the lines of a send's story."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from desktop_app.errors import AppError
from desktop_app.store.outbox import OutboxRow, State, StoryLine
from desktop_app.ui.error_box import Words, words
from desktop_app.ui.units import clock_text, count_text, day_text

CHIP = {
    State.QUEUED: "排队中",
    State.SUBMITTING: "提交中",
    State.ACCEPTED: "发送中",
    State.WAITING_ADMIN: "待管理员确认",
    State.SUCCEEDED: "成功",
    State.FAILED: "失败",
    State.UNSURE: "结果未知",
    State.CANCELLED: "已取消",
    State.DELETED: "已删除",
    State.PARTLY_FAILED: "部分失败",
}
"""State → key of the token table's ``status.chip``."""

ADMIN_MINUTES = 30
DAY_S = 86_400


def _tr(text: str) -> str:
    return QCoreApplication.translate("Story", text)


def state_text(state: State) -> str:
    """The word of the chip."""
    return {
        State.QUEUED: _tr("排队中"),
        State.SUBMITTING: _tr("提交中"),
        State.ACCEPTED: _tr("发送中"),
        State.WAITING_ADMIN: _tr("待管理员确认"),
        State.SUCCEEDED: _tr("成功"),
        State.FAILED: _tr("失败"),
        State.UNSURE: _tr("结果未知"),
        State.CANCELLED: _tr("已取消"),
        State.DELETED: _tr("已删除"),
        State.PARTLY_FAILED: _tr("部分失败"),
    }[state]


def kind_text(kind: str) -> str:
    """文字, 图片 …"""
    return {
        "text": _tr("文字"),
        "image": _tr("图片"),
        "voice": _tr("语音"),
        "video": _tr("视频"),
        "news": _tr("图文"),
    }.get(kind, kind)


def audience_text(row: OutboxRow) -> str:
    """Who it goes to, in a few words."""
    audience = row.audience
    if audience.get("type") == "all":
        return _tr("全部粉丝")
    name = str(audience.get("name") or "")
    if audience.get("type") == "tag":
        return name or _tr("标签 {id}").format(id=audience.get("tag_id"))
    name = name or _tr("指定名单")
    return _tr("{name}，{n} 批").format(name=name, n=len(row.batches)) if len(row.batches) > 1 else name


def people_text(people: int | None) -> str:
    """A number with commas, or that it is unknown."""
    return "—" if people is None else count_text(people)


def story_clocks(times: Sequence[float], now: float) -> list[str]:
    """The moments of a story, to the second; the day stands at its first line only, and never for today."""
    day, shown = time.localtime(now)[:3], []
    for at in times:
        then = time.localtime(at)
        clock = time.strftime("%H:%M:%S", then)
        shown.append(clock if then[:3] == day else f"{then.tm_mon}/{then.tm_mday} {clock}")
        day = then[:3]
    return shown


def age_text(seconds: float) -> str:
    """How long ago WeChat answered last: ``刚刚更新``, ``15 秒前更新``, ``3 分钟前更新`` …"""
    whole = max(0, int(seconds))
    if whole < 5:
        return _tr("刚刚更新")
    if whole < 60:
        return _tr("{n} 秒前更新").format(n=whole)
    if whole < 3600:
        return _tr("{n} 分钟前更新").format(n=whole // 60)
    if whole < DAY_S:
        return _tr("{n} 小时前更新").format(n=whole // 3600)
    return _tr("{n} 天前更新").format(n=whole // DAY_S)


def second_line(row: OutboxRow, now: float) -> str:
    """Below the title in the table: the kind, and the one thing to know about its state."""
    parts = [kind_text(row.kind)]
    files = row.content.get("files") or []
    if row.kind == "image" and files:
        parts.append(_tr("{n} 张").format(n=len(files)))
    if row.kind == "news" and (articles := row.content.get("articles")):
        parts.append(_tr("{n} 篇").format(n=len(articles)))
    if hint := _hint(row, now):
        parts.append(hint)
    return " · ".join(parts)


def _hint(row: OutboxRow, now: float) -> str:
    if row.state is State.WAITING_ADMIN:
        return admin_text(row, now)
    if row.waits_for_person:
        return reason_text(row.reason, row.reason_args).title
    if row.not_before is not None and row.state is State.QUEUED:
        return _tr("定于 {time}").format(time=day_text(row.not_before, now))
    if any(batch.marked for batch in row.batches):
        return _tr("本人标记")
    if row.state is State.SUCCEEDED and (n := sum(len(batch.deleted_articles) for batch in row.batches)):
        return _tr("已删 {n} 篇").format(n=n)
    if row.state is State.ACCEPTED:
        if row.reason == "accepted.unknown":
            return _tr("结果要人工核对")
        return _tr("微信一天没有给出结果") if is_stuck(row, now) else ""
    return ""


def is_stuck(row: OutboxRow, now: float) -> bool:
    """Whether WeChat has not said for a day what became of it."""
    since = accepted_at(row)
    return row.state is State.ACCEPTED and since is not None and now - since > DAY_S


def accepted_at(row: OutboxRow) -> float | None:
    """When WeChat took the first batch."""
    return min((b.accepted_at for b in row.batches if b.accepted_at is not None), default=None)


def admin_minutes(row: OutboxRow, now: float) -> int:
    """How many of WeChat's 30 minutes the administrator has left."""
    since = accepted_at(row) or row.changed_at
    return max(0, math.ceil(ADMIN_MINUTES - (now - since) / 60))


def admin_text(row: OutboxRow, now: float) -> str:
    """How long the administrator has left, for the second line of a row."""
    minutes = admin_minutes(row, now)
    return _tr("剩 {n} 分钟确认").format(n=minutes) if minutes else _tr("30 分钟已过，等微信的结果")


def words_for(code: str, args: dict[str, Any]) -> Words:
    """Words for the code of an error that is stored, not raised."""
    return words(AppError(code, **{name: value for name, value in args.items() if name not in ("code", "detail")}))


def reason_text(code: str, args: dict[str, Any]) -> Words:
    """Words for why a batch waits, failed or is in doubt. Codes are those of errors, and a few of our own."""
    own = {
        "send.found": (
            _tr("隔了太久，等你确认"),
            _tr("确认发送之后过了 10 分钟还没有轮到它。要继续发，按「继续发送」"),
        ),
        "schedule.missed": (_tr("到点时没有发出"), _tr("到点时程序没有开着或没联网。现在发，按「继续发送」")),
        "crashed": (_tr("提交时程序中断了"), _tr("不确定有没有发出去")),
        "admin.silent": (_tr("30 分钟里没有等到管理员确认"), _tr("不确定有没有发出去，在公众平台核对")),
        "poll.failed": (
            (_tr("失败"), _tr("管理员拒绝，或 30 分钟内没有确认（微信不说是哪一种）"))
            if args.get("admin")
            else (_tr("微信报告发送失败（SEND_FAIL）"), _tr("没有说原因。是否占用次数请在公众平台查看"))
        ),
        "accepted.unknown": (_tr("微信没有给出 msg_id"), _tr("结果要在公众平台核对")),
        "marked": (_tr("本人标记：没有发出"), _tr("这是在公众平台核对之后标记的")),
        "profile.restored": (
            _tr("记录是从备份恢复的，等你确认"),
            _tr("先在公众平台核对这条有没有发过，再按「继续发送」"),
        ),
        "profile.copied": (
            _tr("资料夹换了地方，等你确认"),
            _tr("这份资料像是从另一台电脑或备份拷来的。先确认没有在别处发过，再继续"),
        ),
        "clock.jumped": (_tr("电脑时间变过，等你确认"), _tr("看一下电脑的时间对不对，再按「继续发送」")),
    }
    if code in own:
        return Words(*own[code])
    return _renewal_words(code, args) or words_for(code, args)


def _renewal_words(code: str, args: dict[str, Any]) -> Words | None:
    """Why media that WeChat does not have any more were not uploaded again, or that it did not help."""
    name = str(args.get("name") or "")
    if code == "renewal.gone":
        title = _tr("「{name}」的原件不在了").format(name=name) if name else _tr("素材的原件不在了")
        return Words(title, _tr("微信那边的素材已经失效，没有原件传不上去。用「复制为新群发」换一个文件，再取消这条"))
    if code == "renewal.failed":
        said = words_for(str(args.get("why") or ""), args)
        title = _tr("「{name}」没有重新传上去：{why}") if name else _tr("素材没有重新传上去：{why}")
        advice = said.advice.rstrip("。")
        if not said.code:  # the file is to blame, not what WeChat allows
            advice += "。" + _tr("用「复制为新群发」换好文件，再取消这条")
        return Words(title.format(name=name, why=said.title), advice, said.code)
    if code == "wx.40007" and args.get("healed"):
        advice = _tr("已经从本机原件重新上传过一次，不管用。用「复制为新群发」换一个文件再发")
        return Words(_tr("重新上传之后，微信仍然说素材失效"), advice, words_for(code, args).code)
    return None


def story_text(line: StoryLine) -> tuple[str, str, str]:
    """One line of the story: (sentence, second line or "", tone: go, red, amber, blue or gray)."""
    text, detail, tone = _story(line.code, line.args)
    if line.batch_number is not None and line.args.get("many"):
        text = _tr("第 {n} 批：{text}").format(n=line.batch_number, text=text)
    return text, detail, tone


def _because(args: dict[str, Any]) -> str:
    reason = args.get("reason") or ""
    return reason_text(str(reason), args).title if reason else ""


def _retry(args: dict[str, Any]) -> str:
    at = args.get("retry_at")
    return _tr("{time} 自动再试").format(time=clock_text(float(at))) if at else ""


def _renewed(why: str) -> str:
    return {
        "expired": _tr("素材快过期，发送前重新上传了一次"),
        "used": _tr("素材用满了 10 次，发送前重新上传了一次"),
    }.get(why, _tr("素材已失效，发送前换成了重新上传的"))


def _told(args: dict[str, Any]) -> str:
    return f"{args.get('errcode') or ''} {args.get('errmsg') or ''}".strip()


def _wx(args: dict[str, Any]) -> tuple[str, str]:
    said = words_for(f"wx.{args.get('errcode')}", args)
    return said.title, f"{args.get('errcode')} {args.get('errmsg') or ''}".strip()


def _story(code: str, args: dict[str, Any]) -> tuple[str, str, str]:
    msg_id = f"msg_id {args['msg_id']}" if args.get("msg_id") else ""
    if code in ("refused", "delete_refused", "slow_down", "waiting_admin") and args.get("errcode"):
        said, detail = _wx(args)
    else:
        said, detail = "", ""
    match code:
        case "queued":
            n = int(args.get("batches") or 1)
            return (_tr("确认发送，分 {n} 批提交").format(n=n) if n > 1 else _tr("确认发送")), "", "go"
        case "submitting":
            again = _tr("用同一编号再提交") if args.get("repeat") else _tr("提交给微信")
            return again, "", "blue"
        case "accepted":
            return _tr("微信已受理"), msg_id, "go"
        case "already_accepted":
            return _tr("微信说这一条之前已经受理，没有重复发送"), msg_id, "go"
        case "accepted_unknown":
            return _tr("微信说已经受理过，但没有给出 msg_id"), _tr("到公众平台核对结果"), "amber"
        case "waiting_admin":
            return _tr("等管理员在微信里确认"), detail or msg_id, "amber"
        case "admin_silent":
            return _tr("30 分钟里没有等到确认的消息"), "", "amber"
        case "refused" if not said:
            return _tr("没有发出，请求没有离开这台电脑"), "", "red"
        case "refused" if args.get("healed"):
            return _tr("微信拒收：重新上传之后，仍然说素材失效"), detail, "red"
        case "refused":
            return _tr("微信拒收：{why}").format(why=said), detail, "red"
        case "media_renewed":
            return _renewed(str(args.get("why") or "")), "", "go"
        case "media_lost":
            return _tr("微信说素材失效（40007），没有发出"), _tr("从本机原件重新上传"), "amber"
        case "media_healed":
            return _tr("已从本机原件重新上传，用同一编号再提交"), "", "go"
        case "not_renewed":
            return _tr("停下来等你：{why}").format(why=_because(args)), _told(args), "amber"
        case "not_sent":
            return _tr("没有发出：{why}").format(why=_because(args)), _retry(args), "amber"
        case "slow_down":
            return _tr("微信要求慢一点"), _retry(args) or detail, "amber"
        case "in_doubt":
            return _tr("没等到明确的答复，不确定有没有发出去"), _retry(args) or _because(args), "amber"
        case "repeats_end":
            return _tr("自动核对的时间过了，等你决定"), "", "amber"
        case "waits":
            ip = args.get("ip")
            return _tr("停下来等你：{why}").format(why=_because(args)), f"IP {ip}" if ip else "", "amber"
        case "resumed":
            return _tr("继续发送"), "", "go"
        case "repeat_asked":
            at = args.get("at")
            return (
                _tr("要求用同一编号再提交"),
                _tr("{time} 提交").format(time=clock_text(float(at))) if at else "",
                "go",
            )
        case "recovered":
            return _tr("上次提交时程序中断，不确定有没有发出去"), _retry(args), "amber"
        case "clock_jumped":
            return _tr("电脑时间变了，自动提交已停"), "", "amber"
        case "polled_success":
            return _tr("微信报告发送成功"), "SEND_SUCCESS", "go"
        case "polled_fail" if args.get("admin"):
            return _tr("失败：管理员拒绝，或 30 分钟内没有确认"), _tr("SEND_FAIL，微信不说是哪一种"), "red"
        case "polled_fail":
            return _tr("微信报告发送失败，没有说原因"), "SEND_FAIL", "red"
        case "polled_delete":
            return _tr("微信报告已删除"), "DELETE", "gray"
        case "marked":
            sent = args.get("succeeded")
            return (_tr("本人标记：已发出") if sent else _tr("本人标记：没有发出")), "", "gray"
        case "cancelled":
            return _tr("已取消，没有发出"), "", "gray"
        case "deleted":
            idx = int(args.get("article_idx") or 0)
            return (_tr("已删除第 {n} 篇").format(n=idx) if idx else _tr("已删除")), "", "gray"
        case "delete_refused":
            return _tr("没有删成：{why}").format(why=said), detail, "red"
        case "delete_in_doubt":
            return _tr("不确定有没有删掉"), _because(args), "amber"
    return code, "", "gray"


def delete_text(problem: str) -> str:
    """Why a send cannot be deleted: a code of ``Sending.delete_problem``; empty if it can."""
    return words_for(problem, {}).title if problem else ""


def folded(lines: Sequence[StoryLine]) -> list[StoryLine]:
    """The story without what says nothing new: a submission whose answer is known is told by the answer."""
    answered: set[int | None] = set()
    kept: list[StoryLine] = []
    for line in reversed(lines):
        if line.code != "submitting":
            answered.add(line.batch_number)
        elif not line.args.get("repeat") and line.batch_number in answered:
            continue
        kept.append(line)
    return kept[::-1]
