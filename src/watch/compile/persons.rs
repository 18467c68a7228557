//! The persons of a list.

use crate::config::{Person as PersonConfig, QueryText};
use crate::model::{Problem, Severity};
use crate::watch::code::QueryId;
use crate::watch::compile::names::SPELLINGS;
use crate::watch::compile::tree::has_places_only;
use crate::watch::compile::{Compiler, fault};
use crate::watch::person::{NameShape, Person};

impl Compiler<'_> {
    /// A query whose places are needed, beside a person.
    fn places(&mut self, query: &QueryText, key: &str) -> Result<QueryId, Vec<Problem>> {
        let node = self.query(query, key)?;
        if !has_places_only(&node) {
            let message = "only words, phrases, OR and NEAR can be near a name".to_owned();
            return Err(vec![fault(self.list, Severity::Error, key, message, "move AND, NOT and labels to the list's query")]);
        }
        Ok(self.write(&node, &mut None))
    }

    pub(super) fn person(&mut self, person: &PersonConfig, number: usize) -> Result<Person, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut names = Vec::new();
        (self.spellings, self.left_out) = (0, false);
        for name in person.names.iter().chain(&person.aliases) {
            let rules = self.name(name, person.variants);
            if rules.is_empty() {
                problems.push(fault(
                    self.list,
                    Severity::Error,
                    &format!("person[{number}].names"),
                    format!("a name of {} has no letter", person.reference),
                    "write it in any script",
                ));
            }
            let single = rules.first().is_some_and(
                |rule| matches!(&rule.shape, NameShape::Whole(all) if rule.script.has_case() && all.iter().all(|slots| slots.len() == 1)),
            );
            if single && !person.context_required {
                let message = format!("a name of {} is one word: it finds everybody of that name", person.reference);
                let hint = "add context = { any = \"...\", near = 12, required = true }";
                self.warnings.push(fault(self.list, Severity::Warning, &format!("person[{number}].names"), message, hint));
            }
            names.extend(rules);
        }
        if self.left_out {
            let message = format!(
                "the names of {} have more than {SPELLINGS} spellings: the last ones are looked for in their own script only",
                person.reference
            );
            let hint = "take out aliases that presswatch finds by itself: inflected forms, transliterations, initials";
            self.warnings.push(fault(self.list, Severity::Warning, &format!("person[{number}].names"), message, hint));
        }
        let surname_alone = person.surname_alone.as_ref().map(|alone| (alone.require_near.clone(), alone.within));
        let mut sub = |query: Option<(QueryText, usize)>, key: &str| {
            let (query, within) = query?;
            match self.places(&query, &format!("person[{number}].{key}")) {
                Ok(rule) => Some((rule, within)),
                Err(found) => {
                    problems.extend(found);
                    None
                }
            }
        };
        let surname_alone = sub(surname_alone, "surname_alone.require_near");
        let context = sub(person.context.clone(), "context.any");
        if problems.is_empty() {
            Ok(Person { reference: person.reference.clone(), names, surname_alone, context, context_required: person.context_required })
        } else {
            Err(problems)
        }
    }
}
