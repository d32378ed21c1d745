"""The tables, as one list of migrations: entry n brings a file from user_version n to n + 1."""

from __future__ import annotations

# Times are Unix seconds (REAL), always from the clock that is handed in. Nothing here ever holds an AppSecret
# or an access token.
VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    app_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('service', 'subscription')),
    picture TEXT NOT NULL DEFAULT '',
    base_url TEXT NOT NULL,
    proxy TEXT NOT NULL DEFAULT 'system',
    is_sandbox INTEGER NOT NULL DEFAULT 0,
    api_protection INTEGER NOT NULL DEFAULT 0,
    mass_send_right INTEGER,              -- NULL unknown, 1 probed and granted, 0 refused with 48001
    last_ip TEXT NOT NULL DEFAULT '',
    quota_correction TEXT NOT NULL DEFAULT '',  -- JSON {"period": "2026-11", "left": 2, "at": …}
    removed_at REAL,
    created_at REAL NOT NULL
);

CREATE TABLE draft (
    account_id INTEGER NOT NULL REFERENCES account(id),
    kind TEXT NOT NULL,
    content TEXT NOT NULL,                -- JSON, shapes in services/composing.py
    updated_at REAL NOT NULL,
    PRIMARY KEY (account_id, kind)
) WITHOUT ROWID;

CREATE TABLE media_file (
    sha256 TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                   -- image, voice, video, by content
    format TEXT NOT NULL,                 -- jpeg, png, gif, bmp, webp, mp3, amr, mp4 …
    name TEXT NOT NULL,                   -- the name it was dropped with
    path TEXT NOT NULL,                   -- file name below the media folder
    size_bytes INTEGER NOT NULL,
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    added_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE upload (
    account_id INTEGER NOT NULL REFERENCES account(id),
    sha256 TEXT NOT NULL,
    use TEXT NOT NULL,                    -- temp.image, temp.voice, temp.video, temp.thumb, perm.image, body …
    variant TEXT NOT NULL DEFAULT '',     -- hash of title and description for a mass-sendable video
    media_id TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL,
    expires_at REAL,                      -- NULL: permanent
    uses INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, sha256, use, variant)
) WITHOUT ROWID;
CREATE INDEX upload_media_id ON upload (media_id);

CREATE TABLE tag (
    account_id INTEGER NOT NULL REFERENCES account(id),
    tag_id INTEGER NOT NULL,              -- -1 stands for all followers
    name TEXT NOT NULL,
    people INTEGER NOT NULL,
    updated_at REAL NOT NULL,
    PRIMARY KEY (account_id, tag_id)
) WITHOUT ROWID;

CREATE TABLE send (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account(id),
    kind TEXT NOT NULL,                   -- text, image, voice, video, news
    title TEXT NOT NULL,                  -- what the table shows
    message TEXT NOT NULL,                -- JSON as WeChat takes it (msgtype and body)
    content TEXT NOT NULL DEFAULT '{}',   -- JSON of the draft it came from, for "copy as new"
    content_hash TEXT NOT NULL DEFAULT '',
    audience TEXT NOT NULL,               -- JSON {"type": "all"|"tag"|"openids", "tag_id", "name"}
    people INTEGER,                       -- NULL: unknown
    send_ignore_reprint INTEGER,
    confirmed_at REAL NOT NULL,
    not_before REAL,                      -- a scheduled send
    changed_at REAL NOT NULL,
    grp TEXT NOT NULL DEFAULT 'running'   -- running, attention, done: follows the batches, for quick lists
);
CREATE INDEX send_by_account ON send (account_id, confirmed_at DESC, id DESC);
CREATE INDEX send_by_group ON send (account_id, grp, confirmed_at DESC, id DESC);

CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    send_id INTEGER NOT NULL REFERENCES send(id),
    number INTEGER NOT NULL,              -- 1 … n within the send
    client_msg_id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    seal TEXT NOT NULL,                   -- hash of what decides whether it may leave; see store/outbox.py
    people INTEGER,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',      -- code of why it waits or failed
    reason_args TEXT NOT NULL DEFAULT '{}',
    attempts INTEGER NOT NULL DEFAULT 0,
    first_left_at REAL,                   -- when the first attempt left
    last_left_at REAL,                    -- when the latest attempt left
    repeats_until REAL,                   -- no repeat of any kind later; 0: the clock jumped, nobody can tell
    asked_at REAL,                        -- when a person asked for the repeat that is due
    in_doubt INTEGER NOT NULL DEFAULT 0,  -- some attempt ended in doubt: every later one is a repeat
    not_before REAL,                      -- no attempt earlier
    waits_for_person INTEGER NOT NULL DEFAULT 0,
    accepted_at REAL,
    msg_id TEXT,                          -- decimal: 64 bits without a sign do not fit an INTEGER
    msg_data_id TEXT,
    errcode INTEGER,
    polled_at REAL,
    next_poll_at REAL,
    marked INTEGER NOT NULL DEFAULT 0,    -- SUCCEEDED or FAILED by the person's mark
    deleted_articles TEXT NOT NULL DEFAULT '[]',
    UNIQUE (send_id, number)
);
CREATE INDEX batch_open ON batch (state, not_before);
CREATE INDEX batch_msg_id ON batch (msg_id, send_id);
CREATE INDEX batch_left ON batch (first_left_at);
CREATE INDEX batch_poll ON batch (state, next_poll_at);

