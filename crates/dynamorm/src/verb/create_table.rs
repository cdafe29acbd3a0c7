use std::{future::IntoFuture, marker::PhantomData, sync::Arc, time::Duration};

use dynamorm_core::{
    Error, ErrorKind,
    model::{KeySchema, Model, TableDefinition},
    transport::{BoxFuture, Operation},
    wire::{
        self, Answer,
        describe_table::{KeyElement, TableDescription},
    },
};
use tokio::time::{Instant, sleep};

use crate::{Db, Explanation, call::Call};

/// How long a new table may take until it can be used.
const ACTIVE_WITHIN: Duration = Duration::from_secs(180);

/// The first pause between two looks at a table that is being made; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Db {
    /// Makes the table of model `M` unless it is there, and waits until it can be used.
    ///
    /// A new table is on demand, with the model's indexes and TTL attribute. A table that is there gets the TTL
    /// attribute if it has none, and is left as it is otherwise; if its primary key is another, if it lacks an index of
    /// the model or expires by another attribute, the call fails with [`ErrorKind::TableConflict`]. One request for a
    /// table that is there (two for a model with `ttl`), three or more for a new one.
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
        self.create_call(&self.db.table_name::<M>()).explain()
    }

    fn create_call(&self, table: &Arc<str>) -> Call {
        let body = wire::create_table::request(table, M::TABLE);
        Call::new(Operation::CreateTable, Arc::clone(table), body)
    }

    async fn ensure(self) -> Result<TableState, Error> {
        let table = self.db.table_name::<M>();
        let state = match self.db.describe(&table).await? {
            Some(description) if description.is_active() => {
                check_keys(&description, M::TABLE, &table)?;
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
        let none = |_: &[u8]| Ok(Answer { value: (), consumed_capacity: None });
        match self.db.send(self.create_call(table), none).await {
            Ok(_) => {
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
        check_keys(&description, M::TABLE, table)?;
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
            let settings = self.db.describe_time_to_live(table).await?;
            match settings.attribute() {
                Some(stored) if stored == attribute => return Ok(()),
                Some(_) => {
                    let message = "items of the table expire by another attribute than the model's";
                    let error = Error::new(ErrorKind::TableConflict, message);
                    return Err(error.during(Operation::DescribeTimeToLive, table));
                }
                None => {}
            }
        }
        self.db.set_time_to_live(table, attribute).await
    }

    async fn wait_until_active(&self, table: &Arc<str>) -> Result<TableDescription, Error> {
        let deadline = Instant::now() + ACTIVE_WITHIN;
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(description) = self.db.describe(table).await?
                && description.is_active()
            {
                return Ok(description);
            }
            if Instant::now() + pause > deadline {
                let message = format!("the table is not active after {} seconds", ACTIVE_WITHIN.as_secs());
                return Err(Error::new(ErrorKind::Timeout, message).during(Operation::DescribeTable, table));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Whether a table that is there has the keys that the model needs.
fn check_keys(
    description: &TableDescription,
    model: &TableDefinition,
    table: &Arc<str>,
) -> Result<(), Error> {
    let conflict = |what: String| {
        Err(Error::new(ErrorKind::TableConflict, what).during(Operation::DescribeTable, table))
    };
    if !is_same_key(&description.key_schema, &model.primary_key, description) {
        return conflict("the table's primary key is not the model's".to_owned());
    }
    for index in model.indexes {
        let found = description.global_secondary_indexes.iter().find(|found| found.index_name == index.name);
        match found {
            None => return conflict(format!("the table lacks the model's index `{}`", index.name)),
            Some(found) if !is_same_key(&found.key_schema, &index.key, description) => {
                return conflict(format!("the key of index `{}` is not the model's", index.name));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn is_same_key(stored: &[KeyElement], model: &KeySchema, description: &TableDescription) -> bool {
    let has = |name: &str, key_type: &str, kind: &str| {
        stored.iter().any(|element| element.attribute_name == name && element.key_type == key_type)
            && description.attribute_type(name) == Some(kind)
    };
    stored.len() == model.attributes().count()
        && has(model.partition.name, "HASH", model.partition.kind.name())
        && model.sort.is_none_or(|sort| has(sort.name, "RANGE", sort.kind.name()))
}

impl<M: Model> IntoFuture for EnsureTable<M> {
    type Output = Result<TableState, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.ensure())
    }
}
