//! The unit file as systemd itself judges it.

use std::path::Path;
use std::process::Command;

fn deploy(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)
}

/// The unit with the built program in place of the installed one, so that `verify` finds it; no account of the machine is needed.
fn unit_here(folder: &Path) -> std::path::PathBuf {
    let text = std::fs::read_to_string(deploy("presswatch.service")).unwrap();
    let unit = folder.join("presswatch.service");
    std::fs::write(&unit, text.replace("/usr/bin/presswatch", env!("CARGO_BIN_EXE_presswatch"))).unwrap();
    unit
}

#[test]
fn the_unit_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new("systemd-analyze").args(["verify", "--recursive-errors=no"]).arg(unit_here(folder.path())).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let complaints = String::from_utf8_lossy(&done.stderr).lines().filter(|line| line.contains("presswatch.service")).count();
    assert_eq!(complaints, 0, "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn the_unit_is_hardened() {
    let done =
        Command::new("systemd-analyze").args(["security", "--offline=yes", "--threshold=20"]).arg(deploy("presswatch.service")).output().unwrap();
    assert!(done.status.success(), "{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
}

#[test]
fn install_puts_everything_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(deploy("install.sh")).arg(env!("CARGO_BIN_EXE_presswatch")).arg(folder.path()).arg("/usr").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    for path in [
        "usr/bin/presswatch",
        "usr/lib/systemd/system/presswatch.service",
        "usr/lib/sysusers.d/presswatch.conf",
        "usr/lib/tmpfiles.d/presswatch.conf",
        "usr/share/doc/presswatch/operations.md",
        "usr/share/bash-completion/completions/presswatch",
    ] {
        assert!(folder.path().join(path).is_file(), "{path} is missing");
    }
}
