use bytes::Bytes;
use dynamorm::prelude::*;

/// Keys of bytes.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "blobs", key(partition = digest, sort = part))]
pub(crate) struct Blob {
    pub(crate) digest: Bytes,
    pub(crate) part: Vec<u8>,
    pub(crate) length: u32,
}

/// What is no key of a blob.
#[derive(Clone, Debug, PartialEq, Projection)]
#[dynamorm(model = Blob)]
pub(crate) struct Length {
    pub(crate) length: u32,
}

impl Blob {
    pub(crate) fn new(digest: &'static [u8], part: &[u8]) -> Self {
        Self { digest: Bytes::from_static(digest), part: part.to_vec(), length: 0 }
    }
}
