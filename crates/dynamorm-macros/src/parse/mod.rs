//! What the user wrote, with its places in the source; nothing is checked that needs a second option to be seen.

mod argument;
mod field;
mod key;
mod model;
mod nested;

pub(crate) use field::{Fallback, FieldOptions, Role};
pub(crate) use key::{IndexOptions, KeyOptions, KeySide, ProjectionOption};
pub(crate) use model::ModelOptions;
pub(crate) use nested::NestedOptions;

/// An option that may be missing, or be there but wrong: then it is reported already, and is not missing.
#[derive(Default)]
pub(crate) enum Given<T> {
    #[default]
    Missing,
    Wrong,
    Right(T),
}

impl<T> Given<T> {
    /// The value if it is there and right; `missing` is called when it is not there.
    pub(crate) fn or_missing(self, missing: impl FnOnce()) -> Option<T> {
        match self {
            Self::Right(value) => Some(value),
            Self::Wrong => None,
            Self::Missing => {
                missing();
                None
            }
        }
    }

    /// The value if it is there and right.
    pub(crate) fn right(self) -> Option<T> {
        self.or_missing(|| ())
    }
}
