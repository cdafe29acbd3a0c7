//! What the user means: names resolved, rules checked. Everything in here can be expanded.

mod collection;
mod field;
mod generics;
mod group;
mod index;
mod item;
mod key;
mod name;
mod nested;
mod projection;
mod role;

pub(crate) use collection::{Collection, Member, Unknown};
pub(crate) use field::{Field, FieldId};
pub(crate) use group::Group;
pub(crate) use index::{Index, IndexProjection, PRIMARY};
pub(crate) use item::Model;
pub(crate) use key::{KeySource, Template, TemplatePart};
pub(crate) use nested::{Nested, Shape, Variant, VariantData};
pub(crate) use projection::{ProjectedField, Projection};
