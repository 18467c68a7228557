//! Stored stories are labeled anew when the rules change: whole, once, after any crash, and without alerts.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use presswatch::model::{Classification, Evidence, Field, RulesFingerprint, StoryDraft, TopicLabel, Verdict};
use presswatch::pipeline::{Metrics, Relabeler, Rules, Step};
use presswatch::store::IncidentFilter;
use presswatch::store::ingest::Stored;
use prometheus_client::registry::Registry;
use serde_json::Value;

use super::support::values::{draft, source, tokens};
use super::support::{ScratchFolder, TestDatabase, database};

const PATIENCE: Duration = Duration::from_secs(90);
const FISHING: &str = "[[topic]]\nid = \"fishing_rights\"\nlabel = \"Fishing rights\"\ndefinition = \"Who may fish where.\"\ngroup = \"context\"\n
[[lexicon]]\nid = \"fishing_rights\"\nlanguage = \"en\"\nterms = [\"trawler* + quota*\"]\nweight = 2.0\n";
/// A list that every story of these tests meets, with a channel that nobody may hear of.
const LISTS: &str = "schema_version = 1\n[channels.hook]\nkind = \"webhook\"\nurl = \"https://hook.example/in\"\nformat = \"standard-webhooks\"\nsecrets = [\"file:secret\"]\n\
    [[watchlist]]\nid = \"crews\"\nname = \"Crews\"\nquery = 'trawler*'\n[watchlist.alert]\nchannels = [\"hook\"]\n";

