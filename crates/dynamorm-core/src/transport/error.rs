use std::{error::Error as StdError, fmt};

use bytes::Bytes;

/// Why a call of an engine did not succeed.
///
/// `Debug` and `Display` never show an item: an error's body may hold one.
pub struct TransportError {
    /// What to branch on.
    pub kind: TransportErrorKind,
    /// The engine's words, where it gave any. They may name attributes and tables, never values.
    pub message: String,
    /// The error's JSON where the engine answered with one: it holds the stored item of a failed condition (`Item`)
    /// and a transaction's reasons (`CancellationReasons`).
    pub body: Bytes,
    /// How many times the request was sent: 0 if it never was.
    pub attempts: u32,
    /// What caused it.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failure an engine can answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// `ConditionalCheckFailedException`.
    ConditionFailed,
    /// `TransactionCanceledException`: the reasons stand in the body.
    TransactionCanceled,
    /// `TransactionConflictException`, `TransactionInProgressException`: another transaction holds the item.
    Conflict,
    /// `ResourceNotFoundException`.
    TableNotFound,
    /// `ResourceInUseException`.
    TableInUse,
    /// `ValidationException`, `SerializationException`, and every other refusal of the request itself.
    Validation,
    /// `ItemCollectionSizeLimitExceededException`, or an item of more than 400 KB.
    TooLarge,
    /// `ProvisionedThroughputExceededException`, `ThrottlingException`, `RequestLimitExceeded`.
    Throttled,
    /// Credentials or the signature were refused.
    Denied,
    /// No answer in time; the outcome is unknown.
    Timeout,
    /// The engine could not be reached, or failed inside; the outcome of a write is unknown.
    Unavailable,
    /// The engine lacks the operation or what it asks for.
    Unsupported,
    /// The answer is not what DynamoDB's protocol allows.
    Malformed,
}

impl TransportErrorKind {
    /// The kind that DynamoDB's error name, such as `ConditionalCheckFailedException`, stands for.
    ///
    /// Takes the name alone or as `__type` gives it, with a namespace before a `#`. A name that is not known counts
    /// by the HTTP status: a refusal of the request below 500, a failure of the engine from there on.
    pub fn from_name(name: &str, status: u16) -> Self {
        let name = name.rsplit('#').next().unwrap_or(name);
        match name {
            "ConditionalCheckFailedException" => Self::ConditionFailed,
            "TransactionCanceledException" => Self::TransactionCanceled,
            "TransactionConflictException" | "TransactionInProgressException" => Self::Conflict,
            "ResourceNotFoundException" | "TableNotFoundException" => Self::TableNotFound,
            "ResourceInUseException" | "TableInUseException" | "TableAlreadyExistsException" => {
                Self::TableInUse
            }
            "ItemCollectionSizeLimitExceededException" => Self::TooLarge,
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "LimitExceededException" => Self::Throttled,
            "AccessDeniedException"
            | "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "UnrecognizedClientException" => Self::Denied,
            "UnknownOperationException" | "UnsupportedOperation" => Self::Unsupported,
            "InternalServerError" | "InternalFailure" | "ServiceUnavailable" => Self::Unavailable,
            _ if status >= 500 => Self::Unavailable,
            _ => Self::Validation,
        }
    }
}

impl TransportError {
    /// A failure without an answer of the engine.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), body: Bytes::new(), attempts: 0, source: None }
    }

    /// Adds what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds how many times the request was sent.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The failure that an error answer of DynamoDB's HTTP protocol stands for: its status and its JSON body with
    /// `__type` and `message` (or `Message`).
    pub fn from_answer(status: u16, body: Bytes, attempts: u32) -> Self {
        let json: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
        let text =
            |name: &str| json.as_ref().and_then(|json| json.get(name)).and_then(|value| value.as_str());
        let Some(name) = text("__type").or_else(|| text("code")) else {
            let kind =
                if status >= 500 { TransportErrorKind::Unavailable } else { TransportErrorKind::Malformed };
            let message = format!("HTTP status {status} with a body that is not an error of DynamoDB");
            return Self { kind, message, body, attempts, source: None };
        };
        let kind = TransportErrorKind::from_name(name, status);
        // DynamoDB leaves the message out of some errors, such as `UnknownOperationException`.
        let name = name.rsplit('#').next().unwrap_or(name);
        let message = text("message").or_else(|| text("Message")).filter(|message| !message.is_empty());
        let message = message.unwrap_or(name).to_owned();
        // DynamoDB reports an item that is too large as a ValidationException of this wording only.
        let kind = match kind {
            TransportErrorKind::Validation
                if message.contains("Item size has exceeded")
                    || message.contains("Item size to update has exceeded") =>
            {
                TransportErrorKind::TooLarge
            }
            kind => kind,
        };
        Self { kind, message, body, attempts, source: None }
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("attempts", &self.attempts)
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::{TransportError, TransportErrorKind};

    #[test]
    fn of_an_answer_without_a_message_has_the_name_in_its_place() {
        let body = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;

        let error = TransportError::from_answer(400, body.into(), 1);

        assert_eq!(
            (error.kind, error.to_string().as_str()),
            (TransportErrorKind::Unsupported, "UnknownOperationException")
        );
    }
}
