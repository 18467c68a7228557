//! What can be read but is surely not meant: warnings, each in its place. They never repeat a word of the query, which may name a person.

use crate::config::QueryText;
use crate::model::Problem;
use crate::text::{Script, script_of};
use crate::watch::query::lexer::warning;
use crate::watch::query::{Near, Node, Scope, Term};

/// Looks a parsed query through, before its groups are put in: they are looked through where they stand.
pub fn doubts(node: &Node<'_>, query: &QueryText, out: &mut Vec<Problem>) {
    Doubter { query, out }.node(node, Scope::Anywhere);
}

struct Doubter<'a> {
    query: &'a QueryText,
    out: &'a mut Vec<Problem>,
}

/// A term with the part of a story that it looks at.
type Leaf<'n> = (Scope, Term<'n>);

impl Doubter<'_> {
    fn warn(&mut self, at: &str, message: &str, hint: &str) {
        // The term is a piece of the query's text.
        let offset = (at.as_ptr() as usize).saturating_sub(self.query.text.as_ptr() as usize);
        self.out.push(warning(self.query, offset, message, Some(hint)));
    }

    fn node(&mut self, node: &Node<'_>, scope: Scope) {
        match node {
            Node::And(parts) => {
                self.twice(parts, scope, "this stands twice among what must hold");
                parts.iter().for_each(|part| self.node(part, scope));
            }
            Node::Or(parts) => {
                self.twice(parts, scope, "this stands twice among the alternatives");
                parts.iter().for_each(|part| self.node(part, scope));
            }
            Node::Without(kept, dropped) => {
                self.asked_and_excluded(kept, dropped, scope);
                self.node(kept, scope);
                self.node(dropped, scope);
            }
            Node::Near(near) => {
                self.near(near);
                self.node(&near.left, scope);
                self.node(&near.right, scope);
            }
            Node::In(inner, node) => self.node(node, *inner),
            Node::Term(term) => self.term(*term),
            Node::Group { .. } | Node::Persons | Node::Language(_) | Node::Country(_) | Node::Topic(_) => {}
        }
    }

    fn twice(&mut self, parts: &[Node<'_>], scope: Scope, message: &str) {
        for (at, part) in parts.iter().enumerate() {
            let Some((of, term)) = leaf(part, scope) else { continue };
            let before = parts.get(..at).unwrap_or_default().iter();
            if before.filter_map(|part| leaf(part, scope)).any(|(other_of, other)| of == other_of && is_same(term, other)) {
                self.warn(term.written, message, "take one out, or write what was meant in its place");
            }
        }
    }

    /// `a NOT a`, `(a OR b) NOT (a OR c)`: what is excluded is never found.
    fn asked_and_excluded(&mut self, kept: &Node<'_>, dropped: &Node<'_>, scope: Scope) {
        let (mut excluded, mut asked) = (Vec::new(), Vec::new());
        alternatives(dropped, scope, &mut excluded);
        leaves(kept, scope, &mut asked);
        for (of, term) in &excluded {
            // What is excluded from the whole story is excluded from its headline.
            let covers = |asked: Scope| asked == *of || (*of == Scope::Anywhere && matches!(asked, Scope::Title | Scope::Lead | Scope::Body));
            if asked.iter().any(|(asked, other)| covers(*asked) && is_same(*term, *other)) {
                self.warn(term.written, "this is asked for before NOT and excluded after it", "take it out on one side");
            }
        }
    }

    fn near(&mut self, near: &Near<'_>) {
        let (Node::Term(left), Node::Term(right)) = (&*near.left, &*near.right) else { return };
        if is_same(*left, *right) {
            self.warn(right.written, "this is looked for near itself", "write what must stand near it");
        } else if near.between == 0 {
            self.warn(right.written, "with NEAR/0 no word may stand between the two", "write NEAR/4, or a phrase in quotation marks");
        }
    }

    fn term(&mut self, term: Term<'_>) {
        let text = term.text;
        if term.quoted {
            let is_operator = |word: &str| {
                let name = word.split('/').next().unwrap_or_default();
                matches!(word, "AND" | "OR" | "NOT") || (matches!(name, "NEAR" | "ONEAR") && word.len() > name.len())
            };
            // Capitals alone are a headline.
            if text.chars().any(char::is_lowercase) && text.split_whitespace().any(is_operator) {
                let hint = "close the quotation marks before the operator and open them again after it";
                self.warn(term.written, "an operator stands inside quotation marks and is looked for as a word", hint);
            }
        } else {
            if let Some(hint) = foreign_operator(text) {
                self.warn(term.written, "a sign of another query language does nothing here", hint);
            }
            if matches!(text, "and" | "or" | "not" | "near") {
                self.warn(term.written, "this is looked for as a word", "operators are upper case: AND, OR, NOT, NEAR/n");
            }
        }
        if mixes_scripts(text) {
            let hint = "write the whole word in one alphabet: some letters only look alike (Latin c and Cyrillic с)";
            self.warn(term.written, "a word mixes letters of two alphabets: nobody writes it so", hint);
        }
    }
}

