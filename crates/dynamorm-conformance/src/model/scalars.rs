use std::time::Duration;

use bytes::Bytes;
use dynamorm::prelude::*;

/// Every scalar type.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "scalars", key(partition = id))]
pub(crate) struct Scalars {
    pub(crate) id: String,
    pub(crate) flag: bool,
    pub(crate) letter: char,
    pub(crate) text: String,
    pub(crate) u8: u8,
    pub(crate) u16: u16,
    pub(crate) u32: u32,
    pub(crate) u64: u64,
    pub(crate) u128: u128,
    pub(crate) i8: i8,
    pub(crate) i16: i16,
    pub(crate) i32: i32,
    pub(crate) i64: i64,
    pub(crate) i128: i128,
    pub(crate) f32: f32,
    pub(crate) f64: f64,
    pub(crate) decimal: Decimal,
    pub(crate) at: Timestamp,
    pub(crate) lasts: Duration,
    pub(crate) bytes: Bytes,
    pub(crate) raw: Vec<u8>,
    pub(crate) json: serde_json::Value,
    pub(crate) maybe_text: Option<String>,
    pub(crate) maybe_number: Option<i64>,
    #[dynamorm(default)]
    pub(crate) added_later: u32,
}

impl Scalars {
    /// The least of everything.
    pub(crate) fn new(id: &str) -> Self {
        Self {
            id: id.into(),
            flag: false,
            letter: 'a',
            text: String::new(),
            u8: 0,
            u16: 0,
            u32: 0,
            u64: 0,
            u128: 0,
            i8: 0,
            i16: 0,
            i32: 0,
            i64: 0,
            i128: 0,
            f32: 0.0,
            f64: 0.0,
            decimal: Decimal::default(),
            at: Timestamp::default(),
            lasts: Duration::ZERO,
            bytes: Bytes::new(),
            raw: Vec::new(),
            json: serde_json::Value::Null,
            maybe_text: None,
            maybe_number: None,
            added_later: 0,
        }
    }
}
