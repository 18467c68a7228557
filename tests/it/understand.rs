//! Articles and languages through the public command.

mod ingest;

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Runs `presswatch inspect WHAT` on JSON lines.
fn inspect(what: &str, lines: &[Value]) -> Vec<Value> {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_presswatch")).args(["inspect", what]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let input = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn language_lines_are_answered_in_order_and_bad_ones_say_why() {
    let answers = inspect(
        "language",
        &[json!({"id": 1, "text": "Полиция задержала трёх журналистов у здания суда"}), json!({"id": 2}), json!({"id": 3, "text": "12:30"})],
    );
    assert_eq!(answers[0]["lang"], "ru");
    assert!(answers[0]["confidence"].as_f64().unwrap() > 0.5);
    assert!(answers[1]["error"].as_str().unwrap().contains("text"));
    assert_eq!(answers[2]["lang"], "und");
}

#[test]
fn a_page_in_a_broken_charset_and_a_missing_file_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let text = "The reporter was held for nine hours and released without charge on Sunday, the union said. ".repeat(5);
    let mut bytes = format!("<html><head><title>Reporter held</title></head><body><article><h1>Reporter held</h1><p>{text}</p>").into_bytes();
    bytes.extend([0xFF, 0xFE, 0x00, 0xC3, 0x28]);
    std::fs::write(&page, bytes).unwrap();
    let url = "https://news.example/2024/05/31/held";
    let answers = inspect(
        "article",
        &[
            json!({"id": "a", "path": page, "url": url}),
            json!({"id": "b", "path": folder.path().join("none.html"), "url": url}),
            json!({"id": "c", "path": page, "url": "no address"}),
        ],
    );
    assert_eq!(answers[0]["title"], "Reporter held");
    assert_eq!(answers[0]["published"], "2024-05-31T00:00:00Z");
    assert!(answers[0]["text"].as_str().unwrap().starts_with("The reporter was held"));
    assert!(answers[1]["error"].as_str().unwrap().contains("cannot open"));
    assert!(answers[2]["error"].as_str().unwrap().contains("no address"));
}
