//! The server's log: two files of bounded size, whatever the server says.

use std::fs::{self, File, OpenOptions};
use std::io::{self, PipeReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tokio::process::Child;

/// Each of the two files; enough for weeks of a quiet server and the whole of a noisy hour.
const FILE_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// Starts the server on a thread of its own, which copies what comes out of the pipe into the log until the last process of the server has
/// closed it. The thread lives as long as the server does: a server that is tied to the thread that started it is tied to our process.
///
/// A full disk must not stop the server: what cannot be written is dropped, and reading goes on.
pub async fn follow(spawn: impl FnOnce() -> io::Result<Child> + Send + 'static, pipe: PipeReader, path: PathBuf) -> io::Result<Child> {
    let (started, child) = tokio::sync::oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    std::thread::Builder::new().name("postgres-log".to_owned()).spawn(move || {
        let entered = runtime.enter();
        // The command is dropped with the closure, and with it our end of the pipe for writing.
        let result = spawn();
        drop(entered);
        if started.send(result).is_ok() {
            copy(pipe, &path, FILE_LIMIT_BYTES);
        }
    })?;
    child.await.map_err(|_| io::Error::other("the thread that starts the server ended"))?
}

fn copy(mut pipe: impl Read, path: &Path, limit: u64) {
    let mut buffer = [0_u8; 8192];
    let mut open: Option<(File, u64)> = None;
    loop {
        let read = match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        if open.as_ref().is_some_and(|(_, size)| *size >= limit) {
            open = None;
        }
        if open.is_none() {
            open = open_log(path, limit).ok();
        }
        if let Some((file, size)) = &mut open
            && file.write_all(buffer.get(..read).unwrap_or_default()).is_ok()
        {
            *size += read as u64;
        }
    }
}

fn open_log(path: &Path, limit: u64) -> io::Result<(File, u64)> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.len() >= limit) {
        fs::rename(path, former(path))?;
    }
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

fn former(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}

/// How far the log has been written, to tell later what is new.
pub fn position(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// The last lines that speak of an error since a position, for a message to a person.
pub fn errors_since(path: &Path, position: u64) -> String {
    let mut text = String::new();
    let Ok(mut file) = File::open(path) else { return text };
    let from = if position <= self::position(path) { position } else { 0 };
    if file.seek(SeekFrom::Start(from)).is_err() || file.take(64 * 1024).read_to_string(&mut text).is_err() {
        return String::new();
    }
    let said = |line: &&str| ["FATAL:", "PANIC:", "ERROR:", "HINT:", "DETAIL:"].iter().any(|word| line.contains(word));
    let lines: Vec<&str> = text.lines().filter(said).map(str::trim).collect();
    lines.iter().rev().take(4).rev().copied().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_never_grow_past_their_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postgres.log");
        copy(&vec![b'x'; 100_000][..], &path, 20_000);
        let sizes = [position(&path), position(&former(&path))];
        assert!(sizes.iter().all(|size| (1..20_000 + 8192).contains(size)), "{sizes:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn only_new_errors_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "FATAL:  old\n").unwrap();
        let before = position(&path);
        fs::write(&path, "FATAL:  old\nLOG:  starting\nFATAL:  could not bind\nHINT:  free it\n").unwrap();
        assert_eq!(errors_since(&path, before), "FATAL:  could not bind; HINT:  free it");
    }
}
