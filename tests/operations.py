"""The seed's seventeen operations: click path, client method, sandbox route and the test at the level of the wire."""

from __future__ import annotations

from dataclasses import dataclass

SEND_TO_TAG = ("compose.next", "audience.tag", "audience.tags", "audience.next", "send.number", "send.confirm")
SEND_TO_ALL = ("compose.next", "audience.all", "audience.next", "send.number", "send.confirm")
SEND_TO_LIST = ("compose.next", "audience.list", "audience.drop", "audience.next", "send.number", "send.confirm")
PREVIEW = ("compose.preview", "preview.to", "preview.send")
TEXT = ("nav.send", "compose.tab.text", "compose.text")
IMAGE = ("nav.send", "compose.tab.image", "compose.drop")
VOICE = ("nav.send", "compose.tab.voice", "compose.drop")
NEWS = ("nav.send", "compose.tab.news", "news.title", "news.editor", "news.cover.body", "crop.done")
OLD_WAY = ("nav.settings", "settings.news_way.uploadnews", *NEWS)
VIDEO = ("nav.send", "compose.tab.video", "compose.drop", "compose.video.title", "compose.video.description")

MASS = ("message/mass/sendall", "message/mass/send")
WIRE = "tests/wechat/test_operations.py::"


@dataclass(frozen=True)
class Operation:
    """One operation. ``clicks``: the objectNames in their order.

    ``routes``: paths below ``/cgi-bin/``. ``test``: file::function.
    """

    seed: str
    clicks: tuple[str, ...]
    method: str
    routes: tuple[str, ...]
    test: str


OPERATIONS = (
    Operation(
        "uploadNews",
        (*OLD_WAY, *SEND_TO_TAG),
        "upload_news",
        ("media/uploadnews",),
        WIRE + "test_upload_news",
    ),
    Operation(
        "uploadMPVideo",
        (*VIDEO, *PREVIEW),
        "upload_mp_video",
        ("media/uploadvideo",),
        WIRE + "test_upload_mp_video",
    ),
    Operation("uploadImage", NEWS[:4], "upload_image", ("media/uploadimg",), WIRE + "test_upload_image"),
    Operation("massSend", (*TEXT, *SEND_TO_ALL), "mass_send", MASS, WIRE + "test_mass_sends"),
    Operation("massSendNews", (*NEWS, *SEND_TO_TAG), "mass_send_news", MASS, WIRE + "test_mass_sends"),
    Operation("massSendText", (*TEXT, *SEND_TO_ALL), "mass_send_text", MASS, WIRE + "test_mass_sends"),
    Operation("massSendVoice", (*VOICE, *SEND_TO_LIST), "mass_send_voice", MASS, WIRE + "test_mass_sends"),
    Operation("massSendImage", (*IMAGE, *SEND_TO_TAG), "mass_send_image", MASS, WIRE + "test_mass_sends"),
    Operation("massSendVideo", (*VIDEO, *SEND_TO_TAG), "mass_send_video", MASS, WIRE + "test_mass_sends"),
    Operation(
        "massSendMPVideo",
        (*VIDEO, *SEND_TO_TAG),
        "mass_send_mp_video",
        ("media/uploadvideo", *MASS),
        WIRE + "test_mass_sends",
    ),
    Operation(
        "deleteMass",
        ("nav.history", "history.table", "history.delete", "dialog.1"),
        "delete_mass",
        ("message/mass/delete",),
        WIRE + "test_delete_mass",
    ),
    Operation("previewNews", (*NEWS, *PREVIEW), "preview_news", ("message/mass/preview",), WIRE + "test_previews"),
    Operation("previewText", (*TEXT, *PREVIEW), "preview_text", ("message/mass/preview",), WIRE + "test_previews"),
    Operation("previewVoice", (*VOICE, *PREVIEW), "preview_voice", ("message/mass/preview",), WIRE + "test_previews"),
    Operation("previewImage", (*IMAGE, *PREVIEW), "preview_image", ("message/mass/preview",), WIRE + "test_previews"),
    Operation("previewVideo", (*VIDEO, *PREVIEW), "preview_video", ("message/mass/preview",), WIRE + "test_previews"),
    Operation(
        "getMassMessageStatus",
        ("nav.history", "history.refresh"),
        "get_mass_message_status",
        ("message/mass/get",),
        WIRE + "test_get_mass_message_status",
    ),
)


def table() -> str:
    """The operations as text in columns, the click path last."""
    lines = [("operation", "client method", "sandbox route", "test", "click path")]
    for each in OPERATIONS:
        clicks = " › ".join(each.clicks)
        routes = ", ".join(route.removeprefix("message/") for route in each.routes)
        lines.append((each.seed, each.method, routes, each.test.removeprefix("tests/"), clicks))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
