//! What a client is told of an error of the store.

use serde_json::json;
use streamer_store::{Error, ErrorKind};

use crate::protocol::{Code, Failure};

/// A store's error as a client is told it: what it can mend by name, everything else as the server's own.
pub(super) fn refusal(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::Validation { field } => Failure::invalid(field, format!("`{field}` is not valid")),
        ErrorKind::NotFound => not_found(),
        ErrorKind::AlreadyExists => Failure::new(
            Code::AlreadyExists,
            "the id stands for a request with another action or payload; choose another id",
        ),
        ErrorKind::TooLarge { .. } => {
            Failure::new(Code::TooLarge, "the request is larger than 400 KB, which is what can be stored")
        }
        ErrorKind::IllegalTransition { from, .. } => {
            Failure::new(Code::ValidationError, format!("the request is {from}"))
                .with_details(json!({ "field": "request_id", "status": from.name() }))
        }
        ErrorKind::Cursor => Failure::invalid("cursor", "`cursor` is not one that this list gave"),
        _ => {
            tracing::error!(%error, "a message cannot be answered");
            let failure = Failure::new(Code::InternalError, "the server cannot do it now");
            // The same message may be sent again with its id: what is stored already is not stored twice.
            failure.with_details(json!({ "is_retryable": error.is_retryable() }))
        }
    }
}

pub(super) fn not_found() -> Failure {
    Failure::new(Code::NotFound, "there is no such request")
}
