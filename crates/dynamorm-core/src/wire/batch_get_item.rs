//! `BatchGetItem`: reads up to 100 items of any tables by their primary keys.

use std::cell::RefCell;

use super::{Answer, Unprocessed, canonical_key, envelope};
use crate::{
    codec::{DecodeError, Reader, Writer},
    expression::{self, Placeholders},
    model::{KeySchema, Model, TableDefinition},
};

/// The request that reads `attributes` of the items of `keys`, all of them where none is named. Each key has the name of
/// its table and is as [`encoded_key`](crate::model::encoded_key) gives it. Those of one table stand next to each other.
pub fn request<'a>(
    keys: impl Iterator<Item = (&'a str, &'a [u8])>,
    attributes: &[&'static str],
    is_consistent: bool,
) -> Vec<u8> {
    let mut placeholders = Placeholders::default();
    let projection = expression::projection(attributes, &mut placeholders);
    let end_table = |writer: &mut Writer| {
        writer.raw("]");
        if is_consistent {
            writer.raw(",\"ConsistentRead\":true");
        }
        envelope::text_member(writer, "ProjectionExpression", &projection);
        placeholders.write_members(writer);
        writer.raw("}");
    };
    let mut writer = Writer::with_capacity(256 + keys.size_hint().0 * KEY_BYTES);
    writer.raw("{\"RequestItems\":{");
    let mut open = None;
    for (table, key) in keys {
        if open == Some(table) {
            writer.raw(",");
        } else {
            if open.is_some() {
                end_table(&mut writer);
            }
            writer.member(table);
            writer.raw("{\"Keys\":[");
            open = Some(table);
        }
        writer.raw_bytes(key);
    }
    if open.is_some() {
        end_table(&mut writer);
    }
    writer.raw("}");
    envelope::end(writer, None)
}

/// Room for a key of common size: two short texts and what JSON puts around them.
const KEY_BYTES: usize = 128;

/// What one request read.
#[derive(Clone, Debug)]
pub struct Batch<T, K> {
    /// The items that were found, in no order.
    pub items: Vec<T>,
    /// The keys that were not looked at.
    pub unprocessed: Vec<K>,
}

/// What one request for items of one model read.
#[derive(Debug)]
pub struct ModelBatch<T> {
    /// The items that were found, in no order.
    pub items: Vec<T>,
    /// Their keys, in their order.
    pub keys: ItemKeys,
    /// The keys that were not looked at, as [`canonical_key`] gives them.
    pub unprocessed: Vec<Vec<u8>>,
}

