//! Months come, and go.

use std::time::Duration;

use jiff::Timestamp;
use presswatch::config::RetentionConfig;
use presswatch::model::{StoryDraft, Verdict};
use presswatch::store::retention::RetentionReport;

use crate::support::values::{alert, draft, source, source_id, tokens};
use crate::support::{TestDatabase, database};

const DAY: Duration = Duration::from_hours(24);

fn keep(days: u32) -> RetentionConfig {
    RetentionConfig { stories: DAY * days, fetches: DAY * 30, alerts: DAY * 60 }
}

fn seen(days_ago: u32, key: &str) -> StoryDraft {
    let mut draft = draft("valley", key, "Editor detained", "Police took her.");
    draft.first_seen_at = Timestamp::now() - DAY * days_ago;
    draft.fingerprint.shingles = vec![i64::from(days_ago)];
    draft.fingerprint.event = vec![i64::from(days_ago)];
    draft
}

async fn insert(db: &TestDatabase, draft: &StoryDraft) {
    let mut tx = db.store.begin_ingest().await.unwrap();
    let stored = tx.insert_story(draft, &source("valley"), &Verdict::New { cluster: None }, &tokens(draft)).await.unwrap();
    tx.revise_story(stored.story, draft, &tokens(draft)).await.unwrap();
    let key: [u8; 32] = std::array::from_fn(|place| draft.url_key.as_bytes().get(place).copied().unwrap_or_default());
    tx.mark_item(&source_id("valley"), &key, &key, Some(stored.story)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn months_are_made_ahead_and_a_second_call_makes_none() {
    let db = database().await;
    let again = db.store.ensure_partitions(2).await.unwrap();
    assert_eq!((again.created.len(), again.moved, again.stray), (0, 0, 0));
    let more = db.store.ensure_partitions(3).await.unwrap();
    assert_eq!(more.created.len(), 5, "{more:?}");
    insert(&db, &seen(0, "now")).await;
    assert_eq!(db.number("SELECT count(*) FROM stories_default").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_a_month_are_moved_when_it_is_made() {
    let db = database().await;
    insert(&db, &seen(400, "old")).await;
    insert(&db, &seen(0, "now")).await;
    assert_eq!(db.number("SELECT count(*) FROM stories_default").await, 1);
    let report = db.store.ensure_partitions(2).await.unwrap();
    assert_eq!((report.created.len(), report.moved, report.stray), (3, 3, 0), "a story, its revision and its labeling: {report:?}");
    assert_eq!(db.number("SELECT count(*) FROM stories_default").await, 0);
    assert_eq!(db.number("SELECT count(*) FROM stories").await, 2);
    let mut tx = db.store.begin_ingest().await.unwrap();
    assert!(tx.story_by_address("valley.example/old").await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_wrong_clock_are_reported() {
    let db = database().await;
    let mut wrong = seen(0, "future");
    wrong.first_seen_at = "2150-01-01T00:00:00Z".parse().unwrap();
    insert(&db, &wrong).await;
    let report = db.store.ensure_partitions(2).await.unwrap();
    assert_eq!((report.moved, report.stray), (0, 3), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn months_past_their_time_are_dropped_with_all_that_points_to_them() {
    let db = database().await;
    for (days, key) in [(400, "old"), (200, "kept"), (0, "now")] {
        insert(&db, &seen(days, key)).await;
    }
    db.store.ensure_partitions(2).await.unwrap();
    let report = db.store.apply_retention(&keep(300)).await.unwrap();
    assert_eq!(report.partitions.len(), 3, "{report:?}"); // stories, revisions and labelings; no labels, no matches
    assert_eq!((report.addresses, report.clusters), (1, 1), "{report:?}");
    assert_eq!(report.index_rows, 4, "two stories older than the window, in two indexes");
    assert_eq!(db.number("SELECT count(*) FROM stories").await, 2);
    assert_eq!(db.number("SELECT count(*) FROM story_revisions").await, 2);
    assert_eq!(db.number("SELECT count(*) FROM source_items WHERE story_id IS NULL").await, 1);
    let mut tx = db.store.begin_ingest().await.unwrap();
    assert!(tx.story_by_address("valley.example/old").await.unwrap().is_none());
    assert!(tx.story_by_address("valley.example/kept").await.unwrap().is_some());
    drop(tx);
    let again = db.store.apply_retention(&keep(300)).await.unwrap();
    assert_eq!(again, RetentionReport::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn old_fetches_items_and_ended_alerts_go_and_waiting_ones_stay() {
    let db = database().await;
    insert(&db, &seen(0, "now")).await;
    let now = Timestamp::now();
    let (story, cluster) = (presswatch::model::StoryId::new(now), presswatch::model::ClusterId::new(now));
    let mut tx = db.store.begin_ingest().await.unwrap();
    tx.insert_alerts(&[
        alert(story, cluster, "ended", 1, &["a"]),
        alert(story, cluster, "waiting", 2, &["a"]),
        alert(story, cluster, "recent", 3, &["a"]),
    ])
    .await
    .unwrap();
    tx.commit().await.unwrap();
    db.execute("UPDATE alerts SET created_at = now() - interval '70 days' WHERE channel_id <> 'recent'").await;
    db.execute("UPDATE deliveries SET state = 'delivered', ended_at = now() - interval '70 days' WHERE channel_id = 'ended'").await;
    db.execute("UPDATE deliveries SET state = 'delivered', ended_at = now() WHERE channel_id = 'recent'").await;
    db.execute("INSERT INTO fetches (source_id, started_at, duration_ms, outcome) VALUES ('valley', now() - interval '31 days', 1, 'ok'), ('valley', now(), 1, 'ok')").await;
    db.execute("INSERT INTO source_states (source_id, domain, config_hash, configured, interval_seconds, last_fetch_at) VALUES ('gone', 'g', '', false, 300, now() - interval '1 year'), ('here', 'h', '', true, 300, now() - interval '1 year')").await;
    db.execute("UPDATE source_items SET last_seen_at = now() - interval '1 year'").await;
    let report = db.store.apply_retention(&keep(300)).await.unwrap();
    assert_eq!((report.alerts, report.fetches, report.items, report.sources), (1, 1, 1, 1), "{report:?}");
    assert_eq!(db.number("SELECT count(*) FROM deliveries WHERE channel_id IN ('waiting', 'recent')").await, 2);
    assert_eq!(db.number("SELECT count(*) FROM deliveries").await, 2);
}
