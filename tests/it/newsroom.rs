//! The whole job on the sample newsroom, through the program itself.

use std::process::Command;

#[test]
fn the_demo_finds_everything_it_expects() {
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_presswatch"))
        .args(["demo", "--once", "--within-seconds", "120", "--port", "0", "--directory"])
        .arg(folder.path().join("demo"))
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{shown}\n{}", String::from_utf8_lossy(&done.stderr));
    for part in ["duplicate ", "match      kz-opposition", "delivered  desk-mail", "delivered  desk-hook", "Everything that was expected arrived"] {
        assert!(shown.contains(part), "{part:?} is not in:\n{shown}");
    }
}
