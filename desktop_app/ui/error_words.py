"""What each error code of ours says in the window: title (what happened) and advice (what to do next).

WeChat's own codes (``wx.40164``) are worded in ``wechat/errcodes.py``. ``{name}`` is filled from the error's
arguments; after a colon stands how it is written: ``{limit:size}``, ``{kind:kind}``, ``{formats:format}``.

Where an error offers a way out, its words have a key of their own: ``code:fix``, and ``code:fix:ffmpeg`` when there
is no program for it (``words_of``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NO_FFMPEG = "这台电脑上没有格式转换程序 ffmpeg。到 设置 → 素材 选择它，或装好后再试"
_IPHONE_JPG = "也可以让手机直接拍 JPG：iPhone 设置 → 相机 → 格式 → 兼容性最佳"

# Sources of the translation context "Errors": the table itself is what a translator gets.
ERROR_WORDS: dict[str, tuple[str, str]] = {
    # No usable answer
    "net.dns": ("连不上网", "找不到微信的服务器。检查网络，联网后再试"),
    "net.refused": ("连不上微信", "没有接通。检查网络和代理，过一会儿再试"),
    "net.timeout": ("等不到微信的答复", "网络可能很慢，过一会儿再试"),
    "net.reset": ("连接中断了", "检查网络后再试"),
    "net.cut": ("答复没有收全", "连接中断了，检查网络后再试"),
    "net.tls": (
        "加密连接没有通过检查",
        "检查这台电脑的时间；公司网络可能拦截了加密连接，请问网络管理员",
    ),
    "net.proxy": ("连不上代理", "检查代理地址，或改为直接连接"),
    "net.proxy_auth": ("代理要求登录", "检查代理的用户名和密码"),
    "net.portal": (
        "网络要先登录",
        "回答的是一个登录网页，不是微信。在浏览器里登录这个网络后再试",
    ),
    "net.redirect": (
        "请求被转到了别处",
        "为了安全没有跟过去。检查接口地址和公司网络",
    ),
    "net.http": ("微信的服务器出错了", "HTTP {status}。过几分钟再试"),
    "net.garbage": ("看不懂微信的答复", "可能是网络中间设备改动了内容，过一会儿再试"),
    "net.too_big": ("答复大得不正常", "没有读完。检查接口地址和公司网络"),
    # Files: the reason first, then the way out
    "media.missing": ("文件不在了", "它可能已被移走或删除，重新选择一次"),
    "media.folder": ("这是一个文件夹", "打开它，把里面的文件拖进来"),
    "media.not_a_file": ("这不是普通的文件", "先存成文件再拖进来"),
    "media.locked": ("没有读取这个文件的权限", "关掉正在用它的程序，或换个位置再试"),
    "media.unreadable": ("文件读不出来", "它可能损坏了，重新存一份再拖进来"),
    "media.changed": ("文件正在被改动", "等它存完，再拖进来"),
    "media.empty": ("文件是空的", "重新导出一次再拖进来"),
    "media.damaged": ("{kind:kind}文件损坏了", "打开看看，重新导出一次再拖进来"),
    "media.unknown": ("认不出这种文件", "这里只收图片、语音和视频"),
    "media.kind": (
        "这是{kind:kind}，不是{wanted:kind}",
        "拖到「{kind:kind}」里",
    ),
    "media.format": (
        "微信不支持 {format:format} 格式",
        "{kind:kind}只收 {formats:format}，另存为其中一种再拖进来",
    ),
    "media.too_big": (
        "{size_bytes:size}，超过{kind:kind}上限 {limit:size}",
        "压小后再拖进来",
    ),
    "media.too_long": ("{seconds} 秒，超过语音上限 {limit} 秒", "剪短后再拖进来"),
    "media.codec": ("微信不支持 {codec} 编码", "用别的软件转成 H.264 的 MP4，再拖进来"),
    "media.film_too_long": (
        "{seconds:time} 的视频压不进 {limit:size}",
        "画面会糊得看不清。剪到 {longest:time} 以内再拖进来",
    ),
    "media.ffmpeg": ("格式转换程序 ffmpeg 启动不了", "到 设置 → 素材 换一个，或重新装好后再试"),
    "media.ffmpeg_old": (
        "这个 ffmpeg 太旧，拼不全 HEIC 图片",
        "到 设置 → 素材 换成 7.1 或更新的；" + _IPHONE_JPG,
    ),
    # The same with a way out: a button beside the words does it
    "media.format:to_jpg": ("微信不支持 {format:format} 格式", "转成 JPG 就能用"),
    "media.format:to_jpg:ffmpeg": ("微信不支持 {format:format} 格式", f"{_NO_FFMPEG}；{_IPHONE_JPG}"),
    "media.format:to_mp4": ("微信不支持 {format:format} 格式", "转成 MP4 就能用"),
    "media.format:to_mp4:ffmpeg": ("微信不支持 {format:format} 格式", _NO_FFMPEG),
    "media.format:to_mp3:ffmpeg": ("微信不支持 {format:format} 格式", _NO_FFMPEG),
    "media.codec:to_mp4": ("微信不支持 {codec} 编码", "转成 H.264 的 MP4 就能用"),
    "media.codec:to_mp4:ffmpeg": ("微信不支持 {codec} 编码", _NO_FFMPEG),
    "media.too_big:fit_video": ("{size_bytes:size}，超过{kind:kind}上限 {limit:size}", "压缩一下就能用"),
    "media.too_big:fit_video:ffmpeg": ("{size_bytes:size}，超过{kind:kind}上限 {limit:size}", _NO_FFMPEG),
    "media.too_big:fit_voice": ("{size_bytes:size}，超过{kind:kind}上限 {limit:size}", "压缩一下就能用"),
    "media.too_big:fit_voice:ffmpeg": ("{size_bytes:size}，超过{kind:kind}上限 {limit:size}", _NO_FFMPEG),
    "media.too_long:cut_voice": ("{seconds} 秒，超过语音上限 {limit} 秒", "剪出其中一段就能用"),
    "media.too_long:cut_voice:ffmpeg": ("{seconds} 秒，超过语音上限 {limit} 秒", _NO_FFMPEG),
    "media.too_many_pixels": ("图片的像素太多", "缩小到 {limit} 像素以内再拖进来"),
    "media.no_video": ("文件里没有画面", "它只有声音，换一个视频"),
    "media.too_many": ("放不下了", "一条图片消息最多 {limit} 张"),
    "media.gone": ("「{name}」的文件不见了", "移走后重新放一次"),
    "media.gone:unnamed": ("文件不见了", "移走后重新放一次"),
    "media.twice": ("这个文件已经在里面了", "同一条消息里不用放两次"),
    "media.disk_full": ("磁盘满了", "腾出一些空间后再拖进来"),
    "media.cache": ("存不进缓存文件夹", "检查数据文件夹的权限和磁盘"),
    # The local store
    "store.in_use": ("这份数据正在被另一个程序使用", "先关掉另一个窗口，再打开"),
    "store.newer": ("这份数据来自更新的版本", "请用较新的群发台打开"),
    "store.full": ("磁盘满了", "腾出一些空间后再试"),
    "store.busy": ("数据文件正被占用", "过一会儿再试"),
    "store.read_only": ("数据文件夹不能写入", "检查文件夹的权限"),
    "store.folder": ("数据文件夹用不了", "检查文件夹的权限和磁盘空间"),
    "store.damaged": ("数据文件损坏了", "可以从备份恢复"),
    "store.restore": ("没能从备份恢复", "检查备份文件夹的权限和磁盘空间"),
    "store.backup": ("没能备份", "检查备份文件夹的权限和磁盘空间"),
    "store.changed": ("这条记录刚刚变过", "看一眼最新的状态再决定"),
    "store.transition": ("这条记录现在不能这样做", "看一眼最新的状态再决定"),
    "store.no_send": ("找不到这条记录", "刷新列表再看"),
    "store.row_damaged": ("这条记录损坏了", "请在公众平台核对它有没有发出"),
    "draft.unknown": ("找不到这份草稿", "它可能已被删除，刷新列表再看"),
    "draft.no_version": ("找不到这个版本", "它可能已被清理，刷新版本列表再看"),
    # Articles and pictures from the web
    "article.picture": ("有一张图没能传到微信", "在「发送前检查」里换掉它，或移走后再试"),
    "fetch.scheme": ("这不是网上的图片", "把图片存下来，再拖进来"),
    "fetch.host": ("这个网址不能用", "它指向这台电脑或内部网络。把图片存下来，再拖进来"),
    "fetch.dns": ("找不到图片所在的网站", "检查网址和网络，或把图片存下来再拖进来"),
    "fetch.connect": ("连不上图片所在的网站", "过一会儿再试，或把图片存下来再拖进来"),
    "fetch.tls": ("图片所在网站的证书有问题", "把图片存下来，再拖进来"),
    "fetch.timeout": ("图片一直没有下载完", "过一会儿再试，或把图片存下来再拖进来"),
    "fetch.status": ("网站没有给出这张图", "它可能已被删除，或不许别处使用。把图片存下来再拖进来"),
    "fetch.redirects": ("这张图被转了太多次", "把图片存下来，再拖进来"),
    "fetch.too_big": ("图片太大", "超过 {limit:size}，缩小后再拖进来"),
    "fetch.cut": ("图片没有下载完整", "再试一次，或把图片存下来再拖进来"),
    "fetch.garbage": ("看不懂网站的答复", "把图片存下来，再拖进来"),
    "fetch.data": ("正文里有一张图损坏了", "移走后重新放一次"),
    "settings.unreadable": ("设置读不出来", "先用默认设置，改动后会重新保存"),
    "settings.unwritable": ("设置没有保存", "检查数据文件夹的权限和磁盘空间"),
    "store.disk": ("磁盘读写出错", "检查磁盘和连接线，尽快备份数据文件夹"),
    "store.error": ("数据没有写成", "检查磁盘空间后再试"),
    # Accounts and addresses
    "account.exists": ("这个 AppID 已经连接过", "在账号列表里切换到它"),
    "account.kind": ("账号类型不对", "选服务号或订阅号"),
    "account.news_way": ("图文方式不对", "选草稿或旧接口"),
    "account.none": ("还没有连接公众号", "先连接一个，或用演练账号试用"),
    "account.unknown": ("找不到这个账号", "它可能已被移除，重新连接一次"),
    "secret.needed": ("需要输入 AppSecret", "在「设置 · 账号」里输入后继续"),
    "address.insecure": ("地址要以 https:// 开头", "http:// 只能用于这台电脑自己"),
    "address.malformed": ("地址写得不对", "形如 https://api.weixin.qq.com"),
    "proxy.malformed": ("代理地址写得不对", "形如 http://proxy.example:8080"),
    # Whom and what: refused before anything left
    "audience.one_openid": ("只有一个人", "群发至少 2 人；发给一个人用预览"),
    "audience.empty": ("受众是空的", "选一个标签，或放进一份名单"),
    "audience.duplicate": ("名单里有重复的人", "去掉重复后再发"),
    "audience.openid": ("名单里有不是 OpenID 的内容", "检查选中的列"),
    "audience.tag": ("标签不对", "刷新标签后重新选"),
    "audience.too_many": ("一次最多 {limit} 人", "减少后再发"),
    "audience.kind": ("受众选得不完整", "重新选一次受众"),
    "audience.subscription_list": ("订阅号不能按名单群发", "改选全部粉丝或一个标签"),
    "list.missing": ("找不到这个文件", "它可能被移走或改名了，重新选一次"),
    "list.locked": ("文件打不开", "它可能正在 Excel 里打开，先关掉再试"),
    "list.not_a_file": ("这不是一个文件", "选一份 CSV、Excel 或文本文件"),
    "list.unreadable": ("文件读不出来", "换一个位置再试"),
    "list.empty": ("这份名单里没有内容", "检查文件，或直接粘贴 OpenID"),
    "list.too_big": ("文件太大（{size_bytes}）", "拆成几份，每份不超过 50 MB"),
    "list.too_many_rows": ("名单超过 {limit} 行", "拆成几份再导入"),
    "list.format": ("这种文件读不了", "在 Excel 里另存为 .xlsx 或 CSV，再拖进来"),
    "list.encoding": ("认不出文件的文字编码", "在 Excel 里另存为 .xlsx 或 UTF-8 的 CSV"),
    "list.damaged": ("文件损坏了", "重新导出一份再试"),
    "quota.spent": ("群发次数用完了", "如果公众平台显示还有次数，在账号菜单里改正"),
    "send.left": ("它已经提交给微信，不能取消", "看群发记录里的结果"),
    "send.not_unsure": ("这条记录的结果已经清楚", "刷新列表再看"),
    "send.too_late": ("已超过 23 小时，同一编号不再防重", "请先在公众平台核对"),
    "delete.already": ("已经删除过", "微信那边已经打不开了"),
    "delete.kind": ("这种消息发出后不能删除", "微信只能删除图文和视频"),
    "delete.no_msg_id": ("不知道这次群发的 msg_id，不能删除", "请到公众平台删除"),
    "delete.state": ("发送成功以后才能删除", "等它发完再删"),
    "preview.to": ("没有写发给谁", "写上一个微信号或 OpenID"),
    "message.text": ("文字是空的", "写点什么再发"),
    "text.encoding": ("文字里有无法发送的字符", "删掉显示成方框的字符再发"),
    # Whatever has no words of its own
    "": ("没有成功", "再试一次；还不行就复制详情，发给技术支持"),
}


def words_of(code: str, args: Mapping[str, Any]) -> tuple[str, str] | None:
    """Title and advice of a code, in the words for its way out where there are such; None for an unknown code."""
    offered = f"{code}:{args.get('fix')}" if code != "media.gone" or args.get("name") else f"{code}:unnamed"
    for key in (f"{offered}:{args.get('needs')}", offered, code):
        if key in ERROR_WORDS:
            return ERROR_WORDS[key]
    return None
