//! `PutItem`: writes a whole item.

use std::ops::Range;

use super::{Answer, check_item, envelope};
use crate::{
    codec::{DecodeError, Writer},
    error::Error,
    expression::Placeholders,
    model::{Model, WriteContext},
};

/// What a request says besides the item.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The condition expression; empty for none.
    pub condition: &'a str,
    /// What the condition stands for.
    pub placeholders: &'a Placeholders,
    /// Whether the item that was replaced comes back.
    pub returns_old: bool,
    /// Whether the stored item comes back when the condition fails.
    pub returns_stored: bool,
}

/// The request that writes `item`, and where in it the item stands.
///
/// # Errors
/// When the item has a value that DynamoDB cannot hold, or is over a limit.
pub fn request<M: Model>(
    table: &str,
    item: &M,
    context: &WriteContext,
    options: Options<'_>,
) -> Result<(Vec<u8>, Range<usize>), Error> {
    let (writer, item) = members(table, item, context, options)?;
    Ok((envelope::end(writer, Some(options.placeholders)), item))
}

/// The same as an action of a transaction, which gives nothing back.
///
/// # Errors
/// As [`request`].
pub fn action<M: Model>(
    table: &str,
    item: &M,
    context: &WriteContext,
    options: Options<'_>,
) -> Result<(Vec<u8>, Range<usize>), Error> {
    let (writer, item) = members(table, item, context, options)?;
    Ok((envelope::end_action(writer, options.placeholders), item))
}

fn members<M: Model>(
    table: &str,
    item: &M,
    context: &WriteContext,
    options: Options<'_>,
) -> Result<(Writer, Range<usize>), Error> {
    let mut writer = envelope::begin(table, ITEM_BYTES);
    writer.raw(",\"Item\":");
    let start = writer.len();
    item.encode_item(&mut writer, context)?;
    let end = writer.len();
    check_item(writer.as_bytes().get(start..end).unwrap_or_default(), M::TABLE)?;
    envelope::text_member(&mut writer, "ConditionExpression", options.condition);
    if options.returns_old {
        writer.raw(",\"ReturnValues\":\"ALL_OLD\"");
    }
    if options.returns_stored {
        writer.raw(",\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"");
    }
    Ok((writer, start..end))
}

/// Room for an item of common size.
const ITEM_BYTES: usize = 768;

/// The item that was replaced, where it was asked for and there was one.
///
/// # Errors
/// When the response is not DynamoDB's, or the old item not an `M`.
pub fn response<M: Model>(body: &[u8]) -> Result<Answer<Option<M>>, DecodeError> {
    envelope::read_item(body, "Attributes")
}
