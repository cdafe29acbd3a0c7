use std::borrow::Cow;

use bytes::Bytes;
use dynamorm_core::transport::TransportError;
use dynoxide::DynoxideError;

/// What DynamoDB says of a value nested deeper than 32 levels; the engine's JSON parser gives up at 128 levels of JSON.
const TOO_DEEP: &str =
    "Nesting Levels have exceeded supported limits: Attributes can be nested up to 32 levels";

/// The marks by which the engine's request types say, inside a parser's message, which error they mean. The longer
/// names come first: some begin like others.
const MARKS: [(&str, Class); 5] = [
    ("SERIALIZATION_AS_READ:", Class::Serialization),
    ("VALIDATION_AS_READ:", Class::Validation),
    ("VALIDATION_REQUEST:", Class::Enveloped),
    ("VALIDATION:", Class::Validation),
    ("SERIALIZATION:", Class::Serialization),
];

#[derive(Clone, Copy)]
enum Class {
    Validation,
    Enveloped,
    Serialization,
}

/// An error answer in DynamoDB's protocol: the status and the JSON.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

impl Refusal {
    /// An error of DynamoDB's by its name.
    pub(crate) fn new(status: u16, name: &str, message: &str) -> Self {
        let body = serde_json::json!({ "__type": type_of(name), "message": message });
        Self { status, body: body.to_string().into() }
    }

    /// The engine failed inside: the outcome is unknown.
    pub(crate) fn failure(message: &str) -> Self {
        Self::new(500, "InternalServerError", message)
    }

    /// The engine does not speak the operation. DynamoDB gives no message here.
    pub(crate) fn unknown_operation() -> Self {
        let body = serde_json::json!({ "__type": type_of("UnknownOperationException") });
        Self { status: 400, body: body.to_string().into() }
    }

    /// The engine panicked. Its lock stays poisoned, so nothing runs on what it may have left half done.
    ///
    /// What the panic said is not passed on: an assertion's message may quote a value.
    pub(crate) fn from_panic() -> Self {
        tracing::error!("the embedded engine panicked");
        Self::failure("the embedded engine failed inside; open the database again if it goes on")
    }

    /// The request's JSON cannot be read as the operation's request.
    pub(crate) fn from_json(operation: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let text = without_position(&text);
        for (mark, class) in MARKS {
            if let Some(message) = text.strip_prefix(mark) {
                return Self::classified(operation, class, without_position(message));
            }
        }
        if text.starts_with("recursion limit exceeded") {
            return Self::classified(operation, Class::Validation, TOO_DEEP);
        }
        let is_validation = [
            "missing field",
            "unknown variant",
            "invalid type: null",
            "Supplied AttributeValue",
            "empty AttributeValue",
        ]
        .iter()
        .any(|part| text.contains(part));
        let class = if is_validation { Class::Validation } else { Class::Serialization };
        Self::classified(operation, class, &without_value(text))
    }

    /// The engine's own error.
    pub(crate) fn from_engine(operation: &str, error: DynoxideError) -> Self {
        match error {
            DynoxideError::EnvelopedValidation(message) => {
                Self::classified(operation, Class::Enveloped, &message)
            }
            DynoxideError::SqliteError(error) => Self::from_sqlite(&error),
            DynoxideError::InternalServerError(message) => Self::from_internal(&message),
            DynoxideError::ValidationException(message) => Self::from_marked(operation, &message),
            // DynamoDB writes this one in a shape of its own.
            DynoxideError::ConditionalCheckFailedException(message, Some(item))
                if operation == "ExecuteStatement" =>
            {
                let error = DynoxideError::StatementConditionalCheckFailed(message, item);
                Self { status: error.status_code(), body: error.to_json().into() }
            }
            error => Self { status: error.status_code(), body: error.to_json().into() },
        }
    }

    pub(crate) fn into_transport_error(self, attempts: u32) -> TransportError {
        TransportError::from_answer(self.status, self.body, attempts)
    }

    fn classified(operation: &str, class: Class, message: &str) -> Self {
        match class {
            // DynamoDB's own wrapping of this class, on the operations where it does so.
            Class::Enveloped if matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem") => {
                let message = format!("1 validation error detected: {message}");
                Self::new(400, "ValidationException", &message)
            }
            Class::Enveloped | Class::Validation => Self::new(400, "ValidationException", message),
            Class::Serialization if message.is_empty() => {
                Self::new(400, "SerializationException", "a member of the request has the wrong JSON type")
            }
            Class::Serialization => Self::new(400, "SerializationException", message),
        }
    }

    /// Values that the engine reads late pass through its parser's messages too.
    fn from_marked(operation: &str, message: &str) -> Self {
        let found = MARKS.iter().find_map(|(mark, class)| Some((message.strip_prefix(mark)?, *class)));
        let (message, class) = found.unwrap_or((message, Class::Validation));
        Self::classified(operation, class, without_position(message))
    }

    fn from_sqlite(error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let message: Cow<'_, str> = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DAMAGED.into(),
            Some(ErrorCode::DiskFull) => DISK_FULL.into(),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                "the database file may not be written to".into()
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another program has the database file open".into()
            }
            Some(code) => format!("the database file could not be read or written: {code:?}").into(),
            // What is no answer of SQLite's concerns an item's contents, which stay out of the message.
            None => "the database holds an item that cannot be read".into(),
        };
        Self::failure(&message)
    }

    /// Some errors of SQLite's reach the engine's surface as text only.
    fn from_internal(message: &str) -> Self {
        if message.contains("disk is full") {
            Self::failure(DISK_FULL)
        } else if message.contains("malformed") || message.contains("not a valid database") {
            Self::failure(DAMAGED)
        } else if message.starts_with("Lock poisoned") {
            Self::failure("the embedded engine failed inside earlier; open the database again")
        } else {
            Self::failure(message)
        }
    }
}

const DISK_FULL: &str = "the disk is full; nothing was written";

const DAMAGED: &str = "the database file is damaged; restore it from a copy";

/// An error's name as DynamoDB writes it: its own errors and those of the layers in front of it have different homes.
fn type_of(name: &str) -> String {
    let home = match name {
        "ValidationException" => "com.amazon.coral.validate",
        "AccessDeniedException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "SerializationException"
        | "UnknownOperationException" => "com.amazon.coral.service",
        _ => "com.amazonaws.dynamodb.v20120810",
    };
    format!("{home}#{name}")
}

/// Cuts off the place in the JSON that serde_json appends.
fn without_position(message: &str) -> &str {
    match message.rfind(" at line ") {
        Some(at) if message[at..].contains(" column ") => &message[..at],
        _ => message,
    }
}

/// Takes out the value that a parser's message quotes: it may be an item's.
fn without_value(message: &str) -> Cow<'_, str> {
    for start in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) =
            message.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected "))
        {
            let found = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            return format!("{start}{found}, expected {expected}").into();
        }
    }
    message.into()
}
