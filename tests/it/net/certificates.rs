//! Certificates that are not in order, one fault each: refused, and the fault named.

use presswatch::config::SourceAccess;
use presswatch::config::access::parse_pin;
use presswatch::net::{Client, Get, NetError, Response, Roots, Setup};
use url::Url;

use super::{get, lookup, loopback, stalling};
use crate::support::server;
use crate::support::tls::{SERVER_KEY, TlsServer, certificates};

/// Trusts the root of the valley alone, and finds every name on loopback.
fn client() -> Client {
    let roots = certificates("root.pem").iter().map(|der| der.to_vec()).collect();
    let setup = Setup { lookup: lookup(|_| vec!["127.0.0.1".parse().unwrap()]), roots: Roots::Only(roots) };
    Client::with_setup(&server::network_config(), loopback(), "presswatch-test", setup).unwrap()
}

fn address(server: &TlsServer, host: &str) -> Url {
    format!("https://{host}:{}/feed", server.address.port()).parse().unwrap()
}

async fn fetch(client: &Client, url: &Url) -> Result<Response, NetError> {
    client.get(Get { url: url.clone(), ..get("https://unused.example/") }).await
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_its_own_name_and_says_what_to_do() {
    for (chain, kind, words) in [
        ("expired.pem", "tls_expired", "2021-02-03"),
        ("future.pem", "tls_not_yet_valid", "clock"),
        ("misnamed.pem", "tls_wrong_name", "other.example, www.other.example"),
        ("self-signed.pem", "tls_self_signed", "nobody but itself"),
        ("self-signed-authority.pem", "tls_self_signed", "nobody but itself"),
        ("incomplete.pem", "tls_incomplete_chain", "Valley Issuer"),
        ("unknown.pem", "tls_unknown_issuer", "Grey Proxy Root"),
    ] {
        let server = TlsServer::start(chain, &[]).await;
        let error = fetch(&client(), &address(&server, "news.example")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{chain}: {error}");
        let message = error.to_string();
        assert!(message.contains(words) && message.contains("news.example") && message.contains(SERVER_KEY), "{chain}: {message}");
        assert!(!error.is_transient() && !error.may_be_our_outage(), "{chain}");
        assert_eq!(server.answered(), 0, "{chain}: nothing is asked over such a connection");
    }
}

#[tokio::test]
async fn good_chains_are_accepted_by_name_and_by_address() {
    for chain in ["good.pem", "chain.pem"] {
        let server = TlsServer::start(chain, &[]).await;
        for host in ["news.example", "127.0.0.1"] {
            let answer = fetch(&client(), &address(&server, host)).await;
            assert_eq!(answer.map(|answer| answer.body), Ok(b"news".to_vec()), "{chain} {host}");
        }
    }
}

#[tokio::test]
async fn a_pin_accepts_its_key_alone_and_on_its_host_alone() {
    let pinned = |pin: &str, server: &TlsServer| {
        let access = SourceAccess { tls_pins: vec![parse_pin(pin).unwrap()], ..SourceAccess::default() };
        client().for_source(&address(server, "news.example"), &access).unwrap()
    };
    for chain in ["expired.pem", "misnamed.pem", "self-signed.pem", "incomplete.pem", "unknown.pem", "good.pem"] {
        let server = TlsServer::start(chain, &[]).await;
        let answer = fetch(&pinned(SERVER_KEY, &server), &address(&server, "news.example")).await;
        assert_eq!(answer.map(|answer| answer.body), Ok(b"news".to_vec()), "{chain}");
    }
    // A valid certificate with another key is what a rogue authority gives out.
    let good = TlsServer::start("good.pem", &[]).await;
    let other = pinned(&"00".repeat(32), &good);
    let error = fetch(&other, &address(&good, "news.example")).await.unwrap_err();
    assert_eq!(error.kind(), "tls_pin", "{error}");
    assert_eq!(good.answered(), 0);
    assert!(fetch(&other, &address(&good, "127.0.0.1")).await.is_ok(), "another host is verified as ever");
    let expired = TlsServer::start("expired.pem", &[]).await;
    let error = fetch(&pinned(SERVER_KEY, &expired), &address(&expired, "127.0.0.1")).await.unwrap_err();
    assert_eq!(error.kind(), "tls_expired", "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_a_bad_certificate() {
    let plain = stalling("HTTP/1.1 400 Bad Request\r\n\r\n").await.replace("http:", "https:");
    let error = fetch(&client(), &plain.parse().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), "tls_handshake", "{error}");
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_offers_it() {
    let server = TlsServer::start("good.pem", &[b"h2", b"http/1.1"]).await;
    let answer = fetch(&client(), &address(&server, "news.example")).await.unwrap();
    assert_eq!(answer.headers.get("x-version").and_then(|value| value.to_str().ok()), Some("HTTP/2.0"));
    assert_eq!(answer.body, b"news");
}
