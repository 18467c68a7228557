//! Which server programs are installed, and which of them fit the cluster.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::EmbeddedError;

/// Where Debian puts the programs of each version, below a folder named after it.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// One folder with `initdb`, `postgres` and `pg_ctl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    pub folder: PathBuf,
    pub major: u32,
}

impl Installation {
    /// The path of one of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Lists what is installed, best first: the configured folder alone, else Debian's versions from the newest, then `$PATH`.
///
/// # Errors
/// [`EmbeddedError::NoServer`] when there is none.
pub fn installations(configured: Option<&Path>) -> Result<Vec<Installation>, EmbeddedError> {
    let folders = match configured {
        Some(folder) => vec![folder.to_path_buf()],
        None => debian_folders(Path::new(DEBIAN_VERSIONS)).into_iter().chain(path_folders()).collect(),
    };
    let found: Vec<Installation> = folders.iter().filter_map(|folder| look(folder)).collect();
    if found.is_empty() {
        let searched = configured.map_or_else(|| vec![PathBuf::from(DEBIAN_VERSIONS), PathBuf::from("$PATH")], |folder| vec![folder.to_path_buf()]);
        return Err(EmbeddedError::NoServer { searched });
    }
    Ok(found)
}

/// Chooses the installation whose version made the cluster, or the best one where there is no cluster yet.
pub fn choose(installations: &[Installation], data: &Path, cluster: Option<u32>) -> Result<Installation, EmbeddedError> {
    let fits = |installation: &&Installation| cluster.is_none_or(|major| installation.major == major);
    installations.iter().find(fits).cloned().ok_or_else(|| {
        let mut found: Vec<u32> = installations.iter().map(|installation| installation.major).collect();
        found.dedup();
        EmbeddedError::Version { data: data.to_path_buf(), cluster: cluster.unwrap_or_default(), found }
    })
}

/// The major version that made the cluster, where there is one.
pub fn cluster_version(data: &Path) -> Option<u32> {
    std::fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

fn debian_folders(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut versions: Vec<(u32, PathBuf)> =
        entries.flatten().filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))).collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// Folders of `$PATH` that hold the server itself; links are followed, as `pg_ctl` looks for its siblings beside its real path.
fn path_folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter_map(|folder| std::fs::canonicalize(folder.join("postgres")).ok()?.parent().map(Path::to_path_buf)).collect()
}

fn look(folder: &Path) -> Option<Installation> {
    let complete = ["postgres", "initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file());
    if !complete {
        return None;
    }
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let major = major_version(&String::from_utf8_lossy(&output.stdout))?;
    Some(Installation { folder: folder.to_path_buf(), major })
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` and `... 18beta1`.
fn major_version(text: &str) -> Option<u32> {
    let version = text.split_whitespace().nth(2)?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn major_version_is_read_from_release_and_beta() {
        let check = |text: &str, expect| assert_eq!(major_version(text), expect, "{text}");
        check("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", Some(15));
        check("postgres (PostgreSQL) 18beta1", Some(18));
        check("postgres", None);
        check("postgres (PostgreSQL) devel", None);
    }

    #[test]
    fn newest_debian_version_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17", "notes"] {
            std::fs::create_dir_all(root.path().join(version).join("bin")).unwrap();
        }
        let expect: Vec<PathBuf> = ["17", "15", "9"].iter().map(|version| root.path().join(version).join("bin")).collect();
        assert_eq!(debian_folders(root.path()), expect);
    }

    #[test]
    fn cluster_decides_the_version_and_a_missing_one_is_named() {
        let at = |major| Installation { folder: PathBuf::from(format!("/pg/{major}")), major };
        let found = [at(17), at(15)];
        assert_eq!(choose(&found, Path::new("/d"), None).unwrap().major, 17);
        assert_eq!(choose(&found, Path::new("/d"), Some(15)).unwrap().major, 15);
        let error = choose(&found, Path::new("/d"), Some(13)).unwrap_err().to_string();
        assert!(
            error.contains("PostgreSQL 13") && error.contains("17, 15") && error.contains("postgresql-13") && error.contains("pg_upgrade"),
            "{error}"
        );
    }

    #[test]
    fn folder_without_server_names_the_package() {
        let folder = tempfile::tempdir().unwrap();
        let error = installations(Some(folder.path())).unwrap_err();
        assert_eq!(error.kind(), "no_server");
        assert!(error.to_string().contains("package `postgresql`"), "{error}");
    }
}
