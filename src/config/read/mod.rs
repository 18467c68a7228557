//! Reads a configuration directory: every file, then what concerns several files at once.

mod access;
mod alerting;
mod channels;
mod cross;
mod settings;
mod sources;
mod watchlists;
mod webhooks;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::{Config, TopicsConfig, Watchlists, topics};
use crate::model::{Problem, Severity, Source};

/// The main file's name.
pub const MAIN_FILE: &str = "presswatch.toml";
/// The directory of sources.
pub const SOURCES_DIRECTORY: &str = "sources.d";
/// The directory of watchlists and channels.
pub const WATCHLISTS_DIRECTORY: &str = "watchlists.d";
/// The optional file of topics and words.
pub const TOPICS_FILE: &str = "topics.toml";

/// What a look at a directory gave.
#[derive(Debug)]
pub struct Examined {
    /// `None` where one of the problems is an error.
    pub config: Option<Config>,
    /// Errors and warnings, sorted by file and line.
    pub problems: Vec<Problem>,
    /// What could be read in spite of them, so that queries, selectors and words can be looked at in the same go.
    pub readable: Readable,
}

/// The parts that other rooms compile.
#[derive(Debug, Default)]
pub struct Readable {
    pub sources: Vec<Source>,
    pub watchlists: Watchlists,
    pub topics: TopicsConfig,
}

/// Reads a directory into a configuration.
///
/// # Errors
/// Every error of every file, sorted by file and line. Warnings are dropped: [`examine`] returns them too.
pub fn load(directory: &Path) -> Result<Config, Vec<Problem>> {
    let Examined { config, mut problems, .. } = examine(directory);
    config.ok_or_else(|| {
        problems.retain(|problem| problem.severity == Severity::Error);
        problems
    })
}

/// Reads a directory and tells everything that it found.
pub fn examine(directory: &Path) -> Examined {
    let mut problems = Vec::new();

    let main_file = directory.join(MAIN_FILE);
    let main_text = match fs::read_to_string(&main_file) {
        Ok(text) => text,
        Err(error) => {
            let hint = (error.kind() == io::ErrorKind::NotFound).then(|| "presswatch init DIR writes a default configuration".to_owned());
            problems.push(unreadable(&main_file, &error, hint));
            String::new()
        }
    };
    let (settings, found) = settings::read(&main_text, &main_file, directory);
    problems.extend(found);

    let topics = load_topics(directory).map_err(|found| problems.extend(found)).ok();

    let mut sources = sources::Read::default();
    for (path, text) in toml_files(&directory.join(SOURCES_DIRECTORY), &mut problems) {
        let (read, found) = sources::read(&text, &path, directory, &settings.gather);
        sources.extend(read);
        problems.extend(found);
    }
    let mut lists = watchlists::Read::default();
    for (path, text) in toml_files(&directory.join(WATCHLISTS_DIRECTORY), &mut problems) {
        let (read, found) = watchlists::read(&text, &path, directory);
        lists.extend(read);
        problems.extend(found);
    }
    problems.extend(cross::check(directory, &settings, &sources, &lists, topics.as_ref()));

    problems.sort();
    problems.dedup();
    let usable = problems.iter().all(|problem| problem.severity != Severity::Error);
    let readable = Readable {
        sources: sources.sources.iter().map(|placed| placed.value.clone()).collect(),
        watchlists: lists.watchlists(),
        topics: topics.clone().unwrap_or_default(),
    };
    let config = usable.then(|| Config {
        directory: directory.to_owned(),
        instance: settings.instance,
        database: settings.database,
        network: settings.network,
        gather: settings.gather,
        web: settings.web,
        log: settings.log,
        websub: settings.websub,
        retention: settings.retention,
        smtp: settings.smtp,
        operator: settings.operator,
        heartbeat: settings.heartbeat,
        accesses: sources.accesses,
        sources: sources.sources.into_iter().map(|placed| placed.value).collect(),
        watchlists: lists.watchlists(),
        channels: lists.channels.iter().map(|placed| (placed.value.id.clone(), placed.value.clone())).collect::<BTreeMap<_, _>>(),
        topics: topics.unwrap_or_default(),
    });
    Examined { config, problems, readable }
}

/// Reads the text of one file of sources.d by itself, with the default intervals.
///
/// # Errors
/// Every problem of the text, ids used twice in it among them.
pub fn read_sources(text: &str, file: &Path) -> Result<Vec<Source>, Vec<Problem>> {
    let (settings, _) = settings::read("", Path::new(MAIN_FILE), Path::new(""));
    let directory = file.parent().and_then(Path::parent).unwrap_or(Path::new(""));
    let (read, mut problems) = sources::read(text, file, directory, &settings.gather);
    problems.extend(cross::duplicate_sources(&read));
    if problems.is_empty() { Ok(read.sources.into_iter().map(|placed| placed.value).collect()) } else { Err(problems) }
}

/// Reads the topics of a directory by themselves; without a file, there are none but those that are built in.
///
/// # Errors
/// Every problem of the file.
pub fn load_topics(directory: &Path) -> Result<TopicsConfig, Vec<Problem>> {
    let file = directory.join(TOPICS_FILE);
    match fs::read_to_string(&file) {
        Ok(text) => topics::read(&text, &file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(TopicsConfig::default()),
        Err(error) => Err(vec![unreadable(&file, &error, None)]),
    }
}

/// Reads the watchlists of one file by itself; the channels that it names may be defined elsewhere.
///
/// # Errors
/// Every error of the file.
pub fn load_watchlists(file: &Path) -> Result<Watchlists, Vec<Problem>> {
    let text = fs::read_to_string(file).map_err(|error| vec![unreadable(file, &error, None)])?;
    let (read, mut problems) = watchlists::read(&text, file, file.parent().unwrap_or(Path::new("")));
    problems.retain(|problem| problem.severity == Severity::Error);
    if problems.is_empty() { Ok(read.watchlists()) } else { Err(problems) }
}

/// Every name that a file defines, also of things that are otherwise wrong: a broken channel is not a missing one.
type Names = Vec<Placed<String>>;

/// Something read, with the problem that stands at its place, should a look at the other files find one.
#[derive(Debug, Clone)]
pub(super) struct Placed<T> {
    value: T,
    place: Problem,
}

/// The `*.toml` files of a directory with their texts, by name. An absent directory holds none.
fn toml_files(directory: &Path, problems: &mut Vec<Problem>) -> Vec<(PathBuf, String)> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                problems.push(unreadable(directory, &error, None));
            }
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => problems.push(unreadable(directory, &error, None)),
        }
    }
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && !hidden(path));
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        match fs::read_to_string(&path) {
            Ok(text) => files.push((path, text)),
            Err(error) => problems.push(unreadable(&path, &error, None)),
        }
    }
    files
}

fn unreadable(path: &Path, error: &io::Error, hint: Option<String>) -> Problem {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "the file is not there".to_owned(),
        io::ErrorKind::InvalidData => "the file is not UTF-8 text".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    Problem { file: path.to_owned(), line: 0, column: 0, severity: Severity::Error, key: String::new(), message, hint }
}
