use std::{future::IntoFuture, marker::PhantomData, sync::Arc, time::Duration};

use dynamorm_core::{
    Error, ErrorKind,
    model::Model,
    transport::{BoxFuture, Operation},
    wire::{describe_table::TableDescription, update_table::TableChange},
};
use tracing::info;

use super::{
    create_table::create_table_call, update_table::update_table_call,
    update_time_to_live::update_time_to_live_call,
};
use crate::{
    Db, Explanation,
    call::Call,
    table::{Drift, Migration, MigrationStep, Patience, Told, plan, schema_drifts, time_to_live_drift},
};

/// How long a migration may take unless [`MigrateTable::within`] says otherwise: the index of a large table is filled
/// for hours.
const WITHIN: Duration = Duration::from_secs(6 * 60 * 60);

impl Db {
    /// Makes the table of model `M` what the model needs, step by step, and waits until it can be used.
    ///
    /// | what differs | what is done |
    /// |---|---|
    /// | there is no table | it is made, as [`ensure_table`](Db::ensure_table) does |
    /// | an index is missing | it is added; on a provisioned table with the table's own capacity |
    /// | an index has another key, or lacks attributes | only if [`replace_index`](MigrateTable::replace_index) names it; otherwise the call fails |
    /// | an index is none of the model's | only if [`drop_index`](MigrateTable::drop_index) names it |
    /// | the stream is missing | it is begun |
    /// | the stream's records hold too little | only with [`replace_stream`](MigrateTable::replace_stream); otherwise the call fails |
    /// | the TTL attribute is missing | it is set |
    /// | another primary key, another TTL attribute | the call fails: neither can be changed |
    ///
    /// A call that succeeds leaves no drift that [breaks](Drift::is_breaking) the model, and says what it did and what
    /// it left. One that must fail does so before it changes anything, as far as can be seen from the table.
    ///
    /// Indexes are dropped and added one at a time, dropped ones first, since DynamoDB works on one at a time; each is
    /// waited for, 6 hours for all unless [`within`](MigrateTable::within) says otherwise. **Calling again goes on**: a
    /// call that meets a change under way waits for it, whoever began it, so that two processes may migrate at once. Two
    /// requests where nothing differs; per step one more, and two for each look until it is done.
    ///
    /// # Errors
    /// [`ErrorKind::TableConflict`] when something stands in the way, with the remedy; [`ErrorKind::Validation`] when a
    /// named index is not one that can be dropped or replaced; [`ErrorKind::Timeout`] when the time is used up.
    pub fn migrate_table<M: Model>(&self) -> MigrateTable<M> {
        MigrateTable { db: self.clone(), told: Told::default(), within: WITHIN, model: PhantomData }
    }
}

/// Makes a table what its model needs: what [`Db::migrate_table`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct MigrateTable<M> {
    db: Db,
    told: Told,
    within: Duration,
    model: PhantomData<fn() -> M>,
}

builder_debug!([M] MigrateTable<M>);

/// A table as a look at it found it.
struct Look {
    description: TableDescription,
    drifts: Vec<Drift>,
}

impl<M: Model> MigrateTable<M> {
    /// Drops the index `name`, which the model does not know; nothing is done if it is gone already.
    ///
    /// Another model of the table may need it.
    pub fn drop_index(mut self, name: impl Into<String>) -> Self {
        self.told.dropped.push(name.into());
        self
    }

    /// Drops the model's index `name` and makes it anew if it differs from the model's in key or projection.
    ///
    /// Until it is filled again nothing can be read from it.
    pub fn replace_index(mut self, name: impl Into<String>) -> Self {
        self.told.replaced.push(name.into());
        self
    }

    /// Ends a stream whose records hold something else than the model asks for, and begins a new one.
    ///
    /// Readers, such as triggers, are bound to the stream that ends: its records can be read for 24 hours more, and the
    /// new one has another ARN. What changes between the two is in neither.
    pub fn replace_stream(mut self) -> Self {
        self.told.replaces_stream = true;
        self
    }

    /// Waits no longer than `duration` in all: 6 hours unless set.
    ///
    /// What is under way then goes on in the engine, and the next call waits for it.
    pub fn within(mut self, duration: Duration) -> Self {
        self.within = duration;
        self
    }

    /// The steps that are left to do, by the table as it is now. Two requests; nothing is changed.
    ///
    /// # Errors
    /// Those of the migration, [`ErrorKind::Timeout`] apart: what is under way is taken for done.
    pub async fn plan(&self) -> Result<Vec<MigrationStep>, Error> {
        Ok(self.planned().await?.1)
    }

