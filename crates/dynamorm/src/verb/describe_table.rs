use std::sync::Arc;

use dynamorm_core::{
    Error, ErrorKind,
    transport::Operation,
    wire::{self, Answer, describe_table::TableDescription},
};

use crate::{Db, call::Call};

impl Db {
    /// The table as the engine describes it; `None` if there is none. One request.
    pub(crate) async fn describe(&self, table: &Arc<str>) -> Result<Option<TableDescription>, Error> {
        let body = wire::describe_table::request(table);
        let call = Call::new(Operation::DescribeTable, Arc::clone(table), body);
        let read = |body: &[u8]| {
            Ok(Answer { value: wire::describe_table::response(body)?, consumed_capacity: None })
        };
        match self.send(call, read).await {
            Ok(answer) => Ok(Some(answer.value)),
            Err(error) if error.kind() == ErrorKind::TableNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
