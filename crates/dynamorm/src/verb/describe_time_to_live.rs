use std::sync::Arc;

use dynamorm_core::{
    Error,
    transport::Operation,
    wire::{self, Answer, describe_time_to_live::TimeToLiveDescription},
};

use crate::{Db, call::Call};

impl Db {
    /// The table's TTL settings. One request.
    pub(crate) async fn describe_time_to_live(
        &self,
        table: &Arc<str>,
    ) -> Result<TimeToLiveDescription, Error> {
        let body = wire::describe_time_to_live::request(table);
        let call = Call::new(Operation::DescribeTimeToLive, Arc::clone(table), body);
        let read = |body: &[u8]| {
            Ok(Answer { value: wire::describe_time_to_live::response(body)?, consumed_capacity: None })
        };
        Ok(self.send(call, read).await?.value)
    }
}
