//! `presswatch users`: who may sign in to the pages.

use std::io::{BufRead, IsTerminal, Write};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};
use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::cli::{Global, check, runtime, terminal};
use crate::model::{AccountName, Role};
use crate::store::Store;
use crate::store::open::open;
use crate::web::access::secret::{PASSWORD_LEAST, hash_password};

/// Adds, lists and removes the accounts that sign in to the pages.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Makes an account; the password is asked for, or read from standard input.
    Add {
        #[arg(value_parser = AccountName::new)]
        name: AccountName,
        #[arg(long, value_enum, default_value = "reader")]
        role: RoleName,
    },
    /// Changes a password and ends the sessions of the account.
    Passwd {
        #[arg(value_parser = AccountName::new)]
        name: AccountName,
    },
    /// Gives an account another role.
    Role {
        #[arg(value_parser = AccountName::new)]
        name: AccountName,
        #[arg(value_enum)]
        role: RoleName,
    },
    /// Removes an account and ends its sessions.
    Remove {
        #[arg(value_parser = AccountName::new)]
        name: AccountName,
    },
    /// Lists the accounts.
    List,
    /// Prints the audit log, newest first.
    Log {
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
}

/// What an account may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    /// Reads.
    Reader,
    /// Confirms, corrects, mutes and adds sources too.
    Editor,
    /// Sees the audit log too.
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Reader => Self::Reader,
            RoleName::Editor => Self::Editor,
            RoleName::Admin => Self::Admin,
        }
    }
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    // Asked for before the database is opened: a person may take a while.
    let hash = match &args.what {
        What::Add { .. } | What::Passwd { .. } => Some(hash_password(&password()?)?),
        _ => None,
    };
    runtime()?.block_on(async {
        let opened = open(&config.database, &config.instance.state_directory).await?;
        let done = dispatch(&args.what, hash.as_deref().unwrap_or_default(), &opened.store, global).await;
        opened.close().await;
        done
    })
}

async fn dispatch(what: &What, hash: &str, store: &Store, global: &Global) -> anyhow::Result<ExitCode> {
    match what {
        What::Add { name, role } => {
            let role = Role::from(*role);
            if !store.add_account(name, role, hash).await? {
                bail!("there is an account \"{name}\" already: `presswatch users passwd {name}` changes its password, `users role` its role");
            }
            store.audit(&operator(), "account.add", name.as_str(), role.as_str()).await?;
            said(global, name, &format!("{name} may sign in as {}", role.as_str()));
        }
        What::Passwd { name } => {
            found(store.set_password(name, hash).await?, name)?;
            store.audit(&operator(), "account.password", name.as_str(), "").await?;
            said(global, name, &format!("the password of {name} is changed, its sessions are over"));
        }
        What::Role { name, role } => {
            let role = Role::from(*role);
            found(store.set_role(name, role).await?, name)?;
            store.audit(&operator(), "account.role", name.as_str(), role.as_str()).await?;
            said(global, name, &format!("{name} is {} now", role.as_str()));
        }
        What::Remove { name } => {
            found(store.remove_account(name).await?, name)?;
            store.audit(&operator(), "account.remove", name.as_str(), "").await?;
            said(global, name, &format!("{name} is removed, its sessions are over"));
        }
        What::List => list(store, global).await?,
        What::Log { limit } => log(store, global, *limit).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn found(done: bool, name: &AccountName) -> anyhow::Result<()> {
    if !done {
        bail!("there is no account \"{name}\": `presswatch users list` shows all");
    }
    Ok(())
}

fn said(global: &Global, name: &AccountName, line: &str) {
    if global.json {
        terminal::json(&json!({ "account": name.as_str(), "done": true }));
    } else {
        terminal::line(line);
    }
}

async fn list(store: &Store, global: &Global) -> anyhow::Result<()> {
    let accounts = store.accounts().await?;
    if global.json {
        let listed = accounts.iter().map(|account| {
            json!({
                "name": account.name,
                "role": account.role.as_str(),
                "created_at": account.created_at.to_string(),
                "password_changed_at": account.password_changed_at.to_string(),
                "last_seen_at": account.last_seen_at.map(|at| at.to_string()),
                "sessions": account.sessions,
            })
        });
        terminal::json(&Value::Array(listed.collect()));
        return Ok(());
    }
    if accounts.is_empty() {
        terminal::line("no accounts: `presswatch users add NAME --role admin` makes the first");
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["NAME", "ROLE", "CREATED (UTC)", "LAST SEEN (UTC)", "SESSIONS"]);
    for account in accounts {
        table.add_row([
            account.name,
            account.role.as_str().to_owned(),
            account.created_at.strftime("%Y-%m-%d %H:%M").to_string(),
            account.last_seen_at.map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string()),
            account.sessions.to_string(),
        ]);
    }
    terminal::line(&table.trim_fmt());
    Ok(())
}

async fn log(store: &Store, global: &Global, limit: i64) -> anyhow::Result<()> {
    for row in store.audit_log(None, limit).await? {
        if global.json {
            terminal::json(&json!({ "at": row.at.to_string(), "who": row.who, "action": row.action, "target": row.target, "detail": row.detail }));
        } else {
            let at = row.at.strftime("%Y-%m-%d %H:%M:%S");
            terminal::line(format!("{at}  {}  {}  {}  {}", row.who, row.action, row.target, row.detail).trim_end());
        }
    }
    Ok(())
}

/// Who stands in the audit log for commands.
pub(crate) fn operator() -> String {
    let user = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let plain: String = user.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).take(60).collect();
    format!("cli:{plain}")
}

/// A line of standard input; on a terminal asked for twice and not shown.
fn password() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let mut line = String::new();
        stdin.lock().read_line(&mut line).context("the password could not be read from standard input")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = hidden(&format!("Password (at least {PASSWORD_LEAST} characters): "))?;
    let second = hidden("Once more: ")?;
    if first != second {
        bail!("the two passwords differ: nothing was changed");
    }
    Ok(first)
}

fn hidden(prompt: &str) -> anyhow::Result<String> {
    let echo = |on: &str| {
        let done = Command::new("stty").arg(on).stdin(Stdio::inherit()).status();
        done.is_ok_and(|status| status.success())
    };
    eprint!("{prompt}");
    std::io::stderr().flush()?;
    if !echo("-echo") {
        bail!("this terminal cannot hide what is typed: give the password on standard input instead");
    }
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    echo("echo");
    eprintln!();
    read.context("the password could not be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
