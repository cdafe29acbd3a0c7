use std::fmt;

/// Something untidy: where, what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    path: String,
    what: String,
    remedy: String,
}

impl Problem {
    /// A problem with the file or folder at `path`, which is relative to the root.
    pub(super) fn new(path: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.what, self.remedy)
    }
}
