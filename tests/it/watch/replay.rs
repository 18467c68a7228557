//! Queries that once were, or well might be, hard to read: each is taken or refused with a place, whole and cut and doubled.

use std::time::{Duration, Instant};

use super::{Text, list, try_set};

const QUERIES: &str = include_str!("../../fixtures/watch/queries.txt");
/// Reading a query of 8 KiB takes less than a millisecond; a reader that runs wild takes for ever.
const PATIENCE: Duration = Duration::from_mins(1);

fn replay(query: &str) {
    let text = Text::new("ru", "a b журналист 記者", "c d e");
    match try_set(vec![("g", "qumo OR \"a b\"")], vec![list("one", query)]) {
        Ok((set, _)) => drop(text.matches(&set)),
        Err(problems) => {
            assert!(!problems.is_empty(), "{query:?} was refused without a word");
            let lines = query.split('\n').count();
            for problem in problems {
                assert!(problem.line <= lines && !problem.message.is_empty(), "{query:?}: {problem}");
                let line = query.split('\n').nth(problem.line.saturating_sub(1)).unwrap_or_default();
                assert!(problem.column <= line.chars().count() + 1, "{query:?}: {problem} is behind the end of its line");
            }
        }
    }
}

#[test]
fn hard_queries_are_taken_or_refused_in_their_place() {
    let started = Instant::now();
    let all: Vec<&str> = QUERIES.split('\n').collect();
    for (at, query) in all.iter().enumerate() {
        replay(query);
        let other = all[(at * 7 + 3) % all.len()];
        for joint in ["", " ", " OR ", "(", "\n"] {
            replay(&format!("{query}{joint}{other}"));
        }
        let letters: Vec<char> = query.chars().take(40).collect();
        for cut in 0..letters.len() {
            replay(&letters[..cut].iter().collect::<String>());
            replay(&letters[cut..].iter().collect::<String>());
        }
        assert!(started.elapsed() < PATIENCE, "reading takes for ever at {query:?}");
    }
}
