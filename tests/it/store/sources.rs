//! Which source is due, and who polls it.

use std::collections::BTreeSet;
use std::time::Duration;

use presswatch::config::{DomainLimits, GatherConfig};
use presswatch::gather::health::assess;
use presswatch::model::{Source, SourceState};
use presswatch::store::Store;
use presswatch::store::sources::{ClaimedSource, DomainNews, Finished, PollResult, StoredValidators};

use crate::support::values::{source, source_id};
use crate::support::{ScratchFolder, TestDatabase, database};

const LEASE: Duration = Duration::from_mins(2);

fn entry(id: &str, domain: &str) -> (Source, String, Vec<u8>) {
    (source(id), domain.to_owned(), vec![1])
}

fn result(outcome: &str) -> PollResult {
    PollResult {
        outcome: outcome.to_owned(),
        counts: true,
        http_status: Some(200),
        bytes: 4096,
        duration: Duration::from_millis(250),
        items_seen: 3,
        items_new: 2,
        items_known: 1,
        warnings: vec!["a date was mended\0".to_owned()],
        validators: Some(StoredValidators { etag: Some("\"v1\"".to_owned()), last_modified: None, body_hash: Some(vec![7; 32]) }),
        interval: Duration::from_mins(10),
        next_in: Duration::from_mins(11),
        last_item_at: Some(jiff::Timestamp::now()),
        ..PollResult::default()
    }
}

