use std::{env, sync::Arc};

use dynamorm::{Db, Observer, table::DriftReport, verb::TableState};

use crate::{
    connection::{Connection, ConnectionStore, PingGate},
    error::Error,
    request::{AsyncRequest, DEFAULT_SHARDS, RequestQueue, Shards},
    server::{ServerPresence, ServerStore},
    setting,
    subscription::{Subscription, SubscriptionStore},
    tables::MigrateTables,
};

/// What table names begin with unless said otherwise.
pub const DEFAULT_TABLE_PREFIX: &str = "streamer_";

/// The database that is used unless said otherwise.
pub const DEFAULT_DATABASE: &str = "embedded:streamer.db";

/// Hands out the stores over one database. Cheap to clone.
///
/// Every store it hands out works on the database that the factory was given.
#[derive(Clone, Debug)]
pub struct StoreFactory {
    db: Db,
    shards: Shards,
    /// Of all connection stores that it hands out: what one writes or removes, the others know.
    pings: Arc<PingGate>,
}

/// A table of the stores and whether it was made just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, with the prefix.
    pub name: Arc<str>,
    /// Whether it was made or was there.
    pub state: TableState,
}

impl StoreFactory {
    /// The stores over `db`, in tables named by its prefix, or by [`DEFAULT_TABLE_PREFIX`] if it has none.
    pub fn from_db(db: Db) -> Self {
        let db = if db.table_prefix().is_empty() { db.with_table_prefix(DEFAULT_TABLE_PREFIX) } else { db };
        Self { db, shards: Shards::new(DEFAULT_SHARDS), pings: Arc::default() }
    }

    /// The stores over the database that `database` names, as [`Db::connect`] reads it, such as
    /// `embedded:streamer.db` or `dynamodb://eu-west-1?prefix=streamer_`.
    ///
    /// # Errors
    /// When it names no engine that is built in, or the engine cannot be opened.
    pub fn connect(database: &str) -> Result<Self, Error> {
        Db::connect(database).map(Self::from_db).map_err(|error| Error::from_mapper("stores.connect", error))
    }

    /// The stores over the tables of Amazon DynamoDB, or of whatever speaks its protocol, that a configuration of AWS's
    /// SDK leads to, as [`Db::aws`] takes it. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) when the configuration gives no region or no endpoint,
    /// [`ErrorKind::Denied`](crate::ErrorKind::Denied) when it has no provider of credentials.
    pub fn from_sdk_config(config: &dynamorm::aws::SdkConfig) -> Result<Self, Error> {
        let db = Db::aws(config).map_err(|error| Error::from_mapper("stores.from_sdk_config", error))?;
        Ok(Self::from_db(db))
    }

    /// The stores over the tables that a client of AWS's SDK leads to; every request goes through it, with its
    /// configuration and interceptors. Sends nothing.
    ///
    /// For a program that has such a client: [`from_sdk_config`](Self::from_sdk_config) costs less.
    #[cfg(feature = "aws-sdk-client")]
    pub fn from_sdk_client(client: aws_sdk_dynamodb::Client) -> Self {
        Self::from_db(Db::new(dynamorm::aws::SdkClient::new(client)))
    }

