"""A mass send as exact bytes, made and checked without any request, so that it can be stored before it leaves."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop_app.errors import BadRequest
from desktop_app.wechat.types import (
    AnyAudience,
    Article,
    Audience,
    ImageMessage,
    Message,
    NewsMessage,
    OpenidAudience,
    TextMessage,
    VideoMessage,
    VoiceMessage,
    WxName,
    require_text,
)

SEND_ALL = "/cgi-bin/message/mass/sendall"
SEND_LIST = "/cgi-bin/message/mass/send"

MAX_ARTICLES = 8
MAX_CLIENT_MSG_ID_BYTES = 64


@dataclass(frozen=True)
class SealedSend:
    """One mass send as it goes over the wire. The token is in the query, so these bytes never change."""

    path: str
    body: bytes = field(repr=False)  # may hold 10,000 openids

    @property
    def sha256(self) -> str:
        """Hash of the exact bytes, in hex."""
        return hashlib.sha256(self.body).hexdigest()


def seal_mass(
    message: Message | Mapping[str, Any],
    audience: object,
    *,
    client_msg_id: str | None = None,
    send_ignore_reprint: int | bool | None = None,
) -> SealedSend:
    """Make the request of ``mass_send`` without sending it.

    Raises ``BadRequest`` for every audience, message or key that must never reach WeChat.
    """
    receivers = Audience.of(audience)
    body = message_body(message)
    wire = receivers.to_wire()
    _refuse_other_receivers(body, wire)
    _merge(body, wire, _same_receivers)
    if client_msg_id is not None:
        _merge(body, {"clientmsgid": client_msg_id}, _equal)
    if "clientmsgid" in body:
        _check_client_msg_id(body["clientmsgid"])
    if send_ignore_reprint is not None:
        _merge(body, {"send_ignore_reprint": _flag(send_ignore_reprint)}, _same_flag)
    elif body["msgtype"] == "mpnews" and "send_ignore_reprint" not in body:
        body["send_ignore_reprint"] = 0
    path = SEND_LIST if isinstance(receivers, OpenidAudience) else SEND_ALL
    return SealedSend(path, to_bytes(body))


def message_body(message: Message | Mapping[str, Any]) -> dict[str, Any]:
    """``msgtype`` and its body as plain JSON of its own: the message that was given is never changed."""
    if isinstance(message, TextMessage | NewsMessage | VoiceMessage | VideoMessage | ImageMessage):
        return message.to_json()
    if not isinstance(message, Mapping):
        raise BadRequest("message.kind")
    body = copy.deepcopy(dict(message))
    kind = body.get("msgtype")
    if not isinstance(kind, str) or not kind:
        raise BadRequest("message.kind")
    bodies = [name for name in (kind, "images") if name in body and (name == kind or kind == "image")]
    if len(bodies) != 1 or not isinstance(body[bodies[0]], Mapping):
        raise BadRequest("message.kind")
    return body


def preview_body(to: str | WxName, message: Message | Mapping[str, Any]) -> dict[str, Any]:
    """The body of ``message/mass/preview``: one receiver, one message."""
    body = message_body(message)
    if "images" in body:  # preview takes image.media_id only
        raise BadRequest("preview.one_image")
    receiver = {"towxname": to.name} if isinstance(to, WxName) else {"touser": require_text(to, "preview.to")}
    _refuse_other_receivers(body, receiver)
    _merge(body, receiver, _equal)
    return body


def articles_body(articles: object) -> dict[str, Any]:
    """``{"articles": [...]}`` of 1 to 8 ``Article``s or dicts; that object itself is taken too."""
    if isinstance(articles, Mapping):
        articles = articles.get("articles")
    if isinstance(articles, str | bytes) or not isinstance(articles, Sequence):
        raise BadRequest("articles.kind")
    if not 1 <= len(articles) <= MAX_ARTICLES:
        raise BadRequest("articles.count", count=len(articles), limit=MAX_ARTICLES)
    if not all(isinstance(each, Article | Mapping) for each in articles):
        raise BadRequest("articles.kind")
    return {
        "articles": [each.to_json() if isinstance(each, Article) else copy.deepcopy(dict(each)) for each in articles]
    }


def to_bytes(value: Mapping[str, Any]) -> bytes:
    r"""JSON in raw UTF-8: ``\uXXXX`` would be stored literally or refused (40033, 47002)."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a surrogate pair: no text that could be sent
        raise BadRequest("text.encoding") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequest("request.value", detail=type(error).__name__) from None


def check_msg_id(msg_id: object) -> int:
    """A 64-bit id given as int or decimal text, as int."""
    if isinstance(msg_id, str) and msg_id.isascii() and msg_id.isdigit() and len(msg_id) <= 20:
        msg_id = int(msg_id)
    if not isinstance(msg_id, int) or isinstance(msg_id, bool) or not 0 < msg_id < 1 << 64:
        raise BadRequest("msg_id")
    return msg_id


Same = Callable[[object, object], bool]


def _merge(body: dict[str, Any], more: Mapping[str, Any], same: Same) -> None:
    """Put the arguments into the message; a dict that already says something else is refused."""
    for name, value in more.items():
        if name in body and not same(body[name], value):
            raise BadRequest("message.conflict", field=name)
        body[name] = value


def _refuse_other_receivers(body: Mapping[str, Any], receiver: Mapping[str, Any]) -> None:
    for name in ("filter", "touser", "towxname"):
        if name in body and name not in receiver:
            raise BadRequest("message.conflict", field=name)


def _equal(given: object, wanted: object) -> bool:
    return type(given) is type(wanted) and given == wanted


def _same_flag(given: object, wanted: object) -> bool:
    return isinstance(given, int) and given in (0, 1) and int(given) == wanted


def _same_receivers(given: object, wanted: object) -> bool:
    """A ``touser`` list has to be the same list; a ``filter`` has to mean the same followers."""
    if not isinstance(wanted, Mapping):
        return _equal(given, wanted)
    if not isinstance(given, Mapping):
        return False
    try:
        return _audience_of_filter(given) == _audience_of_filter(wanted)
    except BadRequest:
        return False


def _audience_of_filter(value: Mapping[str, Any]) -> AnyAudience:
    if value.get("is_to_all") is True:
        return Audience.everyone()
    if value.get("is_to_all", False) is not False:
        raise BadRequest("audience.kind")
    return Audience.of(value.get("tag_id"))


def _check_client_msg_id(value: object) -> None:
    if not isinstance(value, str) or not value:
        raise BadRequest("client_msg_id.empty")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise BadRequest("text.encoding") from None
    if size > MAX_CLIENT_MSG_ID_BYTES:
        raise BadRequest("client_msg_id.too_long", size_bytes=size, limit=MAX_CLIENT_MSG_ID_BYTES)


def _flag(value: object) -> int:
    if isinstance(value, int) and value in (0, 1):
        return int(value)
    raise BadRequest("send_ignore_reprint")
