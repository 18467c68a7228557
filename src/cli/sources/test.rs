//! `presswatch sources test`: fetches sources once, as the daemon would, and tells which moved or died. Stores nothing.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use crate::cli::{self, Global, check, terminal};
use crate::config::{Config, RobotsRule, parse_web_address};
use crate::gather::fetch::{Document, FetchError, Fetched, Outcome, Politeness, Problem, Robots, Validators, fetch_document, registrable_domain};
use crate::gather::parse::parse_document;
use crate::model::{Source, SourceKind};
use crate::net::{AddressPolicy, Client, user_agent};
use crate::pipeline::explore::unlisted;

/// So many domains without one answer, and the fault is on this side.
const SILENT_DOMAINS: usize = 8;
/// What reading one document may take.
const READING_BUDGET: Duration = Duration::from_secs(5);
/// Sitemaps of an index that are looked into: enough to see that it lives.
const SITEMAPS_LOOKED_INTO: usize = 2;
const NOT_TRIED: &str = "not tried";
/// Of a reason a table shows this much.
const REASON_WIDTH: usize = 90;

/// Fetches sources and tells what came.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ids of configured sources, or addresses of feeds; all enabled sources where none is given.
    #[arg(value_name = "ID|URL")]
    targets: Vec<String>,
}

/// What a source is found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Gone, or nothing is there that could heal by itself.
    Dead,
    /// Something else than a feed is there.
    NotAFeed,
    /// A bot check or a refusal: people may still reach it.
    Blocked,
    /// A fault that often passes: a timeout, a server error.
    Failing,
    /// Readable, and without one item.
    Empty,
    /// Readable, at another address for good.
    Moved,
    Ok,
    /// Nothing was reachable at all, so nothing is known of this one.
    Untested,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::NotAFeed => "not a feed",
            Self::Blocked => "blocked",
            Self::Failing => "failing",
            Self::Empty => "empty",
            Self::Moved => "moved",
            Self::Ok => "ok",
            Self::Untested => "untested",
        }
    }
}

