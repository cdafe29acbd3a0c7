//! What all attempts of a worker work with.

use std::{fmt, sync::Arc, time::Duration};

use streamer_store::{RequestKey, RequestQueue};

use super::{runtime::Runtime, wake::Wake};
use crate::{
    delivery::{Delivery, Event},
    handler::Handlers,
    metrics::Metrics,
};

/// What all attempts of a worker work with.
pub(super) struct Shared {
    pub(super) queue: RequestQueue,
    pub(super) handlers: Handlers,
    pub(super) name: String,
    pub(super) lease: Duration,
    pub(super) delivery: Option<Delivery>,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) wake: Wake,
    pub(super) metrics: Metrics,
}

impl Shared {
    /// Tells the clients of this process.
    pub(super) fn tell(&self, key: &RequestKey, event: impl FnOnce() -> Event) {
        if let Some(delivery) = &self.delivery {
            delivery.tell(key, &event());
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("name", &self.name)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}
