//! The command line as a script sees it: what is printed, and the exit codes of docs/operations.md.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn presswatch(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_presswatch")).args(arguments).output().unwrap()
}

fn inspect(what: &str, lines: &str) -> Vec<serde_json::Value> {
    let mut program =
        Command::new(env!("CARGO_BIN_EXE_presswatch")).args(["inspect", what]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    program.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let done = program.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    String::from_utf8(done.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

#[test]
fn usage_errors_exit_with_2() {
    assert_eq!(presswatch(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(presswatch(&["--config", "/nonexistent", "check"]).status.code(), Some(2));
    assert_eq!(presswatch(&["--config", "/nonexistent", "run"]).status.code(), Some(2));
}

#[test]
fn every_subcommand_has_help() {
    for command in ["run", "demo", "init", "check", "sources", "watchlists", "stories", "alerts", "db", "inspect", "completions"] {
        let done = presswatch(&[command, "--help"]);
        assert!(done.status.success() && text(&done.stdout).contains("Usage:"), "{command}");
    }
}

#[test]
fn completions_name_the_subcommands() {
    for shell in ["bash", "zsh", "fish"] {
        let done = presswatch(&["completions", shell]);
        assert!(done.status.success() && text(&done.stdout).contains("watchlists"), "{shell}");
    }
}

#[test]
fn a_bad_line_is_answered_and_the_next_one_too() {
    let answers = inspect(
        "url",
        "{\"id\": 1, \"url\": \"https://Example.org/a?utm_source=x\"}\nno json\n\n{\"id\": 3}\n{\"id\": 4, \"url\": \"https://example.org/a\"}\n",
    );
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["id"], 1);
    assert!(answers[1]["error"].as_str().unwrap().contains("no JSON"));
    assert!(answers[2]["error"].is_string());
    assert_eq!(answers[0]["key"], answers[3]["key"]);
}

#[test]
fn a_person_is_shown_what_a_feed_says_and_what_was_mended() {
    let folder = tempfile::tempdir().unwrap();
    let feed = folder.path().join("feed.xml");
    std::fs::write(
        &feed,
        "<rss version=\"2.0\"><channel><title>Harbor</title><item><title>One&nbsp;of</title><guid>https://example.org/1</guid><pubDate>2 March 2026</pubDate></item>",
    )
    .unwrap();
    let done = presswatch(&["inspect", "feed", path(&feed)]);
    let shown = text(&done.stdout);
    assert!(done.status.success(), "{shown}");
    for part in [
        "Form      RSS 2.0",
        "1 with a title, 1 with a link, 1 with a date, 0 with authors",
        "Read by   the recovering reader: 1 items",
        "Mended    entities &nbsp; read as in HTML",
        "Mended    1 items got their guid as their link",
        "elements are open",
        "2026-03-02T00:00:00Z  https://example.org/1",
    ] {
        assert!(shown.contains(part), "{part:?} is not in:\n{shown}");
    }
    let page = folder.path().join("page.html");
    std::fs::write(&page, "<!doctype html><html><body>Welcome</body></html>").unwrap();
    let shown = text(&presswatch(&["inspect", "feed", path(&page)]).stdout);
    assert!(shown.contains("a web page, not a feed") && shown.contains("sources discover"), "{shown}");
}

#[test]
fn every_stage_answers_json_lines() {
    let folder = tempfile::tempdir().unwrap();
    let feed = folder.path().join("feed.xml");
    std::fs::write(
        &feed,
        "<rss version=\"2.0\"><channel><title>T</title><item><title>One</title><link>https://example.org/1</link></item></channel></rss>",
    )
    .unwrap();
    let page = folder.path().join("page.html");
    std::fs::write(
        &page,
        format!(
            "<html lang=en><title>One</title><article><h1>One</h1>{}</article></html>",
            "<p>Police detained the editor of a weekly on Monday morning, colleagues said.</p>".repeat(8)
        ),
    )
    .unwrap();
    let story = "Police in Almaty detained the editor of a weekly newspaper on Monday, her colleagues said.";
    let cases = [
        ("feed", format!("{{\"id\": \"a\", \"path\": {feed:?}}}"), "entries"),
        ("article", format!("{{\"id\": \"a\", \"path\": {page:?}, \"url\": \"https://example.org/1\"}}"), "text"),
        ("url", "{\"id\": \"a\", \"url\": \"https://example.org/1\"}".to_owned(), "key"),
        ("language", format!("{{\"id\": \"a\", \"text\": {story:?}}}"), "lang"),
        (
            "duplicates",
            format!("{{\"id\": \"a\", \"url\": \"https://example.org/1\", \"title\": \"One\", \"text\": {story:?}, \"lang\": \"en\"}}"),
            "cluster",
        ),
        ("labels", format!("{{\"id\": \"a\", \"title\": \"One\", \"text\": {story:?}}}"), "countries"),
    ];
    for (what, line, member) in cases {
        let answers = inspect(what, &format!("{line}\n"));
        assert_eq!(answers[0]["id"], "a", "{what}: {}", answers[0]);
        assert!(answers[0].get(member).is_some(), "{what}: {}", answers[0]);
    }
}

#[test]
fn init_then_check_is_in_order_and_five_errors_are_five_lines() {
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("desk");
    assert!(presswatch(&["init", path(&desk)]).status.success());
    let checked = presswatch(&["--config", path(&desk), "check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stdout));

    std::fs::write(
        desk.join("watchlists.d/bad.toml"),
        "schema_version = 1\n[[watchlist]]\nid = \"bad\"\nname = \"Bad\"\nqery = \"x\"\nquery = \"journalist arrested AND\"\npriority = \"urgent\"\n[watchlist.alert]\nchannels = [\"nowhere\"]\ngroup_wait = \"soon\"\n",
    )
    .unwrap();
    let checked = presswatch(&["--config", path(&desk), "check"]);
    let shown = text(&checked.stdout);
    assert_eq!(checked.status.code(), Some(2), "{shown}");
    let errors: Vec<&str> = shown.lines().filter(|line| line.contains("bad.toml:") && line.contains(": error: ")).collect();
    assert!(errors.len() >= 4, "{shown}");
    assert!(shown.contains("did you mean \"query\"?"), "{shown}");
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
