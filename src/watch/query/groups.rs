//! `$name` groups: parsed once, expanded where they are used.

use std::collections::BTreeMap;

use crate::config::QueryText;
use crate::model::Problem;
use crate::watch::query::lexer::problem;
use crate::watch::query::{Node, limits, parse};

/// All groups, parsed and free of cycles.
#[derive(Debug, Default)]
pub struct Groups<'q> {
    nodes: BTreeMap<&'q str, Node<'q>>,
    names: Vec<&'q str>,
}

impl<'q> Groups<'q> {
    /// Parses every group. Faults in several groups are reported together.
    pub fn new(terms: &'q [(String, QueryText)], warnings: &mut Vec<Problem>) -> Result<Self, Vec<Problem>> {
        let names: Vec<&'q str> = terms.iter().map(|(name, _)| name.as_str()).collect();
        let mut nodes = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, query) in terms {
            match parse(query, &names) {
                Ok(parsed) => {
                    warnings.extend(parsed.warnings.into_iter().map(|warning| in_group(warning, name)));
                    if nodes.insert(name.as_str(), parsed.node).is_some() {
                        problems.push(in_group(problem(query, 0, "the group is defined twice", Some("give one of them another name")), name));
                    }
                }
                Err(found) => problems.extend(found.into_iter().map(|problem| in_group(problem, name))),
            }
        }
        for (name, query) in terms {
            if let Some(path) = cycle_from(name, &nodes) {
                let message = format!("the group uses itself: {}", path.join(" -> "));
                problems.push(in_group(problem(query, 0, &message, Some("take one of these out")), name));
            }
        }
        if problems.is_empty() { Ok(Self { nodes, names }) } else { Err(problems) }
    }

    /// The names that a query may use.
    pub fn names(&self) -> &[&'q str] {
        &self.names
    }
}

fn in_group(mut problem: Problem, name: &str) -> Problem {
    problem.key = format!("terms.{name}");
    problem
}

fn uses<'q>(node: &Node<'q>, out: &mut Vec<&'q str>) {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| uses(part, out)),
        Node::Without(one, other) => [one, other].into_iter().for_each(|part| uses(part, out)),
        Node::Near(near) => [&near.left, &near.right].into_iter().for_each(|part| uses(part, out)),
        Node::In(_, inner) => uses(inner, out),
        Node::Group { name, .. } => out.push(name),
        Node::Persons | Node::Term(_) | Node::Language(_) | Node::Country(_) | Node::Topic(_) => {}
    }
}

/// The way from a group back to itself.
fn cycle_from(start: &str, nodes: &BTreeMap<&str, Node<'_>>) -> Option<Vec<String>> {
    let mut stack = vec![vec![start.to_owned()]];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(path) = stack.pop() {
        let mut used = Vec::new();
        if let Some(node) = path.last().and_then(|last| nodes.get(last.as_str())) {
            uses(node, &mut used);
        }
        for name in used {
            let mut longer = path.clone();
            longer.push(name.to_owned());
            if name == start {
                return Some(longer);
            }
            if seen.insert(name.to_owned()) {
                stack.push(longer);
            }
        }
    }
    None
}

/// Puts the groups in, and checks what the whole may cost and whether NEAR has places to work with.
pub fn expand<'q>(node: &mut Node<'q>, groups: &Groups<'q>, query: &QueryText) -> Result<(), Problem> {
    let mut budget = Budget { leaves: 0, prefixes: 0 };
    budget.expand(node, groups, query, false)?;
    if budget.prefixes > limits::PREFIXES {
        let message = format!("the query has {} starred words with its groups, {} are allowed", budget.prefixes, limits::PREFIXES);
        return Err(problem(query, 0, &message, Some("ordinary words find their inflected forms without a star")));
    }
    Ok(())
}

struct Budget {
    leaves: usize,
    prefixes: usize,
}

impl Budget {
    fn expand<'q>(&mut self, node: &mut Node<'q>, groups: &Groups<'q>, query: &QueryText, in_near: bool) -> Result<(), Problem> {
        match node {
            Node::And(_) | Node::Without(..) | Node::Language(_) | Node::Country(_) | Node::Topic(_) if in_near => Err(problem(
                query,
                0,
                "a group with AND, NOT or a label stands inside NEAR",
                Some("a group inside NEAR may hold words, phrases and OR"),
            )),
            Node::And(parts) | Node::Or(parts) => parts.iter_mut().try_for_each(|part| self.expand(part, groups, query, in_near)),
            Node::Without(kept, dropped) => {
                self.expand(kept, groups, query, in_near)?;
                self.expand(dropped, groups, query, in_near)
            }
            Node::Near(near) => {
                self.expand(&mut near.left, groups, query, true)?;
                self.expand(&mut near.right, groups, query, true)
            }
            Node::In(_, inner) => self.expand(inner, groups, query, in_near),
            Node::Group { name, offset } => match groups.nodes.get(name) {
                Some(inner) => {
                    *node = inner.clone();
                    self.expand(node, groups, query, in_near)
                }
                None => Err(problem(query, *offset, &format!("there is no group ${name}"), Some("define it under [terms]"))),
            },
            Node::Term(term) => {
                self.leaves += 1;
                if term.is_starred() {
                    self.prefixes += term.words().filter(|word| word.prefix).count();
                }
                if self.leaves > limits::LEAVES {
                    let message = format!("the query has more than {} words and phrases with its groups", limits::LEAVES);
                    return Err(problem(query, 0, &message, Some("split the list in two")));
                }
                Ok(())
            }
            Node::Persons | Node::Language(_) | Node::Country(_) | Node::Topic(_) => Ok(()),
        }
    }
}
