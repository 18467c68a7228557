//! Tries selectors on a page and tells what each of them finds, and which items lack something.

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::cli::sources::discover::write::{comment, item_json, item_line, taken};
use crate::cli::sources::list::listing_json;
use crate::cli::{Global, terminal};
use crate::config::Config;
use crate::gather::parse::discover::{PageFacts, facts};
use crate::gather::parse::{Trial, TrialItem, try_listing};
use crate::model::{ListingRules, RawItem};
use crate::pipeline::explore::{Finding, Kind, Probe};

/// Items that a person is shown.
const SHOWN: usize = 30;

pub(super) async fn run(probe: &Probe, url: &Url, rules: &ListingRules, config: &Config, global: &Global) -> anyhow::Result<ExitCode> {
    let (from, html) = match probe.page(url).await {
        Ok(page) => page,
        Err(problem) => {
            eprintln!("presswatch: {url}: {}", terminal::clean(&problem));
            return Ok(ExitCode::FAILURE);
        }
    };
    let (rules, page_url) = (rules.clone(), from.clone());
    let tried = tokio::task::spawn_blocking(move || (try_listing(&html, &rules, &page_url, Timestamp::now()), facts(&html), rules)).await?;
    let (trial, facts, rules) = tried;
    let trial = match trial {
        Ok(trial) => trial,
        Err(problems) => {
            for problem in problems {
                eprintln!("presswatch: {}", terminal::clean(&problem));
            }
            return Ok(ExitCode::from(2));
        }
    };
    let usable = trial.items.iter().any(|item| item.item.is_some());
    let snippet = snippet(&from, &rules, &trial, &facts, config);
    if global.json {
        terminal::json(&as_json(&from, &rules, &trial, snippet.as_deref()));
    } else {
        terminal::line(describe(&from, &rules, &trial, snippet.as_deref()).trim_end());
    }
    if !usable {
        eprintln!("presswatch: no item with a link was found");
    }
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn snippet(from: &Url, rules: &ListingRules, trial: &Trial, facts: &PageFacts, config: &Config) -> Option<String> {
    let finding = Finding {
        url: from.clone(),
        kind: Kind::Listing(rules.clone()),
        how: String::new(),
        title: None,
        language: None,
        items: trial.items.iter().filter_map(|item| item.item.clone()).collect(),
        warnings: Vec::new(),
        next: None,
        further: Vec::new(),
    };
    let name = facts.name.as_deref().unwrap_or(from.host_str().unwrap_or("source"));
    let entry = finding.entry(name, facts.language.as_ref(), &taken(config))?;
    Some(entry.to_toml().trim_start().to_owned())
}

/// What a selector finds: its name, the selector or what stands in its place, and in how many items it finds something.
fn tally(rules: &ListingRules, trial: &Trial) -> Vec<(&'static str, String, usize)> {
    let count = |has: fn(&RawItem) -> bool| trial.items.iter().filter_map(|item| item.item.as_ref()).filter(|item| has(item)).count();
    let named = |selector: &Option<String>, default: &str| selector.clone().unwrap_or_else(|| format!("({default})"));
    let mut rows = vec![
        ("item", rules.item.clone(), trial.items.len()),
        ("link", named(&rules.link, "the first link"), count(|item| item.url.is_some())),
        ("title", named(&rules.title, "the link's text"), count(|item| item.title.is_some())),
        ("date", named(&rules.date, "the first <time>"), count(|item| item.published.is_some())),
    ];
    rows.extend(rules.summary.clone().map(|summary| ("summary", summary, count(|item| item.summary_html.is_some()))));
    rows.extend(rules.next.clone().map(|next| ("next", next, usize::from(trial.next.is_some()))));
    rows
}

fn describe(from: &Url, rules: &ListingRules, trial: &Trial, snippet: Option<&str>) -> String {
    let mut out = String::new();
    comment(&mut out, &format!("Tried at {from}:"));
    for (name, selector, count) in tally(rules, trial) {
        let found = match name {
            "item" => format!("{count} items"),
            "next" => trial.next.as_ref().map_or_else(|| "finds nothing".to_owned(), Url::to_string),
            _ => format!("{count} of {}", trial.items.len()),
        };
        comment(&mut out, &format!("  {name:<8} {selector:<32} {found}"));
    }
    out.push('\n');
    for TrialItem { item, lacks, excerpt } in trial.items.iter().take(SHOWN) {
        match item {
            Some(item) => item_line(&mut out, item),
            None => comment(&mut out, &format!("  left out          {excerpt}")),
        }
        for lack in lacks {
            comment(&mut out, &format!("  {:<16}  lacks {lack}", ""));
        }
    }
    if trial.items.len() > SHOWN {
        comment(&mut out, &format!("  ... and {} more", trial.items.len() - SHOWN));
    }
    if let Some(snippet) = snippet {
        out.push('\n');
        out.push_str(snippet);
    }
    out
}

fn as_json(from: &Url, rules: &ListingRules, trial: &Trial, snippet: Option<&str>) -> Value {
    let items: Vec<Value> = trial
        .items
        .iter()
        .map(|tried| json!({ "item": tried.item.as_ref().map(item_json), "lacks": tried.lacks, "excerpt": tried.excerpt }))
        .collect();
    let counts: serde_json::Map<String, Value> =
        tally(rules, trial).into_iter().map(|(name, _, count)| (name.to_owned(), Value::from(count))).collect();
    json!({
        "url": from.as_str(),
        "listing": listing_json(rules),
        "found": counts,
        "next": trial.next.as_ref().map(Url::as_str),
        "items": items,
        "toml": snippet,
    })
}