/// What a sign that other query languages know would be here.
fn foreign_operator(text: &str) -> Option<&'static str> {
    let inside =
        |sign: char| text.split_once(sign).is_some_and(|(one, other)| ends(one, char::is_alphanumeric) && begins(other, char::is_alphanumeric));
    let after = |sign: char| text.strip_prefix(sign).is_some_and(|rest| begins(rest, char::is_alphanumeric));
    match () {
        () if after('-') || after('!') => Some("write NOT before a word to exclude it"),
        () if after('+') => Some("write AND between what must be there"),
        () if inside('|') => Some("write OR between the alternatives"),
        () if inside('?') => Some("a star ends a word; nothing stands for a letter inside one"),
        () if inside('：') => Some("a field has an ordinary colon: title:word"),
        () => None,
    }
}

fn ends(text: &str, test: impl Fn(char) -> bool) -> bool {
    text.chars().next_back().is_some_and(test)
}

fn begins(text: &str, test: impl Fn(char) -> bool) -> bool {
    text.chars().next().is_some_and(test)
}

/// Whether Latin letters stand directly beside Cyrillic or Greek ones.
fn mixes_scripts(text: &str) -> bool {
    if text.is_ascii() || !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let mut former = Script::Other;
    text.chars().any(|c| {
        let script = script_of(c);
        let pair = (std::mem::replace(&mut former, script), script);
        matches!(pair, (Script::Latin, Script::Cyrillic | Script::Greek) | (Script::Cyrillic | Script::Greek, Script::Latin))
    })
}

fn is_same(one: Term<'_>, other: Term<'_>) -> bool {
    one.text == other.text && one.mode == other.mode && one.quoted == other.quoted
}

fn leaf<'n>(node: &Node<'n>, scope: Scope) -> Option<Leaf<'n>> {
    match node {
        Node::Term(term) => Some((scope, *term)),
        Node::In(inner, node) => leaf(node, *inner),
        _ => None,
    }
}

/// The terms any of which is enough.
fn alternatives<'n>(node: &Node<'n>, scope: Scope, out: &mut Vec<Leaf<'n>>) {
    match node {
        Node::Or(parts) => parts.iter().for_each(|part| alternatives(part, scope, out)),
        Node::In(inner, node) => alternatives(node, *inner, out),
        _ => out.extend(leaf(node, scope)),
    }
}

/// Every term that is asked for.
fn leaves<'n>(node: &Node<'n>, scope: Scope, out: &mut Vec<Leaf<'n>>) {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| leaves(part, scope, out)),
        Node::Without(kept, _) => leaves(kept, scope, out),
        Node::Near(near) => [&near.left, &near.right].into_iter().for_each(|part| leaves(part, scope, out)),
        Node::In(inner, node) => leaves(node, *inner, out),
        _ => out.extend(leaf(node, scope)),
    }
}
