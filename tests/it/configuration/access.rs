//! How sources are reached: what is accepted, and what is refused.

use presswatch::config::access::pin_text;
use presswatch::config::{HeaderText, Login, MAIN_FILE, RobotsRule, Route, SecretRef, SourceAccess};
use presswatch::model::SourceId;

use super::{A_SOURCE, loaded, refused, refused_main};

const TOR: &str = "[network.paths.tor]\nurl = \"socks5h://127.0.0.1:9050\"\n";
const PIN: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn source(lines: &str) -> String {
    format!("{A_SOURCE}{lines}\n")
}

#[track_caller]
fn refused_source(lines: &str, line: usize, key: &str, words: &[&str]) {
    refused("sources.d/a.toml", &source(lines), line, key, words);
}

fn access(main: &str, lines: &str) -> SourceAccess {
    let config = loaded(&[(MAIN_FILE, main), ("sources.d/a.toml", &source(lines))]);
    config.accesses.of(&SourceId::new("one").unwrap())
}

#[test]
fn a_source_says_how_it_is_reached() {
    assert_eq!(access("", ""), SourceAccess::default());
    assert_eq!(access(TOR, "network = \"tor\"").route, Some(Route::Path("tor".to_owned())));
    assert_eq!(access("", "network = \"direct\"").route, Some(Route::Direct));
    assert_eq!(access("", "robots = \"ignore\"").robots, RobotsRule::Ignore);
    let pins = access("", &format!("tls_pin_sha256 = [\"{PIN}\"]")).tls_pins;
    assert_eq!(pins.iter().map(pin_text).collect::<Vec<_>>(), [PIN]);
    let path = SecretRef::Environment("PATH".to_owned());
    assert_eq!(access("", "bearer_token = \"env:PATH\"").login, Some(Login::Bearer(path.clone())));
    let basic = access("", "basic_auth = { username = \"desk\", password = \"env:PATH\" }").login;
    assert_eq!(basic, Some(Login::Basic { username: "desk".to_owned(), password: path.clone() }));
    let headers = access("", "headers = { User-Agent = \"Desk/1\", X-Key = \"env:PATH\" }").headers;
    let expected = vec![("user-agent".to_owned(), HeaderText::Plain("Desk/1".to_owned())), ("x-key".to_owned(), HeaderText::Secret(path))];
    assert_eq!(headers, expected);
}

#[test]
fn network_paths_are_read_with_their_passwords_by_reference() {
    let main =
        "[network]\ndefault_path = \"vpn\"\n[network.paths.vpn]\nurl = \"http://10.0.0.1:3128\"\nusername = \"desk\"\npassword = \"env:PATH\"\n";
    let network = loaded(&[(MAIN_FILE, main)]).network;
    assert_eq!(network.route, Route::Path("vpn".to_owned()));
    assert_eq!(network.paths["vpn"].credentials, Some(("desk".to_owned(), SecretRef::Environment("PATH".to_owned()))));
    for (url, words) in [
        ("socks5://127.0.0.1:1080", ["name server", "socks5h"]),
        ("socks5h://127.0.0.1", ["no port", "9050"]),
        ("https://proxy.example:3128", ["TLS to the proxy", "http://"]),
        ("ftp://proxy.example", ["no kind of proxy", "socks5h"]),
        ("http://me:hunter2@proxy.example:3128", ["user name or password", "file:"]),
        ("127.0.0.1:9050", ["socks5h://127.0.0.1:9050", "address"]),
    ] {
        refused_main(&format!("[network.paths.vpn]\nurl = \"{url}\"\n"), 2, "network.paths.vpn.url", &words);
    }
    refused_main("[network.paths.vpn]\nurl = \"http://p.example\"\nusername = \"a\"\n", 1, "network.paths.vpn", &["go together"]);
    refused_main("[network.paths.direct]\nurl = \"http://p.example\"\n", 1, "network.paths.direct", &["not \"direct\""]);
    refused_main("[network]\ndefault_path = \"tro\"\n", 2, "network.default_path", &["no network path \"tro\"", "network.paths.tro"]);
}

#[test]
fn what_would_leak_or_mislead_is_refused() {
    refused_source("network = \"tor\"", 5, "source[0].network", &["no network path \"tor\""]);
    refused_source("network = \"socks5h://127.0.0.1:9050\"", 5, "source[0].network", &["not the name", "[network.paths.NAME]"]);
    refused_source("headers = { X-Key = \"hunter2\" }", 5, "source[0].headers.X-Key", &["may be a secret", "chmod 600"]);
    refused_source("headers = { Authorization = \"env:PATH\" }", 5, "source[0].headers.Authorization", &["bearer_token"]);
    refused_source("headers = { Host = \"env:PATH\" }", 5, "source[0].headers.Host", &["itself"]);
    refused_source("headers = { \"a b\" = \"env:PATH\" }", 5, "source[0].headers.a b", &["not the name of a header"]);
    refused_source("bearer_token = \"hunter2\"", 5, "source[0].bearer_token", &["never literally"]);
    refused_source("basic_auth = { username = \"a:b\", password = \"env:PATH\" }", 5, "source[0].basic_auth.username", &["colon"]);
    refused_source("tls_pin_sha256 = [\"00\"]", 5, "source[0].tls_pin_sha256[0]", &["not a SHA-256"]);
    refused_source("robots = \"no\"", 5, "source[0].robots", &["known are \"honor\", \"ignore\""]);
    refused_source(
        "bearer_token = \"env:PATH\"\nbasic_auth = { username = \"a\", password = \"env:PATH\" }",
        1,
        "source[0]",
        &["exclude each other"],
    );
    let plain = source("bearer_token = \"env:PATH\"").replace("https:", "http:");
    refused("sources.d/a.toml", &plain, 1, "source[0]", &["in the clear", "https"]);
}
