"""The followers and tags of a simulated account: always the same for the same seed, made when first needed."""

from __future__ import annotations

import base64
import hashlib
import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .api import Refusal

FOLLOWERS = 48_216
FORMER = 24
BLOCKED = 6
OPENID = re.compile(r"[A-Za-z0-9_-]{28}")
SYSTEM_TAGS = (0, 1, 2)
MAX_TAGS = 100
TAGS_A_PERSON = 20
NAME_BYTES = 30
# id, name, followers, and how many of them carry the first tag as well
TAG_PLAN = (
    (2, "星标组", 128, 0),
    (100, "春茶老客", 6482, 0),
    (101, "杭州门店会员", 3917, 1273),
    (102, "2025 明前茶买过", 2846, 0),
    (103, "上海门店会员", 2511, 0),
    (104, "礼盒客户", 1764, 0),
    (105, "企业采购", 412, 0),
    (106, "小程序下单", 9028, 0),
    (107, "沉默 90 天", 7350, 0),
    (108, "内容组测试", 6, 0),
    (109, "宁波门店会员", 0, 0),
    (110, "秋茶预订", 0, 0),
)
_REMARKS = ("门店会员", "茶课学员", "老客", "企业采购", "品鉴官")
_SCENES = ("ADD_SCENE_QR_CODE", "ADD_SCENE_SEARCH", "ADD_SCENE_PROFILE_CARD", "ADD_SCENE_OTHERS")


