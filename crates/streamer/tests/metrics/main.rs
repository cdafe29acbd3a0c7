//! What is counted, over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod address_of_its_own;
mod attempts;
mod connections;
mod deliveries;
mod documentation;
mod engine_calls;
mod messages;
mod queue;
mod scrape;
mod stage;
