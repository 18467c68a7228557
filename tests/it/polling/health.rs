use std::time::Duration;

use presswatch::model::SourceState::{Blocked, Failing, Gone, Hijacked, Moved, New, Ok, Quiet};

use super::desk::{Desk, Site, feed, nobody, told};
use crate::support::server::Answer;
use crate::support::values::source_id;

const USUAL: &str = "В долине задержан редактор районной газеты, сообщает редакция";
const STRANGER: &str = "Best online casino bonuses and free spins for every new player";

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_breaks_and_heals_is_told_once_each_time() {
    let site = Site::start().await;
    site.says("/feed", feed("Valley", "Editor detained", 0..5));
    let desk = Desk::new(&[("valley", site.server.url("/feed"))], "full_text = \"never\"").await;
    let mut listener = desk.events.listen();
    assert_eq!(desk.poll("valley").await.new, 5);
    assert_eq!(desk.row("valley").await.state, Ok);
    site.says("/feed", Answer::status(500).body(b"<html><title>Database error</title></html>"));
    for _ in 0..6 {
        desk.poll("valley").await;
    }
    let row = desk.row("valley").await;
    assert_eq!((row.state, row.facts.failures, row.facts.last_status), (Failing, 3.0, Some(500)));
    assert!(row.facts.last_error.unwrap().contains("the answer says \"Database error\""));
    site.says("/feed", feed("Valley", "Editor detained", 0..5));
    desk.poll("valley").await;
    let changes = [(Ok, Failing), (Failing, Ok)];
    assert_eq!(desk.changes("valley").await, changes);
    assert_eq!(told(&mut listener), changes);
    let events = desk.db.store.source_events(&source_id("valley"), 10).await.unwrap();
    assert!(events[1].evidence.iter().any(|line| line.contains("HTTP 500")) && events[1].advice.contains("never given up"), "{events:?}");
    assert_eq!(desk.db.store.source_events_after(events[1].id, 10).await.unwrap().len(), 1, "read on from the last one that was told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_on_the_old_address_is_held_back_until_a_person_accepts_it() {
    let site = Site::start().await;
    site.says("/feed", feed("Долина сегодня", USUAL, 0..5));
    let desk = Desk::new(&[("valley", site.server.url("/feed"))], "full_text = \"never\"").await;
    desk.poll("valley").await;
    let before = desk.stories().await;
    site.says("/feed", feed("Casino Review", STRANGER, 10..15));
    for _ in 0..2 {
        let report = desk.poll("valley").await;
        assert_eq!((report.held, report.new), (5, 0));
    }
    let row = desk.row("valley").await;
    assert_eq!((row.state, desk.stories().await), (Hijacked, before));
    assert!(row.facts.suspicion.unwrap().contains("from ru to en"));
    assert_eq!(desk.db.number("SELECT count(*) FROM fetches WHERE outcome = 'held' AND items_skipped = 5").await, 2);
    // A server that is down meanwhile changes nothing about that.
    site.says("/feed", Answer::status(500));
    desk.poll("valley").await;
    assert_eq!(desk.row("valley").await.state, Hijacked);
    // The publisher is back.
    site.says("/feed", feed("Долина сегодня", USUAL, 0..6));
    assert_eq!(desk.poll("valley").await.new, 1);
    assert_eq!(desk.row("valley").await.state, Ok);

    site.says("/feed", feed("Casino Review", STRANGER, 10..15));
    assert_eq!(desk.poll("valley").await.held, 5);
    assert!(desk.db.store.accept_publisher(&source_id("valley")).await.unwrap());
    assert_eq!(desk.wait("valley").await, Duration::ZERO);
    assert_eq!(desk.poll("valley").await.new, 5);
    assert_eq!(desk.changes("valley").await, [(Ok, Hijacked), (Hijacked, Ok), (Ok, Hijacked), (Hijacked, Ok)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outlet_that_renames_itself_or_gives_all_entries_new_ids_is_read_on() {
    let site = Site::start().await;
    site.says("/feed", feed("Долина сегодня", USUAL, 0..5));
    let desk = Desk::new(&[("valley", site.server.url("/feed"))], "full_text = \"never\"").await;
    desk.poll("valley").await;
    site.says("/feed", feed("Новости реки", USUAL, 10..15));
    assert_eq!(desk.poll("valley").await.held, 0);
    assert_eq!(desk.row("valley").await.state, Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_inside_the_domain_is_followed_and_one_elsewhere_is_told_first() {
    let (site, other) = (Site::start().await, Site::start().await);
    site.says("/old", Answer::status(301).header("Location", "/new"));
    site.says("/new", feed("Valley", "Editor detained", 0..5));
    site.says("/away", Answer::status(308).header("Location", &other.server.url("/feed")));
    other.says("/feed", feed("Harbor", "Printer seized", 0..5));
    let desk = Desk::new(&[("valley", site.server.url("/old")), ("harbor", site.server.url("/away"))], "full_text = \"never\"").await;
    for _ in 0..2 {
        desk.poll("valley").await;
    }
    let asked = site.asked();
    assert_eq!(asked[..3], ["/old", "/new", "/new"]);
    assert_eq!(desk.row("valley").await.state, Ok);

    desk.poll("harbor").await;
    let row = desk.row("harbor").await;
    assert_eq!((row.state, row.facts.moved_elsewhere), (Moved, true));
    assert_eq!(desk.changes("harbor").await, [(New, Moved)]);
    desk.poll("harbor").await;
    assert_eq!(site.asked().iter().filter(|path| *path == "/away").count(), 2, "asked at its own address for three days");
    desk.db.execute("UPDATE source_states SET moved_since = now() - interval '73 hours'").await;
    desk.poll("harbor").await;
    assert_eq!(site.asked().iter().filter(|path| *path == "/away").count(), 2);
    assert_eq!(other.asked().len(), 3);
    // The new place fails: back to the address that the configuration names.
    other.says("/feed", Answer::status(404));
    desk.poll("harbor").await;
    desk.poll("harbor").await;
    assert_eq!(site.asked().iter().filter(|path| *path == "/away").count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn walls_and_ends_are_told_from_failures() {
    let site = Site::start().await;
    let wall = "<html><head><title>Are you human?</title></head><body><div class='h-captcha'></div></body></html>";
    let country = "<html><title>Sorry</title><body>This content is not available in your country.</body></html>";
    site.says("/captcha", Answer::status(403).body(wall.as_bytes()));
    site.says("/country", Answer::status(403).body(country.as_bytes()));
    site.says("/law", Answer::status(451));
    site.says("/gone", Answer::status(410));
    let paths = ["captcha", "country", "law", "gone"];
    let sources: Vec<(&str, String)> = paths.iter().map(|path| (*path, site.server.url(&format!("/{path}")))).collect();
    let desk = Desk::new(&sources, "").await;
    for (id, state, part) in
        [("captcha", Blocked, "captcha"), ("country", Blocked, "for our country"), ("law", Blocked, "for our country"), ("gone", Gone, "gone")]
    {
        desk.db.execute("UPDATE source_domains SET held_until = NULL, refusals = 0").await;
        desk.poll(id).await;
        let row = desk.row(id).await;
        let events = desk.db.store.source_events(&source_id(id), 10).await.unwrap();
        assert_eq!((row.state, events.len()), (state, 1), "{id}");
        assert!(events[0].reason.contains(part), "{events:?}");
    }
    let day = Duration::from_hours(24);
    assert!(desk.wait("gone").await + Duration::from_mins(1) >= day);
    desk.poll("gone").await;
    assert!(desk.wait("gone").await > day * 6, "a second 410 is believed");
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_beyond_the_habit_is_noticed_at_the_next_poll() {
    let site = Site::start().await;
    site.says("/feed", feed("Valley", "Editor detained", 0..60).header("ETag", "\"1\""));
    let desk = Desk::new(&[("valley", site.server.url("/feed"))], "full_text = \"never\"").await;
    desk.poll("valley").await;
    let arrivals = desk.row("valley").await.facts.arrivals;
    assert!((20..=21).contains(&arrivals.len()), "an hour apart over sixty hours, in slots of three: {arrivals:?}");
    site.says("/feed", Answer::status(304));
    desk.poll("valley").await;
    assert_eq!(desk.row("valley").await.state, Ok);
    desk.db.execute("UPDATE source_states SET last_item_at = now() - interval '4 days'").await;
    desk.poll("valley").await;
    assert_eq!(desk.changes("valley").await, [(Ok, Quiet)]);
    site.says("/feed", feed("Valley", "Editor detained", 0..61));
    assert_eq!(desk.poll("valley").await.new, 1);
    assert_eq!(desk.changes("valley").await.last(), Some(&(Quiet, Ok)));
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_outage_is_held_against_nobody() {
    let mut sources = Vec::new();
    for id in ["a", "b", "c", "d", "e", "f", "g"] {
        sources.push((id, nobody().await));
    }
    let site = Site::start().await;
    sources.push(("well", site.server.url("/feed")));
    site.says("/feed", feed("Valley", "Editor detained", 0..5));
    let desk = Desk::new(&sources, "full_text = \"never\"").await;
    for (id, _) in &sources[..7] {
        desk.poll(id).await;
    }
    assert!(desk.is_cut_off());
    for (id, failures) in [("d", 0.5), ("e", 0.0), ("f", 0.0), ("g", 0.0)] {
        let row = desk.row(id).await;
        assert_eq!((row.facts.failures, row.facts.failing_since.is_some()), (failures, failures > 0.0), "{id}");
    }
    assert!(desk.wait("g").await <= Duration::from_secs(75), "probed again soon");
    assert_eq!(desk.changes("g").await, []);
    assert_eq!(desk.db.number("SELECT count(*) FROM fetches WHERE detail LIKE 'not counted%'").await, 3);
    desk.poll("well").await;
    assert!(!desk.is_cut_off());
    // Those that are known to be dead never bring it about again.
    for (id, _) in &sources[..4] {
        desk.poll(id).await;
    }
    desk.poll("e").await;
    assert!(!desk.is_cut_off());
    assert!(desk.row("e").await.facts.failures > 0.0, "it counts like any other");
}
