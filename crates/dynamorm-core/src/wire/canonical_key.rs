use crate::{
    codec::{Decimal, DecodeError, Reader, Tag},
    model::TableDefinition,
};

/// A primary key in a form by which keys are compared, whoever wrote them.
///
/// An engine that hands a key back may write it otherwise than it was sent: its attributes in another order, characters
/// escaped or not, a number with other zeros.
///
/// # Errors
/// When `json` is not a key of `table`: an attribute is missing, or of a type that no key has.
pub fn canonical_key(json: &[u8], table: &TableDefinition) -> Result<Vec<u8>, DecodeError> {
    let mut values: [Option<Vec<u8>>; 2] = [None, None];
    let schema = table.primary_key;
    Reader::new(json)?.item(|reader, name| {
        let place = match schema.attributes().position(|attribute| attribute.name == name) {
            Some(place) => place,
            None => return reader.skip(),
        };
        values[place] = Some(canonical_value(reader)?);
        Ok(())
    })?;
    let mut key = Vec::with_capacity(json.len());
    for (attribute, value) in schema.attributes().zip(values) {
        let value = value
            .ok_or_else(|| DecodeError::new("a key attribute is missing").in_attribute(attribute.name))?;
        // The length keeps two values apart whatever they hold.
        key.extend_from_slice(&(value.len() as u64).to_be_bytes());
        key.extend_from_slice(&value);
    }
    Ok(key)
}

fn canonical_value(reader: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
    Ok(match reader.tag()? {
        Tag::S => reader.string()?.as_bytes().to_vec(),
        Tag::B => reader.binary()?,
        Tag::N => {
            let digits = reader.number()?;
            let number: Decimal =
                digits.parse().map_err(|_| DecodeError::new("not a number that DynamoDB can hold"))?;
            number.to_string().into_bytes()
        }
        tag => return Err(DecodeError::new(format!("no key is of the type {tag}"))),
    })
}
