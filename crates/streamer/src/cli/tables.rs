//! `streamer tables`: the tables of the store.

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde::Serialize;
use streamer_store::{StoreFactory, TableState};

use super::global::Global;
use super::output::Output;
use crate::database::{self, Absent};
use crate::error::Result;

/// Make and list the store's tables.
#[derive(Debug, Subcommand)]
pub(super) enum Tables {
    Ensure(Ensure),
    List(List),
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
            Self::Ensure(_) => ensure(&global.db).await?,
            Self::List(_) => list(&global.db).await?,
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

async fn ensure(database: &str) -> Result<Vec<Table>> {
    let db = database::connect(database, Absent::Make).await?;
    let tables = StoreFactory::from_db(db).ensure_tables().await?;
    let table = |table: streamer_store::Table| Table {
        name: table.name.to_string(),
        state: match table.state {
            TableState::Created => "created",
            TableState::Existed => "existed",
        },
    };
    Ok(tables.into_iter().map(table).collect())
}

async fn list(database: &str) -> Result<Vec<Table>> {
    let db = database::connect(database, Absent::Refuse).await?;
    let stores = StoreFactory::from_db(db);
    let there = stores.db().list_tables().await?;
    let table = |name: Arc<str>| Table {
        state: if there.iter().any(|table| **table == *name) { "there" } else { "missing" },
        name: name.to_string(),
    };
    Ok(stores.table_names().into_iter().map(table).collect())
}
