use dynamorm::prelude::*;

/// An index that carries keys alone.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "keys-only",
    key(partition = id),
    index(name = "owner-index", partition = owner, sort = rank, projection = keys),
)]
pub(crate) struct KeysOnly {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) rank: i64,
    pub(crate) text: String,
}
