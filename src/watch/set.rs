//! The compiled lists, and which of them a story meets.

use std::cell::Cell;

use crate::config::Watchlists;
use crate::model::{Evidence, Match, Problem, WatchlistId};
use crate::watch::code::{Mark, Op, QueryId, Row};
use crate::watch::compile::{Compilation, compile};
use crate::watch::evaluate::{Found, Look, Reason, Tables};
use crate::watch::filter::Filter;
use crate::watch::index::Index;
use crate::watch::score;
use crate::watch::story::{Document, Reading};
use crate::watch::wait::{ALONE, WaitingRoom};
use crate::watch::words::Scopes;

/// All enabled lists, compiled. Cheap to share, never changed: a reload makes another.
#[derive(Debug, Default)]
pub struct WatchlistSet {
    lists: Vec<Compiled>,
    names: Vec<Name>,
    /// What lists ask for beside their queries; many ask for the same.
    filters: Vec<Filter>,
    index: Index,
    tables: Tables,
    waiting: WaitingRoom,
    /// The parts of a story that any list looks at.
    scopes: Scopes,
}

/// What of a list every candidate needs.
#[derive(Debug, Clone, Copy)]
struct Compiled {
    query: QueryId,
    /// The number of its filter.
    filter: u32,
}

/// What of a list only matches need.
#[derive(Debug)]
struct Name {
    id: WatchlistId,
    restricted: bool,
}

/// Most places that a match keeps: enough to explain it, bounded for a story that says one word a thousand times.
const EVIDENCE: usize = 40;

/// What holding a story against lists takes. Kept between stories for its room.
#[derive(Debug, Default)]
struct Desk {
    reading: Reading,
    candidates: Candidates,
}

#[derive(Debug, Default)]
struct Candidates {
    /// A bit for every list that was looked at.
    seen: Vec<u64>,
    /// By filter, whether the story passes, as far as is known.
    passed: Vec<Option<bool>>,
    met: Vec<u32>,
}

thread_local! {
    static DESK: Cell<Option<Box<Desk>>> = const { Cell::new(None) };
}

fn at_desk<T>(work: impl FnOnce(&mut Desk) -> T) -> T {
    let mut desk = DESK.take().unwrap_or_default();
    let done = work(&mut desk);
    DESK.set(Some(desk));
    done
}

