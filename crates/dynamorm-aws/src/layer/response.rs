use std::{
    error::Error as StdError,
    fmt,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::{
    client::{
        interceptors::context::{Error as Erased, Output},
        orchestrator::{HttpResponse, OrchestratorError},
        ser_de::DeserializeResponse,
    },
    http::Headers,
};
use aws_smithy_types::{
    config_bag::ConfigBag,
    error::{ErrorMetadata, metadata::ProvideErrorMetadata},
};
use bytes::Bytes;
use hyper::body::Body as _;

use super::attempt::Assumed;
use crate::{
    answer_checksum::{self, CHECKSUM_HEADER},
    clock_skew::ClockSkew,
    failure::Refusal,
};

/// The JSON of a success.
pub(crate) struct Answered(pub(crate) Bytes);

/// An answer other than success.
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    /// The clock was found wrong and is corrected from now on: a request that is signed anew may succeed.
    pub(crate) is_clock_corrected: bool,
    metadata: ErrorMetadata,
}

/// Reads an answer as far as the transport has to: whether it is whole, and whether it is a success.
#[derive(Debug)]
pub(super) struct Deserializer {
    pub(super) clock_skew: ClockSkew,
    pub(super) time: SharedTimeSource,
}

impl DeserializeResponse for Deserializer {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        state: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Erased>> {
        let (body, code) = read(response)?;
        if response.status().is_success() {
            return Ok(Output::erase(Answered(body)));
        }
        let is_clock_corrected = code.as_deref().is_some_and(|code| {
            let date = response.headers().get("date");
            let assumed = state.load::<Assumed>().map(|assumed| assumed.0).unwrap_or_default();
            self.clock_skew.correct(code, date, self.time.now(), assumed)
        });
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let status = response.status().as_u16();
        let refused = Refused { status, body, is_clock_corrected, metadata: metadata.build() };
        Err(OrchestratorError::operation(Erased::erase(refused)))
    }
}

/// The body of an answer, which has to be whole, and the name of the error where it is one.
pub(crate) fn read(response: &HttpResponse) -> Result<(Bytes, Option<String>), OrchestratorError<Erased>> {
    let body = loaded(response);
    let checksum = response.headers().get_bytes(CHECKSUM_HEADER.as_str());
    answer_checksum::verify(checksum, &body).map_err(|error| OrchestratorError::response(error.into()))?;
    let code = if response.status().is_success() { None } else { code(response.headers(), &body) };
    Ok((body, code))
}

/// The bytes of a body that the orchestrator has loaded, without a copy.
fn loaded(response: &HttpResponse) -> Bytes {
    let Some(mut body) = response.body().try_clone() else { return Bytes::new() };
    match Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        _ => Bytes::new(),
    }
}

/// The name of an error: DynamoDB says it in the body, what stands before it may say it in a header.
fn code(headers: &Headers, body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        #[serde(rename = "__type")]
        name: Option<String>,
        code: Option<String>,
    }
    let named = serde_json::from_slice::<Named>(body).ok().and_then(|named| named.name.or(named.code));
    let name = match named {
        Some(name) => name,
        None => headers.get("x-amzn-errortype")?.to_owned(),
    };
    // `com.amazonaws.dynamodb.v20120810#ThrottlingException`, `ThrottlingException:http://…`
    let name = name.rsplit('#').next().unwrap_or(&name);
    Some(name.split(':').next().unwrap_or(name).to_owned())
}

impl Refused {
    /// Whether the answer is an error of DynamoDB's, by its name, and not of something that stands before it.
    pub(super) fn names_an_error(&self) -> bool {
        self.metadata.code().is_some()
    }

    pub(crate) fn to_refusal(&self) -> Refusal {
        let code = self.metadata.code().map(str::to_owned);
        Refusal { status: self.status, body: self.body.clone(), code }
    }
}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answered({} bytes)", self.0.len())
    }
}

impl fmt::Debug for Refused {
    /// Without the body, which may hold an item.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("status", &self.status)
            .field("code", &self.metadata.code())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP status {} ({})", self.status, self.metadata.code().unwrap_or("no error of DynamoDB"))
    }
}

impl StdError for Refused {}
