//! How the terms that were found become labels.
//!
//! A term counts more in the headline and the lead than far below. A hint counts where an actor or a civic word stands near. News of
//! another field of life (sport, business, fiction, weather ...) and denials take the labels away.

use std::collections::BTreeMap;

use crate::config::topics::TOPIC_IDS;
use crate::model::{ActorLabel, Evidence, TopicLabel};
use crate::understand::classify::topics::document::{Document, Hit, Reading};
use crate::understand::classify::topics::lexicon::{Force, Lexicon};
use crate::understand::classify::topics::pattern::{GroupId, Pattern};
use crate::understand::classify::topics::settle::{Headline, drop_mentions};

/// Strength from which a topic is a label.
const TOPIC_THRESHOLD: f32 = 1.0;
/// The same in a short story: one word below the lead is a mention, but for the protest that surrounds it.
const SHORT_THRESHOLD: f32 = 1.1;
/// The same for what a story is about rather than what happens in it: a word in passing is not enough.
const THEME_THRESHOLD: f32 = 1.2;
/// A topic of a long story stays at this share of the strongest one's strength: its background is no label.
const RELATIVE_THRESHOLD: f32 = 0.22;
/// The same for what an act happens in: a story names it once or twice, however many words it has for the act.
const CONTEXT_RELATIVE_THRESHOLD: f32 = 0.2;
/// An incident of a short story stays at this share: a word in passing below a headline about something else is no label.
const SHORT_RELATIVE_THRESHOLD: f32 = 0.5;
/// The same where nothing but hints speak for it.
const HINTS_RELATIVE_THRESHOLD: f32 = 0.6;
/// Strength of the strongest topic beyond which it puts nothing else in the shade: many words for one thing do not make another smaller.
const LONG_SHADE_LIMIT: f32 = 11.0;
/// The same in a short story.
const SHORT_SHADE_LIMIT: f32 = 3.0;
/// Strength from which an actor is a label.
const ACTOR_THRESHOLD: f32 = 1.0;
/// From so many words on a story has a background.
const LONG_STORY_WORDS: usize = 80;
/// A hint with an actor or a civic word near.
const NEAR_HINT: f32 = 0.5;
/// A hint with neither an actor nor a civic word near.
const LONELY_HINT: f32 = 0.3;
/// Strength of another field of life from which it may outweigh.
const ELSEWHERE_THRESHOLD: f32 = 2.0;
/// Share of the civic words' strength from which it does: news of the trade names the trade often.
const CIVIC_SHARE: f32 = 0.7;
/// Repeated terms add less and less.
const REPETITION: f32 = 0.8;
/// Words before a term in which a negation turns it round.
const NEGATION_WINDOW: usize = 3;
/// Evidence shown for one label.
const EVIDENCE_LIMIT: usize = 6;
/// Characters of a rule: a term's alternatives may fill a page, and what was found is what matters.
const RULE_CHARACTERS: usize = 60;

/// What is done to people and media; the other topics are what it happens in.
const CONTEXTS: [&str; 11] = [
    "elections",
    "opposition",
    "protest",
    "legislation",
    "justice",
    "state_of_emergency",
    "armed_conflict",
    "civil_society",
    "corruption",
    "disinformation",
    "media_business",
];

/// Topics whose news speaks of works and inventions.
const INVENTED: [&str; 2] = ["censorship", "disinformation"];

/// What is done to people at a protest.
const DONE_TO_CROWDS: [&str; 4] = ["killing", "physical_attack", "arrest_detention", "torture_ill_treatment"];

/// Actors that a crowd of protesters may also be.
const KINDS_OF_CROWD: [&str; 2] = ["academic", "minority"];

/// Contexts that do not happen at a place and a time.
const THEMES: [&str; 7] = ["opposition", "legislation", "justice", "civil_society", "corruption", "disinformation", "media_business"];

/// Contexts that concern an actor even without an incident.
const CONTEXT_ACTORS: [(&str, &str); 4] =
    [("opposition", "opposition"), ("civil_society", "activist"), ("justice", "lawyer"), ("media_business", "media_outlet")];

