//! Whether a person is named in a story.
//!
//! Given name and surname stand together, in either order, in one script; initials; the surname alone beside a context. Another given name,
//! another patronymic, a longer double-barrelled surname, a sentence's end between the two: another person.

use crate::model::Field;
use crate::text::Script;
use crate::watch::code::QueryId;
use crate::watch::evaluate::{Look, each_near};
use crate::watch::index::SlotId;
use crate::watch::names::{is_article, is_filial, is_particle, russify};
use crate::watch::story::{Gap, Span, Story};

/// Most words between given name and surname: a middle name and a patronymic.
const BETWEEN_WORDS: usize = 2;
/// Arabic script has no capitals that would tell a middle name from another word: one at most.
const BETWEEN_WORDS_WITHOUT_CASE: usize = 1;

/// Most words from the beginning of a given name to a surname: a long given name, what may stand between, articles.
const NEIGHBORHOOD: usize = 12;

const FULL_NAME: f32 = 1.0;
const INITIALS: f32 = 0.85;
const SURNAME_ALONE: f32 = 0.7;
/// What a name weighs whose context is wanted, not required, and absent.
const OUT_OF_CONTEXT: f32 = 0.8;

/// The persons of a list. A story is held against those alone one of whose surnames it says.
#[derive(Debug, Default)]
pub struct Persons {
    persons: Vec<Person>,
    /// Persons by their surnames' words, in order.
    by_word: Vec<(SlotId, u32)>,
}

impl Persons {
    /// Indexes the persons of a list.
    pub fn new(persons: Vec<Person>) -> Self {
        let mut by_word: Vec<(SlotId, u32)> =
            (0_u32..).zip(&persons).flat_map(|(number, person)| person.triggers().into_iter().map(move |slot| (slot, number))).collect();
        by_word.sort_unstable();
        by_word.dedup();
        by_word.shrink_to_fit();
        Self { persons, by_word }
    }

    /// Words one of which occurs wherever one of the persons is named.
    pub fn triggers(&self) -> impl Iterator<Item = SlotId> {
        self.by_word.chunk_by(|one, other| one.0 == other.0).filter_map(|alike| alike.first().map(|(slot, _)| *slot))
    }

    /// Whether one of the persons is named.
    pub fn are_named(&self, look: Look<'_>) -> bool {
        self.possible(look).any(|person| !person.hits(look).is_empty())
    }

    /// Where any of the persons is named.
    pub fn hits(&self, look: Look<'_>) -> Vec<PersonHit> {
        self.possible(look).flat_map(|person| person.hits(look)).collect()
    }

    /// The persons one of whose surnames occurs, in the order of the list.
    fn possible(&self, look: Look<'_>) -> impl Iterator<Item = &Person> {
        let mut numbers: Vec<u32> = if self.by_word.len() < look.story.slots().len() {
            self.by_word.iter().filter(|(slot, _)| look.story.has_anywhere(*slot)).map(|(_, number)| *number).collect()
        } else {
            look.story.slots().iter().flat_map(|slot| self.of_word(*slot)).map(|(_, number)| *number).collect()
        };
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| self.persons.get(number as usize))
    }

    fn of_word(&self, slot: SlotId) -> &[(SlotId, u32)] {
        let from = self.by_word.partition_point(|(known, _)| *known < slot);
        let rest = self.by_word.get(from..).unwrap_or_default();
        let length = rest.iter().take_while(|(known, _)| *known == slot).count();
        rest.get(..length).unwrap_or_default()
    }
}

/// A person of a list, compiled.
#[derive(Debug)]
pub struct Person {
    pub reference: String,
    pub names: Vec<NameRule>,
    pub surname_alone: Option<(QueryId, usize)>,
    pub context: Option<(QueryId, usize)>,
    pub context_required: bool,
}

/// Any of some rows of words.
pub type Alternatives = Vec<Vec<SlotId>>;

/// One name in one script.
#[derive(Debug)]
pub struct NameRule {
    pub script: Script,
    pub shape: NameShape,
    pub reorder: bool,
    /// For explanations: ` transliterated`, or nothing.
    pub note: &'static str,
}

