"""Words for every error, and the dialog that shows one. The only place that turns codes into sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop_app.errors import AppError, Refused
from desktop_app.ui.compose_check_words import CHECK_WORDS, key_words
from desktop_app.ui.dialogs import critical_dialog
from desktop_app.ui.error_words import ERROR_WORDS, words_of
from desktop_app.ui.units import fill
from desktop_app.wechat.errcodes import lookup


@dataclass(frozen=True)
class Words:
    """An error as a person reads it. ``code`` comes last and small; it is empty where a number would not help."""

    title: str
    advice: str
    code: str = ""

    @property
    def line(self) -> str:
        """Title and advice as one line: 「连不上网。检查网络，联网后再试」."""
        return f"{self.title}。{self.advice}" if self.advice else self.title


def _tr(text: str) -> str:
    return QCoreApplication.translate("Errors", text)


def words(error: AppError) -> Words:
    """What an error says. Never empty, whatever the code."""
    if error.code.startswith("wx."):
        return _wechat_words(error)
    return code_words(error.code, error.args_)


def code_words(code: str, args: Mapping[str, Any] | None = None) -> Words:
    """What one of our own codes says, filled from its arguments; unknown codes are named."""
    if code in CHECK_WORDS and code not in ERROR_WORDS:
        return Words(key_words(code, dict(args or {})), _tr("改好再发"))
    shown = args or {}
    found = words_of(code, shown)
    title, advice = found or ERROR_WORDS[""]
    return Words(fill(_tr(title), shown), fill(_tr(advice), shown), "" if found else code)


def _wechat_words(error: AppError) -> Words:
    errcode = error.errcode if isinstance(error, Refused) else int(error.code.removeprefix("wx."))
    entry = lookup(errcode)
    if errcode == 40164 and error.args_.get("ip"):
        advice = _tr("把 {ip} 加到微信开发者平台（或公众平台）的 IP 白名单，加好就生效").format(ip=error.args_["ip"])
        return Words(_tr("这台电脑的 IP 不在白名单里"), advice, str(errcode))
    return Words(entry.title_zh, entry.advice_zh, str(errcode))


def details(error: AppError) -> str:
    """What "copy details" copies: code, arguments, the server's words and rid. Errors never hold a secret."""
    lines = [type(error).__name__, str(error)]
    if isinstance(error, Refused) and error.rid:
        lines.append(f"rid: {error.rid}")
    return "\n".join(lines)


def show_error(widget: QWidget, error: AppError, title: str | None = None) -> None:
    """A dialog in the window of ``widget``: what happened, what to do, and the details to copy."""
    said = words(error)
    critical_dialog(
        widget.window(),
        "warning",
        "red",
        title or said.title,
        said.line if title else said.advice,
        (),
        [
            (_tr("知道了"), "primary", None),
            (_tr("复制错误详情"), "plain", lambda: QGuiApplication.clipboard().setText(details(error))),
        ],
        hint=_tr("错误码 {code}").format(code=said.code) if said.code else "",
    ).open()
