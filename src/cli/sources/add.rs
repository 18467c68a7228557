//! `presswatch sources add URL`, and the writing of sources that import shares.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use url::Url;

use crate::cli::sources::list;
use crate::cli::{Global, check, terminal};
use crate::config::{SOURCES_DIRECTORY, parse_web_address, read_sources};
use crate::model::{CountryCode, Language, SourceCategory, SourceId};

/// The file that the command line writes to; all others are the operator's alone.
pub(super) const LOCAL_FILE: &str = "local.toml";

const HEADER: &str = "# Sources added by \"presswatch sources add\" and \"presswatch sources import\". Edit it as you like: comments are kept.\n";

/// Adds a source to sources.d/local.toml.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The address of the feed.
    #[arg(value_parser = parse_web_address)]
    url: Url,
    /// How the source is called in files and on the command line: a-z, 0-9, '-', '_', '.'.
    #[arg(long, value_parser = |text: &str| SourceId::new(text))]
    id: SourceId,
    /// What people call it.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    name: String,
    /// The language it publishes in (ISO 639).
    #[arg(long, value_parser = list::language)]
    language: Option<Language>,
    /// The country it writes from (ISO 3166-1 alpha-2).
    #[arg(long, value_parser = list::country)]
    country: Option<CountryCode>,
    /// What sort of publisher it is.
    #[arg(long, value_parser = list::category)]
    category: Option<SourceCategory>,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    if config.sources.iter().any(|source| source.id == args.id) {
        eprintln!("presswatch: the source id \"{}\" is taken; choose another with --id", args.id);
        return Ok(ExitCode::from(2));
    }
    if let Some(source) = config.sources.iter().find(|source| source.url == args.url) {
        eprintln!("presswatch: this address is already polled by the source \"{}\"", source.id);
        return Ok(ExitCode::from(2));
    }
    let mut entry = Entry::new(args.id, &args.name, args.url);
    entry.set("language", args.language.map(|language| language.to_string()).as_deref());
    entry.set("country", args.country.map(|country| country.to_string()).as_deref());
    entry.set("category", args.category.map(SourceCategory::as_str));
    let path = append(&global.config, std::slice::from_ref(&entry))?;
    if global.json {
        terminal::json(&serde_json::json!({ "added": [entry.id.as_str()], "file": path }));
    } else {
        terminal::line(&format!("Added \"{}\" to {}. A running daemon takes it up at the next reload (SIGHUP).", entry.id, path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// A source as it will stand in a file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: SourceId,
    pub(super) url: Url,
    /// Keys with their values as TOML writes them, in the order of the file.
    fields: Vec<(String, String)>,
}

impl Entry {
    pub(super) fn new(id: SourceId, name: &str, url: Url) -> Self {
        let fields = [("id", id.as_str()), ("name", name), ("url", url.as_str())];
        let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), quoted(value))).collect();
        Self { id, url, fields }
    }

    /// Adds a text, where there is one.
    pub(super) fn set(&mut self, key: &str, value: Option<&str>) {
        self.fields.extend(value.map(|value| (key.to_owned(), quoted(value))));
    }

    /// Adds a list of texts, unless it is empty.
    pub(super) fn set_list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            self.fields.push((key.to_owned(), format!("[{}]", values.join(", "))));
        }
    }

    /// Adds a whole number, where there is one.
    pub(super) fn set_number(&mut self, key: &str, value: Option<&str>) {
        let number = value.and_then(|value| value.parse::<u32>().ok());
        self.fields.extend(number.map(|number| (key.to_owned(), number.to_string())));
    }

    /// Adds a switch.
    pub(super) fn set_switch(&mut self, key: &str, value: bool) {
        self.fields.push((key.to_owned(), value.to_string()));
    }

    /// The table as it is written.
    pub(super) fn to_toml(&self) -> String {
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
pub(super) fn append(directory: &Path, entries: &[Entry]) -> anyhow::Result<PathBuf> {
    let folder = directory.join(SOURCES_DIRECTORY);
    let path = folder.join(LOCAL_FILE);
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (mut text, mode) = match fs::read_to_string(&path) {
        Ok(text) => (text, fs::metadata(&path)?.permissions().mode() & 0o777),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (HEADER.to_owned(), 0o600),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.extend(entries.iter().map(Entry::to_toml));
    if let Err(problems) = read_sources(&text, &path) {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::bail!("nothing was added, because the file would not be valid:\n{}", problems.join("\n"));
    }
    // Written beside and moved over, so that a reload never sees half of it.
    let beside = folder.join(format!(".{LOCAL_FILE}.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&beside)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(|| format!("cannot write {}", beside.display()))?;
    fs::rename(&beside, &path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
