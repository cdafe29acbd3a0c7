use std::{borrow::Cow, sync::Arc};

/// What a key is made of for a field of type `T`: a value, a reference to one, or borrowed text.
///
/// Unlike `Into` it is of one type for an integer literal, so that `key(id, 5)` needs no suffix.
#[diagnostic::on_unimplemented(
    message = "a key of type `{T}` takes no `{Self}`",
    label = "expected a value for a key of type `{T}`",
    note = "pass the field's own type or a reference to it; for a `String` also any other text"
)]
pub trait IntoKeyPart<T> {
    /// The field's value.
    fn into_key_part(self) -> T;
}

impl<T> IntoKeyPart<T> for T {
    fn into_key_part(self) -> T {
        self
    }
}

impl<T: Clone> IntoKeyPart<T> for &T {
    fn into_key_part(self) -> T {
        self.clone()
    }
}

macro_rules! texts {
    ($($given:ty => $($part:ty),+;)+) => {
        $($(impl IntoKeyPart<$part> for $given {
            fn into_key_part(self) -> $part {
                self.into()
            }
        })+)+
    };
}

texts! {
    &str => String, Box<str>, Arc<str>;
    Cow<'_, str> => String;
    Box<str> => String;
    char => String;
    String => Box<str>, Arc<str>, Cow<'static, str>;
    &'static str => Cow<'static, str>;
}

impl IntoKeyPart<String> for Arc<str> {
    fn into_key_part(self) -> String {
        (*self).to_owned()
    }
}

impl IntoKeyPart<Vec<u8>> for &[u8] {
    fn into_key_part(self) -> Vec<u8> {
        self.to_vec()
    }
}
