//! The limits of what one client may send.

/// The most bytes of a message that is acted on: what Amazon API Gateway takes
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>). More is answered `TOO_LARGE`.
pub const MESSAGE_BYTES: usize = 128 * 1024;

/// The most bytes of a message that is read at all. More closes the connection with 1009.
pub const FRAME_BYTES: usize = 1024 * 1024;

/// The most characters of a request's id.
pub const REQUEST_ID_CHARACTERS: usize = 128;

/// The most characters of an action's name.
pub const ACTION_CHARACTERS: usize = 128;

/// The messages a second that one connection may send for long.
pub const MESSAGES_PER_SECOND: u32 = 50;

/// The messages that one connection may send at once.
pub const MESSAGE_BURST: u32 = 100;

/// The messages above its rate that one connection is told of at once, before it is closed with 4429. It fills again
/// at [`MESSAGES_PER_SECOND`].
pub const REFUSAL_BURST: u32 = 1000;
