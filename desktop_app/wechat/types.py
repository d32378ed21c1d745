"""The values of the API as frozen dataclasses: messages, audiences, articles and what WeChat answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from desktop_app.errors import BadRequest

MAX_OPENIDS = 10_000  # of one message/mass/send; fewer than two are refused there with 40130

MediaKind = Literal["image", "voice", "video", "thumb"]
MEDIA_KINDS: tuple[str, ...] = ("image", "voice", "video", "thumb")


def require_text(value: object, code: str) -> str:
    """Give ``value`` back if it is a text with something in it; else raise ``BadRequest(code)``."""
    if not isinstance(value, str) or not value.strip():
        raise BadRequest(code)
    return value


# --- what is sent -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Article:
    """One article for ``upload_news`` or ``add_draft``. Fields that are None do not go out."""

    title: str
    content: str
    thumb_media_id: str
    author: str | None = None
    digest: str | None = None
    content_source_url: str | None = None
    show_cover_pic: int | str | None = None
    need_open_comment: int | str | None = None
    only_fans_can_comment: int | str | None = None
    pic_crop_235_1: str | None = None
    pic_crop_1_1: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The article as WeChat takes it; the values as they were given."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class TextMessage:
    """文字. Line breaks and emoji go out exactly as given."""

    content: str

    def __post_init__(self) -> None:
        if not isinstance(self.content, str):
            raise BadRequest("message.text")

    def to_json(self) -> dict[str, Any]:
        """``msgtype`` and its body."""
        return {"msgtype": "text", "text": {"content": self.content}}


@dataclass(frozen=True)
class NewsMessage:
    """图文: the media_id of a draft or of ``upload_news``."""

    media_id: str

    def __post_init__(self) -> None:
        require_text(self.media_id, "message.media_id")

    def to_json(self) -> dict[str, Any]:
        """``msgtype`` and its body."""
        return {"msgtype": "mpnews", "mpnews": {"media_id": self.media_id}}


@dataclass(frozen=True)
class VoiceMessage:
    """语音: the media_id of an uploaded voice."""

    media_id: str

    def __post_init__(self) -> None:
        require_text(self.media_id, "message.media_id")

    def to_json(self) -> dict[str, Any]:
        """``msgtype`` and its body."""
        return {"msgtype": "voice", "voice": {"media_id": self.media_id}}


@dataclass(frozen=True)
class VideoMessage:
    """视频: the media_id that ``upload_mp_video`` gave, not that of the uploaded file."""

    media_id: str

    def __post_init__(self) -> None:
        require_text(self.media_id, "message.media_id")

    def to_json(self) -> dict[str, Any]:
        """``msgtype`` and its body."""
        return {"msgtype": "mpvideo", "mpvideo": {"media_id": self.media_id}}


@dataclass(frozen=True)
class ImageMessage:
    """图片: one media_id as text, or several as a sequence.

    One text without extras goes out as ``image.media_id``, the form that every version of the API takes;
    a sequence, a 推荐语 or a comment switch needs the newer ``images.media_ids``.
    """

    media_ids: str | Sequence[str]
    recommend: str = ""
    need_open_comment: bool = False
    only_fans_can_comment: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.media_ids, str):
            require_text(self.media_ids, "message.media_id")
            return
        if not isinstance(self.media_ids, Iterable):
            raise BadRequest("message.media_id")
        ids = tuple(require_text(each, "message.media_id") for each in self.media_ids)
        if not ids:
            raise BadRequest("message.media_id")
        object.__setattr__(self, "media_ids", ids)

    def to_json(self) -> dict[str, Any]:
        """``msgtype`` and its body."""
        extras = bool(self.recommend or self.need_open_comment or self.only_fans_can_comment)
        if isinstance(self.media_ids, str) and not extras:
            return {"msgtype": "image", "image": {"media_id": self.media_ids}}
        ids = [self.media_ids] if isinstance(self.media_ids, str) else list(self.media_ids)
        images: dict[str, Any] = {"media_ids": ids}
        if self.recommend:
            images["recommend"] = self.recommend
        images["need_open_comment"] = int(self.need_open_comment)
        images["only_fans_can_comment"] = int(self.only_fans_can_comment)
        return {"msgtype": "image", "images": images}


Message = TextMessage | NewsMessage | VoiceMessage | VideoMessage | ImageMessage


def message_from_json(body: Mapping[str, Any]) -> Message:
    """The typed message of what ``to_json()`` gave (the store keeps messages as plain JSON)."""
    kind = body.get("msgtype")
    if kind == "image" and "images" in body:
        images = body["images"]
        return ImageMessage(
            tuple(images["media_ids"]),
            images.get("recommend", ""),
            bool(images.get("need_open_comment", 0)),
            bool(images.get("only_fans_can_comment", 0)),
        )
    types: dict[Any, Any] = {
        "mpnews": NewsMessage,
        "voice": VoiceMessage,
        "image": ImageMessage,
        "mpvideo": VideoMessage,
    }
    if kind == "text":
        return TextMessage(body["text"]["content"])
    if isinstance(kind, str) and kind in types:
        message: Message = types[kind](body[kind]["media_id"])
        return message
    raise BadRequest("message.kind")


@dataclass(frozen=True)
class WxName:
    """A WeChat id (微信号) as receiver of a preview, where an openid is given as plain text."""

    name: str = field(repr=False)

    def __post_init__(self) -> None:
        require_text(self.name, "preview.to")


# --- to whom ----------------------------------------------------------------------------------------


class Audience:
    """Who receives a mass send: made by ``everyone()``, ``tag()`` or ``openids()``, never mixed up."""

    @staticmethod
    def everyone() -> Everyone:
        """全部粉丝."""
        return Everyone()

    @staticmethod
    def tag(tag_id: int | str) -> TagAudience:
        """The followers with one tag: an int or its decimal text."""
        if isinstance(tag_id, str):
            if not tag_id.strip():
                raise BadRequest("audience.empty")
            if not (tag_id.isascii() and tag_id.isdigit() and len(tag_id) <= 19):
                raise BadRequest("audience.tag")
            tag_id = int(tag_id)
        return TagAudience(tag_id)

    @staticmethod
    def openids(openids: Iterable[str]) -> OpenidAudience:
        """2 to 10,000 different openids."""
        if isinstance(openids, str | bytes | Mapping) or not isinstance(openids, Iterable):
            raise BadRequest("audience.kind")
        return OpenidAudience(tuple(openids))

    @staticmethod
    def of(value: object) -> AnyAudience:
        """The seed's loose forms: ``True``, a tag (int or decimal text), a list of openids.

        What could mean "nobody" or "everyone by accident" raises ``BadRequest``: ``False``, ``None``, an
        empty list, an empty tag.
        """
        if isinstance(value, Everyone | TagAudience | OpenidAudience):
            return value
        if value is True:
            return Everyone()
        if value is False or value is None:
            raise BadRequest("audience.empty")
        if isinstance(value, int | str):
            return Audience.tag(value)
        if isinstance(value, list | tuple):
            return Audience.openids(value)
        raise BadRequest("audience.kind")

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> AnyAudience:
        """The audience of what ``to_json()`` gave."""
        kind = value.get("kind")
        if kind == "everyone":
            return Everyone()
        if kind == "tag":
            return TagAudience(value["tag_id"])
        if kind == "openids":
            return Audience.openids(value["openids"])
        raise BadRequest("audience.kind")


@dataclass(frozen=True)
class Everyone(Audience):
    """全部粉丝."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for the store."""
        return {"kind": "everyone"}

    def to_wire(self) -> dict[str, Any]:
        """The field that names the receivers in ``mass/sendall``."""
        return {"filter": {"is_to_all": True}}


