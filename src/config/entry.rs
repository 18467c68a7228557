//! Sources as they are written into sources.d/local.toml: by commands, and by editors on the pages.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use url::Url;

use crate::config::{SOURCES_DIRECTORY, read_sources};
use crate::model::{ListingRules, Problem, SourceId, SourceKind};

/// The file that the program writes to; all others are the operator's alone.
pub const LOCAL_FILE: &str = "local.toml";

const HEADER: &str =
    "# Sources added by \"presswatch sources add\" and \"presswatch sources import\", or on the pages. Edit it as you like: comments are kept.\n";

/// Why nothing was added.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error("nothing was added, because the file would not be valid:\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
    #[error("cannot {what} {path}: {source}")]
    Io { what: &'static str, path: PathBuf, source: io::Error },
}

impl AppendError {
    /// The bounded name of the fault.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Io { .. } => "io",
        }
    }

    /// Never: a person has to act.
    pub fn is_transient(&self) -> bool {
        false
    }
}

/// A source as it will stand in a file.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: SourceId,
    pub url: Url,
    /// Keys with their values as TOML writes them, in the order of the file.
    fields: Vec<(String, String)>,
}

impl Entry {
    pub fn new(id: SourceId, name: &str, url: Url) -> Self {
        let fields = [("id", id.as_str()), ("name", name), ("url", url.as_str())];
        let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), quoted(value))).collect();
        Self { id, url, fields }
    }

    /// Adds a text, where there is one.
    pub fn set(&mut self, key: &str, value: Option<&str>) {
        self.fields.extend(value.map(|value| (key.to_owned(), quoted(value))));
    }

    /// Adds a list of texts, unless it is empty.
    pub fn set_list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            self.fields.push((key.to_owned(), format!("[{}]", values.join(", "))));
        }
    }

    /// Adds a whole number, where there is one.
    pub fn set_number(&mut self, key: &str, value: Option<&str>) {
        let number = value.and_then(|value| value.parse::<u32>().ok());
        self.fields.extend(number.map(|number| (key.to_owned(), number.to_string())));
    }

    /// Adds a switch.
    pub fn set_switch(&mut self, key: &str, value: bool) {
        self.fields.push((key.to_owned(), value.to_string()));
    }

    /// Says how the source is read, where that is no feed.
    pub fn set_kind(&mut self, kind: &SourceKind) {
        match kind {
            SourceKind::Feed => {}
            SourceKind::Sitemap(_) => self.set("kind", Some("sitemap")),
            SourceKind::Listing(rules) => self.set_listing(rules),
        }
    }

    fn set_listing(&mut self, rules: &ListingRules) {
        self.set("kind", Some("listing"));
        let selectors = [
            ("item", Some(&rules.item)),
            ("link", rules.link.as_ref()),
            ("title", rules.title.as_ref()),
            ("date", rules.date.as_ref()),
            ("summary", rules.summary.as_ref()),
            ("next", rules.next.as_ref()),
        ];
        for (key, selector) in selectors {
            self.set(&format!("listing.{key}"), selector.map(String::as_str));
        }
    }

    /// The table as it is written.
    pub fn to_toml(&self) -> String {
        let lines: Vec<String> = self.fields.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        format!("\n[[source]]\n{}", lines.concat())
    }
}

/// A TOML basic string. JSON's escapes are a subset of TOML's; other control characters have no place in a name.
fn quoted(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    serde_json::Value::String(clean).to_string()
}

/// Appends sources to sources.d/local.toml: all of them, or on any fault none.
///
/// # Errors
/// When the file would not be valid, or cannot be written.
pub fn append(directory: &Path, entries: &[Entry]) -> Result<PathBuf, AppendError> {
    let folder = directory.join(SOURCES_DIRECTORY);
    let path = folder.join(LOCAL_FILE);
    let fault = |what: &'static str, path: &Path| {
        let path = path.to_path_buf();
        move |source: io::Error| AppendError::Io { what, path, source }
    };
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(fault("make", &folder))?;
    let (mut text, mode) = match fs::read_to_string(&path) {
        Ok(text) => (text, fs::metadata(&path).map_err(fault("read", &path))?.permissions().mode() & 0o777),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (HEADER.to_owned(), 0o600),
        Err(error) => return Err(fault("read", &path)(error)),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.extend(entries.iter().map(Entry::to_toml));
    read_sources(&text, &path).map_err(AppendError::Invalid)?;
    // Written beside and moved over, so that a reload never sees half of it.
    let beside = folder.join(format!(".{LOCAL_FILE}.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&beside).map_err(fault("write", &beside))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(fault("write", &beside))?;
    fs::rename(&beside, &path).map_err(fault("write", &path))?;
    Ok(path)
}

/// The id that is asked for where it is free, else one made of the name or the host.
///
/// # Errors
/// When no id can be made.
pub fn free_id(given: Option<&str>, name: &str, host: &str, taken: &BTreeSet<String>) -> Result<SourceId, String> {
    let base = given.filter(|id| SourceId::new(id).is_ok()).map(str::to_owned).or_else(|| slug(name)).or_else(|| slug(host));
    let base = base.unwrap_or_else(|| "source".to_owned());
    let numbered = (2..=taken.len() + 2).map(|number| format!("{base}-{number}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|id| !taken.contains(id));
    SourceId::new(&free.unwrap_or(base)).map_err(|error| error.to_string())
}

/// Lower-case Latin letters and digits with single hyphens, at most 60.
fn slug(text: &str) -> Option<String> {
    let latin = any_ascii::any_ascii(text).to_ascii_lowercase();
    let words: Vec<&str> = latin.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut joined = words.join("-");
    joined.truncate(60);
    let slug = joined.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}