@lru_cache(maxsize=4)
def _openids(seed: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """All openids of an account, and their indices; never changed, so that all sandboxes of a process share them."""
    total = FOLLOWERS + FORMER
    digest = hashlib.shake_256(f"openids {seed}".encode()).digest(20 * total)
    encode = base64.urlsafe_b64encode  # 20 bytes are 27 characters and one "="
    openids = tuple("o" + encode(digest[at : at + 20])[:27].decode() for at in range(0, 20 * total, 20))
    return openids, {openid: at for at, openid in enumerate(openids)}


class Tag:
    """A tag and its followers, by index; the followers of the built-in tags are drawn when first asked for."""

    def __init__(self, tag_id: int, name: str, count: int = 0) -> None:
        self.tag_id = tag_id
        self.name = name
        self.members: set[int] | None = None if count else set()
        self.touched = False  # people were tagged by hand: the seed alone does not give the members any more
        self._planned = count

    @property
    def count(self) -> int:
        """How many followers carry it."""
        return self._planned if self.members is None else len(self.members)


class People:
    """Followers (48,216), people who left (24) and a few blocked ones; tags and remarks."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self.tags = {tag_id: Tag(tag_id, name, count) for tag_id, name, count, _ in TAG_PLAN}
        self.remarks: dict[int, str] = {}
        self.next_tag_id = 134
        self.blocked = list(range(FOLLOWERS - BLOCKED, FOLLOWERS))

    @property
    def openids(self) -> Sequence[str]:
        """The openids of all followers, in the order of user/get, and behind them the former ones."""
        return _openids(self._seed)[0]

    @property
    def _index(self) -> dict[str, int]:
        return _openids(self._seed)[1]

    def find(self, openid: object) -> int | None:
        """The index of an openid, or None when nobody here has it."""
        return self._index.get(openid) if isinstance(openid, str) else None

    def index(self, openid: object) -> int:
        """The index of an openid. Raises 40003 when it is not one of this account's."""
        at = self.find(openid)
        if at is None:
            raise Refusal(40003)
        return at

    def follows(self, at: int) -> bool:
        """Whether the person follows the account today."""
        return at < FOLLOWERS

    def members(self, tag: Tag) -> set[int]:
        """The followers of a tag, by index."""
        if tag.members is None:
            _, _, count, shared = next(row for row in TAG_PLAN if row[0] == tag.tag_id)
            draw = random.Random(f"{self._seed} tag {tag.tag_id}")
            chosen: set[int] = set()
            others = range(FOLLOWERS)
            if shared:
                first = self.members(self.tags[TAG_PLAN[1][0]]) if TAG_PLAN[1][0] in self.tags else set()
                chosen.update(draw.sample(sorted(first), min(shared, len(first))))
                free = [at for at in range(FOLLOWERS) if at not in first]
                chosen.update(draw.sample(free, count - len(chosen)))
            else:
                chosen.update(draw.sample(others, count))
            tag.members = chosen
        return tag.members

    def tag(self, tag_id: object, missing: int = 45159) -> Tag:
        """The tag with this id. Raises 45159 (or `missing`) when there is none."""
        tag = self.tags.get(tag_id) if isinstance(tag_id, int) and not isinstance(tag_id, bool) else None
        if tag is None:
            raise Refusal(missing)
        return tag

    def tags_of(self, at: int) -> list[int]:
        """The ids of the tags that a person carries."""
        return [tag.tag_id for tag in self.tags.values() if at in self.members(tag)]

    def check_name(self, name: object, but: int | None = None) -> str:
        """A name for a tag. Raises 45157 (empty, or another tag has it) or 45158 (more than 30 bytes)."""
        if not isinstance(name, str) or not name.strip():
            raise Refusal(45157)
        if len(name.encode()) > NAME_BYTES:
            raise Refusal(45158)
        if any(tag.name == name and tag.tag_id != but for tag in self.tags.values()):
            raise Refusal(45157)
        return name

    def add_tag(self, name: object) -> Tag:
        """Create a tag. Raises 45157, 45158, 45056 (100 tags)."""
        checked = self.check_name(name)
        if len(self.tags) >= MAX_TAGS:
            raise Refusal(45056)
        tag = Tag(self.next_tag_id, checked)
        self.tags[tag.tag_id] = tag
        self.next_tag_id += 1
        return tag

    def remark(self, at: int) -> str:
        """The remark on a person, mostly empty."""
        if at in self.remarks:
            return self.remarks[at]
        return f"{_REMARKS[at % len(_REMARKS)]} {at // 41:04d}" if at % 41 == 0 else ""

    def card(self, at: int) -> dict[str, Any]:
        """The user object of user/info as it is since nicknames are gone."""
        openid = self.openids[at]
        if not self.follows(at):
            return {"subscribe": 0, "openid": openid}
        tag_ids = self.tags_of(at)
        return {
            "subscribe": 1,
            "openid": openid,
            "language": "",
            "subscribe_time": 1_577_836_800 + at * 7919 % 180_000_000,
            "remark": self.remark(at),
            "groupid": tag_ids[0] if tag_ids else 0,
            "tagid_list": tag_ids,
            "subscribe_scene": _SCENES[at % len(_SCENES)],
            "qr_scene": 0,
            "qr_scene_str": "",
        }

    def page(self, listing: list[int], after: object, size: int) -> tuple[list[str], str]:
        """One page of a list of people behind the openid `after`, and the next cursor. Raises 40003."""
        start = 0
        if after not in ("", None):
            try:
                start = listing.index(self.index(after)) + 1
            except ValueError:
                raise Refusal(40003) from None
        openids = [self.openids[at] for at in listing[start : start + size]]
        return openids, openids[-1] if openids else ""

    def label(self, tag: Tag, indices: list[int], *, on: bool) -> None:
        """Put a tag on people, or take it off. Raises 45059 when one of them has 20 tags already."""
        members = self.members(tag)
        if on and any(at not in members and len(self.tags_of(at)) >= TAGS_A_PERSON for at in indices):
            raise Refusal(45059)
        members.update(indices) if on else members.difference_update(indices)
        tag.touched = True

    def to_state(self) -> dict[str, Any]:
        """What may differ from the seed, as JSON values."""
        return {
            "tags": [
                [t.tag_id, t.name, t.count, sorted(t.members or ()) if t.touched else None]
                for t in self.tags.values()
            ],
            "next_tag_id": self.next_tag_id,
            "remarks": [[at, text] for at, text in self.remarks.items()],
            "blocked": self.blocked,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `to_state` gave."""
        self.tags = {}
        for tag_id, name, count, members in state["tags"]:
            tag = self.tags[tag_id] = Tag(tag_id, name, count)
            if members is not None:
                tag.members, tag.touched = set(members), True
        self.next_tag_id = state["next_tag_id"]
        self.remarks = dict(state["remarks"])
        self.blocked = state["blocked"]
