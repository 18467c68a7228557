//! One TOML file read by hand, so that every fault is collected with its line, column, key and a hint.
//!
//! Enters: a text. Leaves: what the caller made of it and all [`Problem`]s. A [`Section`] remembers which keys were asked for;
//! when it goes out of scope, every other key of its table is reported: an unknown key can not be forgotten by a reader.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use toml::de::DeTable;

use crate::config::toml_field::Field;
use crate::model::{Problem, Severity};

/// Below this likeness (Jaro-Winkler) a suggestion would puzzle more than help.
const LIKENESS: f64 = 0.78;

/// A file's text with what is wrong in it.
#[derive(Debug)]
pub(super) struct TomlFile<'f> {
    path: &'f Path,
    text: &'f str,
    /// Where each line begins: a file may hold thousands of sources, and each knows its place.
    line_starts: Vec<usize>,
    /// Lines with a syntax error: what recovery made of them is not judged again.
    broken_lines: BTreeSet<usize>,
    problems: RefCell<Vec<Problem>>,
}

impl<'f> TomlFile<'f> {
    /// Parses a text, lets `walk` read its root, and returns what it made with every problem.
    pub(super) fn read<T>(path: &'f Path, text: &'f str, walk: impl FnOnce(&Section<'_>) -> T) -> (T, Vec<Problem>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut file = TomlFile { path, text, line_starts, broken_lines: BTreeSet::new(), problems: RefCell::new(Vec::new()) };
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            let place = file.place(span.start);
            let problem = file.problem(&span, "", lower_first(error.message()));
            file.problems.get_mut().push(problem);
            file.broken_lines.insert(place.0);
        }
        let made = {
            let root = Section::new(&file, table.get_ref(), String::new(), 0..0);
            walk(&root)
        };
        (made, file.problems.into_inner())
    }

    /// The text that was parsed.
    pub(super) fn text(&self) -> &'f str {
        self.text
    }

    /// The file's path, for problems.
    pub(super) fn path(&self) -> &'f Path {
        self.path
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..offset).unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    pub(super) fn problem(&self, span: &Range<usize>, key: &str, message: impl Into<String>) -> Problem {
        let (line, column) = self.place(span.start);
        Problem { file: self.path.to_owned(), line, column, severity: Severity::Error, key: key.to_owned(), message: message.into(), hint: None }
    }

    pub(super) fn report(&self, problem: Problem) {
        if !self.broken_lines.contains(&problem.line) {
            self.problems.borrow_mut().push(problem);
        }
    }

    /// A problem with a file that this one names.
    pub(super) fn report_elsewhere(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }
}

/// One table of a file.
#[derive(Debug)]
pub(super) struct Section<'f> {
    file: &'f TomlFile<'f>,
    table: &'f DeTable<'f>,
    path: String,
    span: Range<usize>,
    asked: RefCell<BTreeSet<&'static str>>,
    names_are_free: Cell<bool>,
}

impl<'f> Section<'f> {
    pub(super) fn new(file: &'f TomlFile<'f>, table: &'f DeTable<'f>, path: String, span: Range<usize>) -> Self {
        Section { file, table, path, span, asked: RefCell::new(BTreeSet::new()), names_are_free: Cell::new(false) }
    }

    /// The value of a key, where it is there.
    pub(super) fn get(&self, key: &'static str) -> Option<Field<'f>> {
        self.asked.borrow_mut().insert(key);
        let (key, value) = self.table.get_key_value(key)?;
        Some(Field::new(self.file, value, self.path_of(key.get_ref())))
    }

    /// What `read` makes of a key's value; `None` where the key is absent or wrong.
    pub(super) fn optional<T>(&self, key: &'static str, read: impl FnOnce(&Field<'f>) -> Option<T>) -> Option<T> {
        self.get(key).and_then(|field| read(&field))
    }

    /// What `read` makes of a key's value, or the default where the key is absent or wrong.
    pub(super) fn or<T>(&self, key: &'static str, default: T, read: impl FnOnce(&Field<'f>) -> Option<T>) -> T {
        self.optional(key, read).unwrap_or(default)
    }

    /// The same for a key that must be there: its absence is a problem.
    pub(super) fn required<T>(&self, key: &'static str, read: impl FnOnce(&Field<'f>) -> Option<T>) -> Option<T> {
        let Some(field) = self.get(key) else {
            // In a file with a syntax error the key may stand in the part that could not be read.
            if self.file.broken_lines.is_empty() {
                self.report(format!("the key \"{key}\" is missing"), None);
            }
            return None;
        };
        read(&field)
    }

    /// Refuses keys that a reader may know from the manual of a later version, each with what its silence would mean.
    pub(super) fn not_yet(&self, keys: &[(&'static str, &str)]) {
        for (key, consequence) in keys {
            if let Some(field) = self.get(key) {
                field.report(format!("\"{key}\" is not supported yet"), Some(format!("remove it: {consequence}")));
            }
        }
    }

    /// Every key with its value, for tables whose keys are names; all count as known.
    pub(super) fn entries(&self) -> Vec<(String, Field<'f>)> {
        self.names_are_free.set(true);
        let entries = self.table.iter().map(|(key, value)| {
            let name = key.get_ref().to_string();
            let field = Field::new(self.file, value, self.path_of(&name));
            (name, field)
        });
        entries.collect()
    }

    /// A problem with the table as a whole.
    pub(super) fn report(&self, message: impl Into<String>, hint: Option<String>) {
        let mut problem = self.file.problem(&self.span, &self.path, message);
        problem.hint = hint;
        self.file.report(problem);
    }

    /// A problem that stands at the table, to be reported once more is known.
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        self.file.problem(&self.span, &self.path, message)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl Drop for Section<'_> {
    /// Reports the keys that nobody asked for.
    fn drop(&mut self) {
        if self.names_are_free.get() {
            return;
        }
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.contains(key.get_ref().as_ref())) {
            let mut problem = self.file.problem(&key.span(), &self.path_of(key.get_ref()), "unknown key");
            problem.hint = suggest(key.get_ref(), asked.iter().copied()).or_else(|| known(asked.iter().copied()));
            self.file.report(problem);
        }
    }
}

/// `did you mean "x"?` where one of the candidates is like what was given.
pub(super) fn suggest<'c>(given: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let lower = given.to_lowercase();
    let likeness = |candidate: &str| strsim::jaro_winkler(&lower, candidate).max(strsim::normalized_damerau_levenshtein(&lower, candidate));
    let best = candidates.into_iter().map(|candidate| (likeness(candidate), candidate)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= LIKENESS).then(|| format!("did you mean \"{}\"?", best.1))
}

/// `known are "a", "b"` for a list short enough to be read.
pub(super) fn known<'c>(names: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let names: Vec<String> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
    (!names.is_empty() && names.len() <= 30).then(|| format!("known are {}", names.join(", ")))
}

fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
