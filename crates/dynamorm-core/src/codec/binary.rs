//! Bytes are B. `Vec<u8>` and `[u8; N]` are by what `u8` makes of a slice of itself.

use std::borrow::Cow;

use bytes::Bytes;

use super::{
    Attribute, DecodeError, EncodeError, Reader, SetElement, Tag, Writer, lists::wrong_length,
    reader::decode_base64,
};

impl Attribute for Bytes {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.binary(self);
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.binary().map(Self::from)
    }
}

impl SetElement for Bytes {
    const TAG: Tag = Tag::Bs;

    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        encode_member(self, writer)
    }

    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
        decode_base64(&text).map(Self::from)
    }
}

impl SetElement for Vec<u8> {
    const TAG: Tag = Tag::Bs;

    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        encode_member(self, writer)
    }

    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
        decode_base64(&text)
    }
}

impl<const N: usize> SetElement for [u8; N] {
    const TAG: Tag = Tag::Bs;

    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        encode_member(self, writer)
    }

    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
        decode_base64(&text)?.try_into().map_err(|bytes: Vec<u8>| wrong_length(N, bytes.len()))
    }
}

fn encode_member(bytes: &[u8], writer: &mut Writer) -> Result<(), EncodeError> {
    writer.raw("\"");
    writer.base64(bytes);
    writer.raw("\"");
    Ok(())
}
