//! The bytes of a connection after its handshake.

use std::io::{self, Read, Write};

use streamer::protocol::FRAME_BYTES;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{Role, WebSocket, WebSocketConfig},
};

use super::message::message;

/// Bytes that came, and where answers go.
struct Wire<'a> {
    came: &'a [u8],
    sent: usize,
}

impl Read for Wire<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.came.read(into)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sent += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes the bytes apart as the server does, by its limits, and reads each message.
pub fn frames(data: &[u8]) {
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(4 * 1024)
        .max_write_buffer_size(FRAME_BYTES + 4 * 1024)
        .max_message_size(Some(FRAME_BYTES))
        .max_frame_size(Some(FRAME_BYTES));
    let wire = Wire { came: data, sent: 0 };
    let mut socket = WebSocket::from_raw_socket(wire, Role::Server, Some(config));
    // A frame has two bytes at least, so that there is an end of them before this.
    for _ in 0..=data.len() {
        match socket.read() {
            Ok(Message::Text(text)) => {
                assert!(text.len() <= FRAME_BYTES);
                message(text.as_bytes());
            }
            Ok(other) => assert!(other.len() <= FRAME_BYTES),
            Err(_) => {
                // Answers are pongs and a close, each no longer than what asked for it.
                assert!(socket.get_ref().sent <= 2 * data.len() + 128);
                return;
            }
        }
    }
    panic!("more frames than bytes");
}
