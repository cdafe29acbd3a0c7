use std::{future::IntoFuture, marker::PhantomData};

use dynamorm_core::{
    Error, ErrorKind,
    expression::{Condition, Placeholders},
    limits::MAX_SCAN_SEGMENTS,
    model::{Model, Projection, ReadItem, TableDefinition},
    transport::{BoxFuture, Operation},
    wire::scan::Segment,
};

use super::condition::{Conditions, check, check_expression};
use crate::{
    Cursor, Db, Explanation, ItemStream,
    paging::{Page, Plan, with_needed},
};

impl Db {
    /// Reads the whole table of model `M`, in no order that means anything.
    ///
    /// Every item of the table is read and paid for, those of other models and those that do not pass a filter too.
    /// One request a page; ended by [`page`](Scan::page), [`stream`](Scan::stream) or [`count`](Scan::count), or by
    /// [`segments`](Scan::segments) for several requests at once.
    pub fn scan<M: Model>(&self) -> Scan<M> {
        Scan {
            db: self.clone(),
            filter: Conditions::default(),
            placeholders: Placeholders::default(),
            page_size: None,
            after: None,
            is_consistent: false,
            segment: None,
            model: PhantomData,
        }
    }
}

/// Reads a whole table: what [`Db::scan`] returns. `T` is what its items are read as.
#[must_use = "nothing is sent until it is ended by `page`, `stream`, `count` or `segments` and awaited"]
pub struct Scan<M, T = M> {
    db: Db,
    filter: Conditions,
    placeholders: Placeholders,
    page_size: Option<u32>,
    after: Option<Cursor>,
    is_consistent: bool,
    segment: Option<Segment>,
    model: PhantomData<fn() -> (M, T)>,
}

builder_debug!([M, T] Scan<M, T>);

impl<M: Model> Scan<M> {
    /// Reads the fields of `P` alone. The items cost what whole ones do, and less to carry.
    pub fn project<P: Projection<Model = M>>(self) -> Scan<M, P> {
        Scan {
            db: self.db,
            filter: self.filter,
            placeholders: self.placeholders,
            page_size: self.page_size,
            after: self.after,
            is_consistent: self.is_consistent,
            segment: self.segment,
            model: PhantomData,
        }
    }
}

impl<M: Model, T: ReadItem> Scan<M, T> {
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

    /// Reads one part of the table: segment `number`, counted from 0, of `of` (1 to 1,000,000). For programs that read
    /// each segment in a process of its own; a cursor of one segment is refused by every other.
    ///
    /// Which items a segment holds depends on `of` alone, and every item is in one segment.
    pub fn segment(mut self, number: u32, of: u32) -> Self {
        self.segment = Some(Segment { number, of });
        self
    }

    /// One page: one request. It may be empty although a next page exists.
    pub fn page(self) -> ScanPage<M, T> {
        ScanPage { scan: self }
    }

    /// All matches, one after the other, the next page fetched ahead.
    pub fn stream(self) -> ItemStream<T> {
        ItemStream::new(self.db.clone(), self.plan(false))
    }

    /// How many items match, read in as many requests as that takes. It costs what reading them would.
    ///
    /// The engine counts, and sends no item; but where keys of the model may go on in those of another one, as `LINE#{line}`
    /// does in `LINE#{line}#NOTE#{note}`, it sends the keys.
    pub fn count(self) -> ScanCount<M, T> {
        ScanCount { scan: self }
    }

    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, the segment is none, or the cursor is not one of this scan.
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.plan(false)?;
        Ok(plan.call(&self.db, plan.start_key.as_deref(), None).explain())
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Whether the scan is bound to one place or one part of the table already.
    pub(super) fn is_partial(&self) -> bool {
        self.after.is_some() || self.segment.is_some()
    }

