-- What a list was told of an event: decides about updates, reminders and escalation.
CREATE TABLE alert_events (
    watchlist_id    text NOT NULL,
    -- sha256 of what makes one alert: cluster, cluster and language, or original story
    event_key       bytea NOT NULL,
    cluster_id      uuid NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    -- When the last alert was or will be due; NULL: nothing was told
    told_at         timestamptz,
    updates         integer NOT NULL DEFAULT 0,
    -- As told
    publishers      integer NOT NULL DEFAULT 0,
    severity        smallint NOT NULL DEFAULT 0,
    -- Of the sources whose stories met the list
    countries       text[] NOT NULL DEFAULT '{}',
    -- Stood in a digest as told by too few
    listed_as_few   boolean NOT NULL DEFAULT false,
    -- Whoever knows it may acknowledge
    ack_token       text UNIQUE,
    acknowledged_at timestamptz,
    -- cli, page, link
    acknowledged_by text,
    repeats         integer NOT NULL DEFAULT 0,
    next_repeat_at  timestamptz,
    escalate_at     timestamptz,
    PRIMARY KEY (watchlist_id, event_key)
);
CREATE INDEX alert_events_to_repeat ON alert_events (next_repeat_at) WHERE acknowledged_at IS NULL AND next_repeat_at IS NOT NULL;
CREATE INDEX alert_events_to_escalate ON alert_events (escalate_at) WHERE acknowledged_at IS NULL AND escalate_at IS NOT NULL;
CREATE INDEX alert_events_by_age ON alert_events (created_at);

ALTER TABLE alerts ADD COLUMN event_key bytea;
CREATE INDEX alerts_by_event ON alerts (watchlist_id, event_key, id DESC) WHERE event_key IS NOT NULL;

-- One row each time that a list told of an event by itself: counted by rate limits.
CREATE TABLE alert_log (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    watchlist_id text NOT NULL,
    at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_log_by_list ON alert_log (watchlist_id, at);

-- What became of a match: sent, update, joined, known, too_old, too_weak, silent, or the digest with its reason. NULL before this was kept.
ALTER TABLE matches ADD COLUMN decision text;

-- One row for each period of a list whose digest was made, empty or not.
CREATE TABLE digests (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    watchlist_id text NOT NULL,
    due_at       timestamptz NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    entries      integer NOT NULL DEFAULT 0,
    UNIQUE (watchlist_id, due_at)
);

-- Events that wait for a digest, or stood in one.
CREATE TABLE digest_entries (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    watchlist_id text NOT NULL,
    event_key    bytea NOT NULL,
    cluster_id   uuid NOT NULL,
    added_at     timestamptz NOT NULL DEFAULT now(),
    score        real NOT NULL,
    -- listed, quiet_hours, rate_limit, few_sources, update_limit
    reason       text NOT NULL,
    -- The snapshot of its best story
    story        jsonb NOT NULL,
    digest_id    bigint REFERENCES digests ON DELETE SET NULL,
    taken        boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX digest_entries_waiting ON digest_entries (watchlist_id, event_key) WHERE NOT taken;
CREATE INDEX digest_entries_by_age ON digest_entries (added_at);

CREATE TABLE bursts (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    watchlist_id text NOT NULL,
    -- Empty where the list does not count by country
    country      text NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    sources      integer NOT NULL,
    stories      integer NOT NULL,
    usual        real NOT NULL,
    z            real NOT NULL
);
CREATE INDEX bursts_by_list ON bursts (watchlist_id, country, at DESC);
