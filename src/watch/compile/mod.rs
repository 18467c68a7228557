//! From configured lists to compiled queries.

mod emit;
pub(super) mod names;
mod persons;
mod terms;
mod tree;

use crate::config::{QueryText, WatchFold, Watchlist, Watchlists};
use crate::model::{Problem, Severity};
use crate::watch::code::QueryId;
use crate::watch::compile::tree::count_persons;
use crate::watch::evaluate::{Label, Tables};
use crate::watch::filter::Filter;
use crate::watch::forms::language_bit;
use crate::watch::hash::{EdgeMap, HashTable};
use crate::watch::index::{Index, SlotId};
use crate::watch::query::{Groups, Node, expand, parse};
use crate::watch::words::Scopes;

/// All enabled lists, compiled.
#[derive(Debug, Default)]
pub(super) struct Compilation {
    pub lists: Vec<Listed>,
    pub filters: Vec<Filter>,
    pub index: Index,
    pub tables: Tables,
    /// The parts of a story that any query looks at.
    pub scopes: Scopes,
}

/// A compiled list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    /// Its number among the configured lists.
    pub number: usize,
    pub query: QueryId,
    /// The number of its filter; [`NO_FILTER`] where every story passes.
    pub filter: u32,
}

/// The number of no filter.
pub(super) const NO_FILTER: u32 = u32::MAX;

/// Compiles every enabled list. The faults of all queries and groups are reported together; disabled lists are checked and left out.
///
/// # Errors
/// Any fault of any query.
pub(super) fn compile(watchlists: &Watchlists) -> Result<(Compilation, Vec<Problem>), Vec<Problem>> {
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
    for (number, list) in watchlists.lists.iter().enumerate() {
        let begin = shared.out.tables.code.next();
        match Compiler::new(&mut shared, &groups, list, &mut warnings).list() {
            Ok(query) if list.enabled => {
                let filter = Filter::new(list).map_or(NO_FILTER, |filter| shared.filter(list, filter));
                shared.out.lists.push(Listed { number, query, filter });
            }
            Ok(_) => shared.out.tables.code.truncate(begin),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok((shared.out, warnings)) } else { Err(problems) }
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
    out: Compilation,
    /// Words as users wrote them, by a hash of that and of how they are looked for.
    words: HashTable,
    /// The ways in which lists look at words; the number is part of a word's key.
    settings: Vec<(WatchFold, bool, Option<u64>)>,
    filter_ids: EdgeMap<u64, u32>,
    /// Kept between terms.
    row: Vec<SlotId>,
    folded: String,
}

impl Shared {
    /// The number of a filter that lists share.
    fn filter(&mut self, list: &Watchlist, filter: Filter) -> u32 {
        let of_countries = (&list.countries_about, list.country_min_score.to_bits());
        let key = Index::key(&(&list.languages, list.strict_language, of_countries, &list.topics, &list.sources_include, &list.sources_exclude));
        let filters = &mut self.out.filters;
        if let Some(known) = self.filter_ids.get(&key).filter(|known| filters.get(**known as usize) == Some(&filter)) {
            return *known;
        }
        let number = u32::try_from(filters.len()).unwrap_or(NO_FILTER);
        filters.push(filter);
        self.filter_ids.insert(key, number);
        number
    }

    /// The number of a label.
    fn label(&mut self, label: Label) -> u32 {
        let labels = &mut self.out.tables.labels;
        let known = labels.iter().position(|known| *known == label);
        let number = known.unwrap_or_else(|| {
            labels.push(label);
            labels.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
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
    /// How many spellings the person at hand has so far, and whether a name was left untransliterated for that.
    spellings: usize,
    left_out: bool,
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
        Self { shared, groups, list, warnings, languages, settings, spellings: 0, left_out: false }
    }

    fn list(&mut self) -> Result<QueryId, Vec<Problem>> {
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
                Some(self.write(&node, &mut persons))
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
        let mut parsed = parse(query, self.groups.names())
            .map_err(|found| found.into_iter().map(|problem| in_list(problem, self.list, key)).collect::<Vec<_>>())?;
        self.warnings.extend(parsed.warnings.into_iter().map(|warning| in_list(warning, self.list, key)));
        expand(&mut parsed.node, self.groups, query).map_err(|problem| vec![in_list(problem, self.list, key)])?;
        Ok(parsed.node)
    }

    fn folds_fully(&self) -> bool {
        self.list.fold == WatchFold::Standard
    }
}
