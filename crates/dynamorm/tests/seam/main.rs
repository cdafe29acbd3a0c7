//! What passes the seam: how many requests, which ones, and what becomes of their answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod batch;
mod batch_get_each;
mod batch_write;
mod dropped;
mod expired;
mod explanation;
mod faults;
mod fixture;
mod hostile_answer;
mod hydration;
mod layer;
mod lost_answer;
mod migration;
mod model;
mod observer;
mod projection;
mod recording;
mod rendering;
mod repeat;
mod requests;
mod scan_segments;
mod span;
mod stored_key;
mod stream;
mod take;
mod transaction;