#[derive(Debug)]
pub enum NameShape {
    Whole(Alternatives),
    Pair(Pair),
}

#[derive(Debug)]
pub struct Pair {
    pub given: Alternatives,
    pub middle: Alternatives,
    pub surname: Alternatives,
    pub surname_with_initial: Alternatives,
    pub second: Alternatives,
    pub tight: bool,
    /// Folded initials of the given name; empty when initials are not wanted.
    pub initials: Vec<String>,
}

/// A place where a person is named.
#[derive(Debug, Clone)]
pub struct PersonHit {
    pub span: Span,
    pub rule: String,
    pub weight: f32,
}

impl Person {
    /// Words one of which occurs wherever the person is named.
    pub fn triggers(&self) -> Vec<SlotId> {
        let last = |alternatives: &Alternatives| alternatives.iter().filter_map(|slots| slots.last().copied()).collect::<Vec<_>>();
        self.names
            .iter()
            .flat_map(|name| match &name.shape {
                NameShape::Whole(all) => last(all),
                NameShape::Pair(pair) => [last(&pair.surname), last(&pair.surname_with_initial)].concat(),
            })
            .collect()
    }

    /// Where the person is named.
    pub fn hits(&self, look: Look<'_>) -> Vec<PersonHit> {
        let story = look.story;
        let mut hits = Vec::new();
        for name in &self.names {
            name.hits(story, &self.reference, &mut hits);
        }
        if hits.is_empty()
            && let Some((require_near, within)) = &self.surname_alone
        {
            self.surname_hits(story, &look.places(*require_near), *within, &mut hits);
        }
        if let Some((context, near)) = &self.context {
            let places = look.places(*context);
            let in_context = |hit: &PersonHit| are_near(hit.span, &places, *near);
            if self.context_required {
                hits.retain(in_context);
            } else {
                for hit in &mut hits {
                    if !in_context(hit) {
                        hit.weight *= OUT_OF_CONTEXT;
                    }
                }
            }
        }
        hits.sort_by_key(|hit| hit.span);
        hits.dedup_by_key(|hit| hit.span);
        hits
    }

    fn surname_hits(&self, story: &Story<'_>, near: &[Span], within: usize, hits: &mut Vec<PersonHit>) {
        for name in &self.names {
            let NameShape::Pair(pair) = &name.shape else { continue };
            for surname in spans(story, &pair.surname) {
                let alone = are_near(surname, near, within)
                    && name.is_written_as_name(story, surname)
                    && name.is_not_compound(story, surname, &pair.second)
                    && !another_given_name(story, surname);
                if alone {
                    hits.push(PersonHit {
                        span: surname,
                        rule: format!("person {} surname in context{}", self.reference, name.note),
                        weight: SURNAME_ALONE,
                    });
                }
            }
        }
    }
}

fn are_near(name: Span, places: &[Span], between: usize) -> bool {
    each_near(&[name], places, between, false, |_, _| false)
}

/// Whether a word that looks like a given name or initial stands before or after a surname.
fn another_given_name(story: &Story<'_>, surname: Span) -> bool {
    let field = surname.field;
    let neighbor = |at: usize| story.is_capitalized(field, at) && !story.folded(field, at).is_some_and(is_particle);
    // At the beginning of a sentence every word is capitalized: "Депутат Иванов" tells nothing, so it is read as a title.
    let before = surname.start > 0
        && story.gap_after(field, surname.start - 1) != Gap::Break
        && neighbor(surname.start - 1)
        && (is_initial(story, field, surname.start - 1) || (surname.start > 1 && story.gap_after(field, surname.start - 2) != Gap::Break));
    let after = story.gap_after(field, surname.end - 1) != Gap::Break && neighbor(surname.end);
    before || after
}

