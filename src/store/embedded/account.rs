//! Which user runs the server: ourselves, or another when we are root, for PostgreSQL refuses to run as root.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::EmbeddedError;

/// The user and group that the server's processes get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// The user that we are.
    Ourselves { uid: u32 },
    /// Another one; we are root.
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// The user id of the server's processes.
    pub fn uid(self) -> u32 {
        match self {
            Self::Ourselves { uid } | Self::Other { uid, .. } => uid,
        }
    }

    /// Makes a command run as this account. Setting a user id as root also drops supplementary groups.
    pub fn apply(self, command: &mut Command) {
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
    }

    /// Hands one file or folder to this account.
    pub fn own(self, path: &Path) -> Result<(), EmbeddedError> {
        match self {
            Self::Ourselves { .. } => Ok(()),
            Self::Other { uid, gid } => std::os::unix::fs::lchown(path, Some(uid), Some(gid)).map_err(super::error::file("give away", path)),
        }
    }

    /// Tries whether this account may enter the folder: permission bits alone would not see access control lists.
    pub fn can_enter(self, folder: &Path) -> Result<(), EmbeddedError> {
        let Self::Other { uid, .. } = self else { return Ok(()) };
        let mut command = Command::new("/bin/sh");
        command.args(["-c", ":"]).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.apply(&mut command);
        match command.status() {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let blocked = folder.ancestors().collect::<Vec<_>>().into_iter().rev().find(|path| !passable(path, uid)).unwrap_or(folder);
                Err(EmbeddedError::NotTraversable { blocked: blocked.to_path_buf(), uid })
            }
            Err(source) => Err(EmbeddedError::Run { program: "/bin/sh".into(), source }),
        }
    }
}

/// Chooses the account. As root: `run_as`, else whoever owns the cluster already, else `postgres`, else `nobody`.
pub fn choose(run_as: Option<&str>, cluster: &Path) -> Result<Account, EmbeddedError> {
    let ours = effective_uid()?;
    let owner = fs::metadata(cluster).ok().map(|metadata| (metadata.uid(), metadata.gid()));
    if ours != 0 {
        if let Some(user) = run_as
            && find(user)?.0 != ours
        {
            return Err(EmbeddedError::NotRoot { user: user.to_owned() });
        }
        return match owner {
            Some((uid, _)) if uid != ours => Err(EmbeddedError::Owner { path: cluster.to_path_buf(), owner: uid, wanted: ours }),
            _ => Ok(Account::Ourselves { uid: ours }),
        };
    }
    let (uid, gid) = match (run_as, owner) {
        (Some(user), _) => find(user)?,
        (None, Some((uid, gid))) if uid != 0 => (uid, gid),
        (None, _) => find("postgres").or_else(|_| find("nobody"))?,
    };
    match owner {
        _ if uid == 0 => Err(EmbeddedError::RootUser),
        Some((owner, _)) if owner != uid && owner != 0 => Err(EmbeddedError::Owner { path: cluster.to_path_buf(), owner, wanted: uid }),
        _ => Ok(Account::Other { uid, gid }),
    }
}

/// Our effective user id, as the kernel tells it: the standard library has no call for it, and unsafe code is forbidden.
pub fn effective_uid() -> Result<u32, EmbeddedError> {
    let path = "/proc/self/status";
    let status = fs::read_to_string(path).map_err(super::error::file("read", path))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().nth(1)?.parse().ok())
        .ok_or_else(|| super::error::file("understand", path)(io::ErrorKind::InvalidData.into()))
}

/// Looks a user up in /etc/passwd, then through `getent` for directories and dynamic users.
fn find(user: &str) -> Result<(u32, u32), EmbeddedError> {
    let none = || EmbeddedError::NoUser { user: user.to_owned() };
    if let Some(found) = fs::read_to_string("/etc/passwd").ok().and_then(|text| entry(&text, user)) {
        return Ok(found);
    }
    let output = Command::new("getent").args(["passwd", "--", user]).output().map_err(|_| none())?;
    entry(&String::from_utf8_lossy(&output.stdout), user).ok_or_else(none)
}

fn entry(text: &str, user: &str) -> Option<(u32, u32)> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == user).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some((uid, gid))
    })
}

/// Whether permission bits let a user of no special group pass.
fn passable(path: &Path, uid: u32) -> bool {
    fs::metadata(path).is_ok_and(|metadata| {
        let bit = if metadata.uid() == uid { 0o100 } else { 0o001 };
        metadata.mode() & bit != 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwd_entry_gives_user_and_group() {
        let text = "root:x:0:0:root:/root:/bin/bash\npostgres:x:106:113:PostgreSQL:/var/lib/postgresql:/bin/bash\nbroken:x:a:b\n";
        assert_eq!(entry(text, "postgres"), Some((106, 113)));
        assert_eq!(entry(text, "post"), None);
        assert_eq!(entry(text, "broken"), None);
    }

    #[test]
    fn unknown_user_is_named() {
        let error = find("no-such-user-here").unwrap_err();
        assert!(error.to_string().contains("\"no-such-user-here\""), "{error}");
    }
}
