//! Sparing those who read such news all day: what tells of killing or torture is marked, and its words are shown only where they are asked for.

/// Topics whose texts may distress.
const GRAVE: [&str; 2] = ["killing", "torture_ill_treatment"];

/// Whether a story with these topics is marked.
pub fn is_grave(topics: &[String]) -> bool {
    topics.iter().any(|topic| GRAVE.contains(&topic.as_str()))
}
