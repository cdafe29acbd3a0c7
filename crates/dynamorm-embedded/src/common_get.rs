//! A `GetItem` as nearly all are, by the codec: serde's way through the engine's types builds a tree of JSON for each
//! value of the key. The two took a seventh of the whole read.

use std::collections::HashMap;

use dynamorm_core::codec::{DecodeError, Reader, Writer};
use dynoxide::{
    actions::get_item::{GetItemRequest, GetItemResponse},
    types::{AttributeValue, ConsumedCapacity},
};

/// Reads a request for a whole item by a key of texts; `None` for any other, right or wrong, which is left to the
/// engine.
pub(crate) fn read(body: &[u8]) -> Option<GetItemRequest> {
    let mut request = GetItemRequest::default();
    let mut is_common = true;
    let mut reader = Reader::new(body).ok()?;
    reader
        .object(|reader, member| {
            match &*member {
                "TableName" if request.table_name.is_empty() => {
                    request.table_name = reader.text()?.into_owned();
                }
                "Key" if request.key.is_empty() => request.key = read_key(reader)?,
                "ConsistentRead" if request.consistent_read.is_none() => {
                    request.consistent_read = Some(reader.json_boolean()?);
                }
                "ReturnConsumedCapacity" if request.return_consumed_capacity.is_none() => {
                    request.return_consumed_capacity = Some(reader.text()?.into_owned());
                }
                _ => {
                    is_common = false;
                    reader.skip()?;
                }
            }
            Ok(())
        })
        .ok()?;
    reader.finish().ok()?;
    let is_valid = is_table_name(&request.table_name)
        && !request.key.is_empty()
        && request.return_consumed_capacity.as_deref().is_none_or(|wish| wish == "TOTAL");
    (is_common && is_valid).then_some(request)
}

fn read_key(reader: &mut Reader<'_>) -> Result<HashMap<String, AttributeValue>, DecodeError> {
    let mut key = HashMap::with_capacity(2);
    reader.object(|reader, name| {
        let value = AttributeValue::S(reader.string()?.into_owned());
        match key.insert(name.into_owned(), value) {
            None => Ok(()),
            Some(_) => Err(DecodeError::new("an attribute of the key stands there twice")),
        }
    })?;
    Ok(key)
}

