//! Work of the same process.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes the worker of this process: what was just stored is claimed at once. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Says that there is something to claim.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.0.notified().await;
    }
}
