//! The codec: which attribute value every type is, what is refused, and that nothing is lost on the way.

#![allow(clippy::panic, clippy::unwrap_used, reason = "what tests share may panic as they may")]

mod collections;
mod decimal;
mod duration;
mod json_value;
mod numbers;
mod paths;
mod peers;
mod reader;
mod round_trip;
mod sets;
mod text;
mod timestamp;
mod writer;

use std::fmt::Debug;

use dynamorm_core::{Attribute, codec};

#[track_caller]
fn assert_stored_as<T: Attribute + Debug + PartialEq>(value: T, json: &str) {
    assert_eq!(encoded(&value), json);
    assert_reads_as(json, value);
}

#[track_caller]
fn assert_reads_as<T: Attribute + Debug + PartialEq>(json: &str, value: T) {
    assert_eq!(codec::decode_value::<T>(json.as_bytes()), Ok(value), "{json}");
}

#[track_caller]
fn assert_unreadable<T: Attribute + Debug + PartialEq>(json: &str, message: &str) {
    let error = codec::decode_value::<T>(json.as_bytes()).map_err(|error| error.to_string());

    assert_eq!(error, Err(message.to_owned()), "{json}");
}

#[track_caller]
fn assert_unwritable<T: Attribute>(value: T, message: &str) {
    let error = codec::encode_value(&value).map_err(|error| error.to_string());

    assert_eq!(error, Err(message.to_owned()));
}

#[track_caller]
fn encoded<T: Attribute>(value: &T) -> String {
    let json = codec::encode_value(value).unwrap();
    String::from_utf8(json).unwrap()
}
