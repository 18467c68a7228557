//! Incidents from stories to pages, commands and exports.

use std::process::Command;

use presswatch::config::TopicsConfig;
use presswatch::model::{ActorLabel, ClusterId, CountryCode, CountryLabel, CountryRole, Field, IncidentId, StoryDraft, StoryId, TopicLabel, Verdict};
use presswatch::store::{IncidentFilter, Store};
use presswatch::understand::incident::{IncidentTopics, merge};
use serde_json::Value;

use super::desk::{Desk, evidence};
use crate::support::values::{draft, source, tokens};

/// A labeled draft whose title holds `act`.
pub fn labeled(from: &str, key: &str, title: &str, text: &str, topic: &str, act: &str) -> StoryDraft {
    let mut draft = draft(from, key, title, text);
    let act = vec![evidence(&draft, Field::Title, act, &format!("{topic}: {act}"))];
    draft.classification.topics = vec![TopicLabel { id: topic.to_owned(), score: 0.9, evidence: act.clone() }];
    let who = [(Field::Title, "journalists"), (Field::Text, "Reporter")];
    let mut who: Vec<_> = who
        .into_iter()
        .filter(|(field, word)| if *field == Field::Title { title.contains(word) } else { text.contains(word) })
        .map(|(field, word)| evidence(&draft, field, word, "journalist"))
        .collect();
    who.extend(act.clone());
    draft.classification.actors = vec![ActorLabel { id: "journalist".to_owned(), score: 0.9, evidence: who }];
    let kz = CountryCode::parse("KZ").unwrap();
    draft.classification.countries = vec![CountryLabel { code: kz, role: CountryRole::About, score: 0.9, evidence: act }];
    draft.classification.main_country = Some(kz);
    draft
}

/// As the pipeline does it: story, report and incident in one transaction.
pub async fn ingest(store: &Store, draft: &StoryDraft, verdict: &Verdict) -> (StoryId, ClusterId, Option<IncidentId>) {
    let mut tx = store.begin_ingest().await.unwrap();
    let stored = tx.insert_story(draft, &source(draft.source.as_str()), verdict, &tokens(draft)).await.unwrap();
    let facts =
        IncidentTopics::new(&TopicsConfig::default()).report(&draft.title, &draft.text, &draft.language, &draft.classification, draft.first_seen_at);
    let mut incident = None;
    if tx.write_report(stored.story, &facts).await.unwrap() {
        let reports = tx.reports(stored.cluster).await.unwrap();
        incident = tx.write_incident(stored.cluster, merge(&reports).as_ref(), draft.first_seen_at).await.unwrap();
    }
    tx.commit().await.unwrap();
    (stored.story, stored.cluster, incident)
}

pub const NEW: Verdict = Verdict::New { cluster: None };

pub fn arrest(from: &str, key: &str) -> StoryDraft {
    labeled(from, key, "Three journalists detained in Almaty", "Reporter Marta Olsen, 34, was led away.", "arrest_detention", "detained")
}

