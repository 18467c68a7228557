//! `presswatch db`: looks after the database, be it the private cluster or an external server.

mod backup;
mod client;
mod migrate;
mod psql;
mod restore;
mod status;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::Global;
use crate::config::Config;
use crate::store::Store;
use crate::store::open::{self, Server};

/// The database: its state, its schema, a prompt, a backup.
///
/// A private cluster is started for the command when no daemon runs it, and shared when one does.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Shows server, size, migrations, tables and months. Exits with 1 when migrations are pending.
    Status,
    /// Brings the schema to what this program expects.
    Migrate,
    /// Opens psql on the database.
    Psql {
        /// Handed on to psql: `presswatch db psql -- -c 'SELECT 1'`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Writes everything to one file that only its owner may read.
    Backup {
        /// Must not exist.
        file: PathBuf,
    },
    /// Reads a backup into an empty database, all or nothing.
    Restore {
        file: PathBuf,
        /// Drops all tables of the database first.
        #[arg(long)]
        replace: bool,
    },
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match crate::config::load(&global.config) {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            return Ok(ExitCode::from(2));
        }
    };
    crate::cli::runtime()?.block_on(async {
        let server = open::reach(&config.database, &config.instance.state_directory).await?;
        let result = dispatch(args, global, &config, &server).await;
        if let Some(cluster) = server.embedded {
            cluster.stop().await;
        }
        result
    })
}

async fn dispatch(args: Args, global: &Global, config: &Config, server: &Server) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Status => status::run(global, server).await,
        What::Migrate => migrate::run(global, server).await,
        What::Psql { arguments } => psql::run(config, server, &arguments).await,
        What::Backup { file } => backup::run(config, server, &file).await,
        What::Restore { file, replace } => restore::run(config, server, &file, replace).await,
    }
}

/// One connection is enough for a command.
async fn store(server: &Server) -> anyhow::Result<Store> {
    Ok(Store::connect(&server.options, 1).await?)
}
