//! TLS: whom the client trusts.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_tungstenite::Connector;

use crate::{
    address::Address,
    error::{Error, ErrorKind, Result},
};

/// Whom the client trusts: the operating system's certificates, or those that it was given.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    trusted: Option<Vec<u8>>,
    /// Made once: to read the operating system's certificates takes many files.
    config: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Tls {
    pub(crate) fn trust(&mut self, pem: Vec<u8>) {
        self.trusted = Some(pem);
        self.config = Arc::default();
    }

    /// What speaks TLS to the address; `None` where it does without.
    pub(crate) fn connector(&self, address: &Address) -> Result<Option<Connector>> {
        if !address.is_secure() {
            return Ok(None);
        }
        let config = match self.config.get() {
            Some(config) => Arc::clone(config),
            None => {
                let config = Arc::new(self.configure()?);
                Arc::clone(self.config.get_or_init(|| config))
            }
        };
        Ok(Some(Connector::Rustls(config)))
    }

    fn configure(&self) -> Result<ClientConfig> {
        let roots = match &self.trusted {
            Some(pem) => given(pem)?,
            None => of_the_system()?,
        };
        // Named here: the library would panic where a process has chosen none, or could have two.
        let provider =
            CryptoProvider::get_default().map_or_else(|| Arc::new(ring::default_provider()), Arc::clone);
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::caused_by(ErrorKind::Invalid, "TLS cannot be set up", error))?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}

fn given(pem: &[u8]) -> Result<RootCertStore> {
    let refused = |error| Error::caused_by(ErrorKind::Invalid, "what is to be trusted is not usable", error);
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| {
            Error::caused_by(ErrorKind::Invalid, "what is to be trusted is no PEM", error)
        })?;
        roots.add(certificate).map_err(refused)?;
    }
    if roots.is_empty() {
        return Err(Error::invalid("what is to be trusted holds no certificate"));
    }
    Ok(roots)
}

fn of_the_system() -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Error::invalid("the operating system has no certificates that could be trusted"));
    }
    Ok(roots)
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.trusted.is_some() { "Tls(given)" } else { "Tls(system)" })
    }
}
