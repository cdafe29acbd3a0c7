use std::{future::IntoFuture, marker::PhantomData};

use dynamorm_core::{Error, model::Model, transport::BoxFuture};

use super::{describe_table::describe_table_call, describe_time_to_live::describe_time_to_live_call};
use crate::{
    Db, Explanation,
    table::{Drift, DriftReport, schema_drifts, time_to_live_drift},
};

impl Db {
    /// Says in what the table of model `M` differs from what the model needs, and changes nothing.
    ///
    /// Primary key, indexes with their keys and projections, TTL attribute, stream and billing are compared. Each
    /// [`Drift`] says whether it breaks the model ([`Drift::is_breaking`]) and what to do about it
    /// ([`Drift::remedy`]). A table that is not there is a drift, too. Two requests; one where there is no table.
    ///
    /// # Errors
    /// When the engine gives no answer, or refuses the questions.
    pub fn verify_table<M: Model>(&self) -> VerifyTable<M> {
        VerifyTable { db: self.clone(), model: PhantomData }
    }
}

/// Compares a table with its model: what [`Db::verify_table`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct VerifyTable<M> {
    db: Db,
    model: PhantomData<fn() -> M>,
}

builder_debug!([M] VerifyTable<M>);

impl<M: Model> VerifyTable<M> {
    /// The exact requests, without sending them.
    pub fn explain(&self) -> Vec<Explanation> {
        let table = self.db.table_name::<M>();
        [describe_table_call(&table), describe_time_to_live_call(&table)]
            .iter()
            .map(crate::call::Call::explain)
            .collect()
    }

    async fn verify(self) -> Result<DriftReport, Error> {
        let table = self.db.table_name::<M>();
        let drifts = match self.db.describe(&table).await? {
            None => vec![Drift::MissingTable],
            Some(description) => {
                let stored = self.db.time_to_live(&table).await?;
                let mut drifts = schema_drifts(M::TABLE, &description);
                drifts.extend(time_to_live_drift(M::TABLE, stored.as_deref()));
                drifts
            }
        };
        Ok(DriftReport::new(table, drifts))
    }
}

impl<M: Model> IntoFuture for VerifyTable<M> {
    type Output = Result<DriftReport, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.verify())
    }
}
