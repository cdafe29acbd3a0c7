//! What the tests of this crate share: tokens, the real binary, a real WebSocket client.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

pub mod client;
pub mod database;
pub mod handler;
pub mod key_pair;
pub mod key_set;
pub mod process;
pub mod running;
pub mod scrape;
pub mod secure;
pub mod token;

use std::time::Duration;

/// How long a test waits for something that has to happen.
pub const PATIENCE: Duration = Duration::from_secs(15);
