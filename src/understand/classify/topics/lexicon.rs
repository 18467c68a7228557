//! One language's words for topics and actors, as data/topics/*.toml writes them.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::understand::classify::topics::forms::Alphabet;
use crate::understand::classify::topics::pattern::{Accents, Atoms, Fault, GroupId, Pattern};

/// A file of data/topics. The keys of the tables are ids of topics and actors, or names of word groups.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// BCP 47 primary subtags of the languages that are read with it.
    languages: Vec<String>,
    #[serde(default)]
    accents: Accents,
    #[serde(default)]
    cyrillic: Option<Alphabet>,
    /// Whether conjunctions, prepositions and the article are written together with the word, as in Arabic and Hebrew.
    #[serde(default)]
    clitics: bool,
    /// Groups that terms refer to as `<name>`, and that mean nothing alone.
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    actor: BTreeMap<String, Vec<String>>,
    /// Each enough alone.
    #[serde(default)]
    topic: BTreeMap<String, Vec<String>>,
    /// Enough where an actor or a civic word stands near.
    #[serde(default)]
    hint: BTreeMap<String, Vec<String>>,
    /// Terms that take a topic's term away where they cover it: `shoot hoops`.
    #[serde(default)]
    never: BTreeMap<String, Vec<String>>,
    /// What makes a hint count: politics, press and rights in general.
    #[serde(default)]
    civic: Vec<String>,
    /// Fields of life whose news borrows the words: sport, business, fiction, nature, goods, technical, history, prizes.
    #[serde(default)]
    elsewhere: BTreeMap<String, Vec<String>>,
    /// "nobody detained me", "rumors of his arrest are false".
    #[serde(default)]
    denial: Vec<String>,
    /// Words that turn the next words round: `not`, `never`.
    #[serde(default)]
    negation: Vec<String>,
    /// Notices of an outlet about itself: the sentence is passed over.
    #[serde(default)]
    notice: Vec<String>,
}

/// How strongly a term speaks, and under which condition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Force {
    Alone(f32),
    /// Only near an actor or a civic word.
    Hint,
}

/// A topic's term.
#[derive(Debug)]
pub struct Term {
    pub pattern: Pattern,
    pub force: Force,
    /// The operator's: other fields of life do not take it away.
    pub is_own: bool,
}

/// A lexicon ready to read documents.
#[derive(Debug)]
pub struct Lexicon {
    pub languages: Vec<String>,
    pub cyrillic: Option<Alphabet>,
    pub has_clitics: bool,
    pub atoms: Atoms,
    /// In an order in which every group refers only to earlier ones.
    pub groups: Vec<Vec<Pattern>>,
    /// Actor's id and its group.
    pub actors: Vec<(String, GroupId)>,
    pub topics: Vec<(String, Vec<Term>)>,
    pub never: Vec<(String, Vec<Pattern>)>,
    pub civic: Vec<Pattern>,
    pub elsewhere: Vec<(String, Vec<Pattern>)>,
    pub denial: Vec<Pattern>,
    pub negation: Vec<Pattern>,
    pub notice: Vec<Pattern>,
    /// The word group `sentence`: verdicts and punishments.
    pub verdict: Option<GroupId>,
}

/// A term of the operator.
#[derive(Debug, Clone, Copy)]
pub struct Addition<'a> {
    pub id: &'a str,
    pub is_actor: bool,
    pub weight: f32,
    pub term: &'a str,
}

