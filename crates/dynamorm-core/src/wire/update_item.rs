//! `UpdateItem`: changes attributes of one item.

use super::{Answer, check_key, envelope};
use crate::{
    codec::{DecodeError, Writer},
    error::Error,
    expression::Placeholders,
    model::{Model, PrimaryKey},
};

/// Which image of the item comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// None.
    Nothing,
    /// The whole item as it was (`ALL_OLD`).
    Old,
    /// The whole item as it is now (`ALL_NEW`).
    New,
}

/// What a request says besides the key.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The update expression.
    pub update: &'a str,
    /// The condition expression; empty for none.
    pub condition: &'a str,
    /// What the expressions stand for.
    pub placeholders: &'a Placeholders,
    /// Which image comes back.
    pub returned: Returned,
    /// Whether the stored item comes back when the condition fails.
    pub returns_stored: bool,
}

/// The request that changes the item of `key`.
///
/// # Errors
/// When the key is over a limit or empty.
pub fn request<K: PrimaryKey>(table: &str, key: &K, options: Options<'_>) -> Result<Vec<u8>, Error> {
    Ok(envelope::end(members(table, key, options)?, Some(options.placeholders)))
}

/// The same as an action of a transaction, which gives nothing back.
///
/// # Errors
/// As [`request`].
pub fn action<K: PrimaryKey>(table: &str, key: &K, options: Options<'_>) -> Result<Vec<u8>, Error> {
    Ok(envelope::end_action(members(table, key, options)?, options.placeholders))
}

fn members<K: PrimaryKey>(table: &str, key: &K, options: Options<'_>) -> Result<Writer, Error> {
    let mut writer = envelope::begin(table, options.update.len() + options.condition.len());
    writer.raw(",\"Key\":");
    let start = writer.len();
    key.encode_key(&mut writer)?;
    check_key(writer.as_bytes().get(start..).unwrap_or_default(), K::Model::TABLE)?;
    envelope::text_member(&mut writer, "UpdateExpression", options.update);
    envelope::text_member(&mut writer, "ConditionExpression", options.condition);
    writer.raw(match options.returned {
        Returned::Nothing => "",
        Returned::Old => ",\"ReturnValues\":\"ALL_OLD\"",
        Returned::New => ",\"ReturnValues\":\"ALL_NEW\"",
    });
    if options.returns_stored {
        writer.raw(",\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"");
    }
    Ok(writer)
}

/// The image that was asked for.
///
/// # Errors
/// When the response is not DynamoDB's, or the image not an `M`.
pub fn response<M: Model>(body: &[u8]) -> Result<Answer<Option<M>>, DecodeError> {
    envelope::read_item(body, "Attributes")
}
