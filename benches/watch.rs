//! How fast stories are held against many watchlists, and what many watchlists cost: `cargo bench --bench watch`.
//!
//! Every figure is of one core: `cargo bench --bench watch 10000` goes up to 10,000 rules instead of 100,000. Rules and stories are made by a
//! generator with a fixed seed: rules of 3 to 40 terms around head words that many rules share, in several languages; stories of 3 kB whose words are as frequent as words of news are (Zipf).

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod watch_rules;

use std::time::{Duration, Instant};

use presswatch::config::Watchlists;
use presswatch::watch::WatchlistSet;
use watch_rules::{Generator, Text};

const STORIES: usize = 400;
/// A story is looked at so often, and the quickest look counts: other programs disturb the rest.
const LOOKS: usize = 5;

/// Time on a core, as Linux counts it for the only thread; other programs do not count.
fn core_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0))
}

fn main() {
    let mut generator = Generator::new(20_260_101);
    let stories: Vec<Text> = (0..STORIES).map(|_| generator.story(3000)).collect();
    let bytes: usize = stories.iter().map(|story| story.title.len() + story.body.len()).sum();
    println!("{STORIES} stories of {} bytes on average", bytes / STORIES);

    let quiet: Vec<Text> = (0..STORIES).map(|_| generator.quiet_story(3000)).collect();

    let none = figures("no list", &Watchlists::default(), &stories, None);
    let hundred = figures("100 rules", &generator.lists(100), &stories, None);
    println!("    a preview reads {:.0} stories a second", 1.0 / hundred.mean.as_secs_f64());
    let mut former: Option<Duration> = None;
    let largest = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    for rules in [1_000, 10_000, 100_000].into_iter().filter(|rules| *rules <= largest) {
        let found = figures(&format!("{rules} rules"), &generator.lists(rules), &stories, Some(&quiet));
        if let Some(former) = former {
            println!("    ten times the rules cost {:.2} times as much", found.median.as_secs_f64() / former.as_secs_f64());
        }
        former = Some(found.median);
    }
    let persons = figures("2,000 persons", &generator.persons(2_000), &stories, None);
    println!("    persons cost {} µs more than no list", persons.median.saturating_sub(none.median).as_micros());
    let mut both = generator.lists(largest);
    both.lists.extend(generator.persons(2_000).lists);
    let both = figures(&format!("{largest} rules and 2,000 persons"), &both, &stories, None);
    println!("    persons cost {} µs more than the rules alone", both.median.saturating_sub(former.unwrap_or_default()).as_micros());
}

struct Figures {
    median: Duration,
    mean: Duration,
}

fn figures(what: &str, lists: &Watchlists, stories: &[Text], quiet: Option<&[Text]>) -> Figures {
    let terms: usize = lists.lists.iter().map(|list| watch_rules::terms(&list.query.text)).sum();
    let before = resident_kilobytes();
    let start = core_time();
    let set = match WatchlistSet::compile(lists) {
        Ok((set, _)) => set,
        Err(problems) => panic!("the generator writes faulty queries: {}", problems.first().map(ToString::to_string).unwrap_or_default()),
    };
    let built = core_time().saturating_sub(start);
    let memory = resident_kilobytes().saturating_sub(before);

    println!("{what}: {terms} terms, built in {} ms, {:.1} MB", built.as_millis(), memory as f64 / 1024.0);
    if let Some(quiet) = quiet {
        println!("  stories most of whose names are in no list:");
        hold(&set, quiet);
        println!("  stories all of whose names are in lists:");
    }
    hold(&set, stories)
}

/// Holds stories against lists.
fn hold(set: &WatchlistSet, stories: &[Text]) -> Figures {
    let mut met = 0;
    let (began, core) = (Instant::now(), core_time());
    let mut times: Vec<Duration> = stories
        .iter()
        .map(|story| {
            let looks = (0..LOOKS).map(|_| {
                let start = Instant::now();
                met += set.matches(&story.document()).len();
                start.elapsed()
            });
            looks.min().unwrap_or_default()
        })
        .collect();
    // On a machine that has other work, the core's time is what counts: the shortest of some looks at a story still holds pauses.
    let share = core_time().saturating_sub(core).as_secs_f64() / began.elapsed().as_secs_f64();
    let core = core_time().saturating_sub(core) / u32::try_from(LOOKS * stories.len()).unwrap_or(1);
    times.sort_unstable();
    let median = times[times.len() / 2];
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap_or(1);
    println!(
        "    a story {} µs (median), {} µs (mean), {} µs (19 of 20), {} µs of a core that it had for {:.0} % of the time, {:.1} matches",
        median.as_micros(),
        mean.as_micros(),
        times[times.len() * 19 / 20].as_micros(),
        core.as_micros(),
        100.0 * share,
        met as f64 / (LOOKS * stories.len()) as f64,
    );
    Figures { median, mean }
}

/// The memory that the program holds, as Linux counts it; 0 elsewhere.
fn resident_kilobytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")).and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
