//! TLS: the certificate and its key, and the handshake before HTTP.

use std::{io, path::Path, sync::Arc};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring::default_provider},
    server::TlsStream,
};

use crate::{error::Result, reloading::Reloading, small_file};

const CERTIFICATE: &str = "certificate";
const KEY: &str = "certificate's key";

/// The one protocol that is spoken within: WebSocket's handshake is a request of HTTP/1.1.
const HTTP: &[u8] = b"http/1.1";

/// What a server proves its name with. TLS 1.2 and 1.3 are spoken; clients need no certificate.
#[derive(Debug)]
pub struct Tls {
    acceptor: Reloading<TlsAcceptor>,
}

impl Tls {
    /// Reads a certificate, followed by those that it was issued by, and its private key, each a file in PEM.
    ///
    /// A server reads them anew when they have changed: it looks once a second at most, when a client comes. New
    /// files that are broken, or do not belong together, leave the old ones in use and a warning in the log.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when a file cannot be read, does not hold what
    /// it should, or the key is another certificate's.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self> {
        let paths = vec![certificate.to_owned(), key.to_owned()];
        let acceptor = Reloading::read(CERTIFICATE, paths, |paths| {
            let [certificate, key] = paths else { unreachable!("a certificate and its key are two files") };
            acceptor(certificate, key)
        })?;
        Ok(Self { acceptor })
    }

    /// Does the handshake on a new connection. However long that takes: a client may never say a word.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.refresh().await;
        let acceptor = self.acceptor.current();
        acceptor.accept(stream).await
    }
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor> {
    let chain = read_chain(certificate)?;
    let private_key = PrivateKeyDer::from_pem_slice(&small_file::read_secret(key, KEY)?)
        // The error may quote what it read.
        .map_err(|_| small_file::unusable(key, KEY, "it holds no private key in PEM"))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| small_file::unusable(certificate, CERTIFICATE, error))?
        .with_no_client_auth()
        .with_single_cert(chain, private_key)
        .map_err(|error| small_file::unusable(certificate, CERTIFICATE, error))?;
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let pem = small_file::read(path, CERTIFICATE)?;
    let chain: Option<Vec<_>> = CertificateDer::pem_slice_iter(&pem).map(std::result::Result::ok).collect();
    chain
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| small_file::unusable(path, CERTIFICATE, "it holds no certificate in PEM"))
}
