-- Which rules labeled each story. Narrow and apart from the stories: labeling anew must not rewrite texts and their search index.
CREATE TABLE story_labelings (
    story_id uuid NOT NULL PRIMARY KEY,
    -- Fingerprint of tables, lexicons and program; 0 where it was not kept
    rules    bigint NOT NULL
) PARTITION BY RANGE (story_id);
CREATE TABLE story_labelings_default PARTITION OF story_labelings DEFAULT;
INSERT INTO story_labelings (story_id, rules) SELECT id, 0 FROM stories;

-- The rules that stored stories are brought to, and how far that is. One row at most: the last to start or reload decides.
CREATE TABLE label_rules (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    rules       bigint NOT NULL,
    begun_at    timestamptz NOT NULL DEFAULT now(),
    -- Stories that other rules had labeled when it began
    todo        bigint NOT NULL DEFAULT 0,
    relabeled   bigint NOT NULL DEFAULT 0,
    -- Those of them whose labels or places are others now
    changed     bigint NOT NULL DEFAULT 0,
    -- Those that could not be labeled and keep what they had
    failed      bigint NOT NULL DEFAULT 0,
    last_at     timestamptz,
    finished_at timestamptz
);
