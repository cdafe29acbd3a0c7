use std::borrow::Cow;

use super::{
    filter_on::FilterOn,
    placeholders::{Placeholders, push},
    presence::{Optional, Presence, Required},
    value_kind::{Keyed, Listed},
};

/// A path to an attribute, or into one: a field of a model, of a nested struct, a list's element, a map's entry.
///
/// It belongs to one model and carries the type of what stands there, so that conditions and updates take nothing
/// else.
pub trait Path: Sized {
    /// The model or nested struct that the path starts in.
    type Model;
    /// The type of what the path leads to.
    type Value;
    /// Whether what the path leads to may be absent.
    type Presence: Presence;

    /// Whether the path names a list's element by position, so that removing it twice removes two elements.
    const IS_POSITIONAL: bool = false;

    /// The attribute that the path is; `None` if it leads into one.
    const ATTRIBUTE: Option<&'static str>;

    /// Appends the path to an expression, every name as a placeholder.
    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders);
}

/// A field of the nested struct that another path leads to.
#[derive(Clone, Copy, Debug)]
pub struct Nested<P, C>(pub(super) P, pub(super) C);

impl<P: Path, C: Path> Path for Nested<P, C> {
    type Model = P::Model;
    type Value = C::Value;
    type Presence = C::Presence;

    const ATTRIBUTE: Option<&'static str> = None;
    const IS_POSITIONAL: bool = P::IS_POSITIONAL || C::IS_POSITIONAL;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.0.write_path(out, placeholders);
        out.push('.');
        self.1.write_path(out, placeholders);
    }
}

/// An element of the list that another path leads to.
#[derive(Clone, Copy, Debug)]
pub struct AtIndex<P>(pub(super) P, pub(super) usize);

impl<P: Path> Path for AtIndex<P>
where
    P::Value: Listed,
{
    type Model = P::Model;
    type Value = <P::Value as Listed>::Element;
    type Presence = Optional;

    const ATTRIBUTE: Option<&'static str> = None;
    const IS_POSITIONAL: bool = true;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.0.write_path(out, placeholders);
        push(out, format_args!("[{}]", self.1));
    }
}

/// An entry of the map that another path leads to.
#[derive(Clone, Debug)]
pub struct Entry<P>(pub(super) P, pub(super) String);

impl<P: Path> Path for Entry<P>
where
    P::Value: Keyed,
{
    type Model = P::Model;
    type Value = <P::Value as Keyed>::Entry;
    type Presence = Optional;

    const ATTRIBUTE: Option<&'static str> = None;
    const IS_POSITIONAL: bool = P::IS_POSITIONAL;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.0.write_path(out, placeholders);
        out.push('.');
        placeholders.push_name(out, Cow::Owned(self.1.clone()));
    }
}

/// The size of what another path leads to; for conditions alone.
#[derive(Clone, Copy, Debug)]
pub struct Size<P>(pub(super) P);

impl<P: Path> Path for Size<P> {
    type Model = P::Model;
    type Value = u64;
    type Presence = Required;

    const ATTRIBUTE: Option<&'static str> = None;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        out.push_str("size(");
        self.0.write_path(out, placeholders);
        out.push(')');
    }
}

impl<Ix, P: FilterOn<Ix>, C> FilterOn<Ix> for Nested<P, C> {}
impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for AtIndex<P> {}
impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for Entry<P> {}
impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for Size<P> {}
