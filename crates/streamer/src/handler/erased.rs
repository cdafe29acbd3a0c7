//! Handlers of any types, side by side.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use streamer_store::Json;

use super::{
    context::Context,
    contract::{Handler, Mode},
    failure::HandlerError,
};
use crate::protocol::{Code, Failure};

/// A handler whose payload and output are JSON text.
pub(crate) trait ErasedHandler: Send + Sync {
    fn mode(&self) -> Mode;
    fn permission(&self) -> Option<&str>;
    fn validate(&self, payload: &str) -> Result<(), Failure>;
    fn time_limit(&self) -> Duration;
    fn max_retries(&self) -> u32;
    fn retry_pause(&self, tries: u32) -> Option<Duration>;
    fn handle<'a>(
        &'a self,
        payload: &'a str,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Json, HandlerError>>;
}

impl<H: Handler> ErasedHandler for H {
    fn mode(&self) -> Mode {
        Handler::mode(self)
    }

    fn permission(&self) -> Option<&str> {
        Handler::permission(self)
    }

    fn validate(&self, payload: &str) -> Result<(), Failure> {
        Handler::validate(self, &read::<H::Payload>(payload)?)
    }

    fn time_limit(&self) -> Duration {
        Handler::time_limit(self)
    }

    fn max_retries(&self) -> u32 {
        Handler::max_retries(self)
    }

    fn retry_pause(&self, tries: u32) -> Option<Duration> {
        Handler::retry_pause(self, tries)
    }

    fn handle<'a>(
        &'a self,
        payload: &'a str,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Json, HandlerError>> {
        Box::pin(async move {
            // It was checked when it was submitted; by the command line it was not, or by another version of the handler.
            let payload = read::<H::Payload>(payload)
                .map_err(|failure| HandlerError::new(failure.code, failure.message, false))?;
            let output = Handler::handle(self, payload, context).await?;
            Json::of(&output).map_err(|error| HandlerError::fail(format!("the result is {error}")))
        })
    }
}

fn read<T: DeserializeOwned>(payload: &str) -> Result<T, Failure> {
    serde_json::from_str(payload).map_err(|error| {
        Failure::new(Code::ValidationError, format!("`payload` does not fit: {error}"))
            .with_details(serde_json::json!({ "field": "payload" }))
    })
}
