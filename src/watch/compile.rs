//! From configured lists to a set that stories are held against.

pub(super) mod names;
mod terms;
mod tree;

use crate::config::{Person as PersonConfig, QueryText, WatchFold, Watchlist, Watchlists};
use crate::model::{Evidence, Match, Problem, Severity, WatchlistId};
use crate::watch::compile::tree::{count_persons, has_places_only};
use crate::watch::evaluate::{Found, Look, Near, Reason, Rule};
use crate::watch::filter::Filter;
use crate::watch::forms::language_bit;
use crate::watch::hash::EdgeMap;
use crate::watch::index::Index;
use crate::watch::person::{NameShape, Person, Persons};
use crate::watch::query::{Groups, Node, Scope, expand, parse};
use crate::watch::rows::{Leaf, Terms};
use crate::watch::score;
use crate::watch::story::{Document, Story};

/// All enabled lists, compiled. Cheap to share, never changed: a reload makes another.
#[derive(Debug, Default)]
pub struct WatchlistSet {
    lists: Vec<Compiled>,
    /// What lists ask for beside their queries; many ask for the same.
    filters: Vec<Filter>,
    index: Index,
    terms: Terms,
    /// The lists that wait for a word, by word, and where each word's begin; one more at the end.
    waiting: Vec<u32>,
    waiting_from: Vec<u32>,
    /// Lists that wait for no word (`lang:uk`).
    always: Vec<u32>,
}

#[derive(Debug)]
struct Compiled {
    id: WatchlistId,
    restricted: bool,
    /// The number of its filter; [`NO_FILTER`] where every story passes.
    filter: u32,
    rule: Rule,
}

const NO_FILTER: u32 = u32::MAX;

/// Most places that a match keeps: enough to explain it, bounded for a story that says one word a thousand times.
const EVIDENCE: usize = 40;

