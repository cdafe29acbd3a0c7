//! What a verified token says of its bearer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How far two machines' clocks may differ: `exp` counts this much later, `nbf` this much earlier.
pub const LEEWAY: Duration = Duration::from_secs(10);

/// The user and the tenant that a verified token names, and when the token ends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The claim `sub`.
    pub user_id: String,
    /// The claim `tenant_id`.
    pub tenant_id: String,
    /// The claim `exp`, in seconds since the epoch.
    pub expires_at: u64,
}

impl Identity {
    /// Returns how long the token is accepted from `now` on, [`LEEWAY`] included.
    pub fn remaining(&self, now: SystemTime) -> Duration {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_secs(self.expires_at).saturating_add(LEEWAY).saturating_sub(now)
    }
}