impl Lexicon {
    /// An empty lexicon, for the operator's words of a language that has none.
    pub fn empty(language: &str) -> Self {
        Self {
            languages: vec![language.to_owned()],
            cyrillic: None,
            has_clitics: false,
            atoms: Atoms::default(),
            groups: Vec::new(),
            actors: Vec::new(),
            topics: Vec::new(),
            never: Vec::new(),
            civic: Vec::new(),
            elsewhere: Vec::new(),
            denial: Vec::new(),
            negation: Vec::new(),
            notice: Vec::new(),
            verdict: None,
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Every faulty term, or what makes the file unreadable.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let file: File = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut lexicon = Self {
            languages: file.languages,
            cyrillic: file.cyrillic,
            has_clitics: file.clitics,
            atoms: Atoms::new(file.accents),
            ..Self::empty("")
        };
        let mut faults = Vec::new();
        let mut names: HashMap<String, GroupId> = HashMap::new();
        for (name, terms) in in_order(file.words) {
            lexicon.push_group(name, &terms, &mut names, &mut faults);
        }
        for (id, terms) in in_order(file.actor) {
            let group = lexicon.push_group(id.clone(), &terms, &mut names, &mut faults);
            lexicon.actors.push((id, group));
        }
        lexicon.verdict = names.get("sentence").copied();
        let mut sections = Sections { atoms: &mut lexicon.atoms, names: &names, faults: &mut faults };
        let mut topics: BTreeMap<String, Vec<Term>> = BTreeMap::new();
        for (tables, force) in [(file.topic, Force::Alone(1.0)), (file.hint, Force::Hint)] {
            for (id, terms) in tables {
                let terms = sections.patterns(&terms).into_iter().map(|pattern| Term { pattern, force, is_own: false });
                topics.entry(id).or_default().extend(terms);
            }
        }
        lexicon.never = file.never.into_iter().map(|(id, terms)| (id, sections.patterns(&terms))).collect();
        lexicon.elsewhere = file.elsewhere.into_iter().map(|(id, terms)| (id, sections.patterns(&terms))).collect();
        lexicon.civic = sections.patterns(&file.civic);
        lexicon.denial = sections.patterns(&file.denial);
        lexicon.negation = sections.patterns(&file.negation);
        lexicon.notice = sections.patterns(&file.notice);
        lexicon.topics = topics.into_iter().collect();
        if faults.is_empty() { Ok(lexicon) } else { Err(faults) }
    }

    /// Adds a term of the operator.
    ///
    /// # Errors
    /// What is wrong with the term.
    pub fn add(&mut self, addition: Addition<'_>) -> Result<(), Fault> {
        let actors = &self.actors;
        let group = |name: &str| actors.iter().find(|(id, _)| id == name).map(|(_, group)| *group);
        let pattern = self.atoms.parse(addition.term, &group)?;
        if addition.is_actor {
            let known = self.actors.iter().find(|(id, _)| id == addition.id).map(|(_, group)| *group);
            let group = known.unwrap_or_else(|| {
                self.groups.push(Vec::new());
                self.actors.push((addition.id.to_owned(), self.groups.len() - 1));
                self.groups.len() - 1
            });
            self.groups.get_mut(group).into_iter().for_each(|patterns| patterns.push(pattern.clone()));
            return Ok(());
        }
        let term = Term { pattern, force: Force::Alone(addition.weight), is_own: true };
        match self.topics.iter_mut().find(|(id, _)| id == addition.id) {
            Some((_, terms)) => terms.push(term),
            None => self.topics.push((addition.id.to_owned(), vec![term])),
        }
        Ok(())
    }

    fn push_group(&mut self, name: String, terms: &[String], names: &mut HashMap<String, GroupId>, faults: &mut Vec<String>) -> GroupId {
        let patterns = Sections { atoms: &mut self.atoms, names, faults }.patterns(terms);
        self.groups.push(patterns);
        names.insert(name, self.groups.len() - 1);
        self.groups.len() - 1
    }
}

/// What the sections of a file have in common while they are read.
struct Sections<'a> {
    atoms: &'a mut Atoms,
    names: &'a HashMap<String, GroupId>,
    faults: &'a mut Vec<String>,
}

impl Sections<'_> {
    fn patterns(&mut self, terms: &[String]) -> Vec<Pattern> {
        let mut patterns = Vec::with_capacity(terms.len());
        for term in terms {
            match self.atoms.parse(term, &|name| self.names.get(name).copied()) {
                Ok(pattern) => patterns.push(pattern),
                Err(Fault(fault)) => self.faults.push(fault),
            }
        }
        patterns
    }
}

/// Groups that refer to others come after them.
fn in_order(groups: BTreeMap<String, Vec<String>>) -> Vec<(String, Vec<String>)> {
    let mut waiting: Vec<(String, Vec<String>)> = groups.into_iter().collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|(name, _)| format!("<{name}>")).collect();
        let refers = |terms: &[String]| terms.iter().any(|term| names.iter().any(|name| term.contains(name.as_str())));
        let (later, ready): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, terms)| refers(terms));
        if ready.is_empty() {
            // A circle: its terms are reported as referring to an unknown group.
            ordered.extend(later);
            break;
        }
        ordered.extend(ready);
        waiting = later;
    }
    ordered
}
