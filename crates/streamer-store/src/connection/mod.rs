//! Connections: who is connected, to which server, and since when.

mod entry;
mod list;
mod model;
mod ping;
mod removal;
mod store;

pub use list::ConnectionList;
pub use model::{Connection, TIME_TO_LIVE};
pub(crate) use ping::PingGate;
pub use ping::{PING_WRITE_INTERVAL, PingOutcome};
pub use removal::{Removal, RemovalFailure};
pub use store::{ConnectionStore, Disconnected};
