//! `presswatch demo`: the whole job, seen as it happens.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::cli::{Global, runtime, terminal};
use crate::config::{LogConfig, LogFormat};
use crate::daemon::logging;
use crate::demo::{Demo, WEBHOOK_SECRET_VARIABLE};
use crate::pipeline::Event;

/// Gathers a sample newsroom on loopback, labels it, matches it and delivers alerts to receivers of its own.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ends when everything arrived: exit code 0, or 1 and the list of what is missing.
    #[arg(long)]
    once: bool,
    /// The port of the pages; another one when it is taken.
    #[arg(long, default_value_t = 8480)]
    port: u16,
    /// Keeps the demo's database here; a fresh folder for temporary files when absent.
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// With `--once`: how long to wait for everything to arrive.
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    within_seconds: u64,
}

pub fn run(args: Args, _global: &Global) -> anyhow::Result<ExitCode> {
    logging::install(&LogConfig { format: LogFormat::Terminal, filter: "warn".to_owned() })?;
    let secret = new_secret()?;
    if std::env::var_os(WEBHOOK_SECRET_VARIABLE).is_none() {
        // The watchlists name their webhook's secret by this variable, as an operator's would. Setting a variable of the running
        // process is unsound once there are threads, so the program starts itself anew with it.
        return restart(&secret);
    }
    runtime()?.block_on(show(args))
}

fn restart(secret: &str) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = std::process::Command::new(std::env::current_exe()?).args(std::env::args_os().skip(1)).env(WEBHOOK_SECRET_VARIABLE, secret).exec();
    Err(anyhow::Error::new(error).context("the demo could not start itself with its webhook secret"))
}

fn new_secret() -> anyhow::Result<String> {
    use base64::Engine;
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(bytes)))
}

async fn show(args: Args) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (directory, temporary) = match args.directory {
        Some(directory) => (std::path::absolute(directory)?, false),
        None => (std::env::temp_dir().join(format!("presswatch-demo-{}", std::process::id())), true),
    };
    std::fs::create_dir_all(&directory)?;
    let secret = std::env::var(WEBHOOK_SECRET_VARIABLE)?;

    terminal::line("presswatch demo: thirteen invented outlets in eleven languages, on this machine only");
    terminal::line(&format!("starting a private Postgres, the newsroom, a mail and a webhook receiver (files: {}) ...", directory.display()));
    let demo = tokio::select! {
        demo = Demo::start(&directory, args.port, &secret) => demo?,
        _ = interrupt.recv() => return Ok(ExitCode::FAILURE),
        _ = terminate.recv() => return Ok(ExitCode::FAILURE),
    };
    let printer = tokio::spawn(print(demo.daemon.events().listen()));
    let missing = tokio::select! {
        missing = demo.settle(Duration::from_secs(args.within_seconds)) => missing?,
        _ = interrupt.recv() => vec!["interrupted".to_owned()],
        _ = terminate.recv() => vec!["interrupted".to_owned()],
    };
    summarize(&demo, &missing, started.elapsed()).await?;
    if !args.once {
        if let Some(address) = demo.daemon.web_address() {
            terminal::line(&format!("\nThe pages: http://{address}/   (Ctrl-C ends the demo)"));
        }
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        terminal::line("stopping ...");
    }
    demo.stop().await;
    printer.abort();
    if temporary {
        std::fs::remove_dir_all(&directory)?;
    }
    Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn print(mut events: broadcast::Receiver<Event>) {
    loop {
        match events.recv().await {
            Ok(event) => terminal::line(&describe(&event)),
            Err(RecvError::Lagged(lost)) => terminal::line(&format!("({lost} lines left out)")),
            Err(RecvError::Closed) => return,
        }
    }
}

fn describe(event: &Event) -> String {
    match event {
        Event::SourceRead { source, problem: Some(problem), .. } => format!("source     {source}: cannot be read: {problem}"),
        Event::SourceRead { source, seen, new, known, problem: None } => format!("source     {source}: {seen} items, {new} new, {known} known"),
        Event::SourceChanged { source, from, to, reason } => format!("source     {source}: {} -> {} {reason}", from.as_str(), to.as_str()),
        Event::StoryKept { source, title, language, main_country, topics, actors, .. } => {
            let country = main_country.map_or_else(|| "--".to_owned(), |country| country.to_string());
            let labels = if topics.is_empty() { "no topic".to_owned() } else { topics.join(", ") };
            let actors = if actors.is_empty() { String::new() } else { format!(" | {}", actors.join(", ")) };
            format!("story      {country} {language}  {title}\n           {source}: {labels}{actors}")
        }
        Event::DuplicateFolded { source, title, score, .. } => format!("duplicate  {source}: {title} ({:.0} % one text)", score * 100.0),
        Event::Revised { title, .. } => format!("revised    {title}"),
        Event::Matched { watchlist, .. } => format!("match      {watchlist}"),
        Event::AlertWritten { watchlist, channel } => format!("alert      {watchlist} -> {channel}"),
        Event::Delivery { channel, delivered: true, duration, .. } => format!("delivered  {channel} in {} ms", duration.as_millis()),
        Event::Delivery { channel, attempt, detail, .. } => format!("delivery   {channel}: attempt {attempt} failed: {detail}"),
    }
}

async fn summarize(demo: &Demo, missing: &[String], took: Duration) -> anyhow::Result<()> {
    let store = demo.daemon.store();
    let sources = store.source_rows().await?;
    let readable = sources.iter().filter(|source| source.facts.failures == 0.0 && source.facts.last_success_at.is_some()).count();
    let kept = store.stories(&crate::store::StoryFilter::default()).await?;
    let copies: i64 = kept.iter().map(|story| story.copies).sum();
    let languages: std::collections::BTreeSet<&str> = kept.iter().map(|story| story.language.as_str()).collect();
    let languages: Vec<&str> = languages.into_iter().collect();
    let (mails, hooks) = (demo.mail.received().await, demo.webhook.received().await);
    terminal::line("");
    if let Some(mail) = mails.first() {
        terminal::line("The e-mail as it arrived:");
        terminal::line(&format!("  To: {}\n  Subject: {}", mail.to.join(", "), mail.parsed.header("Subject").unwrap_or_default()));
        terminal::line(&mail.parsed.text.as_deref().unwrap_or_default().lines().map(|line| format!("  | {line}")).collect::<Vec<_>>().join("\n"));
    }
    if let Some(hook) = hooks.first() {
        terminal::line("A webhook as it arrived (signature verified):");
        terminal::line(&format!("  webhook-id: {}\n  {}", hook.id, hook.body));
    }
    terminal::line("");
    terminal::line(&format!(
        "In {:.1} s: {readable} of {} sources read, {} stories and {copies} folded copies in {} languages ({}), {} e-mail and {} webhook deliveries.",
        took.as_secs_f64(),
        sources.len(),
        kept.len(),
        languages.len(),
        languages.join(" "),
        mails.len(),
        hooks.len()
    ));
    if missing.is_empty() {
        terminal::line("Everything that was expected arrived, and nothing else.");
    } else {
        terminal::line("MISSING or wrong:");
        for line in missing {
            terminal::line(&format!("  - {line}"));
        }
    }
    Ok(())
}
