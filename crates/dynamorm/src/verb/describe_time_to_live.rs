use std::sync::Arc;

use dynamorm_core::{
    Error,
    transport::Operation,
    wire::{self, Answer},
};

use crate::{Db, call::Call};

/// Asks for a table's TTL settings.
pub(super) fn describe_time_to_live_call(table: &Arc<str>) -> Call {
    let body = wire::describe_time_to_live::request(table);
    Call::new(Operation::DescribeTimeToLive, Arc::clone(table), body)
}

impl Db {
    /// The attribute by which the table's items expire, if any. One request.
    pub(super) async fn time_to_live(&self, table: &Arc<str>) -> Result<Option<String>, Error> {
        let read = |body: &[u8]| Ok(Answer::new(wire::describe_time_to_live::response(body)?, None));
        let settings = self.send(describe_time_to_live_call(table), read).await?.value;
        Ok(settings.attribute().map(str::to_owned))
    }
}
