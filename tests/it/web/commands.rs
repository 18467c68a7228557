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
    assert_eq!((state("valley-en"), state("steppe-ru")), (Value::from("heard"), Value::from("quiet")));
    assert_eq!((state("harbor-ar"), state("later-zh")), (Value::from("failing"), Value::from("waiting")));
    let table = done(&desk, &["sources", "list", "--health"]);
    let order: Vec<&str> = table.lines().skip(1).map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(order, ["failing", "quiet", "waiting", "heard"]);
    let shown = done(&desk, &["sources", "show", "harbor-ar"]);
    assert!(shown.contains("the server answers 503") && shown.contains("never given up"), "{shown}");
    assert!(done(&desk, &["sources", "show", "valley-en"]).contains("an item without a date"));
}
