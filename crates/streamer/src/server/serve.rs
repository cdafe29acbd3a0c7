//! A server as the whole of a program.

use std::{net::SocketAddr, time::SystemTime};

use super::{Server, ServerConfig, bind};
use crate::{
    auth::{Secret, Token, TokenVerifier, development_token},
    error::{Error, Result},
    signal::stop_signal,
};

impl Server {
    /// Serves at an address, such as `127.0.0.1:8080`, until SIGTERM, Ctrl-C or SIGHUP: then as
    /// [`ReadyServer::run`](super::ReadyServer::run) ends.
    ///
    /// Prints on standard output where it listens. Without a [configuration](Self::config), and on a loopback address
    /// only, it makes a secret for tokens that ends with it, and prints an address with a ready token.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for what is no address, or one that others reach
    /// while nothing says who may connect; and as [`start`](Self::start) and [`ReadyServer::run`](super::ReadyServer::run).
    pub async fn serve(mut self, address: &str) -> Result<()> {
        let listen: SocketAddr = address.parse().map_err(|_| {
            Error::configuration(format!("`{address}` is not an address such as 127.0.0.1:8080"))
        })?;
        let stop = stop_signal()?;
        let mut token = None;
        if self.config.is_none() {
            let (config, development) = for_development(listen)?;
            (self.config, token) = (Some(config), Some(development));
        }
        let server = self.start(bind(listen).await?).await?;
        announce(server.address(), token.as_ref());
        server.run(stop.cancelled_owned()).await
    }
}

/// A configuration with a secret of its own, and a token for it.
fn for_development(listen: SocketAddr) -> Result<(ServerConfig, Token)> {
    if !listen.ip().to_canonical().is_loopback() {
        return Err(Error::configuration(format!(
            "others can reach {listen}, so tokens need a key; configure the server, or listen on 127.0.0.1"
        )));
    }
    let secret = Secret::generate()?;
    let token = development_token(&secret, SystemTime::now())?;
    Ok((ServerConfig::new(TokenVerifier::hs256(&secret)), token))
}

/// Says where the server is. The token stands here, on standard output, and in no log.
fn announce(address: SocketAddr, token: Option<&Token>) {
    match token {
        Some(token) => println!(
            "Streamer listens on http://{address}; try it: http://{address}/?token={}",
            token.reveal()
        ),
        None => println!("Streamer listens on {address}"),
    }
}
