-- What the sources report to have been done to people and media. Written with the story; what a person decides about an incident is kept
-- elsewhere and never touched from here.
CREATE TABLE incidents (
    -- UUIDv7, given once: lists and exports name it for good
    id              uuid PRIMARY KEY,
    -- open, released, contradicted
    status          text NOT NULL,
    topic           text NOT NULL,
    other_topics    text[] NOT NULL,
    country         text,
    place           text,
    happened_on     date NOT NULL,
    -- reported: a report says the day; published: the first report's own day
    date_basis      text NOT NULL,
    actors          text[] NOT NULL,
    -- [{value, key, count, publishers}], as written
    persons         jsonb NOT NULL,
    people          jsonb NOT NULL,
    -- Keys of the persons: who else reports of them
    person_keys     text[] NOT NULL,
    -- The headline that stands for it, as it was when last read
    title           text NOT NULL,
    language        text NOT NULL,
    story_id        uuid NOT NULL,
    -- Independent: no copies, editions of one house once
    publishers      integer NOT NULL,
    first_seen_at   timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX incidents_by_country ON incidents (country, id DESC);
CREATE INDEX incidents_by_topic ON incidents (topic, id DESC);
CREATE INDEX incidents_by_time ON incidents (last_seen_at DESC);
CREATE INDEX incidents_by_person ON incidents USING gin (person_keys);

-- A cluster belongs to one incident; one incident may be given several clusters.
CREATE TABLE incident_clusters (
    cluster_id  uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incidents ON DELETE CASCADE
);
CREATE INDEX incident_clusters_by_incident ON incident_clusters (incident_id);

-- Who reports it. Stands on its own when the story is past its time. A denial may come before what it denies: then there is no incident yet.
CREATE TABLE incident_reports (
    story_id        uuid PRIMARY KEY,
    cluster_id      uuid NOT NULL,
    source_id       text NOT NULL,
    source_name     text NOT NULL,
    publisher_group text NOT NULL,
    duplicate_of    uuid,
    url             text,
    title           text NOT NULL,
    language        text NOT NULL,
    published_at    timestamptz,
    first_seen_at   timestamptz NOT NULL
);
CREATE INDEX incident_reports_by_cluster ON incident_reports (cluster_id);

-- What each report says, and where it says so.
CREATE TABLE incident_facts (
    story_id uuid NOT NULL REFERENCES incident_reports ON DELETE CASCADE,
    position smallint NOT NULL,
    -- topic, country, place, date, actor, person, people, denial
    kind     text NOT NULL,
    value    text NOT NULL,
    key      text NOT NULL,
    count    integer,
    score    real NOT NULL,
    -- [{field, start, end, text, rule}]; offsets are UTF-8 bytes
    evidence jsonb NOT NULL,
    PRIMARY KEY (story_id, position)
);
