//! What the tests of this crate share: tokens, the real binary, a real WebSocket client, a real browser.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

pub mod browser;
pub mod client;
pub mod database;
pub mod handler;
pub mod hearing;
pub mod key_pair;
pub mod key_set;
pub mod page;
pub mod process;
pub mod proxy;
pub mod queue;
pub mod running;
pub mod schema;
pub mod scrape;
pub mod secure;
pub mod token;

use std::time::Duration;

/// How long a test waits for something that has to happen.
pub const PATIENCE: Duration = Duration::from_secs(15);
