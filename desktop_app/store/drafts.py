"""Drafts: what is being written, one per account and kind of message."""

from __future__ import annotations

import json
from typing import Any

from desktop_app.store.database import Database


class Drafts:
    """Contents as plain JSON objects; they come back exactly as they were given."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def load(self, account_id: int, kind: str) -> dict[str, Any]:
        """The draft of this kind, an empty dict if there is none."""
        row = self._db.one("SELECT content FROM draft WHERE account_id = ? AND kind = ?", (account_id, kind))
        if row is None:
            return {}
        content: dict[str, Any] = json.loads(row[0])
        return content

    def save(self, account_id: int, kind: str, content: dict[str, Any]) -> None:
        """Keep the draft of this kind in the place of the last one."""
        # Escaped: half a surrogate pair, typed or pasted, is no UTF-8 and must not stop the saving.
        text = json.dumps(content)
        with self._db.transaction() as connection:
            connection.execute(
                """INSERT INTO draft (account_id, kind, content, updated_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (account_id, kind) DO UPDATE SET
                    content = excluded.content, updated_at = excluded.updated_at""",
                (account_id, kind, text, self._db.now()),
            )

    def clear(self, account_id: int, kind: str) -> None:
        """Forget the draft of this kind."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM draft WHERE account_id = ? AND kind = ?", (account_id, kind))
