//! From a query's tree to code.

use crate::watch::code::QueryId;
use crate::watch::compile::Compiler;
use crate::watch::evaluate::Label;
use crate::watch::person::{Person, Persons};
use crate::watch::query::{Node, Scope};

impl Compiler<'_> {
    /// Writes a query whose groups were expanded. `persons` are those of the list, for the one place where they are asked for.
    pub(super) fn write(&mut self, node: &Node<'_>, persons: &mut Option<Vec<Person>>) -> QueryId {
        let begin = self.shared.out.tables.code.next();
        self.node(node, Scope::Anywhere, persons);
        begin
    }

    fn node(&mut self, node: &Node<'_>, scope: Scope, persons: &mut Option<Vec<Person>>) {
        match node {
            Node::And(parts) => {
                let at = self.shared.out.tables.code.open_and();
                parts.iter().for_each(|part| self.part_of_and(part, scope, persons));
                self.shared.out.tables.code.close(at);
            }
            Node::Or(parts) => {
                let at = self.shared.out.tables.code.open_or();
                parts.iter().for_each(|part| self.part_of_or(part, scope, persons));
                self.shared.out.tables.code.close(at);
            }
            Node::Without(kept, dropped) => {
                let at = self.shared.out.tables.code.open_without();
                self.node(kept, scope, persons);
                self.node(dropped, scope, persons);
                self.shared.out.tables.code.close(at);
            }
            Node::Near(near) => {
                let at = self.shared.out.tables.code.open_near(near.between, near.ordered);
                self.node(&near.left, scope, persons);
                self.node(&near.right, scope, persons);
                self.shared.out.tables.code.close(at);
            }
            Node::In(inner, node) => self.node(node, *inner, persons),
            Node::Term(term) => self.term(*term, scope),
            Node::Persons => {
                let all = &mut self.shared.out.tables.persons;
                let number = u32::try_from(all.len()).unwrap_or(u32::MAX);
                all.push(Persons::new(persons.take().unwrap_or_default()));
                self.shared.out.tables.code.persons(number);
            }
            Node::Language(language) => self.label(Label::Language(language.clone())),
            Node::Country(code) => self.label(Label::Country(*code)),
            Node::Topic(topic) => self.label(Label::Topic(topic.as_str().into())),
            // Groups were expanded; an unknown one was an error.
            Node::Group { .. } => {
                let at = self.shared.out.tables.code.open_or();
                self.shared.out.tables.code.close(at);
            }
        }
    }

    /// Brackets inside brackets of the same sort become one.
    fn part_of_and(&mut self, node: &Node<'_>, scope: Scope, persons: &mut Option<Vec<Person>>) {
        match node {
            Node::And(parts) => parts.iter().for_each(|part| self.part_of_and(part, scope, persons)),
            Node::In(inner, node) => self.part_of_and(node, *inner, persons),
            _ => self.node(node, scope, persons),
        }
    }

    fn part_of_or(&mut self, node: &Node<'_>, scope: Scope, persons: &mut Option<Vec<Person>>) {
        match node {
            Node::Or(parts) => parts.iter().for_each(|part| self.part_of_or(part, scope, persons)),
            Node::In(inner, node) => self.part_of_or(node, *inner, persons),
            _ => self.node(node, scope, persons),
        }
    }

    fn label(&mut self, label: Label) {
        let number = self.shared.label(label);
        self.shared.out.tables.code.label(number);
    }
}
