use std::{future::IntoFuture, ops::Deref};

use dynamorm_core::{
    Error,
    expression::{Condition, FilterOn, KeyCondition, Placeholders, QueryKey},
    model::{ConsistentIndex, Index, WholeItems},
    transport::BoxFuture,
};

use super::condition::{Conditions, check};
use crate::{
    Cursor, Db, Explanation, ItemStream,
    paging::{Page, Plan},
};

impl Db {
    /// Reads one partition of the table or of an index, in the order of its sort keys.
    ///
    /// What is read is said by the model's `by_…` functions; how much, by how the builder is ended:
    /// [`take`](Query::take), [`page`](Query::page), [`stream`](Query::stream), [`count`](Query::count). One request
    /// a page.
    pub fn query<K: QueryKey>(&self, key: K) -> Query<K::Index> {
        Query {
            db: self.clone(),
            key: key.into_key_condition(),
            filter: Conditions::default(),
            placeholders: Placeholders::default(),
            page_size: None,
            after: None,
            is_descending: false,
            is_consistent: false,
        }
    }
}

/// Reads one partition: what [`Db::query`] returns.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is ended by `take`, `page`, `stream` or `count` and awaited"]
pub struct Query<Ix> {
    db: Db,
    key: KeyCondition<Ix>,
    filter: Conditions,
    placeholders: Placeholders,
    page_size: Option<u32>,
    after: Option<Cursor>,
    is_descending: bool,
    is_consistent: bool,
}

impl<Ix: Index> Query<Ix> {
    /// Keeps the items that pass `filter`. Those that do not are read, and paid for, all the same.
    pub fn filter(mut self, filter: impl Condition<Model = Ix::Model> + FilterOn<Ix>) -> Self {
        self.filter.add(&filter, &mut self.placeholders);
        self
    }

    /// Greatest sort key first.
    pub fn descending(mut self) -> Self {
        self.is_descending = true;
        self
    }

    /// Sees every write that was acknowledged before; costs twice the capacity.
    pub fn consistent(mut self) -> Self
    where
        Ix: ConsistentIndex,
    {
        self.is_consistent = true;
        self
    }

    /// How many items one request reads at most; as many as 1 MB holds otherwise.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = Some(items.max(1));
        self
    }

    /// Goes on where a page ended: takes a page's `next`, or a cursor's text.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// At most `items` matches, read in as many requests as that takes.
    pub fn take(self, items: usize) -> Take<Ix>
    where
        Ix: WholeItems,
    {
        Take { query: self, items }
    }

    /// One page: one request. It may be empty although a next page exists.
    pub fn page(self) -> QueryPage<Ix>
    where
        Ix: WholeItems,
    {
        QueryPage { query: self }
    }

    /// All matches, one after the other, the next page fetched ahead.
    pub fn stream(self) -> ItemStream<Ix::Model>
    where
        Ix: WholeItems,
    {
        ItemStream::new(self.db.clone(), self.plan(false))
    }

    /// How many items match, read in as many requests as that takes. It costs what reading them would.
    pub fn count(self) -> Count<Ix> {
        Count { query: self }
    }

    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, or the cursor is not one of this query.
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.plan(false)?;
        Ok(plan.call::<Ix::Model>(&self.db, plan.start_key.as_deref(), None).explain())
    }

    fn plan(&self, counts_only: bool) -> Result<Plan, Error> {
        let mut placeholders = self.placeholders.clone();
        let mut key_condition = String::new();
        self.key.write(&mut key_condition, &mut placeholders);
        let table = self.db.table_name::<Ix::Model>();
        check(&placeholders)
            .map_err(|error| error.during(dynamorm_core::transport::Operation::Query, &table))?;
        let filter = self.filter.text().to_owned();
        let fingerprint = Plan::fingerprint(
            &table,
            Ix::NAME,
            Some(&key_condition),
            &filter,
            &placeholders,
            self.is_descending,
        );
        let start_key =
            self.after.as_ref().map(|cursor| self.db.start_key(fingerprint, cursor)).transpose()?;
        Ok(Plan {
            index: Ix::NAME,
            key_condition: Some(key_condition),
            filter,
            placeholders,
            page_size: self.page_size,
            is_descending: self.is_descending,
            is_consistent: self.is_consistent,
            counts_only,
            fingerprint,
            start_key,
        })
    }
}

/// One page of a query: what [`Query::page`] returns.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct QueryPage<Ix> {
    query: Query<Ix>,
}

impl<Ix: Index> QueryPage<Ix> {
    /// The exact request, without sending it.
    ///
    /// # Errors
    /// As [`Query::explain`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.query.explain()
    }
}

impl<Ix: Index> IntoFuture for QueryPage<Ix> {
    type Output = Result<Page<Ix::Model>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.query.plan(false);
        let db = self.query.db;
        Box::pin(async move { plan?.page(&db).await })
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
    /// How many of those matched; more than `items` when the last page held more than were asked for.
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

impl<Ix: Index> Take<Ix> {
    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// As [`Query::explain`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.query.plan(false)?;
        let limit = self.limit(&plan, self.items);
        Ok(plan.call::<Ix::Model>(&self.query.db, plan.start_key.as_deref(), limit).explain())
    }

    /// What one request reads at most: no more than is missing, unless a filter may drop what is read.
    fn limit(&self, plan: &Plan, missing: usize) -> Option<u32> {
        let missing = u32::try_from(missing).unwrap_or(u32::MAX).max(1);
        match plan.page_size {
            Some(size) => Some(size),
            None if self.query.filter.is_empty() => Some(missing),
            None => None,
        }
    }

    async fn read(self, plan: Plan) -> Result<Matches<Ix::Model>, Error> {
        let mut matches = Matches {
            items: Vec::new(),
            scanned: 0,
            matched: 0,
            consumed_capacity: None,
            ended: Ended::Taken,
        };
        let mut start_key = plan.start_key.clone();
        while matches.items.len() < self.items {
            let missing = self.items - matches.items.len();
            let page = plan.fetch(&self.query.db, start_key, self.limit(&plan, missing)).await?;
            matches.scanned += page.scanned;
            matches.matched += page.count;
            if let Some(units) = page.consumed_capacity {
                *matches.consumed_capacity.get_or_insert(0.0) += units;
            }
            matches.items.extend(page.items.into_iter().take(missing));
            // A page may be empty and not the last: the filter runs after the read.
            start_key = page.last_key;
            if start_key.is_none() {
                matches.ended = Ended::Exhausted;
                break;
            }
        }
        Ok(matches)
    }
}

impl<Ix: Index> IntoFuture for Take<Ix> {
    type Output = Result<Matches<Ix::Model>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.query.plan(false);
        Box::pin(async move { self.read(plan?).await })
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
        Ok(plan.call::<Ix::Model>(&self.query.db, plan.start_key.as_deref(), None).explain())
    }
}

impl<Ix: Index> IntoFuture for Count<Ix> {
    type Output = Result<u64, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.query.plan(true);
        let db = self.query.db;
        Box::pin(async move {
            let plan = plan?;
            let mut start_key = plan.start_key.clone();
            let mut count = 0;
            loop {
                let page = plan.fetch::<Ix::Model>(&db, start_key, None).await?;
                count += page.count;
                start_key = page.last_key;
                if start_key.is_none() {
                    return Ok(count);
                }
            }
        })
    }
}
