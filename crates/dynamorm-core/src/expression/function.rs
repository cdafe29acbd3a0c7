use super::{
    condition::Condition, filter_on::FilterOn, operand::Operand, path::Path, placeholders::Placeholders,
    value_kind::ContainsElement,
};
use crate::codec::{EncodeError, Tag};

/// `attribute_exists(path)`, or `attribute_not_exists(path)`.
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct Exists<P> {
    path: P,
    exists: bool,
}

impl<P> Exists<P> {
    pub(super) const fn new(path: P, exists: bool) -> Self {
        Self { path, exists }
    }
}

impl<P: Path> Condition for Exists<P> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        out.push_str(if self.exists { "attribute_exists(" } else { "attribute_not_exists(" });
        self.path.write_path(out, placeholders);
        out.push(')');
    }

    fn holds_for_absent(&self) -> bool {
        !self.exists
    }
}

impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for Exists<P> {}

/// `attribute_type(path, type)`
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct AttributeType<P> {
    path: P,
    tag: Tag,
}

impl<P> AttributeType<P> {
    pub(super) const fn new(path: P, tag: Tag) -> Self {
        Self { path, tag }
    }
}

impl<P: Path> Condition for AttributeType<P> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        out.push_str("attribute_type(");
        self.path.write_path(out, placeholders);
        out.push_str(", ");
        placeholders.push_value(out, |writer| {
            writer.string(self.tag.name());
            Ok(())
        });
        out.push(')');
    }
}

impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for AttributeType<P> {}

/// `begins_with(path, prefix)`
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct BeginsWith<P, O> {
    path: P,
    prefix: O,
}

impl<P, O> BeginsWith<P, O> {
    pub(super) const fn new(path: P, prefix: O) -> Self {
        Self { path, prefix }
    }
}

impl<P: Path, O: Operand<P::Value, P::Model>> Condition for BeginsWith<P, O> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if self.prefix.is_absent_operand() {
            let error = EncodeError::new("`begins_with` needs a value, not an absent one");
            return placeholders.refuse(self.path.locate(error));
        }
        out.push_str("begins_with(");
        self.path.write_path(out, placeholders);
        out.push_str(", ");
        placeholders
            .locating(|error| self.path.locate(error), |placeholders| self.prefix.write(out, placeholders));
        out.push(')');
    }
}

impl<Ix, P: FilterOn<Ix>, O: FilterOn<Ix>> FilterOn<Ix> for BeginsWith<P, O> {}

/// `contains(path, operand)`
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct Contains<P, O> {
    path: P,
    operand: O,
}

impl<P, O> Contains<P, O> {
    pub(super) const fn new(path: P, operand: O) -> Self {
        Self { path, operand }
    }
}

impl<P, O> Condition for Contains<P, O>
where
    P: Path<Value: ContainsElement>,
    O: Operand<<P::Value as ContainsElement>::Element, P::Model>,
{
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if self.operand.is_absent_operand() {
            let error = EncodeError::new("`contains` needs a value, not an absent one");
            return placeholders.refuse(self.path.locate(error));
        }
        out.push_str("contains(");
        self.path.write_path(out, placeholders);
        out.push_str(", ");
        placeholders
            .locating(|error| self.path.locate(error), |placeholders| self.operand.write(out, placeholders));
        out.push(')');
    }
}

impl<Ix, P: FilterOn<Ix>, O: FilterOn<Ix>> FilterOn<Ix> for Contains<P, O> {}
