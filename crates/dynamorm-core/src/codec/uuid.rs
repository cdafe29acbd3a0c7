use std::borrow::Cow;

use uuid::{Uuid, fmt::Hyphenated};

use super::{Attribute, DecodeError, EncodeError, Reader, SetElement, Tag, Writer};

/// S in lower case with hyphens; any form that `Uuid` parses is read.
impl Attribute for Uuid {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string(self.hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH]));
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode_member(reader.string()?)
    }
}

impl SetElement for Uuid {
    const TAG: Tag = Tag::Ss;

    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.text(self.hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH]));
        Ok(())
    }

    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
        text.parse().map_err(|_| DecodeError::new("text is not a UUID"))
    }
}
