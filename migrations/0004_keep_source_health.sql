-- What a source's health is judged by, how its domain is to be treated, and every change of its health.

ALTER TABLE source_states
    -- ok, not_modified, held, or the kind of a failure
    ADD COLUMN last_outcome      text,
    ADD COLUMN last_status       smallint,
    -- What kind of wall stands before the document, where one was recognized
    ADD COLUMN wall              text,
    -- True while moved_to lies outside of the registrable domain of the configured address
    ADD COLUMN moved_elsewhere   boolean NOT NULL DEFAULT false,
    -- What the document was when it was last taken for the publisher's
    ADD COLUMN feed_title        text,
    ADD COLUMN feed_language     text,
    -- Why its items are held back, and since when
    ADD COLUMN suspicion         text,
    ADD COLUMN suspicious_since  timestamptz,
    -- Its habit: the last slots of three hours (counted from 1970) in which something new was published, oldest first
    ADD COLUMN arrivals          integer[] NOT NULL DEFAULT '{}',
    -- New items a day, recent ones weighing most
    ADD COLUMN items_per_day     double precision,
    -- What its document asks for: ttl and sy:*, skipHours (bit 0 for 0 h UTC), skipDays (bit 0 for Monday). An unchanged one still does.
    ADD COLUMN asked_seconds     integer,
    ADD COLUMN skip_hours        integer NOT NULL DEFAULT 0,
    ADD COLUMN skip_days         smallint NOT NULL DEFAULT 0,
    -- Watched this closely until then
    ADD COLUMN burst_seconds     integer,
    ADD COLUMN burst_until       timestamptz;

-- health: new, ok, quiet, failing, blocked, moved, gone, hijacked
ALTER TABLE source_states ALTER COLUMN health SET DEFAULT 'new';
UPDATE source_states SET health = 'new' WHERE last_fetch_at IS NULL;

-- The unit of politeness.
CREATE TABLE source_domains (
    domain        text PRIMARY KEY,
    spacing_ms    integer NOT NULL DEFAULT 0,
    concurrency   integer NOT NULL DEFAULT 1,
    -- No source of it is polled before: the spacing after the last request
    next_start_at timestamptz,
    -- Nor before: it asked us to slow down
    held_until    timestamptz,
    -- Refusals (429, 403) since the last answer
    refusals      integer NOT NULL DEFAULT 0
);
INSERT INTO source_domains (domain) SELECT DISTINCT domain FROM source_states;

CREATE TABLE source_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id  text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    from_state text NOT NULL,
    to_state   text NOT NULL,
    reason     text NOT NULL,
    evidence   text[] NOT NULL,
    advice     text NOT NULL
);
CREATE INDEX source_events_by_source ON source_events (source_id, id DESC);
CREATE INDEX source_events_by_time ON source_events (at);