    /// The stores that the environment names.
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `STREAMER_DB` | the database, as for [`connect`](Self::connect) | `embedded:streamer.db` |
    /// | `STREAMER_TABLE_PREFIX` | what table names begin with | what the database's `prefix` says, or `streamer_` |
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and when a variable is not UTF-8.
    pub fn from_env() -> Result<Self, Error> {
        let read = |name: &'static str| match env::var(name) {
            Ok(value) if value.is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => {
                Err(Error::validation("stores.from_env", "request", format!("`{name}` is not UTF-8")))
            }
        };
        let stores = Self::connect(read("STREAMER_DB")?.as_deref().unwrap_or(DEFAULT_DATABASE))?;
        Ok(match read("STREAMER_TABLE_PREFIX")? {
            Some(prefix) => stores.with_table_prefix(prefix),
            None => stores,
        })
    }

    /// Names the tables by another prefix.
    #[must_use]
    pub fn with_table_prefix(self, prefix: impl Into<String>) -> Self {
        Self { db: self.db.with_table_prefix(prefix), pings: Arc::default(), ..self }
    }

    /// Tells `observer` of every request that the stores send, once it is answered, beside those that are told already.
    #[must_use]
    pub fn with_observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { db: self.db.with_observer(observer), ..self }
    }

    /// Has the request queue in so many shards, 1 to [`MAX_SHARDS`](crate::MAX_SHARDS); in
    /// [`DEFAULT_SHARDS`] unless said otherwise. All processes over one database need the same number: it is stored when
    /// the tables are made, and checked by [`ensure_tables`](Self::ensure_tables). A program that does not call that takes
    /// the number that is [stored](Self::with_stored_shards): with another one, work would stand where no worker looks.
    #[must_use]
    pub fn with_shards(self, shards: u32) -> Self {
        Self { shards: Shards::new(shards), ..self }
    }

    /// Has the request queue in as many shards as the database says, and as before where it says nothing yet: for a
    /// program that works on whatever queue there is, as the command line does. One GetItem.
    ///
    /// # Errors
    /// When the engine gives no answer.
    pub async fn with_stored_shards(self) -> Result<Self, Error> {
        Ok(match setting::stored_shards(&self.db).await? {
            Some(shards) => self.with_shards(shards),
            None => self,
        })
    }

    /// Seals the cursors that its lists give with a key that the database holds, made by the first who asks: for a program
    /// that hands them to its clients. Without, a cursor shows the key it stands at, which may be another tenant's: a list
    /// of a user reads past those. One PutItem; the tables have to be there.
    ///
    /// # Errors
    /// When the engine gives no answer.
    pub async fn with_sealed_cursors(self) -> Result<Self, Error> {
        let key = setting::cursor_key(&self.db).await?;
        Ok(Self { db: self.db.with_cursor_key(key), ..self })
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The connections.
    pub fn connections(&self) -> ConnectionStore {
        ConnectionStore::new(self.db.clone(), Arc::clone(&self.pings))
    }

    /// The request queue.
    pub fn requests(&self) -> RequestQueue {
        RequestQueue::new(self.db.clone(), self.shards)
    }

    /// The subscriptions.
    pub fn subscriptions(&self) -> SubscriptionStore {
        SubscriptionStore::new(self.db.clone())
    }

    /// The servers that share the database, and what dead ones left.
    pub fn servers(&self) -> ServerStore {
        ServerStore::new(self.db.clone())
    }

    /// The names of the tables that the stores use.
    pub fn table_names(&self) -> Vec<Arc<str>> {
        vec![
            self.db.table_name::<Connection>(),
            self.db.table_name::<AsyncRequest>(),
            self.db.table_name::<Subscription>(),
            self.db.table_name::<ServerPresence>(),
        ]
    }

    /// Makes the tables that are not there and waits until all can be used. Idempotent.
    ///
    /// # Errors
    /// [`ErrorKind::Table`](crate::ErrorKind::Table) for a table that is there and is not what the stores need;
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) where the request queue is in another number of shards.
    pub async fn ensure_tables(&self) -> Result<Vec<Table>, Error> {
        let connections = self.db.ensure_table::<Connection>().await;
        let requests = self.db.ensure_table::<AsyncRequest>().await;
        let subscriptions = self.db.ensure_table::<Subscription>().await;
        let servers = self.db.ensure_table::<ServerPresence>().await;
        let table = |name, state: Result<TableState, dynamorm::Error>| match state {
            Ok(state) => Ok(Table { name, state }),
            Err(error) => Err(Error::from_mapper("tables.ensure", error)),
        };
        let tables = vec![
            table(self.db.table_name::<Connection>(), connections)?,
            table(self.db.table_name::<AsyncRequest>(), requests)?,
            table(self.db.table_name::<Subscription>(), subscriptions)?,
            table(self.db.table_name::<ServerPresence>(), servers)?,
        ];
        setting::agree_on_shards(&self.db, self.shards.count()).await?;
        Ok(tables)
    }

    /// Says in what the tables differ from what the stores need; changes nothing. Two requests a table.
    ///
    /// # Errors
    /// When the engine gives no answer. A table that differs or is missing is in the reports.
    pub async fn verify_tables(&self) -> Result<Vec<DriftReport>, Error> {
        let failed = |error| Error::from_mapper("tables.verify", error);
        Ok(vec![
            self.db.verify_table::<Connection>().await.map_err(failed)?,
            self.db.verify_table::<AsyncRequest>().await.map_err(failed)?,
            self.db.verify_table::<Subscription>().await.map_err(failed)?,
            self.db.verify_table::<ServerPresence>().await.map_err(failed)?,
        ])
    }

    /// Makes the tables what the stores need, one after the other, and waits until all can be used: those that are
    /// missing, and indexes and the TTL attribute of those that are there. Drops only what is named.
    ///
    /// Idempotent: a call after one that was broken off goes on. What [`dynamorm::Db::migrate_table`] promises of one
    /// table holds for each.
    ///
    /// # Errors
    /// [`ErrorKind::Table`](crate::ErrorKind::Table) when something stands in the way, before anything is changed;
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) when the time is used up.
    pub fn migrate_tables(&self) -> MigrateTables {
        MigrateTables::new(self.db.clone())
    }
}
