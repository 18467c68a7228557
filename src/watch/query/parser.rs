//! Recursive descent over the pieces of a query.

use crate::config::QueryText;
use crate::model::{CountryCode, Language, Problem};
use crate::text::{Script, script_of};
use crate::watch::query::doubts::doubts;
use crate::watch::query::lexer::{Piece, What, lex, problem, warning};
use crate::watch::query::{Mode, Near, Node, Scope, Term, limits};

/// A tree with what a person should look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<'q> {
    pub node: Node<'q>,
    pub warnings: Vec<Problem>,
}

const FIELDS: [&str; 10] = ["title", "lead", "body", "url", "author", "source", "tag", "lang", "country", "topic"];

/// Parses one query. `groups` are the names that `$name` may use, `persons` beside them.
pub fn parse<'q>(query: &'q QueryText, groups: &[&str]) -> Result<Parsed<'q>, Vec<Problem>> {
    if query.text.len() > limits::QUERY_BYTES {
        let message = format!("the query has {} bytes, {} are allowed", query.text.len(), limits::QUERY_BYTES);
        return Err(vec![problem(query, 0, &message, Some("split it into groups or lists"))]);
    }
    let mut problems = Vec::new();
    let pieces = lex(query, &mut problems);
    if pieces.is_empty() && problems.is_empty() {
        problems.push(problem(query, 0, "the query is empty", Some("write words, or $persons")));
    }
    let mut parser = Parser { query, groups, pieces: &pieces, at: 0, depth: 0, problems, warnings: Vec::new() };
    let node = if pieces.is_empty() { None } else { parser.or(Scope::Anywhere) };
    if parser.at < pieces.len() && parser.problems.is_empty() {
        parser.leftover();
    }
    match node {
        Some(node) if parser.problems.is_empty() => {
            let mut warnings = parser.warnings;
            doubts(&node, query, &mut warnings);
            Ok(Parsed { node, warnings })
        }
        _ => Err(parser.problems),
    }
}

