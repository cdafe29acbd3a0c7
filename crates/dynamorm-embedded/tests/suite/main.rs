//! The embedded engine through its public API, with processes of their own where it takes two.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy knows test functions, but not what they share"
)]

mod child;
mod durability;
mod embedded;
mod endpoint;
mod files;
mod lock;
mod loopback;
mod refusals;
mod statements;
mod support;