fn spans(story: &Story<'_>, alternatives: &Alternatives) -> Vec<Span> {
    let mut out: Vec<Span> =
        alternatives.iter().flat_map(|slots| story.sequences(slots)).filter(|span| matches!(span.field, Field::Title | Field::Text)).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// A capital, or two letters that stand for one sound, with a full stop.
fn is_initial(story: &Story<'_>, field: Field, at: usize) -> bool {
    story.has_stop_after(field, at) && story.is_capitalized(field, at) && story.folded(field, at).is_some_and(|word| word.chars().count() <= 2)
}

impl NameRule {
    fn hits(&self, story: &Story<'_>, reference: &str, hits: &mut Vec<PersonHit>) {
        match &self.shape {
            NameShape::Whole(alternatives) => {
                for span in spans(story, alternatives) {
                    let one_piece = (span.start..span.end.saturating_sub(1)).all(|at| story.gap_after(span.field, at) != Gap::Break);
                    if one_piece && self.is_written_as_name(story, span) && self.is_not_compound(story, span, &Vec::new()) {
                        hits.push(PersonHit { span, rule: format!("person {reference}{}", self.note), weight: FULL_NAME });
                    }
                }
            }
            NameShape::Pair(pair) => {
                self.full(story, pair, reference, hits);
                if !pair.initials.is_empty() {
                    self.initials(story, pair, reference, hits);
                }
            }
        }
    }

    fn full(&self, story: &Story<'_>, pair: &Pair, reference: &str, hits: &mut Vec<PersonHit>) {
        let surnames = spans(story, &pair.surname);
        if surnames.is_empty() {
            return;
        }
        let given = spans(story, &pair.given);
        let middle = spans(story, &pair.middle);
        for surname in surnames {
            // Only given names in the neighborhood: a text may name somebody a thousand times.
            let from = given.partition_point(|first| (first.field, first.start) < (surname.field, surname.start.saturating_sub(NEIGHBORHOOD)));
            let neighbors =
                given.get(from..).unwrap_or_default().iter().take_while(|first| first.field == surname.field && first.start <= surname.end);
            for &first in neighbors {
                let joined = if first.end <= surname.start {
                    self.stand_together(story, pair, &middle, first, surname)
                } else {
                    self.reorder && surname.end == first.start && story.gap_after(surname.field, surname.end - 1) == Gap::Plain
                };
                if joined
                    && self.is_written_as_name(story, first)
                    && self.is_written_as_name(story, surname)
                    && self.is_not_compound(story, surname, &pair.second)
                {
                    let span = Span { field: surname.field, start: first.start.min(surname.start), end: first.end.max(surname.end) };
                    hits.push(PersonHit { span, rule: format!("person {reference} full name{}", self.note), weight: FULL_NAME });
                }
            }
        }
    }

    /// Whether what stands between given name and surname belongs to the name.
    fn stand_together(&self, story: &Story<'_>, pair: &Pair, middle: &[Span], given: Span, surname: Span) -> bool {
        let field = given.field;
        let between = given.end..surname.start;
        // Words that belong to a name, articles not counted.
        if between.len() > BETWEEN_WORDS + 2 {
            return false;
        }
        let unbroken = (given.end - 1..surname.start).all(|at| story.gap_after(field, at) != Gap::Break);
        let others: Vec<usize> = between.filter(|at| !story.folded(field, *at).is_some_and(is_article)).collect();
        if !unbroken || (pair.tight && !others.is_empty()) {
            return false;
        }
        let filial = others.iter().any(|at| story.folded(field, *at).is_some_and(is_filial));
        let limit = if self.script.has_case() || filial { BETWEEN_WORDS } else { BETWEEN_WORDS_WITHOUT_CASE };
        if others.len() > limit || !others.iter().all(|at| self.may_be_middle(story, field, *at)) {
            return false;
        }
        // A known patronymic: another in its place is another person.
        let conflicts = !pair.middle.is_empty()
            && !others.is_empty()
            && !middle.iter().any(|span| span.field == field && span.start >= given.end && span.end <= surname.start)
            && !others.iter().all(|at| is_initial(story, field, *at));
        !conflicts
    }

    fn may_be_middle(&self, story: &Story<'_>, field: Field, at: usize) -> bool {
        let Some(word) = story.folded(field, at) else { return false };
        if is_particle(word) || is_filial(word) {
            return true;
        }
        match self.script {
            _ if self.script.has_case() => story.is_capitalized(field, at),
            // "and" is written together with the next word: two people.
            Script::Arabic => !word.starts_with('و') && word.chars().count() > 2,
            _ => false,
        }
    }

    fn initials(&self, story: &Story<'_>, pair: &Pair, reference: &str, hits: &mut Vec<PersonHit>) {
        for surname in spans(story, &pair.surname_with_initial) {
            if !self.is_written_as_name(story, surname) || !self.is_not_compound(story, surname, &pair.second) {
                continue;
            }
            if let Some(span) = initial_before(story, pair, surname).or_else(|| self.initial_after(story, pair, surname)) {
                hits.push(PersonHit { span, rule: format!("person {reference} initials{}", self.note), weight: INITIALS });
            }
        }
    }

    /// `Surname A.`, `Surname A. B.`
    fn initial_after(&self, story: &Story<'_>, pair: &Pair, surname: Span) -> Option<Span> {
        let plain = story.gap_after(surname.field, surname.end - 1) == Gap::Plain;
        let is_ours = self.reorder && plain && is_our_initial(story, pair, surname.field, surname.end);
        is_ours.then_some(Span { end: surname.end + 1, ..surname })
    }

    /// Names are capitalized where there are capitals: лев is no Lev.
    fn is_written_as_name(&self, story: &Story<'_>, span: Span) -> bool {
        let field = span.field;
        let written = |at: usize| {
            // Bo-reum, Abd al-Aziz: what follows a hyphen or is a particle may be small.
            let inside = at > span.start && story.gap_after(field, at - 1) == Gap::Hyphen;
            inside || story.is_capitalized(field, at) || story.folded(field, at).is_some_and(is_particle)
        };
        !self.script.has_case() || (span.start..span.end).all(written)
    }

    /// A surname that goes on after a hyphen is another surname, unless it goes on with the person's own second one.
    fn is_not_compound(&self, story: &Story<'_>, surname: Span, second: &Alternatives) -> bool {
        if !self.script.has_case() {
            return true;
        }
        let field = surname.field;
        let goes_on = story.gap_after(field, surname.end - 1) == Gap::Hyphen && story.is_capitalized(field, surname.end);
        let is_second = goes_on && spans(story, second).iter().any(|span| span.field == field && span.start == surname.end);
        let began = surname.start > 0
            && story.gap_after(field, surname.start - 1) == Gap::Hyphen
            && story.is_capitalized(field, surname.start - 1)
            && !story.folded(field, surname.start - 1).is_some_and(is_article);
        (!goes_on || is_second) && !began
    }
}

/// An initial with its full stop; digraphs (Shch., Zh.) are longer.
fn initial_like(story: &Story<'_>, field: Field, at: usize) -> bool {
    story.has_stop_after(field, at)
        && story.is_capitalized(field, at)
        && story.folded(field, at).is_some_and(|word| word.chars().count() <= 4 && !word.chars().any(char::is_numeric))
        && (story.folded(field, at).is_some_and(|word| word.chars().count() <= 2)
            || story.raw(field, at).is_some_and(|raw| !raw.chars().any(|c| "aeiouаеиоуыэюя".contains(c))))
}

/// Whether a word is an initial of the given name.
fn is_our_initial(story: &Story<'_>, pair: &Pair, field: Field, at: usize) -> bool {
    let ours = |word: &str| pair.initials.iter().any(|initial| initial == word || russify(initial) == russify(word));
    initial_like(story, field, at) && story.folded(field, at).is_some_and(ours)
}

/// `A. Surname`, `A. B. Surname`: the first of the initials is the given name's.
fn initial_before(story: &Story<'_>, pair: &Pair, surname: Span) -> Option<Span> {
    let field = surname.field;
    let mut first = surname.start;
    while first > 0 && story.folded(field, first - 1).is_some_and(is_article) && story.gap_after(field, first - 1) != Gap::Break {
        first -= 1;
    }
    let mut count = 0;
    while first > 0 && count <= BETWEEN_WORDS && initial_like(story, field, first - 1) {
        first -= 1;
        count += 1;
    }
    let is_ours = (1..=BETWEEN_WORDS).contains(&count) && is_our_initial(story, pair, field, first);
    is_ours.then_some(Span { start: first, ..surname })
}
