//! `presswatch tokens`: what programs read the API and the feeds with.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::users::operator;
use crate::cli::{Global, check, runtime, terminal};
use crate::config::units::parse_duration;
use crate::store::Store;
use crate::store::open::open;
use crate::web::access::secret;
use crate::web::api::{ALERTS, METRICS, READ};

/// Makes, lists and revokes the tokens of programs that read the API.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Makes a token and prints it, once.
    Add {
        /// What it is for: "wall-screen".
        #[arg(value_parser = name)]
        name: String,
        /// What it may read.
        #[arg(long = "scope", value_enum, required = true)]
        scopes: Vec<Scope>,
        /// How long it is good: "90d"; without it, until it is revoked.
        #[arg(long, value_parser = parse_length, value_name = "TIME")]
        expires_in: Option<Duration>,
    },
    /// Lists the tokens; not their secrets, which are not kept.
    List,
    /// Revokes a token at once.
    Revoke { name: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scope {
    /// Stories, events, incidents, sources, open watchlists, labels, feeds.
    Read,
    /// Alerts, which name recipients.
    Alerts,
    /// /metrics.
    Metrics,
}

impl Scope {
    fn as_str(self) -> &'static str {
        match self {
            Self::Read => READ,
            Self::Alerts => ALERTS,
            Self::Metrics => METRICS,
        }
    }
}

fn name(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'));
    let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if plain && begins && text.len() <= 64 {
        return Ok(text.to_owned());
    }
    Err("use 1 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit".to_owned())
}

fn parse_length(text: &str) -> Result<Duration, String> {
    parse_duration(text).filter(|length| !length.is_zero()).ok_or_else(|| "write a whole number and one of s, m, h, d: \"90d\"".to_owned())
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    runtime()?.block_on(async {
        let opened = open(&config.database, &config.instance.state_directory).await?;
        let done = dispatch(&args.what, &opened.store, global).await;
        opened.close().await;
        done
    })
}

async fn dispatch(what: &What, store: &Store, global: &Global) -> anyhow::Result<ExitCode> {
    match what {
        What::Add { name, scopes, expires_in } => {
            let token = format!("pw_{}", secret::random()?);
            let mut scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
            scopes.sort_unstable();
            scopes.dedup();
            let expires = expires_in.map(|length| Timestamp::now().checked_add(length)).transpose()?;
            if !store.add_token(name, &secret::digest(&token), &scopes, expires).await? {
                bail!("there is a token \"{name}\" already: revoke it first, or take another name");
            }
            store.audit(&operator(), "token.add", name, &scopes.join(" ")).await?;
            if global.json {
                terminal::json(&json!({ "name": name, "token": token, "scopes": scopes, "expires_at": expires.map(|at| at.to_string()) }));
            } else {
                terminal::line(&token);
                eprintln!("it is shown this once: programs send it as \"Authorization: Bearer TOKEN\", feed readers as a password");
            }
        }
        What::List => list(store, global).await?,
        What::Revoke { name } => {
            if !store.revoke_token(name).await? {
                bail!("there is no token \"{name}\": `presswatch tokens list` shows all");
            }
            store.audit(&operator(), "token.revoke", name, "").await?;
            if global.json {
                terminal::json(&json!({ "name": name, "revoked": true }));
            } else {
                terminal::line(&format!("{name} opens nothing any more"));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(store: &Store, global: &Global) -> anyhow::Result<()> {
    let tokens = store.tokens().await?;
    if global.json {
        let listed = tokens.iter().map(|token| {
            json!({
                "name": token.name,
                "scopes": token.scopes,
                "created_at": token.created_at.to_string(),
                "expires_at": token.expires_at.map(|at| at.to_string()),
                "last_used_at": token.last_used_at.map(|at| at.to_string()),
            })
        });
        terminal::json(&Value::Array(listed.collect()));
        return Ok(());
    }
    if tokens.is_empty() {
        terminal::line("no tokens: `presswatch tokens add NAME --scope read` makes one");
        return Ok(());
    }
    let day = |at: Option<Timestamp>, never: &str| at.map_or_else(|| never.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["NAME", "SCOPES", "CREATED (UTC)", "EXPIRES (UTC)", "LAST USED (UTC)"]);
    for token in tokens {
        table.add_row([
            token.name,
            token.scopes.join(" "),
            day(Some(token.created_at), ""),
            day(token.expires_at, "never"),
            day(token.last_used_at, "never"),
        ]);
    }
    terminal::line(&table.trim_fmt());
    Ok(())
}
