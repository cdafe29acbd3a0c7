//! Protocol, version 1: JSON text frames over WebSocket, in snake case.

mod code;
mod data;
mod limits;
mod message;
mod outgoing;
mod rate;
mod request_id;

pub use code::{Code, Failure};
pub use data::Data;
pub use limits::{
    ACTION_CHARACTERS, FRAME_BYTES, MESSAGE_BURST, MESSAGE_BYTES, MESSAGES_PER_SECOND, REFUSAL_BURST,
    REQUEST_ID_CHARACTERS,
};
pub use message::{Message, Payload, Rejection};
pub use outgoing::{Acknowledged, Outgoing, epoch_seconds};
pub use rate::RateLimit;
pub use request_id::{InvalidRequestId, RequestId};

/// The WebSocket subprotocol's name: what a client offers, and what the server selects.
pub const SUBPROTOCOL: &str = "streamer.v1";
