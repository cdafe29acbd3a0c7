//! `DeleteItem`: removes one item by its primary key.

use super::{Answer, check_key, envelope};
use crate::{
    codec::{DecodeError, Writer},
    error::Error,
    expression::Placeholders,
    model::{Model, PrimaryKey},
};

/// What a request says besides the key.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The condition expression; empty for none.
    pub condition: &'a str,
    /// What the condition stands for.
    pub placeholders: &'a Placeholders,
    /// Whether the stored item comes back when the condition fails.
    pub returns_stored: bool,
}

/// The request that removes the item of `key` and returns what was there.
///
/// # Errors
/// When the key is over a limit or empty.
pub fn request<K: PrimaryKey>(table: &str, key: &K, options: Options<'_>) -> Result<Vec<u8>, Error> {
    let mut writer = members(table, key, options)?;
    writer.raw(",\"ReturnValues\":\"ALL_OLD\"");
    Ok(envelope::end(writer, Some(options.placeholders)))
}

/// The same as an action of a transaction, which gives nothing back. Also the form of its condition check.
///
/// # Errors
/// As [`request`].
pub fn action<K: PrimaryKey>(table: &str, key: &K, options: Options<'_>) -> Result<Vec<u8>, Error> {
    Ok(envelope::end_action(members(table, key, options)?, options.placeholders))
}

fn members<K: PrimaryKey>(table: &str, key: &K, options: Options<'_>) -> Result<Writer, Error> {
    let mut writer = envelope::begin(table, 0);
    writer.raw(",\"Key\":");
    let start = writer.len();
    key.encode_key(&mut writer)?;
    check_key(writer.as_bytes().get(start..).unwrap_or_default(), K::Model::TABLE)?;
    envelope::text_member(&mut writer, "ConditionExpression", options.condition);
    if options.returns_stored {
        writer.raw(",\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"");
    }
    Ok(writer)
}

/// The item that was removed, if there was one.
///
/// # Errors
/// When the response is not DynamoDB's, or the old item not an `M`.
pub fn response<M: Model>(body: &[u8]) -> Result<Answer<Option<M>>, DecodeError> {
    envelope::read_item(body, "Attributes")
}
