"""After 存到公众号草稿箱: what is left to do on the admin site, as a list to tick, and the way there."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_app.services.articles import SavedCopy
from desktop_app.store.accounts import Account
from desktop_app.ui.dialogs import Sheet
from desktop_app.ui.widgets import IconLabel, button, hbox, label

ADMIN_SITE = "https://mp.weixin.qq.com/"


class WechatDraftDialog(Sheet):
    """No interface of WeChat's sets these things; the ticks are only for the person's own order."""

    def __init__(self, window: QWidget, account: Account, copy: SavedCopy) -> None:
        super().__init__(window, 480, 0, self.tr("已存到公众号草稿箱"))
        if copy.created:
            said = self.tr("「{name}」的草稿箱里有了这条图文。")
        elif copy.updated:
            said = self.tr("「{name}」草稿箱里的那一份更新了 {n} 篇。")
        else:
            said = self.tr("「{name}」草稿箱里的那一份已经是最新的。")
        row = hbox(IconLabel("check-circle", 16, "go.icon"), spacing=8)
        row.addWidget(label(said.format(name=account.name, n=copy.updated), wrap=True), 1)
        self.body.addLayout(row)
        if account.mass_send_right is False:
            why = self.tr("这个账号没有群发接口的权限，要到公众平台发表。")
            self.body.addWidget(label(why, "body", "text.2", wrap=True))
        self.body.addWidget(label(self.tr("这些事要在公众平台做，做完打勾"), "caption", "text.2"))
        todo = [
            ("original", self.tr("声明原创")),
            ("reward", self.tr("打开赞赏")),
            ("album", self.tr("加入合集")),
            ("publish", self.tr("发表")),
        ]
        for key, text in todo:
            box = QCheckBox(text)
            box.setObjectName(f"drafts.todo.{key}")
            box.setAccessibleName(text)
            self.body.addWidget(box)
        close = button(self.tr("关闭"), name="drafts.todo.close")
        admin = button(self.tr("打开公众平台"), "primary", icon="open-external", name="drafts.admin")
        close.clicked.connect(self.accept)
        admin.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(ADMIN_SITE)))
        foot = QWidget()
        foot.setLayout(hbox(None, close, admin, margins=(24, 16, 24, 16)))
        self.set_footer(foot)