    /// The exact requests of the [steps](Self::plan), without sending them. Two requests that ask for the table as it is
    /// now.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    pub async fn explain(&self) -> Result<Vec<Explanation>, Error> {
        let (look, steps) = self.planned().await?;
        let table = self.db.table_name::<M>();
        Ok(steps.iter().map(|step| call::<M>(&table, step, look.as_ref()).explain()).collect())
    }

    async fn planned(&self) -> Result<(Option<Look>, Vec<MigrationStep>), Error> {
        let table = self.db.table_name::<M>();
        self.check_names(&table)?;
        let look = match self.db.describe(&table).await? {
            Some(description) => Some(self.look(&table, description).await?),
            None => None,
        };
        let steps = steps::<M>(&table, look.as_ref(), &self.told)?;
        Ok((look, steps))
    }

    fn check_names(&self, table: &Arc<str>) -> Result<(), Error> {
        match self.told.mistake(M::TABLE) {
            Some(mistake) => {
                Err(Error::new(ErrorKind::Validation, mistake).during(Operation::UpdateTable, table))
            }
            None => Ok(()),
        }
    }

    async fn look(&self, table: &Arc<str>, description: TableDescription) -> Result<Look, Error> {
        let stored = self.db.time_to_live(table).await?;
        let mut drifts = schema_drifts(M::TABLE, &description);
        drifts.extend(time_to_live_drift(M::TABLE, stored.as_deref()));
        Ok(Look { description, drifts })
    }

    async fn migrate(mut self) -> Result<Migration, Error> {
        let table = self.db.table_name::<M>();
        self.check_names(&table)?;
        let mut patience = Patience::new(self.within);
        let mut done: Vec<MigrationStep> = Vec::new();
        // The step before, and how it was refused if it was.
        let mut last: Option<(MigrationStep, Option<Error>)> = None;
        // What is left to do is seen from the table each time, never remembered: so another process may do it, and a
        // call after a crash is a call like any other.
        loop {
            let look = match self.db.describe_settled(&table, &mut patience).await? {
                Some(description) => Some(self.look(&table, description).await?),
                None => None,
            };
            let next = steps::<M>(&table, look.as_ref(), &self.told)?.into_iter().next();
            if let Some((before, Some(error))) = &last
                && next.as_ref() != Some(before)
                && error.attempts() > 1
            {
                // Its answer was lost, and the request that was sent again was refused by what the first one did.
                self.note(before, &mut done);
            }
            let Some(step) = next else {
                let left = look.map(|look| look.drifts).unwrap_or_default();
                return Ok(Migration::new(table, done, left));
            };
            match last.take().filter(|(before, _)| *before == step) {
                // The description lags behind what was done.
                Some((_, None)) => {
                    patience.pause(&table, || format!("the table still does not show this: {step}")).await?;
                    last = Some((step, None));
                    continue;
                }
                Some((_, Some(error))) if !is_passing(&error) => return Err(error),
                Some(_) => {}
                None => patience.refresh(),
            }
            match self.db.send_silently(call::<M>(&table, &step, look.as_ref())).await {
                Ok(()) => {
                    info!(table = &*table, step = %step, "table migration");
                    self.note(&step, &mut done);
                    last = Some((step, None));
                }
                Err(error) if is_passing(&error) => {
                    patience.pause(&table, || format!("`{step}` is still refused ({error})")).await?;
                    last = Some((step, Some(error)));
                }
                // Another process may just have done it; if so, the next look shows it.
                Err(error) if may_be_anothers(&error) => last = Some((step, Some(error))),
                Err(error) => return Err(error),
            }
        }
    }

    /// Keeps what was done. What was told to be replaced is so once: should an engine give back another index than it was
    /// asked for, it is not dropped for ever.
    fn note(&mut self, step: &MigrationStep, done: &mut Vec<MigrationStep>) {
        match step {
            MigrationStep::DropIndex { index } => self.told.replaced.retain(|replaced| replaced != index),
            MigrationStep::DisableStream => self.told.replaces_stream = false,
            _ => {}
        }
        done.push(step.clone());
    }
}

/// What is left to do.
fn steps<M: Model>(table: &Arc<str>, look: Option<&Look>, told: &Told) -> Result<Vec<MigrationStep>, Error> {
    match look {
        Some(look) => plan(M::TABLE, &look.description, &look.drifts, told).map_err(|obstacle| {
            Error::new(ErrorKind::TableConflict, obstacle).during(Operation::UpdateTable, table)
        }),
        None => {
            let time_to_live = M::TABLE.ttl.map(|attribute| MigrationStep::SetTimeToLive { attribute });
            Ok(std::iter::once(MigrationStep::CreateTable).chain(time_to_live).collect())
        }
    }
}

fn call<M: Model>(table: &Arc<str>, step: &MigrationStep, look: Option<&Look>) -> Call {
    let change = match step {
        MigrationStep::CreateTable => return create_table_call(table, M::TABLE),
        MigrationStep::SetTimeToLive { attribute } => return update_time_to_live_call(table, attribute),
        MigrationStep::AddIndex { index } => match M::TABLE.index(index) {
            Some(index) => TableChange::AddIndex {
                index,
                capacity: look.and_then(|look| look.description.provisioned()),
            },
            None => unreachable!("the plan adds the model's own indexes alone"),
        },
        MigrationStep::DropIndex { index } => TableChange::DropIndex(index),
        MigrationStep::EnableStream { view } => TableChange::EnableStream(*view),
        MigrationStep::DisableStream => TableChange::DisableStream,
    };
    update_table_call(table, &change)
}

/// Whether a refusal ends by itself: another change of the table is under way, or too many tables are being changed.
fn is_passing(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::TableConflict | ErrorKind::Throttled)
}

/// Whether a refusal may say that another process did the same first: the index is there already, or gone.
fn may_be_anothers(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Validation | ErrorKind::TableNotFound)
}

impl<M: Model> IntoFuture for MigrateTable<M> {
    type Output = Result<Migration, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.migrate())
    }
}
