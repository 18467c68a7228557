//! Topics and words of an operator's own: refused where they stand, tried on stored stories before they go live.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use presswatch::model::{Evidence, Field, TopicLabel, Verdict};
use serde_json::Value;

use super::support::values::{draft, source, tokens};
use super::support::{ScratchFolder, TestDatabase, database};

/// Runs the program on a configuration directory: exit code, standard output, standard error.
fn presswatch(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(directory).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn configuration(db: &TestDatabase, topics: &str) -> ScratchFolder {
    let folder = ScratchFolder::new("topics");
    let main = "[instance]\nstate_directory = \"state\"\n[database]\nurl = \"file:database-url\"\n";
    for (name, text) in [("presswatch.toml", main), ("database-url", &db.url), ("topics.toml", topics)] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    folder
}

async fn store(db: &TestDatabase, key: &str, title: &str, topics: &[&str]) {
    let mut draft = draft("one", key, title, "");
    let evidence = vec![Evidence { field: Field::Title, start: 0, end: 1, text: "x".to_owned(), rule: "x".to_owned() }];
    draft.classification.topics = topics.iter().map(|id| TopicLabel { id: (*id).to_owned(), score: 0.9, evidence: evidence.clone() }).collect();
    let mut tx = db.store.begin_ingest().await.unwrap();
    tx.insert_story(&draft, &source("one"), &Verdict::New { cluster: None }, &tokens(&draft)).await.unwrap();
    tx.commit().await.unwrap();
}

const FISHING: &str = "[[topic]]\nid = \"fishing_rights\"\nlabel = \"Fishing rights\"\ndefinition = \"Who may fish where.\"\ngroup = \"context\"\n
[[lexicon]]\nid = \"fishing_rights\"\nlanguage = \"en\"\nterms = [\n  \"trawler* + quota*\",\n]\nweight = 2.0\n";

#[tokio::test(flavor = "multi_thread")]
async fn changed_words_are_tried_on_stored_stories() {
    let db = database().await;
    store(&db, "1", "Trawler crews protest over quotas", &["protest", "censorship"]).await;
    store(&db, "2", "Reporter arrested in Osh", &["arrest_detention"]).await;
    let folder = configuration(&db, FISHING);
    let ask = |arguments: &[&str]| {
        let (code, out, err) = presswatch(folder.path(), arguments);
        assert_eq!(code, 0, "{out}{err}");
        out
    };
    let tried: Value = serde_json::from_str(&ask(&["--json", "topics", "test", "--days", "2"])).unwrap();
    assert_eq!((tried["stories"].as_u64(), tried["limited"].as_bool()), (Some(2), Some(false)));
    let change = |kind: &str, id: &str| {
        let found = tried["labels"].as_array().unwrap().iter().find(|label| label["kind"] == kind && label["id"] == id);
        found.map(|label| (label["gained"].as_u64().unwrap(), label["lost"].as_u64().unwrap()))
    };
    assert_eq!(change("topic", "fishing_rights"), Some((1, 0)));
    assert_eq!(change("topic", "censorship"), Some((0, 1)));
    assert_eq!(change("topic", "arrest_detention"), None);
    assert_eq!(change("actor", "journalist"), Some((1, 0)));

    let shown = ask(&["topics", "test"]);
    assert!(shown.contains("topic fishing_rights: 1 gained, 0 lost\n  + ") && shown.contains("(\"Trawler\", \"quotas\")"), "{shown}");
    assert!(shown.ends_with("2 of 2 stories of the last 30 days would change\n"), "{shown}");
    assert_eq!(db.number("SELECT count(*) FROM story_labels").await, 3, "trying must change nothing");

    let file = folder.path().join("changed.toml");
    fs::write(&file, FISHING.replace("quota*", "mackerel")).unwrap();
    let limited = ask(&["topics", "test", file.to_str().unwrap(), "--limit", "1", "--examples", "0"]);
    assert!(limited.contains("1 of 1 stories") && limited.contains("--limit") && !limited.contains("fishing_rights"), "{limited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn faulty_word_is_shown_where_it_stands() {
    let db = database().await;
    let folder = configuration(&db, &FISHING.replace("trawler* +", "tra*wler"));
    for arguments in [["check"].as_slice(), &["topics", "test"]] {
        let (code, out, err) = presswatch(folder.path(), arguments);
        assert_eq!(code, 2, "{out}{err}");
        assert!(format!("{out}{err}").contains("topics.toml:11:4: error: lexicon[0].terms[0]: \"tra*wler\" is no word"), "{out}{err}");
    }
}

#[test]
fn inspected_texts_are_labeled_by_the_words_of_the_configuration() {
    let folder = ScratchFolder::new("inspect");
    let text = folder.path().join("story.txt");
    fs::write(&text, "Trawler crews argue over quotas\nThe talks in Lima go on.").unwrap();
    let labels = || presswatch(folder.path(), &["inspect", "labels", text.to_str().unwrap()]);
    let (code, out, err) = labels();
    assert!(code == 0 && !out.contains("fishing_rights"), "{out}{err}");
    fs::write(folder.path().join("topics.toml"), FISHING).unwrap();
    let (code, out, err) = labels();
    assert!(code == 0 && out.contains("topic         fishing_rights"), "{out}{err}");
    fs::write(folder.path().join("topics.toml"), FISHING.replace("trawler*", "t*")).unwrap();
    let (code, out, err) = labels();
    assert!(code == 2 && out.is_empty() && err.contains("topics.toml:11:") && err.contains("\"t*\""), "{out}{err}");
}