/// What is done to outlets; in other news a journalist's outlet says who the journalist is.
const OUTLET_TOPICS: [&str; 5] = ["outlet_closure", "censorship", "raid_seizure", "cyberattack", "media_business"];

/// Words between a journalist and the outlet.
const EMPLOYER_WINDOW: usize = 3;

/// What speaks for one label.
#[derive(Debug, Default)]
pub struct Support {
    pub strength: f32,
    /// Whether the headline speaks for it.
    pub in_headline: bool,
    /// Whether more than hints speak for it.
    pub is_certain: bool,
    /// Whether a term of the operator speaks for it.
    pub is_own: bool,
    /// Words `start..end`, and the rule that gave them.
    pub places: Vec<(usize, usize, String)>,
}

/// Labels a document with one or several lexicons.
pub fn label(document: &Document<'_>, lexicons: &[&Lexicon]) -> (Vec<TopicLabel>, Vec<ActorLabel>) {
    let mut topics: BTreeMap<String, Support> = BTreeMap::new();
    let mut actors: BTreeMap<String, Support> = BTreeMap::new();
    for lexicon in lexicons {
        let reader = Reader::new(document, lexicon);
        let found = reader.topics();
        keep_stronger(&mut actors, reader.actors(&found));
        keep_stronger(&mut topics, found);
    }
    let mut topics: Vec<TopicLabel> =
        topics.into_iter().map(|(id, support)| TopicLabel { id, score: score(support.strength), evidence: evidence(document, &support) }).collect();
    let mut actors: Vec<ActorLabel> =
        actors.into_iter().map(|(id, support)| ActorLabel { id, score: score(support.strength), evidence: evidence(document, &support) }).collect();
    topics.sort_by(|a, b| b.score.total_cmp(&a.score));
    actors.sort_by(|a, b| b.score.total_cmp(&a.score));
    (topics, actors)
}

/// The rule as people see it: the label, and the words that met the parts of its term.
fn rule(document: &Document<'_>, id: &str, hit: &Hit) -> String {
    let parts = std::iter::once((hit.start, hit.end)).chain(hit.others.iter().copied());
    let found: Vec<&str> = parts.filter_map(|(start, end)| text(document, start, end)).collect();
    let whole = format!("{id}: {}", found.join(" + "));
    if whole.chars().count() <= RULE_CHARACTERS {
        return whole;
    }
    whole.chars().take(RULE_CHARACTERS - 1).chain(std::iter::once('…')).collect()
}

/// The text of the words `start..end`, which stand in one sentence.
fn text<'d>(document: &Document<'d>, start: usize, end: usize) -> Option<&'d str> {
    let (first, last) = (document.words.get(start)?, document.words.get(end.checked_sub(1)?)?);
    document.field(first.field).get(first.start..last.end)
}

fn keep_stronger(all: &mut BTreeMap<String, Support>, found: BTreeMap<String, Support>) {
    for (id, support) in found {
        let known = all.entry(id).or_default();
        if support.strength > known.strength {
            *known = support;
        }
    }
}

/// 0..1: the threshold is .63, a clear headline .86.
fn score(strength: f32) -> f32 {
    1.0 - (-strength).exp()
}

fn evidence(document: &Document<'_>, support: &Support) -> Vec<Evidence> {
    let mut places: Vec<&(usize, usize, String)> = support.places.iter().collect();
    places.sort();
    places.dedup_by_key(|place| (place.0, place.1));
    places.into_iter().take(EVIDENCE_LIMIT).filter_map(|(start, end, rule)| span(document, *start, *end, rule)).collect()
}

fn span(document: &Document<'_>, start: usize, end: usize, rule: &str) -> Option<Evidence> {
    let first = document.words.get(start)?;
    let last = document.words.get(end.checked_sub(1)?)?;
    let text = text(document, start, end)?.to_owned();
    Some(Evidence { field: first.field, start: first.start, end: last.end, text, rule: rule.to_owned() })
}

