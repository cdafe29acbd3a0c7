use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The most that a `Query` or a `Scan` without a `Limit` reads for one page.
///
/// Without a limit the engine loads all of the rest of the partition or table for each page of 1 MB. A page therefore
/// also ends after this many items or fewer, with a `LastEvaluatedKey`, as DynamoDB's pages end anywhere.
pub const PAGE_LIMIT: usize = 20_000;

/// What even the largest items get: 26 MB of items of 400 KB.
const LEAST: usize = 64;

/// The limits for requests without one, learned from the pages before.
///
/// The engine loads all items up to the limit and then cuts the page at 1 MB: with items of 2 KB and the limit of
/// small ones that is 40 MB and 60 ms a page, instead of 2 MB.
#[derive(Debug, Default)]
pub(crate) struct PageLimits {
    /// By table and index.
    learned: Mutex<HashMap<(String, Option<String>), usize>>,
}

impl PageLimits {
    pub(crate) fn get(&self, table: &str, index: Option<&str>) -> usize {
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.get(&(table.to_owned(), index.map(str::to_owned))).copied().unwrap_or(PAGE_LIMIT)
    }

    /// Takes note of a page that was not the last, with so many items read: a full one. Twice as many are enough for
    /// the next one, and let the limit grow again where items become smaller.
    pub(crate) fn learn(&self, table: String, index: Option<String>, scanned: usize) {
        let limit = scanned.saturating_mul(2).clamp(LEAST, PAGE_LIMIT);
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).insert((table, index), limit);
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST, PAGE_LIMIT, PageLimits};

    #[test]
    fn follow_the_size_of_the_items_within_their_bounds() {
        let limits = PageLimits::default();
        let after = |scanned| {
            limits.learn("items".to_owned(), None, scanned);
            limits.get("items", None)
        };

        assert_eq!([after(500), after(3), after(64), after(20_000)], [1_000, LEAST, 128, PAGE_LIMIT]);
    }

    #[test]
    fn are_those_of_one_index() {
        let limits = PageLimits::default();

        limits.learn("items".to_owned(), Some("by-user".to_owned()), 500);

        assert_eq!(limits.get("items", None), PAGE_LIMIT);
    }
}
