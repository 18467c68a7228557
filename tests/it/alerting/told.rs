//! What becomes of stories that meet a list.

use jiff::SignedDuration;
use presswatch::model::{DigestReason, UpdateReason};

use super::{Desk, text};
use jiff::Timestamp;

/// Two houses tell of one event in their own words.
const ONE: [(&str, &str); 2] = [
    (
        "Editor Aruzhan Sadykova of Tengri Weekly detained in Qaraghandy",
        "Police in Qaraghandy detained Aruzhan Sadykova, the editor of Tengri Weekly, on Tuesday after a search of the newsroom on Bukhar Zhyrau avenue. \
         Her lawyer Bolat Iskakov said officers took nine computers and gave no reason.",
    ),
    (
        "Tengri Weekly editor Aruzhan Sadykova held after newsroom search in Qaraghandy",
        "Nine computers were carried out of the Tengri Weekly offices at Bukhar Zhyrau avenue, Qaraghandy, on Tuesday, and editor Aruzhan Sadykova was taken away. \
         Bolat Iskakov, who represents her, called it retaliation for reports about a mine.",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_told_once_with_its_publishers_and_again_for_a_declared_update() {
    let desk =
        Desk::with("", "[watchlist.alert]\nchannels = [\"hook\"]\nupdate = { on = [\"sources_x2\", \"new_country_source\"], min_interval = \"0s\" }")
            .await;
    desk.publish(0, "a", ONE[0].0, ONE[0].1).await;
    // A copy by another house of the same country is no confirmation.
    desk.publish(1, "copy", ONE[0].0, ONE[0].1).await;
    assert_eq!(desk.kinds().await, ["alert.created"]);
    assert_eq!(desk.decisions("known").await, 1);
    desk.publish(2, "b", ONE[1].0, ONE[1].1).await;
    let outbox = desk.outbox().await;
    assert_eq!(desk.kinds().await, ["alert.created", "alert.updated"], "{outbox:#?}");
    let (first, update) = (outbox[0].alert().unwrap(), outbox[1].alert().unwrap());
    assert_eq!((first.publishers, update.publishers, update.reports), (1, 2, 3));
    assert_eq!(update.updates, [UpdateReason::NewCountrySource, UpdateReason::SourcesDoubled]);
    assert_eq!((first.cluster, desk.decisions("sent").await, desk.decisions("update").await), (update.cluster, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_names_another_person_of_the_list_is_told_again() {
    let persons =
        "[[watchlist.person]]\nref = \"p-1\"\nnames = [\"Aruzhan Sadykova\"]\n[[watchlist.person]]\nref = \"p-2\"\nnames = [\"Yerlan Omarbekov\"]\n";
    let desk = Desk::asking("$persons", "", &format!("{persons}[watchlist.alert]\nchannels = [\"hook\"]\ngroup_wait = \"5m\"")).await;
    desk.publish(0, "a", ONE[0].0, ONE[0].1).await;
    // While the first alert still waits, a copy of its text with one more sentence.
    desk.publish(1, "b", ONE[0].0, &format!("{} Yerlan Omarbekov, her deputy, was taken with her.", ONE[0].1)).await;
    desk.publish(2, "c", ONE[0].0, &format!("{} Yerlan Omarbekov, her deputy, was taken away too.", ONE[0].1)).await;
    let outbox = desk.outbox().await;
    assert_eq!(desk.kinds().await, ["alert.created", "alert.updated"], "{outbox:#?}");
    let (first, update) = (outbox[0].alert().unwrap(), outbox[1].alert().unwrap());
    assert_eq!((first.cluster, update.updates.as_slice()), (update.cluster, [UpdateReason::NewPerson].as_slice()));
    let named = desk.db.number("SELECT count(*) FROM alert_events WHERE persons = ARRAY['p-1', 'p-2']").await;
    assert_eq!(named, 1, "the third story names nobody new");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_waits_for_its_group_counts_who_comes_meanwhile() {
    let desk = Desk::with("", "[watchlist.alert]\nchannels = [\"hook\"]\ngroup_wait = \"5m\"\nupdate = { on = [\"any_new_source\"] }").await;
    desk.publish(0, "a", ONE[0].0, ONE[0].1).await;
    desk.publish(2, "b", ONE[1].0, ONE[1].1).await;
    let outbox = desk.outbox().await;
    assert_eq!(outbox.len(), 1, "{outbox:#?}");
    let alert = outbox[0].alert().unwrap();
    assert_eq!((alert.publishers, alert.reports, desk.decisions("joined").await), (2, 2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_publisher_is_not_enough_where_the_list_says_so() {
    let desk = Desk::with("", "[watchlist.alert]\nchannels = [\"hook\"]\nmin_sources = 2").await;
    desk.publish(0, "a", ONE[0].0, ONE[0].1).await;
    assert!(desk.kinds().await.is_empty());
    let list = presswatch::model::WatchlistId::new("editors").unwrap();
    let waiting = desk.db.store.waiting_entries(&list).await.unwrap();
    assert_eq!(waiting.iter().map(|waiting| waiting.entry.reason).collect::<Vec<_>>(), [DigestReason::FewSources]);
    desk.publish(2, "b", ONE[1].0, ONE[1].1).await;
    assert_eq!(desk.kinds().await, ["alert.created"]);
    assert!(desk.db.store.waiting_entries(&list).await.unwrap().is_empty(), "what was told at once waits for no digest");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_the_limit_stands_in_the_digest_and_nothing_is_lost() {
    let desk = Desk::with("", "[watchlist.alert]\nchannels = [\"hook\"]\nrate_limit = { max = 3, per = \"1h\", overflow = \"digest\" }").await;
    for number in 0..8 {
        desk.publish(number % 3, &format!("k{number}"), &format!("Editor of the {} Post held", text(number).split_at(9).0), &text(100 + number))
            .await;
    }
    assert_eq!(desk.kinds().await.len(), 3);
    assert_eq!((desk.decisions("sent").await, desk.decisions("digest_rate_limit").await), (3, 5));
    let list = presswatch::model::WatchlistId::new("editors").unwrap();
    assert_eq!(desk.db.store.waiting_entries(&list).await.unwrap().len(), 5);
    // The hour passes: the next one is sent.
    desk.db.execute("UPDATE alert_log SET at = at - interval '61 min'").await;
    desk.publish(0, "late", "Editor of the last paper held", &text(200)).await;
    assert_eq!(desk.kinds().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_news_is_kept_and_told_to_nobody() {
    let desk = Desk::with("", "[watchlist.alert]\nchannels = [\"hook\"]\nmax_age = \"1d\"").await;
    desk.publish_at(0, "old", "Editor held in another year", &text(1), Timestamp::now() - SignedDuration::from_hours(25)).await;
    assert_eq!((desk.kinds().await.len(), desk.decisions("too_old").await), (0, 1));
    assert_eq!(desk.db.number("SELECT count(*) FROM alert_events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_headline_is_a_correction() {
    let desk = Desk::with("", "[watchlist.alert]\nchannels = [\"hook\"]\nupdate = { on = [\"correction\"], min_interval = \"0s\" }").await;
    desk.publish(0, "a", "Editor killed in Aktau", &text(3)).await;
    for (title, expect) in [("Editor killed, in Aktau", 1), ("Editor wounded in Aktau", 2)] {
        *desk.feeds.lock().unwrap().first_mut().unwrap() = String::new();
        desk.publish(0, "a", title, &text(3)).await;
        assert_eq!(desk.kinds().await.len(), expect, "{title}");
    }
    assert_eq!(desk.outbox().await[1].alert().unwrap().updates, [UpdateReason::Correction]);
}
