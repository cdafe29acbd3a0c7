//! Who asks for an action.

use crate::auth::Identity;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The connection that the message came on.
    pub connection_id: &'a str,
    /// What its token proved.
    pub identity: &'a Identity,
}
