//! The one factory of outbound HTTP: who may be reached, by which ways, for how long, and how much of the answer is read.
//!
//! Enters: an address to get or a body to post. Leaves: [`Response`] with a body that is already decompressed and capped, or [`NetError`].
//! Deliberately absent: retries, politeness, proxies, what an HTTP status means.
//!
//! *Invariant:* no request leaves for an address that [`AddressPolicy`] does not permit: names are resolved once and connected to exactly
//! as resolved, IP literals are checked by themselves, and every redirect is checked like the first request.
//! *Invariant:* memory for a body never exceeds its limit by more than one decoder buffer.

mod body;
mod client;
mod error;
mod network;
mod policy;
mod resolve;

pub use client::{Client, Get, Post, Redirect, Response, user_agent};
pub use error::{NetError, TimeoutPhase};
pub use network::Network;
pub use policy::AddressPolicy;
/// Names of header fields.
pub use reqwest::header;
pub use reqwest::header::{HeaderMap, HeaderName};
pub use resolve::{Lookup, system_lookup};