@dataclass(frozen=True)
class TagAudience(Audience):
    """The followers with one tag. 0 is no tag that anybody can choose, so it is refused."""

    tag_id: int

    def __post_init__(self) -> None:
        if not isinstance(self.tag_id, int) or isinstance(self.tag_id, bool) or not 0 < self.tag_id < 1 << 63:
            raise BadRequest("audience.tag")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for the store."""
        return {"kind": "tag", "tag_id": self.tag_id}

    def to_wire(self) -> dict[str, Any]:
        """The field that names the receivers in ``mass/sendall``."""
        return {"filter": {"is_to_all": False, "tag_id": self.tag_id}}


@dataclass(frozen=True, repr=False)
class OpenidAudience(Audience):
    """2 to 10,000 different openids, in the order given. Its repr tells the number only."""

    list_: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.list_)
        if not count:
            raise BadRequest("audience.empty")
        if not all(isinstance(each, str) and _is_openid(each) for each in self.list_):
            raise BadRequest("audience.openid")
        if len(set(self.list_)) != count:
            raise BadRequest("audience.duplicate")
        if count == 1:
            raise BadRequest("audience.one_openid")
        if count > MAX_OPENIDS:
            raise BadRequest("audience.too_many", count=count, limit=MAX_OPENIDS)

    def __repr__(self) -> str:
        return f"OpenidAudience(<{len(self.list_)}>)"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for the store."""
        return {"kind": "openids", "openids": list(self.list_)}

    def to_wire(self) -> dict[str, Any]:
        """The field that names the receivers in ``mass/send``."""
        return {"touser": list(self.list_)}


