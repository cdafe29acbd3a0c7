//! Who asks for an action.

use std::sync::Arc;

use crate::{auth::Identity, delivery::Outbox};

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The connection that the message came on.
    pub(crate) connection_id: String,
    /// What its token proved: whom a request is of is never taken from a message.
    pub(crate) identity: Identity,
    /// What the connection hears of requests.
    pub(crate) outbox: Arc<Outbox>,
}
