//! From the configuration to a store that answers: an external server, a private cluster of our own, or one that another process runs.

use std::path::Path;

use sqlx::postgres::PgConnectOptions;

use crate::config::DatabaseConfig;
use crate::config::secret::Secret;
use crate::store::embedded::{self, Durability, EmbeddedCluster, EmbeddedError, EmbeddedOptions};
use crate::store::{Store, StoreError};

/// A store, with the private cluster where we run one.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// `None` for an external server, and for the cluster of a daemon that runs beside us.
    pub embedded: Option<EmbeddedCluster>,
}

impl Opened {
    /// Closes the connections, then stops the cluster if it is ours.
    pub async fn close(self) {
        self.store.close().await;
        if let Some(cluster) = self.embedded {
            cluster.stop().await;
        }
    }
}

/// A server that answers, before any pool is opened on it.
#[derive(Debug)]
pub struct Server {
    pub options: PgConnectOptions,
    /// For the programs of PostgreSQL; holds a password where there is one.
    pub url: Secret,
    pub embedded: Option<EmbeddedCluster>,
    /// True for a private cluster, whoever runs it.
    pub private: bool,
}

/// Opens the database for a command: a private cluster is started, or shared with the daemon that runs it.
///
/// Applies no migration.
pub async fn open(config: &DatabaseConfig, state_directory: &Path) -> Result<Opened, StoreError> {
    connect(reach(config, state_directory).await?, config.connections).await
}

/// Opens the database for a daemon: a private cluster must be ours alone.
///
/// Applies no migration.
///
/// # Errors
/// [`EmbeddedError::Locked`] when another process runs the cluster.
pub async fn open_for_daemon(config: &DatabaseConfig, state_directory: &Path) -> Result<Opened, StoreError> {
    let server = match &config.url {
        Some(_) => reach(config, state_directory).await?,
        None => own(EmbeddedCluster::start(&embedded_options(config, state_directory)).await?),
    };
    connect(server, config.connections).await
}

/// Finds the server that the configuration means, and starts it where it is a private cluster that nobody runs.
pub async fn reach(config: &DatabaseConfig, state_directory: &Path) -> Result<Server, StoreError> {
    if let Some(reference) = &config.url {
        let url = reference.resolve().map_err(|error| StoreError::Address { reason: error.to_string() })?;
        return Ok(Server { options: external(&url)?, url, embedded: None, private: false });
    }
    match EmbeddedCluster::start(&embedded_options(config, state_directory)).await {
        Ok(cluster) => Ok(own(cluster)),
        Err(locked @ EmbeddedError::Locked { .. }) => {
            // The holder may be starting or stopping it at this moment: then there is nothing to share.
            let running = embedded::running(state_directory).ok_or(locked)?;
            Ok(Server { options: running.options, url: Secret::new(&running.url), embedded: None, private: true })
        }
        Err(error) => Err(error.into()),
    }
}

fn own(cluster: EmbeddedCluster) -> Server {
    Server { options: cluster.connect_options(), url: Secret::new(&cluster.url()), embedded: Some(cluster), private: true }
}

async fn connect(server: Server, connections: u32) -> Result<Opened, StoreError> {
    match Store::connect(&server.options, connections).await {
        Ok(store) => Ok(Opened { store, embedded: server.embedded }),
        Err(error) => {
            if let Some(cluster) = server.embedded {
                cluster.stop().await;
            }
            Err(error)
        }
    }
}

fn embedded_options(config: &DatabaseConfig, state_directory: &Path) -> EmbeddedOptions {
    EmbeddedOptions {
        state_directory: state_directory.to_path_buf(),
        binaries: config.binaries.clone(),
        run_as: config.run_as.clone(),
        connections: config.connections,
        durability: Durability::Durable,
    }
}

/// Reads a `postgres://` address. Its text, which holds a password, is in no error.
fn external(url: &Secret) -> Result<PgConnectOptions, StoreError> {
    let text = url.expose();
    let refused = |reason: &str| StoreError::Address { reason: reason.to_owned() };
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err(refused("it must begin with postgres://"));
    }
    let options: PgConnectOptions =
        text.parse().map_err(|_| refused("it is no address of the form postgres://user:password@host:5432/database?sslmode=verify-full"))?;
    if options.get_database().is_none() {
        return Err(refused("it names no database: postgres://host/DATABASE"));
    }
    Ok(if options.get_application_name().is_none() { options.application_name("presswatch") } else { options })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_address_does_not_tell_its_password() {
        let check = |text: &str| {
            let error = external(&Secret::new(text)).unwrap_err();
            assert_eq!(error.kind(), "address");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        };
        check("mysql://me:hunter2@db.example/press");
        check("postgres://me:hunter2@db.example:port/press");
        check("postgres://me:hunter2@db.example/press?sslmode=hunter2");
        check("postgres://me:hunter2@db.example");
        let options = external(&Secret::new("postgresql://me:hunter2@db.example/press")).unwrap();
        assert_eq!((options.get_host(), options.get_database(), options.get_application_name()), ("db.example", Some("press"), Some("presswatch")));
    }
}
