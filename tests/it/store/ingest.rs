//! One transaction from the draft to the outbox.

use std::time::Duration;

use jiff::Timestamp;
use presswatch::model::{
    ClusterId, CountryCode, CountryLabel, CountryRole, Evidence, Field, Fingerprint, Match, StoryDraft, TopicLabel, Verdict, WatchlistId,
};
use presswatch::store::ingest::{CandidateLimits, Stored};
use presswatch::store::items::KnownItem;
use presswatch::store::{Store, StoreError};

use crate::support::database;
use crate::support::values::{alert, draft, source, source_id, tokens};

const NEW: Verdict = Verdict::New { cluster: None };
const LIMITS: CandidateLimits = CandidateLimits {
    shingle_window: Duration::from_hours(7 * 24),
    event_window: Duration::from_hours(72),
    rare_shingles: 8,
    rare_events: 8,
    count: 20,
};

async fn insert(store: &Store, draft: &StoryDraft, verdict: &Verdict) -> Stored {
    let mut tx = store.begin_ingest().await.unwrap();
    let stored = tx.insert_story(draft, &source(draft.source.as_str()), verdict, &tokens(draft)).await.unwrap();
    tx.commit().await.unwrap();
    stored
}

fn with_shingles(mut draft: StoryDraft, shingles: &[i64], event: &[i64]) -> StoryDraft {
    draft.fingerprint.shingles = shingles.to_vec();
    draft.fingerprint.event = event.to_vec();
    draft
}

