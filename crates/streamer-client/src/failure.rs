//! What the server says went wrong.

use serde::Deserialize;
use serde_json::Value;

use crate::code::Code;

/// The `error` of an error message.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Failure {
    /// What to branch on.
    pub code: Code,
    /// What people read. It may change; programs use the code.
    pub message: String,
    /// Facts that belong to the code, such as the limit that was passed.
    #[serde(default)]
    pub details: Option<Value>,
}
