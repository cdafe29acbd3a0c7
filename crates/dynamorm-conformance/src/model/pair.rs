use dynamorm::prelude::*;

/// Keys that join two texts each, which may hold anything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Model)]
#[dynamorm(table = "pairs", key(partition = "P#{a}#{b}", sort = "S#{c}#{d}"))]
pub(crate) struct Pair {
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) c: String,
    pub(crate) d: String,
}

impl Pair {
    pub(crate) fn new(a: &str, b: &str, c: &str, d: &str) -> Self {
        Self { a: a.into(), b: b.into(), c: c.into(), d: d.into() }
    }
}
