use syn::{Path, parse_quote};

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

impl Given<Path> {
    /// The path of the facade crate, unless `crate = "…"` names another.
    pub(crate) fn facade(self) -> Path {
        self.right().unwrap_or_else(|| parse_quote!(::dynamorm))
    }
}
