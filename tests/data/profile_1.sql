-- A profile of version 0.1, as its program wrote it.
BEGIN TRANSACTION;
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
INSERT INTO "account" VALUES(1,'wx00000000005a4d01','岚间茶事（演练）','service','','http://127.0.0.1:1','system',1,0,NULL,'','',NULL,1790000000.0);
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
INSERT INTO "batch" VALUES(1,1,1,'key00000000000000000000000000000','/cgi-bin/message/mass/sendall','3a7596abc0fb02ee1c4e406fd2004f507eac5f2dcfe27ea91d649e5a097d7541','b7b5d9c9f9dd284ff2fe832a94fc0b78',5,'cancelled','','{}',0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,'[]');
INSERT INTO "batch" VALUES(2,2,1,'key10000000000000000000000000000','/cgi-bin/message/mass/sendall','e5d5f7c1d225fd6b13623ebb1b5b9d075c705659f81868b1e37005a0923b0346','9f16eca13922faa1bd30be0fe41816de',5,'cancelled','','{}',0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,'[]');
INSERT INTO "batch" VALUES(3,3,1,'key20000000000000000000000000000','/cgi-bin/message/mass/sendall','fcb7ecf22a686fde527cafa2dd308d1c321ff6d1baddedf24668afbba85a7d64','87af8b377863ae912740e65886fc4022',5,'queued','','{}',0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,0,'[]');
CREATE TABLE batch_body (                 -- apart, so that reading a state never walks through 300 kB of openids
    batch_id INTEGER PRIMARY KEY REFERENCES batch(id),
    body BLOB NOT NULL                    -- the exact bytes of the request, sealed when it was queued
);
INSERT INTO "batch_body" VALUES(1,X'7B226E223A20307D');
INSERT INTO "batch_body" VALUES(2,X'7B226E223A20317D');
INSERT INTO "batch_body" VALUES(3,X'7B226E223A20327D');
CREATE TABLE draft (
    account_id INTEGER NOT NULL REFERENCES account(id),
    kind TEXT NOT NULL,
    content TEXT NOT NULL,                -- JSON, shapes in services/composing.py
    updated_at REAL NOT NULL,
    PRIMARY KEY (account_id, kind)
) WITHOUT ROWID;
INSERT INTO "draft" VALUES(1,'text','{"text": "\u660e\u5929\u89c1"}',1790000000.0);
INSERT INTO "draft" VALUES(1,'video','{"file": null, "title": "\u91c7\u8336", "description": "\u6e05\u660e\u524d"}',1790000000.0);
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
INSERT INTO "media_file" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','image','png','茶.png','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.png',120,8,8,0.0,1790000000.0);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('current_account','1');
INSERT INTO "meta" VALUES('version','1');
CREATE TABLE preview (
    account_id INTEGER NOT NULL REFERENCES account(id),
    kind TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    recipients TEXT NOT NULL,             -- JSON list of what the person typed
    at REAL NOT NULL,
    PRIMARY KEY (account_id, kind)
) WITHOUT ROWID;
INSERT INTO "preview" VALUES(1,'text','abc','["wx_someone"]',1790000000.0);
CREATE TABLE preview_recipient (
    account_id INTEGER NOT NULL REFERENCES account(id),
    value TEXT NOT NULL,
    is_wx_name INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    used_at REAL NOT NULL,
    PRIMARY KEY (account_id, value, is_wx_name)
) WITHOUT ROWID;
CREATE TABLE recent_audience (
    account_id INTEGER NOT NULL REFERENCES account(id),
    label TEXT NOT NULL,
    choice TEXT NOT NULL,                 -- JSON of services/audience.py: Choice
    people INTEGER,
    used_at REAL NOT NULL,
    PRIMARY KEY (account_id, label)
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
INSERT INTO "send" VALUES(1,1,'text','第 0 条','{"msgtype":"text","text":{"content":"第 0 条"}}','{}','','{"type":"tag","tag_id":2,"name":"星标组"}',NULL,NULL,1790000000.0,NULL,1790000000.0,'done');
INSERT INTO "send" VALUES(2,1,'text','第 1 条','{"msgtype":"text","text":{"content":"第 1 条"}}','{}','','{"type":"tag","tag_id":2,"name":"星标组"}',NULL,NULL,1790000000.0,NULL,1790000000.0,'done');
INSERT INTO "send" VALUES(3,1,'text','第 2 条','{"msgtype":"text","text":{"content":"第 2 条"}}','{}','','{"type":"tag","tag_id":2,"name":"星标组"}',NULL,NULL,1790000000.0,NULL,1790000000.0,'running');
CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    send_id INTEGER NOT NULL REFERENCES send(id),
    batch_number INTEGER,                 -- NULL: about the whole send
    at REAL NOT NULL,
    code TEXT NOT NULL,
    args TEXT NOT NULL DEFAULT '{}'
);
INSERT INTO "story" VALUES(1,1,NULL,1790000000.0,'queued','{"batches":1}');
INSERT INTO "story" VALUES(2,2,NULL,1790000000.0,'queued','{"batches":1}');
INSERT INTO "story" VALUES(3,3,NULL,1790000000.0,'queued','{"batches":1}');
INSERT INTO "story" VALUES(4,1,1,1790000000.0,'cancelled','{}');
INSERT INTO "story" VALUES(5,2,1,1790000000.0,'cancelled','{}');
CREATE TABLE tag (
    account_id INTEGER NOT NULL REFERENCES account(id),
    tag_id INTEGER NOT NULL,              -- -1 stands for all followers
    name TEXT NOT NULL,
    people INTEGER NOT NULL,
    updated_at REAL NOT NULL,
    PRIMARY KEY (account_id, tag_id)
) WITHOUT ROWID;
INSERT INTO "tag" VALUES(1,-1,'',9126,1790000000.0);
INSERT INTO "tag" VALUES(1,2,'星标组',40,1790000000.0);
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
CREATE INDEX send_by_account ON send (account_id, confirmed_at DESC, id DESC);
CREATE INDEX send_by_group ON send (account_id, grp, confirmed_at DESC, id DESC);
CREATE INDEX batch_open ON batch (state, not_before);
CREATE INDEX batch_msg_id ON batch (msg_id, send_id);
CREATE INDEX batch_left ON batch (first_left_at);
CREATE INDEX batch_poll ON batch (state, next_poll_at);
CREATE INDEX story_by_send ON story (send_id, id);
COMMIT;
PRAGMA user_version = 1;
