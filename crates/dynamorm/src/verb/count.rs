use std::future::IntoFuture;

use dynamorm_core::{Error, model::Index, transport::BoxFuture};

use super::query::Query;
use crate::Explanation;

impl<Ix: Index> Query<Ix> {
    /// How many items match, read in as many requests as that takes. It costs what reading them would.
    ///
    /// The engine counts, and sends no item, unless something has to be read of each: its primary key, which tells the
    /// model's items from those of others, in an index of a model with a key template and in a partition whose sort keys are
    /// joined by one with fields; the instant of expiry, in an index that is sorted by it. Of a collection, what that skips
    /// counts too.
    pub fn count(self) -> Count<Ix> {
        Count { query: self }
    }
}

/// The number of matches of a query: what [`Query::count`] returns.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Count<Ix> {
    query: Query<Ix>,
}

impl<Ix: Index> Count<Ix> {
    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// As [`Query::explain`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.query.plan(true)?;
        Ok(plan.call(self.query.db(), plan.start_key.as_deref(), None).explain())
    }
}

impl<Ix: Index> IntoFuture for Count<Ix> {
    type Output = Result<u64, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.query.plan(true);
        let db = self.query.db().clone();
        Box::pin(async move { plan?.count(&db).await })
    }
}
