use std::sync::Arc;

use dynamorm_core::{
    Error,
    transport::Operation,
    wire::{self, Answer},
};

use crate::{Db, call::Call};

impl Db {
    /// Makes `attribute` the table's TTL attribute. One request.
    pub(crate) async fn set_time_to_live(&self, table: &Arc<str>, attribute: &str) -> Result<(), Error> {
        let body = wire::update_time_to_live::request(table, attribute);
        let call = Call::new(Operation::UpdateTimeToLive, Arc::clone(table), body);
        self.send(call, |_| Ok(Answer { value: (), consumed_capacity: None })).await?;
        Ok(())
    }
}
