"""WeChatClient: one method per operation, in the order of the API list. Free of Qt."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from desktop_app.errors import BadRequest
from desktop_app.job import Job
from desktop_app.wechat import payload, reply, results
from desktop_app.wechat.multipart import FileBody
from desktop_app.wechat.payload import SealedSend, articles_body, check_msg_id, preview_body, seal_mass, to_bytes
from desktop_app.wechat.transport import Call, Repeat, Seams, Transport
from desktop_app.wechat.types import (
    MEDIA_KINDS,
    Article,
    DraftPage,
    Follower,
    FollowerPage,
    ImageMessage,
    MassStatus,
    MaterialCount,
    MaterialPage,
    Message,
    NewsMessage,
    Quota,
    Receipt,
    Speed,
    Tag,
    TextMessage,
    TokenServer,
    Uploaded,
    VideoMaterial,
    VideoMessage,
    VoiceMessage,
    WxName,
    require_text,
)

T = TypeVar("T")
PathLike = str | os.PathLike[str]
Articles = Sequence[Article | Mapping[str, Any]] | Mapping[str, Any]

MAX_USER_INFOS = 100
MAX_DRAFTS = 20
MAX_MATERIALS = 20
LISTED_KINDS = ("image", "voice", "video")


class WeChatClient:
    """The API of one Official Account. One client serves several threads; close it, or use it in ``with``.

    ``proxy``: ``"system"``, None (direct) or an address; loopback is always direct. ``token_url``: a
    company's token server (an address, or ``TokenServer`` with its Authorization header); the AppSecret is
    not sent to it. ``timeouts``: connect and silence in seconds.

    Every method raises ``BadRequest`` for arguments that must not reach WeChat, ``NetworkError`` when no
    usable answer came, and a ``Refused`` when WeChat said no; uploads raise ``MediaError`` too.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        *,
        base_url: str = "https://api.weixin.qq.com",
        proxy: str | None = "system",
        token_url: str | TokenServer | None = None,
        token_mode: str = "stable",
        timeouts: tuple[float, float] = (10.0, 30.0),
        _trace: Callable[[str], None] | None = None,
        _seams: Seams | None = None,
    ) -> None:
        self.app_id = require_text(app_id, "app_id.empty")
        if token_url is None:
            require_text(app_secret, "app_secret.empty")
        self._transport = Transport(
            app_id,
            app_secret,
            base_url=base_url,
            proxy=proxy,
            token_url=token_url,
            token_mode=token_mode,
            timeouts=timeouts,
            trace=_trace,
            seams=_seams,
        )

    def __repr__(self) -> str:
        return f"<WeChatClient {self.app_id[:6]}…>"

    def __enter__(self) -> WeChatClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connections."""
        self._transport.close()

    def ensure_token(self, job: Job | None = None) -> None:
        """getStableAccessToken, POST /cgi-bin/stable_token: fetch a token unless there is a good one."""
        self._transport.tokens.get(job)

    # --- the seventeen, in the order of the list ----------------------------------------------------

    def upload_news(self, articles: Articles) -> Uploaded:
        """uploadNews, POST /cgi-bin/media/uploadnews: 1 to 8 articles become a temporary media_id."""
        body = articles_body(articles)
        return self._post("uploadNews", "/cgi-bin/media/uploadnews", body, results.uploaded("news"))

    def upload_mp_video(self, media_id: str, title: str, description: str) -> Uploaded:
        """uploadMPVideo, POST /cgi-bin/media/uploadvideo: make an uploaded video one that can be mass-sent.

        The media_id in the result is the one to send; the one given is not.
        """
        body = {
            "media_id": require_text(media_id, "message.media_id"),
            "title": title,
            "description": description,
        }
        return self._post("uploadMPVideo", "/cgi-bin/media/uploadvideo", body, results.uploaded("video"))

    def upload_image(self, path: PathLike, job: Job | None = None, *, sha256: str | None = None) -> str:
        """uploadImage, POST /cgi-bin/media/uploadimg: a picture for an article's body; its address."""
        body = FileBody(path, job=job, sha256=sha256)
        call = Call("uploadImage", "POST", "/cgi-bin/media/uploadimg", body, repeat="always", job=job)
        return self._call(call, results.url)

    def mass_send(
        self,
        message: Message | Mapping[str, Any],
        audience: object,
        *,
        client_msg_id: str | None = None,
        send_ignore_reprint: int | bool | None = None,
    ) -> Receipt:
        """massSend, POST /cgi-bin/message/mass/sendall (everyone, a tag) or /cgi-bin/message/mass/send (openids).

        ``Receipt`` means that WeChat has the job, not that anybody received it.
        """
        sealed = seal_mass(message, audience, client_msg_id=client_msg_id, send_ignore_reprint=send_ignore_reprint)
        return self.submit(sealed)

    def submit(self, sealed: SealedSend) -> Receipt:
        """massSend of a request made by ``seal_mass``: exactly its bytes.

        Never repeated here except once with a renewed token, when WeChat refused the old one without
        looking further. 45065 raises ``AlreadySent``.
        """
        if sealed.path not in (payload.SEND_ALL, payload.SEND_LIST):
            raise BadRequest("request.value")
        call = Call("massSend", "POST", sealed.path, sealed.body, repeat="never", traced=True)
        return self._call(call, results.mass_receipt)

    def mass_send_news(self, media_id: str, audience: object, **same: Any) -> Receipt:
        """massSendNews, POST /cgi-bin/message/mass/sendall or send. ``same``: as ``mass_send``."""
        return self.mass_send(NewsMessage(media_id), audience, **same)

    def mass_send_text(self, content: str, audience: object, **same: Any) -> Receipt:
        """massSendText, POST /cgi-bin/message/mass/sendall or send. ``same``: as ``mass_send``."""
        return self.mass_send(TextMessage(content), audience, **same)

    def mass_send_voice(self, media_id: str, audience: object, **same: Any) -> Receipt:
        """massSendVoice, POST /cgi-bin/message/mass/sendall or send. ``same``: as ``mass_send``."""
        return self.mass_send(VoiceMessage(media_id), audience, **same)

    def mass_send_image(self, media_id: str | Sequence[str], audience: object, **same: Any) -> Receipt:
        """massSendImage, POST /cgi-bin/message/mass/sendall or send: one media_id or a list."""
        return self.mass_send(ImageMessage(media_id), audience, **same)

    def mass_send_video(self, media_id: str, audience: object, **same: Any) -> Receipt:
        """massSendVideo, POST /cgi-bin/message/mass/sendall or send: a media_id of ``upload_mp_video``."""
        return self.mass_send(VideoMessage(media_id), audience, **same)

    def mass_send_mp_video(
        self, media_id: str, title: str, description: str, audience: object, **same: Any
    ) -> Receipt:
        """massSendMPVideo, POST /cgi-bin/media/uploadvideo, then massSendVideo with the media_id it gives."""
        seal_mass(VideoMessage(media_id), audience, **same)  # refuse before anything is uploaded
        video = self.upload_mp_video(media_id, title, description)
        return self.mass_send_video(video.media_id, audience, **same)

    def delete_mass(self, msg_id: int | str, article_idx: int = 0) -> None:
        """deleteMass, POST /cgi-bin/message/mass/delete: all articles, or one counted from 1."""
        if not isinstance(article_idx, int) or isinstance(article_idx, bool) or article_idx < 0:
            raise BadRequest("article_idx")
        body = {"msg_id": check_msg_id(msg_id)}
        if article_idx:
            body["article_idx"] = article_idx
        self._post("deleteMass", "/cgi-bin/message/mass/delete", body, results.done)

    def preview_news(self, to: str | WxName, media_id: str) -> Receipt:
        """previewNews, POST /cgi-bin/message/mass/preview. ``to``: an openid, or ``WxName``."""
        return self._preview("previewNews", to, NewsMessage(media_id))

    def preview_text(self, to: str | WxName, content: str) -> Receipt:
        """previewText, POST /cgi-bin/message/mass/preview. ``to``: an openid, or ``WxName``."""
        return self._preview("previewText", to, TextMessage(content))

    def preview_voice(self, to: str | WxName, media_id: str) -> Receipt:
        """previewVoice, POST /cgi-bin/message/mass/preview. ``to``: an openid, or ``WxName``."""
        return self._preview("previewVoice", to, VoiceMessage(media_id))

    def preview_image(self, to: str | WxName, media_id: str) -> Receipt:
        """previewImage, POST /cgi-bin/message/mass/preview: one picture; several cannot be previewed."""
        return self._preview("previewImage", to, ImageMessage(media_id))

    def preview_video(self, to: str | WxName, media_id: str) -> Receipt:
        """previewVideo, POST /cgi-bin/message/mass/preview: a media_id of ``upload_mp_video``."""
        return self._preview("previewVideo", to, VideoMessage(media_id))

    def get_mass_message_status(self, msg_id: int | str) -> MassStatus:
        """getMassMessageStatus, POST /cgi-bin/message/mass/get."""
        asked = check_msg_id(msg_id)
        read = results.mass_status(asked)
        body = {"msg_id": str(asked)}
        return self._post("getMassMessageStatus", "/cgi-bin/message/mass/get", body, read, repeat="always")

    # --- media, material, drafts --------------------------------------------------------------------

    def upload_media(
        self, kind: str, path: PathLike, job: Job | None = None, *, sha256: str | None = None
    ) -> Uploaded:
        """uploadTempMedia, POST /cgi-bin/media/upload: image, voice, video or thumb, kept for 3 days.

        With ``sha256`` (hex) the upload fails with ``media.changed`` if the file no longer has that hash.
        """
        query = {"type": _media_kind(kind)}
        body = FileBody(path, job=job, sha256=sha256)
        call = Call("uploadTempMedia", "POST", "/cgi-bin/media/upload", body, query=query, repeat="always", job=job)
        return self._call(call, results.uploaded(kind))

    def add_material(
        self,
        kind: str,
        path: PathLike,
        *,
        title: str | None = None,
        introduction: str | None = None,
        job: Job | None = None,
        sha256: str | None = None,
    ) -> Uploaded:
        """addMaterial, POST /cgi-bin/material/add_material: kept for good. A video needs a title."""
        query = {"type": _media_kind(kind)}
        fields = {}
        if kind == "video":
            told = {"title": require_text(title, "material.title"), "introduction": introduction or ""}
            fields["description"] = to_bytes(told).decode()
        body = FileBody(path, fields=fields, job=job, sha256=sha256)
        call = Call("addMaterial", "POST", "/cgi-bin/material/add_material", body, query=query, job=job)
        return self._call(call, results.uploaded(kind))

    def get_material_count(self, job: Job | None = None) -> MaterialCount:
        """getMaterialCount, GET /cgi-bin/material/get_materialcount."""
        path = "/cgi-bin/material/get_materialcount"
        return self._get("getMaterialCount", path, results.material_count, job=job)

    def list_materials(self, kind: str, offset: int = 0, count: int = 20, job: Job | None = None) -> MaterialPage:
        """batchGetMaterial, POST /cgi-bin/material/batchget_material: up to 20 of image, voice or video."""
        if kind not in LISTED_KINDS:
            raise BadRequest("media.kind")
        if offset < 0 or not 1 <= count <= MAX_MATERIALS:
            raise BadRequest("request.value", limit=MAX_MATERIALS)
        path = "/cgi-bin/material/batchget_material"
        body = {"type": kind, "offset": offset, "count": count}
        return self._post("batchGetMaterial", path, body, results.material_page, repeat="always", job=job)

    def get_material(self, media_id: str, target: PathLike, job: Job | None = None) -> VideoMaterial | None:
        """getMaterial, POST /cgi-bin/material/get_material: a picture's or a voice's bytes go into ``target``.

        None: the file is there and whole. A video gives its address and writes nothing. 12 MB at most; raises
        MediaError ``media.disk_full`` or ``media.cache`` if ``target`` cannot be written.
        """
        asked = to_bytes({"media_id": require_text(media_id, "message.media_id")})
        path = "/cgi-bin/material/get_material"
        call = Call("getMaterial", "POST", path, asked, repeat="always", job=job, into=Path(target))
        return self._call(call, lambda found: None if found is reply.SAVED else results.video_material(found))

    def delete_material(self, media_id: str, job: Job | None = None) -> None:
        """delMaterial, POST /cgi-bin/material/del_material: gone for good, also where articles and menus use it."""
        body = {"media_id": require_text(media_id, "message.media_id")}
        self._post("delMaterial", "/cgi-bin/material/del_material", body, results.done, job=job)

    def add_draft(self, articles: Articles) -> str:
        """addDraft, POST /cgi-bin/draft/add: the draft's media_id. WeChat consumes a draft when it is sent."""
        return self._post("addDraft", "/cgi-bin/draft/add", articles_body(articles), results.media_id)

    def get_draft(self, media_id: str) -> list[dict[str, Any]]:
        """getDraft, POST /cgi-bin/draft/get: the articles as WeChat has them."""
        body = {"media_id": require_text(media_id, "message.media_id")}
        return self._post("getDraft", "/cgi-bin/draft/get", body, results.news_items, repeat="always")

    def update_draft(self, media_id: str, index: int, article: Article | Mapping[str, Any]) -> None:
        """updateDraft, POST /cgi-bin/draft/update: replace one article, counted from 0; none can be added."""
        if not isinstance(index, int) or isinstance(index, bool) or index < 0:
            raise BadRequest("article_idx")
        one = articles_body([article])["articles"][0]
        body = {"media_id": require_text(media_id, "message.media_id"), "index": index, "articles": one}
        self._post("updateDraft", "/cgi-bin/draft/update", body, results.done, repeat="always")

    def list_drafts(self, offset: int = 0, count: int = 20, *, content: bool = True) -> DraftPage:
        """batchGetDraft, POST /cgi-bin/draft/batchget: up to 20 drafts, the last changed first."""
        if offset < 0 or not 1 <= count <= MAX_DRAFTS:
            raise BadRequest("request.value", limit=MAX_DRAFTS)
        body = {"offset": offset, "count": count, "no_content": int(not content)}
        return self._post("batchGetDraft", "/cgi-bin/draft/batchget", body, results.draft_page, repeat="always")

    def delete_draft(self, media_id: str) -> None:
        """deleteDraft, POST /cgi-bin/draft/delete."""
        body = {"media_id": require_text(media_id, "message.media_id")}
        self._post("deleteDraft", "/cgi-bin/draft/delete", body, results.done)

    def count_drafts(self) -> int:
        """countDrafts, GET /cgi-bin/draft/count."""
        return self._get("countDrafts", "/cgi-bin/draft/count", results.total_count)

    # --- tags and followers -------------------------------------------------------------------------

    def get_tags(self) -> tuple[Tag, ...]:
        """getTags, GET /cgi-bin/tags/get."""
        return self._get("getTags", "/cgi-bin/tags/get", results.tags)

    def get_tag_openids(self, tag_id: int, job: Job | None = None) -> Iterator[tuple[str, ...]]:
        """getTagFans, POST /cgi-bin/user/tag/get: pages of up to 10,000 openids, until there are no more."""
        last = ""
        while True:
            body = {"tagid": tag_id, "next_openid": last}
            openids, next_openid = self._post(
                "getTagFans", "/cgi-bin/user/tag/get", body, results.tag_page, repeat="always", job=job
            )
            if openids:
                yield openids
            if not openids or not next_openid:
                return
            if next_openid == last:  # would go on for ever
                raise reply.garbage("getTagFans")
            last = next_openid

    def get_followers(self, next_openid: str = "", job: Job | None = None) -> FollowerPage:
        """getFans, GET /cgi-bin/user/get: one page of up to 10,000 openids."""
        query = {"next_openid": next_openid} if next_openid else {}
        return self._get("getFans", "/cgi-bin/user/get", results.follower_page, query=query, job=job)

    def get_user_infos(self, openids: Sequence[str], job: Job | None = None) -> tuple[Follower, ...]:
        """batchGetUserInfo, POST /cgi-bin/user/info/batchget: up to 100 followers."""
        if isinstance(openids, str) or not 1 <= len(openids) <= MAX_USER_INFOS:
            raise BadRequest("openids.count", limit=MAX_USER_INFOS)
        body = {"user_list": [{"openid": each, "lang": "zh_CN"} for each in openids]}
        path = "/cgi-bin/user/info/batchget"
        return self._post("batchGetUserInfo", path, body, results.followers, repeat="always", job=job)

    # --- quota, speed, addresses --------------------------------------------------------------------

    def get_quota(self, cgi_path: str, job: Job | None = None) -> Quota:
        """getApiQuota, POST /cgi-bin/openapi/quota/get: today's calls of one path (``/cgi-bin/…``)."""
        body = {"cgi_path": cgi_path}
        return self._post("getApiQuota", "/cgi-bin/openapi/quota/get", body, results.quota, repeat="always", job=job)

    def clear_quota(self) -> None:
        """clearQuota, POST /cgi-bin/clear_quota: all daily counters to 0, at most 10 times a month."""
        self._post("clearQuota", "/cgi-bin/clear_quota", {"appid": self.app_id}, results.done)

    def get_speed(self) -> Speed:
        """getSpeed, POST /cgi-bin/message/mass/speed/get."""
        return self._post("getSpeed", "/cgi-bin/message/mass/speed/get", {}, results.speed, repeat="always")

    def set_speed(self, speed: int) -> None:
        """setSpeed, POST /cgi-bin/message/mass/speed/set: 0 (fastest) to 4."""
        if not isinstance(speed, int) or isinstance(speed, bool) or not 0 <= speed <= 4:
            raise BadRequest("speed")
        self._post("setSpeed", "/cgi-bin/message/mass/speed/set", {"speed": speed}, results.done)

    def get_api_domain_ips(self) -> tuple[str, ...]:
        """getApiDomainIp, GET /cgi-bin/get_api_domain_ip: for firewalls."""
        return self._get("getApiDomainIp", "/cgi-bin/get_api_domain_ip", results.ip_list)

    # --- below the operations -----------------------------------------------------------------------

    def _preview(self, operation: str, to: str | WxName, message: Message) -> Receipt:
        body = preview_body(to, message)
        return self._post(operation, "/cgi-bin/message/mass/preview", body, results.preview_receipt)

    def _get(
        self,
        operation: str,
        path: str,
        read: Callable[[results.Reply], T],
        *,
        query: Mapping[str, str] | None = None,
        job: Job | None = None,
    ) -> T:
        return self._call(Call(operation, "GET", path, query=query or {}, repeat="always", job=job), read)

    def _post(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        read: Callable[[results.Reply], T],
        *,
        repeat: Repeat = "unsent",
        job: Job | None = None,
    ) -> T:
        return self._call(Call(operation, "POST", path, to_bytes(body), repeat=repeat, job=job), read)

    def _call(self, call: Call, read: Callable[[results.Reply], T]) -> T:
        """What the operation asked for; an "ok" without it is no answer, and what it did is unknown."""
        found = self._transport.call(call)
        try:
            return read(found)
        except reply.Unreadable:
            problem = reply.garbage(call.operation)
        raise problem


def _media_kind(kind: str) -> str:
    if kind not in MEDIA_KINDS:
        raise BadRequest("media.kind")
    return kind
