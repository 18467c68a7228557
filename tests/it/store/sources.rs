//! Which source is due, and who polls it.

use std::collections::BTreeSet;
use std::time::Duration;

use presswatch::model::Source;
use presswatch::store::Store;
use presswatch::store::sources::{ClaimedSource, PollResult, SourceHealth, StoredValidators};

use crate::support::values::{source, source_id};
use crate::support::{TestDatabase, database};

const LEASE: Duration = Duration::from_mins(2);

fn entry(id: &str, domain: &str) -> (Source, String, Vec<u8>) {
    (source(id), domain.to_owned(), vec![1])
}

fn result(outcome: &str) -> PollResult {
    PollResult {
        outcome: outcome.to_owned(),
        http_status: Some(200),
        bytes: 4096,
        duration: Duration::from_millis(250),
        items_seen: 3,
        items_new: 2,
        items_known: 1,
        items_skipped: 0,
        detail: None,
        warnings: vec!["a date was mended\0".to_owned()],
        validators: Some(StoredValidators { etag: Some("\"v1\"".to_owned()), last_modified: None, body_hash: Some(vec![7; 32]) }),
        failures: 0.0,
        health: SourceHealth::Ok,
        interval: Duration::from_mins(10),
        next_in: Duration::from_mins(11),
        moved_to: None,
        last_item_at: Some(jiff::Timestamp::now()),
    }
}

fn names(claimed: &[ClaimedSource]) -> BTreeSet<&str> {
    claimed.iter().map(|one| one.source.as_str()).collect()
}

async fn with_sources(entries: &[(Source, String, Vec<u8>)]) -> TestDatabase {
    let db = database().await;
    db.store.sync_sources(entries).await.unwrap();
    db.store.make_all_due().await.unwrap();
    db
}

