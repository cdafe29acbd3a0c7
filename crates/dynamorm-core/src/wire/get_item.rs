//! `GetItem`: reads one item by its primary key.

use super::{Answer, check_key, envelope};
use crate::{
    codec::DecodeError,
    error::Error,
    model::{Model, PrimaryKey},
};

/// The request that reads the item of `key`.
///
/// # Errors
/// When the key is over a limit or empty.
pub fn request<K: PrimaryKey>(table: &str, key: &K, is_consistent: bool) -> Result<Vec<u8>, Error> {
    let mut writer = envelope::begin(table, 0);
    writer.raw(",\"Key\":");
    let start = writer.len();
    key.encode_key(&mut writer)?;
    check_key(writer.as_bytes().get(start..).unwrap_or_default(), K::Model::TABLE)?;
    if is_consistent {
        writer.raw(",\"ConsistentRead\":true");
    }
    Ok(envelope::end(writer, None))
}

/// The item, if there is one.
///
/// # Errors
/// When the response is not DynamoDB's, or the item not an `M`.
pub fn response<M: Model>(body: &[u8]) -> Result<Answer<Option<M>>, DecodeError> {
    envelope::read_item(body, "Item")
}
