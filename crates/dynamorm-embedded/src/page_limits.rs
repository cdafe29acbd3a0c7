use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The most that a `Query` or a `Scan` reads for one page, whatever its `Limit`.
///
/// The engine loads all that the limit allows, or all of the rest of the partition or table, for each page of 1 MB. A page
/// therefore also ends after this many items or fewer, with a `LastEvaluatedKey`, as DynamoDB's pages end anywhere.
pub const PAGE_LIMIT: usize = 20_000;

/// What even the largest items get: 26 MB of items of 400 KB.
const LEAST: usize = 64;

/// The limits of pages, learned from those before.
///
/// The engine loads all items up to the limit and then cuts the page at 1 MB: with items of 2 KB and the limit of
/// small ones that is 40 MB and 60 ms a page, instead of 2 MB.
#[derive(Debug, Default)]
pub(crate) struct PageLimits {
    /// By table and index.
    learned: Mutex<HashMap<(String, Option<String>), usize>>,
}

/// The limit of one page.
pub(crate) struct Bound {
    key: (String, Option<String>),
    /// What the engine is told.
    pub(crate) limit: Option<usize>,
    is_asked: bool,
}

impl PageLimits {
    /// The limit of a page for which `asked` is the caller's own: theirs, if it is not more. One of 0 is left for the
    /// engine to refuse.
    pub(crate) fn bound(&self, table: &str, index: Option<&str>, asked: Option<usize>) -> Bound {
        let key = (table.to_owned(), index.map(str::to_owned));
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let most = learned.get(&key).copied().unwrap_or(PAGE_LIMIT);
        let is_asked = asked.is_some_and(|asked| asked <= most);
        Bound { key, limit: asked.filter(|_| is_asked).or(Some(most)), is_asked }
    }

    /// How many items a page holds of which the engine says that it read `scanned`, and takes note of a full one. Twice as
    /// many are enough for the next one, and let the limit grow again where items become smaller.
    ///
    /// Of a page that ends at 1 MB the engine counts the item too that did not fit. At the limit itself that is told by
    /// `given`, how many it gives, if it filters none.
    pub(crate) fn read(&self, bound: Bound, scanned: usize, given: Option<usize>, is_last: bool) -> usize {
        if is_last {
            return scanned;
        }
        let is_cut =
            bound.limit.is_some_and(|limit| scanned < limit) || given.is_some_and(|given| given < scanned);
        if is_cut || !bound.is_asked {
            let limit = scanned.saturating_mul(2).clamp(LEAST, PAGE_LIMIT);
            self.learned.lock().unwrap_or_else(PoisonError::into_inner).insert(bound.key, limit);
        }
        scanned - usize::from(is_cut && scanned > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST, PAGE_LIMIT, PageLimits};

    /// The limit of a page after one in which so many were read.
    fn after(limits: &PageLimits, asked: Option<usize>, scanned: usize) -> Option<usize> {
        limits.read(limits.bound("items", None, asked), scanned, None, false);
        limits.bound("items", None, None).limit
    }

    #[test]
    fn follow_the_size_of_the_items_within_their_bounds() {
        let limits = PageLimits::default();

        let learned = [500, 3, 64, 20_000].map(|scanned| after(&limits, None, scanned));

        assert_eq!(learned, [Some(1_000), Some(LEAST), Some(128), Some(PAGE_LIMIT)]);
    }

    #[test]
    fn are_those_of_one_index() {
        let limits = PageLimits::default();

        limits.read(limits.bound("items", Some("by-user"), None), 500, None, false);

        assert_eq!(limits.bound("items", None, None).limit, Some(PAGE_LIMIT));
        assert_eq!(limits.bound("items", Some("by-user"), None).limit, Some(1_000));
    }

    #[test]
    fn are_the_callers_where_those_are_less() {
        let limits = PageLimits::default();
        after(&limits, None, 50);

        let bounds = [Some(0), Some(7), Some(5_000)].map(|asked| limits.bound("items", None, asked).limit);

        assert_eq!(bounds, [Some(0), Some(7), Some(100)]);
    }

    #[test]
    fn learn_nothing_from_a_page_that_ended_at_the_callers_limit() {
        let limits = PageLimits::default();

        assert_eq!(after(&limits, Some(7), 7), Some(PAGE_LIMIT));
        assert_eq!(after(&limits, Some(5_000), 50), Some(100));
    }

    #[test]
    fn leave_out_of_the_count_what_did_not_fit() {
        let limits = PageLimits::default();
        let read =
            |asked, given, is_last| limits.read(limits.bound("items", None, asked), 11, given, is_last);

        assert_eq!([read(None, None, false), read(None, None, true)], [10, 11]);
        assert_eq!([None, Some(11), Some(10)].map(|given| read(Some(11), given, false)), [11, 11, 10]);
    }
}
