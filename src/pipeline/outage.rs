//! Tells our own outage from the sources' failures: when whatever is tried fails to connect, it is us.

use std::collections::HashSet;

/// So many different domains must have failed in a row, without one success between, before we blame ourselves.
const DOMAINS: usize = 5;

/// A run of failures to connect.
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

    /// A name could not be resolved, or a connection not be made.
    pub fn unreachable(&mut self, domain: &str) -> Change {
        if self.failed.len() < DOMAINS {
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
            assert_eq!(outage.unreachable("a.example"), Change::None);
        }
        assert!(!outage.is_out());
    }

    #[test]
    fn many_domains_in_a_row_are_and_one_answer_ends_it() {
        let mut outage = Outage::default();
        let changes: Vec<_> = (0..DOMAINS).map(|n| outage.unreachable(&format!("{n}.example"))).collect();
        assert_eq!(changes.last(), Some(&Change::Began));
        assert!(outage.is_out());
        assert_eq!(outage.unreachable("z.example"), Change::None);
        assert_eq!(outage.answered(), Change::Ended);
        assert!(!outage.is_out());
    }

    #[test]
    fn an_answer_between_failures_starts_the_count_afresh() {
        let mut outage = Outage::default();
        for n in 0..DOMAINS - 1 {
            outage.unreachable(&format!("{n}.example"));
        }
        outage.answered();
        assert_eq!(outage.unreachable("y.example"), Change::None);
    }
}
