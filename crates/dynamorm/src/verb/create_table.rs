use std::{future::IntoFuture, marker::PhantomData, sync::Arc, time::Duration};

use dynamorm_core::{
    Error, ErrorKind,
    model::{IndexDefinition, Model, TableDefinition},
    transport::{BoxFuture, Operation},
    wire::{self, describe_table::TableDescription},
};

use crate::{
    Db, Explanation,
    call::Call,
    table::{Drift, Patience, schema_drifts, time_to_live_drift},
};

/// How long a new table may take until it can be used.
const ACTIVE_WITHIN: Duration = Duration::from_secs(180);

impl Db {
    /// Makes the table of model `M` unless it is there, and waits until it can be used.
    ///
    /// A new table is on demand, with the model's indexes, stream and TTL attribute. A table that is there gets the TTL
    /// attribute if it has none, and is left as it is otherwise; if it is not what the model needs (a
    /// [`Drift`] that [breaks](Drift::is_breaking)), the call fails with [`ErrorKind::TableConflict`], which
    /// [`migrate_table`](Db::migrate_table) may remedy. One request for a table that is there (two for a model with
    /// `ttl`), three or more for a new one.
    pub fn ensure_table<M: Model>(&self) -> EnsureTable<M> {
        EnsureTable { db: self.clone(), model: PhantomData }
    }
}

/// Makes a table unless it is there: what [`Db::ensure_table`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct EnsureTable<M> {
    db: Db,
    model: PhantomData<fn() -> M>,
}

builder_debug!([M] EnsureTable<M>);

/// What [`Db::ensure_table`] found or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableState {
    /// The table was made.
    Created,
    /// The table was there.
    Existed,
}

impl<M: Model> EnsureTable<M> {
    /// The exact request that makes the table, without sending it.
    pub fn explain(&self) -> Explanation {
        create_table_call(&self.db.table_name::<M>(), M::TABLE).explain()
    }

    async fn ensure(self) -> Result<TableState, Error> {
        let table = self.db.table_name::<M>();
        let state = match self.db.describe(&table).await? {
            Some(description) if description.is_active() || is_usable::<M>(&description) => {
                check(&description, M::TABLE, &table)?;
                TableState::Existed
            }
            Some(_) => self.wait_for_another(&table).await?,
            None => self.create(&table).await?,
        };
        if let Some(attribute) = M::TABLE.ttl {
            self.ensure_time_to_live(&table, attribute, state).await?;
        }
        Ok(state)
    }

    async fn create(&self, table: &Arc<str>) -> Result<TableState, Error> {
        match self.db.send_silently(create_table_call(table, M::TABLE)).await {
            Ok(()) => {
                self.wait_until_active(table).await?;
                Ok(TableState::Created)
            }
            // Another process makes it at the same time: what it makes is checked as any table that is there.
            Err(error) if error.kind() == ErrorKind::TableConflict => self.wait_for_another(table).await,
            Err(error) => Err(error),
        }
    }

    /// Waits for a table that another process makes or changes.
    async fn wait_for_another(&self, table: &Arc<str>) -> Result<TableState, Error> {
        let description = self.wait_until_active(table).await?;
        check(&description, M::TABLE, table)?;
        Ok(TableState::Existed)
    }

    /// Sets the TTL attribute of a new table, and of one that is there without: who made it may have stopped between
    /// the two requests, and nothing in it would ever be deleted.
    async fn ensure_time_to_live(
        &self,
        table: &Arc<str>,
        attribute: &str,
        state: TableState,
    ) -> Result<(), Error> {
        if state == TableState::Existed {
            let stored = self.db.time_to_live(table).await?;
            match time_to_live_drift(M::TABLE, stored.as_deref()) {
                Some(Drift::MissingTimeToLive { .. }) => {}
                Some(drift) => return Err(conflict(&drift, Operation::DescribeTimeToLive, table)),
                None => return Ok(()),
            }
        }
        self.db.set_time_to_live(table, attribute).await
    }

    async fn wait_until_active(&self, table: &Arc<str>) -> Result<TableDescription, Error> {
        let mut patience = Patience::new(ACTIVE_WITHIN);
        loop {
            if let Some(description) = self.db.describe_settled(table, &mut patience).await? {
                return Ok(description);
            }
            // A description may lag behind the table that it is of.
            patience.pause(table, || "there is still no table".to_owned()).await?;
        }
    }
}

/// Makes a table as its model defines it.
pub(super) fn create_table_call(table: &Arc<str>, model: &TableDefinition) -> Call {
    let body = wire::create_table::request(table, model);
    Call::new(Operation::CreateTable, Arc::clone(table), body)
}

/// Whether a table that is there is what the model needs.
fn check(description: &TableDescription, model: &TableDefinition, table: &Arc<str>) -> Result<(), Error> {
    match schema_drifts(model, description).iter().find(|drift| drift.is_breaking()) {
        Some(drift) => Err(conflict(drift, Operation::DescribeTable, table)),
        None => Ok(()),
    }
}

fn conflict(drift: &Drift, operation: Operation, table: &Arc<str>) -> Error {
    Error::new(ErrorKind::TableConflict, drift.to_string()).during(operation, table)
}

/// Whether the model can use the table although something of it changes: an index of another model is filled or goes,
/// which may take hours.
fn is_usable<M: Model>(table: &TableDescription) -> bool {
    let is_there = |index: &IndexDefinition| {
        table.global_secondary_indexes.iter().any(|found| found.index_name == index.name && found.is_active())
    };
    matches!(table.table_status.as_str(), "ACTIVE" | "UPDATING") && M::TABLE.indexes.iter().all(is_there)
}

impl<M: Model> IntoFuture for EnsureTable<M> {
    type Output = Result<TableState, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.ensure())
    }
}
