use std::future::IntoFuture;

use dynamorm_core::{
    Error,
    expression::{Condition, FilterOn, KeyCondition, Placeholders, QueryKey},
    model::{
        CarriedBy, ConsistentIndex, Hydrated, Index, Model, ModelIndex, Projected, ReadItem, SecondaryIndex,
        WholeItems,
    },
    transport::{BoxFuture, Operation},
};

use super::condition::{Conditions, check, check_expression};
use crate::{
    Cursor, Db, Explanation, ItemStream,
    paging::{HYDRATED_PAGE_ITEMS, Page, Plan, with_needed},
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
    pub fn filter(mut self, filter: impl Condition<Model = Ix::Model> + FilterOn<Ix::Base>) -> Self
    where
        Ix::Base: ModelIndex,
    {
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

    /// One page: one request, and those that [`hydrate`](Query::hydrate) takes. It may be empty although a next page exists.
    pub fn page(self) -> QueryPage<Ix>
    where
        Ix: WholeItems,
    {
        QueryPage { query: self }
    }

    /// All matches, one after the other, the next page fetched ahead.
    pub fn stream(self) -> ItemStream<Ix::Item>
    where
        Ix: WholeItems,
    {
        ItemStream::new(self.db.clone(), self.plan_of_pages())
    }

    /// Reads the fields of `P` alone. The items cost what whole ones do, and less to carry.
    pub fn project<P>(self) -> Query<Projected<Ix, P>>
    where
        Ix: ModelIndex,
        P: CarriedBy<Ix::Base, Model = Ix::Model>,
    {
        self.read_as()
    }

    /// Reads the whole items from the table, by the keys that the index has of them: beside each page's request, at
    /// least one for every 100 items, four at once. A page holds 400 items at most, unless a
    /// [`page_size`](Query::page_size) is given; [`take`](Query::take) reads from the table no more than it gives, and
    /// some for those that are gone.
    ///
    /// The items are as the table has them, read strongly consistent, which is newer than the index or the same: one
    /// may no longer match the query. Those that are gone or have expired are left out, though `matched` counts them; one that
    /// cannot be read is an error.
    pub fn hydrate(self) -> Query<Hydrated<Ix>>
    where
        Ix: SecondaryIndex,
    {
        self.read_as()
    }

    fn read_as<J: Index<Base = Ix::Base>>(self) -> Query<J> {
        Query {
            db: self.db,
            key: self.key.read_as(),
            filter: self.filter,
            placeholders: self.placeholders,
            page_size: self.page_size,
            after: self.after,
            is_descending: self.is_descending,
            is_consistent: self.is_consistent,
        }
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Whether the caller gave a filter, so that fewer items may match than are read.
    pub(super) fn has_filter(&self) -> bool {
        !self.filter.is_empty()
    }

    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, or the cursor is not one of this query.
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.plan_of_pages()?;
        Ok(plan.call(&self.db, plan.start_key.as_deref(), None).explain())
    }

    /// The plan for whole pages: all that one names is read where it is hydrated.
    fn plan_of_pages(&self) -> Result<Plan, Error> {
        let mut plan = self.plan(false)?;
        if plan.hydrated_from.is_some() {
            plan.page_size.get_or_insert(HYDRATED_PAGE_ITEMS);
        }
        Ok(plan)
    }

    pub(super) fn plan(&self, counts_only: bool) -> Result<Plan, Error> {
        let mut placeholders = self.placeholders.clone();
        let mut key_condition = String::new();
        self.key.write(&mut key_condition, &mut placeholders);
        let table = self.db.table_name::<Ix::Model>();
        let during = |error: Error| error.during(Operation::Query, &table);
        check(&placeholders)
            .and_then(|()| self.key.check())
            .and_then(|()| check_expression(self.filter.text()))
            .map_err(during)?;
        let filter = self.filter.text().to_owned();
        let fingerprint = Plan::fingerprint(
            &table,
            Ix::NAME,
            Some(&key_condition),
            &filter,
            &placeholders,
            self.is_descending,
        );
        let start_key = self.after.as_ref().map(|cursor| self.db.start_key(fingerprint, cursor));
        let start_key = start_key.transpose().map_err(during)?;
        // DynamoDB takes no filter on a key attribute.
        let is_key = |ttl: &str| Ix::KEY.attributes().any(|key| key.name == ttl);
        let drops_expired = Ix::TTL.is_some_and(is_key);
        let hydrated_from = (Ix::IS_HYDRATED && !counts_only).then_some(<Ix::Model as Model>::TABLE);
        let (keeps_to, attributes): (_, Option<&[_]>) = match hydrated_from {
            // Items are read by the keys of those of which only these are read.
            Some(table) => (Some(table), Some(&[])),
            None if counts_only => (Ix::KEEPS_TO, Some(&[])),
            None => (Ix::KEEPS_TO, Ix::Item::ATTRIBUTES),
        };
        let ttl = Ix::TTL.filter(|_| drops_expired);
        Ok(Plan {
            table,
            index: Ix::NAME,
            key_condition: Some(key_condition),
            filter,
            attributes: with_needed(attributes, keeps_to, ttl),
            keeps_to: Ix::KEEPS_TO,
            hydrated_from,
            ttl: Ix::TTL,
            segment: None,
            placeholders,
            page_size: self.page_size,
            is_descending: self.is_descending,
            is_consistent: self.is_consistent,
            counts_only,
            drops_expired,
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
    type Output = Result<Page<Ix::Item>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.query.plan_of_pages();
        let db = self.query.db;
        Box::pin(async move { plan?.page(&db).await })
    }
}
