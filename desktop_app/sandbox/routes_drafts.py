"""Routes of the draft box."""

from __future__ import annotations

from typing import Any

from .account import Draft
from .api import Call, Refusal, is_int, route
from .articles import read_article, read_articles


def _shown(draft: Draft, *, content: bool = True) -> list[dict[str, Any]]:
    """The articles as draft/get shows them, each with its temporary address."""
    items = []
    for number, article in enumerate(draft.articles):
        url = f"http://mp.weixin.qq.com/s?__biz=sandbox&tempkey={draft.link_key}&idx={number + 1}"
        hidden = {"raw_content"} if content else {"raw_content", "content"}
        items.append({**{name: value for name, value in article.items() if name not in hidden}, "url": url})
    return items


@route("POST", "draft/add")
def draft_add(call: Call) -> dict[str, Any]:
    """POST draft/add: a new draft with one to eight articles; covers must be permanent material."""
    articles = read_articles(call.json.get("articles"), call.account.media, call.world.switches, draft=True)
    now = int(call.world.clock.now())
    key = f"{call.account.chance.getrandbits(128):032x}"
    draft = Draft(call.account.media.new_id(), articles, now, now, key)
    call.account.drafts[draft.media_id] = draft
    return {"media_id": draft.media_id, "item": [{"index": at, "ad_count": 0} for at in range(len(articles))]}


@route("POST", "draft/update")
def draft_update(call: Call) -> dict[str, Any]:
    """POST draft/update: replace one article; `articles` is one object here."""
    draft = call.account.draft(call.text("media_id", 41039))
    index, value = call.json.get("index"), call.json.get("articles")
    if value is None:
        raise Refusal(44003)
    if isinstance(index, str) and index.isdigit():
        index = int(index)
    if not is_int(index) or not isinstance(index, int) or not 0 <= index < len(draft.articles):
        raise Refusal(40114)
    single = len(draft.articles) == 1
    switches = call.world.switches
    draft.articles[index] = read_article(value, call.account.media, switches, draft=True, single=single)
    draft.updated_at = int(call.world.clock.now())
    return {"errcode": 0, "errmsg": "ok"}


@route("POST", "draft/get")
def draft_get(call: Call) -> dict[str, Any]:
    """POST draft/get: the articles with addresses to look at."""
    draft = call.account.draft(call.text("media_id", 40007))
    return {"news_item": _shown(draft), "create_time": draft.created_at, "update_time": draft.updated_at}


@route("POST", "draft/delete")
def draft_delete(call: Call) -> dict[str, Any]:
    """POST draft/delete: throw a draft away."""
    del call.account.drafts[call.account.draft(call.text("media_id", 40007)).media_id]
    return {"errcode": 0, "errmsg": "ok"}


@route("GET", "draft/count")
def draft_count(call: Call) -> dict[str, Any]:
    """GET draft/count: how many drafts there are."""
    return {"total_count": len(call.account.drafts)}


@route("POST", "draft/batchget")
def draft_batchget(call: Call) -> dict[str, Any]:
    """POST draft/batchget: a page of drafts, last changed first; no_content=1 leaves the HTML out."""
    offset, count = call.json.get("offset", 0), call.json.get("count")
    if not is_int(offset) or not is_int(count) or offset < 0 or not 1 <= count <= 20:
        raise Refusal(40035)
    content = call.json.get("no_content") not in (1, "1")
    drafts = sorted(call.account.drafts.values(), key=lambda draft: draft.updated_at, reverse=True)
    page = [
        {
            "media_id": draft.media_id,
            "content": {
                "news_item": _shown(draft, content=content),
                "create_time": draft.created_at,
                "update_time": draft.updated_at,
            },
            "update_time": draft.updated_at,
        }
        for draft in drafts[offset : offset + count]
    ]
    return {"total_count": len(drafts), "item_count": len(page), "item": page}
