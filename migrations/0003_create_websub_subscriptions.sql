-- WebSub: where we asked to be told of news of a source, and what came of it.
CREATE TABLE websub_subscriptions (
    source_id       text PRIMARY KEY,
    hub             text NOT NULL,
    -- The feed's name at the hub
    topic           text NOT NULL,
    -- The last part of the callback's address: who knows it is the hub
    token           text NOT NULL UNIQUE,
    -- What the hub signs with
    secret          text NOT NULL,
    -- wanted, asked, verified, denied
    state           text NOT NULL DEFAULT 'wanted',
    asked_at        timestamptz,
    -- How long the hub promised to tell us
    lease_until     timestamptz,
    -- When the hub is asked, or asked again
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    attempts        integer NOT NULL DEFAULT 0,
    -- The last signed message
    notified_at     timestamptz,
    -- The hub told of what the last poll with news found
    proven          boolean NOT NULL DEFAULT false,
    last_error      text
);
CREATE INDEX websub_subscriptions_due ON websub_subscriptions (next_attempt_at);
