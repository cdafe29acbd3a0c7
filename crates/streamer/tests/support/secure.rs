//! Certificates that are made in the test, and streams that trust them.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, DEFAULT_VERSIONS, RootCertStore, SupportedProtocolVersion,
        crypto::ring::default_provider, pki_types::CertificateDer,
    },
};

use super::PATIENCE;

/// A folder with a certificate of 127.0.0.1 that vouches for itself, and its key.
pub struct Certificate {
    folder: TempDir,
    der: CertificateDer<'static>,
}

impl Certificate {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let der = write(&folder);
        Self { folder, der }
    }

    /// Puts another certificate in the files, and returns what trusts it alone.
    pub fn replace(&self) -> Trust {
        Trust { der: write(&self.folder) }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    pub fn key_path(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// The flags of a server that shows it.
    pub fn flags(&self) -> [String; 4] {
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        ["--tls-cert".into(), text(self.path()), "--tls-key".into(), text(self.key_path())]
    }

    pub fn trust(&self) -> Trust {
        Trust { der: self.der.clone() }
    }
}

fn write(folder: &TempDir) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(folder.path().join("certificate.pem"), cert.pem()).unwrap();
    let key = folder.path().join("key.pem");
    fs::write(&key, signing_key.serialize_pem()).unwrap();
    fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    cert.der().clone()
}

/// A client's trust in one certificate.
pub struct Trust {
    der: CertificateDer<'static>,
}

impl Trust {
    /// Connects by TLS.
    pub async fn connect(&self, address: &str) -> std::io::Result<TlsStream<TcpStream>> {
        self.connect_by(address, DEFAULT_VERSIONS, &[]).await
    }

    /// Connects by these versions of TLS, and offers these protocols within it.
    pub async fn connect_by(
        &self,
        address: &str,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&[u8]],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let stream = TcpStream::connect(address).await?;
        let connecting =
            TlsConnector::from(Arc::new(config)).connect("127.0.0.1".try_into().unwrap(), stream);
        timeout(PATIENCE, connecting).await.expect("a handshake")
    }

    /// Sends a GET and returns all that comes back.
    pub async fn get(&self, address: &str, path: &str) -> String {
        let mut stream = self.connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // An end without TLS's own end is an error here.
        timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer").unwrap();
        String::from_utf8(answer).unwrap()
    }
}