impl WatchlistSet {
    /// Compiles every enabled list. The faults of all queries and groups are reported together; disabled lists are checked and left out.
    ///
    /// # Errors
    /// Any fault of any query: a set is whole or it is not there.
    pub fn compile(watchlists: &Watchlists) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let mut warnings = Vec::new();
        let mut problems = Vec::new();
        let groups = Groups::new(&watchlists.terms, &mut warnings).unwrap_or_else(|found| {
            problems.extend(found);
            Groups::default()
        });
        if !problems.is_empty() {
            // Queries that use a broken group would only repeat its fault; their own are still worth showing.
            let names: Vec<&str> = watchlists.terms.iter().map(|(name, _)| name.as_str()).collect();
            for list in &watchlists.lists {
                problems.extend(parse(&list.query, &names).err().into_iter().flatten().map(|problem| in_list(problem, list, "query")));
            }
            return Err(problems);
        }
        let mut shared = Shared::default();
        let mut lists = Vec::new();
        for list in &watchlists.lists {
            match Compiler::new(&mut shared, &groups, list, &mut warnings).list() {
                Ok(rule) if list.enabled => {
                    let filter = Filter::new(list).map_or(NO_FILTER, |filter| shared.filter(list, filter));
                    lists.push(Compiled { id: list.id.clone(), restricted: list.restricted, filter, rule });
                }
                Ok(_) => {}
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        lists.shrink_to_fit();
        let Shared { index, terms, filters, .. } = shared;
        let mut set = Self { lists, filters, index, terms, ..Self::default() };
        set.wait();
        Ok((set, warnings))
    }

    /// How many lists stories are held against.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Finds the rarest words of each list and lets it wait for them.
    fn wait(&mut self) {
        self.index.seal();
        self.terms.seal();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (number, list) in (0_u32..).zip(&mut self.lists) {
            list.rule.arrange(&self.terms, &self.index);
            match list.rule.triggers(&self.terms, &self.index) {
                None => self.always.push(number),
                Some((_, slots)) => pairs.extend(slots.into_iter().map(|slot| (slot.0, number))),
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        self.waiting = Vec::with_capacity(pairs.len());
        self.waiting_from = Vec::with_capacity(self.index.len() + 1);
        for (slot, number) in pairs {
            while self.waiting_from.len() <= slot as usize {
                self.waiting_from.push(u32::try_from(self.waiting.len()).unwrap_or(u32::MAX));
            }
            self.waiting.push(number);
        }
        self.waiting_from.resize(self.index.len() + 1, u32::try_from(self.waiting.len()).unwrap_or(u32::MAX));
    }

    /// The ids of the lists, in the order of configuration.
    pub fn list_ids(&self) -> impl Iterator<Item = &WatchlistId> {
        self.lists.iter().map(|list| &list.id)
    }

    fn waiting_for(&self, slot: usize) -> &[u32] {
        match self.waiting_from.get(slot..slot + 2) {
            Some(&[from, to]) => self.waiting.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The lists that a story meets, in the order of configuration.
    pub fn matches(&self, document: &Document<'_>) -> Vec<Match> {
        let story = Story::read(document, &self.index);
        let look = Look { story: &story, terms: &self.terms };
        self.met(document, look).into_iter().map(|list| list.explain(look)).collect()
    }

    /// The ids of the lists that a story meets, without evidence: what a preview of many stories needs.
    pub fn ids(&self, document: &Document<'_>) -> Vec<&WatchlistId> {
        let story = Story::read(document, &self.index);
        self.met(document, Look { story: &story, terms: &self.terms }).into_iter().map(|list| &list.id).collect()
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Every list with its rule, and whether what it asks for beside its query lets a story pass.
    pub(super) fn each_rule(&self, document: &Document<'_>) -> impl Iterator<Item = (&WatchlistId, &Rule, bool)> {
        self.lists.iter().map(move |list| {
            let passes = self.filters.get(list.filter as usize).is_none_or(|filter| filter.passes(document));
            (&list.id, &list.rule, passes)
        })
    }

    fn met(&self, document: &Document<'_>, look: Look<'_>) -> Vec<&Compiled> {
        let mut candidates: Vec<u32> = self.always.clone();
        for slot in look.story.slots() {
            candidates.extend(self.waiting_for(slot.0 as usize));
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut passed: Vec<Option<bool>> = vec![None; self.filters.len()];
        let mut passes = |number: u32| match (passed.get_mut(number as usize), self.filters.get(number as usize)) {
            (Some(known), Some(filter)) => *known.get_or_insert_with(|| filter.passes(document)),
            _ => true,
        };
        candidates
            .into_iter()
            .filter_map(|number| self.lists.get(number as usize))
            .filter(|list| passes(list.filter) && list.rule.holds(look))
            .collect()
    }
}

impl Compiled {
    fn explain(&self, look: Look<'_>) -> Match {
        let mut found: Vec<Found> = Vec::new();
        self.rule.explain(look, &mut found);
        let best = found.iter().map(|place| place.weight * score::of_place(look.story, place.span)).fold(0.0_f32, f32::max);
        found.sort_by_key(|place| place.span);
        found.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
        let evidence: Vec<Evidence> =
            found.iter().filter_map(|place| look.story.evidence(place.span, &self.reason(&place.rule, look.terms))).take(EVIDENCE).collect();
        Match { watchlist: self.id.clone(), score: if evidence.is_empty() { score::LABELS_ONLY } else { best.clamp(0.0, 1.0) }, evidence }
    }

    /// Why a place was found, for people. A restricted list does not say its terms.
    fn reason(&self, reason: &Reason, terms: &Terms) -> String {
        match reason {
            Reason::Person(rule) => rule.clone(),
            Reason::Term(_) if self.restricted => "term".to_owned(),
            Reason::Term(leaf) => format!("term {}", terms.written(*leaf)),
        }
    }
}

/// Says which list a fault is in.
fn in_list(mut problem: Problem, list: &Watchlist, key: &str) -> Problem {
    problem.key = format!("watchlist {}.{key}", list.id);
    problem
}

fn fault(list: &Watchlist, severity: Severity, key: &str, message: String, hint: &str) -> Problem {
    let QueryText { file, line, .. } = &list.query;
    Problem {
        file: file.clone(),
        line: *line,
        column: 0,
        severity,
        key: format!("watchlist {}.{key}", list.id),
        message,
        hint: Some(hint.to_owned()),
    }
}

/// What the lists of a set have in common while they are compiled.
#[derive(Debug, Default)]
struct Shared {
    index: Index,
    terms: Terms,
    leaves: EdgeMap<u64, Leaf>,
    /// The ways in which lists look at words; the number is part of a term's key.
    settings: Vec<(WatchFold, bool, Option<u64>)>,
    filters: Vec<Filter>,
    filter_ids: EdgeMap<u64, u32>,
}

impl Shared {
    /// The number of a filter that lists share.
    fn filter(&mut self, list: &Watchlist, filter: Filter) -> u32 {
        let of_countries = (&list.countries_about, list.country_min_score.to_bits());
        let key = Index::key(&(&list.languages, list.strict_language, of_countries, &list.topics, &list.sources_include, &list.sources_exclude));
        if let Some(known) = self.filter_ids.get(&key).filter(|known| self.filters.get(**known as usize) == Some(&filter)) {
            return *known;
        }
        let number = u32::try_from(self.filters.len()).unwrap_or(NO_FILTER);
        self.filters.push(filter);
        self.filter_ids.insert(key, number);
        number
    }
}

/// Compiles one list.
struct Compiler<'a> {
    shared: &'a mut Shared,
    groups: &'a Groups<'a>,
    list: &'a Watchlist,
    warnings: &'a mut Vec<Problem>,
    /// The languages whose rules the list can need; all when it names none.
    languages: Option<u64>,
    settings: usize,
}

impl<'a> Compiler<'a> {
    fn new(shared: &'a mut Shared, groups: &'a Groups<'a>, list: &'a Watchlist, warnings: &'a mut Vec<Problem>) -> Self {
        let bits: u64 = list.languages.iter().filter_map(language_bit).fold(0, |all, bit| all | bit);
        let languages = (!list.languages.is_empty()).then_some(bits);
        let wanted = (list.fold, list.morphology, languages);
        let settings = shared.settings.iter().position(|known| *known == wanted).unwrap_or_else(|| {
            shared.settings.push(wanted);
            shared.settings.len() - 1
        });
        Self { shared, groups, list, warnings, languages, settings }
    }

    fn list(&mut self) -> Result<Rule, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut persons = Vec::new();
        for (number, person) in self.list.persons.iter().enumerate() {
            match self.person(person, number) {
                Ok(person) => persons.push(person),
                Err(found) => problems.extend(found),
            }
        }
        let mut persons = Some(persons);
        let rule = match self.query(&self.list.query, "query") {
            Ok(node) => {
                let mentions = count_persons(&node);
                if mentions == 0 && !self.list.persons.is_empty() {
                    self.warnings.push(fault(
                        self.list,
                        Severity::Warning,
                        "query",
                        "the list has persons but its query does not use them".to_owned(),
                        "write $persons where they belong",
                    ));
                }
                if mentions > 0 && self.list.persons.is_empty() {
                    problems.push(fault(
                        self.list,
                        Severity::Error,
                        "query",
                        "$persons is used but the list has no person".to_owned(),
                        "add [[watchlist.person]] tables below the list",
                    ));
                }
                if mentions > 1 {
                    problems.push(fault(
                        self.list,
                        Severity::Error,
                        "query",
                        "$persons is used more than once".to_owned(),
                        "use brackets so that it stands once",
                    ));
                }
                Some(self.rule(&node, Scope::Anywhere, &mut persons))
            }
            Err(found) => {
                problems.extend(found);
                None
            }
        };
        match rule {
            Some(rule) if problems.is_empty() => Ok(rule),
            _ => Err(problems),
        }
    }

    fn query<'q>(&mut self, query: &'q QueryText, key: &str) -> Result<Node<'q>, Vec<Problem>>
    where
        'a: 'q,
    {
        let parsed = parse(query, self.groups.names())
            .map_err(|found| found.into_iter().map(|problem| in_list(problem, self.list, key)).collect::<Vec<_>>())?;
        self.warnings.extend(parsed.warnings.into_iter().map(|warning| in_list(warning, self.list, key)));
        expand(&parsed.node, self.groups, query).map_err(|problem| vec![in_list(problem, self.list, key)])
    }

    /// A query whose places are needed, beside a person.
    fn places(&mut self, query: &QueryText, key: &str) -> Result<Rule, Vec<Problem>> {
        let node = self.query(query, key)?;
        if !has_places_only(&node) {
            let message = "only words, phrases, OR and NEAR can be near a name".to_owned();
            return Err(vec![fault(self.list, Severity::Error, key, message, "move AND, NOT and labels to the list's query")]);
        }
        Ok(self.rule(&node, Scope::Anywhere, &mut None))
    }

    fn person(&mut self, person: &PersonConfig, number: usize) -> Result<Person, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut names = Vec::new();
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

    fn rule(&mut self, node: &Node<'_>, scope: Scope, persons: &mut Option<Vec<Person>>) -> Rule {
        let mut all = |parts: &[Node<'_>], compiler: &mut Self| parts.iter().map(|part| compiler.rule(part, scope, persons)).collect::<Vec<Rule>>();
        match node {
            Node::And(parts) => Rule::all(all(parts, self)),
            Node::Or(parts) => Rule::any(all(parts, self)),
            Node::Without(kept, dropped) => Rule::Without(Box::new((self.rule(kept, scope, persons), self.rule(dropped, scope, persons)))),
            Node::Near(near) => Rule::Near(Box::new(Near {
                left: self.rule(&near.left, scope, persons),
                right: self.rule(&near.right, scope, persons),
                between: near.between,
                ordered: near.ordered,
            })),
            Node::In(inner, node) => self.rule(node, *inner, persons),
            Node::Term(term) => {
                let leaf = self.leaf(term, scope);
                self.shared.terms.count_use(leaf, &mut self.shared.index);
                Rule::Leaf(leaf)
            }
            Node::Persons => Rule::Persons(Box::new(Persons::new(persons.take().unwrap_or_default()))),
            Node::Language(language) => Rule::Language(Box::new(language.clone())),
            Node::Country(code) => Rule::Country(*code),
            Node::Topic(topic) => Rule::Topic(topic.as_str().into()),
            // Groups were expanded; an unknown one was an error.
            Node::Group { .. } => Rule::Or(Box::default()),
        }
    }

    fn folds_fully(&self) -> bool {
        self.list.fold == WatchFold::Standard
    }
}
