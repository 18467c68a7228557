//! The files of the private cluster: where they are, who may touch them, and the lock that keeps a second daemon out.
//!
//! ```text
//! STATE/postgres.lock   held as long as a presswatch uses the cluster
//! STATE/postgres.log    what the server says, and postgres.log.1 before it
//! STATE/postgres/       0700, the server's user
//!   data/               the cluster
//!   run/                the socket
//! ```
//! Lock and log stand outside the server's folder: as root we write them, and nothing that another user controls is written as root.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::account::{Account, effective_uid};
use super::error::{EmbeddedError, file};

/// `sun_path` holds 108 bytes with the final zero (unix(7)).
const SOCKET_PATH_LIMIT: usize = 107;
/// The name that the server gives its socket at the default port; it also makes a `.lock` beside it, which is no socket.
const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// The paths of one private cluster.
#[derive(Debug, Clone)]
pub struct Layout {
    pub state: PathBuf,
    pub home: PathBuf,
    pub data: PathBuf,
    pub log: PathBuf,
    lock: PathBuf,
}

impl Layout {
    /// Makes the state directory where it is missing and resolves its links, so that every process names it alike.
    pub fn prepare(state: &Path) -> Result<Self, EmbeddedError> {
        if !state.exists() {
            // As root the server runs as another user, who must pass, not read.
            let mode = if effective_uid()? == 0 { 0o711 } else { 0o700 };
            DirBuilder::new().recursive(true).mode(mode).create(state).map_err(file("create", state))?;
        }
        Self::existing(state)
    }

    /// The paths below a state directory that is there.
    pub fn existing(state: &Path) -> Result<Self, EmbeddedError> {
        let state = fs::canonicalize(state).map_err(file("find", state))?;
        let home = state.join("postgres");
        Ok(Self { data: home.join("data"), log: state.join("postgres.log"), lock: state.join("postgres.lock"), home, state })
    }

    /// Takes the lock; it is released when the file is closed, also by a crash.
    pub fn lock(&self) -> Result<File, EmbeddedError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut lock = options.open(&self.lock).map_err(file("open", &self.lock))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let holder = lock.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(EmbeddedError::Locked { directory: self.state.clone(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(file("lock", &self.lock)(source)),
        }
        let written = lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| writeln!(lock, "{}", std::process::id()));
        written.map_err(file("write", &self.lock))?;
        Ok(lock)
    }

    /// Makes the server's folder and the one of its socket, and returns the latter.
    pub fn make_folders(&self, account: Account) -> Result<PathBuf, EmbeddedError> {
        account.can_enter(&self.state)?;
        make_private(&self.home, account)?;
        let socket = self.socket_folder(account.uid());
        make_private(&socket, account)?;
        Ok(socket)
    }

    /// Where the socket is: beside the data, unless its path would be too long for a socket address; then a short folder named after
    /// the hash of the state directory, below /run for root and /tmp for others.
    fn socket_folder(&self, uid: u32) -> PathBuf {
        let beside = self.home.join("run");
        if beside.as_os_str().len() + 1 + SOCKET_NAME.len() <= SOCKET_PATH_LIMIT {
            return beside;
        }
        let mut hash = Sha256::new();
        hash.update(self.state.as_os_str().as_bytes());
        hash.update(uid.to_be_bytes());
        let name = hash.finalize().iter().take(8).fold(String::from("presswatch-"), |name, byte| format!("{name}{byte:02x}"));
        let root = if effective_uid().is_ok_and(|uid| uid == 0) { "/run" } else { "/tmp" };
        Path::new(root).join(name)
    }

    /// What the server wrote about itself when it started.
    pub fn postmaster(&self) -> Option<Postmaster> {
        Postmaster::read(&self.data)
    }
}

/// Makes a folder that only the account may enter, or checks that it is one.
fn make_private(path: &Path, account: Account) -> Result<(), EmbeddedError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return account.own(path),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(file("create", path)(error)),
    }
    let metadata = fs::symlink_metadata(path).map_err(file("look at", path))?;
    let refuse = |reason| Err(EmbeddedError::SocketDirectory { path: path.to_path_buf(), reason });
    if !metadata.is_dir() {
        return refuse("it is no directory");
    }
    if metadata.uid() == 0 && account.uid() != 0 {
        account.own(path)?; // a crash between making and giving away
    } else if metadata.uid() != account.uid() {
        return refuse("it belongs to another user");
    }
    if metadata.mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(file("protect", path))?;
    }
    Ok(())
}

/// `postmaster.pid`: the server that runs, or ran, on a data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postmaster {
    pub pid: u32,
    pub port: u16,
    pub socket: PathBuf,
}

impl Postmaster {
    /// Lines: process id, data directory, start time, port, socket directory, address, shared memory, status.
    pub fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        let port = lines.nth(2)?.trim().parse().ok()?;
        let socket = PathBuf::from(lines.next()?.trim());
        Some(Self { pid, port, socket })
    }

    /// True while that process is a server on this data directory: the number may have gone to another program since.
    pub fn runs_on(&self, data: &Path) -> bool {
        let Ok(command_line) = fs::read(format!("/proc/{}/cmdline", self.pid)) else { return false };
        let wanted = data.as_os_str().as_bytes();
        !wanted.is_empty() && command_line.split(|&byte| byte == 0).any(|argument| argument == wanted)
    }

    /// True while any process has the number.
    pub fn is_alive(&self) -> bool {
        Path::new(&format!("/proc/{}", self.pid)).exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_lock_names_its_holder() {
        let state = tempfile::tempdir().unwrap();
        let layout = Layout::prepare(state.path()).unwrap();
        let held = layout.lock().unwrap();
        match layout.lock() {
            Err(EmbeddedError::Locked { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(held);
        assert!(layout.lock().is_ok());
    }

    #[test]
    fn long_path_gets_a_short_socket_folder() {
        let root = tempfile::tempdir().unwrap();
        let short = Layout::prepare(root.path()).unwrap();
        assert_eq!(short.socket_folder(7), short.home.join("run"));
        let long = Layout::prepare(&root.path().join("d".repeat(110))).unwrap();
        let folder = long.socket_folder(7);
        assert!(folder.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_LIMIT, "{folder:?}");
        assert_eq!(folder, long.socket_folder(7));
        assert_ne!(folder, Layout::prepare(&root.path().join("e".repeat(110))).unwrap().socket_folder(7));
    }

    #[test]
    fn postmaster_file_is_read_and_a_half_written_one_is_none() {
        let data = tempfile::tempdir().unwrap();
        let check = |text: &str, expect: Option<Postmaster>| {
            fs::write(data.path().join("postmaster.pid"), text).unwrap();
            assert_eq!(Postmaster::read(data.path()), expect, "{text}");
        };
        let full = Postmaster { pid: 321, port: 5432, socket: PathBuf::from("/s/run") };
        check("321\n/s/data\n1700000000\n5432\n/s/run\n\n  1 2\nready   \n", Some(full));
        check("321\n/s/data\n", None);
        check("", None);
    }

    #[test]
    fn foreign_process_is_not_taken_for_the_server() {
        let ours = Postmaster { pid: std::process::id(), port: 5432, socket: PathBuf::new() };
        assert!(ours.is_alive() && !ours.runs_on(Path::new("/some/data")));
    }
}
