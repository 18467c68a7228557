//! What is told without a story: digests, reminders, bursts, and news for the operator.

use presswatch::model::{AlertId, Content, NoticeKind};
use presswatch::store::AlertFilter;
use presswatch::store::alerting::Acknowledged;

use super::{Desk, text};

const DIGEST: &str = "[watchlist.alert]\nmode = \"digest\"\nchannels = [\"hook\", \"night\"]\ndigest = { every = \"day\", at = \"07:30\", tz = \"Asia/Almaty\", max_items = 3 }";

async fn publish_some(desk: &Desk, from: usize, count: usize) {
    for number in from..from + count {
        desk.publish(number % 3, &format!("k{number}"), &format!("Editor of paper {} held", text(number).split_at(12).0), &text(300 + number)).await;
    }
}

/// What was collected lies a day back, and so does the list's first period.
async fn a_day_passes(desk: &Desk) {
    desk.db.execute("UPDATE digests SET due_at = due_at - interval '1 day'; UPDATE digest_entries SET added_at = added_at - interval '1 day'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_made_once_however_many_make_it() {
    let desk = Desk::with("", DIGEST).await;
    desk.alerter.due().await.unwrap();
    publish_some(&desk, 0, 7).await;
    desk.alerter.due().await.unwrap();
    assert!(desk.kinds().await.is_empty(), "its time has not come");
    a_day_passes(&desk).await;
    let mut daemons = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let alerter = desk.alerter.clone();
        daemons.spawn(async move { alerter.due().await.unwrap().digests });
    }
    let written: usize = daemons.join_all().await.into_iter().sum();
    assert_eq!(written, 6, "three parts for each of two channels");
    let outbox = desk.outbox().await;
    let stories: std::collections::BTreeSet<_> = outbox.iter().flat_map(|content| content.stories()).map(|story| story.title.clone()).collect();
    assert_eq!((outbox.len(), stories.len()), (6, 7));
    let Content::Digest(first) = &outbox[0] else { panic!("{outbox:?}") };
    assert_eq!((first.parts, first.total, first.zone.as_str()), (3, 7, "Asia/Almaty"));
    assert_eq!(desk.alerter.due().await.unwrap().digests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_makes_no_second_digest_and_loses_none() {
    let desk = Desk::with("", DIGEST).await;
    desk.alerter.due().await.unwrap();
    publish_some(&desk, 0, 1).await;
    // Three days without a daemon: one digest, not three.
    desk.db
        .execute("UPDATE digests SET due_at = due_at - interval '3 days'; UPDATE digest_entries SET added_at = added_at - interval '3 days'")
        .await;
    assert_eq!(desk.alerter.due().await.unwrap().digests, 2, "one for each of two channels");
    // The clock ran ahead by a day when the last one was made, and is right again.
    desk.db.execute("UPDATE digests SET due_at = due_at + interval '1 day'").await;
    publish_some(&desk, 10, 1).await;
    assert_eq!(desk.alerter.due().await.unwrap().digests, 0);
    desk.db.execute("UPDATE digests SET due_at = due_at - interval '2 days'; UPDATE digest_entries SET added_at = added_at - interval '2 days' WHERE NOT taken").await;
    assert_eq!(desk.alerter.due().await.unwrap().digests, 2);
    assert_eq!(desk.db.number("SELECT count(*) FROM digest_entries WHERE NOT taken").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_digest_is_sent_where_the_list_asks_for_it() {
    let desk = Desk::with("", "[watchlist.alert]\nmode = \"digest\"\nchannels = [\"hook\"]\ndigest = { empty = \"send\" }").await;
    assert_eq!(desk.alerter.due().await.unwrap().digests, 0, "there was no period yet");
    a_day_passes(&desk).await;
    assert_eq!(desk.alerter.due().await.unwrap().digests, 1);
}

const CRITICAL: &str = "priority = \"critical\"\n[watchlist.alert]\nchannels = [\"hook\"]\nrepeat = { every = \"10m\", max = 2 }\nescalate = { after = \"30m\", channels = [\"night\"] }";

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_alert_comes_again_and_goes_to_others_until_somebody_answers() {
    let desk = Desk::with("[instance]\npublic_url = \"https://desk.example\"", CRITICAL).await;
    desk.publish(0, "a", "Editor held in Oral", &text(1)).await;
    assert_eq!(desk.alerter.due().await.unwrap().reminders, 0);
    let later = |minutes: u32| {
        format!(
            "UPDATE alert_events SET next_repeat_at = next_repeat_at - interval '{minutes} min', escalate_at = escalate_at - interval '{minutes} min'"
        )
    };
    for (minutes, expect) in [(10, 1), (10, 1), (10, 1), (60, 0)] {
        desk.db.execute(&later(minutes)).await;
        let told: usize = desk.alerter.due().await.unwrap().reminders;
        assert_eq!(told, expect, "after {minutes} more minutes: {:?}", desk.kinds().await);
    }
    let alerts = desk.db.store.alerts(&AlertFilter::default()).await.unwrap();
    let mut told: Vec<(&str, u32)> = alerts.iter().map(|alert| (alert.channel.as_str(), alert.content.alert().unwrap().repeat)).collect();
    told.sort_unstable();
    assert_eq!(told, [("hook", 0), ("hook", 1), ("hook", 2), ("night", 2)]);
    let token = alerts[0].content.alert().unwrap().acknowledge.clone().unwrap();
    assert!(desk.db.store.event_of_token(&token).await.unwrap().unwrap().acknowledged_at.is_none());
    assert_eq!(desk.db.store.acknowledge_token(&token, "link").await.unwrap(), Acknowledged::Now(1));
    assert!(matches!(desk.db.store.acknowledge_alert(alerts[0].id, "cli").await.unwrap(), Acknowledged::Before(_)));
    assert_eq!(desk.db.store.acknowledge_token("guessed", "link").await.unwrap(), Acknowledged::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_alert_does_not_come_again() {
    let desk = Desk::with("", CRITICAL).await;
    desk.publish(0, "a", "Editor held in Oral", &text(1)).await;
    let alert = desk.db.store.alerts(&AlertFilter::default()).await.unwrap().remove(0);
    assert_eq!(alert.content.alert().unwrap().acknowledge, None, "without a public address there is no link");
    assert_eq!(desk.db.store.acknowledge_alert(alert.id, "cli").await.unwrap(), Acknowledged::Now(1));
    desk.db.execute("UPDATE alert_events SET next_repeat_at = now(), escalate_at = now()").await;
    assert_eq!(desk.alerter.due().await.unwrap().reminders, 0);
    assert_eq!(desk.db.store.acknowledge_alert(AlertId(uuid::Uuid::from_u128(9)), "cli").await.unwrap(), Acknowledged::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn far_more_than_usual_is_a_burst_once_in_its_cooldown() {
    let desk = Desk::with(
        "",
        "[watchlist.alert]\nmode = \"silent\"\nchannels = [\"hook\"]\n[watchlist.burst]\nmin_count = 4\nmin_sources = 3\nescalate = { priority = \"critical\", channels = [\"night\"] }",
    )
    .await;
    publish_some(&desk, 0, 6).await;
    assert_eq!(desk.alerter.bursts().await.unwrap().bursts, 0, "without history nothing is unusual");
    desk.db
        .execute(
            "INSERT INTO matches (story_id, watchlist_id, score, evidence) VALUES ('01900000-0000-7000-8000-000000000000', 'editors', 0.5, '[]')",
        )
        .await;
    let (one, other) = (desk.alerter.clone(), desk.alerter.clone());
    let (a, b) = tokio::join!(one.bursts(), other.bursts());
    assert_eq!(a.unwrap().bursts + b.unwrap().bursts, 2, "one for each of two channels");
    let outbox = desk.outbox().await;
    let Content::Burst(burst) = &outbox[0] else { panic!("{outbox:?}") };
    assert_eq!((burst.sources, burst.stories, burst.entries.len(), burst.priority.as_str()), (3, 6, 6, "critical"));
    desk.db.execute("UPDATE bursts SET at = at - interval '7 h'").await;
    assert_eq!(desk.alerter.bursts().await.unwrap().bursts, 2, "the cooldown is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_hears_of_sources_once_and_of_their_return() {
    let desk = Desk::with("[operator]\nchannels = [\"night\"]\nsources = [\"blocked\", \"quiet\"]\ncollect = \"1m\"", "").await;
    let change = |from: &str, to: &str, source: &str| {
        format!(
            "INSERT INTO source_events (source_id, from_state, to_state, reason, evidence, advice) VALUES ('{source}', '{from}', '{to}', 'a captcha', '{{}}', 'Reach it otherwise.')"
        )
    };
    desk.db.execute(&change("ok", "blocked", "paper-2")).await;
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 0, "what happened before the first start is no news");
    desk.db.execute(&change("ok", "blocked", "paper-0")).await;
    desk.db.execute(&change("ok", "failing", "paper-1")).await;
    desk.db.execute(&change("ok", "blocked", "paper-2")).await;
    desk.db.execute(&change("blocked", "ok", "paper-2")).await;
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 0, "changes are collected");
    let pass = "UPDATE operator_states SET since = since - interval '2 min' WHERE kind = 'source_events'";
    desk.db.execute(pass).await;
    let (one, other) = (desk.alerter.clone(), desk.alerter.clone());
    let (a, b) = tokio::join!(one.operator(), other.operator());
    assert_eq!(a.unwrap().notices + b.unwrap().notices, 1);
    let outbox = desk.outbox().await;
    let Content::Notice(notice) = &outbox[0] else { panic!("{outbox:?}") };
    assert_eq!((notice.kind, notice.title.as_str(), notice.items.len()), (NoticeKind::SourcesFailing, "Paper 0 is blocked", 1));
    desk.db.execute(&change("blocked", "ok", "paper-0")).await;
    desk.db.execute(pass).await;
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 1);
    assert_eq!(desk.kinds().await, ["source.failing", "source.recovered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_took_nothing_for_five_days_is_switched_off_and_told() {
    let desk = Desk::with("[operator]\nchannels = [\"night\"]", "[watchlist.alert]\nchannels = [\"hook\"]").await;
    let hook = presswatch::model::ChannelId::new("hook").unwrap();
    desk.db.store.note_channel_failure(&hook, "HTTP 500").await.unwrap();
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 0);
    desk.db.execute("UPDATE channel_states SET failing_since = now() - interval '121 h'").await;
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 1);
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 0);
    desk.publish(0, "a", "Editor held in Oral", &text(1)).await;
    let lease = std::time::Duration::from_secs(10);
    assert!(desk.db.store.claim_deliveries(Some(&hook), 10, lease).await.unwrap().is_empty(), "nothing is sent to it");
    assert_eq!(desk.db.store.next_delivery_of(Some(&hook)).await.unwrap(), None);
    assert!(desk.db.store.enable_channel(&hook).await.unwrap());
    assert_eq!(desk.db.store.claim_deliveries(Some(&hook), 10, lease).await.unwrap().len(), 1, "what waited is sent");
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 1);
    assert_eq!(desk.kinds().await, ["endpoint.disabled", "alert.created", "operator.recovered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn most_sources_failing_is_trouble_of_our_own_until_they_answer() {
    let desk = Desk::with("[operator]\nchannels = [\"night\"]", "").await;
    desk.db
        .execute("INSERT INTO source_states (source_id, domain, config_hash, interval_seconds) SELECT 'more-' || n, 'x.example', '', 300 FROM generate_series(1, 5) n")
        .await;
    desk.db.execute("UPDATE source_states SET health = 'failing' WHERE source_id LIKE 'more-%'").await;
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 1);
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 0);
    desk.db.execute("UPDATE source_states SET health = 'ok'").await;
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 1);
    assert_eq!(desk.kinds().await, ["operator.trouble", "operator.recovered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_week_says_that_all_is_well_once() {
    let desk = Desk::with("[operator]\nchannels = [\"night\"]\n[heartbeat]\nchannels = [\"hook\"]", "").await;
    assert_eq!(desk.alerter.operator().await.unwrap().notices, 0, "the first week is not over");
    desk.read().await;
    desk.db.execute("UPDATE digests SET due_at = due_at - interval '7 days'").await;
    let (one, other) = (desk.alerter.clone(), desk.alerter.clone());
    let (a, b) = tokio::join!(one.operator(), other.operator());
    assert_eq!(a.unwrap().notices + b.unwrap().notices, 1);
    let outbox = desk.outbox().await;
    let Content::Notice(notice) = &outbox[0] else { panic!("{outbox:?}") };
    assert!(notice.kind == NoticeKind::AllIsWell && notice.title.contains("sources heard, 3 quiet, 0 alerts"), "{notice:?}");
}
