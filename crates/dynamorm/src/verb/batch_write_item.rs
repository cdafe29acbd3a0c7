use std::{future::IntoFuture, sync::Arc};

use dynamorm_core::{
    Error,
    model::{PrimaryKey, Unversioned, WriteContext},
    transport::BoxFuture,
};

use super::{
    batch_writing::BatchWriting,
    batch_written::{BatchWritten, Unwritten},
    by_item::ByItem,
    writes::{Planned, Write, Writes, call, requests},
};
use crate::{Db, Explanation};

impl Db {
    /// Puts and deletes any number of items, of any models and tables: 25 writes and 16 MB a request, four requests at
    /// once.
    ///
    /// Each write is as that of [`Db::put`] or [`Db::delete`] without a condition; they are not done together, and in no
    /// order. Of several writes of one item the last one is sent, since DynamoDB refuses more than one, and it is what
    /// would be left if they were made one after the other. What DynamoDB leaves out of an answer is sent again after a
    /// pause that grows; what it leaves out eight times in a row comes back in [`BatchWritten::unwritten`].
    ///
    /// A model with a `version` cannot be put: a batch has no conditions, so that it would overwrite what others have
    /// written.
    ///
    /// Dropping the future leaves what was not sent yet unwritten; of up to four requests it is then unknown whether
    /// they are done. [`BatchWrite::start`] is for callers who may drop it and want to know.
    ///
    /// # Errors
    /// When an item or a key is over a limit or has no form in DynamoDB, before anything is sent. After that nothing is an
    /// error of the whole: what a failure left unwritten is in [`BatchWritten::unwritten`], each write with its reason,
    /// also when that is all of them; [`BatchWritten::complete`] makes an error of it.
    pub fn batch_write(&self) -> BatchWrite<'static> {
        BatchWrite { db: self.clone(), operations: Vec::new() }
    }
}

/// Makes a write of what the caller gave.
type Prepare<'a> = Box<dyn Fn(&Db, &WriteContext) -> Result<Planned, Error> + Send + Sync + 'a>;

/// Writes many items: what [`Db::batch_write`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct BatchWrite<'a> {
    db: Db,
    operations: Vec<Prepare<'a>>,
}

builder_debug!(['a] BatchWrite<'a>);

impl<'a> BatchWrite<'a> {
    /// Writes the whole item, replacing any item with the same primary key.
    pub fn put<M: Unversioned>(mut self, item: &'a M) -> Self {
        self.operations.push(Box::new(move |db, context| Write::put(db, item, context).map(Planned::new)));
        self
    }

    /// Writes each of the items whole, replacing any with the same primary keys.
    pub fn put_all<M: Unversioned>(self, items: impl IntoIterator<Item = &'a M>) -> Self {
        items.into_iter().fold(self, Self::put)
    }

    /// Removes the item of a key, if it is there, whatever its version.
    pub fn delete<K: PrimaryKey>(mut self, key: K) -> Self {
        self.operations.push(Box::new(move |db, _| Write::delete(db, &key).map(Planned::new)));
        self
    }

    /// Removes the items of the keys, those that are there, whatever their versions.
    pub fn delete_all<K: PrimaryKey>(self, keys: impl IntoIterator<Item = K>) -> Self {
        keys.into_iter().fold(self, Self::delete)
    }

    /// Sends again what another batch left unwritten, just as it was: the same bytes to the same tables.
    ///
    /// It overwrites what was written since.
    pub fn again(mut self, unwritten: impl IntoIterator<Item = Unwritten>) -> Self {
        for unwritten in unwritten {
            let (write, is_in_doubt) = unwritten.into_parts();
            self.operations
                .push(Box::new(move |_, _| Ok(Planned { write: Arc::clone(&write), is_in_doubt })));
        }
        self
    }

    /// The exact requests, without sending them.
    ///
    /// # Errors
    /// As [`BatchWrite::start`].
    pub fn explain(&self) -> Result<Vec<Explanation>, Error> {
        let writes = self.checked()?;
        let requests = requests(&writes, 0..writes.len());
        Ok(requests.map(|places| call(&writes, &places).explain()).collect())
    }

    /// Checks the batch, and gives it as a value that knows what became of each write, also when the future that writes
    /// it is dropped. Nothing is sent yet.
    ///
    /// # Errors
    /// When an item or a key is over a limit or has no form in DynamoDB.
    pub fn start(self) -> Result<BatchWriting, Error> {
        let writes = self.checked()?;
        Ok(BatchWriting::new(self.db, writes))
    }

    fn checked(&self) -> Result<Writes, Error> {
        let context = WriteContext { now: self.db.now() };
        let mut writes = ByItem::with_capacity(self.operations.len());
        for prepare in &self.operations {
            let planned = prepare(&self.db, &context)?;
            let write = &planned.write;
            // The last write of an item replaces those before it.
            let entry = writes.entry(&write.table, write.definition, write.canonical_key.clone());
            entry.insert_entry(planned);
        }
        writes.sort_by_table();
        Ok(writes)
    }
}

impl IntoFuture for BatchWrite<'_> {
    type Output = Result<BatchWritten, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let started = self.start();
        Box::pin(async move { Ok(started?.run().await) })
    }
}
