//! Each rule by itself: what stays when two topics speak of one act.

use std::collections::BTreeMap;

use crate::understand::classify::topics::score::Support;
use crate::understand::classify::topics::settle::{Headline, drop_mentions};

const PLAIN: Headline = Headline { has_verdict: false, has_actor: true };

fn support(strength: f32) -> Support {
    Support { strength, in_headline: true, is_certain: true, ..Support::default() }
}

/// What stays of topics with their strengths.
fn kept(headline: Headline, found: &[(&str, Support)]) -> Vec<String> {
    let again = |of: &Support| Support { in_headline: of.in_headline, is_certain: of.is_certain, ..support(of.strength) };
    let mut found: BTreeMap<String, Support> = found.iter().map(|(id, of)| ((*id).to_owned(), again(of))).collect();
    drop_mentions(&mut found, headline);
    found.into_keys().collect()
}

/// The rules, and how much stronger than the headline's act a mention may be.
const RULES: [(&str, &str, f32); 11] = [
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

#[test]
fn headlines_act_covers_what_it_mentions_up_to_the_rules_share_and_no_further() {
    for (main, mention, share) in RULES {
        let both = |strength: f32| kept(PLAIN, &[(main, support(2.0)), (mention, support(strength))]);
        assert_eq!(both(2.0 * share), [main], "{mention} beside {main}");
        assert_eq!(both(2.0 * share + 0.1).len(), 2, "{mention} is more than a mention beside {main}");
        assert_eq!(kept(PLAIN, &[(mention, support(1.0))]), [mention], "alone it stays");
    }
}

#[test]
fn act_below_the_headline_or_of_hints_covers_nothing() {
    for (main, mention, _) in RULES {
        let below = Support { in_headline: false, ..support(2.0) };
        assert_eq!(kept(PLAIN, &[(main, below), (mention, support(1.0))]).len(), 2, "{main}");
        let hinted = Support { is_certain: false, ..support(2.0) };
        assert_eq!(kept(PLAIN, &[(main, hinted), (mention, support(1.0))]).len(), 2, "{main}");
    }
}

#[test]
fn charge_is_the_ground_of_an_arrest_and_prison_the_punishment_of_a_verdict() {
    let both = |headline: Headline| kept(headline, &[("arrest_detention", support(2.0)), ("prosecution", support(2.0))]);
    assert_eq!(both(PLAIN), ["arrest_detention"]);
    assert_eq!(both(Headline { has_verdict: true, ..PLAIN }), ["prosecution"]);
    let longer = [("arrest_detention", support(2.0)), ("prosecution", support(2.2))];
    assert_eq!(kept(PLAIN, &longer).len(), 2, "a trial that is told at length is one");
}

#[test]
fn what_is_covered_itself_covers_nothing_more() {
    // The release covers the arrest, which then does not cover the charge.
    let found = [("release", support(2.0)), ("arrest_detention", support(3.0)), ("prosecution", support(2.5))];
    assert_eq!(kept(PLAIN, &found), ["prosecution", "release"]);
}

#[test]
fn official_on_trial_for_graft_is_news_of_corruption() {
    let found = [("corruption", support(2.0)), ("prosecution", support(3.0))];
    assert_eq!(kept(Headline { has_actor: false, ..PLAIN }, &found), ["corruption"]);
    assert_eq!(kept(PLAIN, &found).len(), 2, "a reporter on trial for writing of graft is prosecuted");
    let below = [("corruption", Support { in_headline: false, ..support(2.0) }), ("prosecution", support(3.0))];
    assert_eq!(kept(Headline { has_actor: false, ..PLAIN }, &below).len(), 2);
}
