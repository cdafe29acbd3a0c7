//! What the server sends.

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    error::{Error, Result},
    failure::Failure,
    progress::Progress,
};

/// A message of the server.
#[derive(Debug)]
pub(crate) enum Incoming {
    Response {
        request_id: String,
        data: Box<RawValue>,
    },
    Acknowledgment {
        request_id: String,
    },
    Progress {
        request_id: String,
        progress: Progress,
    },
    Complete {
        request_id: String,
        result: Box<RawValue>,
    },
    Error {
        request_id: Option<String>,
        failure: Failure,
    },
    /// A type that a later version of the protocol may have.
    Unknown,
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(rename = "type", borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Response {
    request_id: String,
    data: Box<RawValue>,
}

#[derive(Deserialize)]
struct Acknowledgment {
    request_id: String,
}

#[derive(Deserialize)]
struct Proceeding {
    request_id: String,
    #[serde(flatten)]
    progress: Progress,
}

#[derive(Deserialize)]
struct Complete {
    request_id: String,
    result: Box<RawValue>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    request_id: Option<String>,
    error: Failure,
}

impl Incoming {
    /// Reads a text frame.
    ///
    /// # Errors
    /// Of kind `Protocol` for what is no message of the protocol. It says where, and nothing of what the message holds.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let kind: Kind<'_> = read("message", text)?;
        Ok(match &*kind.name {
            "response" => {
                let Response { request_id, data } = read("response", text)?;
                Self::Response { request_id, data }
            }
            "acknowledgment" => {
                let Acknowledgment { request_id } = read("acknowledgment", text)?;
                Self::Acknowledgment { request_id }
            }
            "progress" => {
                let Proceeding { request_id, progress } = read("progress", text)?;
                if progress.percentage > 100 {
                    return Err(Error::protocol("the server sent a progress of more than 100 %"));
                }
                Self::Progress { request_id, progress }
            }
            "complete" => {
                let Complete { request_id, result } = read("complete", text)?;
                Self::Complete { request_id, result }
            }
            "error" => {
                let Refusal { request_id, error } = read("error", text)?;
                Self::Error { request_id, failure: error }
            }
            _ => Self::Unknown,
        })
    }
}

fn read<'a, T: Deserialize<'a>>(what: &str, text: &'a str) -> Result<T> {
    // The parser's own words may quote the message, which holds customers' data.
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::protocol(format!("the server sent a {what} that is not valid, at line {line} column {column}"))
    })
}

/// Reads what an answer or a result holds.
///
/// # Errors
/// Of kind `Decode`. It says where, and nothing of what there is.
pub(crate) fn decode<T: DeserializeOwned>(what: &str, json: &RawValue) -> Result<T> {
    serde_json::from_str(json.get()).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::new(
            crate::error::ErrorKind::Decode,
            format!("{what} is not of the type that was asked for, at line {line} column {column}"),
        )
    })
}
