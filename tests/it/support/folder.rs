//! Folders that a server under another user can reach.
//!
//! A small shell waits at the end of a pipe that only this process holds open: however the process ends, the pipe closes, and the shell
//! stops the servers below our folders and removes them.

use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that vanishes with its value. Others may pass through it: as root, the private cluster runs as another user.
#[derive(Debug)]
pub struct ScratchFolder {
    path: PathBuf,
}

impl ScratchFolder {
    pub fn new(name: &str) -> Self {
        let path = scratch_path(name);
        std::fs::DirBuilder::new().mode(0o711).create(&path).unwrap();
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// A path that nothing else in this process or another uses.
pub fn scratch_path(name: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    static GUARDIAN: OnceLock<ChildStdin> = OnceLock::new();
    let prefix = std::env::temp_dir().join(format!("presswatch-it-{}", std::process::id()));
    GUARDIAN.get_or_init(|| guard(&prefix));
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    PathBuf::from(format!("{}-{number}-{name}", prefix.display()))
}

/// Starts the shell that outlives us by a moment. In a group of its own, so that Ctrl-C in a terminal does not end it first.
#[expect(clippy::zombie_processes, reason = "the shell ends after us: nobody is left to wait for it")]
fn guard(prefix: &Path) -> ChildStdin {
    let script = r#"
        cat > /dev/null
        for folder in "$1"-*; do
            pid=$(head -n 1 "$folder/postgres/data/postmaster.pid" 2> /dev/null)
            [ -n "$pid" ] && kill -QUIT "$pid" 2> /dev/null
            tries=100
            while [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null && [ "$tries" -gt 0 ]; do sleep 0.05; tries=$((tries - 1)); done
            rm -rf "$folder" || { sleep 1; rm -rf "$folder"; }
        done
    "#;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, "guardian"]).arg(prefix).process_group(0);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.unwrap()
}
