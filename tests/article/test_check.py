"""发送前检查: each rule with a sample that fails it, and each one-click fix."""

from __future__ import annotations

import re
from typing import Any

import pytest

from desktop_app.article import limits
from desktop_app.article.check import Facts, Finding, check, is_web_address
from desktop_app.article.contents import (
    article_hash,
    centre_cut,
    content_hash,
    cut_text,
    is_blank,
    is_cut,
    new_article,
)
from desktop_app.article.fix import FIXES, apply
from desktop_app.paths import resource

OWN = "https://mmbiz.qpic.cn/mmbiz_png/a/640"
SHA = "ab" * 32
LOCAL = f'<img src="qunfa-media://{SHA}">'
COVER = {"sha256": "cd" * 32, "name": "封面.jpg", "crop_235": [0, 0, 1, 0.5], "crop_1": [0, 0, 1, 1]}
X = "x" * 3
OPEN = "待" + "补"


def article(**more: Any) -> dict[str, Any]:
    good = {"title": "春茶上新", "author": "岚间", "html": "<p>山上的第一批茶</p>", "cover": COVER}
    return {**new_article(), **good, **more}


def message(*articles: dict[str, Any]) -> dict[str, Any]:
    return {"articles": list(articles or (article(),)), "draft_id": None}


def facts(**more: Any) -> Facts:
    return Facts(**{"size": lambda sha256: (1080, 800), "uploaded": lambda sha256: True, **more})


def found(content: dict[str, Any], **more: Any) -> dict[str, Finding]:
    return {each.code: each for each in check(content, facts(**more))}


def test_a_good_message_has_nothing_to_say() -> None:
    """One line that says so."""
    (only,) = check(message(article(), article(title="另一篇")), facts())
    assert (only.code, only.level, only.args) == ("articles.ok", "ok", {"count": 2})


def outside(url: str) -> dict[str, Any]:
    return article(html=f'<p>茶</p><a href="{url}">点这里</a>')


RULES: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("articles.none", "red", "message", {"articles": []}, {}),
    ("articles.too_many", "red", "message", message(*(article(title=str(n)) for n in range(9))), {}),
    ("account.no_right", "red", "account", message(), {"may_send": False}),
    ("title.empty", "red", "title", message(article(title=" \u3000")), {}),
    ("title.long", "amber", "title", message(article(title="茶" * 33)), {}),
    ("title.too_long", "red", "title", message(article(title="😀" * 65)), {}),
    ("title.duplicate", "amber", "title", message(article(), article(title=" 春茶上新 ")), {}),
    ("author.long", "amber", "author", message(article(author="茶" * 9)), {}),
    ("author.too_long", "red", "author", message(article(author="茶" * 17)), {}),
    ("digest.too_long", "red", "digest", message(article(digest="茶" * 121)), {}),
    ("text.encoding", "red", "title", message(article(title="标\ud800题")), {}),
    ("body.empty", "red", "body", message(article(html="<p> &nbsp;<br></p><p><!-- x --></p>")), {}),
    ("body.too_long", "red", "body", message(article(html="<p>" + "茶" * 19_993 + "</p>")), {}),
    ("body.too_big", "red", "body", message(article(html="<p>" + "茶" * 350_000 + "</p>")), {}),
    (
        "body.long_for_uploadnews",
        "amber",
        "body",
        message(article(html="<p>" + "茶" * 10_000 + "</p>")),
        {"news_way": "uploadnews"},
    ),
    ("cover.missing", "red", "cover", message(article(cover=None)), {}),
    ("cover.gone", "red", "cover", message(), {"size": lambda sha256: None}),
    ("picture.foreign", "amber", "body", message(article(html='<img src="https://a.example/a.png">')), {}),
    ("picture.foreign", "amber", "body", message(article(html='<img src="data:image/png;base64,AA==">')), {}),
    (
        "picture.foreign",
        "amber",
        "body",
        message(article(html='<p style="background:url(//a.example/x)">茶</p>')),
        {},
    ),
    (
        "picture.broken",
        "red",
        "body",
        message(article(html='<img src="//a.example/a.png">')),
        {"broken": {"https://a.example/a.png": "fetch.status"}},
    ),
    ("picture.broken", "red", "body", message(article(html='<p>茶</p><img src="file:///C:/a.png">')), {}),
    (
        "picture.gone",
        "red",
        "body",
        message(article(html=LOCAL)),
        {"size": lambda sha256: None if sha256 == SHA else (9, 9)},
    ),
    ("picture.waiting", "amber", "body", message(article(html=LOCAL)), {"uploaded": lambda sha256: False}),
    ("picture.small", "amber", "body", message(article(html=LOCAL)), {"size": lambda sha256: (120, 90)}),
    ("source_url.invalid", "red", "content_source_url", message(article(content_source_url="看这里")), {}),
    ("source_url.invalid", "red", "content_source_url", message(article(content_source_url="ftp://a.example")), {}),
    (
        "source_url.too_long",
        "red",
        "content_source_url",
        message(article(content_source_url="https://a.example/" + "a" * 1024)),
        {},
    ),
    ("link.outside", "amber", "body", message(outside("https://a.example/")), {}),
    ("link.tempkey", "red", "body", message(outside("https://mp.weixin.qq.com/s?__biz=x&amp;tempkey=y")), {}),
    ("link.home_page", "red", "body", message(outside("https://mp.weixin.qq.com/mp/profile_ext?action=home")), {}),
    ("content.stripped", "amber", "body", message(article(html='<p style="position:fixed">茶</p>')), {}),
    ("placeholder", "amber", "body", message(article(html=f"<p>时间：{OPEN}</p>")), {}),
    ("placeholder", "amber", "body", message(article(html=f"<p>地址<b>{X.upper()}</b></p>")), {}),
    ("placeholder", "amber", "body", message(article(html="<p>Lorem ipsum dolor</p>")), {}),
    ("placeholder", "amber", "title", message(article(title=f"{OPEN}标题")), {}),
    (
        "media.expiring",
        "amber",
        "cover",
        message(),
        {"news_way": "uploadnews", "expires": lambda sha256: 1000.0, "now": 900.0},
    ),
]