/// A document under one lexicon, with what holds for all its terms.
struct Reader<'d> {
    reading: Reading<'d>,
    lexicon: &'d Lexicon,
    /// Sentences that are the outlet's notices.
    skipped: Vec<usize>,
    /// Words of actors and of civic life.
    civic: Vec<usize>,
    /// Ends of negations.
    negations: Vec<usize>,
}

impl<'d> Reader<'d> {
    fn new(document: &'d Document<'d>, lexicon: &'d Lexicon) -> Self {
        let reading = Reading::new(document, lexicon);
        let skipped: Vec<usize> = places(&reading, &lexicon.notice).map(|hit| reading.sentence(hit.start)).filter(|s| *s > 0).collect();
        let mut civic: Vec<usize> = places(&reading, &lexicon.civic).map(|hit| hit.start).collect();
        civic.extend(lexicon.actors.iter().flat_map(|(_, group)| reading.group(*group)).map(|span| span.0));
        civic.retain(|word| !skipped.contains(&reading.sentence(*word)));
        let negations = places(&reading, &lexicon.negation).map(|hit| hit.end).collect();
        Self { reading, lexicon, skipped, civic, negations }
    }

    fn topics(&self) -> BTreeMap<String, Support> {
        let fiction = self.elsewhere(|field| field == "fiction");
        let other = self.elsewhere(|field| field != "fiction");
        let denied = self.sum(&self.lexicon.denial) >= 1.0;
        let is_elsewhere = other >= ELSEWHERE_THRESHOLD && other >= self.civic_strength() * CIVIC_SHARE;
        let mut found: BTreeMap<String, Support> = BTreeMap::new();
        for (id, terms) in &self.lexicon.topics {
            let is_context = CONTEXTS.contains(&id.as_str());
            let is_taken = is_elsewhere || (denied && !is_context) || (fiction >= ELSEWHERE_THRESHOLD && !INVENTED.contains(&id.as_str()));
            let mut support = Support::default();
            for term in terms.iter().filter(|term| term.is_own || !is_taken) {
                let hits = self.reading.find(&term.pattern);
                support.is_own |= term.is_own && !hits.is_empty();
                self.add(&mut support, id, hits, |hit| match term.force {
                    Force::Alone(weight) => weight,
                    Force::Hint if self.is_civic_near(hit.start) => NEAR_HINT,
                    Force::Hint => LONELY_HINT,
                });
            }
            found.insert(id.clone(), support);
        }
        let strongest = found.values().map(|support| support.strength).fold(0.0, f32::max);
        let is_long = self.reading.document.words.len() > LONG_STORY_WORDS;
        let strongest = strongest.min(if is_long { LONG_SHADE_LIMIT } else { SHORT_SHADE_LIMIT });
        found.retain(|id, support| {
            let share = match (is_long, CONTEXTS.contains(&id.as_str())) {
                (true, true) => CONTEXT_RELATIVE_THRESHOLD,
                (true, false) => RELATIVE_THRESHOLD,
                (false, true) => 0.0,
                // The end of what the headline recalls stands below it; and the operator knows why.
                (false, false) if id == "release" || !TOPIC_IDS.contains(&id.as_str()) => 0.0,
                (false, false) => SHORT_RELATIVE_THRESHOLD,
            };
            let is_told_once = id == "protest" || !support.is_certain || support.is_own;
            let least = match THEMES.contains(&id.as_str()) {
                true => THEME_THRESHOLD,
                false if is_long || is_told_once => TOPIC_THRESHOLD,
                false => SHORT_THRESHOLD,
            };
            let share = if support.is_certain || share == 0.0 { share } else { HINTS_RELATIVE_THRESHOLD };
            support.strength >= least.max(strongest * share) - f32::EPSILON
        });
        if !is_long {
            drop_mentions(&mut found, self.headline());
        }
        drop_covered(&mut found);
        found
    }

