//! Addresses that nobody but this machine reaches.

use std::net::SocketAddr;

pub(super) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
