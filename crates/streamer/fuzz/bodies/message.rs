//! A text frame as any client may send it.

use serde_json::Value;
use streamer::protocol::{
    ACTION_CHARACTERS, Code, FRAME_BYTES, MESSAGE_BYTES, Message, Outgoing, REQUEST_ID_CHARACTERS,
};

/// Reads a message, and holds it, or what refuses it, to what the protocol says.
pub fn message(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let id_alone = Message::request_id(text);
    match Message::parse(text) {
        Ok(message) => {
            assert!(text.len() <= MESSAGE_BYTES);
            assert!((1..=REQUEST_ID_CHARACTERS).contains(&message.id.as_str().chars().count()));
            assert!((1..=ACTION_CHARACTERS).contains(&message.action.chars().count()));
            assert!(message.payload.as_json().starts_with('{'));
            // Nesting beyond what is read as a tree is refused, and anything else is an object.
            if let Ok(payload) = message.payload.read::<Value>() {
                assert!(payload.is_object());
                is_told(&Outgoing::response(message.id.clone(), payload));
            }
            assert!(id_alone.is_none_or(|id| id == message.id));
        }
        Err(rejection) => {
            let expected = if text.len() > MESSAGE_BYTES { Code::TooLarge } else { Code::ValidationError };
            assert_eq!(rejection.failure.code, expected);
            is_told(&rejection.into());
        }
    }
}

/// What is sent is JSON with its type, and fits into a frame.
fn is_told(answer: &Outgoing) {
    let frame = answer.to_frame();
    assert!(frame.len() <= FRAME_BYTES);
    let read: Value = serde_json::from_str(&frame).expect("JSON");
    assert!(read["type"].is_string());
}
