//! What a desk decides about incidents, by forms and by commands, and drafts for trackers.

use presswatch::model::{IncidentId, StoryId, Verdict};
use presswatch::pipeline::rejoin_incidents;
use presswatch::store::{IncidentFilter, ReviewFilter, Store};

use super::desk::Desk;
use super::incidents::{NEW, arrest, ingest, labeled};

async fn ids(store: &Store, filter: &IncidentFilter) -> Vec<IncidentId> {
    store.incidents(filter).await.unwrap().into_iter().map(|incident| incident.id).collect()
}

fn by_country(code: &str) -> IncidentFilter {
    IncidentFilter { country: Some(code.to_owned()), ..IncidentFilter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_shown_and_found_and_no_later_report_overwrites_it() {
    let desk = Desk::open().await;
    let store = &desk.db.store;
    let (_, cluster, id) = ingest(store, &arrest("valley-en", "1"), &NEW).await;
    let id = id.unwrap();
    let path = format!("/incidents/{id}/decide");
    for (field, value) in [("country", "kg"), ("date", "2026-05-04"), ("persons", "Marta Olsen | Ли Вэй"), ("title", "Three held <b>")] {
        let reply = desk.post(&path, &[("do", "correct"), ("field", field), ("value", value), ("note", "by telephone")], "").await;
        assert_eq!((reply.status, reply.header("location")), (303, format!("/incidents/{id}").as_str()), "{field}: {}", reply.body);
    }
    let check = async || {
        let shown = store.incident(id).await.unwrap().unwrap().incident;
        assert_eq!((shown.country.as_deref(), shown.date.to_string().as_str(), shown.date_basis.as_str()), (Some("KG"), "2026-05-04", "corrected"));
        let names: Vec<&str> = shown.persons.iter().map(|person| person.value.as_str()).collect();
        assert_eq!(names, ["Marta Olsen", "Ли Вэй"]);
        assert_eq!(shown.corrections.len(), 4);
        assert_eq!((ids(store, &by_country("KG")).await, ids(store, &by_country("KZ")).await), (vec![id], vec![]));
    };
    check().await;
    // Another report of the same event writes the record again.
    ingest(store, &arrest("harbor-ar", "2"), &Verdict::New { cluster: Some(cluster) }).await;
    assert_eq!(store.incident(id).await.unwrap().unwrap().incident.publishers, 2);
    check().await;
    let page = desk.get(&format!("/incidents/{id}")).await.body;
    assert!(page.contains("Three held &#60;b&#62;") && page.contains("in place of KZ, by local"), "{page}");
    assert!(page.contains("<q dir=\"auto\">by telephone</q>"), "{page}");
    // Taken back, reports are shown again; who did what stays.
    assert_eq!(desk.post(&path, &[("do", "correct"), ("field", "country"), ("value", "")], "").await.status, 303);
    assert_eq!(ids(store, &by_country("KZ")).await, [id]);
    assert_eq!(store.decisions(id).await.unwrap().len(), 5);
    for (field, value) in [("country", "Kazakhstan"), ("date", "soon"), ("rumor", "x")] {
        assert_eq!(desk.post(&path, &[("do", "correct"), ("field", field), ("value", value)], "").await.status, 400, "{field}");
    }
    assert_eq!(desk.send(&path, "do=reject", "").await.status, 403, "a form without its token");
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmed_stays_rejected_goes_and_both_can_be_taken_back() {
    let desk = Desk::open().await;
    let store = &desk.db.store;
    let id = ingest(store, &arrest("valley-en", "1"), &NEW).await.2.unwrap();
    let decide = async |what: &str| assert_eq!(desk.post(&format!("/incidents/{id}/decide"), &[("do", what)], "").await.status, 303, "{what}");
    let of = |review| IncidentFilter { review, ..IncidentFilter::default() };
    decide("confirm").await;
    assert_eq!((ids(store, &of(ReviewFilter::Standing)).await, ids(store, &of(ReviewFilter::Open)).await), (vec![id], vec![]));
    decide("reject").await;
    assert_eq!((ids(store, &of(ReviewFilter::Standing)).await, ids(store, &of(ReviewFilter::Rejected)).await), (vec![], vec![id]));
    assert!(!desk.get("/").await.body.contains("Three journalists detained</a></h3>\n<p class=\"meta\"><span class=\"state open\">"));
    assert!(desk.get("/incidents?review=rejected").await.body.contains("<span class=\"state rejected\">rejected</span>"));
    decide("reopen").await;
    assert_eq!(ids(store, &of(ReviewFilter::Open)).await, [id]);
    let kinds: Vec<String> = store.decisions(id).await.unwrap().into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["confirmed", "rejected", "reopened"]);
    assert_eq!(desk.post("/incidents/00000000-0000-0000-0000-000000000000/decide", &[("do", "confirm")], "").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_incidents_are_one_and_split_ones_two_and_old_addresses_lead_on() {
    let desk = Desk::open().await;
    let store = &desk.db.store;
    let (first, cluster, one) = ingest(store, &arrest("valley-en", "1"), &NEW).await;
    let raid = labeled("steppe-ru", "2", "Police raid home of journalists in Almaty", "", "raid_seizure", "raid");
    let (second, _, other) = ingest(store, &raid, &NEW).await;
    let (one, other) = (one.unwrap(), other.unwrap());
    let merge =
        desk.post(&format!("/incidents/{other}/decide"), &[("do", "merge"), ("other", &format!("http://localhost/incidents/{one}"))], "").await;
    assert_eq!((merge.status, merge.header("location")), (303, format!("/incidents/{one}").as_str()), "{}", merge.body);
    assert_eq!(rejoin_incidents(store).await.unwrap(), 1);
    let merged = store.incident(one).await.unwrap().unwrap().incident;
    assert_eq!((merged.publishers, merged.reports.len(), ids(store, &IncidentFilter::default()).await), (2, 2, vec![one]));
    assert_eq!(merged.other_topics, ["raid_seizure"]);
    let old = desk.get(&format!("/incidents/{other}")).await;
    assert_eq!((old.status, old.header("location")), (303, format!("/incidents/{one}").as_str()));
    for target in [one, other] {
        let reply = desk.post(&format!("/incidents/{one}/decide"), &[("do", "merge"), ("other", &target.to_string())], "").await;
        assert_eq!(reply.status, 400, "into itself, or into what is merged already");
    }

    // A new report of the first cluster joins the merged one; then the raid is parted off again.
    ingest(store, &arrest("harbor-ar", "3"), &Verdict::New { cluster: Some(cluster) }).await;
    let split = desk.post(&format!("/incidents/{one}/decide"), &[("do", "split"), ("story", &second.to_string())], "").await;
    assert_eq!(split.status, 303, "{}", split.body);
    let own: IncidentId = IncidentId(split.header("location").rsplit('/').next().unwrap().parse().unwrap());
    assert_eq!(rejoin_incidents(store).await.unwrap(), 2);
    let (kept, parted) = (store.incident(one).await.unwrap().unwrap().incident, store.incident(own).await.unwrap().unwrap().incident);
    let stories = |incident: &presswatch::store::Incident| incident.reports.iter().map(|report| report.story).collect::<Vec<StoryId>>();
    assert_eq!((parted.topic.as_str(), parted.publishers, stories(&parted)), ("raid_seizure", 1, vec![second]));
    assert_eq!((kept.topic.as_str(), kept.publishers, stories(&kept).contains(&first)), ("arrest_detention", 2, true));
    assert!(kept.other_topics.is_empty());
    let all: Vec<String> = kept.reports.iter().map(|report| report.story.to_string()).collect();
    let all: Vec<(&str, &str)> = all.iter().map(|id| ("story", id.as_str())).chain([("do", "split")]).collect();
    assert_eq!(desk.post(&format!("/incidents/{one}/decide"), &all, "").await.status, 400, "all and nothing is no split");
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_carry_the_columns_of_trackers_and_no_formula() {
    let desk = Desk::open().await;
    let store = &desk.db.store;
    let id = ingest(store, &arrest("valley-en", "1"), &NEW).await.2.unwrap();
    assert_eq!(desk.post(&format!("/incidents/{id}/decide"), &[("do", "correct"), ("field", "title"), ("value", "=1+1|\"x")], "").await.status, 303);
    let draft = async |form: &str| {
        let reply = desk.get(&format!("/incidents/{id}/draft?as={form}")).await;
        assert_eq!(reply.status, 200, "{form}");
        assert!(reply.header("content-disposition").starts_with("attachment; filename=\"presswatch-"), "{form}");
        reply.body
    };
    let tracker = draft("tracker-csv").await;
    let (header, row) = tracker.trim_end().split_once("\r\n").unwrap();
    assert!(
        header.starts_with("\"title\",\"url\",\"first_published_at\"") && header.contains("\"targeted_journalists\",\"subpoena_statuses\""),
        "{header}"
    );
    assert!(
        row.starts_with("\"'=1+1|\"\"x\",\"https://valley-en.example/1\"") && row.contains("\"Arrest/Criminal Charge\",\"Marta Olsen\""),
        "{row}"
    );
    assert!(row.contains("not verified"), "{row}");
    let object: serde_json::Value = serde_json::from_str(&draft("tracker-json").await).unwrap();
    assert_eq!((&object["title"], &object["exact_date_unknown"]), (&serde_json::json!("=1+1|\"x"), &serde_json::json!(true)));
    assert_eq!(object["links"][0]["publication"], "The valley-en");
    let uwazi = draft("uwazi-csv").await;
    assert!(uwazi.starts_with("\"title\",\"date\",") && uwazi.contains("\"The valley-en|https://valley-en.example/1\""), "{uwazi}");
    let entity: serde_json::Value = serde_json::from_str(&draft("uwazi-json").await).unwrap();
    assert_eq!(entity["metadata"]["violation"][0]["value"], "arrest_detention");
    assert!(entity["metadata"]["date"][0]["value"].as_i64().unwrap() % 86_400 == 0);
    let own: serde_json::Value = serde_json::from_str(&draft("json").await).unwrap();
    assert_eq!((&own["corrections"][0]["field"], own["reported_by"][0]["says"].as_array().unwrap().is_empty()), (&serde_json::json!("title"), false));
    let list = desk.get("/incidents/export?as=csv&country=KZ").await;
    assert!(list.status == 200 && list.body.lines().count() == 2 && list.body.contains("\"'=1+1|"), "{}", list.body);
    assert_eq!(desk.get("/incidents/export?as=xml").await.status, 400);
    assert_eq!(desk.get("/incidents/export?as=csv&country=XX").await.status, 400);
}
