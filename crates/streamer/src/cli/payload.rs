//! What `--payload` takes.

use std::fs;

use streamer_store::Json;

use crate::error::{Error, Result};

/// Reads a payload: a JSON object, or `@` and the file that holds one.
pub(super) fn read_payload(payload: &str) -> Result<Json> {
    let text = match payload.strip_prefix('@') {
        None => payload.to_owned(),
        Some(path) => fs::read_to_string(path).map_err(|error| {
            Error::configuration(format!("`--payload` names the file `{path}`, which cannot be read"))
                .caused_by(error)
        })?,
    };
    Json::parse(&text)
        .map_err(|error| Error::configuration(format!("`--payload` is no JSON object: {error}")))
}
