//! `echo_async`: the payload comes back, by the queue.

use serde_json::value::RawValue;

use crate::handler::{Context, Handler, HandlerError};

/// Ends with the payload as its result, to the letter, once a worker has taken it.
#[derive(Clone, Copy, Debug)]
pub struct EchoAsync;

impl Handler for EchoAsync {
    type Payload = Box<RawValue>;
    type Output = Box<RawValue>;

    fn action(&self) -> &str {
        "echo_async"
    }

    async fn handle(&self, payload: Box<RawValue>, _: &Context) -> Result<Box<RawValue>, HandlerError> {
        Ok(payload)
    }
}
