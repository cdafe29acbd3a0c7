//! The options of every command.

use clap::Args;
use streamer_store::{DEFAULT_DATABASE, Db, StoreFactory};

use super::logging::LogFormat;
use crate::{database::is_embedded, error::Result};

/// What every subcommand takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Global {
    /// The database: `embedded:FILE`, `dynamodb://REGION`, or `memory:` for one that ends with the process.
    #[arg(
        long,
        global = true,
        value_name = "DB",
        env = "STREAMER_DB",
        hide_env_values = true,
        default_value = DEFAULT_DATABASE
    )]
    pub(super) db: String,
    /// What the names of the store's tables begin with: `streamer_`, unless the database's `prefix` says otherwise.
    #[arg(long, global = true, value_name = "PREFIX", env = "STREAMER_TABLE_PREFIX", hide_env_values = true)]
    pub(super) table_prefix: Option<String>,
    /// Print JSON on standard output, and errors as JSON on standard error.
    #[arg(
        long,
        global = true,
        env = "STREAMER_JSON",
        hide_env_values = true,
        value_parser = clap::builder::BoolishValueParser::new()
    )]
    pub(super) json: bool,
    /// What to log on standard error, such as `info` or `streamer=debug`; `RUST_LOG` when it is not given.
    #[arg(long, global = true, value_name = "FILTER", env = "STREAMER_LOG", hide_env_values = true)]
    pub(super) log: Option<String>,
    /// How log lines are written.
    #[arg(
        long,
        global = true,
        value_enum,
        env = "STREAMER_LOG_FORMAT",
        hide_env_values = true,
        default_value_t = LogFormat::Text
    )]
    pub(super) log_format: LogFormat,
}

impl Global {
    /// The stores in a database, by the table names that are asked for.
    pub(super) fn stores(&self, db: Db) -> StoreFactory {
        let stores = StoreFactory::from_db(db);
        match &self.table_prefix {
            Some(prefix) => stores.with_table_prefix(prefix),
            None => stores,
        }
    }

    /// The same with the request queue as it is in this database: a request in another shard would be seen by no worker.
    pub(super) async fn stores_of_queue(&self, db: Db) -> Result<StoreFactory> {
        self.of_queue(self.stores(db)).await
    }

    /// The same of stores that are there already.
    pub(super) async fn of_queue(&self, stores: StoreFactory) -> Result<StoreFactory> {
        // Shards spread writes over the machines of a partitioned database. The embedded engine is one file, in which each
        // is one more place to look.
        let stores = if is_embedded(&self.db) { stores.with_shards(1) } else { stores };
        Ok(stores.with_stored_shards().await?)
    }
}
