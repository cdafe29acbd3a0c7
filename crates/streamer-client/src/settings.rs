//! How a client behaves.

use std::time::Duration;

/// How long a connection attempt may take, with the token and the handshake.
pub(crate) const DEFAULT_CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long a message waits for its answer, reconnections included.
pub(crate) const DEFAULT_ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long a lost connection is tried to be made again.
pub(crate) const DEFAULT_RECONNECT_WITHIN: Duration = Duration::from_secs(5 * 60);
/// After how much silence the server is pinged; after twice as much it counts as gone.
pub(crate) const DEFAULT_KEEP_ALIVE: Duration = Duration::from_secs(20);
/// The most bytes of a message of the server.
pub(crate) const DEFAULT_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// What can be set.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) connect_within: Duration,
    pub(crate) answer_within: Duration,
    pub(crate) reconnect_within: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) message_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_within: DEFAULT_CONNECT_WITHIN,
            answer_within: DEFAULT_ANSWER_WITHIN,
            reconnect_within: DEFAULT_RECONNECT_WITHIN,
            keep_alive: DEFAULT_KEEP_ALIVE,
            message_bytes: DEFAULT_MESSAGE_BYTES,
        }
    }
}
