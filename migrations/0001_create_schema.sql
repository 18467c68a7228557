-- Sources are described by the configuration; the database keeps what happened to them.
CREATE TABLE source_states (
    source_id        text PRIMARY KEY,
    -- Registrable domain of the address: the unit of politeness.
    domain           text NOT NULL,
    -- Hash of what the configuration says of address and kind: a changed source starts afresh.
    config_hash      bytea NOT NULL,
    -- False once the configuration no longer names it: never polled, still listed.
    configured       boolean NOT NULL DEFAULT true,
    -- False while the configuration switches it off: not polled.
    enabled          boolean NOT NULL DEFAULT true,
    next_due_at      timestamptz NOT NULL DEFAULT now(),
    interval_seconds integer NOT NULL,
    -- Lease of the worker that polls it now.
    claimed_until    timestamptz,
    claim_generation bigint NOT NULL DEFAULT 0,
    etag             text,
    last_modified    text,
    body_hash        bytea,
    -- Weighted: a refused connection counts 1, a 503 counts 0.5.
    failures         real NOT NULL DEFAULT 0,
    -- ok, failing, blocked, moved, gone
    health           text NOT NULL DEFAULT 'ok',
    failing_since    timestamptz,
    last_fetch_at    timestamptz,
    last_success_at  timestamptz,
    last_item_at     timestamptz,
    last_error       text,
    -- Where a permanent redirect points, and since when.
    moved_to         text,
    moved_since      timestamptz
);
CREATE INDEX source_states_due ON source_states (next_due_at) WHERE configured AND enabled;
CREATE INDEX source_states_leased ON source_states (domain) WHERE claimed_until IS NOT NULL;

CREATE TABLE fetches (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id     text NOT NULL,
    started_at    timestamptz NOT NULL DEFAULT now(),
    duration_ms   integer NOT NULL,
    -- ok, not_modified, or the kind of a failure
    outcome       text NOT NULL,
    http_status   smallint,
    bytes         bigint NOT NULL DEFAULT 0,
    items_seen    integer NOT NULL DEFAULT 0,
    items_new     integer NOT NULL DEFAULT 0,
    items_known   integer NOT NULL DEFAULT 0,
    items_skipped integer NOT NULL DEFAULT 0,
    detail        text,
    warnings      text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX fetches_by_source ON fetches (source_id, id DESC);
CREATE INDEX fetches_by_time ON fetches (started_at);

-- Which entries of a source are known: asked before an article page is fetched.
CREATE TABLE source_items (
    source_id     text NOT NULL,
    -- sha256 of the publisher's id, the address where there is none
    item_key      bytea NOT NULL,
    -- sha256 of title and text as read: tells an edited entry
    content_hash  bytea NOT NULL,
    story_id      uuid,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source_id, item_key)
);
CREATE INDEX source_items_by_age ON source_items (last_seen_at);
CREATE INDEX source_items_by_story ON source_items (story_id) WHERE story_id IS NOT NULL;

