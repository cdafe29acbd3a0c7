use crate::codec::{DecodeError, Reader, Tag};

/// Reads a key attribute's value and checks that it can be one: S, N or B, not empty, of at most `limit` bytes.
///
/// # Errors
/// What is wrong with it.
pub fn check_key_value(reader: &mut Reader<'_>, limit: usize) -> Result<(), DecodeError> {
    let length = match reader.tag()? {
        Tag::S => reader.string()?.len(),
        Tag::B => reader.binary()?.len(),
        Tag::N => return reader.skip(),
        Tag::Bool | Tag::Null | Tag::L | Tag::M | Tag::Ss | Tag::Ns | Tag::Bs => {
            return Err(DecodeError::new("a key attribute must be S, N or B"));
        }
    };
    match length {
        0 => Err(DecodeError::new("a key attribute cannot be empty")),
        length if length > limit => {
            Err(DecodeError::new(format!("the key is {length} bytes; the limit is {limit}")))
        }
        _ => Ok(()),
    }
}
