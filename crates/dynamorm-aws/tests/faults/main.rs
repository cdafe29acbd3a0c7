//! What breaks between this machine and DynamoDB, played by a server on loopback: what the caller sees, how often the
//! request was sent, and that nothing is repeated which must not be.
//!
//! `docs/faults.md` has the table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod answer;
mod any_bytes;
mod client;
mod clock;
mod connection;
mod credentials;
mod reply;
mod retries;
#[cfg(feature = "sdk-client")]
mod sdk_client;
mod server;
mod signature;
mod throttling;
