//! Maps from strings are M. An entry is never left out: `None` is written as NULL.

use std::{
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
};

use super::{Attribute, DecodeError, EncodeError, Reader, Writer};

/// For how many entries a hash map makes room with the first, as a `Vec` does: the fourth would move the first three.
const FIRST_ENTRIES: usize = 4;

impl<T: Attribute> Attribute for BTreeMap<String, T> {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        encode_map(self, writer)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut map = Self::new();
        decode_map(reader, |name, value| {
            map.insert(name, value);
        })?;
        Ok(map)
    }
}

impl<T: Attribute, S: BuildHasher + Default> Attribute for HashMap<String, T, S> {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        encode_map(self, writer)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut map = Self::default();
        decode_map(reader, |name, value| {
            if map.is_empty() {
                map.reserve(FIRST_ENTRIES);
            }
            map.insert(name, value);
        })?;
        Ok(map)
    }
}

fn encode_map<'t, T: Attribute + 't>(
    entries: impl IntoIterator<Item = (&'t String, &'t T)>,
    writer: &mut Writer,
) -> Result<(), EncodeError> {
    writer.open_map();
    for (name, value) in entries {
        writer.member(name);
        value.encode(writer).map_err(|error| error.in_attribute(name.clone()))?;
    }
    writer.close_map();
    Ok(())
}

fn decode_map<T: Attribute>(
    reader: &mut Reader<'_>,
    mut insert: impl FnMut(String, T),
) -> Result<(), DecodeError> {
    reader.map(|reader, name| {
        insert(name.into_owned(), T::decode(reader)?);
        Ok(())
    })
}
