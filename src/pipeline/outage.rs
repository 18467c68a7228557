//! Tells our own outage from the sources' failures: when whatever is tried fails to connect, it is us.

use std::collections::HashSet;

/// So many different domains must have failed in a row, without one success between, before we blame ourselves.
const DOMAINS: usize = 5;

/// A run of failures to connect, of sources that were well before: those that are dead say nothing about us.
#[derive(Debug, Default)]
pub struct Outage {
    failed: HashSet<String>,
    out: bool,
}

/// What a recorded result changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    None,
    Began,
    Ended,
}

impl Outage {
    /// A peer answered, whatever it said: there is a network.
    pub fn answered(&mut self) -> Change {
        self.failed.clear();
        if std::mem::take(&mut self.out) { Change::Ended } else { Change::None }
    }

    /// A name could not be resolved, or a connection not be made. `was_well` is false for a source that failed already.
    pub fn unreachable(&mut self, domain: &str, was_well: bool) -> Change {
        if was_well && self.failed.len() < DOMAINS {
            self.failed.insert(domain.to_owned());
        }
        if !self.out && self.failed.len() >= DOMAINS {
            self.out = true;
            return Change::Began;
        }
        Change::None
    }

    /// True while we believe that we are cut off.
    pub fn is_out(&self) -> bool {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, DOMAINS, Outage};

    #[test]
    fn one_dead_domain_is_never_our_outage() {
        let mut outage = Outage::default();
        for _ in 0..100 {
            assert_eq!(outage.unreachable("a.example", true), Change::None);
        }
        assert!(!outage.is_out());
    }

    #[test]
    fn many_domains_in_a_row_are_and_one_answer_ends_it() {
        let mut outage = Outage::default();
        let changes: Vec<_> = (0..DOMAINS).map(|n| outage.unreachable(&format!("{n}.example"), true)).collect();
        assert_eq!(changes.last(), Some(&Change::Began));
        assert!(outage.is_out());
        assert_eq!(outage.unreachable("z.example", true), Change::None);
        assert_eq!(outage.answered(), Change::Ended);
        assert!(!outage.is_out());
    }

    #[test]
    fn sources_that_were_dead_before_say_nothing_about_us() {
        let mut outage = Outage::default();
        for n in 0..100 {
            assert_eq!(outage.unreachable(&format!("{n}.example"), false), Change::None);
        }
        assert!(!outage.is_out());
    }

    #[test]
    fn an_answer_between_failures_starts_the_count_afresh() {
        let mut outage = Outage::default();
        for n in 0..DOMAINS - 1 {
            outage.unreachable(&format!("{n}.example"), true);
        }
        outage.answered();
        assert_eq!(outage.unreachable("y.example", true), Change::None);
    }
}
