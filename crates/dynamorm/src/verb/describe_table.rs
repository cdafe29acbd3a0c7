use std::sync::Arc;

use dynamorm_core::{
    Error, ErrorKind,
    transport::Operation,
    wire::{self, Answer, describe_table::TableDescription},
};

use crate::{Db, call::Call, table::Patience};

/// Asks how a table is made.
pub(super) fn describe_table_call(table: &Arc<str>) -> Call {
    let body = wire::describe_table::request(table);
    Call::new(Operation::DescribeTable, Arc::clone(table), body)
}

impl Db {
    /// The table as the engine describes it; `None` if there is none. One request.
    pub(super) async fn describe(&self, table: &Arc<str>) -> Result<Option<TableDescription>, Error> {
        let read = |body: &[u8]| Ok(Answer::new(wire::describe_table::response(body)?, None));
        match self.send(describe_table_call(table), read).await {
            Ok(answer) => Ok(Some(answer.value)),
            Err(error) if error.kind() == ErrorKind::TableNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The table once nothing of it changes any more: it and all of its indexes can be used, or waiting is of no use;
    /// `None` if there is none.
    pub(super) async fn describe_settled(
        &self,
        table: &Arc<str>,
        patience: &mut Patience,
    ) -> Result<Option<TableDescription>, Error> {
        loop {
            match self.describe(table).await? {
                Some(description) if description.is_changing() => {
                    patience.pause(table, || under_way(&description)).await?;
                }
                settled => return Ok(settled),
            }
        }
    }
}

/// What a table that is not active waits for.
fn under_way(table: &TableDescription) -> String {
    let index = table.global_secondary_indexes.iter().find(|index| !index.is_active());
    match index {
        Some(index) => {
            let status = index.index_status.as_deref().unwrap_or_default();
            let filled = if index.backfilling { ", being filled from the table," } else { "" };
            format!("index `{}` is still `{status}`{filled}", index.index_name)
        }
        None => format!("the table is still `{}`", table.table_status),
    }
}
