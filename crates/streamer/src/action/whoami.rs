//! `whoami`: says who the client is to the server.

use serde_json::{Value, json};

use super::caller::Caller;

pub(super) fn data(caller: &Caller) -> Value {
    json!({
        "connection_id": caller.connection_id,
        "user_id": caller.identity.user_id,
        "tenant_id": caller.identity.tenant_id,
        "permissions": caller.identity.permissions,
    })
}
