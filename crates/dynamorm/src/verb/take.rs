use std::{future::IntoFuture, ops::Deref};

use dynamorm_core::{
    Error,
    model::{Index, WholeItems},
    transport::BoxFuture,
    wire::Answer,
};

use super::query::Query;
use crate::{Explanation, paging::Plan};

impl<Ix: Index> Query<Ix> {
    /// At most `items` matches, read in as many requests as that takes.
    pub fn take(self, items: usize) -> Take<Ix>
    where
        Ix: WholeItems,
    {
        Take { query: self, items }
    }
}

/// So many matches of a query: what [`Query::take`] returns.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Take<Ix> {
    query: Query<Ix>,
    items: usize,
}

/// Why the reading of a query ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As many matches as were asked for were found; there may be more.
    Taken,
    /// Everything was read.
    Exhausted,
}

/// The matches of a query and how they were come by. It is a slice of the items, and an iterator over them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Matches<M> {
    /// The items.
    pub items: Vec<M>,
    /// How many items were read for them.
    pub scanned: u64,
    /// How many of those matched; more than `items` when the last page held more than were asked for, when a collection
    /// skipped some, or when some were gone before they were hydrated.
    pub matched: u64,
    /// Capacity units, where the engine says them.
    pub consumed_capacity: Option<f64>,
    /// Why the reading ended.
    pub ended: Ended,
}

impl<M> Deref for Matches<M> {
    type Target = [M];

    fn deref(&self) -> &[M] {
        &self.items
    }
}

impl<M> IntoIterator for Matches<M> {
    type Item = M;
    type IntoIter = std::vec::IntoIter<M>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, M> IntoIterator for &'a Matches<M> {
    type Item = &'a M;
    type IntoIter = std::slice::Iter<'a, M>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// The largest limit that the engines take: an integer of 32 bits with a sign.
const MAX_LIMIT: u32 = i32::MAX as u32;

/// As far as pages grow: small items of some 50 bytes fill the 1 MB of a page with no more.
const MAX_GROWN: usize = 20_000;

impl<Ix: Index> Take<Ix> {
    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// As [`Query::explain`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.query.plan(false)?;
        let limit = self.limit(&plan, self.items);
        Ok(plan.call(self.query.db(), plan.start_key.as_deref(), limit).explain())
    }

    /// What one request reads at most: what is missing, unless a filter of the caller's may drop most of what is read.
    fn limit(&self, plan: &Plan, missing: usize) -> Option<u32> {
        let missing = u32::try_from(missing).unwrap_or(MAX_LIMIT).clamp(1, MAX_LIMIT);
        match plan.page_size {
            Some(size) => Some(size),
            None if !self.query.has_filter() => Some(missing),
            None => None,
        }
    }

    async fn read(self, plan: Plan) -> Result<Matches<Ix::Item>, Error> {
        let mut matches = Matches {
            items: Vec::new(),
            scanned: 0,
            matched: 0,
            consumed_capacity: None,
            ended: Ended::Taken,
        };
        let mut start_key = plan.start_key.clone();
        let mut at_least = 1;
        while matches.items.len() < self.items {
            let missing = self.items - matches.items.len();
            let limit = self.limit(&plan, missing.max(at_least));
            let Answer { value: page, consumed_capacity, .. } =
                plan.fetch(self.query.db(), start_key, limit, missing).await?;
            // Expired items are read too: where many lie in the way, pages grow, so that few requests pass them.
            let given = u64::try_from(page.items.len()).unwrap_or(u64::MAX);
            let is_in_the_way = given < page.scanned;
            at_least = if is_in_the_way { at_least.max(missing).saturating_mul(2).min(MAX_GROWN) } else { 1 };
            let is_whole = page.count <= u64::try_from(missing).unwrap_or(u64::MAX);
            matches.scanned += page.scanned;
            matches.matched += page.count;
            if let Some(units) = consumed_capacity {
                *matches.consumed_capacity.get_or_insert(0.0) += units;
            }
            matches.items.extend(page.items.into_iter().take(missing));
            // A page may be empty and not the last: the filter runs after the read.
            start_key = page.last_key;
            if start_key.is_none() {
                // What the last page held beside what was wanted is there to be read.
                if matches.items.len() < self.items || is_whole {
                    matches.ended = Ended::Exhausted;
                }
                break;
            }
        }
        Ok(matches)
    }
}

impl<Ix: Index> IntoFuture for Take<Ix> {
    type Output = Result<Matches<Ix::Item>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.query.plan(false);
        Box::pin(async move { self.read(plan?).await })
    }
}
