use super::{
    compared::Compared,
    condition::{Condition, Precedence},
    filter_on::FilterOn,
    operand::Operand,
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

/// A comparison of a path, or of a size, with an operand.
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

impl<P: Compared, O: Operand<P::Value, P::Model>> Condition for Comparison<P, O> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if P::is_absent_here(&self.operand) {
            match self.comparator {
                Comparator::Equal => out.push_str("attribute_not_exists("),
                Comparator::NotEqual => out.push_str("attribute_exists("),
                Comparator::Less
                | Comparator::LessOrEqual
                | Comparator::Greater
                | Comparator::GreaterOrEqual => {
                    let reason =
                        "an absent value has no order; compare it with `eq` or `ne`, or give a value";
                    placeholders.refuse(self.path.locate_error(EncodeError::new(reason)));
                    return;
                }
            }
            self.path.write_compared(out, placeholders);
            out.push(')');
            return;
        }
        self.path.write_compared(out, placeholders);
        out.push_str(self.comparator.text());
        placeholders.locating(
            |error| self.path.locate_error(error),
            |placeholders| self.operand.write(out, placeholders),
        );
    }

    fn holds_for_absent(&self) -> bool {
        // An attribute that is not there is unequal to every value.
        match self.comparator {
            Comparator::Equal => P::is_absent_here(&self.operand),
            Comparator::NotEqual => !P::is_absent_here(&self.operand),
            Comparator::Less | Comparator::LessOrEqual | Comparator::Greater | Comparator::GreaterOrEqual => {
                false
            }
        }
    }
}

impl<Ix, P: FilterOn<Ix>, O: FilterOn<Ix>> FilterOn<Ix> for Comparison<P, O> {}

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

impl<P, L, H> Condition for Between<P, L, H>
where
    P: Compared,
    L: Operand<P::Value, P::Model>,
    H: Operand<P::Value, P::Model>,
{
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if self.low.is_absent_operand() || self.high.is_absent_operand() {
            let error = EncodeError::new("`between` needs two values, not an absent one");
            return placeholders.refuse(self.path.locate_error(error));
        }
        self.path.write_compared(out, placeholders);
        out.push_str(" BETWEEN ");
        placeholders.locating(
            |error| self.path.locate_error(error),
            |placeholders| {
                self.low.write(out, placeholders);
                out.push_str(" AND ");
                self.high.write(out, placeholders);
            },
        );
    }
}

impl<Ix, P: FilterOn<Ix>, L: FilterOn<Ix>, H: FilterOn<Ix>> FilterOn<Ix> for Between<P, L, H> {}

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

impl<P: Compared, O: Operand<P::Value, P::Model>> Condition for InList<P, O> {
    type Model = P::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if self.operands.len() > MAX_IN_OPERANDS {
            let count = self.operands.len();
            let error =
                EncodeError::new(format!("`one_of` has {count} operands; the limit is {MAX_IN_OPERANDS}"));
            return placeholders.refuse(self.path.locate_error(error));
        }
        if self.operands.iter().any(|operand| P::is_absent_here(operand)) {
            let error = EncodeError::new(
                "`one_of` needs values, not an absent one; join that by `or`, as in `.or(field.not_exists())`",
            );
            return placeholders.refuse(self.path.locate_error(error));
        }
        if self.operands.is_empty() {
            // No condition is never true by itself; an attribute cannot be there and not be there.
            out.push_str("attribute_exists(");
            self.path.write_compared(out, placeholders);
            out.push_str(") AND attribute_not_exists(");
            self.path.write_compared(out, placeholders);
            out.push(')');
            return;
        }
        self.path.write_compared(out, placeholders);
        out.push_str(" IN (");
        placeholders.locating(
            |error| self.path.locate_error(error),
            |placeholders| {
                for (position, operand) in self.operands.iter().enumerate() {
                    if position > 0 {
                        out.push_str(", ");
                    }
                    operand.write(out, placeholders);
                }
            },
        );
        out.push(')');
    }

    fn precedence(&self) -> Precedence {
        if self.operands.is_empty() { Precedence::And } else { Precedence::Atom }
    }
}

impl<Ix, P: FilterOn<Ix>, O: FilterOn<Ix>> FilterOn<Ix> for InList<P, O> {}
