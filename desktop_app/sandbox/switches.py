"""The switches: where the reference says UNKNOWN, each plays one variant; the defaults are the documented choice."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from itertools import permutations
from typing import Any

_ORDERS = tuple(",".join(order) for order in permutations(("key", "quota", "media")))

CHOICES: dict[str, tuple[Any, ...]] = {
    "check_order": _ORDERS,
    "protection": ("off", "pending", "89504-pending", "89504-none", "89505-pending", "89505-none"),
    "admin": ("silent", "confirm", "refuse"),
    "outcome": ("success", "fail", "delete"),
    "api_video": ("allowed", "48013", "48022"),
    "uploadvideo_source": ("temporary", "permanent", "either"),
    "draft_after_send": ("consumed", "consumed-if-all", "kept"),
    "clientmsgid_limit": (32, 64),
    "escapes": ("40033", "47002", "stored"),
}


@dataclass
class Switches:
    """How the sandbox behaves; every field can be set by name over `POST /__sandbox__/switch` too.

    Unknown to the reference:
      check_order        what a mass send checks first: any order of `key,quota,media`
      protection         API 群发保护 for sends to all: `off`; `pending` (accepted, waits for the administrator);
                         `89504-pending` / `89505-pending` (refused without msg_id, yet the job waits under its key);
                         `89504-none` / `89505-none` (refused, and there is no job)
      admin              what the administrator does: `silent` (fails after 30 minutes), `confirm`, `refuse`
      api_video          a video uploaded through the API: `allowed`, or refused by a send with 48013 or 48022
      uploadvideo_source which video media/uploadvideo takes: `temporary`, `permanent`, `either`
      draft_after_send   a draft that was sent: `consumed`, `consumed-if-all`, `kept`
      clientmsgid_limit  longest key in bytes: 32 or 64 (45067)
      escapes            JSON with \\uXXXX: `40033`, `47002`, or `stored` literally
      preview_msg_id     previews answer with a msg_id (older form)
    The account:
      outcome            how jobs end: `success`, `fail`, `delete` (nobody received it)
      comments           the account has 留言 (otherwise 88000)
      outside_links      the account has WeChat Pay: links in articles may lead anywhere
      verified           the account is verified (otherwise 48001)
      test_account       a 测试号: mass sends answer 45028
      blocked_ip         an address that is not in the IP whitelist: token calls answer 40164 with it
      fast_batches       a send within 60 s of one to more than 10,000 people answers 42010
      daily_quotas       daily and monthly call quotas (45009, 48006) are kept
      send_quota         mass sends per day or month (45028) are kept
      minute_limit       60 mass calls a minute (45011) are kept
      library_images     how many permanent pictures fit into the 素材库 (45074)
      library_others     how many of each other kind fit into it
      menu_material      a media_id that the menu or an auto-reply uses: it cannot be deleted (48005)
      big_tag_fans       a tag with more followers cannot be deleted (45057)
      control_characters replies hold raw line breaks inside JSON strings, as WeChat's sometimes do
    """

    check_order: str = "key,quota,media"
    protection: str = "off"
    admin: str = "silent"
    outcome: str = "success"
    api_video: str = "allowed"
    uploadvideo_source: str = "temporary"
    draft_after_send: str = "consumed"
    clientmsgid_limit: int = 32
    escapes: str = "40033"
    preview_msg_id: bool = False
    comments: bool = True
    outside_links: bool = False
    verified: bool = True
    test_account: bool = False
    blocked_ip: str = ""
    fast_batches: bool = False
    daily_quotas: bool = True
    send_quota: bool = True
    minute_limit: bool = True
    library_images: int = 100_000
    library_others: int = 1000
    menu_material: str = ""
    big_tag_fans: int = 100_000
    control_characters: bool = False

    def set(self, **values: Any) -> None:
        """Set switches by name. Raises ValueError for a name or a value that does not exist; sets nothing then."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in values.items():
            if name not in kinds:
                raise ValueError(f"no switch is called {name!r}; there are {', '.join(kinds)}")
            if type(value) is not kinds[name]:
                raise ValueError(f"the switch {name} takes a value of type {kinds[name].__name__}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"the switch {name} takes {', '.join(map(str, CHOICES[name]))}")
        for name, value in values.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """All switches with their values."""
        return asdict(self)