CREATE TABLE batch_body (                 -- apart, so that reading a state never walks through 300 kB of openids
    batch_id INTEGER PRIMARY KEY REFERENCES batch(id),
    body BLOB NOT NULL                    -- the exact bytes of the request, sealed when it was queued
);

CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    send_id INTEGER NOT NULL REFERENCES send(id),
    batch_number INTEGER,                 -- NULL: about the whole send
    at REAL NOT NULL,
    code TEXT NOT NULL,
    args TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX story_by_send ON story (send_id, id);

CREATE TABLE preview_recipient (
    account_id INTEGER NOT NULL REFERENCES account(id),
    value TEXT NOT NULL,
    is_wx_name INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    used_at REAL NOT NULL,
    PRIMARY KEY (account_id, value, is_wx_name)
) WITHOUT ROWID;

CREATE TABLE preview (
    account_id INTEGER NOT NULL REFERENCES account(id),
    kind TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    recipients TEXT NOT NULL,             -- JSON list of what the person typed
    at REAL NOT NULL,
    PRIMARY KEY (account_id, kind)
) WITHOUT ROWID;

CREATE TABLE recent_audience (
    account_id INTEGER NOT NULL REFERENCES account(id),
    label TEXT NOT NULL,
    choice TEXT NOT NULL,                 -- JSON of services/audience.py: Choice
    people INTEGER,
    used_at REAL NOT NULL,
    PRIMARY KEY (account_id, label)
) WITHOUT ROWID;
"""

# The article desk.
VERSION_2 = """
ALTER TABLE account ADD COLUMN news_way TEXT NOT NULL DEFAULT 'draft' CHECK (news_way IN ('draft', 'uploadnews'));

CREATE TABLE article_draft (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account(id),
    title TEXT NOT NULL,                  -- of the first article that has one
    words TEXT NOT NULL,                  -- what a search looks in: titles, authors, digests, texts
    articles INTEGER NOT NULL,            -- how many
    cover TEXT NOT NULL,                  -- SHA-256 of the first article's cover, or empty
    content TEXT NOT NULL,                -- JSON, shape in article/contents.py
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    trashed_at REAL,
    wechat TEXT NOT NULL DEFAULT ''       -- JSON {"media_id", "hashes": [one per article], "at"}: 存到公众号草稿箱
);
CREATE INDEX article_draft_list ON article_draft (account_id, updated_at DESC, id DESC);

CREATE TABLE article_version (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES article_draft(id) ON DELETE CASCADE,
    at REAL NOT NULL,                     -- when this content was last changed
    title TEXT NOT NULL,
    chars INTEGER NOT NULL,
    content BLOB NOT NULL                 -- zlib of the JSON
);
CREATE INDEX article_version_by_draft ON article_version (draft_id, at DESC, id DESC);

CREATE TABLE made_draft (                 -- drafts in WeChat's box that this app made for a send or a preview
    account_id INTEGER NOT NULL REFERENCES account(id),
    media_id TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('send', 'preview')),
    content_hash TEXT NOT NULL,
    made_at REAL NOT NULL,
    PRIMARY KEY (account_id, media_id)
) WITHOUT ROWID;

CREATE TABLE foreign_picture (            -- pictures from the web that were brought into the media folder
    url TEXT PRIMARY KEY,                 -- the SHA-256 of its address: those of data: are as long as the picture
    sha256 TEXT NOT NULL,
    fetched_at REAL NOT NULL
) WITHOUT ROWID;
"""

# The media desk.
VERSION_3 = """
ALTER TABLE media_file ADD COLUMN made_from TEXT NOT NULL DEFAULT '';  -- SHA-256 of the original it was made from
ALTER TABLE media_file ADD COLUMN source TEXT NOT NULL DEFAULT '';     -- where the original was when it was dropped
CREATE INDEX media_file_made_from ON media_file (made_from);

CREATE TABLE material (                   -- the account's own 素材库 as WeChat listed it last
    account_id INTEGER NOT NULL REFERENCES account(id),
    media_id TEXT NOT NULL,
    kind TEXT NOT NULL,                   -- image, voice, video
    name TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    updated_at REAL NOT NULL,             -- WeChat's update_time
    sha256 TEXT NOT NULL DEFAULT '',      -- the file once it was brought here
    thumb TEXT NOT NULL DEFAULT '',       -- file name of its thumbnail in the media folder
    seen INTEGER NOT NULL,                -- number of the sync that saw it last
    PRIMARY KEY (account_id, media_id)
) WITHOUT ROWID;

CREATE TABLE transfer (                   -- uploads that are not finished: offered again at the next start
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account(id),
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    use TEXT NOT NULL,                    -- what it goes up for: message, body, library
    kind TEXT NOT NULL,                   -- what it was taken as: image, voice, video, picture, '' for whatever it is
    added_at REAL NOT NULL,
    UNIQUE (account_id, sha256, use)
);

ALTER TABLE batch ADD COLUMN healing INTEGER NOT NULL DEFAULT 0;  -- after 40007, a fresh upload: 1 wanted, 2 made
"""

MIGRATIONS: tuple[str, ...] = (VERSION_1, VERSION_2, VERSION_3)
