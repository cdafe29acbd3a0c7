//! An address to listen on.

use std::net::{Ipv4Addr, SocketAddr};

/// Reads an address. `localhost` is 127.0.0.1 without asking anybody; other names are not looked up.
pub(super) fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.split_once(':') {
        Some(("localhost", port)) => format!("{}:{port}", Ipv4Addr::LOCALHOST),
        _ => text.to_owned(),
    };
    numeric.parse().map_err(|_| "not an address such as 127.0.0.1:8080 or localhost:8080".to_owned())
}
