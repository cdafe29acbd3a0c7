use std::{borrow::Cow, fmt::Write, sync::Arc};

use super::push_escaped;
use crate::Timestamp;

/// A type that can stand in a key template: text whose order is the values' order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a key template",
    label = "has no text that is always there and sorts as the values do",
    note = "strings, integers, `bool`, `char`, `Timestamp`, `Uuid` and enums without data can; floats and collections \
            cannot; an option can in an index, written as `Option<…>` and not by another name"
)]
pub trait KeyText {
    /// Appends the value's text, escaped.
    fn write_key_text(&self, out: &mut String);
}

/// A type that can stand in an index-key template: as [`KeyText`], or an option of one.
///
/// Without a value the whole index key is left out, and with it the item from that index (a sparse index).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of an index-key template",
    note = "strings, integers, `bool`, `char`, `Timestamp`, `Uuid`, enums without data, and options of these can"
)]
pub trait IndexKeyText {
    /// Appends the value's text, escaped; `false` if there is none.
    fn write_index_key_text(&self, out: &mut String) -> bool;
}

impl<T: KeyText> IndexKeyText for T {
    fn write_index_key_text(&self, out: &mut String) -> bool {
        self.write_key_text(out);
        true
    }
}

impl<T: KeyText> IndexKeyText for Option<T> {
    fn write_index_key_text(&self, out: &mut String) -> bool {
        self.as_ref().is_some_and(|value| value.write_index_key_text(out))
    }
}

impl<T: KeyText + ?Sized> KeyText for &T {
    fn write_key_text(&self, out: &mut String) {
        (**self).write_key_text(out);
    }
}

impl KeyText for str {
    fn write_key_text(&self, out: &mut String) {
        push_escaped(out, self);
    }
}

impl KeyText for String {
    fn write_key_text(&self, out: &mut String) {
        push_escaped(out, self);
    }
}

impl KeyText for Cow<'_, str> {
    fn write_key_text(&self, out: &mut String) {
        push_escaped(out, self);
    }
}

impl KeyText for Arc<str> {
    fn write_key_text(&self, out: &mut String) {
        push_escaped(out, self);
    }
}

impl KeyText for char {
    fn write_key_text(&self, out: &mut String) {
        push_escaped(out, self.encode_utf8(&mut [0; 4]));
    }
}

impl KeyText for bool {
    fn write_key_text(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl KeyText for Timestamp {
    fn write_key_text(&self, out: &mut String) {
        push(out, format_args!("{self}"));
    }
}

#[cfg(feature = "uuid")]
impl KeyText for uuid::Uuid {
    fn write_key_text(&self, out: &mut String) {
        push(out, format_args!("{}", self.hyphenated()));
    }
}

/// Appends formatted text; writing to a `String` cannot fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}

/// As many digits as the type's greatest value has, with leading zeros.
macro_rules! unsigned_key_text {
    ($($integer:ty),+) => {$(
        impl KeyText for $integer {
            fn write_key_text(&self, out: &mut String) {
                const WIDTH: usize = <$integer>::MAX.ilog10() as usize + 1;
                push(out, format_args!("{self:0WIDTH$}"));
            }
        }
    )+};
}

/// As the unsigned type for what is not negative; below zero `-` (which sorts before digits) and the distance from
/// the type's least value.
macro_rules! signed_key_text {
    ($($integer:ty: $unsigned:ty),+) => {$(
        impl KeyText for $integer {
            fn write_key_text(&self, out: &mut String) {
                const WIDTH: usize = <$unsigned>::MAX.ilog10() as usize + 1;
                if *self < 0 {
                    let above_least = self.abs_diff(<$integer>::MIN);
                    push(out, format_args!("-{above_least:0WIDTH$}"));
                } else {
                    push(out, format_args!("{self:0WIDTH$}"));
                }
            }
        }
    )+};
}

unsigned_key_text!(u8, u16, u32, u64, u128, usize);
signed_key_text!(i8: u8, i16: u16, i32: u32, i64: u64, i128: u128, isize: usize);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{IndexKeyText, KeyText};
    use crate::Timestamp;

    fn text(value: impl KeyText) -> String {
        let mut out = String::new();
        value.write_key_text(&mut out);
        out
    }

    #[test]
    fn integers_have_a_fixed_width() {
        assert_eq!(text(7_u8), "007");
        assert_eq!(text(7_u64), "00000000000000000007");
        assert_eq!(text(-1_i8), "-127");
        assert_eq!(text(i64::MIN), "-00000000000000000000");
    }

    #[test]
    fn an_absent_part_has_no_text() {
        assert!(!None::<String>.write_index_key_text(&mut String::new()));
    }

    proptest! {
        #[test]
        fn text_order_is_the_order_of_signed_integers(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }

        #[test]
        fn text_order_is_the_order_of_wide_unsigned_integers(a in any::<u128>(), b in any::<u128>()) {
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }

        #[test]
        fn text_order_is_the_order_of_instants(a in 0..253_402_300_799_i64, b in 0..253_402_300_799_i64) {
            let (a, b) = (Timestamp::from_unix_seconds(a).unwrap(), Timestamp::from_unix_seconds(b).unwrap());

            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }
    }
}
