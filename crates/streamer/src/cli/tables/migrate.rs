use std::time::Duration;

use clap::Args;
use serde::Serialize;
use streamer_store::{ErrorKind as StoreErrorKind, Migration, MigrationStep};

use super::verify::Difference;
use crate::{
    cli::{confirmation::confirm, global::Global, output::Output},
    database::{self, Absent},
    error::{Error, ErrorKind, Result},
};

/// Make the store's tables what this version needs, and wait until they can be used.
///
/// Adds what is missing: tables, indexes, the attribute by which items expire. An index is dropped only when it is named;
/// `streamer tables verify` shows which ones differ. One change at a time; after a break the same command goes on.
/// A large table takes hours; `--log info` shows each step.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer tables migrate
  streamer tables migrate --replace-index streamer_connections/user-index --yes
  streamer tables migrate --drop-index streamer_connections/old-index --within 1h --json")]
pub(crate) struct Migrate {
    /// An index that is not the store's, to be dropped; may be given several times.
    #[arg(long, value_name = "TABLE/INDEX", value_parser = index_of_table)]
    drop_index: Vec<IndexOfTable>,
    /// An index of the store's that differs, to be dropped and made anew: until it is filled again, lists by it fail.
    #[arg(long, value_name = "TABLE/INDEX", value_parser = index_of_table)]
    replace_index: Vec<IndexOfTable>,
    /// How long to wait for each table.
    #[arg(long, value_name = "TIME", default_value = "6h", value_parser = humantime::parse_duration)]
    within: Duration,
    /// Do not ask before an index is dropped; needed where nobody can be asked.
    #[arg(long, short)]
    yes: bool,
}

#[derive(Clone, Debug)]
struct IndexOfTable {
    table: String,
    index: String,
}

impl Migrate {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        self.confirm()?;
        let db = database::connect(&global.db, Absent::Make).await?;
        let mut migration = global.stores(db).migrate_tables().within(self.within);
        for IndexOfTable { table, index } in self.drop_index {
            migration = migration.drop_index(table, index);
        }
        for IndexOfTable { table, index } in self.replace_index {
            migration = migration.replace_index(table, index);
        }
        let migrations = migration.await.map_err(refused)?;
        let tables: Vec<_> = migrations.iter().map(Migrated::from).collect();
        output.value(&tables, |tables| tables.iter().map(Migrated::describe).collect())
    }

    fn confirm(&self) -> Result<()> {
        let named = || self.drop_index.iter().chain(&self.replace_index);
        if self.yes || named().next().is_none() {
            return Ok(());
        }
        let names: Vec<_> = named().map(|named| format!("{}/{}", named.table, named.index)).collect();
        confirm("this drops indexes", &format!("Drop {}?", names.join(", ")))
    }
}

/// A table in the way is no fault of the command line, as it is where another command meets it.
fn refused(error: streamer_store::Error) -> Error {
    if *error.kind() == StoreErrorKind::Table {
        let text = error.to_string();
        let why = text.strip_prefix(error.operation()).map_or(&*text, |rest| rest.trim_start_matches(": "));
        return Error::new(ErrorKind::Failed, why).caused_by(error);
    }
    error.into()
}

/// A table as it is printed.
#[derive(Serialize)]
struct Migrated {
    name: String,
    /// What was done, in order.
    steps: Vec<String>,
    /// What differs still, and breaks nothing.
    left: Vec<Difference>,
}

impl From<&Migration> for Migrated {
    fn from(migration: &Migration) -> Self {
        Self {
            name: migration.table().to_owned(),
            steps: migration.steps().iter().map(MigrationStep::to_string).collect(),
            left: Difference::of(migration.table(), migration.left()),
        }
    }
}

impl Migrated {
    fn describe(&self) -> String {
        let steps = if self.steps.is_empty() { "nothing to do".to_owned() } else { self.steps.join(", ") };
        format!("{}: {steps}\n{}", self.name, Difference::describe(&self.left))
    }
}

fn index_of_table(text: &str) -> Result<IndexOfTable, String> {
    match text.split_once('/') {
        Some((table, index)) if !table.is_empty() && !index.is_empty() => {
            Ok(IndexOfTable { table: table.to_owned(), index: index.to_owned() })
        }
        _ => Err(
            "write the table's name, a slash and the index's name, such as streamer_connections/user-index"
                .to_owned(),
        ),
    }
}
