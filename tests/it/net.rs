//! The guarded client against real sockets: nothing forbidden is reached, nothing endless is read to its end.

mod access;
mod certificates;
mod paths;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use presswatch::net::{AddressPolicy, Client, Get, Lookup, NetError, Post, TimeoutPhase, header};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::support::server::{self, Answer, Server};

/// Addresses that lead to this machine, its neighbors or its cloud, in every notation known to have fooled somebody. `PORT` is a listener's.
const FORBIDDEN: &str = include_str!("net/forbidden.txt");

fn get(url: &str) -> Get {
    Get { url: url.parse().unwrap(), headers: Vec::new(), limit_bytes: 64 * 1024 }
}

fn client(policy: AddressPolicy) -> Client {
    Client::new(&server::network_config(), policy, "presswatch-test").unwrap()
}

fn loopback() -> AddressPolicy {
    AddressPolicy::public().allow_network("127.0.0.0/8").unwrap().allow_any_port()
}

fn lookup(answers: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Lookup {
    Arc::new(move |name| {
        let found = answers(&name);
        Box::pin(async move { Ok(found) })
    })
}

/// Counts connections to all addresses of this machine.
async fn canary() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let sixth = TcpListener::bind(format!("[::1]:{port}")).await;
    tokio::spawn(async move {
        loop {
            let accepted = match &sixth {
                Ok(sixth) => tokio::select! { accepted = listener.accept() => accepted, accepted = sixth.accept() => accepted },
                Err(_) => listener.accept().await,
            };
            counter.fetch_add(usize::from(accepted.is_ok()), Ordering::SeqCst);
        }
    });
    (port, seen)
}

