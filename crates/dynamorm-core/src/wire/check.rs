use std::sync::LazyLock;

use base64::Engine;
use memchr::memmem;

use crate::{
    codec::{DecodeError, Reader, Tag},
    error::{Error, ErrorKind},
    key::check_key_value,
    limits::{MAX_ITEM_BYTES, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES},
    model::{Model, PrimaryKey, TableDefinition, encoded_key},
};

/// Checks an encoded item against DynamoDB's limits before it is sent: its size, the lengths of its keys, no empty
/// text or bytes as a key.
///
/// # Errors
/// [`ErrorKind::TooLarge`], or [`ErrorKind::Validation`] naming the key attribute.
pub fn check_item(json: &[u8], table: &TableDefinition) -> Result<(), Error> {
    Reader::new(json)?
        .item(|reader, name| {
            if table.primary_key.partition.name == name {
                return check_key_value(reader, MAX_PARTITION_KEY_BYTES);
            }
            if table.primary_key.sort.is_some_and(|sort| sort.name == name) {
                return check_key_value(reader, MAX_SORT_KEY_BYTES);
            }
            match index_key_limit(table, &name) {
                Some(limit) => check_key_value(reader, limit),
                None => reader.skip(),
            }
        })
        .map_err(refused)?;
    // The JSON is longer than what DynamoDB counts, so that short ones need no counting.
    if json.len() > MAX_ITEM_BYTES {
        let size = item_size(json)?;
        if size > MAX_ITEM_BYTES {
            let message = format!("item is {size} bytes; the limit is {MAX_ITEM_BYTES}");
            return Err(Error::new(ErrorKind::TooLarge { size, limit: MAX_ITEM_BYTES }, message));
        }
    }
    Ok(())
}

/// Finds the end of an empty text or of empty bytes. Made once: to make it costs more than to look through a key.
static EMPTY_VALUE: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b":\"\"}"));

/// Checks an encoded primary key against DynamoDB's limits before it is sent.
///
/// # Errors
/// [`ErrorKind::Validation`] naming the key attribute.
pub fn check_key(json: &[u8], table: &TableDefinition) -> Result<(), Error> {
    // Nearly all keys are short as a whole. Only an empty text or empty bytes read `:""}`: within a text, a quote is
    // escaped.
    if json.len() <= MAX_SORT_KEY_BYTES && EMPTY_VALUE.find(json).is_none() {
        return Ok(());
    }
    Reader::new(json)?
        .item(|reader, name| {
            let is_partition = table.primary_key.partition.name == name;
            let limit = if is_partition { MAX_PARTITION_KEY_BYTES } else { MAX_SORT_KEY_BYTES };
            check_key_value(reader, limit)
        })
        .map_err(refused)
}

/// The key attributes of a primary key, checked as [`check_key`] does.
///
/// # Errors
/// As [`check_key`], or when DynamoDB has no such value.
pub fn checked_key<K: PrimaryKey>(key: &K) -> Result<Vec<u8>, Error> {
    let json = encoded_key(key)?;
    check_key(&json, K::Model::TABLE)?;
    Ok(json)
}

/// Checks the encoded value that an update gives an index-key attribute; values of other attributes pass.
///
/// # Errors
/// [`ErrorKind::Validation`] naming the attribute.
pub fn check_index_key(attribute: &str, json: &[u8], table: &TableDefinition) -> Result<(), Error> {
    let Some(limit) = index_key_limit(table, attribute) else { return Ok(()) };
    let mut reader = Reader::new(json)?;
    check_key_value(&mut reader, limit).map_err(|error| refused(error.in_attribute(attribute.to_owned())))
}

fn index_key_limit(table: &TableDefinition, attribute: &str) -> Option<usize> {
    table.indexes.iter().find_map(|index| {
        if index.key.partition.name == attribute {
            Some(MAX_PARTITION_KEY_BYTES)
        } else {
            index.key.sort.is_some_and(|sort| sort.name == attribute).then_some(MAX_SORT_KEY_BYTES)
        }
    })
}

fn refused(error: DecodeError) -> Error {
    Error::new(ErrorKind::Validation, error.to_string())
}

/// The bytes that DynamoDB counts for an encoded item: names and values, three more for each list and map and one
/// for each of their elements.
///
/// Source: [DynamoDB item sizes and formats](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
///
/// # Errors
/// When `json` is not an item.
pub fn item_size(json: &[u8]) -> Result<usize, DecodeError> {
    let mut size = 0;
    Reader::new(json)?.item(|reader, name| {
        size += name.len() + value_size(reader)?;
        Ok(())
    })?;
    Ok(size)
}

fn value_size(reader: &mut Reader<'_>) -> Result<usize, DecodeError> {
    let mut size = 0;
    match reader.tag()? {
        Tag::S => size = reader.string()?.len(),
        Tag::N => size = number_size(&reader.number()?),
        Tag::B => size = reader.binary()?.len(),
        Tag::Bool | Tag::Null => {
            reader.skip()?;
            size = 1;
        }
        Tag::L => {
            size = 3;
            reader.list(|reader, _| {
                size += 1 + value_size(reader)?;
                Ok(())
            })?;
        }
        Tag::M => {
            size = 3;
            reader.map(|reader, name| {
                size += 1 + name.len() + value_size(reader)?;
                Ok(())
            })?;
        }
        tag @ Tag::Ss => reader.set(tag, |member| {
            size += member.len();
            Ok(())
        })?,
        tag @ Tag::Ns => reader.set(tag, |member| {
            size += number_size(&member);
            Ok(())
        })?,
        tag @ Tag::Bs => reader.set(tag, |member| {
            size += base64::engine::general_purpose::STANDARD
                .decode(member.as_bytes())
                .map_err(|_| DecodeError::new("not base64"))?
                .len();
            Ok(())
        })?,
    }
    Ok(size)
}

/// About one byte for two significant digits, one more, and one for a sign.
fn number_size(digits: &str) -> usize {
    let mantissa = digits.split(['e', 'E']).next().unwrap_or_default();
    let significant: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = significant.trim_matches('0').len();
    significant.div_ceil(2) + 1 + usize::from(digits.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::item_size;

    #[test]
    fn counts_names_values_and_the_overhead_of_documents() {
        let item = br#"{"pk":{"S":"abc"},"n":{"N":"-1234"},"l":{"L":[{"BOOL":true},{"NULL":true}]},"b":{"B":"AAEC"}}"#;

        assert_eq!(item_size(item), Ok((2 + 3) + (1 + 4) + (1 + 3 + 2 + 2) + (1 + 3)));
    }
}
