//! Which running server a command talks to, and who it is there.

use std::{
    error::Error as _,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use streamer_client::{Client, ClientBuilder, Code, ErrorKind as ClientErrorKind};

use super::output::printable;
use crate::error::{Error, ErrorKind, Result};

/// The most bytes read of a token file. A token needs no more; a device or a wrong path may never end.
const MAX_TOKEN_FILE_BYTES: u64 = 64 * 1024;

/// The most bytes read of a file of certificates: several times what an operating system trusts.
const MAX_CA_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Which running server a command talks to, and who it is there.
#[derive(Args, Debug)]
pub(super) struct ServerAddress {
    /// The server's WebSocket.
    #[arg(
        long,
        value_name = "URL",
        env = "STREAMER_URL",
        hide_env_values = true,
        default_value = "ws://127.0.0.1:8080/ws"
    )]
    url: String,
    /// The token that proves who submits it. Other users of the machine see command lines: better the variable or a file.
    #[arg(long, value_name = "TOKEN", env = "STREAMER_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The file that holds the token, read again for each connection; it goes before the variable.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The certificates that are trusted for `wss://`, in a PEM file; the operating system's unless given.
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
}

impl ServerAddress {
    /// A client that is yet to connect.
    pub(super) fn builder(&self) -> Result<ClientBuilder> {
        let mut builder = Client::builder(self.url.as_str());
        if let Some(file) = &self.tls_ca {
            builder = builder.trust(read_file("certificates", file, MAX_CA_FILE_BYTES)?);
        }
        if let Some(file) = &self.token_file {
            // Once before it connects: what is wrong with the file is not worth an attempt.
            read_token(file)?;
            let file = file.clone();
            return Ok(builder.token_provider(move || {
                let token = read_token(&file).map_err(Into::into);
                async move { token }
            }));
        }
        Ok(match &self.token {
            Some(token) => builder.token(token.as_str()),
            None => builder,
        })
    }
}

/// Reads a token file: its text without the white space around it.
fn read_token(path: &Path) -> Result<String> {
    let text = read_file("token", path, MAX_TOKEN_FILE_BYTES)?;
    match text.trim() {
        "" => {
            Err(Error::configuration(format!("cannot use the token file `{}`: it is empty", path.display())))
        }
        token => Ok(token.to_owned()),
    }
}

fn read_file(what: &str, path: &Path, limit: u64) -> Result<String> {
    let refused = |message: String| {
        Error::configuration(format!("cannot use the {what} file `{}`: {message}", path.display()))
    };
    let mut text = String::new();
    let file = File::open(path).map_err(|error| refused(error.to_string()))?;
    file.take(limit + 1).read_to_string(&mut text).map_err(|error| refused(error.to_string()))?;
    if text.len() as u64 > limit {
        return Err(refused(format!("it has more than {limit} bytes")));
    }
    Ok(text)
}

/// What the client said, in the command line's words. The server's own words are in it, so that all of it is made printable.
pub(super) fn failed(error: streamer_client::Error) -> Error {
    let kind = match error.kind() {
        ClientErrorKind::Invalid | ClientErrorKind::TooLarge { .. } | ClientErrorKind::Unauthorized => {
            ErrorKind::Configuration
        }
        ClientErrorKind::Refused { code: Code::NotFound }
        | ClientErrorKind::Failed { code: Code::NotFound } => ErrorKind::NotFound,
        ClientErrorKind::Failed { .. } | ClientErrorKind::Cancelled => ErrorKind::Unsuccessful,
        _ if error.is_retryable() => ErrorKind::Unavailable,
        _ => ErrorKind::Failed,
    };
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !message.contains(&said) {
            message = format!("{message}: {said}");
        }
        cause = error.source();
    }
    Error::new(kind, printable(&message))
}
