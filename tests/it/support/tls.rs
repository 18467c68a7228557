//! TLS servers on loopback, with the certificates of tests/it/net/tls.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// SHA-256 of the public key of every server here.
pub const SERVER_KEY: &str = "b58d9a1d47cf5a81d1ed268ba50847efd56bfc7fe72c2cd9b299f10c35ec9989";

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/net/tls").join(name)
}

/// The certificates of a file, in DER.
pub fn certificates(name: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(file(name)).unwrap().map(Result::unwrap).collect()
}

/// Listens until it is dropped; answers every request by `news`.
#[derive(Debug)]
pub struct TlsServer {
    pub address: SocketAddr,
    /// Requests that came as far as that.
    answered: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TlsServer {
    /// Shows the certificates of a file; speaks HTTP/2 where `protocols` offers it and the client takes it.
    pub async fn start(chain: &str, protocols: &[&[u8]]) -> Self {
        let key = PrivateKeyDer::from_pem_file(file("key.pem")).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates(chain), key)
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answered = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&answered);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, counter) = (acceptor.clone(), Arc::clone(&counter));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                        answer_http2(stream, &counter).await;
                        return;
                    }
                    let mut request = [0; 4096];
                    if stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                        counter.fetch_add(1, Ordering::SeqCst);
                        let _ = stream
                            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnews")
                            .await;
                        let _ = stream.shutdown().await;
                    }
                });
            }
        });
        Self { address, answered, task }
    }

    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }
}

async fn answer_http2(stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>, counter: &AtomicUsize) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        counter.fetch_add(1, Ordering::SeqCst);
        let mut response = axum::http::Response::new(());
        response.headers_mut().insert("x-version", format!("{:?}", request.version()).parse().unwrap());
        let mut body = respond.send_response(response, false).unwrap();
        body.send_data(axum::body::Bytes::from_static(b"news"), true).unwrap();
    }
}
