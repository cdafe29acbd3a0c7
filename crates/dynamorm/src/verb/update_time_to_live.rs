use std::sync::Arc;

use dynamorm_core::{Error, transport::Operation, wire};

use crate::{Db, call::Call};

/// Makes `attribute` the table's TTL attribute.
pub(super) fn update_time_to_live_call(table: &Arc<str>, attribute: &str) -> Call {
    let body = wire::update_time_to_live::request(table, attribute);
    Call::new(Operation::UpdateTimeToLive, Arc::clone(table), body)
}

impl Db {
    /// Makes `attribute` the table's TTL attribute. One request.
    pub(super) async fn set_time_to_live(&self, table: &Arc<str>, attribute: &str) -> Result<(), Error> {
        self.send_silently(update_time_to_live_call(table, attribute)).await
    }
}
