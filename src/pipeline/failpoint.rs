//! Places where a debug build dies when it is told to: how the faults harness proves that nothing is lost there. Nothing of it is in a release build.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Every place, in the order of a story's way.
pub const POINTS: [&str; 8] = ["fetched", "stored", "matched", "outboxed", "committed", "claimed", "sent", "acknowledged"];

#[derive(Debug)]
struct Armed {
    point: String,
    /// Passed so often before it dies.
    left: AtomicU32,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Lets the process die when it comes to a place for the time with this number, from 1. Once in a process.
///
/// # Errors
/// When there is no such place.
pub fn arm(text: &str) -> Result<(), String> {
    let (point, number) = text.split_once(':').unwrap_or((text, "1"));
    let number: u32 = number.parse().map_err(|_| format!("{number:?} is not a number"))?;
    if !POINTS.contains(&point) {
        return Err(format!("there is no failpoint {point:?}: known are {}", POINTS.join(", ")));
    }
    let _ = ARMED.set(Armed { point: point.to_owned(), left: AtomicU32::new(number) });
    Ok(())
}

/// Dies here, at once and without a word, where that was asked for.
pub(super) fn reached(point: &str) {
    if !cfg!(debug_assertions) {
        return;
    }
    if let Some(armed) = ARMED.get().filter(|armed| armed.point == point)
        && armed.left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        std::process::abort();
    }
}
