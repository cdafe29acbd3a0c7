//! What passes the seam: how many requests, which ones, and what becomes of their answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod batch;
mod dropped;
mod expired;
mod explanation;
mod fixture;
mod hostile_answer;
mod layer;
mod lost_answer;
mod migration;
mod model;
mod rendering;
mod repeat;
mod requests;
mod scan_segments;
mod span;
mod stream;
