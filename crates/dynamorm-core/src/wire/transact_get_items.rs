//! `TransactGetItems`: up to 100 items as they are at one instant.

use super::{Answer, envelope};
use crate::codec::{DecodeError, Writer};

/// The request that reads the items of `reads`: each a table and a key as
/// [`encoded_key`](crate::model::encoded_key) gives it.
pub fn request<'a>(reads: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut writer = Writer::with_capacity(1024);
    writer.raw("{\"TransactItems\":[");
    for (position, (table, key)) in reads.enumerate() {
        writer.raw(if position == 0 { "" } else { "," });
        writer.raw("{\"Get\":{\"TableName\":");
        writer.text(table);
        writer.raw(",\"Key\":");
        writer.raw_bytes(key);
        writer.raw("}}");
    }
    writer.raw("]");
    envelope::end(writer, None)
}

/// The JSON of each item, in the order of the reads; `None` where there is none.
///
/// # Errors
/// When the response is not DynamoDB's.
pub fn response(body: &[u8]) -> Result<Answer<Vec<Option<&[u8]>>>, DecodeError> {
    let mut items = Vec::new();
    let answer = envelope::read(body, |reader, member| match &*member {
        "Responses" => reader.array(|reader, _| {
            let mut item = None;
            reader.object(|reader, member| match &*member {
                "Item" => {
                    item = Some(reader.raw()?.as_bytes());
                    Ok(())
                }
                _ => reader.skip(),
            })?;
            // An absent item is answered as `null` or as `{}` by some engines.
            items.push(item.filter(|item| item.len() > 2 && *item != b"null"));
            Ok(())
        }),
        _ => reader.skip(),
    })?;
    Ok(Answer::new(items, answer.consumed_capacity))
}

#[cfg(test)]
mod tests {
    use super::{request, response};

    #[test]
    fn names_the_table_of_each_key() {
        let reads: [(&str, &[u8]); 2] = [("notes", br#"{"pk":{"S":"a"}}"#), ("jobs", br#"{"id":{"N":"1"}}"#)];

        let body = String::from_utf8(request(reads.into_iter())).unwrap();

        assert_eq!(
            body,
            r#"{"TransactItems":[{"Get":{"TableName":"notes","Key":{"pk":{"S":"a"}}}},{"Get":{"TableName":"jobs","Key":{"id":{"N":"1"}}}}],"ReturnConsumedCapacity":"TOTAL"}"#
        );
    }

    #[test]
    fn keeps_the_place_of_an_item_that_is_not_there() {
        let body = br#"{"Responses":[{},{"Item":{"a":{"S":"x"}}},{"Item":{}},{"Item":null}]}"#;

        let items = response(body).unwrap().value;

        assert_eq!(items, [None, Some(&br#"{"a":{"S":"x"}}"#[..]), None, None]);
    }
}