struct Parser<'a, 'q> {
    query: &'q QueryText,
    groups: &'a [&'a str],
    pieces: &'a [Piece<'q>],
    at: usize,
    depth: usize,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl<'a, 'q> Parser<'a, 'q> {
    fn peek(&self) -> Option<&'a What<'q>> {
        self.pieces.get(self.at).map(|piece| &piece.what)
    }

    fn offset(&self) -> usize {
        self.pieces.get(self.at).map_or(self.query.text.len(), |piece| piece.start)
    }

    fn fail<T>(&mut self, offset: usize, message: &str, hint: Option<&str>) -> Option<T> {
        self.problems.push(problem(self.query, offset, message, hint));
        None
    }

    fn leftover(&mut self) {
        let offset = self.offset();
        if matches!(self.peek(), Some(What::Close)) {
            self.fail::<()>(offset, "this bracket closes nothing", Some("remove it, or open one before"));
        }
    }

    fn or(&mut self, scope: Scope) -> Option<Node<'q>> {
        let mut bare_and = None;
        let first = self.and(scope, &mut bare_and)?;
        if !matches!(self.peek(), Some(What::Or)) {
            return Some(first);
        }
        let mut parts = Vec::with_capacity(8);
        parts.push(first);
        while matches!(self.peek(), Some(What::Or)) {
            self.at += 1;
            parts.push(self.and(scope, &mut bare_and)?);
        }
        if let Some(offset) = bare_and {
            self.warnings.push(warning(self.query, offset, "AND binds closer than OR here", Some("put brackets around what belongs together")));
        }
        Some(Node::Or(parts))
    }

    fn and(&mut self, scope: Scope, bare_and: &mut Option<usize>) -> Option<Node<'q>> {
        if matches!(self.peek(), Some(What::Not)) {
            return self.fail(
                self.offset(),
                "NOT needs something before it: a query that only excludes would match every other story",
                Some("write what must be there first: a NOT b"),
            );
        }
        let first = self.near(scope)?;
        if matches!(self.peek(), Some(What::Or | What::Close) | None) {
            return Some(first);
        }
        let mut parts = vec![first];
        loop {
            let offset = self.offset();
            match self.peek() {
                Some(What::And) => {
                    self.at += 1;
                    bare_and.get_or_insert(offset);
                    if matches!(self.peek(), Some(What::Not)) {
                        self.at += 1;
                        self.exclude(scope, &mut parts)?;
                    } else {
                        parts.push(self.near(scope)?);
                    }
                }
                Some(What::Not) => {
                    self.at += 1;
                    self.exclude(scope, &mut parts)?;
                }
                Some(What::Or | What::Close) | None => break,
                Some(What::Near { .. }) => return self.fail(offset, "NEAR needs a word, a phrase or brackets on both sides", None),
                Some(What::Word(word)) if looks_like_operator(word) => {
                    return self.fail(
                        offset,
                        "two words stand side by side without an operator",
                        Some("operators are upper case: AND, OR, NOT, NEAR/n"),
                    );
                }
                Some(What::Word(_) | What::Phrase(_) | What::Group(_) | What::Field(_) | What::Mark(_) | What::Open) => {
                    return self.fail(
                        offset,
                        "two words stand side by side without an operator",
                        Some("write AND or OR between them, or quotation marks around a phrase"),
                    );
                }
            }
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Node::And(parts) })
    }

    /// Everything so far holds without what follows.
    fn exclude(&mut self, scope: Scope, parts: &mut Vec<Node<'q>>) -> Option<()> {
        let dropped = self.near(scope)?;
        let kept = if parts.len() == 1 { parts.remove(0) } else { Node::And(std::mem::take(parts)) };
        parts.push(Node::Without(Box::new(kept), Box::new(dropped)));
        Some(())
    }

    fn near(&mut self, scope: Scope) -> Option<Node<'q>> {
        let first = self.offset();
        let mut node = self.unit(scope)?;
        while let Some(What::Near { ordered, between }) = self.peek() {
            let offset = self.offset();
            let between = match between.map(str::parse::<usize>) {
                None => limits::NEAR_DEFAULT,
                Some(Ok(number)) if number <= limits::NEAR => number,
                Some(_) => {
                    let message = format!("NEAR takes a number from 0 to {}", limits::NEAR);
                    return self.fail(offset, &message, Some("write NEAR/4"));
                }
            };
            self.at += 1;
            let second = self.offset();
            let right = self.unit(scope)?;
            self.check_operand(&node, first)?;
            self.check_operand(&right, second)?;
            node = Node::Near(Near { left: Box::new(node), right: Box::new(right), between, ordered: *ordered });
        }
        Some(node)
    }

    /// Only what has a place in the text can be near something.
    fn check_operand(&mut self, node: &Node<'_>, offset: usize) -> Option<()> {
        match node {
            Node::Term(_) | Node::Near(_) | Node::Persons | Node::Group { .. } => Some(()),
            Node::Or(parts) => parts.iter().try_for_each(|part| self.check_operand(part, offset)),
            Node::In(_, inner) => self.check_operand(inner, offset),
            Node::And(_) | Node::Without(..) => {
                self.fail(offset, "AND and NOT have no place inside NEAR", Some("use OR inside the brackets, and AND outside"))
            }
            Node::Language(_) | Node::Country(_) | Node::Topic(_) => {
                self.fail(offset, "lang:, country: and topic: are no places in a text", Some("join them with AND"))
            }
        }
    }

    fn unit(&mut self, scope: Scope) -> Option<Node<'q>> {
        let offset = self.offset();
        let Some(what) = self.peek() else {
            return self.fail(offset, "the query ends where a word is expected", None);
        };
        self.at += 1;
        match what {
            What::Open => self.brackets(scope, offset),
            What::Field(name) => self.field(name, scope, offset),
            What::Group("persons") => Some(Node::Persons),
            What::Group(name) => self.group(name, offset),
            What::Mark(mark) => self.marked(mark, offset),
            What::Phrase(text) => self.term(text, true, Mode::Plain, offset),
            What::Word(text) => self.term(text, false, Mode::Plain, offset),
            What::Close => self.fail(offset, "this bracket closes nothing", Some("a word is expected before it")),
            What::And | What::Or | What::Not | What::Near { .. } => {
                self.fail(offset, "an operator stands where a word is expected", Some("put the word in quotation marks if it is meant as a word"))
            }
        }
    }

    fn brackets(&mut self, scope: Scope, offset: usize) -> Option<Node<'q>> {
        self.depth += 1;
        if self.depth > limits::DEPTH {
            let message = format!("brackets stand more than {} deep", limits::DEPTH);
            return self.fail(offset, &message, Some("move a part into a $group"));
        }
        let node = self.or(scope)?;
        self.depth -= 1;
        if !matches!(self.peek(), Some(What::Close)) {
            return self.fail(offset, "this bracket is never closed", Some("add a closing bracket"));
        }
        self.at += 1;
        Some(node)
    }

    fn field(&mut self, name: &str, scope: Scope, offset: usize) -> Option<Node<'q>> {
        let inner = match name {
            "title" => Scope::Title,
            "lead" => Scope::Lead,
            "body" => Scope::Body,
            "url" => Scope::Url,
            "author" => Scope::Author,
            "source" => Scope::Source,
            "tag" => Scope::Tag,
            "lang" | "country" | "topic" => return self.predicate(name, offset),
            _ => {
                let hint = match closest(name, FIELDS.iter().copied()) {
                    Some(field) => format!("did you mean {field}:"),
                    None => format!("fields are {}; put the word in quotation marks if no field is meant", FIELDS.join(", ")),
                };
                return self.fail(offset, &format!("there is no field {name}:"), Some(&hint));
            }
        };
        if scope != Scope::Anywhere {
            return self.fail(offset, "a field stands inside another field", Some("a word can be in one field only: use AND outside"));
        }
        let node = self.unit(inner)?;
        Some(Node::In(inner, Box::new(node)))
    }

    /// `lang:`, `country:` and `topic:` ask about the story's labels; brackets with OR work as elsewhere.
    fn predicate(&mut self, name: &str, field_offset: usize) -> Option<Node<'q>> {
        let offset = self.offset();
        match self.peek() {
            Some(What::Open) => {
                self.at += 1;
                let mut parts = vec![self.predicate(name, field_offset)?];
                while matches!(self.peek(), Some(What::Or)) {
                    self.at += 1;
                    parts.push(self.predicate(name, field_offset)?);
                }
                if !matches!(self.peek(), Some(What::Close)) {
                    return self.fail(self.offset(), "inside these brackets only OR may stand", Some("close them before anything else"));
                }
                self.at += 1;
                Some(Node::Or(parts))
            }
            Some(What::Word(value) | What::Phrase(value)) => {
                self.at += 1;
                let node = match name {
                    "lang" => Language::parse(value).map(Node::Language),
                    "country" => CountryCode::parse(value).map(Node::Country),
                    _ => {
                        Some(Node::Topic((*value).to_owned())).filter(|_| value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
                    }
                };
                match node {
                    Some(node) => Some(node),
                    None => {
                        self.fail(offset, &format!("{value:?} is no value of {name}:"), Some("write lang:ru, country:KZ or topic:arrest_detention"))
                    }
                }
            }
            _ => self.fail(field_offset, &format!("{name}: needs a value"), None),
        }
    }

    fn group(&mut self, name: &'q str, offset: usize) -> Option<Node<'q>> {
        if self.groups.contains(&name) {
            return Some(Node::Group { name, offset });
        }
        let hint = match closest(name, self.groups.iter().copied().chain(["persons"])) {
            Some(group) => format!("did you mean ${group}"),
            None => "define it under [terms]".to_owned(),
        };
        self.fail(offset, &format!("there is no group ${name}"), Some(&hint))
    }

    fn marked(&mut self, mark: &str, offset: usize) -> Option<Node<'q>> {
        let mode = match mark {
            "=" => Mode::Exact,
            "==" => Mode::Cased,
            _ => Mode::Inflected,
        };
        let adjacent = self.at > 0 && self.pieces.get(self.at - 1).is_some_and(|piece| piece.end == self.offset());
        match self.peek() {
            Some(What::Word(text)) if adjacent => {
                self.at += 1;
                self.term(text, false, mode, offset)
            }
            Some(What::Phrase(text)) if adjacent => {
                self.at += 1;
                self.term(text, true, mode, offset)
            }
            _ => self.fail(offset, &format!("{mark} must stand directly before a word or phrase"), None),
        }
    }

    fn term(&mut self, text: &'q str, quoted: bool, mode: Mode, offset: usize) -> Option<Node<'q>> {
        let term = Term { text, mode, quoted, written: text };
        if term.is_starred() {
            self.check_stars(term, offset)?;
        }
        if term.words().next().is_none() {
            return self.fail(offset, &format!("{text:?} has no letter or digit to look for"), None);
        }
        let end = self.at.checked_sub(1).and_then(|last| self.pieces.get(last)).map_or(self.query.text.len(), |piece| piece.end);
        let written = self.query.text.get(offset..end).unwrap_or(text);
        Some(Node::Term(Term { written, ..term }))
    }

    fn check_stars(&mut self, term: Term<'_>, offset: usize) -> Option<()> {
        for raw in term.text.split_whitespace() {
            let word = raw.strip_suffix('*').unwrap_or(raw);
            if word.starts_with('*') || word.is_empty() {
                return self.fail(offset, "a word cannot begin with a star", Some("a star stands for the end of a word: arrest*"));
            }
            if word.contains('*') {
                return self.fail(offset, "a star can only end a word", Some("write the words that you mean with OR between them"));
            }
        }
        for word in term.words().filter(|word| word.prefix && !long_enough(word.text)) {
            let message = format!("{}* is too short: a star needs {} letters before it", word.text, limits::PREFIX_LETTERS);
            return self.fail(offset, &message, Some("write a longer beginning, or the words themselves"));
        }
        Some(())
    }
}

/// Whether a word is an operator but for its capitals, or in another language.
fn looks_like_operator(word: &str) -> bool {
    let name = word.split('/').next().unwrap_or_default();
    ["and", "or", "not", "near", "onear"].iter().any(|operator| name.eq_ignore_ascii_case(operator))
        || matches!(word, "und" | "oder" | "et" | "ou" | "y" | "e" | "и" | "или" | "і" | "або" | "ve" | "veya" | "&&" | "||" | "&" | "|")
}

fn long_enough(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
    let dense = word.chars().any(|c| matches!(script_of(c), Script::Ideographic | Script::Hangul | Script::Unspaced));
    letters >= if dense { limits::PREFIX_IDEOGRAPHS } else { limits::PREFIX_LETTERS }
}

/// The nearest of some names, if any is near enough to be a slip.
fn closest<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name)
}
