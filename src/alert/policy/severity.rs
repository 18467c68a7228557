//! How grave what happened is, by topic: an update is told when it becomes graver.

/// From 0 (nothing happened to anybody) to 5 (somebody is dead).
///
/// Topics of the operator's own count as 1: something that matters enough to have a topic.
pub fn of_topic(topic: &str) -> u8 {
    match topic {
        "killing" => 5,
        "torture_ill_treatment" | "abduction_disappearance" => 4,
        "physical_attack" | "arrest_detention" => 3,
        "prosecution" | "raid_seizure" | "outlet_closure" | "internet_shutdown" => 2,
        "elections" | "opposition" | "protest" | "legislation" | "justice" | "civil_society" | "corruption" | "disinformation" | "media_business" => {
            0
        }
        _ => 1,
    }
}

/// Of the gravest topic.
pub fn of_topics<'t>(topics: impl IntoIterator<Item = &'t str>) -> u8 {
    topics.into_iter().map(of_topic).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_topic_counts() {
        assert_eq!(of_topics([]), 0);
        assert_eq!(of_topics(["protest", "arrest_detention", "media_business"]), 3);
        assert!(of_topics(["killing"]) > of_topics(["abduction_disappearance"]));
        assert_eq!(of_topics(["fishing_rights", "protest"]), 1, "a topic of the operator's own");
    }
}
