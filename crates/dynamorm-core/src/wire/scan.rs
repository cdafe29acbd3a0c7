//! `Scan`: reads a whole table or index.

use super::{Answer, Page, envelope};
use crate::{
    codec::{DecodeError, Writer},
    expression::Placeholders,
    model::{ReadItem, TableDefinition},
};

/// One of the parts that a scan is divided into.
///
/// [`Segment` and `TotalSegments`](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    /// Which part, counted from 0.
    pub number: u32,
    /// How many parts there are, 1 to [`MAX_SCAN_SEGMENTS`](crate::limits::MAX_SCAN_SEGMENTS).
    pub of: u32,
}

/// What a scan asks for.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The filter expression; empty for none.
    pub filter: &'a str,
    /// The projection expression; empty for whole items.
    pub projection: &'a str,
    /// The part of the table that is read; `None` for all of it.
    pub segment: Option<Segment>,
    /// What the expressions stand for.
    pub placeholders: &'a Placeholders,
    /// How many items are read at most; `None` for as many as 1 MB holds.
    pub limit: Option<u32>,
    /// The key after which the page begins, as JSON.
    pub start_key: Option<&'a [u8]>,
    /// Whether the read is strongly consistent.
    pub is_consistent: bool,
    /// Whether only the number of items is asked for.
    pub counts_only: bool,
}

/// The request for one page.
pub fn request(table: &str, options: Options<'_>) -> Vec<u8> {
    let mut writer = envelope::begin(table, options.filter.len() + options.projection.len());
    envelope::text_member(&mut writer, "FilterExpression", options.filter);
    envelope::text_member(&mut writer, "ProjectionExpression", options.projection);
    if let Some(Segment { number, of }) = options.segment {
        let mut digits = itoa::Buffer::new();
        writer.raw(",\"Segment\":");
        writer.raw(digits.format(number));
        writer.raw(",\"TotalSegments\":");
        writer.raw(digits.format(of));
    }
    write_page_members(
        &mut writer,
        options.limit,
        options.start_key,
        options.is_consistent,
        options.counts_only,
    );
    envelope::end(writer, Some(options.placeholders))
}

/// Writes the members that queries and scans share.
pub(super) fn write_page_members(
    writer: &mut Writer,
    limit: Option<u32>,
    start_key: Option<&[u8]>,
    is_consistent: bool,
    counts_only: bool,
) {
    if let Some(limit) = limit {
        writer.raw(",\"Limit\":");
        writer.raw(itoa::Buffer::new().format(limit));
    }
    if let Some(key) = start_key {
        writer.raw(",\"ExclusiveStartKey\":");
        writer.raw_bytes(key);
    }
    if is_consistent {
        writer.raw(",\"ConsistentRead\":true");
    }
    if counts_only {
        writer.raw(",\"Select\":\"COUNT\"");
    }
}

/// The page; items whose key is not of the form of `keeps_to`'s are passed over.
///
/// # Errors
/// When the response is not DynamoDB's, or an item not a `T`.
pub fn response<T: ReadItem>(
    body: &[u8],
    keeps_to: Option<&'static TableDefinition>,
) -> Result<Answer<Page<T>>, DecodeError> {
    super::page::read(body, keeps_to)
}
