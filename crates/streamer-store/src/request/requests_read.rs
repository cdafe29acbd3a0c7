use dynamorm::verb::BatchGot;

use super::{key::RequestKey, model::AsyncRequest};

/// What a read of several requests gave. Every key that was asked for is in one of the three. `T` is what is read of each.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "keys may be left unread"]
pub struct RequestsRead<T = AsyncRequest> {
    /// Those that are there, in the order of their keys.
    pub found: Vec<T>,
    /// Those that are absent, or have expired.
    pub missing: Vec<RequestKey>,
    /// Those of which nothing is known: the engine did not answer for them.
    pub unread: Vec<RequestKey>,
}

/// Of no key. Written by hand: nothing has to have a default for it.
impl<T> Default for RequestsRead<T> {
    fn default() -> Self {
        Self { found: Vec::new(), missing: Vec::new(), unread: Vec::new() }
    }
}

impl<T> RequestsRead<T> {
    pub(super) fn of(got: BatchGot<AsyncRequest, T>) -> Self {
        let key_of = |key: &<AsyncRequest as dynamorm::Model>::Key| {
            RequestKey::new(key.tenant_id.as_str(), key.request_id.as_str())
        };
        Self {
            found: got.found,
            missing: got.missing.iter().map(key_of).collect(),
            unread: got.unread.iter().map(|unread| key_of(&unread.key)).collect(),
        }
    }
}
