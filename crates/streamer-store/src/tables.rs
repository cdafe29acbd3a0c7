use std::{future::IntoFuture, time::Duration};

use dynamorm::{Db, Model, table::Migration, transport::BoxFuture, verb::MigrateTable};

use crate::{
    connection::Connection, error::Error, request::AsyncRequest, server::ServerPresence,
    subscription::Subscription,
};

const OPERATION: &str = "tables.migrate";

/// Makes the tables what the stores need: what [`StoreFactory::migrate_tables`](crate::StoreFactory::migrate_tables)
/// returns.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct MigrateTables {
    db: Db,
    changes: Vec<IndexChange>,
    within: Option<Duration>,
}

/// What was said of one index.
#[derive(Clone, Debug)]
struct IndexChange {
    table: String,
    index: String,
    how: How,
}

#[derive(Clone, Copy, Debug)]
enum How {
    Drop,
    Replace,
}

impl MigrateTables {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, changes: Vec::new(), within: None }
    }

    /// Drops an index that the stores do not know. The table is named with its prefix.
    pub fn drop_index(self, table: impl Into<String>, index: impl Into<String>) -> Self {
        self.change(table.into(), index.into(), How::Drop)
    }

    /// Drops an index of the stores and makes it anew if it differs from what they need. The table is named with its
    /// prefix.
    ///
    /// Until it is filled again nothing can be read from it.
    pub fn replace_index(self, table: impl Into<String>, index: impl Into<String>) -> Self {
        self.change(table.into(), index.into(), How::Replace)
    }

    /// Waits no longer than `duration` for each table: 6 hours unless set. Calling again goes on.
    pub fn within(mut self, duration: Duration) -> Self {
        self.within = Some(duration);
        self
    }

    fn change(mut self, table: String, index: String, how: How) -> Self {
        self.changes.push(IndexChange { table, index, how });
        self
    }

    async fn migrate(self) -> Result<Vec<Migration>, Error> {
        self.check_names()?;
        let connections = self.of::<Connection>();
        let requests = self.of::<AsyncRequest>();
        let subscriptions = self.of::<Subscription>();
        let servers = self.of::<ServerPresence>();
        // What stands in the way of one table is seen before another is changed.
        connections.plan().await.map_err(refused)?;
        requests.plan().await.map_err(refused)?;
        subscriptions.plan().await.map_err(refused)?;
        servers.plan().await.map_err(refused)?;
        Ok(vec![
            connections.await.map_err(refused)?,
            requests.await.map_err(refused)?,
            subscriptions.await.map_err(refused)?,
            servers.await.map_err(refused)?,
        ])
    }

    fn check_names(&self) -> Result<(), Error> {
        let names = [
            self.db.table_name::<Connection>(),
            self.db.table_name::<AsyncRequest>(),
            self.db.table_name::<Subscription>(),
            self.db.table_name::<ServerPresence>(),
        ];
        match self.changes.iter().find(|change| names.iter().all(|name| **name != *change.table)) {
            Some(change) => {
                let message = format!("`{}` is none of the stores' tables", change.table);
                Err(Error::validation(OPERATION, "table", message))
            }
            None => Ok(()),
        }
    }

    fn of<M: Model>(&self) -> MigrateTable<M> {
        let mut migration = self.db.migrate_table::<M>();
        if let Some(within) = self.within {
            migration = migration.within(within);
        }
        let table = self.db.table_name::<M>();
        self.changes.iter().filter(|change| *table == *change.table).fold(migration, |migration, change| {
            match change.how {
                How::Drop => migration.drop_index(&change.index),
                How::Replace => migration.replace_index(&change.index),
            }
        })
    }
}

fn refused(error: dynamorm::Error) -> Error {
    Error::from_mapper(OPERATION, error)
}

impl IntoFuture for MigrateTables {
    type Output = Result<Vec<Migration>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.migrate())
    }
}
