//! `Query`: reads one partition of a table or an index, in sort-key order.

use super::{Answer, Page, envelope};
use crate::{
    codec::DecodeError,
    expression::Placeholders,
    model::{ReadItem, TableDefinition},
};

/// What a query asks for.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The index; `None` for the table itself.
    pub index: Option<&'a str>,
    /// The key condition expression.
    pub key_condition: &'a str,
    /// The filter expression; empty for none.
    pub filter: &'a str,
    /// The projection expression; empty for whole items.
    pub projection: &'a str,
    /// What the expressions stand for.
    pub placeholders: &'a Placeholders,
    /// How many items are read at most; `None` for as many as 1 MB holds.
    pub limit: Option<u32>,
    /// The key after which the page begins, as JSON.
    pub start_key: Option<&'a [u8]>,
    /// Whether sort keys come in falling order.
    pub is_descending: bool,
    /// Whether the read is strongly consistent.
    pub is_consistent: bool,
    /// Whether only the number of items is asked for.
    pub counts_only: bool,
}

/// The request for one page.
pub fn request(table: &str, options: Options<'_>) -> Vec<u8> {
    let mut writer =
        envelope::begin(table, options.key_condition.len() + options.filter.len() + options.projection.len());
    if let Some(index) = options.index {
        envelope::text_member(&mut writer, "IndexName", index);
    }
    envelope::text_member(&mut writer, "KeyConditionExpression", options.key_condition);
    envelope::text_member(&mut writer, "FilterExpression", options.filter);
    envelope::text_member(&mut writer, "ProjectionExpression", options.projection);
    if options.is_descending {
        writer.raw(",\"ScanIndexForward\":false");
    }
    super::scan::write_page_members(
        &mut writer,
        options.limit,
        options.start_key,
        options.is_consistent,
        options.counts_only,
    );
    envelope::end(writer, Some(options.placeholders))
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