/// What the test of one source found.
#[derive(Debug)]
struct Report {
    source: Source,
    verdict: Verdict,
    reason: Option<String>,
    moved_to: Option<Url>,
    http_status: Option<u16>,
    items: usize,
    last_item: Option<Timestamp>,
    warnings: Vec<String>,
    /// Neither name nor connection: alone the source's fault, from all sources ours.
    unreached: bool,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let sources = match choose(&config, &args.targets) {
        Ok(sources) => sources,
        Err(problem) => {
            eprintln!("presswatch: {}", terminal::clean(&problem));
            return Ok(ExitCode::from(2));
        }
    };
    if sources.is_empty() {
        eprintln!("presswatch: no source is enabled in {}", global.config.display());
        return Ok(ExitCode::FAILURE);
    }
    let policy = AddressPolicy::from_config(&config.network)?;
    let client = Client::new(&config.network, policy, &user_agent(config.instance.contact.as_deref()))?;
    let mut reports = cli::runtime()?.block_on(test_all(&config, &client, sources));
    let offline = is_our_outage(&reports);
    if offline {
        for report in reports.iter_mut().filter(|report| report.unreached) {
            report.verdict = Verdict::Untested;
        }
    }
    if let [report] = reports.as_mut_slice()
        && report.unreached
        && let Some(reason) = &mut report.reason
    {
        reason.push_str(" (or this machine has no network)");
    }
    if global.json {
        terminal::json(&Value::Array(reports.iter().map(as_json).collect()));
    } else if !offline {
        show(&mut reports);
    }
    if offline {
        let example = reports.iter().filter_map(|report| report.reason.as_deref()).find(|reason| *reason != NOT_TRIED).unwrap_or("no answer");
        eprintln!(
            "presswatch: not one source answered ({}): this machine seems to have no way out to the network; nothing is known of the sources",
            terminal::clean(example)
        );
        return Ok(ExitCode::FAILURE);
    }
    let any_dead = reports.iter().any(|report| report.verdict == Verdict::Dead);
    Ok(if any_dead { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The sources that the arguments name.
fn choose(config: &Config, targets: &[String]) -> Result<Vec<Source>, String> {
    if targets.is_empty() {
        return Ok(config.sources.iter().filter(|source| source.enabled).cloned().collect());
    }
    targets
        .iter()
        .map(|target| {
            if let Some(source) = config.sources.iter().find(|source| source.id.as_str() == target || source.url.as_str() == target) {
                return Ok(source.clone());
            }
            if target.contains("://") {
                return unlisted(parse_web_address(target)?);
            }
            let near = config.sources.iter().map(|source| source.id.as_str()).max_by(|a, b| {
                let likeness = |id: &str| strsim::jaro_winkler(target, id);
                likeness(a).total_cmp(&likeness(b))
            });
            let hint = near.map(|id| format!("; did you mean \"{id}\"?")).unwrap_or_default();
            Err(format!("there is no source \"{target}\"{hint}"))
        })
        .collect()
}

/// Tests all sources with the daemon's own concurrency and politeness; ends early when nothing at all can be reached.
async fn test_all(config: &Config, client: &Client, sources: Vec<Source>) -> Vec<Report> {
    let politeness = Politeness::from_config(&config.gather);
    let robots = Robots::default();
    let slots = std::sync::Arc::new(Semaphore::new(config.gather.concurrency));
    let progress = progress(sources.len());
    let order: Vec<Url> = sources.iter().map(|source| source.url.clone()).collect();
    let all = sources.clone();
    let spacing = config.gather.domain_spacing;
    let mut tasks = JoinSet::new();
    for source in sources {
        let (client, politeness, slots) = (client.clone(), politeness.clone(), std::sync::Arc::clone(&slots));
        let limit = match source.kind {
            SourceKind::Feed | SourceKind::Sitemap(_) => config.network.feed_limit_bytes,
            SourceKind::Listing(_) => config.network.page_limit_bytes,
        };
        let access = config.accesses.of(&source.id);
        let robots = robots.clone();
        tasks.spawn(async move {
            let client = match client.for_source(&source.url, &access) {
                Ok(client) => client,
                Err(error) => return Report::of_error(source, &FetchError::from_net(error)),
            };
            if matches!(source.kind, SourceKind::Listing(_))
                && access.robots == RobotsRule::Honor
                && let Err(error) = robots.check(&client, &politeness, &source.url).await
            {
                return Report::of_error(source, &error);
            }
            // Politeness first: a source that waits for its publisher's turn holds no slot.
            let _turn = politeness.acquire(&source.url).await;
            let _slot = slots.acquire().await;
            test(&client, source, limit, spacing).await
        });
    }
    let (mut reports, mut silent, mut answered) = (Vec::new(), HashSet::new(), false);
    while let Some(done) = tasks.join_next().await {
        let Ok(report) = done else { continue };
        progress.set_message(report.source.id.to_string());
        progress.inc(1);
        if report.unreached {
            silent.insert(registrable_domain(&report.source.url));
        } else {
            answered = true;
        }
        reports.push(report);
        if !answered && silent.len() >= SILENT_DOMAINS {
            tasks.abort_all();
        }
    }
    progress.finish_and_clear();
    let tested: HashSet<Url> = reports.iter().map(|report: &Report| report.source.url.clone()).collect();
    let left = all.into_iter().filter(|source| !tested.contains(&source.url));
    reports.extend(left.map(|source| Report::new(source, Verdict::Untested, Some(NOT_TRIED.to_owned()), true)));
    reports.sort_by_key(|report| order.iter().position(|url| *url == report.source.url));
    reports
}

/// On standard error, and only where a person watches.
fn progress(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar
}

/// True when nothing answered, over enough domains to be sure (or over all, where there are two or more).
fn is_our_outage(reports: &[Report]) -> bool {
    let domains: HashSet<String> = reports.iter().map(|report| registrable_domain(&report.source.url)).collect();
    domains.len() >= 2 && reports.iter().all(|report| report.unreached)
}

async fn test(client: &Client, source: Source, limit_bytes: usize, spacing: Duration) -> Report {
    let fetched = match fetch_document(client, &source, &Validators::default(), limit_bytes).await {
        Ok(fetched) => fetched,
        Err(error) => return Report::of_error(source, &error),
    };
    let status = Some(fetched.http_status);
    let Outcome::Document(document) = fetched.outcome else {
        let reason = "the server says that nothing changed, though nothing was said to be known".to_owned();
        return Report { http_status: status, ..Report::new(source, Verdict::Failing, Some(reason), false) };
    };
    let (mut report, further) = read(source, document, fetched.permanent_redirect).await;
    report.http_status = status;
    if matches!(report.source.kind, SourceKind::Sitemap(_)) {
        for url in further.into_iter().take(SITEMAPS_LOOKED_INTO) {
            tokio::time::sleep(spacing).await;
            look_into(client, &mut report, url, limit_bytes).await;
        }
    }
    report
}

/// Adds what a sitemap of an index lists.
async fn look_into(client: &Client, report: &mut Report, url: Url, limit_bytes: usize) {
    let source = Source { url: url.clone(), ..report.source.clone() };
    let found = match fetch_document(client, &source, &Validators::default(), limit_bytes).await {
        Ok(Fetched { outcome: Outcome::Document(document), .. }) => read(source, document, None).await.0,
        Ok(_) => return,
        Err(error) => Report::of_error(source, &error),
    };
    report.items += found.items;
    report.last_item = report.last_item.max(found.last_item);
    report.warnings.extend(found.reason.into_iter().chain(found.warnings).map(|warning| format!("{url}: {warning}")));
    if report.items > 0 && report.verdict == Verdict::Empty {
        report.verdict = Verdict::Ok;
        report.reason = None;
    }
}

/// Reads the document on a thread that may take its time. Beside the report: the sitemaps of an index.
async fn read(source: Source, document: Document, moved_to: Option<Url>) -> (Report, Vec<Url>) {
    let reading = {
        let source = source.clone();
        tokio::task::spawn_blocking(move || {
            parse_document(&source, &document.bytes, document.media_type.as_deref(), &document.final_url, Timestamp::now())
        })
    };
    let Ok(Ok(parsed)) = tokio::time::timeout(READING_BUDGET, reading).await else {
        let reason = format!("reading took longer than {} s", READING_BUDGET.as_secs());
        return (Report::new(source, Verdict::Failing, Some(reason), false), Vec::new());
    };
    let is_feed = !matches!(source.kind, SourceKind::Listing(_));
    let verdict = match () {
        () if is_feed && !parsed.recognized => Verdict::NotAFeed,
        () if parsed.items.is_empty() => Verdict::Empty,
        () if moved_to.is_some() => Verdict::Moved,
        () => Verdict::Ok,
    };
    let reason = match verdict {
        Verdict::NotAFeed | Verdict::Empty => parsed.warnings.first().cloned(),
        _ => None,
    };
    let report = Report {
        moved_to,
        items: parsed.items.len(),
        last_item: parsed.items.iter().filter_map(|item| item.published.or(item.updated)).max(),
        warnings: parsed.warnings,
        ..Report::new(source, verdict, reason, false)
    };
    (report, parsed.further)
}

impl Report {
    fn new(source: Source, verdict: Verdict, reason: Option<String>, unreached: bool) -> Self {
        Self { source, verdict, reason, moved_to: None, http_status: None, items: 0, last_item: None, warnings: Vec::new(), unreached }
    }

    fn of_error(source: Source, error: &FetchError) -> Self {
        let verdict = match &error.problem {
            Problem::NotAFeed | Problem::NotAPage(_) => Verdict::NotAFeed,
            Problem::Blocked(_) | Problem::Forbidden | Problem::RateLimited | Problem::RobotsDisallow => Verdict::Blocked,
            Problem::Gone | Problem::NotFound => Verdict::Dead,
            Problem::ServerError | Problem::UnexpectedStatus | Problem::RobotsFailing => Verdict::Failing,
            Problem::Net(net) => match net.kind() {
                "dns" | "connect" | "policy" | "redirect" => Verdict::Dead,
                kind if kind.starts_with("tls_") => Verdict::Dead,
                _ => Verdict::Failing,
            },
        };
        let unreached = error.may_be_our_outage();
        Self { http_status: error.http_status, ..Self::new(source, verdict, Some(error.to_string()), unreached) }
    }
}

fn show(reports: &mut [Report]) {
    // What needs a hand stands first; within one verdict the order of the files.
    reports.sort_by_key(|report| report.verdict);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["VERDICT", "ID", "ITEMS", "LAST ITEM (UTC)", "WHY"]);
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for report in reports.iter() {
        let last = report.last_item.map_or_else(|| "-".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        let moved = report.moved_to.as_ref().map(|url| format!("now at {url}"));
        let why: String = [moved, report.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let why: String = terminal::clean(&why).replace(['\n', '\t'], " ").chars().take(REASON_WIDTH).collect();
        table.add_row([report.verdict.as_str().to_owned(), report.source.id.to_string(), report.items.to_string(), last, why]);
    }
    terminal::line(&table.trim_fmt());
    let mut counts: Vec<String> = Vec::new();
    for verdict in reports.chunk_by(|a, b| a.verdict == b.verdict) {
        counts.extend(verdict.first().map(|first| format!("{} {}", verdict.len(), first.verdict.as_str())));
    }
    terminal::line(&format!(
        "{} tested: {}",
        if reports.len() == 1 { "1 source".to_owned() } else { format!("{} sources", reports.len()) },
        counts.join(", ")
    ));
}

fn as_json(report: &Report) -> Value {
    json!({
        "id": report.source.id.as_str(),
        "url": report.source.url.as_str(),
        "verdict": report.verdict.as_str().replace(' ', "_"),
        "reason": report.reason,
        "moved_to": report.moved_to.as_ref().map(Url::as_str),
        "http_status": report.http_status,
        "items": report.items,
        "last_item": report.last_item.map(|at| at.to_string()),
        "warnings": report.warnings,
    })
}