@pytest.mark.parametrize(("code", "level", "where", "content", "more"), RULES)
def test_each_rule_finds_its_sample(code: str, level: str, where: str, content: dict, more: dict) -> None:
    """With level, field and article; what else is found never hides it."""
    finding = found(content, **more)[code]
    assert (finding.level, finding.where) == (level, where)
    assert (finding.article_index >= 0) == (where not in ("message", "account"))
    levels = [each.level for each in check(content, facts(**more))]
    assert levels == sorted(levels, key=("red", "amber", "ok").index)
    assert ("articles.ok" in found(content, **more)) == ("red" not in levels)


def test_every_rule_that_is_described_has_a_sample() -> None:
    """The list in the docstring of ``Finding`` and the samples are the same."""
    codes = (Finding.__doc__ or "").partition("Codes, with their args:")[2]
    described = set(re.findall(r"``([a-z_]+(?:\.[a-z_]+)?)``", codes))
    assert described == {rule[0] for rule in RULES} | {"articles.ok"}


@pytest.mark.parametrize(
    ("content", "more"),
    [
        (message(article(title="茶" * 32, author="茶" * 8, digest="茶" * 120)), {}),
        (message(article(html="<p>" + "茶" * 19_900 + "</p>")), {}),
        (message(article(digest="茶" * 500), article(title="二", digest="茶" * 500)), {}),
        (message(article(html=f'<img src="{OWN}">')), {}),
        (message(article(html='<svg viewBox="0 0 1 1"><g></g></svg>')), {}),
        (message(article(html='<mp-common-profile data-id="x"></mp-common-profile>')), {}),
        (message(article(html=LOCAL)), {}),
        (message(article(html=f'<img src="qunfa-media://{SHA}" style="width:24px">')), {"size": lambda s: (48, 48)}),
        (message(outside("https://mp.weixin.qq.com/s/x")), {}),
        (message(article(content_source_url="https://茶.example:8080/路?a=1#b")), {}),
        (message(article(html="<p>XXXL 码，型号 AXXX1</p>")), {}),
        (message(), {"expires": lambda sha256: 1000.0, "now": 900.0}),
    ],
)
def test_what_is_allowed_is_not_found(content: dict, more: dict) -> None:
    """At the limit, WeChat's own pictures and links, icons, sizes of clothes."""
    assert list(found(content, **more)) == ["articles.ok"]


def test_pictures_count_with_the_address_they_will_have() -> None:
    """A picture inside the text is a megabyte here and a short address at WeChat."""
    inside = f'<p>茶</p><img src="data:image/png;base64,{"A" * 1_500_000}">'
    assert list(found(message(article(html=inside)))) == ["picture.foreign", "articles.ok"]
    many = "".join(f'<img src="https://a.example/{n}">' for n in range(130))
    assert found(message(article(html=many)))["body.too_long"].args["chars"] > limits.CONTENT_CHARS


