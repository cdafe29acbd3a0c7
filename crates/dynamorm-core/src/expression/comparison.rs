use super::{
    condition::{Condition, Precedence},
    filter_on::FilterOn,
    operand::Operand,
    path::Path,
    placeholders::Placeholders,
};
use crate::{codec::EncodeError, limits::MAX_IN_OPERANDS};

/// The comparators of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparator {
    const fn text(self) -> &'static str {
        match self {
            Self::Equal => " = ",
            Self::NotEqual => " <> ",
            Self::Less => " < ",
            Self::LessOrEqual => " <= ",
            Self::Greater => " > ",
            Self::GreaterOrEqual => " >= ",
        }
    }
}

/// A comparison of a path with an operand.
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct Comparison<P, O> {
    path: P,
    comparator: Comparator,
    operand: O,
}

impl<P, O> Comparison<P, O> {
    pub(super) const fn new(path: P, comparator: Comparator, operand: O) -> Self {
        Self { path, comparator, operand }
    }
}

impl<P: Path, O: Operand<P::Value>> Condition for Comparison<P, O> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if self.operand.is_absent_operand() {
            match self.comparator {
                Comparator::Equal => out.push_str("attribute_not_exists("),
                Comparator::NotEqual => out.push_str("attribute_exists("),
                Comparator::Less
                | Comparator::LessOrEqual
                | Comparator::Greater
                | Comparator::GreaterOrEqual => {
                    placeholders.refuse(EncodeError::new(
                        "an absent value has no order; compare it with `eq` or `ne`, or give a value",
                    ));
                    return;
                }
            }
            self.path.write_path(out, placeholders);
            out.push(')');
            return;
        }
        self.path.write_path(out, placeholders);
        out.push_str(self.comparator.text());
        self.operand.write(out, placeholders);
    }

    fn holds_for_absent(&self) -> bool {
        // An attribute that is not there is unequal to every value.
        match self.comparator {
            Comparator::Equal => self.operand.is_absent_operand(),
            Comparator::NotEqual => !self.operand.is_absent_operand(),
            Comparator::Less | Comparator::LessOrEqual | Comparator::Greater | Comparator::GreaterOrEqual => {
                false
            }
        }
    }
}

impl<Ix, P: FilterOn<Ix>, O> FilterOn<Ix> for Comparison<P, O> {}

/// `path BETWEEN low AND high`
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct Between<P, L, H> {
    path: P,
    low: L,
    high: H,
}

impl<P, L, H> Between<P, L, H> {
    pub(super) const fn new(path: P, low: L, high: H) -> Self {
        Self { path, low, high }
    }
}

impl<P: Path, L: Operand<P::Value>, H: Operand<P::Value>> Condition for Between<P, L, H> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if self.low.is_absent_operand() || self.high.is_absent_operand() {
            placeholders.refuse(EncodeError::new("`between` needs two values, not an absent one"));
        }
        self.path.write_path(out, placeholders);
        out.push_str(" BETWEEN ");
        self.low.write(out, placeholders);
        out.push_str(" AND ");
        self.high.write(out, placeholders);
    }
}

impl<Ix, P: FilterOn<Ix>, L, H> FilterOn<Ix> for Between<P, L, H> {}

/// `path IN (…)`
#[derive(Clone, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct InList<P, O> {
    path: P,
    operands: Vec<O>,
}

impl<P, O> InList<P, O> {
    pub(super) const fn new(path: P, operands: Vec<O>) -> Self {
        Self { path, operands }
    }
}

impl<P: Path, O: Operand<P::Value>> Condition for InList<P, O> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if self.operands.len() > MAX_IN_OPERANDS {
            placeholders.refuse(EncodeError::new(format!(
                "`one_of` has {} operands; the limit is {MAX_IN_OPERANDS}",
                self.operands.len()
            )));
        }
        if self.operands.is_empty() {
            // No condition is never true by itself; an attribute cannot be there and not be there.
            out.push_str("attribute_exists(");
            self.path.write_path(out, placeholders);
            out.push_str(") AND attribute_not_exists(");
            self.path.write_path(out, placeholders);
            out.push(')');
            return;
        }
        self.path.write_path(out, placeholders);
        out.push_str(" IN (");
        for (position, operand) in self.operands.iter().enumerate() {
            if position > 0 {
                out.push_str(", ");
            }
            operand.write(out, placeholders);
        }
        out.push(')');
    }

    fn precedence(&self) -> Precedence {
        if self.operands.is_empty() { Precedence::And } else { Precedence::Atom }
    }
}

impl<Ix, P: FilterOn<Ix>, O> FilterOn<Ix> for InList<P, O> {}
