//! `streamer tables`: the tables of the store.

mod migrate;
mod verify;

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde::Serialize;
use streamer_store::TableState;

use self::{migrate::Migrate, verify::Verify};
use super::{global::Global, output::Output};
use crate::{
    database::{self, Absent},
    error::Result,
};

/// Make, list, verify and migrate the store's tables.
#[derive(Debug, Subcommand)]
pub(super) enum Tables {
    Ensure(Ensure),
    List(List),
    Verify(Verify),
    Migrate(Migrate),
}

/// Make the tables that are missing.
#[derive(Args, Debug)]
pub(super) struct Ensure {}

/// List the store's tables, and whether they are there.
#[derive(Args, Debug)]
pub(super) struct List {}

impl Tables {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        let tables = match self {
            Self::Ensure(_) => ensure(global).await?,
            Self::List(_) => list(global).await?,
            Self::Verify(verify) => return verify.run(global, output).await,
            Self::Migrate(migrate) => return migrate.run(global, output).await,
        };
        output.list(&tables, ["TABLE", "STATE"], |table| [table.name.clone(), table.state.to_owned()])
    }
}

/// A table as it is printed.
#[derive(Serialize)]
struct Table {
    name: String,
    state: &'static str,
}

async fn ensure(global: &Global) -> Result<Vec<Table>> {
    let db = database::connect(&global.db, Absent::Make).await?;
    let tables = global.stores_of_queue(db).await?.ensure_tables().await?;
    let table = |table: streamer_store::Table| Table {
        name: table.name.to_string(),
        state: match table.state {
            TableState::Created => "created",
            TableState::Existed => "existed",
        },
    };
    Ok(tables.into_iter().map(table).collect())
}

async fn list(global: &Global) -> Result<Vec<Table>> {
    let db = database::connect(&global.db, Absent::Refuse).await?;
    let stores = global.stores(db);
    let there = stores.db().list_tables().await?;
    let table = |name: Arc<str>| Table {
        state: if there.iter().any(|table| **table == *name) { "there" } else { "missing" },
        name: name.to_string(),
    };
    Ok(stores.table_names().into_iter().map(table).collect())
}
