/// A read or a write of a batch that was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unprocessed {
    /// The name of the item's table, as it was sent.
    pub table: String,
    /// The item's key, as [`canonical_key`](super::canonical_key) gives it.
    pub key: Vec<u8>,
}
