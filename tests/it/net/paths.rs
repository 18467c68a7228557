//! Network paths: what a proxy is asked, and that nothing goes another way when it fails.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use presswatch::config::{NetworkConfig, NetworkPath, Route, SecretRef, SourceAccess};
use presswatch::net::{AddressPolicy, Client, Get, Lookup, NetError, Response, Roots, Setup};
use tokio::net::TcpListener;

use super::{canary, get, lookup, loopback};
use crate::support::proxy::Proxy;
use crate::support::server::{Answer, Server};
use crate::support::tls::{TlsServer, certificates};

/// A configuration with the path "tor" at a proxy; every request takes it.
fn through(scheme: &str, proxy: SocketAddr) -> NetworkConfig {
    through_url(&format!("{scheme}://{proxy}"), None)
}

fn through_url(url: &str, credentials: Option<(String, SecretRef)>) -> NetworkConfig {
    let path = NetworkPath { proxy: url.parse().unwrap(), credentials };
    NetworkConfig { route: Route::Path("tor".to_owned()), paths: BTreeMap::from([("tor".to_owned(), path)]), ..NetworkConfig::default() }
}

/// Finds every name on loopback, and counts how often it is asked.
fn counting() -> (Lookup, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let lookup = lookup(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        vec![IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)]
    });
    (lookup, asked)
}

fn client(config: &NetworkConfig, policy: AddressPolicy, lookup: Lookup) -> Client {
    let roots = certificates("root.pem").iter().map(|der| der.to_vec()).collect();
    Client::with_setup(config, policy, "presswatch-test", Setup { lookup, roots: Roots::Only(roots) }).unwrap()
}

async fn fetch(client: &Client, url: &str) -> Result<Response, NetError> {
    client.get(Get { url: url.parse().unwrap(), ..get("http://unused.example/") }).await
}

async fn unused_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn a_name_reaches_the_socks_proxy_unresolved() {
    let plain = Server::start(|_| Answer::ok("text/plain", "news")).await;
    let secure = TlsServer::start("good.pem", &[b"h2", b"http/1.1"]).await;
    for (url, target, asked_for) in [
        ("http://news.example/feed", plain.address(), "name news.example:80"),
        ("https://news.example/feed", secure.address, "name news.example:443"),
        ("http://abcdefghij.onion/feed", plain.address(), "name abcdefghij.onion:80"),
    ] {
        let proxy = Proxy::socks5(target, None).await;
        let (lookup, asked) = counting();
        let client = client(&through("socks5h", proxy.address), AddressPolicy::public(), lookup);
        assert_eq!(fetch(&client, url).await.map(|answer| answer.body), Ok(b"news".to_vec()), "{url}");
        assert_eq!(proxy.asked(), [asked_for]);
        assert_eq!(asked.load(Ordering::SeqCst), 0, "{url}: no name is resolved here");
    }
}

#[tokio::test]
async fn an_http_proxy_is_asked_for_tunnels_and_for_plain_addresses() {
    let plain = Server::start(|_| Answer::ok("text/plain", "news")).await;
    let secure = TlsServer::start("good.pem", &[]).await;
    for (url, target, asked_for) in [
        ("http://news.example/feed", plain.address(), "GET http://news.example/feed"),
        ("https://news.example/feed", secure.address, "CONNECT news.example:443"),
    ] {
        let proxy = Proxy::http(target, None).await;
        let (lookup, asked) = counting();
        let client = client(&through("http", proxy.address), AddressPolicy::public(), lookup);
        assert_eq!(fetch(&client, url).await.map(|answer| answer.body), Ok(b"news".to_vec()), "{url}");
        assert_eq!(proxy.asked(), [asked_for]);
        assert_eq!(asked.load(Ordering::SeqCst), 0, "{url}: no name is resolved here");
    }
}

