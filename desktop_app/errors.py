"""The one exception tree: everything that can go wrong outside our own bugs.

An error carries a *code* and arguments, never a finished sentence: the window words it, so that the
language can change. ``detail`` is for the log and for "copy details"; it never holds a token, a secret
or an openid.

AppError
├─ NetworkError          no usable answer; ``maybe_arrived`` tells whether a byte had left
├─ Refused               WeChat answered no
│  ├─ BadCredentials     40001 40013 40125 …
│  ├─ IpNotAllowed       40164, with the address that WeChat saw
│  ├─ NotPermitted       48001 48008 …
│  ├─ AdminConfirmation  89501 … 89507: an administrator has to act first
│  ├─ BadContent         media, text, audience, article
│  ├─ QuotaExceeded      45009 45028 …
│  ├─ SlowDown           45011 45066 42010
│  ├─ Busy               -1
│  └─ AlreadySent        45065, with the earlier msg_id
├─ BadRequest            refused by the client before any request left
├─ MediaError            a file that WeChat would refuse, or that cannot be read
├─ ArticleError
├─ StoreError            the local database or folder
├─ SettingsError
└─ SecretNeeded          the AppSecret of an account has to be typed

Cancelled is not an error and stands outside the tree.
"""

from __future__ import annotations

from typing import Any, Literal


class Cancelled(Exception):
    """The person stopped a running job. Not an error: nothing is shown."""


class AppError(Exception):
    """Base of all expected failures: ``code`` names the wording, ``args_`` fills it, ``detail`` is logged.

    ``stage`` is ``"token"`` if an API call failed because no access token could be had: then WeChat has not
    taken the call itself, whatever went wrong. Everywhere else it is ``"call"``.
    """

    stage: Literal["token", "call"] = "call"

    def __init__(self, code: str, *, detail: str = "", **args: Any) -> None:
        super().__init__(code)
        self.code = code
        self.args_: dict[str, Any] = args
        self.detail = detail

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.args_.items())
        return " ".join(part for part in (self.code, f"({shown})" if shown else "", self.detail) if part)


class NetworkError(AppError):
    """No usable answer came.

    ``maybe_arrived`` is False only if no byte of the request can have reached WeChat (no connection was
    made); then the same request may be tried again freely. True means: it may have been carried out.

    Codes: ``net.dns`` ``net.refused`` ``net.timeout`` ``net.reset`` ``net.tls`` ``net.proxy``
    ``net.proxy_auth`` ``net.portal`` (a network login page answered) ``net.redirect`` ``net.http``
    (HTTP status in ``status``) ``net.garbage`` (unreadable reply) ``net.too_big`` ``net.cut``.
    """

    def __init__(self, code: str, *, maybe_arrived: bool, detail: str = "", **args: Any) -> None:
        super().__init__(code, detail=detail, **args)
        self.maybe_arrived = maybe_arrived


class Refused(AppError):
    """WeChat answered with an errcode other than 0. ``code`` is ``wx.<errcode>``."""

    def __init__(self, errcode: int, errmsg: str = "", *, operation: str = "", rid: str = "", **args: Any) -> None:
        super().__init__(f"wx.{errcode}", detail=f"{errmsg} [{operation}]" if operation else errmsg, **args)
        self.errcode = errcode
        self.errmsg = errmsg
        self.operation = operation
        self.rid = rid


class BadCredentials(Refused):
    """AppID, AppSecret or access token is not accepted."""


class IpNotAllowed(Refused):
    """40164: this computer's public address is not on the whitelist. ``ip`` is the one WeChat saw."""

    def __init__(self, errcode: int, errmsg: str = "", *, operation: str = "", rid: str = "", ip: str = "") -> None:
        super().__init__(errcode, errmsg, operation=operation, rid=rid, ip=ip)
        self.ip = ip


class NotPermitted(Refused):
    """The account lacks the right for this call or is punished."""


class AdminConfirmation(Refused):
    """89501 … 89507: the administrator has to confirm, or has refused."""


class BadContent(Refused):
    """Media, text, audience or article is not accepted."""


class QuotaExceeded(Refused):
    """A daily, monthly or mass-send quota is used up."""


class SlowDown(Refused):
    """Too fast: the same request may be repeated after a minute."""


class Busy(Refused):
    """-1: WeChat is busy. For a mass send this is doubt, not refusal."""


class AlreadySent(Refused):
    """45065: this clientmsgid was submitted before. ``msg_id`` is the earlier job's, None if not told."""

    def __init__(
        self,
        errcode: int,
        errmsg: str = "",
        *,
        operation: str = "",
        rid: str = "",
        msg_id: int | None = None,
    ) -> None:
        super().__init__(errcode, errmsg, operation=operation, rid=rid, msg_id=msg_id)
        self.msg_id = msg_id


class BadRequest(AppError, ValueError):
    """An argument that must never reach WeChat (an empty audience, one openid …). Nothing was sent."""


class MediaError(AppError):
    """A file cannot be used. ``code`` is ``media.<reason>``; ``args_`` hold sizes and limits."""


class ArticleError(AppError):
    """An article cannot be prepared.

    Codes: ``article.picture`` (article, from 0; reason, another error's code; host): one of its pictures cannot be
    had · ``body.too_big`` (size_bytes, limit) · ``fetch.<reason>`` (host …): see ``desktop_app.services.fetch``.
    """


class StoreError(AppError):
    """The local database or data folder cannot be used. Codes ``store.<reason>``."""


class SettingsError(AppError):
    """The settings file cannot be read or written."""


class SecretNeeded(AppError):
    """The AppSecret of account ``account_id`` is not known in this session: ask the person."""

    def __init__(self, account_id: int) -> None:
        super().__init__("secret.needed", account_id=account_id)
        self.account_id = account_id