fn configuration(db: &TestDatabase, topics: &str) -> ScratchFolder {
    let folder = ScratchFolder::new("relabel");
    let main = "[instance]\nstate_directory = \"state\"\n[database]\nurl = \"file:database-url\"\n[web]\nenabled = false\n";
    fs::create_dir(folder.path().join("watchlists.d")).unwrap();
    for (name, text) in [
        ("presswatch.toml", main),
        ("database-url", &db.url),
        ("topics.toml", topics),
        ("watchlists.d/lists.toml", LISTS),
        ("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    folder
}

async fn rules(folder: &ScratchFolder) -> Arc<Rules> {
    let config = presswatch::config::load(folder.path()).unwrap_or_else(|problems| panic!("{problems:?}"));
    Arc::new(tokio::task::spawn_blocking(move || Rules::compile(config)).await.unwrap().unwrap_or_else(|problems| panic!("{problems:?}")).0)
}

fn relabeler(db: &TestDatabase) -> Relabeler {
    Relabeler::new(db.store.clone(), Metrics::register(&mut Registry::default()))
}

/// A story that unknown rules gave one label, which is wrong.
fn story(key: &str) -> StoryDraft {
    let mut draft = draft("one", key, "Trawler crews protest over quotas in Peru", "Police in Lima watched the trawlers.");
    let place = Evidence { field: Field::Title, start: 0, end: 7, text: "Trawler".to_owned(), rule: "former".to_owned() };
    draft.classification.topics.push(TopicLabel { id: "censorship".to_owned(), score: 0.9, evidence: vec![place] });
    draft
}

async fn store(db: &TestDatabase, draft: &StoryDraft) -> Stored {
    let mut tx = db.store.begin_ingest().await.unwrap();
    let stored = tx.insert_story(draft, &source("one"), &Verdict::New { cluster: None }, &tokens(draft)).await.unwrap();
    tx.commit().await.unwrap();
    stored
}

/// Copies the one stored story as often, without asking the pipeline.
async fn multiply(db: &TestDatabase, copies: u32) {
    db.execute(&format!(
        "INSERT INTO stories SELECT (jsonb_populate_record(s, jsonb_build_object('id', left(s.id::text, 24) || lpad(to_hex(n), 12, '0')))).*
         FROM stories s, generate_series(1, {copies}) n;
         INSERT INTO story_labelings SELECT id, 0 FROM stories ON CONFLICT DO NOTHING"
    ))
    .await;
}

async fn nobody_was_alerted(db: &TestDatabase) {
    for table in ["matches", "alerts", "deliveries"] {
        assert_eq!(db.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_stories_get_the_labels_of_the_rules_in_force_and_old_news_alerts_nobody() {
    let db = database().await;
    let stored = store(&db, &story("1")).await;
    let folder = configuration(&db, FISHING);
    let (rules, relabeler) = (rules(&folder).await, relabeler(&db));
    let begun = relabeler.begin(&rules).await.unwrap();
    assert_eq!((begun.todo, begun.relabeled, begun.finished_at), (1, 0, None));
    let Step::Batch(done) = relabeler.step(&rules, None, None).await.unwrap() else { panic!("no batch") };
    assert_eq!((done.stories, done.changed, done.failed, done.oldest), (1, 1, 0, Some(stored.story)));
    assert_eq!(relabeler.step(&rules, None, done.oldest).await.unwrap(), Step::Done);
    assert!(relabeler.finish(&rules).await.unwrap());

    let found = db.store.story(stored.story).await.unwrap().unwrap();
    assert_eq!(found.summary.main_country.as_deref(), Some("PE"));
    let label = |value: &str| found.labels.iter().find(|label| label.value == value);
    assert!(label("censorship").is_none(), "{:?}", found.labels);
    let fishing = label("fishing_rights").unwrap();
    assert_eq!(fishing.evidence.iter().map(|place| place.text.as_str()).collect::<Vec<_>>(), ["Trawler", "quotas"]);
    assert!(label("PE").is_some_and(|label| label.role == "about" && !label.evidence.is_empty()));
    assert_eq!(db.number("SELECT count(*) FROM clusters WHERE main_country = 'PE'").await, 1);
    assert_eq!(db.number("SELECT sum(revision) FROM stories").await, 0, "new labels are no edit");
    nobody_was_alerted(&db).await;

    // The same rules again find nothing to do, and what is stored with them is up to date.
    let mut fresh = story("2");
    fresh.classification = Classification { rules: rules.label_rules(), ..Classification::default() };
    store(&db, &fresh).await;
    let again = relabeler.begin(&rules).await.unwrap();
    assert!((again.todo, again.relabeled, again.changed) == (1, 1, 1) && again.finished_at.is_some(), "{again:?}");
    assert_eq!(relabeler.step(&rules, None, None).await.unwrap(), Step::Done);
    assert!(!relabeler.is_behind(&rules).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn incidents_of_stories_that_came_before_them_are_written_once_and_follow_the_labels() {
    let db = database().await;
    let mut held = draft("one", "1", "Reporter Ana Quispe arrested in Lima", "Police led the reporter away on Friday.");
    held.classification.rules = RulesFingerprint(7);
    let stored = store(&db, &held).await;
    let mut fair = draft("one", "2", "Book fair opens in Lima", "Readers queued for tickets.");
    fair.classification.rules = RulesFingerprint(7);
    store(&db, &fair).await;
    let folder = configuration(&db, "");
    let (current, relabeler) = (rules(&folder).await, relabeler(&db));
    relabeler.begin(&current).await.unwrap();
    let Step::Batch(done) = relabeler.step(&current, None, None).await.unwrap() else { panic!("no batch") };
    assert_eq!((done.stories, done.failed), (2, 0));
    assert!(relabeler.finish(&current).await.unwrap());
    assert_eq!(db.store.labeling().await.unwrap().unwrap().relabeled, 2);

    let found = db.store.incidents(&IncidentFilter::default()).await.unwrap();
    let [incident] = &found[..] else { panic!("{} incidents", found.len()) };
    assert_eq!((incident.topic.as_str(), incident.country.as_deref(), incident.status.as_str()), ("arrest_detention", Some("PE"), "open"));
    assert_eq!(incident.first_seen_at.as_microsecond(), held.first_seen_at.as_microsecond());
    assert_eq!(db.number("SELECT count(*) FROM incident_facts WHERE kind = 'topic'").await, 1);
    nobody_was_alerted(&db).await;

    // Other rules that say the same write nothing; rules by which it reports another thing keep the incident's id.
    db.execute("UPDATE story_labelings SET rules = 9").await;
    let touched = "SELECT count(*) FROM incidents WHERE updated_at = (SELECT max(updated_at) FROM incidents)";
    db.execute("UPDATE incidents SET updated_at = '2020-01-01Z'").await;
    assert!(matches!(relabeler.step(&current, None, None).await.unwrap(), Step::Batch(_)));
    assert_eq!(db.number(&format!("{touched} AND updated_at = '2020-01-01Z'")).await, 1, "the same again is not written");
    db.execute("UPDATE stories SET title = 'Reporter Ana Quispe shot dead in Lima' WHERE title LIKE 'Reporter%'").await;
    db.execute("UPDATE story_labelings SET rules = 9").await;
    assert!(matches!(relabeler.step(&current, None, None).await.unwrap(), Step::Batch(_)));
    let again = db.store.incidents(&IncidentFilter::default()).await.unwrap();
    assert_eq!((again.len(), again[0].id, again[0].topic.as_str()), (1, incident.id, "killing"));
    assert_eq!(db.number("SELECT count(*) FROM story_labelings WHERE rules = 9").await, 0);
    assert!(again[0].reports.iter().any(|report| report.story == stored.story));
}

#[tokio::test(flavor = "multi_thread")]
async fn story_stays_behind_until_its_incident_is_written_and_an_edit_in_between_is_left_alone() {
    let db = database().await;
    let stored = store(&db, &story("1")).await;
    let rules = RulesFingerprint(7);
    db.store.begin_relabeling(rules).await.unwrap();
    let mut batch = db.store.relabel_batch(rules, None, None, 16).await.unwrap().unwrap();
    let revision = batch.stories()[0].revision;
    batch.replace(stored.story, &Classification { rules, ..Classification::default() }).await.unwrap();
    batch.postpone(stored.story);
    assert!(batch.commit().await.unwrap());
    assert_eq!(db.store.stale_stories(rules).await.unwrap(), 1, "a worker killed here is followed by another");

    drop(db.store.begin_incidents(rules, &[(stored.story, revision)]).await.unwrap());
    assert_eq!(db.store.stale_stories(rules).await.unwrap(), 1);
    let edited = db.store.begin_incidents(rules, &[(stored.story, revision + 1)]).await.unwrap();
    assert!(edited.stories().is_empty(), "its facts are those of another text");
    assert!(edited.commit().await.unwrap());
    let last = db.store.begin_incidents(rules, &[(stored.story, revision)]).await.unwrap();
    assert_eq!(last.stories().len(), 1);
    assert!(last.commit().await.unwrap());
    assert_eq!(db.store.labeling().await.unwrap().unwrap().relabeled, 1);
    assert!(db.store.finish_relabeling(rules).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_share_the_stories_and_a_batch_that_is_dropped_is_done_again() {
    let db = database().await;
    store(&db, &story("1")).await;
    multiply(&db, 20).await;
    let rules = RulesFingerprint(7);
    assert_eq!(db.store.begin_relabeling(rules).await.unwrap().todo, 21);
    let other = db.another_store().await;
    let first = db.store.relabel_batch(rules, None, None, 16).await.unwrap().unwrap();
    let second = other.relabel_batch(rules, None, None, 16).await.unwrap().unwrap();
    assert_eq!((first.stories().len(), second.stories().len()), (16, 5));
    assert!(first.stories().iter().all(|story| second.stories().iter().all(|other| other.id != story.id)));
    assert!(first.oldest().unwrap().0 > second.stories()[0].id.0, "newest first");
    assert!(db.store.relabel_batch(rules, None, None, 16).await.unwrap().is_none(), "all are in hand");
    drop(first);
    assert!(second.commit().await.unwrap());
    assert!(!db.store.finish_relabeling(rules).await.unwrap());
    let again = other.relabel_batch(rules, None, None, 99).await.unwrap().unwrap();
    assert_eq!(again.stories().len(), 16);
    assert!(again.commit().await.unwrap());
    assert!(db.store.finish_relabeling(rules).await.unwrap());
    assert_eq!(db.store.labeling().await.unwrap().unwrap().relabeled, 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn edit_waits_for_an_open_batch_and_its_labels_stay() {
    let db = database().await;
    let stored = store(&db, &story("1")).await;
    let rules = RulesFingerprint(7);
    db.store.begin_relabeling(rules).await.unwrap();
    let mut batch = db.store.relabel_batch(rules, None, None, 16).await.unwrap().unwrap();
    assert!(batch.replace(stored.story, &Classification { rules, ..Classification::default() }).await.unwrap());
    let edit = tokio::spawn({
        let other = db.another_store().await;
        async move {
            let mut edited = story("1");
            edited.text = "They were let go.".to_owned();
            edited.classification.rules = RulesFingerprint(8);
            let mut tx = other.begin_ingest().await.unwrap();
            tx.revise_story(stored.story, &edited, &tokens(&edited)).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    assert!(batch.commit().await.unwrap());
    edit.await.unwrap();
    assert_eq!(db.number("SELECT count(*) FROM story_labels WHERE value = 'censorship'").await, 1);
    assert_eq!(db.number("SELECT rules FROM story_labelings").await, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_rules_in_force_decide() {
    let db = database().await;
    let stored = store(&db, &story("1")).await;
    let (former, new) = (RulesFingerprint(7), RulesFingerprint(u64::MAX));
    db.store.begin_relabeling(former).await.unwrap();
    let mut batch = db.store.relabel_batch(former, None, None, 16).await.unwrap().unwrap();
    batch.replace(stored.story, &Classification::default()).await.unwrap();
    db.store.begin_relabeling(new).await.unwrap();
    assert!(!batch.commit().await.unwrap(), "its rules are no longer in force");
    assert_eq!(db.number("SELECT count(*) FROM story_labels").await, 1);
    assert!(!db.store.finish_relabeling(former).await.unwrap());
    assert_eq!(db.store.stale_stories(new).await.unwrap(), 1);
}

/// A daemon that is killed when the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(directory: &Path, log: &Path) -> Running {
    let log = fs::File::options().create(true).append(true).open(log).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswatch"));
    command.arg("--config").arg(directory).arg("run").env("RUST_LOG", "info").env("NO_COLOR", "1");
    Running(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
}

async fn until(db: &TestDatabase, log: &Path, sql: &str, least: i64) {
    let since = Instant::now();
    while db.number(sql).await < least {
        assert!(since.elapsed() < PATIENCE, "{sql} did not reach {least}; log:\n{}", fs::read_to_string(log).unwrap());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn daemon_killed_in_the_middle_goes_on_where_it_was() {
    const STORIES: i64 = 401;
    let db = database().await;
    store(&db, &story("1")).await;
    multiply(&db, 400).await;
    let folder = configuration(&db, FISHING);
    let log = folder.path().join("log");
    let labeled = "SELECT count(*) FROM story_labels WHERE value = 'fishing_rights'";
    let daemon = start(folder.path(), &log);
    until(&db, &log, labeled, 1).await;
    drop(daemon);
    let before = db.number(labeled).await;
    assert!(before < STORIES, "nothing was left to interrupt");
    assert_eq!(before, db.number("SELECT relabeled FROM label_rules").await, "labels and the count are committed together");

    let daemon = start(folder.path(), &log);
    until(&db, &log, labeled, before + 1).await;
    // A person who does not want to wait helps.
    let output =
        Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(folder.path()).args(["--json", "stories", "relabel"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let helped: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(helped["stories"].as_i64().unwrap() < STORIES - before && helped["superseded"] == false, "{helped}");
    until(&db, &log, "SELECT count(finished_at) FROM label_rules", 1).await;
    assert_eq!(db.number(labeled).await, STORIES);
    assert_eq!(db.number("SELECT relabeled FROM label_rules").await, STORIES, "no story was labeled twice");
    drop(daemon);
    let text = fs::read_to_string(&log).unwrap();
    assert_eq!(text.matches("stored stories are labeled anew, newest first").count(), 2, "{text}");
    nobody_was_alerted(&db).await;

    let shown =
        Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(folder.path()).args(["stories", "relabel", "--status"]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("401 stories labeled anew") && shown.contains("finished") && shown.contains("\n0 stories were labeled by other"),
        "{shown}"
    );
}
