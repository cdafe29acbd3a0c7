//! Vectors and arrays are L, or B if they are of bytes.

use super::{Attribute, DecodeError, EncodeError, Reader, Writer};

impl<T: Attribute> Attribute for Vec<T> {
    #[inline]
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        T::encode_slice(self, writer)
    }

    #[inline]
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::decode_vec(reader)
    }
}

impl<T: Attribute, const N: usize> Attribute for [T; N] {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        T::encode_slice(self, writer)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::decode_vec(reader)?.try_into().map_err(|values: Vec<T>| wrong_length(N, values.len()))
    }
}

#[cold]
pub(super) fn wrong_length(expected: usize, found: usize) -> DecodeError {
    DecodeError::new(format!("expected {expected} elements, found {found}"))
}
