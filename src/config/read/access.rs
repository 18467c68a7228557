//! Reads how a source is reached: the keys of `[[source]]` that concern the network, and `[network.paths]`.

use std::collections::BTreeMap;
use std::path::Path;

use url::{Host, Url};

use crate::config::access::{DIRECT, HeaderText, Login, NetworkPath, RobotsRule, Route, SourceAccess, parse_pin};
use crate::config::read::{Names, Placed};
use crate::config::secret::{HOW_TO_REFER, SecretRef};
use crate::config::toml_field::Field;
use crate::config::toml_file::Section;

/// Fields that tell nothing secret: their values may stand in the file.
const PLAIN_HEADERS: [&str; 4] = ["accept", "accept-language", "referer", "user-agent"];
/// Fields that presswatch fills itself, or that concern one connection.
const OWN_HEADERS: [&str; 17] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "proxy-authorization",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Longer values are cut off by servers.
const HEADER_BYTES: usize = 4096;
const HEADERS_MOST: usize = 20;
const PINS_MOST: usize = 10;

/// Reads the keys of a source's table. Names of network paths are added to `routes`, to be looked for in presswatch.toml.
pub(super) fn read(table: &Section<'_>, url: Option<&Url>, directory: &Path, routes: &mut Names) -> SourceAccess {
    let route = table.optional("network", |field| route(field, routes));
    let headers = table.or("headers", Vec::new(), |field| Some(headers(&field.section()?, directory)));
    let basic = table.optional("basic_auth", |field| basic_auth(&field.section()?, directory));
    let bearer = table.optional("bearer_token", |field| field.secret(directory)).map(Login::Bearer);
    if table.get("basic_auth").is_some() && table.get("bearer_token").is_some() {
        table.report("basic_auth and bearer_token exclude each other: a request has one Authorization field", None);
    }
    let tls_pins = table.or("tls_pin_sha256", Vec::new(), pins);
    let rules = [("honor", RobotsRule::Honor), ("ignore", RobotsRule::Ignore)];
    let robots = table.or("robots", RobotsRule::Honor, |field| field.choice(&rules));
    let access = SourceAccess { route, headers, login: basic.or(bearer), tls_pins, robots };
    if let Some(url) = url {
        check_scheme(table, url, &access);
    }
    access
}

/// Reads the tables of `[network.paths]`.
pub(super) fn paths(table: &Section<'_>, directory: &Path) -> BTreeMap<String, NetworkPath> {
    table.entries().iter().filter_map(|(name, field)| Some((path_name(name, field)?, path(&field.section()?, directory)?))).collect()
}

/// Reads the name of a network path, or "direct".
pub(super) fn route(field: &Field<'_>, routes: &mut Names) -> Option<Route> {
    let text = field.text()?;
    if text.contains("://") {
        field.report(
            format!("\"{text}\" is an address, not the name of a network path"),
            Some("define [network.paths.NAME] with url = \"...\" in presswatch.toml and write the name here".to_owned()),
        );
        return None;
    }
    if text == DIRECT {
        return Some(Route::Direct);
    }
    routes.push(Placed { value: text.to_owned(), place: field.problem(format!("there is no network path \"{text}\"")) });
    Some(Route::Path(text.to_owned()))
}

fn path_name(name: &str, field: &Field<'_>) -> Option<String> {
    let is_plain = !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
    if !is_plain || name == DIRECT {
        field.report("the name of a network path is made of a-z, 0-9, - and _, and is not \"direct\"", None);
        return None;
    }
    Some(name.to_owned())
}

fn path(table: &Section<'_>, directory: &Path) -> Option<NetworkPath> {
    let proxy = table.required("url", proxy_address);
    let username = table.optional("username", |field| field.text().map(str::to_owned));
    let password = table.optional("password", |field| field.secret(directory));
    if table.get("username").is_some() != table.get("password").is_some() {
        table.report("username and password go together: one of them is missing", None);
    }
    Some(NetworkPath { proxy: proxy?, credentials: username.zip(password) })
}

