-- People who read the pages, their sessions, what slows guessing of passwords, and who did what.

CREATE TABLE accounts (
    name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$' AND name <> 'local'),
    role text NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    -- argon2id in the PHC form, with its salt and costs.
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz
);

CREATE TABLE sessions (
    -- SHA-256 of what the browser holds: a copy of this table opens no session.
    token_hash bytea PRIMARY KEY,
    account text NOT NULL REFERENCES accounts (name) ON UPDATE CASCADE ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON sessions (account);

-- One row for each account and each address that failed lately, hashed: names and addresses of strangers are not collected.
CREATE TABLE sign_in_failures (
    subject bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL
);

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    -- An account, 'local' (pages without a sign-in), 'cli:USER', 'token:NAME'.
    who text NOT NULL,
    -- What was done: 'account.add', 'incident.confirm'.
    action text NOT NULL,
    -- What it was done to: an id.
    target text NOT NULL DEFAULT '',
    detail text NOT NULL DEFAULT ''
);
CREATE INDEX ON audit_log (at);
