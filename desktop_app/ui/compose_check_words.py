"""What the findings of 发送前检查 say, by their key; the same sentences word a refusal before anything leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop_app.ui.units import fill

if TYPE_CHECKING:
    from desktop_app.services.contents import Check

# Sources of the translation context "Checks".
CHECK_WORDS: dict[str, str] = {
    "text.empty": "还没有写文字",
    "text.encoding": "文字里有无法发送的字符，删掉显示成方框的再发",
    "text.long": "有 {chars} 字，超过 {limit} 字微信可能拒收",
    "text.over_2048": "有 {size_bytes} 字节，超过 {limit} 字节微信很可能拒收",
    "text.torn_link": "有一处链接不完整，粉丝会看到代码，删掉重新插入",
    "text.ok": "{chars} 字，长度没有问题",
    "image.empty": "还没有图片",
    "image.too_many": "有 {count} 张图片，最多 {limit} 张",
    "image.recommend_too_long": "推荐语有 {chars} 字，最多 {limit} 字",
    "image.preview_first_only": "发预览时只能看到第 1 张，群发时全部送达",
    "image.upload_failed": "{count} 张图片没有上传成功",
    "image.ok": "{count} 张图片的格式和大小都合格",
    "voice.empty": "还没有语音",
    "voice.upload_failed": "语音没有上传成功",
    "voice.ok": "语音 {seconds:time}，格式、大小和时长都合格",
    "video.empty": "还没有视频",
    "video.title_empty": "还没有写视频的标题",
    "video.title_too_long": "标题有 {chars} 字，最多 {limit} 字",
    "video.description_too_long": "描述有 {chars} 字，最多 {limit} 字",
    "video.may_be_refused": "微信可能拒收通过接口上传的视频",
    "video.upload_failed": "视频没有上传成功",
    "video.ok": "视频 {seconds:time}，格式和大小都合格",
    "media.gone": "「{name}」的文件不见了，移走后重新放一次",
    "media.expiring": "「{name}」的素材一天内过期，过期后会自动重新上传",
    "account.no_right": "这个账号没有群发权限，请到公众平台「接口权限」里查看",
    "quota.spent": "按本机记录，给全部粉丝的群发次数用完了",
    "quota.left": "按本机记录，给全部粉丝还能群发 {left} 次",
}

FIXABLE = ("text.", "image.", "voice.", "video.", "media.gone")
"""Findings that a field of the form can mend; the others have no 去改."""


def check_words(check: Check) -> str:
    """The sentence of a finding."""
    return key_words(check.key, check.args)


def key_words(key: str, args: dict[str, object]) -> str:
    """The sentence of a key; the key itself when it has none."""
    return fill(QCoreApplication.translate("Checks", CHECK_WORDS.get(key, key)), args)


def fixable(check: Check) -> bool:
    """Whether the form has a field for it. What WeChat may do to a video nobody can mend here."""
    return check.key.startswith(FIXABLE) and check.key != "video.may_be_refused"


def is_quiet(check: Check) -> bool:
    """Whether it is said without a mark: that nothing was written yet is no mistake, and some things are just so."""
    return check.key.endswith(".empty") or check.key == "image.preview_first_only"
