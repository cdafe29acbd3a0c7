//! Text is S.

use std::{borrow::Cow, sync::Arc};

use super::{Attribute, DecodeError, EncodeError, Reader, SetElement, Tag, Writer};

macro_rules! texts {
    ($($text:ty),+) => {
        $(
            impl Attribute for $text {
                #[inline]
                fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                    writer.string(self);
                    Ok(())
                }

                #[inline]
                fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                    reader.string().map(|text| text.into_owned().into())
                }
            }

            impl SetElement for $text {
                const TAG: Tag = Tag::Ss;

                fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                    writer.text(self);
                    Ok(())
                }

                fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
                    Ok(text.into_owned().into())
                }
            }
        )+
    };
}

texts!(String, Box<str>, Arc<str>, Cow<'static, str>);

impl Attribute for char {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string(self.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode_member(reader.string()?)
    }
}

impl SetElement for char {
    const TAG: Tag = Tag::Ss;

    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.text(self.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
        text.parse().map_err(|_| DecodeError::new("expected one character"))
    }
}