async fn claim(store: &Store) -> Vec<ClaimedSource> {
    store.claim_due_sources(100, LEASE).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn new_source_is_due_within_its_interval() {
    let db = database().await;
    assert_eq!(db.store.next_due_in().await.unwrap(), None);
    db.store.sync_sources(&[entry("a", "a.example")]).await.unwrap();
    let wait = db.store.next_due_in().await.unwrap().unwrap();
    assert!(wait <= Duration::from_mins(5), "{wait:?}");
    assert!(db.store.make_due(&source_id("a")).await.unwrap());
    assert!(!db.store.make_due(&source_id("b")).await.unwrap());
    assert_eq!(db.store.next_due_in().await.unwrap(), Some(Duration::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_source_of_a_domain_is_claimed_at_a_time() {
    let db = with_sources(&[entry("a1", "a.example"), entry("a2", "a.example"), entry("b", "b.example")]).await;
    let first = claim(&db.store).await;
    assert_eq!(first.len(), 2);
    assert!(names(&first).contains("b"));
    assert!(claim(&db.store).await.is_empty());
    assert!(db.store.next_due_in().await.unwrap().unwrap() > Duration::from_mins(1), "a busy domain is not due");
    let first_of_a = first.iter().find(|one| one.source.as_str() != "b").unwrap();
    assert!(db.store.finish_poll(first_of_a, &result("ok")).await.unwrap());
    let second = claim(&db.store).await;
    assert_eq!(second.len(), 1);
    assert_ne!(second[0].source, first_of_a.source);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_claim_at_once_never_share_a_source_or_a_domain() {
    let entries: Vec<_> = (0..120).map(|number| entry(&format!("s{number}"), &format!("d{}.example", number / 3))).collect();
    let db = with_sources(&entries).await;
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = db.another_store().await;
        workers.spawn(async move {
            let mut mine = Vec::new();
            for _ in 0..6 {
                mine.extend(store.claim_due_sources(3, LEASE).await.unwrap());
            }
            mine
        });
    }
    let claimed: Vec<ClaimedSource> = workers.join_all().await.into_iter().flatten().collect();
    let domains: BTreeSet<usize> = claimed.iter().map(|one| one.source.as_str()[1..].parse::<usize>().unwrap() / 3).collect();
    assert_eq!(names(&claimed).len(), claimed.len(), "a source was handed out twice");
    assert_eq!(domains.len(), claimed.len(), "two sources of one domain were handed out");
    assert_eq!(claimed.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn poll_is_written_down_and_its_validators_come_back() {
    let db = with_sources(&[entry("a", "a.example")]).await;
    let claimed = claim(&db.store).await.remove(0);
    assert_eq!((claimed.etag.as_deref(), claimed.interval), (None, Duration::from_mins(5)));
    assert!(db.store.finish_poll(&claimed, &result("ok")).await.unwrap());
    assert_eq!(db.number("SELECT count(*) FROM fetches WHERE outcome = 'ok' AND items_new = 2 AND http_status = 200 AND duration_ms = 250").await, 1);
    let wait = db.store.next_due_in().await.unwrap().unwrap();
    assert!(wait > Duration::from_mins(10) && wait <= Duration::from_mins(11), "{wait:?}");

    db.store.make_all_due().await.unwrap();
    let again = claim(&db.store).await.remove(0);
    assert_eq!((again.etag.as_deref(), again.body_hash.as_deref(), again.interval), (Some("\"v1\""), Some(&[7; 32][..]), Duration::from_mins(10)));
    assert!(again.last_success_at.is_some());
    let kept = PollResult { validators: None, failures: 1.5, health: SourceHealth::Failing, detail: Some("refused".to_owned()), ..result("connect") };
    assert!(db.store.finish_poll(&again, &kept).await.unwrap());
    let state =
        "SELECT count(*) FROM source_states WHERE health = 'failing' AND failing_since IS NOT NULL AND last_error = 'refused' AND etag = '\"v1\"'";
    assert_eq!(db.number(state).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_worker_cannot_write_over_a_later_one() {
    let db = with_sources(&[entry("a", "a.example")]).await;
    let stale = claim(&db.store).await.remove(0);
    db.execute("UPDATE source_states SET claimed_until = now() - interval '1 s'").await;
    let current = claim(&db.store).await.remove(0);
    assert!(!db.store.finish_poll(&stale, &result("ok")).await.unwrap());
    assert!(!db.store.release_source(&stale).await.unwrap());
    assert_eq!(db.number("SELECT count(*) FROM fetches").await, 0);
    assert!(db.store.finish_poll(&current, &result("ok")).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn released_source_is_due_at_once() {
    let db = with_sources(&[entry("a", "a.example")]).await;
    let claimed = claim(&db.store).await.remove(0);
    assert!(db.store.release_source(&claimed).await.unwrap());
    assert_eq!(claim(&db.store).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn permanent_redirect_keeps_its_first_moment_until_the_target_changes() {
    let db = with_sources(&[entry("a", "a.example")]).await;
    let poll = async |target: Option<&str>| {
        db.store.make_all_due().await.unwrap();
        let claimed = claim(&db.store).await.remove(0);
        let moved = PollResult { moved_to: target.map(str::to_owned), ..result("ok") };
        db.store.finish_poll(&claimed, &moved).await.unwrap();
        db.store.make_all_due().await.unwrap();
        let after = claim(&db.store).await.remove(0);
        db.store.release_source(&after).await.unwrap();
        (after.moved_to, after.moved_since)
    };
    let first = poll(Some("https://new.example/feed")).await;
    assert!(first.1.is_some());
    assert_eq!(poll(Some("https://new.example/feed")).await, first);
    let other = poll(Some("https://other.example/feed")).await;
    assert!(other.0 != first.0 && other.1 > first.1);
    assert_eq!(poll(None).await, (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_that_changes_takes_its_sources_along() {
    let db =
        with_sources(&[entry("kept", "k.example"), entry("changed", "c.example"), entry("removed", "r.example"), entry("off", "o.example")]).await;
    for claimed in claim(&db.store).await {
        db.store.finish_poll(&claimed, &result("ok")).await.unwrap();
    }
    let mut changed = entry("changed", "new.example");
    changed.2 = vec![2];
    let mut off = entry("off", "o.example");
    off.0.enabled = false;
    db.store.sync_sources(&[entry("kept", "k.example"), changed, off]).await.unwrap();
    let due = claim(&db.store).await;
    assert_eq!(names(&due), BTreeSet::from(["changed"]));
    assert_eq!(due[0].etag, None);
    db.store.make_all_due().await.unwrap();
    assert_eq!(names(&claim(&db.store).await), BTreeSet::from(["kept"]));
    assert_eq!(db.number("SELECT count(*) FROM source_states").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn infinite_moment_is_an_error() {
    let db = with_sources(&[entry("a", "a.example")]).await;
    for infinite in ["infinity", "-infinity"] {
        db.execute(&format!("UPDATE source_states SET last_success_at = '{infinite}', claimed_until = NULL")).await;
        let error = db.store.claim_due_sources(1, LEASE).await.unwrap_err();
        assert_eq!((error.kind(), error.is_transient()), ("unreadable", false), "{error}");
    }
}
