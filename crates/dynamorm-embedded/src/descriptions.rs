use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

/// Tables from this size on keep their description: counting 10,000 items takes the engine about 6 ms.
const KEPT_FROM_ITEMS: i64 = 10_000;

/// How old the item count of a description may be. DynamoDB's own is up to six hours old.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Answers to `DescribeTable`, kept because the engine counts all items for each.
///
/// Everything but the counts is exact: whatever changes a table passes through [`forget`](Self::forget), since nobody
/// else has the database open.
#[derive(Debug, Default)]
pub(crate) struct Descriptions {
    kept: Mutex<HashMap<String, (Instant, Bytes)>>,
}

impl Descriptions {
    /// The answer for `table`, if it is kept and young enough.
    pub(crate) fn get(&self, table: &str) -> Option<Bytes> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(table).filter(|(at, _)| at.elapsed() < KEPT_FOR).map(|(_, answer)| answer.clone())
    }

    /// Keeps the answer for `table` if its `items` took long to count.
    pub(crate) fn keep(&self, table: String, items: Option<i64>, answer: &Bytes) {
        if items.is_some_and(|items| items >= KEPT_FROM_ITEMS) {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(table, (Instant::now(), answer.clone()));
        }
    }

    /// Drops every answer: a table is about to change.
    pub(crate) fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
