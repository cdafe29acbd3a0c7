//! Key templates, their escaping, and text whose order is the values' order.
//!
//! A template such as `"REQ#{tenant_id}#{request_id}"` joins literals and fields into one key attribute. Two rules
//! keep different fields from ever making one text, and keep text order equal to value order:
//!
//! - Every character of a string up to and including `$` is written as `$` and two hexadecimal digits, so that a
//!   value never holds `#`, and `#` sorts before whatever a value can hold.
//! - A literal that follows a field starts with `#` (the derive sees to it).

mod check;
mod escape;
mod form;
mod part;
mod template;
mod text;
mod value;

pub use check::check_key_value;
pub use escape::push_escaped;
pub use form::KeyForm;
pub use part::IntoKeyPart;
pub use template::{FieldPart, Template, TemplatePart, push_part};
pub use text::{IndexKeyText, KeyText};
pub use value::{IndexKeyValue, KeyKind, KeyValue};