#[tokio::test]
async fn forbidden_addresses_are_never_connected_to() {
    let (port, seen) = canary().await;
    // Every port is open, and every name is this machine: only the address can save us.
    let here = lookup(|_| vec![IpAddr::V4(Ipv4Addr::LOCALHOST), "::1".parse().unwrap(), "::ffff:127.0.0.1".parse().unwrap()]);
    let client = Client::with_lookup(&server::network_config(), AddressPolicy::public().allow_any_port(), "presswatch-test", here).unwrap();
    let addresses = FORBIDDEN.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(|line| line.replace("PORT", &port.to_string()));
    let mut tested = 0;
    for address in addresses {
        // What is no address at all cannot be asked for either.
        let Ok(url) = address.parse::<Url>() else { continue };
        tested += 1;
        let outcome = client.get(Get { url: url.clone(), headers: Vec::new(), limit_bytes: 1024 }).await;
        assert!(matches!(outcome, Err(NetError::Policy(_))), "{address}: {outcome:?}");
        let message = Post { url, headers: Vec::new(), body: b"{}".to_vec(), timeout: Duration::from_secs(5), limit_bytes: 1024 };
        let answer = client.post(message).await;
        assert!(matches!(answer, Err(NetError::Policy(_))), "{address}: {answer:?}");
    }
    assert!(tested >= 120, "{tested}");
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_canary_hears_a_permitted_request() {
    let (port, seen) = canary().await;
    let _ = client(loopback()).get(get(&format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn only_usual_ports_are_reached() {
    let (port, seen) = canary().await;
    let client = client(AddressPolicy::public().allow_network("127.0.0.0/8").unwrap());
    for port in [port, 22, 25, 5432, 6379, 9200] {
        let error = client.get(get(&format!("http://127.0.0.1:{port}/"))).await.unwrap_err();
        assert!(error.to_string().contains(&format!("port {port}")), "{error}");
    }
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn redirects_to_forbidden_addresses_are_refused() {
    let (port, seen) = canary().await;
    // The newsroom answers on 127.0.0.2, which alone is permitted.
    let policy = AddressPolicy::public().allow_network("127.0.0.2").unwrap().allow_any_port();
    let targets = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("//127.0.0.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
        format!("ftp://127.0.0.1:{port}/"),
        format!("http://user:secret@127.0.0.2:{port}/"),
    ];
    for (index, target) in targets.iter().enumerate() {
        let target = target.clone();
        let server = Server::start_on("127.0.0.2", move |_| Answer::status([301, 302, 303, 307, 308][index % 5]).header("Location", &target)).await;
        let error = client(policy.clone()).get(get(&server.url("/feed"))).await.unwrap_err();
        assert!(matches!(error, NetError::Policy(_)), "{}: {error:?}", targets[index]);
    }
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_refused_at_its_second_answer() {
    let server = Server::start_on("127.0.0.2", |request| match request.path.as_str() {
        "/first" => Answer::status(302).header("Location", "/second").header("Connection", "close"),
        _ => Answer::ok("text/plain", "reached"),
    })
    .await;
    let (_, seen) = canary().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let times = Arc::clone(&asked);
    let rebinding = lookup(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => vec!["127.0.0.2".parse().unwrap()],
        _ => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
    });
    let policy = AddressPolicy::public().allow_network("127.0.0.2").unwrap().allow_any_port();
    let client = Client::with_lookup(&server::network_config(), policy, "presswatch-test", rebinding).unwrap();
    let error = client.get(get(&format!("http://rebind.example:{}/first", server.port()))).await.unwrap_err();
    assert!(matches!(error, NetError::Policy(_)), "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 2, "each connection is resolved once");
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn of_a_name_with_good_and_bad_addresses_only_the_good_are_used() {
    let server = Server::start_on("127.0.0.2", |_| Answer::ok("text/plain", "news")).await;
    let mixed = lookup(|_| vec![IpAddr::V4(Ipv4Addr::LOCALHOST), "10.0.0.1".parse().unwrap(), "127.0.0.2".parse().unwrap()]);
    let policy = AddressPolicy::public().allow_network("127.0.0.2").unwrap().allow_any_port();
    let client = Client::with_lookup(&server::network_config(), policy, "presswatch-test", mixed).unwrap();
    let response = client.get(get(&format!("http://mixed.example:{}/", server.port()))).await.unwrap();
    assert_eq!(response.body, b"news");
}

#[tokio::test]
async fn redirect_chains_end_and_tell_nothing_to_strangers() {
    let other = Server::start(|request| Answer::ok("text/plain", &format!("{:?}", request.headers))).await;
    let target = other.url("/");
    let server = Server::start(move |request| match request.path.as_str() {
        "/loop" => Answer::status(302).header("Location", "/loop"),
        "/nowhere" => Answer::status(302),
        "/away" => Answer::status(307).header("Location", &target),
        _ => Answer::status(301).header("Location", "/away"),
    })
    .await;
    let client = client(loopback());
    assert!(matches!(client.get(get(&server.url("/loop"))).await, Err(NetError::Redirect(_))));
    assert!(matches!(client.get(get(&server.url("/nowhere"))).await, Err(NetError::Redirect(_))));
    assert_eq!(server.requests().len(), 7, "five redirects are followed");

    let headers =
        vec![(header::AUTHORIZATION, "Bearer hush".to_owned()), (header::COOKIE, "id=7".to_owned()), (header::ACCEPT, "text/plain".to_owned())];
    let response = client.get(Get { headers, ..get(&server.url("/moved")) }).await.unwrap();
    assert_eq!(response.redirects.iter().map(|redirect| redirect.status).collect::<Vec<_>>(), [301, 307]);
    assert_eq!(response.final_url.as_str(), other.url("/"));
    let seen = String::from_utf8(response.body).unwrap();
    assert!(seen.contains("text/plain") && !seen.contains("hush") && !seen.contains("id=7"), "{seen}");
}

/// The client sends its request in one piece; answering before it would be a fault of its own.
async fn ignore_request(stream: &mut TcpStream) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request).await;
}

/// Answers every request by the given bytes, again and again, until the peer goes away; counts what was taken.
async fn endless(head: &'static str, piece: Vec<u8>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            ignore_request(&mut stream).await;
            let mut result = stream.write_all(head.as_bytes()).await;
            while result.is_ok() {
                result = stream.write_all(&piece).await;
                counter.fetch_add(piece.len(), Ordering::SeqCst);
            }
        }
    });
    (url, sent)
}

#[tokio::test]
async fn a_stream_of_ten_gigabytes_is_cut_at_the_limit() {
    let heads = [
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 10737418240\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n",
    ];
    for head in heads {
        let (url, sent) = endless(head, vec![b' '; 64 * 1024]).await;
        let error = client(loopback()).get(Get { limit_bytes: 1 << 20, ..get(&url) }).await.unwrap_err();
        assert!(matches!(error, NetError::TooLarge { limit: 0x0010_0000 }), "{error:?}");
        // What lies in the buffers of both sockets was sent as well.
        assert!(sent.load(Ordering::SeqCst) < 32 << 20, "{}", sent.load(Ordering::SeqCst));
    }
    let (url, _) = endless("HTTP/1.1 500 Oops\r\n\r\n", vec![b'x'; 64 * 1024]).await;
    let response = client(loopback()).get(Get { limit_bytes: 1 << 20, ..get(&url) }).await.unwrap();
    assert_eq!((response.status, response.body.len()), (500, 256 * 1024), "of an error only the beginning is read");
}

/// More of them than may be large at once: each waits for its place, and none is lost.
#[tokio::test]
async fn many_large_bodies_at_once_all_arrive() {
    const BYTES: usize = 2 << 20;
    let server = Server::start(|_| Answer::ok("application/rss+xml", &" ".repeat(BYTES))).await;
    let client = client(loopback());
    let mut downloads = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (client, request) = (client.clone(), Get { limit_bytes: 4 << 20, ..get(&server.url("/")) });
        downloads.spawn(async move { client.get(request).await.unwrap().body.len() });
    }
    assert_eq!(downloads.join_all().await, vec![BYTES; 12]);
}

#[tokio::test]
async fn endless_headers_are_cut() {
    let (url, sent) = endless("HTTP/1.1 200 OK\r\n", b"X-More: and more and more and more and more\r\n".repeat(100)).await;
    assert!(client(loopback()).get(get(&url)).await.is_err());
    assert!(sent.load(Ordering::SeqCst) < 32 << 20);
}

/// Accepts, sends the given beginning, and is silent from then on.
async fn stalling(beginning: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            ignore_request(&mut stream).await;
            let _ = stream.write_all(beginning.as_bytes()).await;
            open.push(stream);
        }
    });
    url
}

