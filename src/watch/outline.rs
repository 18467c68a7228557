//! A query in words, for people: what `presswatch watchlists explain` prints.

use crate::config::{Watchlist, Watchlists};
use crate::model::Problem;
use crate::watch::query::{Groups, Mode, Node, Scope, Term, expand, parse};

/// What a list's query asks for, one line a condition, indented by two spaces a level. `$groups` are expanded; names of persons never
/// appear.
///
/// # Errors
/// The faults of the query and of the groups.
pub fn outline(watchlists: &Watchlists, list: &Watchlist) -> Result<Vec<String>, Vec<Problem>> {
    let groups = Groups::new(&watchlists.terms, &mut Vec::new())?;
    let parsed = parse(&list.query, groups.names())?;
    let mut node = parsed.node;
    expand(&mut node, &groups, &list.query).map_err(|problem| vec![problem])?;
    let mut lines = Vec::new();
    Writer { lines: &mut lines, morphology: list.morphology, persons: list.persons.len() }.write(&node, Scope::Anywhere, 0);
    Ok(lines)
}

struct Writer<'a> {
    lines: &'a mut Vec<String>,
    morphology: bool,
    persons: usize,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.lines.push(format!("{}{text}", "  ".repeat(depth)));
    }

    fn all(&mut self, head: &str, parts: &[&Node<'_>], scope: Scope, depth: usize) {
        self.line(depth, head);
        for part in parts {
            self.write(part, scope, depth + 1);
        }
    }

    fn write(&mut self, node: &Node<'_>, scope: Scope, depth: usize) {
        match node {
            Node::And(parts) => self.all("all of", &parts.iter().collect::<Vec<_>>(), scope, depth),
            Node::Or(parts) => self.all("any of", &parts.iter().collect::<Vec<_>>(), scope, depth),
            Node::Without(kept, dropped) => {
                self.write(kept, scope, depth);
                self.all("but not", &[dropped], scope, depth);
            }
            Node::Near(near) => {
                let order = if near.ordered { ", in this order" } else { "" };
                self.all(&format!("at most {} words between{order}", near.between), &[&near.left, &near.right], scope, depth);
            }
            Node::In(inner, node) => self.write(node, *inner, depth),
            Node::Term(term) => self.line(depth, &format!("{}{}", self.term(term), place(scope))),
            Node::Persons => self.line(depth, &format!("any of the list's persons ({})", self.persons)),
            Node::Language(language) => self.line(depth, &format!("the story is in {language}")),
            Node::Country(code) => self.line(depth, &format!("the story is about {code}")),
            Node::Topic(topic) => self.line(depth, &format!("the story has the topic {topic}")),
            Node::Group { name, .. } => self.line(depth, &format!("${name}")),
        }
    }

    fn term(&self, term: &Term<'_>) -> String {
        let starred = term.words().any(|word| word.prefix);
        let inflected = term.mode == Mode::Inflected || (term.mode == Mode::Plain && !term.quoted && self.morphology && !starred);
        let kind = if term.words().nth(1).is_some() { "phrase" } else { "word" };
        let words: Vec<String> = term.words().map(|word| format!("{}{}", word.text, if word.prefix { "…" } else { "" })).collect();
        let note = match term.mode {
            _ if inflected => " and its forms",
            Mode::Cased => " in this case of letters",
            _ => "",
        };
        format!("{kind} {}{note}", words.join(" "))
    }
}

fn place(scope: Scope) -> &'static str {
    match scope {
        Scope::Anywhere => "",
        Scope::Title => " in the title",
        Scope::Lead => " in the first paragraph",
        Scope::Body => " in the text",
        Scope::Url => " in the address",
        Scope::Source => " in the source's name",
        Scope::Author => " among the authors",
        Scope::Tag => " among the tags",
    }
}
