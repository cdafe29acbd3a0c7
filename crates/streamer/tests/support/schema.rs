//! The protocol's schema, to which every message of every test is held.

use std::{collections::HashMap, sync::LazyLock};

use jsonschema::Validator;
use serde_json::Value;

/// `docs/protocol.schema.json`.
pub static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

static CLIENT_MESSAGE: LazyLock<Validator> = LazyLock::new(|| validator("clientMessage"));
static SERVER_MESSAGE: LazyLock<Validator> = LazyLock::new(|| validator("serverMessage"));
/// By type, so that a failure says what is wrong with the one type, and not that none fits.
static BY_TYPE: LazyLock<HashMap<&str, Validator>> = LazyLock::new(|| {
    let types = ["response", "acknowledgment", "progress", "complete", "error"];
    types.into_iter().map(|name| (name, validator(name))).collect()
});

/// What one of the schema's definitions takes.
pub fn validator(definition: &str) -> Validator {
    let mut schema = SCHEMA.clone();
    let root = schema.as_object_mut().unwrap();
    root.remove("anyOf");
    root.insert("$ref".to_owned(), format!("#/$defs/{definition}").into());
    jsonschema::validator_for(&schema).unwrap()
}

/// Checks what a test sends as a good message.
pub fn check_client_message(message: &Value) {
    check(&CLIENT_MESSAGE, message);
}

/// Checks what a test gets from a server.
pub fn check_server_message(message: &Value) {
    let of_type = message["type"].as_str().and_then(|name| BY_TYPE.get(name));
    check(of_type.unwrap_or(&SERVER_MESSAGE), message);
}

fn check(validator: &Validator, message: &Value) {
    if let Err(error) = validator.validate(message) {
        panic!(
            "not as `docs/protocol.schema.json` has it: {error}, at `{}`: {message}",
            error.instance_path()
        );
    }
}