#[tokio::test]
async fn whoever_stalls_is_cut_off() {
    let config = presswatch::config::NetworkConfig {
        connect_timeout: Duration::from_millis(200),
        headers_timeout: Duration::from_millis(100),
        idle_timeout: Duration::from_millis(100),
        ..server::network_config()
    };
    let client = Client::new(&config, loopback(), "presswatch-test").unwrap();
    let at = async |beginning| {
        let url = stalling(beginning).await;
        client.get(get(&url)).await.unwrap_err()
    };
    assert_eq!(at("").await, NetError::Timeout(TimeoutPhase::Headers));
    assert_eq!(at("HTTP/1.1 200 OK\r\nContent-Ty").await, NetError::Timeout(TimeoutPhase::Headers));
    assert_eq!(at("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>").await, NetError::Timeout(TimeoutPhase::Idle));
}

#[tokio::test]
async fn a_body_that_drips_for_ever_meets_the_total_deadline() {
    let config = presswatch::config::NetworkConfig { total_timeout: Duration::from_millis(200), ..server::network_config() };
    let client = Client::new(&config, loopback(), "presswatch-test").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                ignore_request(&mut stream).await;
                let mut pace = tokio::time::interval(Duration::from_millis(10));
                let mut result = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                while result.is_ok() {
                    pace.tick().await;
                    result = stream.write_all(b" ").await;
                }
            });
        }
    });
    assert_eq!(client.get(get(&url)).await.unwrap_err(), NetError::Timeout(TimeoutPhase::Total));
}

#[tokio::test]
async fn what_breaks_off_is_an_error_and_not_a_short_document() {
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                ignore_request(&mut stream).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>").await;
            }
        });
        url
    };
    assert_eq!(client(loopback()).get(get(&url)).await.unwrap_err().kind(), "protocol");
}

#[tokio::test]
async fn nobody_listening_and_no_such_name_are_told_apart() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = client(loopback()).get(get(&format!("http://127.0.0.1:{port}/"))).await.unwrap_err();
    assert_eq!((refused.kind(), refused.may_be_our_outage()), ("connect", true));
    let nobody = lookup(|_| Vec::new());
    let client = Client::with_lookup(&server::network_config(), loopback(), "presswatch-test", nobody).unwrap();
    let unknown = client.get(get("http://nobody.example/secret-path")).await.unwrap_err();
    assert_eq!((unknown.kind(), unknown.may_be_our_outage()), ("dns", true));
    assert!(!unknown.to_string().contains("secret-path"), "{unknown}");
}

#[tokio::test]
async fn a_post_is_delivered_once_and_never_redirected() {
    let server = Server::start(|request| match request.path.as_str() {
        "/moved" => Answer::status(307).header("Location", "/hook"),
        _ => Answer::ok("text/plain", &"y".repeat(100_000)),
    })
    .await;
    let client = client(loopback());
    let post = |path: &str| Post {
        url: server.url(path).parse().unwrap(),
        headers: vec![(header::CONTENT_TYPE, "application/json".to_owned())],
        body: b"{\"a\":1}".to_vec(),
        timeout: Duration::from_secs(5),
        limit_bytes: 1000,
    };
    assert_eq!(client.post(post("/hook")).await.unwrap().body.len(), 1000);
    assert_eq!(client.post(post("/moved")).await.unwrap().status, 307);
    let requests = server.requests();
    assert_eq!(requests.iter().map(|request| request.path.as_str()).collect::<Vec<_>>(), ["/hook", "/moved"]);
    assert_eq!(requests[0].body, b"{\"a\":1}");
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
}
