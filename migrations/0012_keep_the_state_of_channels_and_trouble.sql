-- How a channel does. Rows are made at the first failure.
CREATE TABLE channel_states (
    channel_id      text PRIMARY KEY,
    -- Nothing was taken since; NULL: the last attempt was
    failing_since   timestamptz,
    last_success_at timestamptz,
    last_error      text,
    -- Nothing is sent until a person switches it on again
    disabled_at     timestamptz,
    disabled_reason text
);

-- Trouble of the daemon that the operator was told of and that lasts; and how far sources' changes were told.
CREATE TABLE operator_states (
    kind    text PRIMARY KEY,
    since   timestamptz NOT NULL DEFAULT now(),
    detail  text NOT NULL DEFAULT '',
    -- The last row of source_events that was told
    cursor  bigint NOT NULL DEFAULT 0
);