/// Whether DynamoDB takes it for the name of a table, and not for an ARN or a mistake.
fn is_table_name(name: &str) -> bool {
    (3..=255).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// Room for the answer with an item of common size.
const ANSWER_BYTES: usize = 1024;

/// Writes the answer; `None` if the item has a set or bytes, whose form is left to the engine.
pub(crate) fn write(response: &GetItemResponse) -> Option<Vec<u8>> {
    let mut writer = Writer::with_capacity(ANSWER_BYTES);
    writer.raw("{");
    if let Some(item) = &response.item {
        writer.raw("\"Item\":{");
        write_members(&mut writer, item)?;
        writer.raw("}");
    }
    if let Some(consumed) = &response.consumed_capacity {
        writer.member("ConsumedCapacity");
        write_capacity(&mut writer, consumed)?;
    }
    writer.raw("}");
    Some(writer.into_vec())
}

/// Writes what the request consumed; `None` if it is told of the table and its indexes each.
fn write_capacity(writer: &mut Writer, consumed: &ConsumedCapacity) -> Option<()> {
    let ConsumedCapacity { table_name, capacity_units, .. } = consumed;
    let is_total = consumed.read_capacity_units.is_none() && consumed.table.is_none();
    writer.raw("{\"TableName\":");
    writer.text(table_name);
    writer.raw(",\"CapacityUnits\":");
    match *capacity_units {
        // What an item of up to 4 KB costs.
        0.5 => writer.raw("0.5"),
        1.0 => writer.raw("1.0"),
        units => writer.raw(zmij::Buffer::new().format(units)),
    }
    writer.raw("}");
    is_total.then_some(())
}

fn write_members(writer: &mut Writer, members: &HashMap<String, AttributeValue>) -> Option<()> {
    members.iter().try_for_each(|(name, value)| {
        writer.member(name);
        write_value(writer, value)
    })
}

fn write_value(writer: &mut Writer, value: &AttributeValue) -> Option<()> {
    match value {
        AttributeValue::S(text) => writer.string(text),
        AttributeValue::N(digits) => writer.number(digits),
        AttributeValue::BOOL(value) => writer.boolean(*value),
        AttributeValue::NULL(true) => writer.null(),
        AttributeValue::M(members) => {
            writer.open_map();
            write_members(writer, members)?;
            writer.close_map();
        }
        AttributeValue::L(elements) => {
            writer.raw("{\"L\":[");
            for (position, element) in elements.iter().enumerate() {
                writer.raw(if position == 0 { "" } else { "," });
                write_value(writer, element)?;
            }
            writer.raw("]}");
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use dynoxide::{actions::get_item::GetItemResponse, types::ConsumedCapacity};
    use serde_json::Value;

    use super::{read, write};

    #[test]
    fn is_read_as_the_engine_reads_it() {
        let body = br#"{"TableName":"notes","Key":{"pk":{"S":"a\n\u00e9"},"sk":{"S":""}},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"}"#;

        let request = read(body).unwrap();

        let engines = serde_json::from_slice::<dynoxide::actions::get_item::GetItemRequest>(body).unwrap();
        assert_eq!(format!("{:?}", request.key.get("pk")), format!("{:?}", engines.key.get("pk")));
        assert_eq!(format!("{:?}", request.key.get("sk")), format!("{:?}", engines.key.get("sk")));
        assert_eq!(request.key.len(), engines.key.len());
        assert_eq!(request.table_name, engines.table_name);
        assert_eq!(request.consistent_read, engines.consistent_read);
        assert_eq!(request.return_consumed_capacity, engines.return_consumed_capacity);
    }

    #[test]
    fn is_left_to_the_engine_where_it_is_not_common() {
        let others = [
            r#"{"TableName":"notes","Key":{"pk":{"N":"1"}}}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a","N":"1"}}}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a"},"pk":{"S":"b"}}}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a"}},"TableName":"other"}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a"}},"ProjectionExpression":"pk"}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a"}},"AttributesToGet":["pk"]}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a"}},"ReturnConsumedCapacity":"ALL"}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a"}},"ConsistentRead":"true"}"#,
            r#"{"TableName":"arn:aws:dynamodb:a:b:table/notes","Key":{"pk":{"S":"a"}}}"#,
            r#"{"TableName":"no","Key":{"pk":{"S":"a"}}}"#,
            r#"{"TableName":"notes","Key":{}}"#,
            r#"{"TableName":"notes"}"#,
            r#"{"Key":{"pk":{"S":"a"}}}"#,
            r#"{"TableName":"notes","Key":{"pk":{"S":"a"}}} x"#,
            "[]",
            "",
        ];

        for other in others {
            assert!(read(other.as_bytes()).is_none(), "{other}");
        }
    }

    fn response(item: &str) -> GetItemResponse {
        GetItemResponse { item: Some(serde_json::from_str(item).unwrap()), ..GetItemResponse::default() }
    }

    #[test]
    fn is_answered_as_the_engine_answers_it() {
        let item = r#"{"a":{"S":"\"\u0001é"},"n":{"N":"-1.50"},"t":{"BOOL":true},"z":{"NULL":true},
            "m":{"M":{"x":{"S":"1"},"y":{"L":[{"N":"1"},{"M":{}},{"L":[]}]}}},"\n":{"S":""}}"#;

        let consumed = [0.5, 1.0, 1234.5].map(|capacity_units| GetItemResponse {
            consumed_capacity: Some(ConsumedCapacity {
                table_name: "notes \"é".to_owned(),
                capacity_units,
                ..ConsumedCapacity::default()
            }),
            ..GetItemResponse::default()
        });
        for response in [response(item), GetItemResponse::default()].into_iter().chain(consumed) {
            let written: Value = serde_json::from_slice(&write(&response).unwrap()).unwrap();

            assert_eq!(written, serde_json::to_value(&response).unwrap());
        }
    }

    #[test]
    fn is_answered_by_the_engine_where_the_capacity_is_told_in_parts() {
        let parts = ConsumedCapacity { read_capacity_units: Some(0.5), ..ConsumedCapacity::default() };
        let response = GetItemResponse { consumed_capacity: Some(parts), ..GetItemResponse::default() };

        assert!(write(&response).is_none());
    }

    #[test]
    fn is_answered_by_the_engine_where_its_item_has_a_set_or_bytes() {
        for value in
            [r#"{"SS":["b","a"]}"#, r#"{"NS":["1"]}"#, r#"{"B":"AA=="}"#, r#"{"L":[{"BS":["AA=="]}]}"#]
        {
            assert!(write(&response(&format!(r#"{{"a":{value}}}"#))).is_none(), "{value}");
        }
    }
}
