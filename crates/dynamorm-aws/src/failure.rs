use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{ConnectorError, SdkError},
};
use bytes::Bytes;
use dynamorm_core::transport::{TransportError, TransportErrorKind};
use http_body_util::LengthLimitError;

use crate::{
    answer_checksum::ChecksumError, cause, endpoint::EndpointError, throttling_causes::throttling_causes,
};

/// An answer other than success that came in whole.
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    /// The error's name, in the body or a header.
    pub(crate) code: Option<String>,
}

/// What the caller is told of a request that was sent `attempts` times and did not succeed; `refused` is the
/// answer, where one came in whole.
pub(crate) fn told<E>(
    error: SdkError<E, HttpResponse>,
    refused: Option<Refusal>,
    attempts: u32,
) -> TransportError
where
    E: StdError + Send + Sync + 'static,
{
    let (kind, message) = match &error {
        SdkError::ServiceError(_) => match refused {
            Some(refusal) => return answered(refusal, attempts),
            None => (TransportErrorKind::Malformed, "the answer cannot be read"),
        },
        SdkError::TimeoutError(_) if attempts == 0 => {
            (TransportErrorKind::Timeout, "the request could not be signed and sent in time")
        }
        SdkError::TimeoutError(_) => (TransportErrorKind::Timeout, "no answer in time"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            (TransportErrorKind::Timeout, "no answer in time")
        }
        SdkError::ResponseError(_) if cause::find::<ChecksumError>(&error).is_some() => {
            (TransportErrorKind::Malformed, "the answer was damaged on its way")
        }
        SdkError::ResponseError(_) if cause::find::<LengthLimitError>(&error).is_some() => {
            (TransportErrorKind::Malformed, "the answer is longer than any of DynamoDB's")
        }
        SdkError::ResponseError(_) => (TransportErrorKind::Unavailable, "the answer broke off"),
        _ if cause::find::<CredentialsError>(&error).is_some() => {
            (TransportErrorKind::Denied, "there are no credentials to sign the request with")
        }
        _ if cause::find::<EndpointError>(&error).is_some() => {
            (TransportErrorKind::Validation, "the configuration gives the request no endpoint")
        }
        SdkError::DispatchFailure(failure)
            if failure.as_connector_error().is_some_and(|error| cause::is_never_connected(error)) =>
        {
            (TransportErrorKind::Unavailable, "the endpoint cannot be reached")
        }
        SdkError::DispatchFailure(_) if attempts > 0 => {
            (TransportErrorKind::Unavailable, "the connection was lost before the answer")
        }
        // An endpoint was found: what fails between that and the sending is the identity, such as a provider that is
        // silent, or the signature.
        SdkError::DispatchFailure(_) => {
            (TransportErrorKind::Denied, "there are no credentials to sign the request with")
        }
        _ => (TransportErrorKind::Validation, "the request cannot be sent"),
    };
    let message = match reason(&error) {
        Some(reason) => format!("{message}: {reason}"),
        None => message.to_owned(),
    };
    let told = TransportError::new(kind, message).with_attempts(attempts);
    match error.into_source() {
        Ok(source) => told.with_source(source),
        Err(_) => told,
    }
}

/// What an error of DynamoDB's says, with the causes where it throttled.
///
/// What stands before DynamoDB may name the error in a header alone.
fn answered(refusal: Refusal, attempts: u32) -> TransportError {
    let Refusal { status, body, code } = refusal;
    let mut told = TransportError::from_answer(status, body, attempts);
    if let (TransportErrorKind::Malformed, Some(code)) = (told.kind, code) {
        told.kind = TransportErrorKind::from_name(&code, status);
        told.message = code;
    }
    if told.kind == TransportErrorKind::Throttled
        && let Some(causes) = throttling_causes(&told.body)
    {
        told.message = format!("{} ({causes})", told.message);
    }
    told
}

/// What is wrong, in words that lead to the remedy.
fn reason(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(error) = cause::find::<EndpointError>(error) {
        return Some(error.to_string());
    }
    if let Some(error) = cause::find::<CredentialsError>(error) {
        // The error itself says of which kind it is, its source what happened.
        return Some(error.source().map_or_else(|| error.to_string(), ToString::to_string));
    }
    // Refused, not resolved, a certificate that is not trusted, an answer that is no HTTP.
    let connector = cause::find::<ConnectorError>(error)?;
    Some(cause::innermost(connector).to_string())
}