async fn finish(store: &Store, claimed: &ClaimedSource, result: &PollResult) -> Option<Finished> {
    store.finish_poll(claimed, result, assess).await.unwrap()
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
    assert!(finish(&db.store, first_of_a, &result("ok")).await.is_some());
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
    assert!(finish(&db.store, &claimed, &result("ok")).await.is_some());
    assert_eq!(db.number("SELECT count(*) FROM fetches WHERE outcome = 'ok' AND items_new = 2 AND http_status = 200 AND duration_ms = 250").await, 1);
    let wait = db.store.next_due_in().await.unwrap().unwrap();
    assert!(wait > Duration::from_mins(10) && wait <= Duration::from_mins(11), "{wait:?}");

    db.store.make_all_due().await.unwrap();
    let again = claim(&db.store).await.remove(0);
    assert_eq!((again.etag.as_deref(), again.body_hash.as_deref(), again.interval), (Some("\"v1\""), Some(&[7; 32][..]), Duration::from_mins(10)));
    assert!(again.facts.last_success_at.is_some());
    let kept = PollResult { validators: None, failures: 2.0, detail: Some("refused".to_owned()), ..result("connect") };
    assert!(finish(&db.store, &again, &kept).await.is_some());
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
    assert_eq!(finish(&db.store, &stale, &result("ok")).await, None);
    assert!(!db.store.release_source(&stale).await.unwrap());
    assert_eq!(db.number("SELECT count(*) FROM fetches").await, 0);
    assert!(finish(&db.store, &current, &result("ok")).await.is_some());
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
        finish(&db.store, &claimed, &moved).await;
        db.store.make_all_due().await.unwrap();
        let after = claim(&db.store).await.remove(0);
        db.store.release_source(&after).await.unwrap();
        (after.facts.moved_to, after.facts.moved_since)
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
        finish(&db.store, &claimed, &result("ok")).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_bears_what_the_configuration_says() {
    let entries: Vec<_> = ["a1", "a2", "a3", "b1"].map(|id| entry(id, &format!("{}.example", &id[..1]))).into();
    let db = with_sources(&entries).await;
    db.execute("UPDATE source_domains SET concurrency = 2 WHERE domain = 'a.example'").await;
    assert_eq!(claim(&db.store).await.len(), 2);
    assert_eq!(claim(&db.store).await.len(), 1, "two at once of the domain that bears two");
    assert!(claim(&db.store).await.is_empty());

    let spaced = with_sources(&entries).await;
    spaced.execute("UPDATE source_domains SET concurrency = 16, spacing_ms = 60000 WHERE domain = 'a.example'").await;
    assert_eq!(claim(&spaced.store).await.len(), 2);
    assert!(claim(&spaced.store).await.is_empty(), "the second of the domain waits for the spacing");
    let wait = spaced.store.next_due_in().await.unwrap().unwrap();
    assert!(wait > Duration::from_secs(40) && wait <= Duration::from_mins(1), "{wait:?}");
    spaced.execute("UPDATE source_domains SET next_start_at = now()").await;
    assert_eq!(claim(&spaced.store).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_with_thousands_of_sources_starves_nobody() {
    let mut entries: Vec<_> = (0..2000).map(|number| entry(&format!("big-{number}"), "big.example")).collect();
    entries.extend((0..20).map(|number| entry(&format!("small-{number}"), &format!("small-{number}.example"))));
    let db = with_sources(&entries).await;
    // The big one has waited for an hour, the others for a second.
    db.execute("UPDATE source_states SET next_due_at = now() - interval '1 hour' WHERE domain = 'big.example'").await;
    let first = db.store.claim_due_sources(32, LEASE).await.unwrap();
    assert_eq!(first.iter().filter(|one| one.source.as_str().starts_with("big")).count(), 1);
    assert_eq!(first.len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fell_due_while_nobody_polled_is_spread() {
    let entries: Vec<_> = (0..300).map(|number| entry(&format!("s{number}"), &format!("d{number}.example"))).collect();
    let db = with_sources(&entries).await;
    db.execute("UPDATE source_states SET next_due_at = now() - interval '3 days'").await;
    assert_eq!(db.store.spread_overdue(Duration::from_mins(1)).await.unwrap(), 300);
    let due = "SELECT count(*) FROM source_states WHERE next_due_at BETWEEN now() + interval '10 s' AND now() + interval '1 minute'";
    assert!(db.number(due).await > 150, "spread over the minute");
    assert_eq!(db.number("SELECT count(*) FROM source_states WHERE next_due_at > now() + interval '1 minute'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_domains_follow_the_configuration_and_holds_stay() {
    let db = with_sources(&[entry("a", "a.example"), entry("b", "b.example")]).await;
    db.store.hold_domain("b.example", Duration::from_hours(1)).await.unwrap();
    let mut gather = gather_config();
    gather.domains = [("a.example".to_owned(), DomainLimits { spacing: Duration::from_secs(30), concurrency: 1 })].into();
    db.store.sync_domains(&gather).await.unwrap();
    let row = |domain: &str, spacing: u32, concurrency: u32| {
        format!("SELECT count(*) FROM source_domains WHERE domain = '{domain}' AND spacing_ms = {spacing} AND concurrency = {concurrency}")
    };
    assert_eq!(db.number(&row("a.example", 30_000, 1)).await, 1);
    assert_eq!(db.number(&row("b.example", 5_000, 2)).await, 1);
    assert_eq!(names(&claim(&db.store).await), BTreeSet::from(["a"]));
    gather.domains.clear();
    db.store.sync_domains(&gather).await.unwrap();
    assert_eq!(db.number(&row("a.example", 5_000, 2)).await, 1);
    db.store.sync_sources(&[entry("a", "c.example")]).await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM source_domains WHERE domain = 'c.example'").await, 1);
    assert_eq!(
        db.number("SELECT count(*) FROM source_domains WHERE domain = 'b.example' AND held_until > now()").await,
        1,
        "its source is still listed"
    );
}

/// The settings of an empty file.
fn gather_config() -> GatherConfig {
    let folder = ScratchFolder::new("gather");
    std::fs::write(folder.path().join("presswatch.toml"), "").unwrap();
    presswatch::config::load(folder.path()).unwrap().gather
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_a_domain_is_kept_with_the_poll() {
    let db = with_sources(&[entry("a", "a.example")]).await;
    let poll = async |news: DomainNews| {
        db.execute("UPDATE source_domains SET held_until = NULL").await;
        db.store.make_all_due().await.unwrap();
        let claimed = claim(&db.store).await.remove(0);
        let told = PollResult { domain: news, failures: 1.0, ..result("rate_limited") };
        let facts_held = finish(&db.store, &claimed, &told).await.unwrap().standing.evidence;
        (claimed.domain_refusals, facts_held.iter().any(|line| line.contains("left alone until")))
    };
    assert_eq!(poll(DomainNews::Refused { hold: None }).await, (0, false));
    assert_eq!(poll(DomainNews::Refused { hold: Some(Duration::from_hours(1)) }).await, (1, true));
    assert_eq!(poll(DomainNews::None).await, (2, false));
    assert_eq!(poll(DomainNews::Answered).await, (2, false));
    assert_eq!(poll(DomainNews::None).await, (0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_that_does_not_count_is_logged_and_holds_nothing_against_its_source() {
    let db = with_sources(&[entry("a", "a.example")]).await;
    let claimed = claim(&db.store).await.remove(0);
    finish(&db.store, &claimed, &result("ok")).await;
    db.store.make_all_due().await.unwrap();
    let claimed = claim(&db.store).await.remove(0);
    let finished = finish(&db.store, &claimed, &PollResult { counts: false, detail: Some("offline".to_owned()), ..result("dns") }).await.unwrap();
    assert_eq!((finished.standing.state, finished.change), (SourceState::Ok, None));
    let untouched = "SELECT count(*) FROM source_states WHERE failing_since IS NULL AND last_error IS NULL AND last_outcome = 'ok'";
    assert_eq!(db.number(untouched).await, 1);
    assert_eq!(db.number("SELECT count(*) FROM fetches WHERE outcome = 'dns'").await, 1);
}
