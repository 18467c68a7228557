//! Proxies on loopback that remember what they were asked, and lead every name to one address.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// What a proxy was asked for: `name:port` or `ip:port`, behind how it was said.
pub type Asked = Arc<Mutex<Vec<String>>>;

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    pub address: SocketAddr,
    asked: Asked,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// SOCKS5 (RFC 1928), with a user name and password where one is given (RFC 1929). Port 1 on the far side cannot be reached.
    pub async fn socks5(target: SocketAddr, login: Option<(&'static str, &'static str)>) -> Self {
        Self::start(move |stream, asked| async move { drop(socks5(stream, target, login, &asked).await) }).await
    }

    /// HTTP: CONNECT, and absolute addresses for http.
    pub async fn http(target: SocketAddr, login: Option<&'static str>) -> Self {
        Self::start(move |stream, asked| async move { drop(http(stream, target, login, &asked).await) }).await
    }

    async fn start<F>(serve: impl Fn(TcpStream, Asked) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Asked::default();
        let log = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            // Connections end with the proxy.
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, Arc::clone(&log)));
            }
        });
        Self { address, asked, task }
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn socks5(mut stream: TcpStream, target: SocketAddr, login: Option<(&str, &str)>, asked: &Asked) -> std::io::Result<()> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).await?;
    let mut methods = vec![0; usize::from(head[1])];
    stream.read_exact(&mut methods).await?;
    if let Some((username, password)) = login {
        if !methods.contains(&2) {
            return stream.write_all(&[5, 0xff]).await;
        }
        stream.write_all(&[5, 2]).await?;
        stream.read_exact(&mut head).await?;
        let mut name = vec![0; usize::from(head[1])];
        stream.read_exact(&mut name).await?;
        let mut secret = vec![0; usize::from(stream.read_u8().await?)];
        stream.read_exact(&mut secret).await?;
        let right = name == username.as_bytes() && secret == password.as_bytes();
        stream.write_all(&[1, u8::from(!right)]).await?;
        if !right {
            return Ok(());
        }
    } else {
        stream.write_all(&[5, 0]).await?;
    }
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => format!("ip {}", std::net::Ipv4Addr::from(stream.read_u32().await?)),
        3 => {
            let mut name = vec![0; usize::from(stream.read_u8().await?)];
            stream.read_exact(&mut name).await?;
            format!("name {}", String::from_utf8(name).unwrap())
        }
        _ => format!("ip {}", std::net::Ipv6Addr::from(stream.read_u128().await?)),
    };
    let port = stream.read_u16().await?;
    asked.lock().unwrap().push(format!("{host}:{port}"));
    let Ok(mut far) = TcpStream::connect(target).await else { return stream.write_all(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]).await };
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut stream, &mut far).await.map(drop)
}

async fn http(stream: TcpStream, target: SocketAddr, login: Option<&str>, asked: &Asked) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut head, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        head.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut words = head.split_whitespace();
    let (method, address) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    asked.lock().unwrap().push(format!("{method} {address}"));
    if login.is_some_and(|login| !head.to_ascii_lowercase().contains(&format!("proxy-authorization: basic {}", login.to_ascii_lowercase()))) {
        return stream.write_all(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n").await;
    }
    let Ok(mut far) = TcpStream::connect(target).await else {
        return stream.write_all(b"HTTP/1.1 502 No way\r\nContent-Length: 0\r\n\r\n").await;
    };
    if method == "CONNECT" {
        stream.write_all(b"HTTP/1.1 200 Go on\r\n\r\n").await?;
    } else {
        far.write_all(head.as_bytes()).await?;
    }
    copy_bidirectional(&mut stream, &mut far).await.map(drop)
}
