"""What the findings of 发送前检查 say for articles: the fact, what follows from it, and the button that helps."""

from __future__ import annotations

from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from desktop_app.services.contents import Check
from desktop_app.ui.compose_check_words import check_words
from desktop_app.ui.units import fill

# Sources of the translation context "NewsChecks": code → (fact, what follows).
WORDS: dict[str, tuple[str, str]] = {
    "articles.none": ("还没有图文", ""),
    "articles.too_many": ("有 {count} 篇，最多 {limit} 篇", "移走几篇再发"),
    "articles.ok": ("{count} 篇图文可以发送", "封面、标题、正文、图片、链接都合格"),
    "title.empty": ("没有标题", "没有标题微信会拒收"),
    "title.long": ("标题有 {chars} 字", "超过 {limit} 字，有的账号会被拒收"),
    "title.too_long": ("标题有 {chars} 字，最多 {limit} 字", "微信会拒收整条消息"),
    "title.duplicate": ("标题和第 {other} 篇一样", "粉丝会分不清"),
    "author.long": ("作者有 {chars} 字", "超过 {limit} 字，有的账号会被拒收"),
    "author.too_long": ("作者有 {chars} 字，最多 {limit} 字", "微信会拒收整条消息"),
    "digest.too_long": ("摘要有 {chars} 字，最多 {limit} 字", "微信会拒收整条消息"),
    "body.empty": ("还没有正文", "没有正文微信会拒收"),
    "body.too_long": ("正文有 {chars} 个字符，不能到 {limit}", "连同排版代码一起算。可以拆成两篇"),
    "body.too_big": ("正文有 {size_bytes:size}，不能到 {limit:size}", "连同排版代码一起算。可以拆成两篇"),
    "body.long_for_uploadnews": ("正文有 {chars} 个字符", "超过 {limit}，旧接口可能拒收。可以改用草稿方式"),
    "cover.missing": ("没有封面", "不补封面，微信会拒收整条消息"),
    "cover.gone": ("封面的文件不见了", "重新放一张"),
    "picture.foreign": ("{count} 张图来自外站", "发送时会自动传到微信。不传，读者看到空白"),
    "picture.waiting": ("{count} 张图还没传到微信", "发送时会自动上传"),
    "picture.broken": ("有一张图取不到", "{url}"),
    "picture.gone": ("{count} 张图的文件不见了", "移走后重新放一次"),
    "picture.small": ("有一张图只有 {width} 像素宽", "在手机上会看不清"),
    "source_url.invalid": ("原文链接不是网址", "{url}"),
    "source_url.too_long": ("原文链接太长", "有 {size_bytes} 字节，最多 {limit} 字节"),
    "link.outside": ("「{text}」连到外站", "微信会去掉没有开通支付的账号的外链"),
    "link.tempkey": ("「{text}」是临时预览链接", "几小时后失效，微信会拒收"),
    "link.home_page": ("「{text}」连到公众号主页", "微信会拒收整条消息"),
    "content.stripped": ("有 {count} 处微信会改", "先看看改了什么"),
    "placeholder": ("还有没写完的「{text}」", "发出前补上"),
    "text.encoding": ("有无法发送的字符", "删掉显示成方框的再发"),
    "media.expiring": ("封面素材一天内过期", "发送时会自动重新上传"),
    "account.no_right": ("这个账号没有群发权限", "可以存到公众号草稿箱，再到公众平台发表"),
    "quota.spent": ("群发次数用完了", "按本机记录，给全部粉丝的次数用完了"),
    "quota.left": ("还能群发 {left} 次", "按本机记录，给全部粉丝"),
}
FIX_WORDS = {
    "jump": "去改",
    "title.cut": "截短",
    "author.cut": "截短",
    "digest.cut": "截短",
    "source_url.https": "补全",
    "link.unlink": "去掉链接",
    "picture.remove": "移走",
    "cover.choose": "去补",
    "picture.bring": "上传替换",
    "picture.upload": "现在上传",
    "picture.retry": "再试",
    "changes.show": "看看",
    "account.drafts": "存到草稿箱",
    "media.renew": "续期",
}


class Words(NamedTuple):
    """One finding in words."""

    fact: str
    follows: str
    fix: str


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewsChecks", text)


def finding_words(code: str, args: dict[str, Any], article_index: int, fix: str, several: bool) -> Words:
    """The words of a finding; with several articles it names the one it is about."""
    fact, follows = (fill(_tr(part), args) for part in WORDS.get(code, (code, "")))
    if article_index >= 0 and several:
        fact = _tr("第 {n} 篇：{fact}").format(n=article_index + 1, fact=fact)
    return Words(fact, follows, _tr(FIX_WORDS[fix]) if fix in FIX_WORDS else "")


def any_words(check: Check) -> str:
    """The sentence of a finding, of articles or of any other kind of message."""
    if "article" not in check.args and check.key not in ("account.no_right", "articles.ok"):
        return check_words(check)
    args = check.args
    said = finding_words(check.key, args, int(args.get("article", -1)), "", True)
    return said.fact
