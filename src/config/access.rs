//! How a source is reached, where that differs from the general way: its network path, what it is told, which key it must show.

use std::collections::BTreeMap;

use url::Url;

use crate::config::secret::SecretRef;
use crate::model::SourceId;

/// The name of the way without a proxy.
pub const DIRECT: &str = "direct";

/// A way out through a proxy: `[network.paths.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkPath {
    /// `socks5h` or `http`, host and port.
    pub proxy: Url,
    /// Both or none.
    pub credentials: Option<(String, SecretRef)>,
}

/// The way that a request takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// Without a proxy.
    #[default]
    Direct,
    /// The network path of this name, and no other: where it fails, the request fails.
    Path(String),
}

impl Route {
    /// The name in the configuration.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Direct => DIRECT,
            Self::Path(name) => name,
        }
    }
}

/// How one source is reached. The default: as every other one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceAccess {
    /// `None`: the general route.
    pub route: Option<Route>,
    /// Fields of our own, by lower-case name.
    pub headers: Vec<(String, HeaderText)>,
    pub login: Option<Login>,
    /// SHA-256 of the public keys (SubjectPublicKeyInfo) that the server of the source's address may show; empty: any that the system trusts.
    pub tls_pins: Vec<[u8; 32]>,
    pub robots: RobotsRule,
}

/// The value of a header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderText {
    /// Only for fields that hold no secret.
    Plain(String),
    Secret(SecretRef),
}

/// Who we are to the source's server; sent to the origin of its address and to no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// RFC 7617.
    Basic { username: String, password: SecretRef },
    /// RFC 6750.
    Bearer(SecretRef),
}

/// Whether robots.txt is asked before a page is fetched. Feeds are published for readers like us: it never concerns them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RobotsRule {
    #[default]
    Honor,
    Ignore,
}

/// What is said of the sources that are reached in a way of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accesses(BTreeMap<SourceId, SourceAccess>);

impl Accesses {
    /// The access of a source.
    pub fn of(&self, source: &SourceId) -> SourceAccess {
        self.0.get(source).cloned().unwrap_or_default()
    }

    /// Adds what another file says.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Says how a source is reached.
    pub fn insert(&mut self, source: SourceId, access: SourceAccess) {
        if access != SourceAccess::default() {
            self.0.insert(source, access);
        }
    }
}

/// A pin as the configuration and our messages write it: lower-case hexadecimal.
pub fn pin_text(pin: &[u8; 32]) -> String {
    pin.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a pin: 64 hexadecimal digits, with colons between bytes or without, or 44 characters of base64.
pub fn parse_pin(text: &str) -> Option<[u8; 32]> {
    use base64::Engine;
    let text = text.trim();
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(byte).collect();
        return bytes?.try_into().ok();
    }
    let text = text.strip_prefix("sha256/").or_else(|| text.strip_prefix("sha256//")).unwrap_or(text);
    base64::engine::general_purpose::STANDARD.decode(text.trim_start_matches('/')).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{parse_pin, pin_text};

    #[test]
    fn a_pin_is_read_in_the_forms_that_tools_print() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        let pin = parse_pin(hex).unwrap();
        assert_eq!(pin_text(&pin), hex);
        let colons: Vec<&str> = (0..64).step_by(2).map(|at| &hex[at..at + 2]).collect();
        assert_eq!(parse_pin(&colons.join(":").to_uppercase()), Some(pin));
        assert_eq!(parse_pin("ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8="), Some(pin));
        assert_eq!(parse_pin("sha256//ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8="), Some(pin), "as curl writes it");
        for wrong in ["", "00", &hex[1..], "zz", "ABEi", "ABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8="] {
            assert_eq!(parse_pin(wrong), None, "{wrong}");
        }
    }
}