AnyAudience = Everyone | TagAudience | OpenidAudience


def _is_openid(text: str) -> bool:
    """Printable, without spaces: what is in there beyond that is WeChat's to judge."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


# --- what comes back --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Uploaded:
    """A stored file or article set. A thumb's ``thumb_media_id`` is ``media_id`` here too.

    ``created_at`` is in Unix seconds, None where WeChat does not tell it (permanent material, drafts);
    ``url`` is filled for permanent pictures only.
    """

    type: str
    media_id: str
    created_at: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Receipt:
    """WeChat has a job. ``msg_data_id`` comes with articles only; a preview may have neither."""

    msg_id: int | None
    msg_data_id: int | None = None


@dataclass(frozen=True)
class MassStatus:
    """``SEND_SUCCESS``, ``SENDING``, ``SEND_FAIL`` or ``DELETE``, in WeChat's words."""

    msg_id: int
    msg_status: str


@dataclass(frozen=True)
class DraftEntry:
    """A draft in WeChat's box: its articles as WeChat has them, and when it was changed (Unix seconds)."""

    media_id: str
    updated_at: int | None
    articles: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class DraftPage:
    """Up to 20 drafts of ``total``, the last changed first."""

    total: int
    drafts: tuple[DraftEntry, ...]


@dataclass(frozen=True)
class Tag:
    """A tag and how many followers have it."""

    id: int
    name: str
    count: int


@dataclass(frozen=True)
class FollowerPage:
    """Up to 10,000 openids. ``next_openid`` is empty on the last page."""

    total: int
    count: int
    openids: tuple[str, ...] = field(repr=False)
    next_openid: str = field(repr=False)


@dataclass(frozen=True)
class Follower:
    """What WeChat still tells about a follower (no name, no picture since 2021-12-27)."""

    openid: str = field(repr=False)
    subscribe: bool
    subscribe_time: int | None = None
    remark: str = field(default="", repr=False)
    tag_ids: tuple[int, ...] = ()
    subscribe_scene: str = ""


@dataclass(frozen=True)
class Quota:
    """Calls of one API path today."""

    daily_limit: int
    used: int
    remain: int


@dataclass(frozen=True)
class Speed:
    """``speed`` 0 (fastest) to 4; ``realspeed`` in 10,000 receivers a minute, None if not told."""

    speed: int
    realspeed: int | None = None


@dataclass(frozen=True)
class MaterialCount:
    """How many pieces of permanent material the account holds, by kind."""

    voice: int
    video: int
    image: int
    news: int


@dataclass(frozen=True)
class Material:
    """A piece of permanent material. ``url``: of pictures only; ``updated_at`` in Unix seconds, 0 if not told."""

    media_id: str
    name: str
    updated_at: int
    url: str = ""


@dataclass(frozen=True)
class MaterialPage:
    """Up to 20 pieces of ``total`` of one kind, the last changed first."""

    total: int
    items: tuple[Material, ...]


@dataclass(frozen=True)
class VideoMaterial:
    """A permanent video: WeChat gives its texts and an address where the file can be fetched for a while."""

    title: str
    description: str
    down_url: str = field(repr=False)


@dataclass(frozen=True)
class TokenServer:
    """A company's own token server: its address and the ``Authorization`` header it asks for, if any."""

    url: str = field(repr=False)
    authorization: str = field(default="", repr=False)
