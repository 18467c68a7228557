use std::time::Duration;

use jiff::Timestamp;

use super::desk::{Desk, Site, feed, feed_with};
use crate::support::server::Answer;
use crate::support::values::source_id;

const MINUTE: Duration = Duration::from_mins(1);

fn within(wait: Duration, least: Duration, most: Duration) -> bool {
    // The database counted from a moment ago.
    wait + Duration::from_secs(20) >= least && wait <= most
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pace_follows_the_publishing_rate_from_the_first_poll_on() {
    let site = Site::start().await;
    site.says("/busy", feed("Busy", "Editor detained", 0..48));
    site.says("/sleepy", feed("Sleepy", "Editor detained", 0..1));
    let desk = Desk::new(&[("busy", site.server.url("/busy")), ("sleepy", site.server.url("/sleepy"))], "full_text = \"never\"").await;
    desk.poll("busy").await;
    // An item an hour: asked twice an hour.
    assert!(within(desk.wait("busy").await, MINUTE * 29, MINUTE * 40), "{:?}", desk.wait("busy").await);
    assert!(desk.row("busy").await.items_per_day.is_some_and(|rate| (23.0..26.0).contains(&rate)));
    // A night without news does not slow it down.
    for _ in 0..12 {
        desk.poll("busy").await;
    }
    assert!(within(desk.wait("busy").await, MINUTE * 29, MINUTE * 40), "{:?}", desk.wait("busy").await);
    // Everything new: some may be lost.
    site.says("/busy", feed("Busy", "Printer seized", 100..148));
    desk.poll("busy").await;
    assert!(desk.wait("busy").await <= MINUTE * 10, "{:?}", desk.wait("busy").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_feed_asks_for_holds_while_it_is_unchanged() {
    let site = Site::start().await;
    site.says("/feed", feed_with("<ttl>180</ttl>", "Valley", "Editor detained", 0..48).header("ETag", "\"1\""));
    let desk = Desk::new(&[("valley", site.server.url("/feed"))], "full_text = \"never\"").await;
    desk.poll("valley").await;
    assert!(within(desk.wait("valley").await, MINUTE * 180, MINUTE * 225), "{:?}", desk.wait("valley").await);
    site.says("/feed", Answer::status(304));
    desk.poll("valley").await;
    assert!(within(desk.wait("valley").await, MINUTE * 180, MINUTE * 225), "{:?}", desk.wait("valley").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_keeps_every_source_of_the_domain_away() {
    let site = Site::start().await;
    site.says("/one", Answer::status(429).header("Retry-After", "3600"));
    site.says("/two", feed("Valley", "Editor detained", 0..5));
    let desk = Desk::new(&[("one", site.server.url("/one")), ("two", site.server.url("/two"))], "full_text = \"never\"").await;
    desk.poll("one").await;
    assert!(within(desk.wait("one").await, MINUTE * 60, MINUTE * 75));
    assert_eq!(desk.try_poll("two").await, None);
    let wait = desk.db.store.next_due_in().await.unwrap().unwrap();
    assert!(within(wait, MINUTE * 60, MINUTE * 60), "{wait:?}");
    let held = desk.row("two").await.facts.held_until.unwrap();
    assert!(held > Timestamp::now() + MINUTE * 59);
    assert!(desk.row("two").await.facts.failures <= 0.0);
    desk.db.execute("UPDATE source_domains SET held_until = now() - interval '1 s'").await;
    // The gatherer itself remembers too, for pages of other sources: it gives the source back.
    assert_eq!(desk.try_poll("two").await.map(|report| report.seen), Some(0));
    assert!(within(desk.wait("two").await, MINUTE * 59, MINUTE * 61));
    assert_eq!(site.asked(), ["/one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_refusals_in_a_row_are_a_rate_limit_and_an_answer_forgets_them() {
    let site = Site::start().await;
    let sources = ["a", "b", "c"].map(|id| (id, site.server.url(&format!("/{id}"))));
    let desk = Desk::new(&sources, "full_text = \"never\"").await;
    for id in ["a", "b", "c"] {
        site.says(&format!("/{id}"), Answer::status(403));
    }
    desk.poll("a").await;
    desk.poll("b").await;
    site.says("/c", feed("Valley", "Editor detained", 0..3));
    desk.poll("c").await;
    assert_eq!(desk.db.number("SELECT count(*) FROM source_domains WHERE refusals = 0").await, 1);
    site.says("/c", Answer::status(403));
    for id in ["a", "b"] {
        desk.poll(id).await;
        assert_eq!(desk.db.number("SELECT count(*) FROM source_domains WHERE held_until IS NOT NULL").await, 0);
    }
    desk.poll("c").await;
    assert_eq!(desk.db.number("SELECT count(*) FROM source_domains WHERE refusals = 3 AND held_until > now() + interval '4 minutes'").await, 1);
    assert_eq!(desk.try_poll("a").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_on_article_pages_takes_the_feeds_own_words_at_once() {
    let site = Site::start().await;
    site.says("/feed", feed("Valley", "Editor detained", 0..6));
    for number in 0..6 {
        site.says(&format!("/story/{number}"), Answer::status(429).header("Retry-After", "900"));
    }
    let desk = Desk::new(&[("valley", site.server.url("/feed"))], "").await;
    let report = desk.poll("valley").await;
    assert_eq!((report.new, report.deferred), (6, 0));
    assert_eq!(site.asked().iter().filter(|path| path.starts_with("/story/")).count(), 1);
    assert_eq!(desk.try_poll("valley").await, None, "its domain is left alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_polls_often_and_ends_by_itself() {
    let site = Site::start().await;
    site.says("/feed", feed_with("<ttl>180</ttl>", "Valley", "Editor detained", 0..48));
    let desk = Desk::new(&[("valley", site.server.url("/feed"))], "full_text = \"never\"").await;
    desk.poll("valley").await;
    let pace = desk.row("valley").await.interval;
    let id = source_id("valley");
    let until = desk.db.store.set_burst(&id, Some((MINUTE, MINUTE * 60 * 24))).await.unwrap().unwrap();
    assert!(until > Timestamp::now() + MINUTE * 60 * 23);
    assert_eq!(desk.wait("valley").await, Duration::ZERO, "it begins now");
    for _ in 0..3 {
        desk.poll("valley").await;
        assert!(desk.wait("valley").await <= MINUTE);
    }
    let row = desk.row("valley").await;
    assert_eq!((row.burst.map(|burst| burst.every), row.interval), (Some(MINUTE), pace), "its own pace is kept for afterwards");
    // A reload does not end it.
    let described: Vec<_> = desk.config.sources.iter().map(|source| (source.clone(), row.domain.clone(), vec![1])).collect();
    desk.db.store.sync_sources(&described).await.unwrap();
    assert!(desk.row("valley").await.burst.is_some());
    desk.db.execute("UPDATE source_states SET burst_until = now() - interval '1 s'").await;
    desk.poll("valley").await;
    assert!(desk.wait("valley").await > MINUTE * 170);
    assert_eq!(desk.db.number("SELECT count(*) FROM source_states WHERE burst_seconds IS NULL AND burst_until IS NULL").await, 1);
    desk.db.store.set_burst(&id, Some((MINUTE, MINUTE * 60))).await.unwrap();
    desk.db.store.set_burst(&id, None).await.unwrap();
    assert_eq!(desk.row("valley").await.burst, None);
    assert_eq!(desk.db.store.set_burst(&source_id("nobody"), None).await.unwrap(), None);
}
