//! Alerts on their way out.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use presswatch::model::{ClaimedDelivery, ClusterId, DeliveryOutcome, NewAlert, StoryId};
use presswatch::store::outbox::Replay;

use crate::support::values::{alert, channel_id};
use crate::support::{TestDatabase, database};

const LEASE: Duration = Duration::from_mins(1);
const TOOK: Duration = Duration::from_millis(30);

fn some_alert(channel: &str, dedup: u8, recipients: &[&str]) -> NewAlert {
    let now = Timestamp::now();
    alert(StoryId::new(now), ClusterId::new(now), channel, dedup, recipients)
}

async fn with_alerts(alerts: &[NewAlert]) -> TestDatabase {
    let db = database().await;
    write(&db, alerts).await;
    db
}

async fn write(db: &TestDatabase, alerts: &[NewAlert]) {
    let mut tx = db.store.begin_ingest().await.unwrap();
    tx.insert_alerts(alerts).await.unwrap();
    tx.commit().await.unwrap();
}

async fn claim(db: &TestDatabase) -> Vec<ClaimedDelivery> {
    db.store.claim_deliveries(None, 100, LEASE).await.unwrap()
}

fn failed(wait: Duration) -> DeliveryOutcome {
    DeliveryOutcome::RetryAt { at: Timestamp::now() + wait, error: "503".to_owned() }
}

