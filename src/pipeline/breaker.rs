//! Keeps a channel that takes nothing from being asked over and over: after a few failures in a row one delivery at a time finds out whether it is back.
//!
//! It spares the peer and our sockets; it decides nothing about a delivery, whose own schedule goes on.

use std::time::{Duration, Instant};

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// Between two trials of a channel that takes nothing.
const PAUSE: Duration = Duration::from_secs(30);
/// What a channel is known to do is written down again after this time, for the sake of other daemons.
const NOTE_EVERY: Duration = Duration::from_mins(1);

/// How a channel does, as this process saw it.
#[derive(Debug, Clone, Default)]
pub struct Breaker {
    failures: u32,
    next_trial: Option<Instant>,
    noted: Option<(bool, Instant)>,
}

impl Breaker {
    /// How many of `wanted` deliveries may be claimed now.
    pub fn allowance(&self, wanted: usize, now: Instant) -> usize {
        match self.next_trial {
            None => wanted,
            Some(trial) if now >= trial => wanted.min(1),
            Some(_) => 0,
        }
    }

    /// How long until something may be claimed; zero when it may now.
    pub fn wait(&self, now: Instant) -> Duration {
        self.next_trial.map_or(Duration::ZERO, |trial| trial.saturating_duration_since(now))
    }

    /// A delivery was taken. True when that is to be written down.
    pub fn succeeded(&mut self, now: Instant) -> bool {
        (self.failures, self.next_trial) = (0, None);
        self.note(true, now)
    }

    /// The channel took nothing. True when that is to be written down.
    pub fn failed(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.next_trial = Some(now + PAUSE);
        }
        self.note(false, now)
    }

    fn note(&mut self, well: bool, now: Instant) -> bool {
        let known = self.noted.is_some_and(|(former, at)| former == well && now.saturating_duration_since(at) < NOTE_EVERY);
        if !known {
            self.noted = Some((well, now));
        }
        !known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_fails_five_times_is_tried_one_at_a_time() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        for _ in 0..4 {
            breaker.failed(start);
        }
        assert_eq!((breaker.allowance(16, start), breaker.wait(start)), (16, Duration::ZERO));
        breaker.failed(start);
        assert_eq!((breaker.allowance(16, start), breaker.wait(start)), (0, PAUSE));
        let trial = start + PAUSE;
        assert_eq!((breaker.allowance(16, trial), breaker.wait(trial)), (1, Duration::ZERO));
        breaker.failed(trial);
        assert_eq!(breaker.allowance(16, trial + PAUSE / 2), 0);
        breaker.succeeded(trial + PAUSE);
        assert_eq!(breaker.allowance(16, trial + PAUSE), 16);
    }

    #[test]
    fn what_it_does_is_written_down_when_it_changes_and_every_minute() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        assert!(breaker.succeeded(start) && !breaker.succeeded(start));
        assert!(breaker.failed(start) && !breaker.failed(start));
        assert!(breaker.failed(start + NOTE_EVERY) && !breaker.failed(start + NOTE_EVERY));
    }
}
