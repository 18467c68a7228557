//! `presswatch watchlists test FILE_OR_TEXT`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};

use crate::cli::watchlists::{archive, compile};
use crate::cli::{Global, check, terminal};
use crate::config::codes;
use crate::model::{CountryCode, Language, Match, SourceId};
use crate::understand::language::detect;
use crate::watch::Document;

/// Tries the watchlists on a text or file and shows what they find.
///
/// The labels of the text are those given here: `country:`, `topic:` and the lists' own filters look at them alone.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A text, or the path of a file with one.
    #[arg(value_name = "FILE_OR_TEXT", required_unless_present = "archive", default_value = "")]
    text: String,
    /// Tries the lists on the stored stories of the last days instead.
    #[arg(long, conflicts_with_all = ["text", "title", "lang", "about", "topic", "source", "url"])]
    archive: bool,
    /// How many days of the archive.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3660), requires = "archive")]
    days: u16,
    /// A file with changed lists: shows what they find that the configured ones do not, and the other way round.
    #[arg(long, value_name = "FILE", requires = "archive")]
    with: Option<std::path::PathBuf>,
    /// The headline; without it everything is body.
    #[arg(long, default_value = "")]
    title: String,
    /// The language (ISO 639); detected where absent.
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<String>,
    /// A country that the story is about (ISO 3166-1 alpha-2); may be repeated.
    #[arg(long, value_name = "COUNTRY")]
    about: Vec<String>,
    /// A topic of the story; may be repeated.
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,
    /// The id of the source that it is from.
    #[arg(long, value_name = "ID", default_value = "none")]
    source: String,
    /// The address of the story.
    #[arg(long, value_name = "URL", default_value = "")]
    url: String,
}

/// A longer argument is a text, not the path of a file.
const PATH_BYTES: usize = 4096;

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    if args.archive {
        return archive::run(args.days, args.with.as_deref(), global);
    }
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let set = match compile(&config.watchlists) {
        Ok(set) => set,
        Err(code) => return Ok(code),
    };
    let text = text(&args.text)?;
    let declared = args.lang.as_deref().map(language).transpose()?;
    let detected = match &declared {
        Some(_) => None,
        None => Some(detect(None, &format!("{}\n{text}", args.title))),
    };
    let language = declared.or_else(|| detected.as_ref().map(|found| found.language.clone())).unwrap_or_else(Language::undetermined);
    let source_id = SourceId::new(&args.source)?;
    let source_name = config.sources.iter().find(|source| source.id == source_id).map_or("", |source| source.name.as_str());
    let document = Document {
        title: &args.title,
        text: &text,
        url: &args.url,
        source: &format!("{source_id} {source_name}"),
        authors: &[],
        tags: &[],
        language: &language,
        countries_about: args.about.iter().map(|code| country(code).map(|code| (code, 1.0))).collect::<anyhow::Result<_>>()?,
        topics: args.topic.clone(),
        source_id: &source_id,
    };
    let found = set.matches(&document);
    if global.json {
        terminal::json(&json!({ "language": language.as_str(), "lists": set.len(), "matches": found.iter().map(as_json).collect::<Vec<_>>() }));
        return Ok(ExitCode::SUCCESS);
    }
    let how = if detected.is_some() { "detected" } else { "given" };
    terminal::line(&format!("language: {language} ({how})"));
    for one in &found {
        terminal::line(&format!("{} (score {:.2})", one.watchlist, one.score));
        for place in &one.evidence {
            let field = if place.field.as_str() == "title" { args.title.as_str() } else { text.as_str() };
            terminal::line(&format!("  {}: {}    [{}]", place.field.as_str(), in_context(field, place.start, place.end, &place.text), place.rule));
        }
    }
    terminal::line(&format!("{} of {} watchlists match", found.len(), set.len()));
    Ok(ExitCode::SUCCESS)
}

fn text(given: &str) -> anyhow::Result<String> {
    let path = Path::new(given);
    if given.len() <= PATH_BYTES && path.is_file() {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {given}"))?;
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(given.to_owned())
}

fn language(code: &str) -> anyhow::Result<Language> {
    codes::language(code).map_err(|_| anyhow::anyhow!("{code:?} is no language: write a code of ISO 639, for example kk"))
}

fn country(code: &str) -> anyhow::Result<CountryCode> {
    codes::country(code).map_err(|_| anyhow::anyhow!("{code:?} is no country: write a code of ISO 3166-1, for example KZ"))
}

/// Characters shown on either side of a place.
const CONTEXT_CHARACTERS: usize = 24;

/// The place between brackets with some of the text around, on one line.
fn in_context(field: &str, start: usize, end: usize, found: &str) -> String {
    let (Some(before), Some(after)) = (field.get(..start), field.get(end..)) else { return format!("[{found}]") };
    let before_text: String = before.chars().rev().take(CONTEXT_CHARACTERS).collect::<Vec<_>>().into_iter().rev().collect();
    let after_text: String = after.chars().take(CONTEXT_CHARACTERS).collect();
    let more = |whole: &str, shown: &str| if whole.len() > shown.len() { "…" } else { "" };
    format!("{}{before_text}[{found}]{after_text}{}", more(before, &before_text), more(after, &after_text)).replace('\n', " ")
}

fn as_json(found: &Match) -> Value {
    let places = found
        .evidence
        .iter()
        .map(|place| json!({ "field": place.field.as_str(), "start": place.start, "end": place.end, "text": place.text, "rule": place.rule }));
    json!({ "watchlist": found.watchlist.as_str(), "score": found.score, "evidence": places.collect::<Vec<_>>() })
}
