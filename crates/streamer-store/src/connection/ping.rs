use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dynamorm::Timestamp;

use super::model::Connection;

/// Between two writes of one connection's ping at least this long.
pub const PING_WRITE_INTERVAL: Duration = Duration::from_secs(60);

/// What [`ConnectionStore::update_last_ping`](super::ConnectionStore::update_last_ping) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingOutcome {
    /// The ping was written.
    Written,
    /// One was written less than a minute ago; nothing was sent.
    Recent,
}

/// Remembers which connections were pinged within the last [`PING_WRITE_INTERVAL`], and whose they are: a recent ping must
/// not tell another tenant that the connection is there.
#[derive(Debug, Default)]
pub(crate) struct PingGate {
    written: Mutex<HashMap<String, Written>>,
}

#[derive(Debug)]
struct Written {
    at: Timestamp,
    tenant_id: String,
}

/// From this many connections on, those of the past are cleared out before one more is noted.
const SWEEP_ABOVE: usize = 1024;

impl PingGate {
    /// Whether a ping of a connection of this tenant, or of any, was written within the interval.
    pub(super) fn is_recent(&self, connection_id: &str, tenant: Option<&str>, now: Timestamp) -> bool {
        self.written().get(connection_id).is_some_and(|written| {
            tenant.is_none_or(|tenant| tenant == written.tenant_id) && is_within_interval(written.at, now)
        })
    }

    pub(super) fn note(&self, connection: Connection, now: Timestamp) {
        let mut written = self.written();
        if written.len() >= SWEEP_ABOVE && written.len() == written.capacity() {
            written.retain(|_, written| is_within_interval(written.at, now));
        }
        written.insert(connection.connection_id, Written { at: now, tenant_id: connection.tenant_id });
    }

    pub(super) fn forget(&self, connection_id: &str) {
        self.written().remove(connection_id);
    }

    fn written(&self) -> MutexGuard<'_, HashMap<String, Written>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that was set back makes no ping recent: the next one is written.
fn is_within_interval(written: Timestamp, now: Timestamp) -> bool {
    written <= now && written.checked_add(PING_WRITE_INTERVAL).is_some_and(|until| now < until)
}