    fn headline(&self) -> Headline {
        let stands = |group: GroupId| self.reading.group(group).iter().any(|span| self.reading.sentence(span.0) == 0);
        Headline { has_verdict: self.lexicon.verdict.is_some_and(stands), has_actor: self.lexicon.actors.iter().any(|(_, group)| stands(*group)) }
    }

    /// Whether every place of an outlet stands beside a journalist: "a reporter of the daily".
    fn is_employer(&self, outlet: &Support, journalist: &Support) -> bool {
        outlet.places.iter().all(|(start, end, _)| {
            let is_near = |(other_start, other_end, _): &(usize, usize, String)| {
                self.reading.sentence(*start) == self.reading.sentence(*other_start)
                    && start.saturating_sub(*other_end) <= EMPLOYER_WINDOW
                    && other_start.saturating_sub(*end) <= EMPLOYER_WINDOW
            };
            journalist.places.iter().any(is_near)
        })
    }

    fn actors(&self, topics: &BTreeMap<String, Support>) -> BTreeMap<String, Support> {
        let mut found: BTreeMap<String, Support> = BTreeMap::new();
        let incidents = || topics.iter().filter(|(id, _)| !CONTEXTS.contains(&id.as_str()));
        let near: Vec<usize> = incidents().flat_map(|(_, support)| &support.places).map(|place| self.reading.sentence(place.0)).collect();
        for (id, group) in &self.lexicon.actors {
            let by_context = CONTEXT_ACTORS.iter().any(|(topic, actor)| actor == id && topics.contains_key(*topic));
            if near.is_empty() && !by_context {
                continue;
            }
            let mut support = Support::default();
            for pattern in self.lexicon.groups.get(*group).into_iter().flatten() {
                let mut hits = self.reading.find(pattern);
                hits.retain(|hit| {
                    let sentence = self.reading.sentence(hit.start);
                    sentence == 0 || by_context || near.iter().any(|other| other.abs_diff(sentence) <= 1)
                });
                self.add(&mut support, id, hits, |_| 1.0);
            }
            if support.strength >= ACTOR_THRESHOLD - f32::EPSILON {
                found.insert(id.clone(), support);
            }
        }
        if let (Some(outlet), Some(journalist)) = (found.get("media_outlet"), found.get("journalist"))
            && !topics.keys().any(|id| OUTLET_TOPICS.contains(&id.as_str()))
            && self.is_employer(outlet, journalist)
        {
            found.remove("media_outlet");
        }
        self.add_implied(topics, &mut found);
        found
    }

    /// Whom a story need not name: the people of a protest to whom something is done, and those of an organization in trouble.
    fn add_implied(&self, topics: &BTreeMap<String, Support>, found: &mut BTreeMap<String, Support>) {
        let knows = |actor: &str| self.lexicon.actors.iter().any(|(id, _)| id == actor);
        let is_crowd = topics.keys().any(|id| DONE_TO_CROWDS.contains(&id.as_str())) && found.keys().all(|id| KINDS_OF_CROWD.contains(&id.as_str()));
        let is_organization = !topics.contains_key("legislation") && !found.contains_key("activist");
        for (topic, actor, is_implied) in [("protest", "protester", is_crowd), ("civil_society", "activist", is_organization)] {
            if let Some(support) = topics.get(topic)
                && is_implied
                && knows(actor)
            {
                let rule = |place: &(usize, usize, String)| (place.0, place.1, format!("{actor} by {}", place.2));
                let places = support.places.iter().map(rule).collect();
                found.insert(actor.to_owned(), Support { strength: ACTOR_THRESHOLD, places, ..Support::default() });
            }
        }
    }

