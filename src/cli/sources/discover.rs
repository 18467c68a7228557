//! `presswatch sources discover`: how a site can be listened to. Prints a file for sources.d with the items that it would yield as comments.
//! With selectors it tries these instead and tells what each item lacks. Stores nothing.

mod attempt;
mod write;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::cli::{self, Global, check, terminal};
use crate::config::{Config, parse_web_address};
use crate::gather::fetch::Politeness;
use crate::model::{ListingRules, SourceKind};
use crate::net::{AddressPolicy, Client, user_agent};
use crate::pipeline::explore::{Explored, Probe};

/// A person waits: requests to one site follow each other sooner than the daemon's, one at a time.
const SPACING_MOST: Duration = Duration::from_millis(500);

/// Finds the feeds of a site, or selectors where it has none.
#[derive(Debug, clap::Args)]
#[command(after_help = "The output is a file for sources.d: presswatch sources discover URL > /etc/presswatch/sources.d/new.toml")]
pub struct Args {
    /// The address of a page that lists news; or the id of a configured source.
    #[arg(value_name = "URL|ID")]
    target: String,
    /// Tries all ways, also where a feed is found at once.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    selectors: Selectors,
}

/// Selectors to be tried by hand.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Selectors to be tried")]
pub(super) struct Selectors {
    /// One element per story. Tries the selectors and tells what each item lacks.
    #[arg(long, value_name = "CSS")]
    item: Option<String>,
    /// Inside an item: the link to the article.
    #[arg(long, value_name = "CSS")]
    link: Option<String>,
    /// Inside an item: the headline.
    #[arg(long, value_name = "CSS")]
    title: Option<String>,
    /// Inside an item: the date.
    #[arg(long, value_name = "CSS")]
    date: Option<String>,
    /// Inside an item: the summary.
    #[arg(long, value_name = "CSS")]
    summary: Option<String>,
    /// In the whole page: the link to the next page.
    #[arg(long, value_name = "CSS")]
    next: Option<String>,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let (url, rules) = match aim(args, &config) {
        Ok(aim) => aim,
        Err(problem) => {
            eprintln!("presswatch: {}", terminal::clean(&problem));
            return Ok(ExitCode::from(2));
        }
    };
    let policy = AddressPolicy::from_config(&config.network)?;
    let client = Client::new(&config.network, policy, &user_agent(config.instance.contact.as_deref()))?;
    // A configured source is looked at by its own way.
    let client = match config.sources.iter().find(|source| source.id.as_str() == args.target) {
        Some(source) => client.for_source(&source.url, &config.accesses.of(&source.id))?,
        None => client,
    };
    let politeness = Politeness::new(config.gather.domain_spacing.min(SPACING_MOST), 1);
    let probe = Probe::new(client, politeness, &config.network);
    if let Some(rules) = rules {
        return cli::runtime()?.block_on(attempt::run(&probe, &url, &rules, &config, global));
    }
    let explored = cli::runtime()?.block_on(probe.explore(&url, args.all));
    Ok(show(&url, explored, &config, global))
}

/// The address, and the selectors where some are to be tried.
fn aim(args: &Args, config: &Config) -> Result<(Url, Option<ListingRules>), String> {
    let given = &args.selectors;
    let known = config.sources.iter().find(|source| source.id.as_str() == args.target);
    let configured = known.and_then(|source| match &source.kind {
        SourceKind::Listing(rules) => Some(rules.clone()),
        SourceKind::Feed | SourceKind::Sitemap(_) => None,
    });
    let url = match known {
        Some(source) => source.url.clone(),
        None if args.target.contains("://") => parse_web_address(&args.target)?,
        // A host as people type it.
        None if args.target.contains('.') => parse_web_address(&format!("https://{}", args.target))?,
        None => return Err(format!("\"{}\" is neither a web address nor the id of a source", args.target)),
    };
    let others = [&given.link, &given.title, &given.date, &given.summary, &given.next];
    let Some(mut rules) = given.item.as_deref().map(ListingRules::new).or(configured.filter(|_| !args.all)) else {
        if others.iter().any(|selector| selector.is_some()) {
            return Err("selectors are looked up inside an item: add --item".to_owned());
        }
        return Ok((url, None));
    };
    for (rule, given) in [&mut rules.link, &mut rules.title, &mut rules.date, &mut rules.summary, &mut rules.next].into_iter().zip(others) {
        if given.is_some() {
            rule.clone_from(given);
        }
    }
    Ok((url, Some(rules)))
}

fn show(url: &Url, explored: Result<Explored, String>, config: &Config, global: &Global) -> ExitCode {
    let explored = match explored {
        Ok(explored) => explored,
        Err(problem) => {
            if global.json {
                terminal::json(&json!({ "url": url.as_str(), "error": problem }));
            }
            eprintln!("presswatch: {}: {}", url, terminal::clean(&problem));
            return ExitCode::FAILURE;
        }
    };
    let found = explored.findings.iter().any(|finding| !finding.items.is_empty());
    if global.json {
        terminal::json(&write::json(url, &explored, config));
    } else {
        terminal::line(write::toml(url, &explored, config).trim_end());
    }
    if !found {
        let tried = explored.tried.len();
        let hint = "if the page lists news, try selectors by hand: --item 'article' --title 'h2'";
        eprintln!("presswatch: nothing at {url} yields an item, {tried} more addresses were tried; {hint}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
