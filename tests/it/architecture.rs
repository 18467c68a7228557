//! The rooms and who may import whom; ARCHITECTURE.md has the same table for people.

use std::fs;
use std::path::{Path, PathBuf};

/// A room (the longest matching prefix counts) and the rooms that it may import beside itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("config", &["model"]),
    ("net", &["model", "config"]),
    ("gather/parse", &["model", "text", "config"]),
    ("gather/fetch", &["model", "config", "net", "gather/parse"]),
    ("gather/schedule", &["model"]),
    ("gather/health", &["model"]),
    ("gather/identity", &["model", "text"]),
    ("gather", &["model", "text", "config", "net"]),
    ("understand", &["model", "text", "config"]),
    ("watch", &["model", "text", "config"]),
    ("alert/channels", &["model", "config", "net", "alert/words", "alert/retry"]),
    ("alert", &["model", "text", "config"]),
    ("store", &["model", "text", "config"]),
    ("pipeline", &["model", "text", "config", "net", "gather", "understand", "watch", "alert", "store"]),
    ("web", &["model", "text", "config", "store", "watch", "gather/health"]),
    ("daemon", &["model", "text", "config", "net", "gather", "understand", "watch", "alert", "store", "pipeline", "web"]),
    ("demo", &["model", "text", "config", "net", "gather", "understand", "watch", "alert", "store", "pipeline", "web", "daemon"]),
    ("cli", &["model", "text", "config", "net", "gather", "understand", "watch", "alert", "store", "pipeline", "web", "daemon", "demo"]),
];

/// Rooms that hold no async, no clock, no I/O and no logging.
const PURE: &[&str] = &[
    "model",
    "text",
    "gather/parse",
    "gather/schedule",
    "gather/health",
    "gather/identity",
    "understand",
    "watch",
    "alert/policy",
    "alert/compose",
    "alert/digest",
    "alert/retry",
];

/// What gives away a clock, I/O or a log in a pure room.
const IMPURE: &[&str] = &["async fn", ".await", "Timestamp::now", "SystemTime::now", "Instant::now", "std::fs", "std::net", "tokio::", "tracing::"];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .into_iter()
        .filter(|path| path.file_stem().is_some_and(|stem| stem != "tests") && !path.parent().is_some_and(|folder| folder.ends_with("tests")))
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().replace('\\', "/");
            (name.trim_end_matches("/mod").to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn inside(name: &str, room: &str) -> bool {
    name == room || name.strip_prefix(room).is_some_and(|rest| rest.starts_with('/'))
}

/// The code without comments and without its unit tests, which may use what they like.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every `crate::a::b` path of the code, as `a/b`.
fn imports(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .map(|(at, found)| {
            let path: String = code[at + found.len()..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
            path.replace("::", "/")
        })
        .collect()
}

fn room_of(name: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    ALLOWED.iter().filter(|(room, _)| inside(name, room)).max_by_key(|(room, _)| room.len())
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if matches!(name.as_str(), "lib" | "main") {
            continue;
        }
        let Some((room, allowed)) = room_of(&name) else {
            wrong.push(format!("{name} is in no room of the table"));
            continue;
        };
        let family = room.split('/').next().unwrap();
        for import in imports(&code(&text)) {
            let own = inside(&import, room) || (family == *room && inside(&import, family));
            if !own && !allowed.iter().any(|other| inside(&import, other)) {
                wrong.push(format!("{name} imports {import}; {room} may import {allowed:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sql_stays_in_the_store() {
    let outside: Vec<_> =
        sources().into_iter().filter(|(name, text)| !inside(name, "store") && code(text).contains("sqlx")).map(|(name, _)| name).collect();
    assert_eq!(outside, Vec::<String>::new());
}

#[test]
fn http_clients_are_built_in_net_alone() {
    let outside: Vec<_> = sources()
        .into_iter()
        .filter(|(name, text)| !inside(name, "net") && (code(text).contains("reqwest::Client") || code(text).contains("ClientBuilder")))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(outside, Vec::<String>::new());
}

#[test]
fn pure_rooms_have_no_clock_no_io_no_log() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if PURE.iter().any(|room| inside(&name, room)) {
            let code = code(&text);
            wrong.extend(IMPURE.iter().filter(|word| code.contains(*word)).map(|word| format!("{name} has {word}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_names_every_room_and_only_rooms() {
    let names: Vec<String> = sources().into_iter().map(|(name, _)| name).collect();
    for (room, _) in ALLOWED {
        assert!(names.iter().any(|name| inside(name, room)), "{room} does not exist");
    }
}

#[test]
fn main_stays_thin() {
    let main = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 30);
}
