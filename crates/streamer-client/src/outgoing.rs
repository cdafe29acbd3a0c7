//! What the client sends: `{"id", "action", "payload"?}`.

use serde::Serialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use uuid::Uuid;

use crate::error::{Error, ErrorKind, Result};

/// The most bytes of a message, as the protocol has it.
pub(crate) const MESSAGE_BYTES: usize = 128 * 1024;

/// The most characters of an id or of an action's name, as the protocol has it.
const NAME_CHARACTERS: usize = 128;

#[derive(Serialize)]
struct Outgoing<'a> {
    id: &'a str,
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Box<RawValue>>,
}

/// Makes an id: a UUID of version 7, so that ids sort by the time they were made.
pub(crate) fn generate_id() -> String {
    Uuid::now_v7().to_string()
}

/// Writes a message; a payload of nothing (`()`, `None`) is left out.
pub(crate) fn message<P: Serialize + ?Sized>(id: &str, action: &str, payload: &P) -> Result<Utf8Bytes> {
    check_name("the request's id", id)?;
    check_name("the action's name", action)?;
    let unusable =
        |error| Error::caused_by(ErrorKind::Invalid, "the payload cannot be written as JSON", error);
    let payload = serde_json::value::to_raw_value(payload).map_err(unusable)?;
    let payload = match payload.get() {
        "null" => None,
        text if text.starts_with('{') => Some(payload),
        _ => return Err(Error::invalid("the payload is not a JSON object")),
    };
    let text = serde_json::to_string(&Outgoing { id, action, payload }).map_err(unusable)?;
    if text.len() > MESSAGE_BYTES {
        let (size, limit) = (text.len(), MESSAGE_BYTES);
        return Err(Error::new(
            ErrorKind::TooLarge { size, limit },
            format!("the message has {size} bytes; the limit is {limit}"),
        ));
    }
    Ok(text.into())
}

pub(crate) fn check_name(what: &str, name: &str) -> Result<()> {
    match name.chars().count() {
        0 => Err(Error::invalid(format!("{what} is empty"))),
        1..=NAME_CHARACTERS => Ok(()),
        characters => {
            Err(Error::invalid(format!("{what} has {characters} characters; the limit is {NAME_CHARACTERS}")))
        }
    }
}
