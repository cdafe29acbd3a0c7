//! What a verified token says of its bearer.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How far two machines' clocks may differ: `exp` counts this much later, `nbf` this much earlier.
pub const LEEWAY: Duration = Duration::from_secs(10);

/// The permission that allows everything.
pub const EVERY_PERMISSION: &str = "*";

/// The user and the tenant that a verified token names, what it allows them, and when it ends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// The claim `sub`.
    pub user_id: String,
    /// The claim `tenant_id`.
    pub tenant_id: String,
    /// The claim `exp`, in seconds since the epoch.
    pub expires_at: u64,
    /// The claim `permissions`, empty where there is none.
    pub permissions: BTreeSet<String>,
}

impl Identity {
    /// Returns whether the token gives this permission, by its name or by [`EVERY_PERMISSION`].
    ///
    /// Names are compared byte by byte; there are no patterns.
    pub fn allows(&self, permission: &str) -> bool {
        self.permissions.contains(permission) || self.permissions.contains(EVERY_PERMISSION)
    }

    /// Returns how long the token is accepted from `now` on, [`LEEWAY`] included.
    pub fn remaining(&self, now: SystemTime) -> Duration {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_secs(self.expires_at).saturating_add(LEEWAY).saturating_sub(now)
    }
}
