//! `GetItem`: reads one item by its primary key.

use super::{Answer, check_key, envelope};
use crate::{
    codec::DecodeError,
    error::Error,
    expression::{self, Placeholders},
    model::{Model, PrimaryKey, ReadItem},
};

/// The request that reads `attributes` of the item of `key`; all of them where none is named.
///
/// # Errors
/// When the key is over a limit or empty.
pub fn request<K: PrimaryKey>(
    table: &str,
    key: &K,
    attributes: &[&'static str],
    is_consistent: bool,
) -> Result<Vec<u8>, Error> {
    let mut writer = envelope::begin(table, 0);
    writer.raw(",\"Key\":");
    let start = writer.len();
    key.encode_key(&mut writer)?;
    check_key(writer.as_bytes().get(start..).unwrap_or_default(), K::Model::TABLE)?;
    if is_consistent {
        writer.raw(",\"ConsistentRead\":true");
    }
    let mut placeholders = Placeholders::default();
    let projection = expression::projection(attributes, &mut placeholders);
    envelope::text_member(&mut writer, "ProjectionExpression", &projection);
    Ok(envelope::end(writer, Some(&placeholders)))
}

/// The item, if there is one.
///
/// # Errors
/// When the response is not DynamoDB's, or the item not a `T`.
pub fn response<T: ReadItem>(body: &[u8]) -> Result<Answer<Option<T>>, DecodeError> {
    envelope::read_item(body, "Item")
}
