//! The commands that write, check, list and exchange configurations.

use std::fs;
use std::path::Path;

use presswatch::config::{self, MAIN_FILE};

use super::{A_SOURCE, directory};

/// Runs the program on a configuration directory: exit code, standard output, standard error.
fn presswatch(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(directory).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn init_writes_what_check_accepts_and_never_overwrites() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path().join("new/presswatch");
    let init = ["init", directory.to_str().unwrap()];
    let (code, out, _) = presswatch(scratch.path(), &init);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("Next:") && out.contains("presswatch check"), "{out}");
    let mode = |path: &str| fs::metadata(directory.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("sources.d"), mode(MAIN_FILE)), (0o700, 0o700, 0o600));

    let (code, out, _) = presswatch(&directory, &["check"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains(" is in order: ") && out.contains(" countries, 3 watchlists, 0 channels, "), "{out}");

    fs::write(directory.join(MAIN_FILE), "# mine\n").unwrap();
    let (code, _, err) = presswatch(scratch.path(), &init);
    assert_eq!(code, 2);
    assert!(err.contains("nothing was written") && err.contains(MAIN_FILE), "{err}");
    assert_eq!(fs::read_to_string(directory.join(MAIN_FILE)).unwrap(), "# mine\n");
    let (code, ..) = presswatch(scratch.path(), &[init[0], init[1], "--force"]);
    assert_eq!(code, 0);
    assert_ne!(fs::read_to_string(directory.join(MAIN_FILE)).unwrap(), "# mine\n");
}

#[test]
fn check_prints_every_problem_and_exits_with_2() {
    let directory = directory(&[(MAIN_FILE, "[web]\nlisten = \"0.0.0.0\"\nport = 3\n"), ("sources.d/a.toml", "[[source]]\nid = \"a\"\n")]);
    let (code, out, _) = presswatch(directory.path(), &["check"]);
    assert_eq!(code, 2);
    assert!(out.contains("    listen = \"0.0.0.0\"\n             ^\n"), "{out}");
    let lines: Vec<&str> = out.lines().filter(|line| !line.starts_with("    ")).collect();
    assert_eq!(lines.len(), 6, "{out}");
    assert!(lines[0].contains("presswatch.toml:2:10: error: web.listen"), "{out}");
    assert!(lines[1].contains("presswatch.toml:3:1: error: web.port: unknown key"), "{out}");
    assert!(lines[5].starts_with("4 errors and 1 warning in "), "{out}");
    let (code, out, _) = presswatch(directory.path(), &["check", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &value["errors"], &value["problems"][0]["line"]), (2, &serde_json::json!(4), &serde_json::json!(2)));
}

#[test]
fn a_source_is_added_beside_what_stands_in_the_local_file() {
    let directory = directory(&[("sources.d/a.toml", A_SOURCE), ("sources.d/local.toml", "# mine, kept")]);
    let local = directory.path().join("sources.d/local.toml");
    let add = ["sources", "add", "https://two.example/feed", "--id", "two", "--name", "Two \"2\" \\ Мир", "--country", "kz", "--category", "wire"];
    let (code, _, err) = presswatch(directory.path(), &add);
    assert_eq!(code, 0, "{err}");
    assert!(fs::read_to_string(&local).unwrap().starts_with("# mine, kept\n\n[[source]]\nid = \"two\"\n"));
    let config = config::load(directory.path()).unwrap();
    let two = config.sources.iter().find(|source| source.id.as_str() == "two").unwrap();
    assert_eq!((two.name.as_str(), two.country.unwrap().as_str()), ("Two \"2\" \\ Мир", "KZ"));

    let before = fs::read_to_string(&local).unwrap();
    for (arguments, words) in [
        (["sources", "add", "https://three.example/", "--id", "one", "--name", "x"], "is taken"),
        (["sources", "add", "https://one.example/feed", "--id", "three", "--name", "x"], "already polled by the source \"one\""),
        (["sources", "add", "file:///etc/passwd", "--id", "three", "--name", "x"], "must begin with http"),
        (["sources", "add", "https://three.example/", "--id", "Three", "--name", "x"], "is not valid"),
    ] {
        let (code, _, err) = presswatch(directory.path(), &arguments);
        assert!(code == 2 && err.contains(words), "{code} {err}");
    }
    assert_eq!(fs::read_to_string(&local).unwrap(), before);
}

#[test]
fn sources_are_listed_shown_and_filtered() {
    let sources = format!("{A_SOURCE}language = \"kk\"\n{}country = \"KZ\"\ntags = [\"x\"]\n", A_SOURCE.replace("one", "two"));
    let directory = directory(&[("sources.d/a.toml", &sources)]);
    let (code, out, _) = presswatch(directory.path(), &["sources", "list"]);
    assert!(code == 0 && out.contains("one ") && out.contains("two ") && out.contains("2 of 2 sources"), "{out}");
    let (_, out, _) = presswatch(directory.path(), &["sources", "list", "--language", "kk", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((value.as_array().unwrap().len(), &value[0]["id"]), (1, &serde_json::json!("one")));
    let (_, out, _) = presswatch(directory.path(), &["sources", "list", "--country", "KZ"]);
    assert!(out.contains("1 of 2 sources") && !out.contains("one "), "{out}");
    let (code, out, _) = presswatch(directory.path(), &["sources", "show", "two"]);
    assert!(code == 0 && out.contains("https://two.example/feed") && out.contains("5m to 1d"), "{out}");
    let (code, _, err) = presswatch(directory.path(), &["sources", "show", "tow"]);
    assert!(code == 1 && err.contains("did you mean \"two\"?"), "{err}");
}

#[test]
fn the_starter_pack_travels_through_opml_and_back() {
    let scratch = tempfile::tempdir().unwrap();
    let full = scratch.path().join("full");
    assert_eq!(presswatch(scratch.path(), &["init", full.to_str().unwrap()]).0, 0);
    let opml = scratch.path().join("sources.opml");
    let (code, _, err) = presswatch(&full, &["sources", "export", "--output", opml.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");

    let number = config::load(&full).unwrap().sources.len();
    let empty = directory(&[]);
    let import = ["sources", "import", opml.to_str().unwrap()];
    let (code, out, err) = presswatch(empty.path(), &import);
    assert!(code == 0 && out.contains(&format!("{number} added to")) && out.contains(", 0 skipped"), "{out}{err}");
    let sorted = |directory: &Path| {
        let mut sources = config::load(directory).unwrap().sources;
        sources.sort_by(|a, b| a.id.cmp(&b.id));
        sources
    };
    assert_eq!(sorted(empty.path()), sorted(&full));

    let (code, out, _) = presswatch(empty.path(), &import);
    assert!(code == 0 && out.contains(&format!("nothing to add, {number} skipped")), "{out}");
    fs::write(&opml, "<html>sign in</html>").unwrap();
    let (code, _, err) = presswatch(empty.path(), &import);
    assert!(code == 1 && err.contains("nothing was added") && err.contains("not OPML"), "{err}");
}
