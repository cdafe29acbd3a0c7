use std::borrow::Cow;

use super::Answer;
use crate::{
    codec::{DecodeError, Reader, Writer},
    expression::Placeholders,
    model::ReadItem,
};

/// Bytes that a request needs besides an item or a key: room so that small requests are written into one allocation.
const OVERHEAD: usize = 256;

/// Begins a request on `table`: `{"TableName":"…"`.
pub(super) fn begin(table: &str, content: usize) -> Writer {
    let mut writer = Writer::with_capacity(OVERHEAD + table.len() + content);
    writer.raw("{\"TableName\":");
    writer.text(table);
    writer
}

/// Writes a member whose value is text, such as an expression; nothing for empty text.
pub(super) fn text_member(writer: &mut Writer, name: &str, text: &str) {
    if !text.is_empty() {
        writer.member(name);
        writer.text(text);
    }
}

/// Ends a request: the placeholders of its expressions, and the wish to hear what it consumed.
pub(super) fn end(mut writer: Writer, placeholders: Option<&Placeholders>) -> Vec<u8> {
    if let Some(placeholders) = placeholders {
        placeholders.write_members(&mut writer);
    }
    writer.raw(",\"ReturnConsumedCapacity\":\"TOTAL\"}");
    writer.into_vec()
}

/// Ends an action of a transaction: the placeholders of its expressions. What was consumed is said of the whole.
pub(super) fn end_action(mut writer: Writer, placeholders: &Placeholders) -> Vec<u8> {
    placeholders.write_members(&mut writer);
    writer.raw("}");
    writer.into_vec()
}

/// Reads a response: `each` is given every member but `ConsumedCapacity` and must consume or skip its value.
pub(super) fn read<'a>(
    body: &'a [u8],
    mut each: impl FnMut(&mut Reader<'a>, Cow<'a, str>) -> Result<(), DecodeError>,
) -> Result<Answer<()>, DecodeError> {
    let mut consumed_capacity = None;
    let mut reader = Reader::new(body)?;
    reader.object(|reader, member| {
        if member == "ConsumedCapacity" {
            consumed_capacity = capacity_units(reader)?;
            Ok(())
        } else {
            each(reader, member)
        }
    })?;
    reader.finish()?;
    Ok(Answer::new((), consumed_capacity))
}

/// Reads a response that holds one item, or none, in its member `name`.
pub(super) fn read_item<T: ReadItem>(body: &[u8], name: &str) -> Result<Answer<Option<T>>, DecodeError> {
    let mut item = None;
    let answer = read(body, |reader, member| {
        if member == name {
            item = Some(T::decode_item(reader)?);
            Ok(())
        } else {
            reader.skip()
        }
    })?;
    Ok(Answer::new(item, answer.consumed_capacity))
}

/// What a call consumed: of one table, or of each that it concerned, added up.
fn capacity_units(reader: &mut Reader<'_>) -> Result<Option<f64>, DecodeError> {
    if !reader.is_at_array() {
        return table_units(reader);
    }
    let mut sum = None;
    reader.array(|reader, _| {
        if let Some(units) = table_units(reader)? {
            *sum.get_or_insert(0.0) += units;
        }
        Ok(())
    })?;
    Ok(sum)
}

fn table_units(reader: &mut Reader<'_>) -> Result<Option<f64>, DecodeError> {
    let mut units = None;
    reader.object(|reader, member| {
        if member == "CapacityUnits" {
            units = reader.json_number()?.parse().ok();
            Ok(())
        } else {
            reader.skip()
        }
    })?;
    Ok(units)
}