fn proxy_address(field: &Field<'_>) -> Option<Url> {
    let text = field.text()?;
    let Ok(url) = Url::parse(text) else {
        field.report("is not an address", Some("write \"socks5h://127.0.0.1:9050\" or \"http://proxy.example:3128\"".to_owned()));
        return None;
    };
    let problem = match url.scheme() {
        "socks5" | "socks4" | "socks4a" => {
            Some((format!("{} would ask this machine's name server for every host", url.scheme()), "write socks5h://: the proxy resolves names"))
        }
        "https" => Some((
            "TLS to the proxy itself is not supported".to_owned(),
            "write http://: what goes through it to https addresses is encrypted all the same",
        )),
        "socks5h" | "http" if url.host_str().is_none_or(str::is_empty) => Some(("it has no host".to_owned(), "write \"socks5h://127.0.0.1:9050\"")),
        "socks5h" | "http" if !url.username().is_empty() || url.password().is_some() => {
            Some(("a user name or password in an address is refused".to_owned(), "write username = \"...\" and password = \"file:...\" beside url"))
        }
        "socks5h" if url.port().is_none() => Some(("it has no port".to_owned(), "write the port: 9050 for Tor, 1080 for most others")),
        "socks5h" | "http" => None,
        other => Some((format!("{other} is no kind of proxy"), "write socks5h:// or http://")),
    };
    if let Some((message, hint)) = problem {
        field.report(message, Some(hint.to_owned()));
        return None;
    }
    Some(url)
}

fn headers(table: &Section<'_>, directory: &Path) -> Vec<(String, HeaderText)> {
    let entries = table.entries();
    if entries.len() > HEADERS_MOST {
        table.report(format!("at most {HEADERS_MOST} header fields are sent"), None);
    }
    let mut read: Vec<(String, HeaderText)> = Vec::new();
    for (name, field) in &entries {
        let Some(header) = header(name, field, directory) else { continue };
        if read.iter().any(|(other, _)| *other == header.0) {
            field.report("the field is given twice: names differ in case only", None);
        }
        read.push(header);
    }
    read
}

fn header(name: &str, field: &Field<'_>, directory: &Path) -> Option<(String, HeaderText)> {
    let name = name.to_ascii_lowercase();
    let is_token = !name.is_empty() && name.len() <= 128 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    if !is_token {
        field.report("is not the name of a header field", None);
        return None;
    }
    if OWN_HEADERS.contains(&name.as_str()) {
        let hint = (name == "authorization").then(|| "write basic_auth = { username = \"...\", password = \"file:...\" } or bearer_token".to_owned());
        field.report(format!("presswatch fills the field {name} itself"), hint);
        return None;
    }
    let text = field.text()?;
    if SecretRef::parse(text).is_ok() {
        return Some((name, HeaderText::Secret(field.secret(directory)?)));
    }
    if !PLAIN_HEADERS.contains(&name.as_str()) {
        // What stands here may be the secret: it is not repeated.
        field.report(format!("the value of {name} may be a secret and is given by reference"), Some(HOW_TO_REFER.to_owned()));
        return None;
    }
    if text.len() > HEADER_BYTES || !text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        field.report(format!("must be at most {HEADER_BYTES} ASCII characters in one line"), None);
        return None;
    }
    Some((name, HeaderText::Plain(text.to_owned())))
}

fn basic_auth(table: &Section<'_>, directory: &Path) -> Option<Login> {
    let username = table.required("username", |field| {
        let text = field.text()?;
        if text.contains(':') {
            field.report("a user name with a colon cannot be sent (RFC 7617)", None);
            return None;
        }
        Some(text.to_owned())
    });
    let password = table.required("password", |field| field.secret(directory));
    Some(Login::Basic { username: username?, password: password? })
}

fn pins(field: &Field<'_>) -> Option<Vec<[u8; 32]>> {
    let pins = field.list_of_some(|pin| {
        let text = pin.text()?;
        let read = parse_pin(text);
        if read.is_none() {
            let hint = "write 64 hexadecimal digits or 44 characters of base64: the error message of a refused certificate shows them";
            pin.report("is not a SHA-256", Some(hint.to_owned()));
        }
        read
    })?;
    if pins.len() > PINS_MOST {
        field.report(format!("at most {PINS_MOST} keys are looked for"), None);
    }
    Some(pins)
}

/// Secrets and pins need a connection that keeps and has them.
fn check_scheme(table: &Section<'_>, url: &Url, access: &SourceAccess) {
    if url.scheme() == "https" {
        return;
    }
    if !access.tls_pins.is_empty() {
        table.report("tls_pin_sha256 needs an address that begins with https://", None);
    }
    let has_secret = access.login.is_some() || access.headers.iter().any(|(_, value)| matches!(value, HeaderText::Secret(_)));
    if has_secret {
        check_clear(table, url);
    }
}

/// Reports an address to which a secret would go unencrypted.
pub(super) fn check_clear(table: &Section<'_>, url: &Url) {
    let stays_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // An onion service is encrypted to its own name.
        Some(Host::Domain(name)) => std::path::Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("onion")),
        None => false,
    };
    if url.scheme() != "https" && !stays_here {
        table.report("a secret would be sent in the clear", Some("write an address that begins with https://".to_owned()));
    }
}
