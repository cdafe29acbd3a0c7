use crate::error::Error;

/// Bytes of an id at most, so that its key stays under DynamoDB's 2,048 even where every character is escaped.
const MAX_ID_BYTES: usize = 512;

/// Refuses an id that cannot be one: empty, or too long for a key.
pub(crate) fn check_id(operation: &'static str, field: &'static str, id: &str) -> Result<(), Error> {
    if id.is_empty() {
        return Err(Error::validation(operation, field, format!("`{field}` is empty")));
    }
    // An endpoint is no key; a URL may be long.
    let limit = if field == "endpoint" { 4 * MAX_ID_BYTES } else { MAX_ID_BYTES };
    if id.len() > limit {
        let message = format!("`{field}` is {} bytes; the limit is {limit}", id.len());
        return Err(Error::validation(operation, field, message));
    }
    Ok(())
}