async fn one(store: &Store) -> presswatch::store::Incident {
    let mut found = store.incidents(&IncidentFilter::default()).await.unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_of_one_event_make_one_record_that_keeps_its_id() {
    let desk = Desk::open().await;
    let store = &desk.db.store;
    let (first, cluster, id) = ingest(store, &arrest("valley-en", "1"), &NEW).await;
    let copy = Verdict::Duplicate { of: first, cluster, score: 0.9 };
    let same_event = Verdict::New { cluster: Some(cluster) };
    assert_eq!(ingest(store, &arrest("harbor-ar", "2"), &copy).await.2, id);
    let found = one(store).await;
    assert_eq!((Some(found.id), found.publishers, found.reports.len(), found.status.as_str()), (id, 1, 2, "open"));
    assert_eq!((found.topic.as_str(), found.country.as_deref(), found.date_basis.as_str()), ("arrest_detention", Some("KZ"), "published"));
    assert_eq!(found.people[0].count, Some(3));
    assert_eq!(found.persons[0].value, "Marta Olsen");

    let freed = labeled("steppe-ru", "3", "Journalists freed in Almaty", "", "release", "freed");
    assert_eq!(ingest(store, &freed, &same_event).await.2, id);
    let found = one(store).await;
    assert_eq!((found.publishers, found.status.as_str(), found.other_topics.clone()), (2, "released", vec!["release".to_owned()]));

    // Every report takes it back: the record stays, under its id.
    for story in found.reports.iter().map(|report| report.story) {
        let mut tx = store.begin_ingest().await.unwrap();
        tx.write_report(story, &[]).await.unwrap();
        let reports = tx.reports(cluster).await.unwrap();
        tx.write_incident(cluster, merge(&reports).as_ref(), found.first_seen_at).await.unwrap();
        tx.commit().await.unwrap();
    }
    let found = one(store).await;
    assert_eq!((Some(found.id), found.status.as_str(), found.publishers), (id, "contradicted", 0));
    assert!(found.reports.iter().all(|report| report.withdrawn));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_beside_each_other_make_one_incident_of_one_event() {
    let desk = Desk::open().await;
    let (_, cluster, _) = ingest(&desk.db.store, &draft("valley-en", "0", "Journalists in Almaty", "A quiet day."), &NEW).await;
    let mut workers = tokio::task::JoinSet::new();
    for number in 0..6 {
        let store = desk.db.another_store().await;
        workers.spawn(async move { ingest(&store, &arrest(&format!("paper{number}"), "1"), &Verdict::New { cluster: Some(cluster) }).await.2 });
    }
    let ids = workers.join_all().await;
    let found = one(&desk.db.store).await;
    assert!(ids.iter().all(|id| *id == Some(found.id)), "{ids:?}");
    assert_eq!((found.publishers, found.reports.len()), (6, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_what_is_reported_by_whom_and_where_it_says_so() {
    let desk = Desk::open().await;
    let (story, _, id) = ingest(&desk.db.store, &arrest("valley-en", "1"), &NEW).await;
    let id = id.unwrap();
    let page = desk.get(&format!("/incidents/{id}")).await.body;
    assert!(page.contains(">detained</mark>") && page.contains(">Marta Olsen</mark>"), "{page}");
    assert!(page.contains("reported by 1 independent publisher") && page.contains(&format!("/stories/{story}")), "{page}");
    for path in [format!("/stories/{story}"), "/".to_owned(), "/incidents".to_owned()] {
        assert!(desk.get(&path).await.body.contains(&format!("href=\"/incidents/{id}\"")), "{path}");
    }
    let check = async |query: &str, status: u16, shown: bool| {
        let reply = desk.get(&format!("/incidents?{query}")).await;
        assert_eq!((reply.status, reply.body.contains("Three journalists detained")), (status, shown), "{query}");
    };
    check("country=kz&topic=arrest_detention&actor=journalist&status=open&since=2020-01-01", 200, true).await;
    check("country=FR", 200, false).await;
    check("status=released", 200, false).await;
    check("since=2100-01-01", 200, false).await;
    check("status=over", 400, false).await;
    check("since=yesterday", 400, false).await;
    assert_eq!(desk.get("/incidents/nonsense").await.status, 404);
    assert_eq!(desk.get(&format!("/incidents/{story}")).await.status, 404);
}

fn run(desk: &Desk, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(desk.folder.path()).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_list_show_and_export_and_hostile_values_stay_values() {
    let desk = Desk::open().await;
    let title = "=HYPERLINK(\"http://evil.example\")<script>alert(1)</script> \u{1b}[31m\u{202e} detained";
    let mut hostile = labeled("valley-en", "1", title, "<img src=x> Reporter Marta Olsen, 34, was led away.", "arrest_detention", "detained");
    hostile.url = Some("javascript:alert(4)".parse().unwrap());
    let id = ingest(&desk.db.store, &hostile, &NEW).await.2.unwrap().to_string();

    for path in ["/incidents".to_owned(), format!("/incidents/{id}")] {
        let body = desk.get(&path).await.body;
        assert!(!body.contains("<script") && !body.contains("<img") && !body.contains("href=\"javascript:"), "{path}: {body}");
    }
    let (done, csv) = run(&desk, &["incidents", "export", "--format", "csv", "--country", "KZ"]);
    assert!(done && csv.lines().count() == 2 && csv.starts_with("\"id\",\"status\",\"topic\""), "{csv}");
    assert!(csv.contains(",\"'=HYPERLINK(\"\"http://evil.example\"\")<script>") && !csv.contains(['\u{1b}', '\u{202e}']), "{csv}");
    assert!(csv.contains(&id) && csv.contains("\"Marta Olsen\"") && csv.contains("\"The valley-en\""), "{csv}");

    let (done, lines) = run(&desk, &["incidents", "export", "--format", "json"]);
    let exported: Value = serde_json::from_str(lines.trim()).unwrap();
    assert!(done && exported["id"] == *id && exported["title"] == title && exported["schema"] == 1, "{exported}");
    let says = exported["reported_by"][0]["says"].as_array().unwrap();
    assert!(says.iter().any(|fact| fact["field"] == "person" && fact["evidence"][0]["text"] == "Marta Olsen"), "{exported}");

    let (_, listed) = run(&desk, &["--json", "incidents", "list", "--topic", "arrest_detention", "--since", "2020-01-01"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["id"], *id);
    assert_eq!(run(&desk, &["incidents", "list", "--status", "released"]).1, "0 incidents\n");
    let (_, shown) = run(&desk, &["incidents", "show", &id]);
    assert!(shown.contains("Reported by 1 independent publisher(s)") && shown.contains("\"detained\" (arrest_detention: detained)"), "{shown}");
    assert!(!run(&desk, &["incidents", "show", "00000000-0000-0000-0000-000000000007"]).0);
    assert!(!run(&desk, &["incidents", "list", "--since", "soon"]).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn denial_that_comes_first_counts_when_the_report_comes() {
    let desk = Desk::open().await;
    let denied = draft("valley-en", "1", "Ministry denies reports of detention", "");
    let (_, cluster, none) = ingest(&desk.db.store, &denied, &NEW).await;
    assert_eq!(none, None);
    let (_, _, id) = ingest(&desk.db.store, &arrest("steppe-ru", "2"), &Verdict::New { cluster: Some(cluster) }).await;
    let found = one(&desk.db.store).await;
    assert_eq!((Some(found.id), found.status.as_str(), found.publishers), (id, "contradicted", 1));
}
