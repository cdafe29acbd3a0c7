//! How many clients fit into the file descriptors that the process may have.

/// Descriptors that are no client's: the database's files, the endpoint for other commands, the logs.
const RESERVED: u64 = 100;

/// The most HTTP connections that are no WebSocket, or not yet. They are short.
const HTTP_CONNECTIONS: u64 = 256;

/// How many clients a server takes at once. Each needs a descriptor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Capacity {
    /// WebSockets.
    pub(super) connections: u32,
    /// Connections that are no WebSocket.
    pub(super) http_connections: u32,
}

impl Capacity {
    /// Raises the process's soft limit of descriptors to the hard one and returns what fits: `wanted` connections,
    /// or fewer, with a warning.
    pub(super) fn of_this_process(wanted: u32) -> Self {
        let capacity = Self::within(descriptors(), wanted);
        if capacity.connections < wanted {
            tracing::warn!(
                wanted,
                max_connections = capacity.connections,
                "file descriptors are too few for so many connections; raise the limit (`ulimit -n`)"
            );
        }
        capacity
    }

    /// At the usual limits the reserve and HTTP take a fixed part; of a small limit a half and a quarter.
    fn within(descriptors: u64, wanted: u32) -> Self {
        let reserved = RESERVED.min(descriptors / 2);
        let http = HTTP_CONNECTIONS.min(descriptors / 4);
        let left = (descriptors - reserved - http).max(1);
        let fitting = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Self { connections: wanted.min(fitting(left)), http_connections: fitting(http.max(1)) }
    }
}

#[cfg(unix)]
fn descriptors() -> u64 {
    rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of file descriptors is not known");
        u64::MAX
    })
}

#[cfg(not(unix))]
fn descriptors() -> u64 {
    u64::MAX
}