    pub(super) fn plan(&self, counts_only: bool) -> Result<Plan, Error> {
        let mut placeholders = self.placeholders.clone();
        let table = self.db.table_name::<M>();
        let mut filter = self.filter.text().to_owned();
        push_model_prefix::<M>(&mut filter, &mut placeholders);
        let during = |error: Error| error.during(Operation::Scan, &table);
        check(&placeholders)
            .and_then(|()| check_expression(&filter))
            .and_then(|()| self.segment.map_or(Ok(()), check_segment))
            .map_err(during)?;
        let attributes: Option<&[_]> = if counts_only { Some(&[]) } else { T::ATTRIBUTES };
        let fingerprint = Plan::fingerprint(&table, None, None, &filter, &placeholders, false);
        let fingerprint = match self.segment {
            Some(Segment { number, of }) => fingerprint.with("segment", number, of),
            None => fingerprint,
        };
        let start_key = self.after.as_ref().map(|cursor| self.db.start_key(fingerprint, cursor));
        let start_key = start_key.transpose().map_err(during)?;
        Ok(Plan {
            table,
            index: None,
            key_condition: None,
            filter,
            attributes: with_needed(attributes, keeps_to::<M>(), None),
            keeps_to: keeps_to::<M>(),
            hydrated_from: None,
            ttl: M::TABLE.ttl,
            segment: self.segment,
            placeholders,
            page_size: self.page_size,
            is_descending: false,
            is_consistent: self.is_consistent,
            counts_only,
            drops_expired: false,
            fingerprint,
            start_key,
        })
    }
}

/// Refuses a segment that is not one of DynamoDB's.
pub(super) fn check_segment(segment: Segment) -> Result<(), Error> {
    let Segment { number, of } = segment;
    if of == 0 || of > MAX_SCAN_SEGMENTS {
        let message = format!("a scan in {of} segments; it takes 1 to {MAX_SCAN_SEGMENTS}");
        return Err(Error::new(ErrorKind::Validation, message));
    }
    if number >= of {
        let message = format!("segment {number} of {of}; segments are counted from 0");
        return Err(Error::new(ErrorKind::Validation, message));
    }
    Ok(())
}

/// Keeps the scan to the items of the model, in a table that may hold others: by the literals that its keys begin
/// with. Those that go on otherwise are passed over when they are read.
fn push_model_prefix<M: Model>(filter: &mut String, placeholders: &mut Placeholders) {
    let key = &M::TABLE.primary_key;
    let forms = [(Some(key.partition), M::TABLE.partition_form), (key.sort, M::TABLE.sort_form)];
    for (key, form) in forms {
        let (Some(key), false) = (key, form.prefix().is_empty()) else { continue };
        if !filter.is_empty() {
            filter.push_str(" AND ");
        }
        if form.is_open() {
            filter.push_str("begins_with(");
        }
        placeholders.push_name(filter, key.name);
        filter.push_str(if form.is_open() { ", " } else { " = " });
        placeholders.push_value(filter, |writer| {
            writer.string(form.prefix());
            Ok(())
        });
        if form.is_open() {
            filter.push(')');
        }
    }
}

/// The model, if items of others may pass the filter.
fn keeps_to<M: Model>() -> Option<&'static TableDefinition> {
    let table = M::TABLE;
    (table.partition_form.is_open() || table.sort_form.is_open()).then_some(table)
}

/// One page of a scan: what [`Scan::page`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct ScanPage<M, T = M> {
    scan: Scan<M, T>,
}

builder_debug!([M, T] ScanPage<M, T>);

impl<M: Model, T: ReadItem> ScanPage<M, T> {
    /// The exact request, without sending it.
    ///
    /// # Errors
    /// As [`Scan::explain`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.scan.explain()
    }
}

impl<M: Model, T: ReadItem> IntoFuture for ScanPage<M, T> {
    type Output = Result<Page<T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.scan.plan(false);
        let db = self.scan.db;
        Box::pin(async move { plan?.page(&db).await })
    }
}

/// The number of matches of a scan: what [`Scan::count`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct ScanCount<M, T = M> {
    scan: Scan<M, T>,
}

builder_debug!([M, T] ScanCount<M, T>);

impl<M: Model, T: ReadItem> ScanCount<M, T> {
    /// The exact request for the first page, without sending it.
    ///
    /// # Errors
    /// As [`Scan::explain`].
    pub fn explain(&self) -> Result<Explanation, Error> {
        let plan = self.scan.plan(true)?;
        Ok(plan.call(&self.scan.db, plan.start_key.as_deref(), None).explain())
    }
}

impl<M: Model, T: ReadItem> IntoFuture for ScanCount<M, T> {
    type Output = Result<u64, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let plan = self.scan.plan(true);
        let db = self.scan.db;
        Box::pin(async move { plan?.count(&db).await })
    }
}
