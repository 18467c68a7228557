-- What pages ask of a large archive, answered from indexes alone.

-- Originals, newest first: copies are folded on every page.
CREATE INDEX stories_originals ON stories (id DESC) INCLUDE (source_id, language) WHERE duplicate_of IS NULL;
CREATE INDEX stories_by_language ON stories (language, id DESC);
DROP INDEX story_labels_by_value;
CREATE INDEX story_labels_by_value ON story_labels (kind, value, story_id DESC) INCLUDE (role);

-- When a source was added and taken away: a curve that rises with it says nothing about the world.
ALTER TABLE source_states ADD COLUMN added_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN removed_at timestamptz;
UPDATE source_states s SET
    added_at = coalesce((SELECT min(started_at) FROM fetches f WHERE f.source_id = s.source_id), now()),
    removed_at = CASE WHEN NOT configured THEN now() END;

-- When we ourselves were deaf: nobody ran, or nothing could be reached.
CREATE TABLE own_outages (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- stopped, network
    kind     text NOT NULL,
    began_at timestamptz NOT NULL,
    -- NULL while it lasts
    ended_at timestamptz
);
CREATE INDEX own_outages_by_time ON own_outages (began_at);

-- The last sign of life of any daemon on this database.
CREATE TABLE daemon_sign (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    at       timestamptz NOT NULL
);
