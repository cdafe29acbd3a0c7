use dynamorm::prelude::*;

/// The table as it was made: its index carries `kept` alone.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "narrow",
    key(partition = id),
    index(name = "owner-index", partition = owner, projection = [kept]),
)]
pub(crate) struct Narrow {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) kept: String,
    pub(crate) left_out: String,
}

/// The same table as a program takes it for: an index with everything.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "narrow",
    key(partition = id),
    index(name = "owner-index", partition = owner),
)]
pub(crate) struct Wide {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) kept: String,
    pub(crate) left_out: String,
}
