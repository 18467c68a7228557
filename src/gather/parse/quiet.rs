//! Catches panics of parsers without their report: a hostile document is data, not an incident.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs a parser; `None` when it panicked. Panics on other threads are reported as ever.
pub(super) fn catch<T>(run: impl FnOnce() -> T) -> Option<T> {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                report(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(before);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::catch;

    #[test]
    fn a_panic_is_no_value_and_the_next_run_is_unharmed() {
        assert_eq!(catch(|| -> i32 { panic!("hostile") }), None);
        assert_eq!(catch(|| 7), Some(7));
    }
}
