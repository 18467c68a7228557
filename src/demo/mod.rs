//! The whole job on a sample newsroom: invented outlets on loopback, gathered by the real daemon, alerting real receivers.
//!
//! Enters: the files of config/demo, embedded in the program. Leaves: a running [`Demo`], and the list of what is missing.
//! Deliberately absent: any shortcut. The daemon is the daemon's, the database is a private Postgres, mail goes over SMTP.

mod expected;
mod newsroom;
pub mod receivers;

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::config;
use crate::daemon::Daemon;
use crate::demo::expected::Expected;
use crate::demo::newsroom::Newsroom;
use crate::demo::receivers::{SmtpReceiver, WebhookReceiver};
use crate::model::Problem;

/// The environment variable that the demo's watchlists name as the webhook's secret.
pub const WEBHOOK_SECRET_VARIABLE: &str = "PRESSWATCH_DEMO_WEBHOOK_SECRET";

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    pub daemon: Daemon,
    pub mail: SmtpReceiver,
    pub webhook: WebhookReceiver,
    newsroom: Newsroom,
    expected: Expected,
}

impl Demo {
    /// Starts newsroom, receivers and daemon. `directory` is emptied first when a demo left it behind.
    ///
    /// # Errors
    /// What keeps the demo from starting, with what to do.
    pub async fn start(directory: &Path, web_port: u16, secret: &str) -> anyhow::Result<Self> {
        let newsroom = Newsroom::start().await.context("the sample newsroom could not be served")?;
        let mail = SmtpReceiver::start().await.context("the mail receiver could not be started")?;
        let webhook = WebhookReceiver::start(secret).await.context("the webhook receiver could not be started")?;
        let web_port = free_port(web_port).await?;
        let settings = Settings {
            base: newsroom.base(),
            state: directory.join("state"),
            ports: vec![newsroom.address().port(), webhook.url().port().unwrap_or(80)],
            web_port,
            smtp_port: mail.address().port(),
            webhook: webhook.url().to_string(),
        };
        let configuration = directory.join("config");
        settings.write(&configuration).with_context(|| format!("the demo's configuration could not be written below {}", directory.display()))?;
        let config = config::load(&configuration).map_err(|problems| anyhow::anyhow!("the demo's configuration is faulty:\n{}", list(&problems)))?;
        let expected = Expected::load(&newsroom.base())?;
        let daemon = Daemon::start(config).await?;
        daemon.poll_now().await?;
        Ok(Self { daemon, mail, webhook, newsroom, expected })
    }

    /// Where the newsroom is served.
    pub fn newsroom(&self) -> String {
        self.newsroom.base()
    }

    /// Names what has not arrived, and what arrived too often. Empty when all is there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn missing(&self) -> anyhow::Result<Vec<String>> {
        let mut missing = self.expected.missing(self.daemon.store()).await?;
        let counts = self.daemon.store().alert_counts().await?;
        for (channel, received) in [("desk-mail", self.mail.received().await.len()), ("desk-hook", self.webhook.received().await.len())] {
            let accepted: i64 = counts.iter().filter(|count| count.channel == channel).map(|count| count.delivered).sum();
            if i64::try_from(received).unwrap_or(i64::MAX) != accepted {
                missing.push(format!("{channel}: {accepted} deliveries are recorded, the receiver got {received}"));
            }
        }
        let unsigned = self.webhook.received().await.iter().filter(|delivery| !delivery.verified).count();
        if unsigned > 0 {
            missing.push(format!("desk-hook: {unsigned} deliveries whose signature is wrong"));
        }
        Ok(missing)
    }

    /// Waits until nothing is missing and nothing is under way. Gives what is still missing when the time is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle(&self, within: Duration) -> anyhow::Result<Vec<String>> {
        let deadline = tokio::time::Instant::now() + within;
        let mut quiet_since: Option<usize> = None;
        loop {
            let missing = self.missing().await?;
            let sources = self.daemon.store().source_rows().await?;
            let read = sources.iter().filter(|source| source.facts.last_fetch_at.is_some()).count();
            let pending: i64 = self.daemon.store().alert_counts().await?.iter().map(|count| count.pending).sum();
            let idle = read == sources.len() && pending == 0;
            // Two quiet looks in a row: one could fall between a commit and its delivery.
            if idle && missing.is_empty() && quiet_since == Some(read) {
                return Ok(missing);
            }
            quiet_since = idle.then_some(read);
            if tokio::time::Instant::now() >= deadline {
                return Ok(missing);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Stops everything.
    pub async fn stop(self) {
        self.daemon.stop().await;
    }
}

/// Between two looks at what has arrived.
const LOOK: Duration = Duration::from_millis(250);

struct Settings {
    base: String,
    state: PathBuf,
    ports: Vec<u16>,
    web_port: u16,
    smtp_port: u16,
    webhook: String,
}

impl Settings {
    /// Writes config/demo with the addresses filled in.
    fn write(&self, directory: &Path) -> anyhow::Result<()> {
        let ports: HashSet<String> = self.ports.iter().map(u16::to_string).collect();
        let ports = ports.into_iter().collect::<Vec<_>>().join(", ");
        for file in ["presswatch.toml", "sources.d/newsroom.toml", "watchlists.d/demo.toml"] {
            let text = newsroom::embedded_text(file)
                .context("the program was built without its sample newsroom")?
                .replace("{{base}}", &self.base)
                .replace("{{state}}", &self.state.to_string_lossy())
                .replace("{{ports}}", &ports)
                .replace("{{web_port}}", &self.web_port.to_string())
                .replace("{{smtp_port}}", &self.smtp_port.to_string())
                .replace("{{webhook}}", &self.webhook);
            let path = directory.join(file);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)?;
        }
        Ok(())
    }
}

/// The wished port, another one when it is taken.
async fn free_port(wished: u16) -> anyhow::Result<u16> {
    for port in [wished, 0] {
        if let Ok(listener) = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
            return Ok(listener.local_addr()?.port());
        }
    }
    anyhow::bail!("no port of 127.0.0.1 can be listened on")
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
