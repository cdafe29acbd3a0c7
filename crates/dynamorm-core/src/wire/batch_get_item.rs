//! `BatchGetItem`: reads up to 100 items by their primary keys.

use super::{Answer, canonical_key, envelope};
use crate::{
    codec::{DecodeError, Reader, Writer},
    model::Model,
};

/// The request that reads the items of `keys`, each as [`encoded_key`](crate::model::encoded_key) gives it.
pub fn request<'a>(table: &str, keys: impl Iterator<Item = &'a [u8]>, is_consistent: bool) -> Vec<u8> {
    let mut writer = Writer::with_capacity(4096);
    writer.raw("{\"RequestItems\":{");
    writer.text(table);
    writer.raw(":{\"Keys\":[");
    for (position, key) in keys.enumerate() {
        writer.raw(if position == 0 { "" } else { "," });
        writer.raw_bytes(key);
    }
    writer.raw("]");
    if is_consistent {
        writer.raw(",\"ConsistentRead\":true");
    }
    writer.raw("}}");
    envelope::end(writer, None)
}

/// What one request read.
#[derive(Clone, Debug)]
pub struct Batch<M> {
    /// The items that were found, in no order.
    pub items: Vec<M>,
    /// The keys that were not looked at, as [`canonical_key`] gives them.
    pub unprocessed: Vec<Vec<u8>>,
}

/// The batch.
///
/// # Errors
/// When the response is not DynamoDB's, or an item not an `M`: an item that cannot be read is never left out.
pub fn response<M: Model>(body: &[u8]) -> Result<Answer<Batch<M>>, DecodeError> {
    let mut batch = Batch { items: Vec::new(), unprocessed: Vec::new() };
    let answer = envelope::read(body, |reader, member| match &*member {
        "Responses" => reader.object(|reader, _| {
            reader.array(|reader, index| {
                let item = M::decode_item(reader);
                batch.items.push(item.map_err(|error| error.at_index(index).in_attribute("Responses"))?);
                Ok(())
            })
        }),
        "UnprocessedKeys" => reader.object(|reader, _| read_unprocessed::<M>(reader, &mut batch.unprocessed)),
        _ => reader.skip(),
    })?;
    Ok(Answer { value: batch, consumed_capacity: answer.consumed_capacity })
}

fn read_unprocessed<M: Model>(reader: &mut Reader<'_>, keys: &mut Vec<Vec<u8>>) -> Result<(), DecodeError> {
    reader.object(|reader, member| match &*member {
        "Keys" => reader.array(|reader, _| {
            keys.push(canonical_key(reader.raw()?.as_bytes(), M::TABLE)?);
            Ok(())
        }),
        _ => reader.skip(),
    })
}

#[cfg(test)]
mod tests {
    use super::request;

    #[test]
    fn names_each_key_once_and_the_table_of_all() {
        let keys: [&[u8]; 2] = [br#"{"pk":{"S":"a"}}"#, br#"{"pk":{"S":"b"}}"#];

        let body = String::from_utf8(request("notes", keys.into_iter(), true)).unwrap();

        assert_eq!(
            body,
            r#"{"RequestItems":{"notes":{"Keys":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}],"ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"}"#
        );
    }
}
