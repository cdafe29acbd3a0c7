use std::{future::IntoFuture, marker::PhantomData};

use dynamorm_core::{
    Error,
    expression::{Condition, Placeholders},
    model::{Model, SortPrefix},
    transport::{BoxFuture, Operation},
};

use super::condition::{Conditions, check, check_expression};
use crate::{
    Cursor, Db, Explanation, ItemStream,
    paging::{Page, Plan},
};

impl Db {
    /// Reads the whole table of model `M`, in no order that means anything.
    ///
    /// Every item of the table is read and paid for, those of other models and those that do not pass a filter too.
    /// One request a page; ended by [`page`](Scan::page) or [`stream`](Scan::stream).
    pub fn scan<M: Model>(&self) -> Scan<M> {
        Scan {
            db: self.clone(),
            filter: Conditions::default(),
            placeholders: Placeholders::default(),
            page_size: None,
            after: None,
            is_consistent: false,
            model: PhantomData,
        }
    }
}

/// Reads a whole table: what [`Db::scan`] returns.
#[must_use = "nothing is sent until it is ended by `page` or `stream` and awaited"]
pub struct Scan<M> {
    db: Db,
    filter: Conditions,
    placeholders: Placeholders,
    page_size: Option<u32>,
    after: Option<Cursor>,
    is_consistent: bool,
    model: PhantomData<fn() -> M>,
}

builder_debug!([M] Scan<M>);

impl<M: Model> Scan<M> {
    /// Keeps the items that pass `filter`. Those that do not are read, and paid for, all the same.
    pub fn filter(mut self, filter: impl Condition<Model = M>) -> Self {
        self.filter.add(&filter, &mut self.placeholders);
        self
    }

    /// Sees every write that was acknowledged before; costs twice the capacity.
    pub fn consistent(mut self) -> Self {
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

    /// One page: one request. It may be empty although a next page exists.
    pub fn page(self) -> ScanPage<M> {
        ScanPage { scan: self }
    }

    /// All matches, one after the other, the next page fetched ahead.
    pub fn stream(self) -> ItemStream<M> {
        ItemStream::new(self.db.clone(), self.plan())
    }

    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, or the cursor is not one of this scan.
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.plan()?;
        Ok(plan.call(&self.db, plan.start_key.as_deref(), None).explain())
    }

    fn plan(&self) -> Result<Plan, Error> {
        let mut placeholders = self.placeholders.clone();
        let table = self.db.table_name::<M>();
        let mut filter = self.filter.text().to_owned();
        push_model_prefix::<M>(&mut filter, &mut placeholders);
        let during = |error: Error| error.during(Operation::Scan, &table);
        check(&placeholders).and_then(|()| check_expression(&filter)).map_err(during)?;
        let fingerprint = Plan::fingerprint(&table, None, None, &filter, &placeholders, false);
        let start_key = self.after.as_ref().map(|cursor| self.db.start_key(fingerprint, cursor));
        let start_key = start_key.transpose().map_err(during)?;
        Ok(Plan {
            table,
            index: None,
            key_condition: None,
            filter,
            ttl: M::TABLE.ttl,
            placeholders,
            page_size: self.page_size,
            is_descending: false,
            is_consistent: self.is_consistent,
            counts_only: false,
            drops_expired: false,
            fingerprint,
            start_key,
        })
    }
}

/// Keeps the scan to the items of the model, in a table that may hold others: by the literals that its keys begin
/// with.
fn push_model_prefix<M: Model>(filter: &mut String, placeholders: &mut Placeholders) {
    let mut push = |attribute: &'static str, text: &'static str, is_whole: bool| {
        if !filter.is_empty() {
            filter.push_str(" AND ");
        }
        if !is_whole {
            filter.push_str("begins_with(");
        }
        placeholders.push_name(filter, attribute);
        filter.push_str(if is_whole { " = " } else { ", " });
        placeholders.push_value(filter, |writer| {
            writer.string(text);
            Ok(())
        });
        if !is_whole {
            filter.push(')');
        }
    };
    let key = &M::TABLE.primary_key;
    if !M::TABLE.partition_prefix.is_empty() {
        push(key.partition.name, M::TABLE.partition_prefix, false);
    }
    match (key.sort, M::TABLE.sort_prefix) {
        (Some(sort), SortPrefix::Exactly(text)) => push(sort.name, text, true),
        (Some(sort), SortPrefix::BeginsWith(text)) => push(sort.name, text, false),
        (_, SortPrefix::Any) | (None, _) => {}
    }
}

/// One page of a scan: what [`Scan::page`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct ScanPage<M> {
    scan: Scan<M>,
}

builder_debug!([M] ScanPage<M>);

impl<M: Model> ScanPage<M> {
    /// The exact request, without sending it.
    ///
    /// # Errors
    /// As [`Scan::explain`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.scan.explain()
    }
}

impl<M: Model> IntoFuture for ScanPage<M> {
    type Output = Result<Page<M>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.scan.plan();
        let db = self.scan.db;
        Box::pin(async move { plan?.page(&db).await })
    }
}
