-- References of a watchlist's persons whom messages about an event named: of another one the list was told nothing yet.
ALTER TABLE alert_events ADD COLUMN persons text[] NOT NULL DEFAULT '{}';
