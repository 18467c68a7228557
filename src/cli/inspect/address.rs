//! Addresses that a person gives as an argument: fetched by the same client and under the same address policy as sources.

use url::Url;

use crate::cli;
use crate::config::NetworkConfig;
use crate::net::{AddressPolicy, Client, user_agent};

/// True when the argument is an address and no file.
pub(super) fn is_address(target: &str) -> bool {
    let scheme = target.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}

pub(super) fn parse(target: &str) -> Result<Url, String> {
    Url::parse(target).map_err(|error| format!("{target:?} is no address: {error}"))
}

/// Runs one request. No configuration is read: `inspect` works where none is.
pub(super) fn with_client<T, F>(run: impl FnOnce(Client, NetworkConfig) -> F) -> Result<T, String>
where
    F: Future<Output = Result<T, String>>,
{
    let limits = NetworkConfig::default();
    let client = Client::new(&limits, AddressPolicy::public(), &user_agent(None)).map_err(|error| error.to_string())?;
    let runtime = cli::runtime().map_err(|error| error.to_string())?;
    runtime.block_on(run(client, limits))
}
