"""The local SQLite file: accounts, drafts, media, and the outbox that is also the history."""
