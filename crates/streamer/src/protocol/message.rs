//! What a client sends: `{"id"?, "action", "payload"?}`.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{json, value::RawValue};

use super::{
    code::{Code, Failure},
    limits::{ACTION_CHARACTERS, MESSAGE_BYTES},
    request_id::RequestId,
};

/// A message that follows the protocol.
#[derive(Clone, Debug)]
pub struct Message {
    /// The request's id: the client's, or one made here.
    pub id: RequestId,
    /// What is asked for; not checked to exist.
    pub action: String,
    /// What the action is given.
    pub payload: Payload,
}

/// A message's payload: a JSON object, kept as the text it came as, so that no number in it is rounded.
#[derive(Clone, Debug, Default)]
pub struct Payload(Option<Box<RawValue>>);

/// A message that is refused: the failure, and the id to answer with when one could be read or was made.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// The id that the answer carries.
    pub request_id: Option<RequestId>,
    /// What the answer says.
    pub failure: Failure,
}

impl Message {
    /// Reads one text frame.
    ///
    /// Members that the protocol does not name are ignored, and `null` counts as absent. A message without an
    /// id gets one. The cost is linear in the text, whatever its nesting.
    ///
    /// # Errors
    /// A [`Rejection`] with [`Code::TooLarge`] for more than [`MESSAGE_BYTES`], otherwise with
    /// [`Code::ValidationError`].
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let envelope = Envelope::read(text);
        // A message that is too large is answered by its id, so that the client learns which one it was.
        let id = match &envelope {
            Ok(envelope) => envelope.id(),
            Err(_) => Ok(None),
        };
        if text.len() > MESSAGE_BYTES {
            return Err(Rejection { request_id: id.unwrap_or_default(), failure: too_large(text.len()) });
        }
        let envelope = envelope.map_err(|failure| Rejection { request_id: None, failure })?;
        let id = id
            .map_err(|failure| Rejection { request_id: None, failure })?
            .unwrap_or_else(RequestId::generate);
        match (envelope.action(), envelope.payload()) {
            (Ok(action), Ok(payload)) => Ok(Self { id, action, payload }),
            (Err(failure), _) | (_, Err(failure)) => Err(Rejection { request_id: Some(id), failure }),
        }
    }
}

impl Message {
    /// Reads the id alone, to refuse a message by it; `None` where there is no valid one or the message is too large.
    pub fn request_id(text: &str) -> Option<RequestId> {
        if text.len() > MESSAGE_BYTES {
            return None;
        }
        Envelope::read(text).ok()?.id().ok()?
    }
}

impl Payload {
    /// Returns the JSON text; an absent payload is `{}`.
    pub fn as_json(&self) -> &str {
        self.0.as_deref().map_or("{}", RawValue::get)
    }

    /// Reads the payload as `T`.
    ///
    /// # Errors
    /// A [`Code::ValidationError`] that says what does not fit, or that it is nested deeper than 128 levels.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(self.as_json())
            .map_err(|error| Failure::invalid("payload", format!("`payload` does not fit: {error}")))
    }
}

/// The members as they stand, so that a wrong one does not hide the id.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    action: Option<&'a RawValue>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    fn read(text: &'a str) -> Result<Self, Failure> {
        // Checked by hand: serde's derive would take an array as the members in order.
        if !text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
            return Err(Failure::new(Code::ValidationError, "a message is a JSON object"));
        }
        serde_json::from_str(text).map_err(|error| {
            Failure::new(Code::ValidationError, format!("the message is not valid: {error}"))
        })
    }

    fn id(&self) -> Result<Option<RequestId>, Failure> {
        let Some(raw) = self.id else { return Ok(None) };
        let text = text_of("id", raw)?;
        RequestId::new(text).map(Some).map_err(|error| Failure::invalid("id", error.to_string()))
    }

    fn action(&self) -> Result<String, Failure> {
        let Some(raw) = self.action else {
            return Err(Failure::invalid("action", "`action` is missing"));
        };
        let action = text_of("action", raw)?;
        match action.chars().count() {
            0 => Err(Failure::invalid("action", "`action` is empty")),
            1..=ACTION_CHARACTERS => Ok(action),
            characters => Err(Failure::invalid(
                "action",
                format!("`action` has {characters} characters; the limit is {ACTION_CHARACTERS}"),
            )),
        }
    }

    fn payload(&self) -> Result<Payload, Failure> {
        match self.payload {
            None => Ok(Payload::default()),
            Some(raw) if raw.get().starts_with('{') => Ok(Payload(Some(raw.to_owned()))),
            Some(_) => Err(Failure::invalid("payload", "`payload` must be an object")),
        }
    }
}

fn text_of(field: &str, raw: &RawValue) -> Result<String, Failure> {
    serde_json::from_str(raw.get())
        .map_err(|_| Failure::invalid(field, format!("`{field}` must be a text of valid Unicode")))
}

fn too_large(size: usize) -> Failure {
    Failure::new(Code::TooLarge, format!("the message has {size} bytes; the limit is {MESSAGE_BYTES}"))
        .with_details(json!({ "size": size, "limit": MESSAGE_BYTES }))
}
