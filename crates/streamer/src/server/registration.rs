//! A connection's item in the store, from before the 101 until the connection has ended.

use std::sync::Arc;

use super::refusal::Refusal;
use super::shared::Shared;
use crate::auth::Identity;

/// A stored connection.
#[derive(Debug)]
pub(super) struct Registration {
    connection_id: String,
}

/// Whether the item was still there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Renewal {
    Present,
    Gone,
}

impl Registration {
    pub(super) async fn create(_shared: Arc<Shared>, _identity: Identity) -> Result<Self, Refusal> {
        Ok(Self { connection_id: uuid::Uuid::new_v4().to_string() })
    }

    pub(super) fn connection_id(&self) -> &str {
        &self.connection_id
    }

    pub(super) async fn renew(&mut self) -> Renewal {
        Renewal::Present
    }

    pub(super) async fn remove(self) {}
}