@pytest.mark.parametrize(
    ("content", "code", "more"),
    [
        (message(article(title="茶" * 70)), "title.too_long", {}),
        (message(article(author="茶" * 20)), "author.too_long", {}),
        (message(article(digest="茶" * 130)), "digest.too_long", {}),
        (message(article(content_source_url=" a.example/x")), "source_url.invalid", {}),
        (message(outside("https://a.example/")), "link.outside", {}),
        (message(outside("https://mp.weixin.qq.com/s?tempkey=y")), "link.tempkey", {}),
        (
            message(article(html=f"<p>茶</p>{LOCAL}")),
            "picture.gone",
            {"size": lambda s: None if s == SHA else (9, 9)},
        ),
        (message(article(html='<p>茶</p><img src="file:///C:/a.png">')), "picture.broken", {}),
        (
            message(article(html='<p style="color:red;background:url(https://a.example/x)">茶</p>')),
            "picture.broken",
            {"broken": {"https://a.example/x": "fetch.status"}},
        ),
        (
            message(article(html='<p>茶</p><svg viewBox="0 0 1 1"><image href="https://a.example/x"></image></svg>')),
            "picture.broken",
            {"broken": {"https://a.example/x": "fetch.status"}},
        ),
    ],
)
def test_one_click_mends_it(content: dict, code: str, more: dict) -> None:
    """The finding is gone, the text is there, and nothing else was touched."""
    finding = found(content, **more)[code]
    assert finding.fix in FIXES
    mended = apply(content, finding)
    assert code not in found(mended, **more)
    assert "茶" in mended["articles"][0]["html"]
    assert apply(content, Finding("x", "red", 0, "body", {}, "jump")) == content


@pytest.mark.parametrize("name", ["heading-bar", "pictures-two"])
def test_a_block_nobody_filled_in_is_noticed(name: str) -> None:
    """What stands in a block of ours until somebody writes there is an unfinished place like any other."""
    block = resource(f"editor/blocks/{name}.html").read_text("utf-8")
    assert found(message(article(html=f"<p>茶</p>{block}")))["placeholder"].level == "amber"


def test_a_picture_that_the_network_kept_away_is_tried_again() -> None:
    """What may pass is not removed from the article; what a website refuses can be."""
    content = message(article(html='<p>茶</p><img src="https://a.example/x">'))
    for reason, fix in (("fetch.connect", "picture.retry"), ("fetch.status", "picture.remove")):
        finding = found(content, broken={"https://a.example/x": reason})["picture.broken"]
        assert (finding.level, finding.fix) == ("red", fix)


def test_a_fix_leaves_the_rest_of_the_document_to_the_byte() -> None:
    """The editor's HTML is the person's: only the one tag changes."""
    html = "<P Style='a : b'>一</P><a class=x HREF='https://a.example/'>二</a><img SRC=x>"
    content = message(article(html=html))
    mended = apply(content, found(content)["link.outside"])["articles"][0]["html"]
    assert mended == "<P Style='a : b'>一</P><a class=\"x\">二</a><img SRC=x>"


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://a.example", True),
        ("http://茶.中国/路 ".strip(), True),
        ("HTTPS://A.EXAMPLE/?a=b", True),
        ("https://localhost/x", False),
        ("https://a b.example", False),
        ("https://", False),
        ("javascript:alert(1)", False),
        ("a.example", False),
        ("https://a.example/<b>", False),
    ],
)
def test_web_addresses(url: str, good: bool) -> None:
    """What 原文链接 may be."""
    assert is_web_address(url) is good


# --- contents ---------------------------------------------------------------------------------------------------


def test_the_hash_follows_what_followers_see() -> None:
    """Any edit changes it; ids, names of files and the digest of one of several do not."""
    base = message(article())
    edits: list[dict[str, Any]] = [
        {"title": "a"}, {"author": "a"}, {"digest": "a"}, {"html": "a"}, {"content_source_url": "a"}, {"cover": None},
        {"cover": {**COVER, "sha256": "ef" * 32}}, {"cover": {**COVER, "crop_1": [0, 0, 0.5, 1]}},
        {"show_cover_pic": True}, {"need_open_comment": True}, {"only_fans_can_comment": True},
    ]  # fmt: skip
    hashes = [content_hash(base), *(content_hash(message(article(**edit))) for edit in edits)]
    assert len(set(hashes)) == len(hashes)
    renamed = message(article(id="other", cover={**COVER, "name": "x"}))
    assert content_hash({**renamed, "draft_id": 7}) == content_hash(base)
    assert article_hash(article(digest="a"), single=False) == article_hash(article(), single=False)
    assert content_hash(message(article(html="\ud800")))


def test_blank_and_cuts() -> None:
    """An empty message is blank; a cut is a rectangle inside; the centre one has the ratio wanted."""
    assert is_blank({"articles": [new_article(), new_article()]})
    assert not is_blank(message(article()))
    assert cut_text([0.1945, 0, 1, 0.5236]) == "0.1945_0_1_0.5236"
    assert cut_text([1 / 3, 0, 1, 1]) == "0.333333_0_1_1"
    for bad in (None, [], [0, 0, 1], [0.5, 0, 0.5, 1], [-0.1, 0, 1, 1], [0, 0, 1.1, 1], ["0", 0, 1, 1]):
        assert not is_cut(bad)
        assert cut_text(bad) is None  # type: ignore[arg-type]
    for size in ((1000, 1000), (3000, 400), (400, 3000)):
        for ratio in (2.35, 1.0):
            x1, y1, x2, y2 = centre_cut(*size, ratio)
            assert ((x2 - x1) * size[0]) / ((y2 - y1) * size[1]) == pytest.approx(ratio, rel=1e-3)
            assert is_cut([x1, y1, x2, y2])
