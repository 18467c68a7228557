//! `presswatch stories`, `alerts` and `sources` as a person runs them, on the database of a desk.

use std::process::{Command, Output};

use serde_json::Value;

use super::desk::{self, Desk};

fn presswatch(desk: &Desk, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswatch"));
    command.arg("--config").arg(desk.folder.path()).args(arguments);
    command.output().unwrap()
}

#[track_caller]
fn done(desk: &Desk, arguments: &[&str]) -> String {
    let output = presswatch(desk, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn json(desk: &Desk, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(desk, arguments)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn stories_are_listed_searched_and_shown() {
    let desk = Desk::filled().await;
    let titles = |arguments: &[&str]| -> Vec<String> {
        json(&desk, arguments).as_array().unwrap().iter().map(|story| story["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&["--json", "stories", "list", "--country", "kz"]), [desk::TITLE_RU, desk::TITLE_EN]);
    assert_eq!(titles(&["--json", "stories", "list", "--watchlist", "kz-opposition"]), [desk::TITLE_EN]);
    assert_eq!(titles(&["--json", "stories", "list", "--source", "harbor-ar", "--copies"]), [desk::TITLE_COPY, desk::TITLE_AR]);
    assert_eq!(titles(&["--json", "stories", "search", "задержаны"]), [desk::TITLE_RU]);
    assert_eq!(titles(&["--json", "stories", "search", "\"founding congress\"", "--language", "en"]), [desk::TITLE_EN]);
    assert!(done(&desk, &["stories", "list", "--topic", "arrest_detention"]).contains("2 stories"));

    let id = desk.english.to_string();
    let story = json(&desk, &["--json", "stories", "show", &id]);
    assert_eq!((story["publishers"].as_i64(), story["same_event"].as_array().map(Vec::len)), (Some(2), Some(2)));
    assert_eq!(story["matches"][0]["evidence"][0]["text"], "detained");
    let shown = done(&desk, &["stories", "show", &id]);
    assert!(shown.contains("arrest_detention 0.92: \"detained\" (term detain*)"), "{shown}");
    let guarded = done(&desk, &["stories", "show", &desk.chinese.to_string()]);
    assert!(guarded.contains("guarded") && guarded.contains("(restricted)") && !guarded.contains("p-7"), "{guarded}");

    let refused = |arguments: &[&str], code: i32| assert_eq!(presswatch(&desk, arguments).status.code(), Some(code), "{arguments:?}");
    refused(&["stories", "show", "00000000-0000-0000-0000-000000000000"], 1);
    refused(&["stories", "list", "--country", "Kazakhstan"], 2);
    refused(&["stories", "search"], 2);
    refused(&["stories", "search", "***"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_tried_on_the_archive_and_a_change_is_compared() {
    let desk = Desk::filled().await;
    let shown = done(&desk, &["watchlists", "test", "--archive"]);
    assert!(shown.contains("kz-opposition: 1 story in the last 30 days") && shown.contains(desk::TITLE_EN), "{shown}");
    let file = desk.folder.path().join("changed.toml");
    std::fs::write(&file, "[[watchlist]]\nid = \"kz-opposition\"\nname = \"Changed\"\nquery = 'задержать OR лидер'\n").unwrap();
    let file = file.to_str().unwrap();
    let compared = done(&desk, &["watchlists", "test", "--archive", "--days", "7", "--with", file]);
    assert!(compared.contains("kz-opposition: 1 story in the last 7 days; the configured list finds 1; new: 1, gone: 1"), "{compared}");
    let plus = compared.lines().find(|line| line.starts_with("  + ")).unwrap();
    assert!(plus.contains(desk::TITLE_RU), "{compared}");
    let value = json(&desk, &["--json", "watchlists", "test", "--archive", "--with", file]);
    let list = value["lists"].as_array().unwrap().iter().find(|list| list["id"] == "kz-opposition").unwrap();
    assert_eq!((&list["found"], &list["new"], &list["gone"]), (&Value::from(1), &Value::from(1), &Value::from(1)));
    assert_eq!(presswatch(&desk, &["watchlists", "test", "text", "--archive"]).status.code(), Some(2));
    assert_eq!(presswatch(&desk, &["watchlists", "test"]).status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_delivery_is_listed_and_replayed() {
    let desk = Desk::filled().await;
    let dead = json(&desk, &["--json", "alerts", "list", "--dead"]);
    assert_eq!(dead.as_array().unwrap().len(), 1);
    let delivery = dead[0]["deliveries"][0]["id"].as_str().unwrap().to_owned();
    assert!(done(&desk, &["alerts", "list", "--state", "dead"]).contains("550"));
    assert!(done(&desk, &["alerts", "replay", &delivery]).contains("1 delivery is due again"));
    assert_eq!(json(&desk, &["--json", "alerts", "list", "--dead"]), Value::Array(Vec::new()));
    assert_eq!(presswatch(&desk, &["alerts", "replay", &delivery]).status.code(), Some(1));
    assert_eq!(json(&desk, &["--json", "alerts", "replay", "--all-dead"])["replayed"], 0);
    assert_eq!(presswatch(&desk, &["alerts", "replay"]).status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_tell_how_they_stand() {
    let desk = Desk::filled().await;
    let listed = json(&desk, &["--json", "sources", "list", "--health"]);
    let state = |id: &str| listed.as_array().unwrap().iter().find(|source| source["id"] == id).unwrap()["health"]["state"].clone();
    assert_eq!((state("valley-en"), state("steppe-ru")), (Value::from("ok"), Value::from("quiet")));
    assert_eq!((state("harbor-ar"), state("later-zh")), (Value::from("failing"), Value::from("waiting")));
    let table = done(&desk, &["sources", "list", "--health"]);
    let order: Vec<&str> = table.lines().skip(1).map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(order, ["failing", "quiet", "waiting", "ok"]);
    let shown = done(&desk, &["sources", "show", "harbor-ar"]);
    assert!(shown.contains("the server answers 503") && shown.contains("never given up"), "{shown}");
    assert!(done(&desk, &["sources", "show", "valley-en"]).contains("an item without a date"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_watched_closely_and_its_changes_are_told() {
    let desk = Desk::filled().await;
    let said = done(&desk, &["sources", "burst", "valley-en", "--every", "2m", "--for", "24h"]);
    assert!(said.contains("valley-en is polled every 2m until 20"), "{said}");
    let listed = done(&desk, &["sources", "list", "--health"]);
    assert!(listed.contains("watched every 2m, ends in 2"), "{listed}");
    let shown = json(&desk, &["--json", "sources", "show", "valley-en"]);
    assert_eq!(shown["health"]["burst"]["every_seconds"], 120);
    assert!(desk.get("/sources").await.body.contains("every 2m, ends in 2"));
    assert!(desk.get("/sources/valley-en").await.body.contains("Watched closely"));
    assert!(done(&desk, &["sources", "burst", "valley-en", "--stop"]).contains("at its own pace"));
    assert_eq!(json(&desk, &["--json", "sources", "show", "valley-en"])["health"]["burst"], Value::Null);
    let until = json(&desk, &["--json", "sources", "burst", "valley-en", "--until", &in_an_hour()]);
    assert_eq!(until["burst"]["every_seconds"], 60);
    for wrong in [
        &["sources", "burst", "valley-en", "--for", "99d"][..],
        &["sources", "burst", "valley-en", "--every", "5s", "--for", "1h"],
        &["sources", "burst", "valley-en", "--until", "2001-01-01"],
        &["sources", "burst", "valley-em", "--for", "1h"],
        &["sources", "accept", "valley-em"],
    ] {
        assert_eq!(presswatch(&desk, wrong).status.code(), Some(1), "{wrong:?}");
    }
    assert_eq!(presswatch(&desk, &["sources", "burst", "valley-en"]).status.code(), Some(2));

    let failing = json(&desk, &["--json", "sources", "show", "harbor-ar"]);
    assert_eq!((&failing["health"]["state"], &failing["health"]["last_status"]), (&"failing".into(), &503.into()));
    assert!(failing["health"]["evidence"].as_array().unwrap().iter().any(|line| line.as_str().unwrap().contains("HTTP 503")), "{failing}");
    assert_eq!((&failing["changes"][0]["from"], &failing["changes"][0]["to"]), (&"new".into(), &"failing".into()));
    let page = desk.get("/sources/harbor-ar").await.body;
    assert!(page.contains("<bdi>waiting</bdi> → <bdi>failing</bdi>") && page.contains("last outcome: http status, HTTP 503"), "{page}");

    desk.db
        .execute("UPDATE source_states SET suspicion = 'none of its 9 items is known', suspicious_since = now() WHERE source_id = 'valley-en'")
        .await;
    let listed = done(&desk, &["sources", "list", "--health"]);
    assert!(listed.lines().nth(1).is_some_and(|line| line.trim_start().starts_with("hijacked?")), "{listed}");
    assert!(done(&desk, &["sources", "show", "valley-en"]).contains("presswatch sources accept"));
    assert!(done(&desk, &["sources", "accept", "valley-en"]).contains("read at once"));
    assert_eq!(json(&desk, &["--json", "sources", "show", "valley-en"])["health"]["state"], "ok");
}

fn in_an_hour() -> String {
    (jiff::Timestamp::now() + std::time::Duration::from_hours(1)).to_string()
}
