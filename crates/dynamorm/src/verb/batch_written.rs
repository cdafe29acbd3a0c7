use std::{fmt, sync::Arc};

use dynamorm_core::{Error, model::Model};

use super::writes::Write;

/// What a batch of writes did. Every item that was to be written is counted, or in the list.
#[derive(Debug)]
#[must_use = "operations may be left unwritten"]
pub struct BatchWritten {
    /// How many items were put or deleted; those given twice count once.
    pub written: usize,
    /// The writes that are not known to be done.
    pub unwritten: Vec<Unwritten>,
}

impl BatchWritten {
    /// The writes of model `M` that are not known to be done, each with its key.
    pub fn unwritten_of<M: Model>(&self) -> impl Iterator<Item = (&M::Key, &Unwritten)> {
        self.unwritten.iter().filter_map(|unwritten| Some((unwritten.key::<M>()?, unwritten)))
    }

    /// How many items were written, where all were.
    ///
    /// # Errors
    /// The reason why the first unwritten one was not.
    pub fn complete(self) -> Result<usize, Arc<Error>> {
        match self.unwritten.into_iter().next() {
            Some(unwritten) => Err(unwritten.reason),
            None => Ok(self.written),
        }
    }
}

/// A write that is not known to be done. [`BatchWrite::again`](super::BatchWrite::again) sends it once more.
#[derive(Clone)]
pub struct Unwritten {
    write: Arc<Write>,
    is_in_doubt: bool,
    /// Why; writes of one request share it.
    pub reason: Arc<Error>,
}

impl Unwritten {
    pub(super) fn new(write: Arc<Write>, reason: Arc<Error>, is_in_doubt: bool) -> Self {
        Self { write, is_in_doubt, reason }
    }

    pub(super) fn into_parts(self) -> (Arc<Write>, bool) {
        (self.write, self.is_in_doubt)
    }

    /// The item's key, if it was written as an item of model `M`.
    pub fn key<M: Model>(&self) -> Option<&M::Key> {
        self.write.key.downcast_ref()
    }

    /// The name of the item's table, as it is sent.
    pub fn table(&self) -> &str {
        &self.write.table
    }

    /// Whether it is a put; if not, it is a delete.
    pub fn is_put(&self) -> bool {
        self.write.is_put
    }

    /// Whether it may be written all the same: of a request for it no answer came, or none that can be understood, or it
    /// was sent more than once.
    pub fn is_in_doubt(&self) -> bool {
        self.is_in_doubt
    }
}

/// Without the key: it is a customer's data.
impl fmt::Debug for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unwritten")
            .field("table", &self.write.table)
            .field("is_put", &self.write.is_put)
            .field("is_in_doubt", &self.is_in_doubt)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
