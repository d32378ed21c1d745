"""What the drawer of 群发记录 says about a send that needs an eye, and which buttons solve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop_app.store.outbox import Batch, OutboxRow, State
from desktop_app.ui import story
from desktop_app.ui.units import clock_text, day_text, left_text

SECRET = "secret.needed"
NO_QUOTA = 45028


@dataclass(frozen=True)
class Advice:
    """A box: tone (gray, amber, red), what happened, what to do, the code, and rows of buttons.

    Buttons: resume, cancel, resubmit, mark, site, secret, quota, copy_ip, copy_error.
    """

    tone: str
    title: str
    text: str
    code: str = ""
    buttons: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Figure:
    """One of the numbers at the top: its name, the number, and the token of its colour."""

    name: str
    value: str
    color: str = "text"


def _tr(text: str) -> str:
    return QCoreApplication.translate("HistoryAdvice", text)


def advice_for(row: OutboxRow, now: float, repeat_until: float | None) -> Advice | None:
    """The box for a send; None if there is nothing to add. ``repeat_until``: as ``Sending.repeat_until`` has it."""
    match row.state:
        case State.UNSURE:
            return _unsure(row, now, repeat_until)
        case State.FAILED | State.PARTLY_FAILED:
            return _failed(row)
        case State.WAITING_ADMIN:
            return _waiting_admin(row, now)
        case State.QUEUED:
            return _waiting(row) if row.waits_for_person else _queued(row, now)
        case State.ACCEPTED:
            return _accepted(row, now)
    return None


def _unsure(row: OutboxRow, now: float, until: float | None) -> Advice:
    title = _tr("不确定有没有发出去")
    if len(row.batches) > 1:
        numbers = "、".join(str(batch.number) for batch in row.batches if batch.state is State.UNSURE)
        title = _tr("不确定第 {n} 批有没有发出去").format(n=numbers)
    text = _tr("没等到微信的答复。先别重新写一条来发，可能会发两次。")
    if until is None or until <= now:
        text += _tr("已超过 23 小时，同一编号不再防重。请先在公众平台核对。")
        return Advice("amber", title, text, buttons=(("site", "mark"),))
    text += _tr("用同一编号再提交：上次若已发出，微信会拒绝并告诉我们 msg_id。")
    unsure = [batch for batch in row.batches if batch.state is State.UNSURE]
    if any(batch.waits_for_person and batch.reason == SECRET for batch in unsure):
        return Advice("amber", title, text + _tr("要先输入 AppSecret。"), buttons=(("secret",), ("site", "mark")))
    planned = min((batch.not_before for batch in unsure if batch.not_before is not None), default=None)
    if planned is not None:
        text += _tr("{time} 自动再提交一次。").format(time=clock_text(planned))
        return Advice("amber", title, text, buttons=(("site", "mark"),))
    text += _tr("安全重试还剩 {left}。").format(left=left_text(until - now))
    return Advice("amber", title, text, buttons=(("resubmit",), ("site", "mark")))


def _failed(row: OutboxRow) -> Advice:
    failed = [batch for batch in row.batches if batch.state is State.FAILED]
    told = failed[0] if failed else row.batches[0]
    said = story.reason_text(told.reason, told.reason_args)
    if row.state is State.PARTLY_FAILED:
        return _partly(row, told)
    if told.reason == "poll.failed":
        return Advice("red", said.title, _sentence(said.advice), buttons=(("site",),))
    if told.marked:
        return Advice("gray", said.title, _sentence(said.advice))
    if told.errcode is None:  # refused by ourselves, no request was made
        text = _tr("请求没有离开这台电脑，没有人收到，也没有消耗次数。")
    else:
        text = _tr("微信拒收了这条消息，没有人收到，也没有消耗次数。")
    text += f"\n{said.title}。{_sentence(said.advice)}"
    return Advice("red", _tr("没有发出去"), text, said.code, _refused_buttons(told))


def _refused_buttons(told: Batch) -> tuple[tuple[str, ...], ...]:
    return (("quota", "copy_error"),) if told.errcode == NO_QUOTA else (("copy_error",),)


def _partly(row: OutboxRow, told: Batch) -> Advice:
    gone = [batch for batch in row.batches if batch.state in (State.FAILED, State.CANCELLED)]
    numbers = "、".join(str(batch.number) for batch in gone)
    others = _tr("其他批不受影响，也不会重复发送。")
    if told.state is not State.FAILED:
        return Advice("gray", _tr("第 {n} 批取消了，没有发出").format(n=numbers), others)
    said = story.reason_text(told.reason, told.reason_args)
    if told.reason == "poll.failed":
        title = _tr("第 {n} 批失败").format(n=numbers)
        return Advice("amber", title, f"{said.title}。{_sentence(said.advice)}{others}", buttons=(("site",),))
    title = _tr("第 {n} 批没有发出：{why}").format(n=numbers, why=said.title)
    return Advice("amber", title, others + _sentence(said.advice), said.code, _refused_buttons(told))


def _waiting_admin(row: OutboxRow, now: float) -> Advice:
    minutes = story.admin_minutes(row, now)
    if minutes:
        text = _tr("等管理员在微信里确认，剩 {n} 分钟。过时或拒绝，这次群发就失败。").format(n=minutes)
    else:
        text = _tr("管理员的 30 分钟已过，等微信给出结果。")
    return Advice("amber", _tr("待管理员确认"), text)


def _waiting(row: OutboxRow) -> Advice:
    said = story.reason_text(row.reason, row.reason_args)
    if row.reason == SECRET:
        return Advice("amber", said.title, _tr("输入之后会接着发送。"), buttons=(("secret", "cancel"),))
    if row.reason == "quota.spent":
        return Advice("amber", said.title, _sentence(said.advice), said.code, (("resume", "cancel"), ("quota",)))
    known_ip = row.reason == "wx.40164" and row.reason_args.get("ip")
    buttons = ("resume", "copy_ip", "cancel") if known_ip else ("resume", "cancel")
    return Advice("amber", said.title, _sentence(said.advice), said.code, (buttons,))


def _queued(row: OutboxRow, now: float) -> Advice:
    if row.not_before is not None and row.not_before > now:
        title = _tr("定于 {time}").format(time=day_text(row.not_before, now))
        return Advice("gray", title, _tr("到点时这台电脑要开着、联着网。"), buttons=(("cancel",),))
    if not row.reason:
        return Advice("gray", _tr("排队中"), _tr("还没有离开这台电脑，可以取消。"), buttons=(("cancel",),))
    said = story.reason_text(row.reason, row.reason_args)
    text = _sentence(said.advice)
    planned = min((batch.not_before for batch in row.batches if batch.not_before is not None), default=None)
    if planned is not None:
        text = _tr("还没有离开这台电脑，会自动再试。")
    return Advice("gray", said.title, text, said.code, (("cancel",),))


def _accepted(row: OutboxRow, now: float) -> Advice | None:
    if row.reason == "accepted.unknown":
        text = _tr("微信说这一条已经受理过，但没有给出 msg_id，查不到结果。请在公众平台核对。")
        return Advice("amber", _tr("结果要人工核对"), text, buttons=(("site", "mark"),))
    if story.is_stuck(row, now):
        text = _tr("已经受理，不用再发一次。到公众平台的发送记录里看它有没有发出。")
        return Advice("amber", _tr("微信一天没有给出结果"), text, buttons=(("site",),))
    return None


def figures(row: OutboxRow) -> tuple[Figure, ...]:
    """The numbers that are known: WeChat gives no counts, so they are those of the batches."""

    def having(*states: State) -> list[Batch]:
        return [batch for batch in row.batches if batch.state in states]

    found = [Figure(_tr("目标"), story.people_text(row.people))]
    if taken := having(State.ACCEPTED, State.WAITING_ADMIN, State.SUCCEEDED, State.DELETED):
        found.append(Figure(_tr("已由微信受理"), people_text_of(taken)))
    if unsure := having(State.UNSURE):
        found.append(Figure(_tr("不确定"), people_text_of(unsure), "amber.text"))
    failed = having(State.FAILED)
    if reported := [batch for batch in failed if batch.msg_id is not None]:
        found.append(Figure(_tr("失败"), people_text_of(reported), "red.text"))
    if refused := [batch for batch in failed if batch.msg_id is None] + having(State.CANCELLED):
        color = "red.text" if row.state is not State.CANCELLED else "text"
        found.append(Figure(_tr("没发出"), people_text_of(refused), color))
    return tuple(found)


def people_text_of(batches: Sequence[Batch]) -> str:
    """How many people these batches are for, or that it is unknown."""
    counts = [batch.people for batch in batches]
    return story.people_text(None if None in counts else sum(count or 0 for count in counts))


def _sentence(advice: str) -> str:
    return advice + "。" if advice and not advice.endswith("。") else advice
