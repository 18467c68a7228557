//! `presswatch inspect WHAT`: one stage on what it is given, without a database and without the network.
//!
//! With a file (or, for articles and feeds, an address) as an argument it prints for people; without, it reads JSON Lines on standard
//! input and answers with JSON Lines in the same order. A line that cannot be processed is answered by `{"id": ..., "error": "..."}`:
//! never a missing line, never an exit code other than 0. Relative paths are resolved against the current folder; files ending in
//! `.gz` are unpacked. The rules are those of the daemon: the same code, the same defaults.

mod address;
mod article;
mod duplicates;
mod feed;
mod labels;
mod language;
mod lines;
mod match_;
mod url;

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::cli::{Global, terminal};
use crate::config::load_topics;
use crate::model::Problem;

/// Runs one stage on a file, an address or JSON Lines.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What a feed says, and what was mended.
    Feed(Target),
    /// The article of a page.
    Article(Target),
    /// The key of a story's address.
    Url(Target),
    /// The language of a text.
    Language(Target),
    /// Which stories are copies of one text, and which are about one event.
    Duplicates(Target),
    /// Countries, topics and actors with their evidence, by the words of this program and of `topics.toml` in the configuration directory.
    Labels(Target),
    /// Which watchlists a text meets, and where.
    Match(MatchTarget),
}

#[derive(Debug, clap::Args)]
struct Target {
    /// A file to describe (`-` reads standard input as JSON Lines); an address for `url`, `feed` and `article`.
    target: Option<String>,
}

#[derive(Debug, clap::Args)]
struct MatchTarget {
    /// The file with the watchlists.
    #[arg(long, value_name = "FILE")]
    watchlists: PathBuf,
    #[command(flatten)]
    target: Target,
}

/// What one line or argument gives a stage.
#[derive(Debug)]
pub struct Input {
    /// The JSON line; an object with `target` alone when a person gave an argument.
    pub line: Value,
}

impl Input {
    /// A text member of the line; `None` when absent or null.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.line.get(key).and_then(Value::as_str)
    }

    /// The bytes of the file that `path` (or a person's argument) names, unpacked when it ends in `.gz`.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        self.bytes_up_to(FILE_LIMIT_BYTES)
    }

    /// The same for what is never larger: a larger file is refused before it fills the memory.
    pub fn bytes_up_to(&self, limit: u64) -> Result<Vec<u8>, String> {
        let path = self.text("path").or(self.text("target")).ok_or("the line has no \"path\"")?;
        read_file(Path::new(path), limit)
    }
}

/// Unpacked files are capped: a small archive must not fill the memory.
const FILE_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    let mut bytes = Vec::new();
    let read = if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(file).take(limit + 1).read_to_end(&mut bytes)
    } else {
        file.take(limit + 1).read_to_end(&mut bytes)
    };
    read.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if bytes.len() as u64 > limit {
        return Err(format!("{} is larger than {limit} bytes", path.display()));
    }
    Ok(bytes)
}

/// The operator's words are faulty: nothing is labeled by half of them.
fn refuse(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("{}", terminal::clean(&problem.to_string()));
    }
    ExitCode::from(2)
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    // A panic on one line is that line's error; its report would only disturb the reader of the other lines.
    std::panic::set_hook(Box::new(|_| {}));
    match args.what {
        What::Feed(target) => stage(&target, feed::answer, feed::describe),
        What::Article(target) => stage(&target, article::answer, article::describe),
        What::Url(target) => stage(&target, url::answer, url::describe),
        What::Language(target) => stage(&target, language::answer, language::describe),
        What::Duplicates(target) => {
            let lines = std::cell::RefCell::new(duplicates::Lines::new()?);
            stage_in_order(&target, |input| lines.borrow_mut().answer(input), |input| lines.borrow_mut().describe(input))
        }
        What::Labels(target) => {
            let labels = match load_topics(&global.config).and_then(|topics| labels::Labels::load(&topics)) {
                Ok(labels) => labels,
                Err(problems) => return Ok(refuse(&problems)),
            };
            stage(&target, |input| labels.answer(input), |input| labels.describe(input))
        }
        What::Match(given) => {
            let topics = match load_topics(&global.config) {
                Ok(topics) => topics,
                Err(problems) => return Ok(refuse(&problems)),
            };
            let matcher = match_::Matcher::load(&given.watchlists, &topics)?;
            stage(&given.target, |input| matcher.answer(input), |input| matcher.describe(input))
        }
    }
}

fn stage(
    target: &Target,
    answer: impl Fn(&Input) -> Result<Value, String> + Sync,
    describe: impl FnOnce(&Input) -> Result<String, String>,
) -> anyhow::Result<ExitCode> {
    if described(target, describe)? {
        return Ok(ExitCode::SUCCESS);
    }
    lines::on_all_cores(std::io::stdin().lock(), answer, terminal::json)?;
    Ok(ExitCode::SUCCESS)
}

/// A stage whose answer to a line depends on the lines before it.
fn stage_in_order(
    target: &Target,
    answer: impl Fn(&Input) -> Result<Value, String>,
    describe: impl FnOnce(&Input) -> Result<String, String>,
) -> anyhow::Result<ExitCode> {
    if described(target, describe)? {
        return Ok(ExitCode::SUCCESS);
    }
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line?;
        if !line.iter().all(u8::is_ascii_whitespace) {
            terminal::json(&lines::answer_line(&line, &answer));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Describes the target for a person, where there is one.
fn described(target: &Target, describe: impl FnOnce(&Input) -> Result<String, String>) -> anyhow::Result<bool> {
    let Some(target) = target.target.as_deref().filter(|target| *target != "-") else { return Ok(false) };
    let text = describe(&Input { line: json!({ "target": target }) }).map_err(anyhow::Error::msg)?;
    terminal::line(&text);
    Ok(true)
}
