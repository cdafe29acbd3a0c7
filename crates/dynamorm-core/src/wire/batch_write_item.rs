//! `BatchWriteItem`: puts and deletes up to 25 items of any tables, without conditions.

use super::{Answer, Unprocessed, canonical_key, check_item, check_key, envelope};
use crate::{
    codec::{DecodeError, Reader, Writer},
    error::Error,
    model::{Model, PrimaryKey, TableDefinition, WriteContext},
};

/// Bytes of a request besides its writes and its tables.
pub const ENVELOPE_BYTES: usize = 64;

/// Bytes of a request for each table, besides the table's name.
pub const TABLE_BYTES: usize = 6;

/// Room for an item of common size.
const ITEM_BYTES: usize = 768;

/// The write that replaces an item whole, as [`request`] takes it.
///
/// # Errors
/// When the item has a value that DynamoDB cannot hold, or is over a limit.
pub fn put<M: Model>(item: &M, context: &WriteContext) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::with_capacity(ITEM_BYTES);
    writer.raw("{\"PutRequest\":{\"Item\":");
    let start = writer.len();
    item.encode_item(&mut writer, context)?;
    check_item(writer.as_bytes().get(start..).unwrap_or_default(), M::TABLE)?;
    writer.raw("}}");
    Ok(writer.into_vec())
}

/// The write that removes an item, as [`request`] takes it.
///
/// # Errors
/// When the key is over a limit or empty.
pub fn delete<K: PrimaryKey>(key: &K) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::with_capacity(160);
    writer.raw("{\"DeleteRequest\":{\"Key\":");
    let start = writer.len();
    key.encode_key(&mut writer)?;
    check_key(writer.as_bytes().get(start..).unwrap_or_default(), K::Model::TABLE)?;
    writer.raw("}}");
    Ok(writer.into_vec())
}

/// The request that does `writes`, each with the name of its table. Those of one table stand next to each other.
pub fn request<'a>(writes: impl Iterator<Item = (&'a str, &'a [u8])> + Clone) -> Vec<u8> {
    let bytes: usize = writes.clone().map(|(table, write)| table.len() + write.len()).sum();
    let mut writer = Writer::with_capacity(ENVELOPE_BYTES + bytes);
    writer.raw("{\"RequestItems\":{");
    let mut open = None;
    for (table, write) in writes {
        if open == Some(table) {
            writer.raw(",");
        } else {
            writer.raw(if open.is_some() { "]" } else { "" });
            writer.member(table);
            writer.raw("[");
            open = Some(table);
        }
        writer.raw_bytes(write);
    }
    writer.raw(if open.is_some() { "]}" } else { "}" });
    envelope::end(writer, None)
}

/// The writes that were not done; `definition_of` knows the tables by the names that were sent.
///
/// # Errors
/// When the response is not DynamoDB's, or names a table that was not written to.
pub fn response(
    body: &[u8],
    definition_of: impl Fn(&str) -> Option<&'static TableDefinition>,
) -> Result<Answer<Vec<Unprocessed>>, DecodeError> {
    let mut unprocessed = Vec::new();
    let answer = envelope::read(body, |reader, member| match &*member {
        "UnprocessedItems" => reader.object(|reader, table| {
            let definition = definition_of(&table)
                .ok_or_else(|| DecodeError::new("the answer names a table that was not written to"))?;
            reader.array(|reader, _| {
                let key = read_key(reader, definition)?;
                unprocessed.push(Unprocessed { table: table.clone().into_owned(), key });
                Ok(())
            })
        }),
        _ => reader.skip(),
    })?;
    Ok(Answer::new(unprocessed, answer.consumed_capacity))
}

/// The key of a write: of its item, or the one that it removes.
fn read_key(reader: &mut Reader<'_>, definition: &TableDefinition) -> Result<Vec<u8>, DecodeError> {
    let mut key = None;
    reader.object(|reader, member| match &*member {
        "PutRequest" | "DeleteRequest" => reader.object(|reader, member| match &*member {
            "Item" | "Key" => {
                key = Some(canonical_key(reader.raw()?.as_bytes(), definition)?);
                Ok(())
            }
            _ => reader.skip(),
        }),
        _ => reader.skip(),
    })?;
    key.ok_or_else(|| DecodeError::new("an unprocessed write has no key"))
}

#[cfg(test)]
mod tests {
    use super::request;

    #[test]
    fn names_each_table_once() {
        let put: &[u8] = br#"{"PutRequest":{"Item":{}}}"#;
        let delete: &[u8] = br#"{"DeleteRequest":{"Key":{}}}"#;

        let body = request([("notes", put), ("notes", delete), ("tags", put)].into_iter());

        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"RequestItems":{"notes":[{"PutRequest":{"Item":{}}},{"DeleteRequest":{"Key":{}}}],"tags":[{"PutRequest":{"Item":{}}}]},"ReturnConsumedCapacity":"TOTAL"}"#
        );
    }
}
