use std::{rc::Rc, sync::Arc};

use super::{Attribute, DecodeError, EncodeError, Reader, Writer};

/// An absent attribute or NULL is `None`. A value that is itself written as NULL or left out, such as
/// `Some(Value::Null)` or `Some` of an empty set, is read back as `None`.
impl<T: Attribute> Attribute for Option<T> {
    #[inline]
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        match self {
            Some(value) => value.encode(writer),
            None => {
                writer.null();
                Ok(())
            }
        }
    }

    #[inline]
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if reader.try_null()? { Ok(None) } else { T::decode(reader).map(Some) }
    }

    #[inline]
    fn is_absent(&self) -> bool {
        self.as_ref().is_none_or(T::is_absent)
    }

    #[inline]
    fn absent() -> Option<Self> {
        Some(None)
    }
}

macro_rules! pointers {
    ($($pointer:ident),+) => {
        $(
            impl<T: Attribute> Attribute for $pointer<T> {
                #[inline]
                fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                    T::encode(self, writer)
                }

                #[inline]
                fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                    T::decode(reader).map($pointer::new)
                }

                #[inline]
                fn is_absent(&self) -> bool {
                    T::is_absent(self)
                }

                #[inline]
                fn absent() -> Option<Self> {
                    T::absent().map($pointer::new)
                }
            }
        )+
    };
}

pointers!(Arc, Box, Rc);
