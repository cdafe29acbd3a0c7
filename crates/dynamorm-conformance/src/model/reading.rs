use dynamorm::prelude::*;

/// Keys of numbers.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "readings",
    key(partition = device, sort = offset),
    index(name = "value-index", partition = device, sort = value),
)]
pub(crate) struct Reading {
    pub(crate) device: u32,
    pub(crate) offset: i64,
    pub(crate) value: Decimal,
}

impl Reading {
    pub(crate) fn new(offset: i64) -> Self {
        Self { device: 7, offset, value: offset.into() }
    }
}
