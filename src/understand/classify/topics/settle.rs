//! Two labels for one event: which of them stays.
//!
//! Enters: the topics of a short story with their strength. Leaves: those that are reported rather than recalled. A verdict of three years in prison is
//! no arrest, a threat to kill no killing, and whoever walks free was held before.

use std::collections::BTreeMap;

use crate::understand::classify::topics::score::Support;

/// What one act says in passing of another: the main topic, the one beside it, and the share of the main one's strength up to which the other is a mention.
const MENTIONS: &[(&str, &str, f32)] = &[
    ("release", "arrest_detention", 1.5),
    ("release", "prosecution", 1.2),
    ("killing", "physical_attack", 1.5),
    ("threat_harassment", "killing", 1.3),
    ("abduction_disappearance", "arrest_detention", 1.2),
    ("cyberattack", "physical_attack", 1.5),
    ("outlet_closure", "threat_harassment", 1.0),
    ("censorship", "threat_harassment", 1.0),
    ("civil_society", "outlet_closure", 1.0),
    ("civil_society", "prosecution", 1.0),
    ("opposition", "justice", 1.0),
];

/// What the headline says beside its topics.
#[derive(Debug, Clone, Copy)]
pub struct Headline {
    /// A verdict: then prison is the punishment; without one, a charge is the ground of an arrest.
    pub has_verdict: bool,
    /// Somebody who is an actor.
    pub has_actor: bool,
}

/// Takes away what the headline's act merely mentions.
pub fn drop_mentions(found: &mut BTreeMap<String, Support>, headline: Headline) {
    let (arrest, prosecution, corruption) = ("arrest_detention", "prosecution", "corruption");
    let (main, beside) = if headline.has_verdict { (prosecution, arrest) } else { (arrest, prosecution) };
    let mut dropped: Vec<&str> = Vec::new();
    for &(main, beside, share) in MENTIONS.iter().chain(&[(main, beside, 1.0)]) {
        let (Some(first), Some(second)) = (found.get(main), found.get(beside)) else { continue };
        let is_main = first.in_headline && first.is_certain && !dropped.contains(&main);
        if is_main && second.strength <= first.strength * share + f32::EPSILON {
            dropped.push(beside);
        }
    }
    // An official on trial for graft is news of corruption; a prosecution is of what people said or did as citizens.
    if !headline.has_actor && found.get(corruption).is_some_and(|support| support.in_headline) {
        dropped.push(prosecution);
    }
    found.retain(|id, _| !dropped.contains(&id.as_str()));
}
