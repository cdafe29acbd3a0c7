use std::time::Duration;

use dynamorm::{Clock as _, prelude::*, testing::TestClock};

/// Items that expire.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "sessions",
    key(partition = "SESSION#{session_id}", sort = "METADATA"),
    index(name = "user-index", partition = user_id, sort = opened_at),
    index(name = "host-index", partition = host, projection = keys),
)]
pub(crate) struct Session {
    pub(crate) session_id: String,
    pub(crate) user_id: String,
    pub(crate) host: Option<String>,
    pub(crate) opened_at: Timestamp,
    pub(crate) hits: u64,
    #[dynamorm(ttl)]
    pub(crate) expires: Option<Timestamp>,
}

impl Session {
    /// A session that lives for a minute from now on.
    pub(crate) fn new(session_id: &str, clock: &TestClock) -> Self {
        let now = clock.now();
        Self {
            session_id: session_id.into(),
            user_id: "u-1".into(),
            host: None,
            opened_at: now,
            hits: 0,
            expires: now.checked_add(Duration::from_secs(60)),
        }
    }
}