#[tokio::test(flavor = "multi_thread")]
async fn story_is_found_by_its_address_and_uncommitted_work_leaves_no_trace() {
    let db = database().await;
    let one = draft("valley", "1", "Editor detained", "Police took her.\nShe is in Osh.");
    let mut tx = db.store.begin_ingest().await.unwrap();
    tx.insert_story(&one, &source("valley"), &NEW, &tokens(&one)).await.unwrap();
    assert!(tx.story_by_address(&one.url_key).await.unwrap().is_some());
    drop(tx);
    let mut tx = db.store.begin_ingest().await.unwrap();
    assert_eq!(tx.story_by_address(&one.url_key).await.unwrap(), None);
    drop(tx);

    let stored = insert(&db.store, &one, &NEW).await;
    let mut tx = db.store.begin_ingest().await.unwrap();
    let found = tx.story_by_address(&one.url_key).await.unwrap().unwrap();
    assert_eq!((found.id, found.cluster, found.source.as_str()), (stored.story, stored.cluster, "valley"));
    assert_eq!((found.title.as_str(), found.text.as_str(), found.revision, found.duplicate_of), (one.title.as_str(), one.text.as_str(), 0, None));
    let again = tx.insert_story(&one, &source("valley"), &NEW, &[]).await.unwrap_err();
    assert!(matches!(again, StoreError::AddressTaken), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_arrive_at_one_moment_give_one_original() {
    let db = database().await;
    let mut workers = tokio::task::JoinSet::new();
    for number in 0..6 {
        let store = db.another_store().await;
        workers.spawn(async move {
            let name = format!("paper{number}");
            let copy = with_shingles(draft(&name, "wire", "Wire report", "The same words everywhere."), &[11, 12, 13], &[]);
            let mut tx = store.begin_ingest().await.unwrap();
            let found = tx.candidates(&copy.fingerprint, Timestamp::now(), &LIMITS).await.unwrap();
            let verdict = found.first().map_or(NEW, |one| Verdict::Duplicate { of: one.story, cluster: one.cluster, score: 0.9 });
            let stored = tx.insert_story(&copy, &source(&name), &verdict, &tokens(&copy)).await.unwrap();
            tx.commit().await.unwrap();
            stored
        });
    }
    let stored = workers.join_all().await;
    assert_eq!(db.number("SELECT count(*) FROM stories WHERE duplicate_of IS NULL").await, 1);
    assert_eq!(db.number("SELECT count(*) FROM stories").await, 6);
    assert_eq!(db.number("SELECT count(*) FROM clusters").await, 1);
    assert!(stored.iter().all(|one| one.cluster == stored[0].cluster));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_from_two_workers_gives_one_story() {
    let db = database().await;
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let store = db.another_store().await;
        workers.spawn(async move {
            let one = draft("valley", "1", "Editor detained", "Police took her.");
            let mut tx = store.begin_ingest().await.unwrap();
            let known = tx.story_by_address(&one.url_key).await.unwrap().is_some();
            if !known {
                tx.insert_story(&one, &source("valley"), &NEW, &tokens(&one)).await.unwrap();
            }
            tx.commit().await.unwrap();
            !known
        });
    }
    assert_eq!(workers.join_all().await.into_iter().filter(|wrote| *wrote).count(), 1);
    assert_eq!(db.number("SELECT count(*) FROM stories").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_share_what_is_rare_within_the_windows() {
    let db = database().await;
    let now = Timestamp::now();
    let at = |hours: u64| now - Duration::from_hours(hours);
    let near = insert(&db.store, &with_shingles(draft("a", "1", "t", "near"), &[1, 2, 3, 4], &[]), &NEW).await;
    let far = insert(&db.store, &with_shingles(draft("b", "1", "t", "far"), &[1, 90, 91], &[]), &NEW).await;
    let mut old = with_shingles(draft("c", "1", "t", "old"), &[1, 2, 3, 4], &[]);
    old.first_seen_at = at(8 * 24);
    insert(&db.store, &old, &NEW).await;
    let same_event = insert(&db.store, &with_shingles(draft("d", "1", "t", "event"), &[], &[500, 501]), &NEW).await;
    let mut old_event = with_shingles(draft("e", "1", "t", "old event"), &[], &[500, 501]);
    old_event.first_seen_at = at(80);
    insert(&db.store, &old_event, &NEW).await;
    insert(&db.store, &with_shingles(draft("f", "1", "t", "nothing in common"), &[70], &[71]), &NEW).await;

    let wanted = with_shingles(draft("g", "1", "t", ""), &[1, 2, 3, 4, 4], &[501]);
    let mut tx = db.store.begin_ingest().await.unwrap();
    let found = tx.candidates(&wanted.fingerprint, now, &LIMITS).await.unwrap();
    let ids: Vec<_> = found.iter().map(|one| one.story).collect();
    assert_eq!(ids.first(), Some(&near.story));
    assert_eq!(ids.len(), 3, "{ids:?}");
    assert!(ids.contains(&far.story) && ids.contains(&same_event.story));
    assert_eq!(found[0].fingerprint.shingles, [1, 2, 3, 4]);
    assert_eq!((found[0].text.as_str(), found[0].cluster), ("near", near.cluster));
    let few = CandidateLimits { count: 1, ..LIMITS };
    assert_eq!(tx.candidates(&wanted.fingerprint, now, &few).await.unwrap().len(), 1);
    assert!(tx.candidates(&Fingerprint::default(), now, &LIMITS).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn common_pieces_say_nothing_but_copies_and_reports_of_one_event_do_not_make_common() {
    let db = database().await;
    // A footer that ten unrelated stories carry.
    for number in 0..10 {
        insert(&db.store, &with_shingles(draft("footer", &number.to_string(), "t", "x"), &[7, 1000 + number], &[]), &NEW).await;
    }
    // One text that twenty papers copy, and one event that twenty tell in their own words.
    let first = insert(&db.store, &with_shingles(draft("wire", "1", "t", "x"), &[8], &[9]), &NEW).await;
    for number in 0..20 {
        let name = format!("paper{number}");
        let copy = Verdict::Duplicate { of: first.story, cluster: first.cluster, score: 1.0 };
        insert(&db.store, &with_shingles(draft(&name, "copy", "t", "x"), &[8], &[9]), &copy).await;
        let told = Verdict::New { cluster: Some(first.cluster) };
        insert(&db.store, &with_shingles(draft(&name, "own", "t", "x"), &[2000 + number], &[9]), &told).await;
    }
    let mut tx = db.store.begin_ingest().await.unwrap();
    let mut search = async |shingles: &[i64], event: &[i64]| {
        let fingerprint = with_shingles(draft("q", "q", "t", ""), shingles, event).fingerprint;
        tx.candidates(&fingerprint, Timestamp::now(), &LIMITS).await.unwrap()
    };
    assert!(search(&[7], &[]).await.is_empty());
    assert_eq!(search(&[8], &[]).await.iter().map(|one| one.story).collect::<Vec<_>>(), [first.story]);
    let event = search(&[], &[9]).await;
    assert!(!event.is_empty() && event.iter().all(|one| one.cluster == first.cluster));
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_story_keeps_what_it_said_before() {
    let db = database().await;
    let mut one = draft("valley", "1", "Editor detained", "Police took her.");
    let evidence = vec![Evidence { field: Field::Title, start: 7, end: 15, text: "detained".to_owned(), rule: "term detain*".to_owned() }];
    one.classification.topics = vec![TopicLabel { id: "arrest_detention".to_owned(), score: 0.8, evidence: evidence.clone() }];
    let label = |role, score| CountryLabel { code: CountryCode::parse("KG").unwrap(), role, score, evidence: evidence.clone() };
    one.classification.countries = vec![label(CountryRole::About, 0.9), label(CountryRole::Mentioned, 0.2)];
    let stored = insert(&db.store, &with_shingles(one.clone(), &[1, 2], &[3]), &NEW).await;
    assert_eq!(db.number("SELECT count(*) FROM story_labels WHERE role = 'about' OR kind = 'topic'").await, 2);
    assert_eq!(db.number("SELECT (evidence -> 0 ->> 'start')::bigint FROM story_labels WHERE kind = 'topic'").await, 7);

    let mut edited = with_shingles(draft("valley", "1", "Editor released", "She went home."), &[2, 4], &[]);
    edited.classification.topics = vec![TopicLabel { id: "release".to_owned(), score: 0.7, evidence: Vec::new() }];
    for expected in 1..=25 {
        let mut tx = db.store.begin_ingest().await.unwrap();
        assert_eq!(tx.revise_story(stored.story, &edited, &tokens(&edited)).await.unwrap(), Some(expected));
        tx.commit().await.unwrap();
    }
    let mut tx = db.store.begin_ingest().await.unwrap();
    let found = tx.story_by_address(&one.url_key).await.unwrap().unwrap();
    assert_eq!((found.id, found.title.as_str(), found.revision), (stored.story, "Editor released", 25));
    drop(tx);
    assert_eq!(
        db.number("SELECT count(*) FROM story_revisions WHERE revision = 0 AND title = 'Editor detained' AND body = 'Police took her.'").await,
        1
    );
    assert!(db.number("SELECT count(*) FROM story_revisions").await <= 22);
    assert_eq!(db.number("SELECT count(*) FROM story_labels").await, 1);
    assert_eq!(db.number("SELECT sum(hash)::bigint FROM shingle_index").await, 6);
    assert_eq!(db.number("SELECT count(*) FROM stories WHERE tokens @@ 'released'::tsquery AND NOT tokens @@ 'detained'::tsquery").await, 1);

    let mut tx = db.store.begin_ingest().await.unwrap();
    let gone = presswatch::model::StoryId::new(Timestamp::UNIX_EPOCH);
    assert_eq!(tx.revise_story(gone, &edited, &[]).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_and_huge_texts_are_stored() {
    let db = database().await;
    let mut hostile = draft("valley", "1", "It's \\ 'quoted' \0 and <b>", "null\0byte");
    hostile.authors = vec!["Ann\0".to_owned()];
    hostile.url_key = "valley.example/\0".to_owned();
    insert(&db.store, &hostile, &NEW).await;
    let words: String = (0..60_000).map(|number| format!("word{}", number % 30_000)).collect::<Vec<_>>().join(" ");
    insert(&db.store, &draft("valley", "2", "Long", &words), &NEW).await;
    insert(&db.store, &draft("valley", "3", "Wall", &"x".repeat(100_000)), &NEW).await;
    assert_eq!(db.number("SELECT count(*) FROM stories WHERE tokens @@ '''word17'' <-> ''word18'''::tsquery").await, 1);
    assert_eq!(db.number("SELECT count(*) FROM stories").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_known_after_they_were_marked() {
    let db = database().await;
    let (valley, hill) = (source_id("valley"), source_id("hill"));
    let stored = insert(&db.store, &draft("valley", "1", "t", "x"), &NEW).await;
    let mut tx = db.store.begin_ingest().await.unwrap();
    tx.mark_item(&valley, &[1; 32], &[5; 32], Some(stored.story)).await.unwrap();
    tx.mark_item(&valley, &[2; 32], &[6; 32], None).await.unwrap();
    tx.mark_item(&valley, &[1; 32], &[7; 32], None).await.unwrap();
    tx.commit().await.unwrap();
    let known = db.store.known_items(&valley, &[[1; 32], [2; 32], [3; 32]]).await.unwrap();
    assert_eq!(known.len(), 2);
    assert_eq!(known[&[1; 32]], KnownItem { content_hash: vec![7; 32], story: Some(stored.story) });
    assert_eq!(known[&[2; 32]].story, None);
    assert!(db.store.known_items(&hill, &[[1; 32]]).await.unwrap().is_empty());
    db.execute("UPDATE source_items SET last_seen_at = now() - interval '3 days'").await;
    db.store.touch_items(&valley, &[[1; 32]]).await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM source_items WHERE last_seen_at > now() - interval '1 hour'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn story_matches_and_alerts_are_committed_together() {
    let db = database().await;
    let one = draft("valley", "1", "Editor detained", "Police took her.");
    let list = |score| Match { watchlist: WatchlistId::new("valley-press").unwrap(), score, evidence: Vec::new() };
    let mut tx = db.store.begin_ingest().await.unwrap();
    let stored = tx.insert_story(&one, &source("valley"), &NEW, &tokens(&one)).await.unwrap();
    tx.insert_matches(stored.story, &[list(0.5)]).await.unwrap();
    tx.insert_matches(stored.story, &[list(1.0)]).await.unwrap();
    let new = alert(stored.story, stored.cluster, "desk", 1, &["a@ngo.example", "b@ngo.example", "a@ngo.example"]);
    assert_eq!(tx.insert_alerts(std::slice::from_ref(&new)).await.unwrap(), [new.id]);
    drop(tx);
    assert_eq!(db.number("SELECT (SELECT count(*) FROM stories) + (SELECT count(*) FROM matches) + (SELECT count(*) FROM deliveries)").await, 0);

    let mut tx = db.store.begin_ingest().await.unwrap();
    let stored = tx.insert_story(&one, &source("valley"), &NEW, &tokens(&one)).await.unwrap();
    tx.insert_matches(stored.story, &[list(1.0)]).await.unwrap();
    tx.insert_alerts(std::slice::from_ref(&new)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM deliveries").await, 2);
    assert_eq!(db.number("SELECT count(*) FROM matches WHERE score = 1").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn event_that_was_told_is_not_told_again() {
    let db = database().await;
    let cluster = ClusterId::new(Timestamp::now());
    let stored = insert(&db.store, &draft("valley", "1", "t", "x"), &Verdict::New { cluster: Some(cluster) }).await;
    assert_eq!(stored.cluster, cluster);
    let first = alert(stored.story, cluster, "desk", 1, &["a@ngo.example"]);
    let repeated = alert(stored.story, cluster, "desk", 1, &["a@ngo.example"]);
    let other = alert(stored.story, cluster, "hook", 2, &[]);
    let mut tx = db.store.begin_ingest().await.unwrap();
    assert_eq!(tx.insert_alerts(&[first.clone(), repeated.clone(), other.clone()]).await.unwrap(), [first.id, other.id]);
    tx.commit().await.unwrap();
    let mut tx = db.store.begin_ingest().await.unwrap();
    assert!(tx.insert_alerts(&[repeated]).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM deliveries").await, 2);
}
