"""Sealing: a message and an audience become the requests of a send, each with its key and its exact bytes."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from desktop_app.errors import BadRequest
from desktop_app.store.outbox import NewBatch
from desktop_app.wechat.payload import message_body, seal_mass, to_bytes
from desktop_app.wechat.types import (
    MAX_OPENIDS,
    AnyAudience,
    Audience,
    Everyone,
    Message,
    OpenidAudience,
    TagAudience,
)

KINDS = {"text": "text", "image": "image", "voice": "voice", "mpvideo": "video", "mpnews": "news"}
TITLE_CHARS = 40
ENVELOPE = ("filter", "touser", "clientmsgid", "send_ignore_reprint")
"""What of a mass send's body is not the message: to whom, under which key, and how."""


def audience_parts(audience: object) -> list[AnyAudience]:
    """The audiences of the requests: one, or even parts of a list of more than 10,000 openids.

    Even parts, so that no batch is of one: WeChat refuses that. Raises BadRequest.
    """
    if not isinstance(audience, list | tuple) or len(audience) <= MAX_OPENIDS:
        return [Audience.of(audience)]
    try:
        if len(set(audience)) != len(audience):
            raise BadRequest("audience.duplicate")
    except TypeError:
        raise BadRequest("audience.openid") from None
    count = math.ceil(len(audience) / MAX_OPENIDS)
    edges = [math.ceil(len(audience) * number / count) for number in range(count + 1)]
    return [Audience.openids(audience[start:end]) for start, end in pairwise(edges)]


def message_bodies(
    message: Message | Mapping[str, Any] | Sequence[Message | Mapping[str, Any]], batches: int
) -> list[dict[str, Any]]:
    """The message of each batch as plain JSON: the one that was given for all, or one for each. Raises BadRequest."""
    if isinstance(message, Sequence):
        if len(message) != batches:
            raise BadRequest("message.batches", count=len(message), wanted=batches)
        bodies = [message_body(each) for each in message]
    else:
        bodies = [message_body(message)] * batches
    if len({body["msgtype"] for body in bodies}) > 1:
        raise BadRequest("message.kind")
    drafts = [body["mpnews"].get("media_id") for body in bodies if body["msgtype"] == "mpnews"]
    if len(set(drafts)) != len(drafts):
        raise BadRequest("message.one_per_batch", wanted=batches)
    return bodies


def sealed_batch(
    body: dict[str, Any], receivers: AnyAudience, send_ignore_reprint: int | bool | None, people: int | None
) -> NewBatch:
    """One request: its own key, and the exact bytes that go out."""
    key = uuid.uuid4().hex  # 32 characters: a 36-character key was refused once with 45067
    sealed = seal_mass(body, receivers, client_msg_id=key, send_ignore_reprint=send_ignore_reprint)
    if isinstance(receivers, OpenidAudience):
        people = len(receivers.list_)
    return NewBatch(key, sealed.path, sealed.body, people)


def media_ids_of(body: Mapping[str, Any]) -> list[str]:
    """The media_ids that a message points to, in their order."""
    part = body.get("images") or body.get(body["msgtype"]) or {}
    found = part.get("media_ids") or [part.get("media_id")]
    return [each for each in found if isinstance(each, str)]


def remade(body: bytes, message: Mapping[str, Any]) -> bytes:
    """The same request with the message made anew: audience, key and flags stay as they are."""
    old = json.loads(body)
    if old["msgtype"] != message["msgtype"]:
        raise BadRequest("message.kind")
    return to_bytes({**message_body(message), **{name: old[name] for name in ENVELOPE if name in old}})


def audience_json(receivers: AnyAudience, name: str) -> dict[str, Any]:
    """What the ledger keeps about the audience: never the openids."""
    if isinstance(receivers, Everyone):
        return {"type": "all", "name": name}
    if isinstance(receivers, TagAudience):
        return {"type": "tag", "tag_id": receivers.tag_id, "name": name}
    return {"type": "openids", "name": name}


def title_of(body: Mapping[str, Any]) -> str:
    """What the table shows when nobody named the send: the first line of a text."""
    text = body.get("text", {}).get("content", "") if body["msgtype"] == "text" else ""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:TITLE_CHARS]


def kind_of(body: Mapping[str, Any]) -> str:
    """Our word for WeChat's msgtype."""
    return KINDS.get(body["msgtype"], body["msgtype"])