/// The batch of a request for `keys` items of one model, whose table is `definition`. `item` reads one, and gives its key
/// to the [`ItemKeys`].
///
/// # Errors
/// When the response is not DynamoDB's, or `item` refuses one: an item that cannot be read is never left out.
pub fn response<T>(
    body: &[u8],
    definition: &TableDefinition,
    keys: usize,
    item: impl Fn(&mut ItemKeys, &mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<Answer<ModelBatch<T>>, DecodeError> {
    let item_keys = RefCell::new(ItemKeys::with_capacity(keys));
    let answer = read(
        body,
        keys,
        |_, reader| item(&mut item_keys.borrow_mut(), reader),
        |_, reader| canonical_key(reader.raw()?.as_bytes(), definition),
    )?;
    let Batch { items, unprocessed } = answer.value;
    let batch = ModelBatch { items, keys: item_keys.into_inner(), unprocessed };
    Ok(Answer::new(batch, answer.consumed_capacity))
}

/// The keys of items as JSON: those that their fields say, and whether the items are stored under them, since what another
/// program wrote may be stored under other ones; or those that they are stored under.
#[derive(Debug)]
pub struct ItemKeys {
    /// That of all items: a piece of memory for each would be a third of what a batch takes besides its items.
    json: Writer,
    /// Where in it the key of each item ends.
    ends: Vec<usize>,
    are_as_stored: bool,
    /// The stored values of the last item, as JSON; empty where the key attribute is a field.
    partition: String,
    sort: String,
}

impl ItemKeys {
    fn with_capacity(keys: usize) -> Self {
        Self {
            json: Writer::with_capacity(keys * KEY_BYTES),
            ends: Vec::with_capacity(keys),
            are_as_stored: true,
            partition: String::new(),
            sort: String::new(),
        }
    }

    /// Reads a whole item, and adds the key that its fields say.
    ///
    /// # Errors
    /// When it is not an `M`.
    pub fn read_item<M: Model>(&mut self, reader: &mut Reader<'_>) -> Result<M, DecodeError> {
        let schema = &M::TABLE.primary_key;
        self.partition.clear();
        self.sort.clear();
        let item = M::decode_item_and(reader, &mut |name, reader| self.look_at(schema, name, reader))?;
        let start = self.json.len();
        let is_written = item.encode_primary_key(&mut self.json).is_ok();
        let key = self.json.as_bytes().get(start..).unwrap_or_default();
        // `{"pk":PARTITION,"sk":SORT}`: what was not seen is a field, and so as the item says.
        let before_partition = r#"{"":"#.len() + schema.partition.name.len();
        let has_partition =
            key.get(before_partition..).is_some_and(|rest| rest.starts_with(self.partition.as_bytes()));
        let has_sort = key.strip_suffix(b"}").is_some_and(|rest| rest.ends_with(self.sort.as_bytes()));
        self.are_as_stored &= is_written && has_partition && has_sort;
        self.ends.push(self.json.len());
        Ok(item)
    }

    /// Adds the key that an item is stored under, of which only some attributes were read, that key among them.
    ///
    /// # Errors
    /// When `item` is not the JSON of one.
    pub fn add_stored(&mut self, item: &str, definition: &TableDefinition) -> Result<(), DecodeError> {
        let schema = &definition.primary_key;
        self.partition.clear();
        self.sort.clear();
        Reader::from_text(item).item(|reader, name| self.look_at(schema, &name, reader))?;
        self.json.raw("{");
        self.json.member(schema.partition.name);
        self.json.raw(&self.partition);
        if let Some(sort) = schema.sort {
            self.json.member(sort.name);
            self.json.raw(&self.sort);
        }
        self.json.raw("}");
        self.ends.push(self.json.len());
        Ok(())
    }

    /// Keeps the value of an attribute of the key, and skips that of any other.
    fn look_at(
        &mut self,
        schema: &KeySchema,
        name: &str,
        reader: &mut Reader<'_>,
    ) -> Result<(), DecodeError> {
        if name == schema.partition.name {
            self.partition.push_str(reader.raw()?);
        } else if schema.sort.is_some_and(|key| key.name == name) {
            self.sort.push_str(reader.raw()?);
        } else {
            reader.skip()?;
        }
        Ok(())
    }

    /// The key of each item, in the order of the items; `None` where one is stored under another than its fields say, or
    /// in another form.
    pub fn as_stored(&self) -> Option<impl Iterator<Item = &[u8]>> {
        let start = |place: usize| place.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let piece = move |(place, end): (usize, &usize)| {
            self.json.as_bytes().get(start(place).unwrap_or_default()..*end).unwrap_or_default()
        };
        self.are_as_stored.then(|| self.ends.iter().enumerate().map(piece))
    }
}

/// The batch of a request for items of several tables. `definition_of` knows the tables by the names that were sent;
/// `item` is given the table's name, the key as [`canonical_key`] gives it, and the item.
///
/// # Errors
/// When the response is not DynamoDB's, names a table that was not asked for, or `item` refuses one.
pub fn response_of_tables<T>(
    body: &[u8],
    definition_of: impl Fn(&str) -> Option<&'static TableDefinition>,
    item: impl Fn(&str, Vec<u8>, &mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<Answer<Batch<T, Unprocessed>>, DecodeError> {
    let key_in = |table: &str, json: &str| {
        let definition = definition_of(table)
            .ok_or_else(|| DecodeError::new("the answer names a table that was not asked for"))?;
        canonical_key(json.as_bytes(), definition)
    };
    read(
        body,
        0,
        |table, reader| {
            let json = reader.raw()?;
            item(table, key_in(table, json)?, &mut Reader::from_text(json))
        },
        |table, reader| Ok(Unprocessed { table: table.to_owned(), key: key_in(table, reader.raw()?)? }),
    )
}

/// The keys of the items of a request for those of one model, as [`canonical_key`] gives them, in their order.
///
/// # Errors
/// When the response is not DynamoDB's.
pub fn item_keys(body: &[u8], definition: &TableDefinition) -> Result<Vec<Vec<u8>>, DecodeError> {
    let key = |_: &str, reader: &mut Reader<'_>| canonical_key(reader.raw()?.as_bytes(), definition);
    Ok(read(body, 0, key, key)?.value.items)
}

fn read<T, K>(
    body: &[u8],
    expected: usize,
    item: impl Fn(&str, &mut Reader<'_>) -> Result<T, DecodeError>,
    key: impl Fn(&str, &mut Reader<'_>) -> Result<K, DecodeError>,
) -> Result<Answer<Batch<T, K>>, DecodeError> {
    let mut batch = Batch { items: Vec::with_capacity(expected), unprocessed: Vec::new() };
    let mut is_answered = false;
    let answer = envelope::read(body, |reader, member| match &*member {
        "Responses" => {
            is_answered = true;
            reader.object(|reader, table| {
                reader.array(|reader, index| {
                    let item = item(&table, reader);
                    batch.items.push(item.map_err(|error| error.at_index(index).in_attribute("Responses"))?);
                    Ok(())
                })
            })
        }
        "UnprocessedKeys" => reader.object(|reader, table| {
            reader.object(|reader, member| match &*member {
                "Keys" => reader.array(|reader, _| {
                    batch.unprocessed.push(key(&table, reader)?);
                    Ok(())
                }),
                _ => reader.skip(),
            })
        }),
        _ => reader.skip(),
    })?;
    if !is_answered {
        // Without it, every key would count as one of no item.
        return Err(DecodeError::new("missing member").in_attribute("Responses"));
    }
    Ok(Answer::new(batch, answer.consumed_capacity))
}

#[cfg(test)]
mod tests {
    use super::request;

    #[test]
    fn names_each_key_once_and_the_table_of_all() {
        let keys: [&[u8]; 2] = [br#"{"pk":{"S":"a"}}"#, br#"{"pk":{"S":"b"}}"#];

        let body = String::from_utf8(request(keys.into_iter().map(|key| ("notes", key)), &[], true)).unwrap();

        assert_eq!(
            body,
            r#"{"RequestItems":{"notes":{"Keys":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}],"ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"}"#
        );
    }

    #[test]
    fn names_each_table_once() {
        let key: &[u8] = br#"{"pk":{"S":"a"}}"#;

        let body =
            String::from_utf8(request([("notes", key), ("tags", key)].into_iter(), &[], false)).unwrap();

        assert_eq!(
            body,
            r#"{"RequestItems":{"notes":{"Keys":[{"pk":{"S":"a"}}]},"tags":{"Keys":[{"pk":{"S":"a"}}]}},"ReturnConsumedCapacity":"TOTAL"}"#
        );
    }

    #[test]
    fn names_what_it_reads_of_each_table() {
        let key: &[u8] = br#"{"pk":{"S":"a"}}"#;

        let keys = [("notes", key), ("tags", key)].into_iter();
        let body = String::from_utf8(request(keys, &["text", "pk"], true)).unwrap();

        let of_table = r##"{"Keys":[{"pk":{"S":"a"}}],"ConsistentRead":true,"ProjectionExpression":"#n0, #n1","ExpressionAttributeNames":{"#n0":"text","#n1":"pk"}}"##;
        assert_eq!(
            body,
            format!(
                r#"{{"RequestItems":{{"notes":{of_table},"tags":{of_table}}},"ReturnConsumedCapacity":"TOTAL"}}"#
            )
        );
    }
}
