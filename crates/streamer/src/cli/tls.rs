//! The flags of TLS.

use std::path::PathBuf;

use clap::Args;

use crate::{
    error::{Error, Result},
    server::Tls,
};

/// The certificate that a server shows, and its key.
#[derive(Args, Debug)]
pub(super) struct TlsFiles {
    /// The file with the server's certificate in PEM, and after it those that it was issued by: clients then come by
    /// `https` and `wss` alone.
    ///
    /// Both files are read anew when they have changed, within a second.
    #[arg(long, value_name = "FILE", env = "STREAMER_TLS_CERT", hide_env_values = true)]
    tls_cert: Option<PathBuf>,
    /// The file with the certificate's private key in PEM.
    #[arg(long, value_name = "FILE", env = "STREAMER_TLS_KEY", hide_env_values = true)]
    tls_key: Option<PathBuf>,
}

impl TlsFiles {
    /// Reads the files, where they are given.
    pub(super) fn tls(&self) -> Result<Option<Tls>> {
        match (&self.tls_cert, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Tls::from_files(certificate, key).map(Some),
            (Some(_), None) | (None, Some(_)) => {
                Err(Error::configuration("TLS needs both files; give `--tls-cert` and `--tls-key`"))
            }
        }
    }
}