fn delivered() -> DeliveryOutcome {
    DeliveryOutcome::Delivered { detail: "250 ok".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_says_what_the_alert_said() {
    let new = some_alert("desk", 1, &["a@ngo.example"]);
    let db = with_alerts(std::slice::from_ref(&new)).await;
    let claimed = claim(&db).await;
    assert_eq!(claimed.len(), 1);
    let one = &claimed[0];
    assert_eq!((one.alert, one.channel.as_str(), one.recipient.as_str(), one.attempt), (new.id, "desk", "a@ngo.example", 1));
    // PostgreSQL keeps nothing finer in a column, but the payload is ours.
    assert_eq!(one.content, new.content);
    assert!(claim(&db).await.is_empty(), "a leased delivery was handed out again");
    assert!(db.store.acknowledge(one.id, one.generation, &delivered(), TOOK).await.unwrap());
    assert_eq!(db.store.next_delivery_in().await.unwrap(), None);
    assert_eq!(db.number("SELECT count(*) FROM delivery_attempts WHERE outcome = 'delivered' AND attempt = 1 AND duration_ms = 30").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_claim_at_once_never_share_a_delivery() {
    let alerts: Vec<NewAlert> =
        (0..60).map(|number| some_alert(["desk", "hook", "late"][usize::from(number % 3)], number, &["a", "b", "c"])).collect();
    let db = with_alerts(&alerts).await;
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = db.another_store().await;
        workers.spawn(async move {
            let mut mine = Vec::new();
            // Another worker may hold the rows of the moment: what counts is what the table still has.
            while store.next_delivery_in().await.unwrap() == Some(Duration::ZERO) {
                mine.extend(store.claim_deliveries(None, 5, LEASE).await.unwrap().into_iter().map(|one| one.id));
            }
            mine
        });
    }
    let claimed: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(claimed.len(), 180);
    assert_eq!(claimed.iter().collect::<HashSet<_>>().len(), 180);
}

#[tokio::test(flavor = "multi_thread")]
async fn late_acknowledgement_is_fenced() {
    let db = with_alerts(&[some_alert("desk", 1, &["a"])]).await;
    let stale = claim(&db).await.remove(0);
    db.execute("UPDATE deliveries SET leased_until = now() - interval '1 s'").await;
    let current = claim(&db).await.remove(0);
    assert_eq!((current.id, current.attempt), (stale.id, 2));
    assert!(!db.store.acknowledge(stale.id, stale.generation, &delivered(), TOOK).await.unwrap());
    assert!(!db.store.release_delivery(stale.id, stale.generation).await.unwrap());
    assert_eq!(db.number("SELECT count(*) FROM delivery_attempts").await, 0);
    assert!(db.store.acknowledge(current.id, current.generation, &delivered(), TOOK).await.unwrap());
    assert!(!db.store.acknowledge(current.id, current.generation, &failed(TOOK), TOOK).await.unwrap(), "what ended stays ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_delivery_waits_and_a_hopeless_one_is_dead_until_replayed() {
    let db = with_alerts(&[some_alert("hook", 1, &[])]).await;
    let first = claim(&db).await.remove(0);
    assert!(db.store.acknowledge(first.id, first.generation, &failed(Duration::from_mins(5)), TOOK).await.unwrap());
    let wait = db.store.next_delivery_in().await.unwrap().unwrap();
    assert!(wait > Duration::from_secs(290) && wait <= Duration::from_mins(5), "{wait:?}");
    assert!(claim(&db).await.is_empty());

    db.execute("UPDATE deliveries SET due_at = now()").await;
    let second = claim(&db).await.remove(0);
    assert_eq!(second.attempt, 2);
    let gave_up = DeliveryOutcome::GaveUp { error: "410 gone".to_owned() };
    assert!(db.store.acknowledge(second.id, second.generation, &gave_up, TOOK).await.unwrap());
    let dead = db.store.dead_deliveries(None, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (dead[0].id, dead[0].attempts, dead[0].last_error.as_deref(), dead[0].watchlist.as_str()),
        (first.id, 2, Some("410 gone"), "valley-press")
    );
    assert!(db.store.dead_deliveries(Some(&channel_id("desk")), 10).await.unwrap().is_empty());

    assert_eq!(db.store.replay(&Replay::Channel(channel_id("desk"))).await.unwrap(), 0);
    assert_eq!(db.store.replay(&Replay::Delivery(first.id)).await.unwrap(), 1);
    let again = claim(&db).await.remove(0);
    assert_eq!((again.id, again.alert, again.attempt), (first.id, first.alert, 1));
    assert!(again.generation > second.generation);
    assert_eq!(db.store.replay(&Replay::All).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn released_delivery_is_due_at_once_and_not_counted() {
    let db = with_alerts(&[some_alert("desk", 1, &["a"])]).await;
    let first = claim(&db).await.remove(0);
    assert!(db.store.release_delivery(first.id, first.generation).await.unwrap());
    let again = claim(&db).await.remove(0);
    assert_eq!(again.attempt, 1);
    assert!(!db.store.acknowledge(first.id, first.generation, &delivered(), TOOK).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn channel_with_many_due_deliveries_leaves_room_for_the_others() {
    let mut alerts: Vec<NewAlert> = (0..40).map(|number| some_alert("dead", number, &[])).collect();
    alerts.push(some_alert("desk", 100, &["a"]));
    let db = with_alerts(&alerts).await;
    let claimed = db.store.claim_deliveries(None, 8, LEASE).await.unwrap();
    assert!(claimed.iter().any(|one| one.channel.as_str() == "desk"));
    assert!(claimed.len() <= 8);
    let only = db.store.claim_deliveries(Some(&channel_id("dead")), 8, LEASE).await.unwrap();
    assert_eq!(only.len(), 8);
    assert!(only.iter().all(|one| one.channel.as_str() == "dead"));
}

#[tokio::test(flavor = "multi_thread")]
async fn alert_with_a_wait_is_not_due_before_its_time() {
    let mut waiting = some_alert("desk", 1, &["a"]);
    waiting.not_before = Timestamp::now() + Duration::from_mins(10);
    let mut past = some_alert("desk", 2, &["a"]);
    past.not_before = Timestamp::UNIX_EPOCH;
    let db = with_alerts(&[waiting, past.clone()]).await;
    let claimed = claim(&db).await;
    assert_eq!(claimed.iter().map(|one| one.alert).collect::<Vec<_>>(), [past.id]);
    let wait = db.store.next_delivery_in().await.unwrap().unwrap();
    assert!(wait <= LEASE, "the lease of the other ends first: {wait:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_payload_is_set_aside_and_the_others_are_sent() {
    let (good, bad) = (some_alert("desk", 1, &["a"]), some_alert("desk", 2, &["a"]));
    let db = with_alerts(&[good.clone(), bad]).await;
    db.execute(r#"UPDATE alerts SET payload = '{"kind": "riddle"}' WHERE get_byte(dedup_key, 0) = 2"#).await;
    assert_eq!(claim(&db).await.iter().map(|one| one.alert).collect::<Vec<_>>(), [good.id]);
    let dead = db.store.dead_deliveries(None, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].last_error.as_deref().unwrap().contains("cannot read"), "{dead:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn listener_wakes_at_the_commit_and_after_a_lost_connection() {
    let db = database().await;
    let mut listener = db.store.listen_outbox().await.unwrap();
    let long = Duration::from_mins(1);
    let woken = tokio::spawn(async move {
        listener.wait(long).await;
        listener
    });
    write(&db, &[some_alert("desk", 1, &["a"])]).await;
    let mut listener = tokio::time::timeout(Duration::from_secs(20), woken).await.unwrap().unwrap();
    let woken = tokio::spawn(async move { listener.wait(long).await });
    db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
    tokio::time::timeout(Duration::from_secs(20), woken).await.unwrap().unwrap();
}
