//! `presswatch run`: the daemon in the foreground, as systemd wants it.

use std::path::PathBuf;
use std::process::ExitCode;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use crate::cli::{Global, runtime};
use crate::config::Config;
use crate::daemon::{Daemon, logging};

/// Runs the daemon. SIGTERM and Ctrl-C stop it, SIGHUP reads the configuration again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the private database lives; overrides `instance.state_directory`.
    #[arg(long, value_name = "DIR")]
    state_directory: Option<PathBuf>,
    /// Polls every source at once instead of when it is due.
    #[arg(long)]
    poll_now: bool,
    /// Dies at a place in the program: `POINT` or `POINT:NUMBER`. For the tests of faults, in debug builds alone.
    #[cfg(debug_assertions)]
    #[arg(long, hide = true, value_name = "POINT")]
    fail_at: Option<String>,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut config = match super::check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    if let Some(directory) = args.state_directory {
        config.instance.state_directory = std::path::absolute(directory)?;
    }
    #[cfg(debug_assertions)]
    if let Some(point) = &args.fail_at {
        crate::pipeline::failpoint::arm(point).map_err(anyhow::Error::msg)?;
    }
    logging::install(&config.log)?;
    runtime()?.block_on(serve(config, args.poll_now))
}

async fn serve(config: Config, poll_now: bool) -> anyhow::Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    info!(sources = config.sources.len(), watchlists = config.watchlists.lists.len(), channels = config.channels.len(), "starting");
    let daemon = tokio::select! {
        started = Daemon::start(config) => started?,
        _ = terminate.recv() => return Ok(ExitCode::SUCCESS),
        _ = interrupt.recv() => return Ok(ExitCode::SUCCESS),
    };
    if poll_now {
        daemon.poll_now().await?;
    }
    notify(&[NotifyState::Ready]);
    info!("ready");
    let mut code = ExitCode::SUCCESS;
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => {
                // What is wrong is in the log; the former configuration stays in force.
                let _ = daemon.reload().await;
            }
            _ = daemon.failed() => {
                code = ExitCode::FAILURE;
                break;
            }
        }
    }
    notify(&[NotifyState::Stopping]);
    info!("stopping");
    daemon.stop().await;
    info!("stopped");
    Ok(code)
}

/// Tells systemd, where it listens.
fn notify(state: &[NotifyState<'_>]) {
    let _ = sd_notify::notify(state);
}
