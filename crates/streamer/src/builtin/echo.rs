//! `echo`: the payload comes back, at once.

use serde_json::value::RawValue;

use crate::handler::{Context, Handler, HandlerError, Mode};

/// Answers with the payload, to the letter: no number is rounded, no member moved. Nothing is stored.
#[derive(Clone, Copy, Debug)]
pub struct Echo;

impl Handler for Echo {
    type Payload = Box<RawValue>;
    type Output = Box<RawValue>;

    fn action(&self) -> &str {
        "echo"
    }

    fn mode(&self) -> Mode {
        Mode::Immediate
    }

    async fn handle(&self, payload: Box<RawValue>, _: &Context) -> Result<Box<RawValue>, HandlerError> {
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::Echo;
    use crate::{
        builtin::{EchoAsync, attempt::Attempt},
        handler::{ErasedHandler, Mode},
    };

    #[tokio::test]
    async fn answers_with_the_payload_to_the_letter() {
        let attempt = Attempt::first().await;
        let payload =
            r#"{ "b": 1.10, "a": 123456789012345678901234567890.5e-3, "\u0041": [null, -0], "b": 1 }"#;

        for handler in [&Echo as &dyn ErasedHandler, &EchoAsync] {
            handler.validate(payload).unwrap();
            let result = handler.handle(payload, &attempt.context).await.unwrap();

            assert_eq!(result.as_str(), payload);
        }
    }

    #[test]
    fn is_carried_out_at_once_or_by_the_queue() {
        assert_eq!(ErasedHandler::mode(&Echo), Mode::Immediate);
        assert_eq!(ErasedHandler::mode(&EchoAsync), Mode::Queued);
    }
}