CREATE TABLE clusters (
    id            uuid PRIMARY KEY,
    title         text NOT NULL,
    main_country  text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_story_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX clusters_by_time ON clusters (last_story_at DESC);

CREATE TABLE stories (
    -- UUIDv7: sorts by the moment it was first seen
    id                  uuid NOT NULL PRIMARY KEY,
    source_id           text NOT NULL,
    source_name         text NOT NULL,
    publisher_group     text NOT NULL,
    cluster_id          uuid NOT NULL,
    -- The original, when this is a copy of one text
    duplicate_of        uuid,
    duplicate_score     real,
    url                 text,
    url_key             text NOT NULL,
    title               text NOT NULL,
    body                text NOT NULL,
    authors             text[] NOT NULL DEFAULT '{}',
    tags                text[] NOT NULL DEFAULT '{}',
    language            text NOT NULL,
    language_confidence real NOT NULL,
    published_at        timestamptz,
    first_seen_at       timestamptz NOT NULL,
    main_country        text,
    revision            integer NOT NULL DEFAULT 0,
    -- Sampled shingles and event features, as in the index tables below
    shingles            bigint[] NOT NULL DEFAULT '{}',
    event_features      bigint[] NOT NULL DEFAULT '{}',
    -- Folded tokens with their positions, the same that watchlists match on
    tokens              tsvector NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE stories_default PARTITION OF stories DEFAULT;
CREATE INDEX stories_by_source ON stories (source_id, id DESC);
CREATE INDEX stories_by_cluster ON stories (cluster_id, id);
CREATE INDEX stories_by_country ON stories (main_country, id DESC);
CREATE INDEX stories_by_tokens ON stories USING gin (tokens);

-- One story per address over all months. The unique key decides between two workers.
CREATE TABLE story_addresses (
    -- sha256 of the url_key
    url_hash   bytea PRIMARY KEY,
    story_id   uuid NOT NULL,
    seen_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX story_addresses_by_story ON story_addresses (story_id);

-- What a story said before it was edited.
CREATE TABLE story_revisions (
    story_id    uuid NOT NULL,
    revision    integer NOT NULL,
    title       text NOT NULL,
    body        text NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (story_id, revision)
) PARTITION BY RANGE (story_id);
CREATE TABLE story_revisions_default PARTITION OF story_revisions DEFAULT;

CREATE TABLE story_labels (
    story_id uuid NOT NULL,
    -- country, topic, actor
    kind     text NOT NULL,
    value    text NOT NULL,
    -- about, mentioned; empty for topics and actors
    role     text NOT NULL DEFAULT '',
    score    real NOT NULL,
    -- [{field, start, end, text, rule}]; offsets are UTF-8 bytes
    evidence jsonb NOT NULL,
    PRIMARY KEY (story_id, kind, value)
) PARTITION BY RANGE (story_id);
CREATE TABLE story_labels_default PARTITION OF story_labels DEFAULT;
CREATE INDEX story_labels_by_value ON story_labels (kind, value, story_id DESC);

CREATE TABLE matches (
    story_id     uuid NOT NULL,
    watchlist_id text NOT NULL,
    score        real NOT NULL,
    evidence     jsonb NOT NULL,
    matched_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (story_id, watchlist_id)
) PARTITION BY RANGE (story_id);
CREATE TABLE matches_default PARTITION OF matches DEFAULT;
CREATE INDEX matches_by_watchlist ON matches (watchlist_id, story_id DESC);

-- Inverted indexes over the last days: which stories share rare pieces of text, which share names, numbers and places.
-- Shingles stand here for originals only: twenty copies of one text would make its shingles look common.
CREATE TABLE shingle_index (
    hash     bigint NOT NULL,
    story_id uuid NOT NULL,
    PRIMARY KEY (hash, story_id)
);
CREATE INDEX shingle_index_by_story ON shingle_index (story_id);
CREATE TABLE event_index (
    hash       bigint NOT NULL,
    story_id   uuid NOT NULL,
    -- A name is rare when few events have it, however many stories tell them
    cluster_id uuid NOT NULL,
    PRIMARY KEY (hash, story_id)
);
CREATE INDEX event_index_by_story ON event_index (story_id);

CREATE TABLE alerts (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL,
    watchlist_id text NOT NULL,
    priority     text NOT NULL,
    restricted   boolean NOT NULL,
    cluster_id   uuid NOT NULL,
    story_id     uuid NOT NULL,
    channel_id   text NOT NULL,
    -- One event, one alert: sha256 over watchlist, channel, group, kind and version
    dedup_key    bytea NOT NULL UNIQUE,
    -- What every attempt says, unchanged: the snapshot of the story and the list
    payload      jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alerts_by_time ON alerts (created_at DESC);
CREATE INDEX alerts_by_story ON alerts (story_id);

-- The outbox: one row per alert and recipient.
CREATE TABLE deliveries (
    id           uuid PRIMARY KEY,
    alert_id     uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
    channel_id   text NOT NULL,
    -- Empty for webhooks
    recipient    text NOT NULL DEFAULT '',
    -- pending, delivered, dead
    state        text NOT NULL DEFAULT 'pending',
    due_at       timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    -- Fences a late acknowledgement: only the holder of the current generation may write
    generation   bigint NOT NULL DEFAULT 0,
    leased_until timestamptz,
    last_error   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    UNIQUE (alert_id, recipient)
);
CREATE INDEX deliveries_due ON deliveries (channel_id, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries (channel_id, ended_at) WHERE state = 'dead';
CREATE INDEX deliveries_by_alert ON deliveries (alert_id);

CREATE TABLE delivery_attempts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    attempt     integer NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    duration_ms integer NOT NULL,
    -- delivered, retry, gave_up
    outcome     text NOT NULL,
    detail      text NOT NULL
);
CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery_id, id);
