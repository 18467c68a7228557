//! What a story reports, and to whom it happened.
//!
//! Enters: headline, text, language. Leaves: labels with scores and the places that speak for them. Deliberately absent: learning at run
//! time. The words are in data/topics, one file a language; docs/decisions/0031-topics-by-lexicon.md says how they count.

mod document;
mod forms;
#[cfg(test)]
mod language_tests;
mod lexicon;
mod pattern;
mod score;
mod settle;
#[cfg(test)]
mod settle_tests;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

use crate::config::{TOPICS_FILE, TopicsConfig};
use crate::model::{ActorLabel, Language, Problem, Severity, TopicLabel};
use crate::text::{Script, script_of};
use crate::understand::classify::topics::document::Document;
use crate::understand::classify::topics::lexicon::{Addition, Lexicon};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/topics");

/// The files that are compiled in, in one order, to tell one state of them from another.
pub fn data() -> Vec<&'static [u8]> {
    let mut files: Vec<_> = FILES.files().collect();
    files.sort_by_key(|file| file.path());
    files.into_iter().map(include_dir::File::contents).collect()
}

/// Lexicons of every language.
#[derive(Debug)]
pub struct Topics {
    lexicons: Vec<(Script, Lexicon)>,
}

impl Topics {
    /// Loads the embedded lexicons and adds the operator's.
    ///
    /// # Errors
    /// Every faulty term of the operator's lexicon.
    pub fn new(config: &TopicsConfig) -> Result<Self, Vec<Problem>> {
        let mut lexicons = Vec::new();
        let mut problems = Vec::new();
        for file in FILES.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "toml")) {
            match Lexicon::read(file.contents_utf8().unwrap_or_default()) {
                Ok(lexicon) => lexicons.push((script(&lexicon), lexicon)),
                Err(faults) => problems.extend(faults.into_iter().map(|fault| problem(file.path().to_owned(), String::new(), fault))),
            }
        }
        let mut actors: Vec<String> = config.actors.iter().map(|actor| actor.id.clone()).collect();
        actors.extend(lexicons.iter().flat_map(|(_, lexicon)| &lexicon.actors).map(|(id, _)| id.clone()));
        for (at, entry) in config.lexicon.iter().enumerate() {
            let position = lexicons.iter().position(|(_, lexicon)| lexicon.languages.contains(&entry.language)).unwrap_or_else(|| {
                let script = entry.terms.iter().flat_map(|term| term.text.chars()).map(script_of).find(|script| *script != Script::Other);
                lexicons.push((script.unwrap_or(Script::Other), Lexicon::empty(&entry.language)));
                lexicons.len() - 1
            });
            let Some((_, lexicon)) = lexicons.get_mut(position) else { continue };
            for (number, term) in entry.terms.iter().enumerate() {
                let addition = Addition { id: &entry.id, is_actor: actors.contains(&entry.id), weight: entry.weight, term: &term.text };
                if let Err(fault) = lexicon.add(addition) {
                    let file = if term.file.as_os_str().is_empty() { PathBuf::from(TOPICS_FILE) } else { term.file.clone() };
                    let place = problem(file, format!("lexicon[{at}].terms[{number}]"), fault.0);
                    problems.push(Problem { line: term.line, column: term.column, ..place });
                }
            }
        }
        if problems.is_empty() { Ok(Self { lexicons }) } else { Err(problems) }
    }

    /// Labels highest score first. A language without a lexicon is read with every lexicon of the text's script.
    pub fn label(&self, title: &str, text: &str, language: &Language) -> (Vec<TopicLabel>, Vec<ActorLabel>) {
        let document = Document::new(title, text);
        let code = language.as_str();
        let known = self.lexicons.iter().find(|(_, lexicon)| lexicon.languages.iter().any(|own| own == code));
        if let Some((_, lexicon)) = known {
            return score::label(&document, &[lexicon]);
        }
        let script = main_script(title, text);
        let all: Vec<&Lexicon> = self.lexicons.iter().filter(|(own, _)| *own == script).map(|(_, lexicon)| lexicon).collect();
        score::label(&document, &all)
    }
}

fn problem(file: PathBuf, key: String, message: String) -> Problem {
    let hint = Some("a term is words, with * for any ending; it begins and ends with a word".to_owned());
    Problem { file, line: 0, column: 0, severity: Severity::Error, key, message, hint }
}

/// The script of a lexicon: that of its first actor's first letters.
fn script(lexicon: &Lexicon) -> Script {
    let patterns = lexicon.groups.iter().flatten().filter(|pattern| !pattern.source.contains('<'));
    let mut words = patterns.flat_map(|pattern| pattern.source.chars());
    words.find_map(|c| Some(script_of(c)).filter(|script| *script != Script::Other)).unwrap_or(Script::Other)
}

/// The script of most letters of the beginning.
fn main_script(title: &str, text: &str) -> Script {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for script in title.chars().chain(text.chars()).take(400).map(script_of).filter(|script| *script != Script::Other) {
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(Script::Other, |(script, _)| script)
}
