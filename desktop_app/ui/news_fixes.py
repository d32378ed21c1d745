"""What the findings of 发送前检查 lead to: a mark on the card, a one-click fix, a jump to the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.article.check import Finding
from desktop_app.article.fix import FIXES, apply
from desktop_app.services.contents import Check
from desktop_app.ui.article_model import Health, is_blank

if TYPE_CHECKING:
    from desktop_app.ui.news_form import NewsForm

SECTION_OF = {"cover": "cover", "digest": "digest", "content_source_url": "link"}


class NewsFixes(QObject):
    """Works on the articles of ``form``."""

    def __init__(self, form: NewsForm) -> None:
        super().__init__(form)
        self._form = form
        form.panel.fix_wanted.connect(self.fix)

    def show_health(self, checks: tuple[Check, ...]) -> None:
        """Mark the cards with what the checks found."""
        self._form.panel.set_quiet(all(is_blank(each) for each in self._form.model.articles()))
        health = []
        for row in range(self._form.model.rowCount()):
            levels = [c.level for c in checks if c.args.get("article") == row]
            blank = is_blank(self._form.model.article(row)) and self._form.model.rowCount() == 1
            health.append(Health() if blank else Health(levels.count("red"), levels.count("amber")))
        self._form.model.set_health(health)

    def fix(self, check: Check) -> None:
        """Mend a finding in one click, or go where it can be mended."""
        how = str(check.args.get("fix", ""))
        if how in FIXES:
            self._apply(check)
        elif how == "changes.show":
            self._go_to(check)
            self._form.changes_wanted.emit()
        elif how in ("picture.bring", "picture.upload", "picture.retry"):
            self._form.files.bring_pictures()
        elif how == "media.renew":
            self._form.files.renew_cover(int(check.args["article"]))
        elif how == "account.drafts":
            self._form.save_to_wechat_wanted.emit()
        elif how == "cover.choose":
            self.jump(check)
            self._form.inspector.focus_section("cover")
        else:
            self.jump(check)

    def _apply(self, check: Check) -> None:
        self._form.flush()
        args = dict(check.args)
        index, where, how = args.pop("article"), args.pop("where", "message"), args.pop("fix")
        finding = Finding(check.key, check.level, int(index), str(where), args, str(how))
        mended = apply(self._form.content(), finding)["articles"][int(index)]
        self._form.model.edit(int(index), **{name: value for name, value in mended.items() if name != "id"})
        if int(index) == self._form.row:
            self._form.show_article()
            self._form.load_body()

    def _go_to(self, check: Check) -> None:
        row = int(check.args.get("article", -1))
        if 0 <= row < self._form.model.rowCount():
            self._form.column.cards.choose(row)

    def jump(self, check: Check) -> None:
        """Put the keyboard where the finding is."""
        self._go_to(check)
        where = str(check.args.get("where", ""))
        if where in ("title", "author"):
            (self._form.meta.title if where == "title" else self._form.meta.author).setFocus()
        elif where in SECTION_OF:
            self._form.inspector.focus_section(SECTION_OF[where])
        else:
            self._form.focus_body()
            text = check.args.get("text")
            if text and self._form.editor is not None:
                self._form.editor.command("find", text=str(text))