impl WatchlistSet {
    /// Compiles every enabled list. The faults of all queries and groups are reported together; disabled lists are checked and left out.
    ///
    /// # Errors
    /// Any fault of any query: a set is whole or it is not there.
    pub fn compile(watchlists: &Watchlists) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let (Compilation { lists, filters, mut index, mut tables, scopes }, warnings) = compile(watchlists)?;
        tables.code.seal();
        let waiting = WaitingRoom::seat((0_u32..).zip(&lists).map(|(number, list)| (number, list.query)), &mut tables, &index);
        index.seal();
        let names = lists.iter().filter_map(|list| watchlists.lists.get(list.number));
        let names = names.map(|list| Name { id: list.id.clone(), restricted: list.restricted }).collect();
        let lists = lists.iter().map(|list| Compiled { query: list.query, filter: list.filter }).collect();
        Ok((Self { lists, names, filters, index, tables, waiting, scopes }, warnings))
    }

    /// How many lists stories are held against.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// The ids of the lists, in the order of configuration.
    pub fn list_ids(&self) -> impl Iterator<Item = &WatchlistId> {
        self.names.iter().map(|list| &list.id)
    }

    /// The lists that a story meets, in the order of configuration.
    pub fn matches(&self, document: &Document<'_>) -> Vec<Match> {
        at_desk(|Desk { reading, candidates }| {
            reading.split.read(document, self.scopes);
            let story = reading.look_up(document, &self.index);
            let look = Look { story: &story, tables: &self.tables };
            self.meet(look, candidates);
            candidates.met.iter().filter_map(|number| self.explain(*number as usize, look)).collect()
        })
    }

    /// The ids of the lists that a story meets, without evidence: what a preview of many stories needs.
    pub fn ids(&self, document: &Document<'_>) -> Vec<&WatchlistId> {
        at_desk(|desk| {
            desk.reading.split.read(document, self.scopes);
            self.ids_of_split(document, desk)
        })
    }

    /// What [`WatchlistSet::ids`] gives for two sets; a story is split into words once.
    pub fn ids_of_both<'a>(&'a self, other: &'a Self, document: &Document<'_>) -> (Vec<&'a WatchlistId>, Vec<&'a WatchlistId>) {
        if std::ptr::eq(self, other) {
            let ids = self.ids(document);
            return (ids.clone(), ids);
        }
        at_desk(|desk| {
            desk.reading.split.read(document, self.scopes.and(other.scopes));
            let own = self.ids_of_split(document, desk);
            (own, other.ids_of_split(document, desk))
        })
    }

    fn ids_of_split(&self, document: &Document<'_>, desk: &mut Desk) -> Vec<&WatchlistId> {
        let story = desk.reading.look_up(document, &self.index);
        self.meet(Look { story: &story, tables: &self.tables }, &mut desk.candidates);
        desk.candidates.met.iter().filter_map(|number| self.names.get(*number as usize)).map(|list| &list.id).collect()
    }

    /// What `see` says of each list: of its query, and of whether what it asks for beside it lets the story pass.
    pub(super) fn look_at_all<T>(
        &self,
        document: &Document<'_>,
        see: impl for<'s> Fn(Look<'s>, QueryId, bool) -> Option<T>,
    ) -> Vec<(&WatchlistId, T)> {
        at_desk(|Desk { reading, .. }| {
            reading.split.read(document, self.scopes);
            let story = reading.look_up(document, &self.index);
            let look = Look { story: &story, tables: &self.tables };
            let each = self.lists.iter().zip(&self.names);
            each.filter_map(|(list, name)| {
                let passes = self.filters.get(list.filter as usize).is_none_or(|filter| filter.passes(document));
                Some((&name.id, see(look, list.query, passes)?))
            })
            .collect()
        })
    }

    /// Finds the lists that a story meets.
    fn meet(&self, look: Look<'_>, candidates: &mut Candidates) {
        candidates.seen.clear();
        candidates.seen.resize(self.lists.len().div_ceil(64), 0);
        candidates.passed.clear();
        candidates.passed.resize(self.filters.len(), None);
        candidates.met.clear();
        let story = look.story;
        for slot in story.slots() {
            for waiting in self.waiting.waiting_for(*slot) {
                if waiting.with == ALONE || story.has_anywhere(waiting.with) {
                    self.consider(waiting.list, look, candidates);
                }
            }
        }
        for list in &self.waiting.always {
            self.consider(*list, look, candidates);
        }
        candidates.met.sort_unstable();
    }

    fn consider(&self, number: u32, look: Look<'_>, candidates: &mut Candidates) {
        let Candidates { seen, passed, met } = candidates;
        let (Some(bits), Some(list)) = (seen.get_mut(number as usize / 64), self.lists.get(number as usize)) else { return };
        let bit = 1 << (number % 64);
        if *bits & bit != 0 {
            return;
        }
        *bits |= bit;
        let passes = match (passed.get_mut(list.filter as usize), self.filters.get(list.filter as usize)) {
            (Some(known), Some(filter)) => *known.get_or_insert_with(|| filter.passes(look.story.document)),
            _ => true,
        };
        if passes && look.holds(list.query) {
            met.push(number);
        }
    }

    fn explain(&self, number: usize, look: Look<'_>) -> Option<Match> {
        let (list, name) = (self.lists.get(number)?, self.names.get(number)?);
        let mut found: Vec<Found<'_>> = Vec::new();
        look.explain(list.query, &mut found);
        let best = found.iter().map(|place| place.weight * score::of_place(look.story, place.span)).fold(0.0_f32, f32::max);
        found.sort_by_key(|place| place.span);
        found.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
        let evidence: Vec<Evidence> =
            found.iter().filter_map(|place| look.story.evidence(place.span, self.reason(&place.rule, name.restricted))).take(EVIDENCE).collect();
        let score = if evidence.is_empty() { score::LABELS_ONLY } else { best.clamp(0.0, 1.0) };
        Some(Match { watchlist: name.id.clone(), score, evidence })
    }

    /// Why a place was found, for people. A restricted list does not say its terms.
    fn reason(&self, reason: &Reason<'_>, restricted: bool) -> String {
        let op = match reason {
            Reason::Person(rule) => return rule.clone(),
            Reason::Term(_) if restricted => return "term".to_owned(),
            Reason::Term(op) => *op,
        };
        // One piece of memory, for most terms.
        let mut out = String::with_capacity(40);
        out.push_str("term ");
        self.write_term(op, &mut out);
        out
    }

    /// A term as the user wrote it.
    pub(super) fn written(&self, term: Op<'_>) -> String {
        let mut out = String::new();
        self.write_term(term, &mut out);
        out
    }

    fn write_term(&self, term: Op<'_>, out: &mut String) {
        match term {
            Op::Word(slot) => out.push_str(self.index.written(slot)),
            Op::Row(row) => match row.written.and_then(|number| self.tables.written.get(number as usize)) {
                Some(written) => out.push_str(written),
                None => self.write_row(row, out),
            },
            _ => {}
        }
    }

    fn write_row(&self, row: Row<'_>, out: &mut String) {
        let quotes = if row.mark == Mark::Bare { "" } else { "\"" };
        out.push_str(row.mark.before());
        out.push_str(quotes);
        for (at, slot) in row.slots.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { " " });
            out.push_str(self.index.written(*slot));
        }
        out.push_str(quotes);
    }
}
