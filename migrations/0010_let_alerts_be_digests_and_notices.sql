-- An alert need not be about one story, nor come from a watchlist: digests and bursts have no story, news of the daemon has neither.
ALTER TABLE alerts
    ALTER COLUMN watchlist_id DROP NOT NULL,
    ALTER COLUMN cluster_id DROP NOT NULL,
    ALTER COLUMN story_id DROP NOT NULL;