    /// Adds the hits of one term that nothing takes away.
    fn add(&self, support: &mut Support, id: &str, hits: Vec<Hit>, weight: impl Fn(&Hit) -> f32) {
        let never = self.lexicon.never.iter().find(|(own, _)| own == id).map_or(&[][..], |(_, patterns)| patterns.as_slice());
        let never: Vec<Hit> = if hits.is_empty() { Vec::new() } else { places(&self.reading, never).collect() };
        let mut share = 1.0;
        for hit in hits {
            let sentence = self.reading.sentence(hit.start);
            let is_negated =
                self.negations.iter().any(|&end| end <= hit.start && hit.start - end < NEGATION_WINDOW && self.reading.sentence(end - 1) == sentence);
            let overlaps = |&(start, end): &(usize, usize)| hit.start < end && start < hit.end;
            let is_taken = never.iter().any(|other| overlaps(&(other.start, other.end)));
            let is_known = support.places.iter().any(|(start, end, _)| overlaps(&(*start, *end)));
            if is_negated || is_taken || is_known || self.skipped.contains(&sentence) {
                continue;
            }
            let weight = weight(&hit);
            support.strength += weight * share * self.place_weight(hit.start);
            support.in_headline |= sentence == 0;
            support.is_certain |= weight > NEAR_HINT;
            share *= REPETITION;
            let rule = rule(self.reading.document, id, &hit);
            support.places.extend(hit.others.iter().map(|(start, end)| (*start, *end, rule.clone())));
            support.places.push((hit.start, hit.end, rule));
        }
    }

    fn place_weight(&self, word: usize) -> f32 {
        match (self.reading.sentence(word), word) {
            (0, _) => 2.0,
            (1, _) => 1.3,
            (_, 0..150) => 1.0,
            (_, 150..400) => 0.6,
            _ => 0.35,
        }
    }

    fn is_civic_near(&self, word: usize) -> bool {
        let sentence = self.reading.sentence(word);
        self.civic.iter().any(|&civic| {
            let other = self.reading.sentence(civic);
            civic != word && (other == 0 || other.abs_diff(sentence) <= 1)
        })
    }

    /// The strength of other fields of life.
    fn elsewhere(&self, is_wanted: impl Fn(&str) -> bool) -> f32 {
        self.lexicon.elsewhere.iter().filter(|(field, _)| is_wanted(field)).map(|(_, patterns)| self.sum(patterns)).fold(0.0, f32::max)
    }

    fn civic_strength(&self) -> f32 {
        let actors = self.lexicon.actors.iter().filter_map(|(_, group)| self.lexicon.groups.get(*group)).map(|patterns| self.sum(patterns));
        actors.sum::<f32>() + self.sum(&self.lexicon.civic)
    }

    /// Each term once, where it weighs most.
    fn sum(&self, patterns: &[Pattern]) -> f32 {
        let best = |pattern: &Pattern| {
            let hits = self.reading.find(pattern);
            let kept = hits.iter().filter(|hit| !self.skipped.contains(&self.reading.sentence(hit.start)));
            kept.map(|hit| self.place_weight(hit.start)).fold(0.0, f32::max)
        };
        patterns.iter().map(best).sum()
    }
}

/// One act is one incident: words that already speak for a stronger incident do not make another.
fn drop_covered(found: &mut BTreeMap<String, Support>) {
    let is_incident = |id: &str| !CONTEXTS.contains(&id);
    let is_covered = |id: &String, support: &Support| {
        found.iter().any(|(other, by)| {
            let overlaps = |place: &(usize, usize, String)| by.places.iter().any(|(start, end, _)| place.0 < *end && *start < place.1);
            // A network that is cut is more than a page that is blocked.
            let is_narrower = id == "internet_shutdown" && other == "censorship";
            other != id
                && id != "release"
                && !is_narrower
                && is_incident(other)
                && by.strength > support.strength
                && support.places.iter().all(overlaps)
        })
    };
    let covered: Vec<String> = found.iter().filter(|(id, support)| is_incident(id) && is_covered(id, support)).map(|(id, _)| id.clone()).collect();
    found.retain(|id, _| !covered.contains(id));
}

fn places<'r>(reading: &'r Reading<'_>, patterns: &'r [Pattern]) -> impl Iterator<Item = Hit> + 'r {
    patterns.iter().flat_map(|pattern| reading.find(pattern))
}
