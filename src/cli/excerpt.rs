//! The line of a file that a problem stands in, with a caret below its place.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::config::Watchlists;
use crate::model::Problem;

/// A longer line is shown around the place alone.
const SHOWN_CHARACTERS: usize = 100;

/// Keys whose value is, or may by mistake be, a secret: a literal one is refused, and the refusal must not print it.
const SECRET_KEYS: [&str; 8] = ["password", "passwd", "secret", "token", "key", "auth", "header", "database.url"];

/// Reads each file once. Lines of restricted lists are not shown: what is printed may end in a log.
#[derive(Debug, Default)]
pub(super) struct Excerpts {
    files: HashMap<PathBuf, Vec<String>>,
    restricted: Vec<String>,
}

impl Excerpts {
    pub(super) fn new(watchlists: &Watchlists) -> Self {
        let restricted = watchlists.lists.iter().filter(|list| list.restricted).map(|list| format!("watchlist {}.", list.id)).collect();
        Self { files: HashMap::new(), restricted }
    }

    /// Two lines: the text and the caret. `None` where the problem has no place in a line.
    pub(super) fn of(&mut self, problem: &Problem) -> Option<String> {
        let key = problem.key.to_ascii_lowercase();
        if problem.line == 0
            || problem.column == 0
            || SECRET_KEYS.iter().any(|secret| key.contains(secret))
            || self.restricted.iter().any(|list| problem.key.starts_with(list))
        {
            return None;
        }
        let lines = self.files.entry(problem.file.clone()).or_insert_with(|| {
            fs::read_to_string(&problem.file).map(|text| text.lines().map(|line| line.replace('\t', " ")).collect()).unwrap_or_default()
        });
        let line: Vec<char> = lines.get(problem.line - 1)?.chars().collect();
        let at = problem.column - 1;
        let from = if line.len() > SHOWN_CHARACTERS { at.saturating_sub(SHOWN_CHARACTERS / 2) } else { 0 };
        let shown: String = line.iter().skip(from).take(SHOWN_CHARACTERS).collect();
        Some(format!("    {shown}\n    {}^", " ".repeat(at - from)))
    }
}

#[cfg(test)]
mod tests {
    use super::Excerpts;
    use crate::model::{Problem, Severity};

    #[test]
    fn the_caret_stands_below_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, format!("one\nquery = 'слово слово'\n{}x\n", "y".repeat(200))).unwrap();
        let problem = |line, column| Problem {
            file: file.clone(),
            line,
            column,
            severity: Severity::Error,
            key: String::new(),
            message: String::new(),
            hint: None,
        };
        let mut excerpts = Excerpts::default();
        assert_eq!(excerpts.of(&problem(2, 10)).unwrap(), "    query = 'слово слово'\n             ^");
        let long = excerpts.of(&problem(3, 201)).unwrap();
        let (text, caret) = long.split_once('\n').unwrap();
        assert_eq!(text.chars().nth(caret.chars().count() - 1), Some('x'));
        assert!(excerpts.of(&problem(9, 1)).is_none() && excerpts.of(&problem(0, 0)).is_none());
        for key in ["smtp.password", "channels.desk.signing_keys[0]", "database.url", "source[3].headers.X"] {
            assert_eq!(excerpts.of(&Problem { key: key.to_owned(), ..problem(2, 10) }), None, "{key}");
        }
    }
}
