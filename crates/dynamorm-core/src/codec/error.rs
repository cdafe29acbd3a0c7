use std::{borrow::Cow, fmt};

/// Where in an item a value stands, such as `address.lines[2]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributePath {
    /// Innermost first: a path grows outwards while an error passes through its parents.
    elements: Vec<Element>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    Attribute(Cow<'static, str>),
    Index(usize),
}

impl AttributePath {
    /// Whether the path names nothing: the value itself.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, element) in self.elements.iter().rev().enumerate() {
            match element {
                Element::Attribute(name) if position == 0 => f.write_str(name)?,
                Element::Attribute(name) => write!(f, ".{name}")?,
                Element::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What an error holds, behind one pointer: every step of the codec returns a result, and small ones are fast.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Flaw {
    path: AttributePath,
    reason: Cow<'static, str>,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.reason)
        } else {
            write!(f, "attribute `{}`: {}", self.path, self.reason)
        }
    }
}

macro_rules! codec_error {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(Box<Flaw>);

        impl $name {
            /// An error at this value. The reason names types and limits, never what the value holds.
            #[cold]
            pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
                Self(Box::new(Flaw { path: AttributePath::default(), reason: reason.into() }))
            }

            /// Puts the error inside the attribute or map entry `name`.
            #[cold]
            #[must_use]
            pub fn in_attribute(mut self, name: impl Into<Cow<'static, str>>) -> Self {
                self.0.path.elements.push(Element::Attribute(name.into()));
                self
            }

            /// Puts the error inside the list element at `index`.
            #[cold]
            #[must_use]
            pub fn at_index(mut self, index: usize) -> Self {
                self.0.path.elements.push(Element::Index(index));
                self
            }

            /// Where in the item the error is.
            pub fn path(&self) -> &AttributePath {
                &self.0.path
            }

            /// What is wrong there.
            pub fn reason(&self) -> &str {
                &self.0.reason
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::error::Error for $name {}
    };
}

codec_error! {
    /// Why a value cannot be written as an attribute, and where it stands.
    EncodeError
}

codec_error! {
    /// Why an attribute cannot be read, and where it stands.
    DecodeError
}
