//! The servers that share a database, and what dead ones left.

mod presence;
mod store;

pub use presence::ServerPresence;
pub use store::{MISSED_HEARTBEATS, ServerStore};
