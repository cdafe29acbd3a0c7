use dynamorm::prelude::*;

/// Sort keys that templates join: of the table an instant and a number, of the index a status, a number and an
/// instant.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "events",
    key(partition = "STREAM#{stream}", sort = "{at}#{sequence}"),
    index(
        name = "kind-index",
        partition = stream,
        sort("K#{kind}#{sequence}", attribute = "kind_sk"),
    ),
    index(name = "level-index", partition = stream, sort("L#{level}", attribute = "level_sk")),
)]
pub(crate) struct Event {
    pub(crate) stream: String,
    pub(crate) at: Timestamp,
    pub(crate) sequence: u64,
    pub(crate) kind: String,
    pub(crate) level: i32,
}

impl Event {
    pub(crate) fn new(at: Timestamp, sequence: u64, kind: &str, level: i32) -> Self {
        Self { stream: "s".into(), at, sequence, kind: kind.into(), level }
    }
}
