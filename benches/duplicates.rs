//! Looking for the copies of a story costs the same in a large archive as in a small one.
//!
//! Fills a private Postgres with stories of the last six days, all within the window that is searched, and measures the same look-ups at
//! 10,000 and at 1,000,000 stories. Prints both and their ratio; ends with an error when it is over the bar. `cargo bench --bench
//! duplicates -- 200000` stops at fewer stories.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures and stops at the first failure")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use presswatch::model::Fingerprint;
use presswatch::store::Store;
use presswatch::store::embedded::{Durability, EmbeddedCluster, EmbeddedOptions};
use presswatch::store::ingest::CandidateLimits;
use presswatch::understand::dedupe;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection, Row};

const SMALL: i64 = 10_000;
const LARGE: i64 = 1_000_000;
/// A look-up in the large archive may cost this many times one in the small archive.
const BAR: f64 = 1.5;
const LOOK_UPS: i64 = 400;
/// Hashes of each story: a short report's shingles, names and numbers.
const SHINGLES: i64 = 16;
const FEATURES: i64 = 8;

const LIMITS: CandidateLimits = CandidateLimits {
    shingle_window: dedupe::SHINGLE_WINDOW,
    event_window: dedupe::EVENT_WINDOW,
    rare_shingles: dedupe::RARE_DOCUMENTS,
    rare_events: dedupe::RARE_CLUSTERS,
    count: dedupe::CANDIDATE_LIMIT,
};

#[tokio::main]
async fn main() -> ExitCode {
    let large = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(LARGE).max(SMALL * 2);
    let folder = tempfile::tempdir().unwrap();
    let mut options = EmbeddedOptions::new(folder.path());
    options.durability = Durability::Scratch;
    let cluster = EmbeddedCluster::start(&options).await.unwrap();
    let database = cluster.connect_options();
    let store = Store::connect(&database, 2).await.unwrap();
    store.migrate().await.unwrap();
    let mut connection = database.connect().await.unwrap();

    fill(&mut connection, 0, SMALL).await;
    let small = measure(&store, &mut connection).await;
    println!("{SMALL:>9} stories: {:.2} ms a look-up (median)", small * 1e3);
    let started = Instant::now();
    fill(&mut connection, SMALL, large).await;
    println!("{large:>9} stories: filled in {} s", started.elapsed().as_secs());
    let many = measure(&store, &mut connection).await;
    println!("{large:>9} stories: {:.2} ms a look-up (median)", many * 1e3);
    let ratio = many / small;
    println!("ratio {ratio:.2}, at most {BAR}");
    cluster.stop().await;
    if ratio <= BAR { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes stories `from..to`. Most hashes are a story's own; one shingle in four is shared by six stories, one feature in four by twenty,
/// and one of each is in every story, as boilerplate is.
async fn fill(connection: &mut PgConnection, from: i64, to: i64) {
    let range = format!("generate_series({from}, {to} - 1) AS i");
    let statements = [
        "ALTER TABLE shingle_index DROP CONSTRAINT shingle_index_pkey; DROP INDEX shingle_index_by_story;
         ALTER TABLE event_index DROP CONSTRAINT event_index_pkey; DROP INDEX event_index_by_story;
         SET maintenance_work_mem = '256MB'; SET synchronous_commit = off;"
            .to_owned(),
        // Version 7 identifiers over six days: the archive's order is that of arrival.
        format!(
            "CREATE TEMP TABLE fresh AS SELECT i, (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - (i::bigint * 7919 % 518400) * 1000), 12, '0')
                 || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid AS id FROM {range}"
        ),
        format!(
            "INSERT INTO stories (id, source_id, source_name, publisher_group, cluster_id, url_key, title, body, language, language_confidence,
                                  first_seen_at, shingles, event_features, tokens)
             SELECT id, 'bench', 'Bench', 'bench', id, 'bench/' || i, 'Story ' || i, repeat('A line of some words. ', 12), 'en', 1, now(),
                 (SELECT array_agg(CASE WHEN k = 0 THEN 1 WHEN k % 4 = 1 THEN hashtextextended((i / 6) || ':' || k, 1) ELSE hashtextextended(i || ':' || k, 2) END)
                  FROM generate_series(0, {SHINGLES} - 1) AS k),
                 (SELECT array_agg(CASE WHEN k = 0 THEN 3 WHEN k % 4 = 1 THEN hashtextextended((i / 20) || ':' || k, 3) ELSE hashtextextended(i || ':' || k, 4) END)
                  FROM generate_series(0, {FEATURES} - 1) AS k), ''
             FROM fresh"
        ),
        "INSERT INTO shingle_index (hash, story_id) SELECT unnest(shingles), id FROM stories JOIN fresh USING (id);
         INSERT INTO event_index (hash, story_id, cluster_id) SELECT unnest(event_features), id, id FROM stories JOIN fresh USING (id);
         DROP TABLE fresh;"
            .to_owned(),
        "ALTER TABLE shingle_index ADD PRIMARY KEY (hash, story_id); CREATE INDEX shingle_index_by_story ON shingle_index (story_id);
         ALTER TABLE event_index ADD PRIMARY KEY (hash, story_id); CREATE INDEX event_index_by_story ON event_index (story_id);"
            .to_owned(),
        "ANALYZE stories; ANALYZE shingle_index; ANALYZE event_index; CHECKPOINT".to_owned(),
    ];
    for statement in statements.iter().flat_map(|statements| statements.split(';')).filter(|statement| !statement.trim().is_empty()) {
        connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    }
}

/// The median time of a look-up for a copy of a stored story, in seconds. Each look-up must find that story.
async fn measure(store: &Store, connection: &mut PgConnection) -> f64 {
    let rows = connection
        .fetch_all(AssertSqlSafe(format!("SELECT id, shingles, event_features FROM stories ORDER BY hashtextextended(url_key, 5) LIMIT {LOOK_UPS}")))
        .await
        .unwrap();
    let wanted: Vec<(uuid::Uuid, Fingerprint)> =
        rows.iter().map(|row| (row.get("id"), Fingerprint { shingles: row.get("shingles"), event: row.get("event_features") })).collect();
    let mut times: Vec<Duration> = Vec::new();
    // The first round warms the caches of both sizes alike.
    for round in 0..3 {
        for (id, fingerprint) in &wanted {
            let started = Instant::now();
            let mut tx = store.begin_ingest().await.unwrap();
            let found = tx.candidates(fingerprint, Timestamp::now(), &LIMITS).await.unwrap();
            drop(tx);
            if round > 0 {
                times.push(started.elapsed());
            }
            assert_eq!(found.first().map(|one| one.story.0), Some(*id), "a copy finds its original first");
        }
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64()
}
