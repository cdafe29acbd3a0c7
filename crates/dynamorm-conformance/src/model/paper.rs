//! One table, as programs of several releases take it. `Bare` made it; each other one says what it changed.

use dynamorm::prelude::*;

/// The table before it had an index.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id))]
pub(crate) struct Bare {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) at: u64,
    pub(crate) kind: String,
}

/// With two indexes.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "papers",
    key(partition = id),
    index(name = "owner-index", partition = owner, sort = at),
    index(name = "kind-index", partition = kind, projection = [owner]),
)]
pub(crate) struct Indexed {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) at: u64,
    pub(crate) kind: String,
}

/// With the indexes of `Indexed`, of which one has another key and one carries other attributes.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "papers",
    key(partition = id),
    index(name = "owner-index", partition = owner, sort = kind),
    index(name = "kind-index", partition = kind, projection = [owner, at]),
)]
pub(crate) struct Rekeyed {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) at: u64,
    pub(crate) kind: String,
}

/// With an index of `Indexed` that carries keys alone.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "papers",
    key(partition = id),
    index(name = "owner-index", partition = owner, sort = at, projection = keys),
)]
pub(crate) struct Slim {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) at: u64,
}

/// With an index on what `Indexed` has as a sort key.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id), index(name = "at-index", partition = at))]
pub(crate) struct Dated {
    pub(crate) id: String,
    pub(crate) at: u64,
}

/// With a key attribute of `Dated` as a text.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id), index(name = "owner-index", partition = owner, sort = at))]
pub(crate) struct DatedByText {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) at: String,
}

/// With another primary key.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id, sort = at))]
pub(crate) struct Sorted {
    pub(crate) id: String,
    pub(crate) at: u64,
}

/// With items that expire.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id))]
pub(crate) struct Expiring {
    pub(crate) id: String,
    #[dynamorm(ttl)]
    pub(crate) expires: Option<Timestamp>,
}

/// With items that expire by another attribute than those of `Expiring`.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id))]
pub(crate) struct Ending {
    pub(crate) id: String,
    #[dynamorm(ttl)]
    pub(crate) ends: Option<Timestamp>,
}

/// With a stream of what items become.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id), stream = "new_image")]
pub(crate) struct Streamed {
    pub(crate) id: String,
}

/// With a stream of what items become and were.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "papers", key(partition = id), stream = "new_and_old_images")]
pub(crate) struct StreamedWhole {
    pub(crate) id: String,
}

impl Bare {
    pub(crate) fn new(id: &str, at: u64) -> Self {
        Self { id: id.into(), owner: "ann".into(), at, kind: "note".into() }
    }
}
