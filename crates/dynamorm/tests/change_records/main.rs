//! The records of a table's stream: as AWS documents them, as the embedded engine makes them, and as nobody should.

#![cfg(feature = "embedded")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod documented;
mod flawed;
mod hostile;
mod made_here;
mod model;
mod view;
