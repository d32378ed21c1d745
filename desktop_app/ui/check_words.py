"""What the steps of the connection check say: one place for their titles, findings and advice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from desktop_app.errors import AppError, IpNotAllowed
from desktop_app.services.account import CheckRow, ConnectForm
from desktop_app.ui.error_box import words


def _tr(text: str) -> str:
    return QCoreApplication.translate("CheckWords", text)


ORDER = ("network", "format", "whitelist", "token", "rights", "quota")
TITLES: dict[str, Callable[[], str]] = {
    "network": lambda: _tr("网络"),
    "format": lambda: _tr("AppID 与 AppSecret"),
    "whitelist": lambda: _tr("IP 白名单"),
    "token": lambda: "Access Token",
    "rights": lambda: _tr("接口权限"),
    "quota": lambda: _tr("群发额度"),
}

RIGHTS: dict[str, Callable[[], str]] = {
    "mass": lambda: _tr("群发"),
    "tags": lambda: _tr("标签"),
    "followers": lambda: _tr("粉丝列表"),
    "drafts": lambda: _tr("草稿"),
    "preview": lambda: _tr("预览：第一次发预览时确认"),
}


def row_words(row: CheckRow, form: ConnectForm, known_ip: str = "") -> tuple[str, str]:
    """What a step found, and the short remark at its right. ``known_ip`` was refused before."""
    if row.state == "failed" and row.error is not None:
        return _failure(row.error)
    if row.state == "running":
        return "", _tr("正在检查")
    if row.state == "waiting":
        return "", _tr("等白名单通过") if row.code == "check.waits_for_whitelist" else _tr("等待")
    if row.state == "skipped":
        return _skipped(row.code), ""
    return _FOUND[row.key](row, form, known_ip)


def _failure(error: AppError) -> tuple[str, str]:
    if isinstance(error, IpNotAllowed):
        return _tr("这台电脑的 IP 不在白名单里，微信拒绝发放 Access Token"), _tr("错误码 40164")
    said = words(error)
    return said.line, _tr("错误码 {code}").format(code=said.code) if said.code else ""


def _skipped(code: str) -> str:
    if code == "check.no_mass_right":
        return _tr("没有群发权限，不用查")
    return _tr("这次没有查到")


def _network(row: CheckRow, form: ConnectForm, known_ip: str) -> tuple[str, str]:
    host = row.args.get("host", "")
    ways = {
        "system": _tr("连上了 {host}，代理跟随系统"),
        "direct": _tr("直连 {host}，没有经过代理"),
    }
    return ways.get(form.proxy, _tr("经过代理连上了 {host}")).format(host=host), f"{row.ms} ms"


def _format(row: CheckRow, form: ConnectForm, known_ip: str) -> tuple[str, str]:
    return _tr("格式正确，没有多余的空格"), ""


def _whitelist(row: CheckRow, form: ConnectForm, known_ip: str) -> tuple[str, str]:
    if known_ip:
        return _tr("{ip} 已在白名单").format(ip=known_ip), ""
    return _tr("微信接受这台电脑的 IP"), ""


def _token(row: CheckRow, form: ConnectForm, known_ip: str) -> tuple[str, str]:
    return _tr("已获取，到期前自动续"), ""


def _rights(row: CheckRow, form: ConnectForm, known_ip: str) -> tuple[str, str]:
    probed = [granted for granted in row.args.values() if granted is not None]
    right = f"{sum(probed)} / {len(probed)}"
    return (words(row.error).line if row.error is not None else ""), right


def _quota(row: CheckRow, form: ConnectForm, known_ip: str) -> tuple[str, str]:
    total = _tr("服务号：发给全部粉丝每月 4 次") if form.kind == "service" else _tr("订阅号：每天 1 次")
    detail = total + _tr("。微信没有查询剩余次数的接口，按本机记录算")
    remain = row.args.get("remain")
    return detail, "" if remain is None else _tr("接口今天还能调 {n} 次").format(n=f"{remain:,}")


_FOUND: dict[str, Callable[[CheckRow, ConnectForm, str], tuple[str, str]]] = {
    "network": _network,
    "format": _format,
    "whitelist": _whitelist,
    "token": _token,
    "rights": _rights,
    "quota": _quota,
}
