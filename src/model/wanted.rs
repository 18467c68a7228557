//! What words a text must hold: the part of a query that an index of words can answer.

/// A condition on the folded words of a text, without order and places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Any text.
    Everything,
    All(Vec<Wanted>),
    Any(Vec<Wanted>),
    /// This word, folded.
    Word(String),
    /// A word that begins so, folded.
    Beginning(String),
}

impl Wanted {
    /// All of some conditions, as simple as they can be said.
    pub fn all(parts: Vec<Self>) -> Self {
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Everything => {}
                Self::All(inner) => kept.extend(inner),
                other if kept.contains(&other) => {}
                other => kept.push(other),
            }
        }
        match (kept.len(), kept.pop()) {
            (_, None) => Self::Everything,
            (1, Some(only)) => only,
            (_, Some(last)) => {
                kept.push(last);
                Self::All(kept)
            }
        }
    }

    /// Any of some conditions, as simple as they can be said: a beginning stands for every word that begins so.
    pub fn any(parts: Vec<Self>) -> Self {
        let mut kept: Vec<Self> = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Everything => return Self::Everything,
                Self::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        let mut beginnings: Vec<String> =
            kept.iter().filter_map(|part| if let Self::Beginning(begin) = part { Some(begin.clone()) } else { None }).collect();
        beginnings.sort_unstable();
        beginnings.dedup_by(|longer, shorter| longer.starts_with(shorter.as_str()));
        let covered = |word: &str| beginnings.iter().any(|begin| word.starts_with(begin.as_str()));
        let mut rest: Vec<Self> = Vec::with_capacity(kept.len());
        for part in kept {
            match &part {
                Self::Beginning(_) => {}
                Self::Word(word) if covered(word) => {}
                other if rest.contains(other) => {}
                _ => rest.push(part),
            }
        }
        rest.extend(beginnings.into_iter().map(Self::Beginning));
        match (rest.len(), rest.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                rest.extend(last);
                Self::Any(rest)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted::{self, All, Any, Beginning, Everything, Word};

    fn word(text: &str) -> Wanted {
        Word(text.to_owned())
    }

    fn begin(text: &str) -> Wanted {
        Beginning(text.to_owned())
    }

    #[test]
    fn conditions_are_said_as_simply_as_they_can_be() {
        assert_eq!(Wanted::all(vec![Everything, word("a"), word("a")]), word("a"));
        assert_eq!(Wanted::all(vec![]), Everything);
        assert_eq!(Wanted::all(vec![word("a"), All(vec![word("b")])]), All(vec![word("a"), word("b")]));
        assert_eq!(Wanted::any(vec![begin("arrest"), word("arrested"), begin("arrestation")]), begin("arrest"));
        assert_eq!(Wanted::any(vec![word("a"), Everything]), Everything);
        assert_eq!(Wanted::any(vec![]), Any(vec![]), "nothing meets it");
    }
}
