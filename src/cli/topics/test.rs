//! `presswatch topics test [FILE]`: labels gained and lost, before a change goes live.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cli::{Global, terminal};
use crate::config::{Config, TopicsConfig, topics};
use crate::model::{Evidence, Language, StoryId};
use crate::store::{LabeledText, Store};
use crate::understand::classify::Classifier;

/// Shows which stored stories would gain or lose topics and actors. Changes nothing.
///
/// Stored labels are those of the words that were in force when each story came in. They are compared with what this version of
/// the program and the file say.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A changed topics.toml; without it, the one of the configuration.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Stories of so many days are looked at.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
    /// Of at most so many stories, the newest.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Examples shown for each label.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=50))]
    examples: u8,
}

/// Stories that are held in memory at once.
const BATCH: u32 = 200;

/// One story that gains or loses a label.
#[derive(Debug)]
struct Example {
    id: StoryId,
    title: String,
    /// What speaks for a label that is gained.
    evidence: Vec<Evidence>,
}

/// What happens to one label.
#[derive(Debug, Default)]
struct Change {
    gained: usize,
    lost: usize,
    gains: Vec<Example>,
    losses: Vec<Example>,
}

/// Changes by kind and id.
type Changes = BTreeMap<(&'static str, String), Change>;

pub async fn run(args: &Args, global: &Global, config: &Config, store: &Store) -> anyhow::Result<ExitCode> {
    let words = match args.file.as_deref().map(read).transpose()? {
        Some(Ok(words)) => words,
        Some(Err(code)) => return Ok(code),
        None => config.topics.clone(),
    };
    let classifier = match Classifier::new(&words) {
        Ok(classifier) => classifier,
        Err(problems) => return Ok(refuse(&problems)),
    };
    let since = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(args.days));
    let mut changes = Changes::new();
    let (mut stories, mut changed, mut last) = (0, 0, None);
    while stories < args.limit {
        let wanted = BATCH.min(args.limit - stories);
        let texts = store.labeled_texts(since, last, i64::from(wanted)).await?;
        let Some(final_text) = texts.last() else { break };
        last = Some(final_text.id);
        for text in &texts {
            stories += 1;
            changed += u32::from(compare(&classifier, text, usize::from(args.examples), &mut changes));
        }
    }
    if global.json {
        let listed: Vec<Value> = changes.iter().map(|((kind, id), change)| as_json(kind, id, change)).collect();
        terminal::json(
            &json!({ "since": since.to_string(), "stories": stories, "changed": changed, "limited": stories == args.limit, "labels": listed }),
        );
        return Ok(ExitCode::SUCCESS);
    }
    for ((kind, id), change) in &changes {
        terminal::line(&format!("{kind} {id}: {} gained, {} lost", change.gained, change.lost));
        show('+', &change.gains);
        show('-', &change.losses);
    }
    let limited = if stories == args.limit { " (the newest; --limit reads more)" } else { "" };
    terminal::line(&format!("{changed} of {stories} stories of the last {} days would change{limited}", args.days));
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<Result<TopicsConfig, ExitCode>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(topics::read(&text, path).map_err(|problems| refuse(&problems)))
}

fn refuse(problems: &[crate::model::Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("{}", terminal::clean(&problem.to_string()));
    }
    ExitCode::from(2)
}

/// Labels a text anew; true where something is gained or lost.
fn compare(classifier: &Classifier, text: &LabeledText, examples: usize, changes: &mut Changes) -> bool {
    let language = Language::parse(&text.language).unwrap_or_else(Language::undetermined);
    let found = classifier.classify(&text.title, &text.body, &language, None);
    let topics: Vec<(&str, &[Evidence])> = found.topics.iter().map(|label| (label.id.as_str(), label.evidence.as_slice())).collect();
    let actors: Vec<(&str, &[Evidence])> = found.actors.iter().map(|label| (label.id.as_str(), label.evidence.as_slice())).collect();
    let mut is_changed = false;
    for (kind, new, old) in [("topic", topics, &text.topics), ("actor", actors, &text.actors)] {
        let example = |evidence: &[Evidence]| Example { id: text.id, title: text.title.clone(), evidence: evidence.to_vec() };
        for (id, evidence) in new.iter().filter(|(id, _)| !old.iter().any(|known| known == id)) {
            let change = changes.entry((kind, (*id).to_owned())).or_default();
            change.gained += 1;
            if change.gains.len() < examples {
                change.gains.push(example(evidence));
            }
            is_changed = true;
        }
        for id in old.iter().filter(|id| !new.iter().any(|(found, _)| found == id)) {
            let change = changes.entry((kind, id.clone())).or_default();
            change.lost += 1;
            if change.losses.len() < examples {
                change.losses.push(example(&[]));
            }
            is_changed = true;
        }
    }
    is_changed
}

fn show(sign: char, examples: &[Example]) {
    for example in examples {
        let found: Vec<String> = example.evidence.iter().map(|place| format!("{:?}", place.text)).collect();
        let why = if found.is_empty() { String::new() } else { format!(" ({})", found.join(", ")) };
        terminal::line(&format!("  {sign} {} {}{why}", example.id, example.title.replace('\n', " ")));
    }
}

fn as_json(kind: &str, id: &str, change: &Change) -> Value {
    let listed = |examples: &[Example]| {
        let place = |place: &Evidence| json!({ "field": place.field.as_str(), "start": place.start, "end": place.end, "text": place.text, "rule": place.rule });
        examples
            .iter()
            .map(|one| json!({ "id": one.id.to_string(), "title": one.title, "evidence": one.evidence.iter().map(place).collect::<Vec<_>>() }))
            .collect::<Vec<_>>()
    };
    json!({ "kind": kind, "id": id, "gained": change.gained, "lost": change.lost, "gains": listed(&change.gains), "losses": listed(&change.losses) })
}
