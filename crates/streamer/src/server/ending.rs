//! How a connection ends, and the close frame that says so.

use tokio_tungstenite::tungstenite::{
    Error as SocketError,
    error::ProtocolError,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

/// Closed because the token ended: connect again with a new one.
const CLOSE_TOKEN_ENDED: u16 = 4401;
/// Closed because the connection's item was deleted, by an operator or as stale.
const CLOSE_REMOVED: u16 = 4404;
/// Closed because the client gave no sign of life, or does not read.
const CLOSE_TIMEOUT: u16 = 4408;
/// Closed because the client goes on sending too much.
const CLOSE_TOO_MANY: u16 = 4429;

/// Why a connection ends. Private codes are from the range that RFC 6455 leaves to applications, and their
/// last three digits are those of the HTTP status with the same meaning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ending {
    /// The client closed it.
    Closed,
    /// The transport is gone.
    Lost,
    /// The server stops.
    Shutdown,
    /// The token ended.
    TokenEnded,
    /// The connection's item is gone.
    Removed,
    /// No sign of life for several heartbeats.
    Silent,
    /// The client does not read what it is sent.
    SlowReader,
    /// The client sends too many messages, however often it is told.
    TooMany,
    /// A message too large to be read.
    TooLarge,
    /// A text frame that is not UTF-8.
    NotText,
    /// Anything else that WebSocket forbids.
    ProtocolViolation,
}

impl Ending {
    /// Returns the close frame for it; `None` when there is nobody left to read one.
    pub(super) fn close_frame(self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            Self::Closed | Self::Lost => return None,
            Self::Shutdown => (CloseCode::Away, "the server stops; connect again"),
            Self::TokenEnded => (CloseCode::Library(CLOSE_TOKEN_ENDED), "the token has ended"),
            Self::Removed => (CloseCode::Library(CLOSE_REMOVED), "the connection was removed"),
            Self::Silent => (CloseCode::Library(CLOSE_TIMEOUT), "no sign of life"),
            Self::SlowReader => (CloseCode::Library(CLOSE_TIMEOUT), "messages are not read"),
            Self::TooMany => (CloseCode::Library(CLOSE_TOO_MANY), "too many messages"),
            Self::TooLarge => (CloseCode::Size, "the message is too large"),
            Self::NotText => (CloseCode::Invalid, "a text frame must be UTF-8"),
            Self::ProtocolViolation => (CloseCode::Protocol, "not a WebSocket frame"),
        };
        Some(CloseFrame { code, reason: reason.into() })
    }

    /// Returns its name in the metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Lost => "lost",
            Self::Shutdown => "shutdown",
            Self::TokenEnded => "token_ended",
            Self::Removed => "removed",
            Self::Silent => "silent",
            Self::SlowReader => "slow_reader",
            Self::TooMany => "too_many_messages",
            Self::TooLarge => "too_large",
            Self::NotText => "not_text",
            Self::ProtocolViolation => "protocol",
        }
    }

    /// Whether the stream can no longer be read frame by frame.
    pub(super) fn breaks_framing(self) -> bool {
        matches!(self, Self::TooLarge | Self::NotText | Self::ProtocolViolation)
    }
}

impl From<SocketError> for Ending {
    fn from(error: SocketError) -> Self {
        match error {
            SocketError::ConnectionClosed => Self::Closed,
            SocketError::Capacity(_) => Self::TooLarge,
            SocketError::Utf8(_) => Self::NotText,
            SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Lost,
            SocketError::Protocol(_) => Self::ProtocolViolation,
            _ => Self::Lost,
        }
    }
}
