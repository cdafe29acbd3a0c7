//! What the user wrote, with its places in the source; nothing is checked that needs a second option to be seen.

mod argument;
mod collection;
mod field;
mod given;
mod key;
mod model;
mod nested;
mod projection;
mod stream;

pub(crate) use argument::refuse as refuse_options;
pub(crate) use collection::{CollectionOptions, UnknownOption};
pub(crate) use field::{Fallback, FieldOptions, Role};
pub(crate) use given::Given;
pub(crate) use key::{IndexOptions, KeyOptions, KeySide, ProjectionOption};
pub(crate) use model::ModelOptions;
pub(crate) use nested::NestedOptions;
pub(crate) use projection::ProjectionOptions;
pub(crate) use stream::StreamView;
