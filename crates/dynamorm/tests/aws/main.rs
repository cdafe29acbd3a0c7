//! What a call costs on its way to DynamoDB, counted: allocations, and requests.
//!
//! Counts do not vary, so that they are held here; times are the business of the benchmark.

#![cfg(feature = "aws")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod allocations;
mod item;
mod requests;
mod server;
