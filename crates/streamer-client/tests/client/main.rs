//! The client against servers that the tests script, for what a real server does rarely or never: connections that end in the
//! middle, answers out of order, nonsense. Against the real server it is tested in the crate `streamer`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "a program of its own")]
#![allow(dead_code, reason = "the schema is shared with the server's tests")]

mod call;
mod connection;
mod peer;
mod request;
#[path = "../../../streamer/tests/support/schema.rs"]
mod schema;
#[cfg(feature = "rustls")]
mod tls;
mod token;