#[tokio::test]
async fn when_the_proxy_is_down_nothing_is_sent_another_way() {
    let (port, seen) = canary().await;
    for scheme in ["socks5h", "http"] {
        let (lookup, asked) = counting();
        let client = client(&through(scheme, unused_port().await), loopback(), lookup);
        for url in [format!("http://news.example:{port}/"), format!("https://news.example:{port}/"), format!("http://127.0.0.1:{port}/")] {
            let error = fetch(&client, &url).await.unwrap_err();
            assert_eq!((error.kind(), error.is_transient(), error.may_be_our_outage()), ("proxy", true, true), "{scheme} {url}: {error}");
            assert!(error.to_string().contains("\"tor\""), "{error}");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 0, "{scheme}");
    }
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_host_that_the_proxy_cannot_reach_is_not_blamed_on_the_proxy() {
    for scheme in ["socks5h", "http"] {
        let nobody = unused_port().await;
        let proxy = if scheme == "http" { Proxy::http(nobody, None).await } else { Proxy::socks5(nobody, None).await };
        let client = client(&through(scheme, proxy.address), AddressPolicy::public(), counting().0);
        let error = fetch(&client, "https://news.example/").await.unwrap_err();
        assert_eq!(error.kind(), "connect", "{scheme}: {error}");
        assert!(error.to_string().contains("network path \"tor\""), "{error}");
    }
}

#[tokio::test]
async fn the_proxy_is_given_its_password_and_a_wrong_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let secret = |text: &str| {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.path().join(text);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        SecretRef::File(path)
    };
    let plain = Server::start(|_| Answer::ok("text/plain", "news")).await;
    let secure = TlsServer::start("good.pem", &[]).await;
    for (scheme, url, target) in [
        ("socks5h", "http://news.example/", plain.address()),
        ("http", "http://news.example/", plain.address()),
        ("http", "https://news.example/", secure.address),
    ] {
        let proxy = match scheme {
            "http" => Proxy::http(target, Some("ZGVzazpodW50ZXIy")).await, // desk:hunter2
            _ => Proxy::socks5(target, Some(("desk", "hunter2"))).await,
        };
        let address = format!("{scheme}://{}", proxy.address);
        let with =
            |password: &str| client(&through_url(&address, Some(("desk".to_owned(), secret(password)))), AddressPolicy::public(), counting().0);
        assert_eq!(fetch(&with("hunter2"), url).await.map(|answer| answer.body), Ok(b"news".to_vec()), "{scheme} {url}");
        let error = fetch(&with("hunter3"), url).await.unwrap_err();
        assert_eq!(error.kind(), "proxy", "{scheme} {url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter"), "{error}");
    }
}

#[tokio::test]
async fn the_address_policy_holds_for_what_a_proxy_is_asked() {
    let proxy = Proxy::socks5("127.0.0.1:1".parse().unwrap(), None).await;
    let client = client(&through("socks5h", proxy.address), AddressPolicy::public(), counting().0);
    for url in [
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://localhost/",
        "http://router/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://db.corp./",
        "http://nas.home.arpa/",
        "http://news.example:25/",
        "http://user:secret@news.example/",
    ] {
        let error = fetch(&client, url).await.unwrap_err();
        assert_eq!(error.kind(), "policy", "{url}: {error}");
    }
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn an_onion_address_is_never_asked_of_a_name_server() {
    let (lookup, asked) = counting();
    let client = client(&NetworkConfig::default(), loopback(), lookup);
    assert_eq!(fetch(&client, "http://abcdefghij.onion/feed").await.unwrap_err().kind(), "policy");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_source_takes_its_own_path_and_a_path_that_is_not_there_is_no_way_at_all() {
    let plain = Server::start(|_| Answer::ok("text/plain", "news")).await;
    let proxy = Proxy::socks5(plain.address(), None).await;
    let config = NetworkConfig { route: Route::Direct, ..through("socks5h", proxy.address) };
    let client = client(&config, loopback(), counting().0);
    let url = format!("http://news.example:{}/", plain.port());
    let access = |route: Route| SourceAccess { route: Some(route), ..SourceAccess::default() };

    assert!(fetch(&client, &url).await.is_ok(), "the general route is direct");
    assert_eq!(proxy.asked().len(), 0);
    let own = client.for_source(&url.parse().unwrap(), &access(Route::Path("tor".to_owned()))).unwrap();
    assert!(fetch(&own, &url).await.is_ok());
    assert_eq!(proxy.asked().len(), 1);
    let unknown = client.for_source(&url.parse().unwrap(), &access(Route::Path("vpn".to_owned())));
    assert_eq!(unknown.unwrap_err().kind(), "setup");
}
