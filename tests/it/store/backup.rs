//! `presswatch db`, as a person runs it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::ScratchFolder;

/// A configuration with a private cluster in the folder.
fn configure(folder: &Path) {
    let state = folder.join("state");
    std::fs::create_dir(folder.join("conf")).unwrap();
    std::fs::write(folder.join("conf/presswatch.toml"), format!("[instance]\nstate_directory = {:?}\n", state.display().to_string())).unwrap();
}

fn presswatch(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswatch"));
    command.arg("--config").arg(folder.join("conf")).args(arguments).current_dir(folder);
    command.output().unwrap()
}

#[track_caller]
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = presswatch(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str], because: &str) {
    let output = presswatch(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(said.contains(because), "{arguments:?}: {said}");
}

fn titles(folder: &Path) -> String {
    done(folder, &["db", "psql", "--", "-Atc", "SELECT string_agg(title, '+' ORDER BY title) FROM clusters"]).trim().to_owned()
}

#[test]
fn backup_comes_back_whole_or_not_at_all() {
    let folder = ScratchFolder::new("backup");
    let folder = folder.path();
    configure(folder);
    let status = presswatch(folder, &["--json", "db", "status"]);
    assert_eq!(status.status.code(), Some(1), "migrations are pending: {}", String::from_utf8_lossy(&status.stderr));
    assert!(done(folder, &["db", "migrate"]).contains("0001"));
    let insert =
        |title: &str| done(folder, &["db", "psql", "--", "-qc", &format!("INSERT INTO clusters (id, title) VALUES (gen_random_uuid(), '{title}')")]);
    insert("арест");
    assert!(done(folder, &["db", "backup", "one.dump"]).contains("one.dump"));
    assert_eq!(std::fs::metadata(folder.join("one.dump")).unwrap().mode() & 0o777, 0o600);
    refused(folder, &["db", "backup", "one.dump"], "exists already");

    insert("later");
    refused(folder, &["db", "restore", "one.dump"], "--replace");
    let whole = std::fs::read(folder.join("one.dump")).unwrap();
    std::fs::write(folder.join("half.dump"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(folder.join("letter.txt"), "Dear desk").unwrap();
    refused(folder, &["db", "restore", "--replace", "half.dump"], "stays as it was");
    refused(folder, &["db", "restore", "--replace", "letter.txt"], "stays as it was");
    refused(folder, &["db", "restore", "--replace", "missing.dump"], "is no file");
    assert_eq!(titles(folder), "later+арест");

    done(folder, &["db", "restore", "--replace", "one.dump"]);
    assert_eq!(titles(folder), "арест");
    let status = done(folder, &["--json", "db", "status"]);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!((status["private"].as_bool(), status["migrations"]["pending"].as_array().map(Vec::len)), (Some(true), Some(0)));
    assert!(status["partitions"].as_array().unwrap().len() > 8);
    assert!(presswatch::store::embedded::running(&folder.join("state")).is_none(), "a command leaves no server behind");
}
