//! The one factory of outbound HTTP: who may be reached, by which ways, for how long, and how much of the answer is read.
//!
//! Enters: an address to get or a body to post. Leaves: [`Response`] with a body that is already decompressed and capped, or [`NetError`].
//! Deliberately absent: retries, politeness, what an HTTP status means.
//!
//! *Invariant:* no request leaves for an address that [`AddressPolicy`] does not permit: names are resolved once and connected to exactly
//! as resolved, IP literals are checked by themselves, and every redirect is checked like the first request.
//! *Invariant:* a request that has a network path takes this path or fails; its host's name is resolved by the proxy alone. What the name stands for
//! can then not be checked here: IP literals, ports, schemes and names of private networks are, the rest is up to whoever runs the proxy.
//! *Invariant:* what a source's configuration says of headers and logins is sent to the origin of its address, and to no other.
//! *Invariant:* memory for a body never exceeds its limit by more than one decoder buffer.

mod body;
mod client;
mod error;
mod network;
mod policy;
mod resolve;
mod tls;
mod transport;

pub use client::{Client, Get, Post, Redirect, Response, Setup, user_agent};
pub use error::{NetError, TimeoutPhase};
pub use network::Network;
pub use policy::AddressPolicy;
/// Names of header fields.
pub use reqwest::header;
pub use reqwest::header::{HeaderMap, HeaderName};
pub use resolve::{Lookup, system_lookup};
pub use tls::{Roots, TlsFault, TlsProblem};
