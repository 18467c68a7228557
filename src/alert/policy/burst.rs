//! What is far more than usual: distinct sources in a window, against the same hour of former weeks.

use crate::config::BurstPolicy;

/// What a window held: sources with stories of their own, and those stories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    pub sources: u32,
    pub stories: u32,
}

/// What the window is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    pub mean: f32,
    /// Of the samples, but at least that of as many events that know nothing of each other (the root of the mean), and at least 1: in a quiet
    /// hour two sources are no alarm.
    pub deviation: f32,
}

/// The usual of the samples: windows at the same hour of the week, and the hours beside it.
pub fn usual(samples: &[u32]) -> Option<Usual> {
    if samples.is_empty() {
        return None;
    }
    let count = samples.len() as f64;
    let mean = samples.iter().map(|sample| f64::from(*sample)).sum::<f64>() / count;
    let variance = samples.iter().map(|sample| (f64::from(*sample) - mean).powi(2)).sum::<f64>() / count;
    #[expect(clippy::cast_possible_truncation, reason = "a mean of counts is small")]
    Some(Usual { mean: mean as f32, deviation: variance.sqrt().max(mean.sqrt()).max(1.0) as f32 })
}

/// How many deviations above the usual the window is, where it is a burst.
pub fn burst(policy: &BurstPolicy, window: Window, usual: Usual) -> Option<f32> {
    let z = (window.sources as f32 - usual.mean) / usual.deviation;
    (window.stories >= policy.min_count && window.sources >= policy.min_sources && z >= policy.z).then_some(z)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn policy() -> BurstPolicy {
        BurstPolicy {
            per_country: false,
            window: Duration::from_hours(1),
            baseline: Duration::from_hours(672),
            min_history: Duration::from_hours(192),
            min_count: 6,
            min_sources: 4,
            z: 3.0,
            cooldown: Duration::from_hours(6),
            priority: None,
            channels: Vec::new(),
        }
    }

    #[test]
    fn a_burst_is_far_above_the_usual_of_its_hour() {
        for (samples, sources, stories, expect) in [
            ([0, 0, 0, 0].as_slice(), 4, 6, true),
            (&[0, 0, 0, 0], 3, 6, false),  // too few sources
            (&[0, 0, 0, 0], 4, 5, false),  // too few stories
            (&[4, 4, 4, 4], 9, 20, false), // busy as ever: deviation 2
            (&[4, 4, 4, 4], 10, 20, true),
            (&[1, 9, 1, 9], 16, 30, false), // an hour that varies: deviation 4
            (&[1, 9, 1, 9], 17, 30, true),
        ] {
            let found = burst(&policy(), Window { sources, stories }, usual(samples).unwrap());
            assert_eq!(found.is_some(), expect, "{samples:?} {sources} {stories}: {found:?}");
        }
        assert_eq!(usual(&[]), None);
    }
}
