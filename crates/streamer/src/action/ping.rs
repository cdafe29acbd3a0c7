//! `ping`: says that the server is there.

use serde_json::{Value, json};

use crate::protocol::epoch_seconds;

pub(super) fn data() -> Value {
    json!({ "pong": true, "timestamp": epoch_seconds() })
}
