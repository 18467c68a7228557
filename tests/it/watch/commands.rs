//! `presswatch watchlists` and `presswatch inspect match` as a person runs them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const LISTS: &str = r#"
schema_version = 1

[terms]
act = 'detain OR "led away"'

[[watchlist]]
id = "harbor"
name = "Harbor"
languages = ["en"]
query = '''
  dockers NEAR/6 $act
  NOT title:football
'''
[watchlist.alert]
channels = []

[[watchlist]]
id = "guarded"
name = "A name that stays here"
visibility = "restricted"
query = "$persons"
[[watchlist.person]]
ref = "p-7"
names = ["Марат Джубаев"]
variants = { transliterate = true, inflect = true, reorder = true, initials = true, max_edit = 0 }
[watchlist.alert]
channels = []
"#;

fn configuration() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    assert!(run(directory.path(), &["init", directory.path().join("etc").to_str().unwrap()]).status.success());
    let lists = directory.path().join("etc/watchlists.d");
    for file in fs::read_dir(&lists).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    fs::write(lists.join("lists.toml"), LISTS).unwrap();
    directory
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(directory.join("etc")).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn lists_are_shown_tried_and_explained() {
    let directory = configuration();
    let listed = printed(&run(directory.path(), &["watchlists", "list"]));
    assert!(listed.contains("harbor") && listed.contains("2 watchlists"), "{listed}");
    assert!(!listed.contains("stays here"), "the name of a restricted list was shown: {listed}");

    let text = "Two dockers were detained at the quay.";
    let tried = printed(&run(directory.path(), &["watchlists", "test", text, "--lang", "en"]));
    assert!(tried.contains("harbor") && tried.contains("were [detained] at the quay") && tried.contains("1 of 2 watchlists match"), "{tried}");

    let file = directory.path().join("story.txt");
    fs::write(&file, "В порту вечером задержали Марата Джубаева, сообщила газета; его держат в отделении полиции, адвоката к нему не пустили.")
        .unwrap();
    let tried = run(directory.path(), &["--json", "watchlists", "test", file.to_str().unwrap()]);
    let tried: Value = serde_json::from_str(&printed(&tried)).unwrap();
    assert_eq!((&tried["language"], &tried["matches"][0]["watchlist"]), (&json!("ru"), &json!("guarded")));
    assert_eq!(tried["matches"][0]["evidence"][0]["rule"], "person p-7 full name");

    let explained = printed(&run(directory.path(), &["watchlists", "explain", "harbor"]));
    for line in [
        "only if the story is in en",
        "at most 6 words between",
        "word detain and its forms",
        "phrase led away",
        "word football and its forms in the title",
    ] {
        assert!(explained.contains(line), "{line:?} is not in {explained}");
    }
    let guarded = printed(&run(directory.path(), &["watchlists", "explain", "guarded"]));
    assert!(guarded.contains("person p-7") && guarded.contains("Cyrillic as typed: given name in 1 spelling; surname in 1 spelling"), "{guarded}");
    assert!(!guarded.to_lowercase().contains("джубаев") && !guarded.contains("djubaev"), "a restricted name was shown: {guarded}");
    let names = printed(&run(directory.path(), &["watchlists", "explain", "guarded", "--names"]));
    assert!(names.contains("Марат Джубаев") && names.contains("djubaev") && names.contains("inflected forms"), "{names}");
    let unknown = run(directory.path(), &["watchlists", "explain", "harbour"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no watchlist \"harbour\""));
}

#[test]
fn a_query_with_a_fault_is_refused_with_its_line() {
    let directory = configuration();
    let file = directory.path().join("etc/watchlists.d/lists.toml");
    fs::write(&file, LISTS.replace("NOT title:football", "NOT titel:football")).unwrap();
    let output = run(directory.path(), &["watchlists", "test", "dockers"]);
    assert_eq!(output.status.code(), Some(2));
    let shown = String::from_utf8_lossy(&output.stderr);
    let check = String::from_utf8_lossy(&run(directory.path(), &["check"]).stdout).into_owned();
    assert!(check.contains("      NOT titel:football\n          ^\n"), "{check}");
    assert!(shown.contains("lists.toml:13:7: error: watchlist harbor.query: there is no field titel: (did you mean title:)"), "{shown}");
}

#[test]
fn inspect_answers_every_line_with_matches_and_reasons() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("lists.toml");
    fs::write(&file, LISTS).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_presswatch"))
        .args(["inspect", "match", "--watchlists", file.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = concat!(
        r#"{"id": 1, "title": "Dockers led away", "text": "", "lang": "en"}"#,
        "\n",
        r#"{"id": 2, "title": "", "text": "Nothing here.", "lang": "en"}"#,
        "\n",
        r#"{"id": 3}"#,
        "\n"
    );
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers: Vec<Value> = String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0]["matches"], json!(["harbor"]));
    assert_eq!(answers[0]["why"]["harbor"][1], json!({ "field": "title", "start": 8, "end": 16, "text": "led away", "rule": "term \"led away\"" }));
    assert_eq!(answers[1], json!({ "id": 2, "matches": [], "why": {} }));
    assert!(answers[2]["error"].as_str().unwrap().contains("neither"));
}
