//! Name resolution that hands out permitted addresses only.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::net::error::ResolveError;
use crate::net::policy::AddressPolicy;

/// Finds the addresses of a name. Tests give their own, to change an answer between two questions.
pub type Lookup = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> + Send + Sync>;

/// The lookup of the operating system.
pub fn system_lookup() -> Lookup {
    Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.map(|address| address.ip()).collect()) }))
}

/// Knows one name, that of the proxy: every other name is the proxy's to resolve, and a name server here must not hear of it.
pub(super) struct ProxyResolver {
    pub proxy: String,
    pub lookup: Lookup,
}

impl Resolve for ProxyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        if !host.eq_ignore_ascii_case(&self.proxy) {
            return Box::pin(async move { Err(ResolveError::NotHere(host).into()) });
        }
        let answer = (self.lookup)(host);
        Box::pin(async move {
            let found = answer.await.map_err(ResolveError::Lookup)?;
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

/// Gives the client the permitted addresses of a name. The client connects to exactly these, so that a second answer cannot change them.
pub(super) struct PolicyResolver {
    pub policy: AddressPolicy,
    pub lookup: Lookup,
}

impl Resolve for PolicyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy.clone();
        let host = name.as_str().to_owned();
        let answer = (self.lookup)(host.clone());
        Box::pin(async move {
            let found = answer.await.map_err(ResolveError::Lookup)?;
            if found.is_empty() {
                return Err(ResolveError::Empty.into());
            }
            let permitted: Vec<SocketAddr> = found.into_iter().filter(|ip| policy.permits(*ip)).map(|ip| SocketAddr::new(ip, 0)).collect();
            if permitted.is_empty() {
                return Err(ResolveError::Refused(host).into());
            }
            let addresses: Addrs = Box::new(permitted.into_iter());
            Ok(addresses)
        })
    }
}
