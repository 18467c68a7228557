-- What people decide about incidents. Gathering and labeling never write here: a correction holds until a person takes it back.

-- How an incident stands with the desk; without a row nobody has looked at it.
CREATE TABLE incident_reviews (
    incident_id uuid PRIMARY KEY REFERENCES incidents ON DELETE CASCADE,
    -- confirmed, rejected, merged
    state       text NOT NULL,
    -- Where it was merged into
    merged_into uuid,
    by_whom     text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX incident_reviews_by_target ON incident_reviews (merged_into) WHERE merged_into IS NOT NULL;

-- The values that are shown in place of those that reports give; a list is a JSON array.
CREATE TABLE incident_corrections (
    incident_id uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
    -- title, topic, country, place, date, status, actors, persons
    field       text NOT NULL,
    value       jsonb NOT NULL,
    by_whom     text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (incident_id, field)
);
CREATE INDEX incident_corrections_by_value ON incident_corrections (field, value);

-- Everything that was ever decided, with who and when. Nothing is taken out but with the incident.
CREATE TABLE incident_decisions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
    at          timestamptz NOT NULL DEFAULT now(),
    by_whom     text NOT NULL,
    -- confirmed, rejected, reopened, corrected, uncorrected, merged, took_in, split_off, gave_off
    kind        text NOT NULL,
    field       text,
    value       jsonb,
    other_id    uuid,
    note        text NOT NULL DEFAULT ''
);
CREATE INDEX incident_decisions_by_incident ON incident_decisions (incident_id, id);

-- Its reports were given to it or taken from it: what they say together is to be joined anew.
ALTER TABLE incidents ADD COLUMN stale boolean NOT NULL DEFAULT false;
CREATE INDEX incidents_stale ON incidents (id) WHERE stale;
