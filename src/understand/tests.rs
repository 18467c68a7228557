//! Tells whether work grows with its input or with its square, on a machine of any speed and load. For tests.

use std::time::{Duration, Instant};

/// How much larger the large input is.
const TIMES: usize = 16;
/// The large input once against the small one 16 times: linear work takes as long, quadratic work 16 times as long. Both are measured over a
/// like time, so that what a busy machine takes away it takes from both.
const LIMIT: f64 = 6.0;
/// A busy machine may spoil single measurements, not so many.
const TRIES: usize = 10;
/// Shorter measurements are noise.
const NOISE: Duration = Duration::from_millis(2);

/// Fails when the work on an input 16 times as large takes far more than 16 times as long, the least of several tries compared.
#[track_caller]
pub fn assert_not_quadratic<T>(what: &str, size: usize, make: impl Fn(usize) -> String, work: impl Fn(&str) -> T) {
    let (small, large) = (make(size), make(size * TIMES));
    let timed = |input: &str, times: usize| {
        let started = Instant::now();
        for _ in 0..times {
            std::hint::black_box(work(std::hint::black_box(input)));
        }
        started.elapsed().max(NOISE)
    };
    let (mut least_small, mut least_large) = (Duration::MAX, Duration::MAX);
    let mut ratio = f64::INFINITY;
    for _ in 0..TRIES {
        least_small = least_small.min(timed(&small, TIMES));
        least_large = least_large.min(timed(&large, 1));
        ratio = least_large.as_secs_f64() / least_small.as_secs_f64();
        if ratio < LIMIT {
            return;
        }
    }
    panic!("{what}: {TIMES} times the input takes {ratio:.1} times as long as so many small ones ({least_small:?}, {least_large:?})");
}

#[test]
fn quadratic_work_is_told_from_linear() {
    let linear = |input: &str| input.bytes().map(u64::from).sum::<u64>();
    assert_not_quadratic("linear", 200_000, |size| "a".repeat(size), linear);
    let quadratic = |input: &str| input.bytes().map(|byte| input.bytes().filter(|other| *other == byte).count()).sum::<usize>();
    let told = std::panic::catch_unwind(|| assert_not_quadratic("quadratic", 500, |size| "a".repeat(size), quadratic));
    assert!(told.is_err());
}
