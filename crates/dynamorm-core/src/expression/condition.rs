use super::{filter_on::FilterOn, placeholders::Placeholders};
use crate::codec::EncodeError;

/// How tightly a condition binds: what decides where parentheses stand. DynamoDB refuses those that are redundant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
    /// Joined by `OR`.
    Or,
    /// Joined by `AND`.
    And,
    /// `NOT`, a comparison or a function.
    Atom,
}

/// A condition on an item of one model: what `only_if` and filters take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    note = "conditions are made of fields, such as `Model::fields().name.eq(\"…\")`, joined by `and`, `or` and `not`"
)]
pub trait Condition: Sized {
    /// The model whose items it concerns.
    type Model;

    /// Appends the condition to an expression.
    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders);

    /// How tightly it binds.
    fn precedence(&self) -> Precedence {
        Precedence::Atom
    }

    /// Whether it holds for an item without attributes, such as one that has expired.
    fn holds_for_absent(&self) -> bool {
        false
    }

    /// Whether it is a filter without conditions, which every item passes.
    fn is_empty(&self) -> bool {
        false
    }

    /// Both conditions.
    fn and<C: Condition<Model = Self::Model>>(self, other: C) -> And<Self, C> {
        And(self, other)
    }

    /// At least one of the two conditions.
    fn or<C: Condition<Model = Self::Model>>(self, other: C) -> Or<Self, C> {
        Or(self, other)
    }

    /// The opposite of the condition.
    fn not(self) -> Not<Self> {
        Not(self)
    }
}

/// Appends `condition`, in parentheses if it binds less tightly than where it stands.
pub(super) fn write_within<C: Condition>(
    condition: &C,
    within: Precedence,
    out: &mut String,
    placeholders: &mut Placeholders,
) {
    if condition.precedence() < within {
        out.push('(');
        condition.write_condition(out, placeholders);
        out.push(')');
    } else {
        condition.write_condition(out, placeholders);
    }
}

/// An empty filter is passed by every item; under `OR` or `NOT` there is nothing that could be written for it.
fn refuse_empty(is_empty: bool, placeholders: &mut Placeholders) {
    if is_empty {
        placeholders.refuse(EncodeError::new("a filter without conditions cannot stand in `or` or `not`"));
    }
}

/// A condition in hand, to be used again.
impl<C: Condition> Condition for &C {
    type Model = C::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        (**self).write_condition(out, placeholders);
    }

    fn precedence(&self) -> Precedence {
        (**self).precedence()
    }

    fn holds_for_absent(&self) -> bool {
        (**self).holds_for_absent()
    }

    fn is_empty(&self) -> bool {
        (**self).is_empty()
    }
}

impl<Ix, C: Condition + FilterOn<Ix>> FilterOn<Ix> for &C {}

/// Both of two conditions.
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct And<A, B>(A, B);

impl<A: Condition, B: Condition<Model = A::Model>> Condition for And<A, B> {
    type Model = A::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        if !self.0.is_empty() {
            write_within(&self.0, Precedence::And, out, placeholders);
            if !self.1.is_empty() {
                out.push_str(" AND ");
            }
        }
        if !self.1.is_empty() {
            write_within(&self.1, Precedence::And, out, placeholders);
        }
    }

    fn precedence(&self) -> Precedence {
        Precedence::And
    }

    fn holds_for_absent(&self) -> bool {
        self.0.holds_for_absent() && self.1.holds_for_absent()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty() && self.1.is_empty()
    }
}

impl<Ix, A: FilterOn<Ix>, B: FilterOn<Ix>> FilterOn<Ix> for And<A, B> {}

/// At least one of two conditions.
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct Or<A, B>(A, B);

impl<A: Condition, B: Condition<Model = A::Model>> Condition for Or<A, B> {
    type Model = A::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        refuse_empty(self.0.is_empty() || self.1.is_empty(), placeholders);
        write_within(&self.0, Precedence::Or, out, placeholders);
        out.push_str(" OR ");
        write_within(&self.1, Precedence::Or, out, placeholders);
    }

    fn precedence(&self) -> Precedence {
        Precedence::Or
    }

    fn holds_for_absent(&self) -> bool {
        self.0.holds_for_absent() || self.1.holds_for_absent()
    }
}

impl<Ix, A: FilterOn<Ix>, B: FilterOn<Ix>> FilterOn<Ix> for Or<A, B> {}

/// The opposite of a condition.
#[derive(Clone, Copy, Debug)]
#[must_use = "a condition does nothing until it is given to a verb"]
pub struct Not<A>(A);

impl<A: Condition> Condition for Not<A> {
    type Model = A::Model;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        refuse_empty(self.0.is_empty(), placeholders);
        out.push_str("NOT ");
        write_within(&self.0, Precedence::Atom, out, placeholders);
    }

    fn holds_for_absent(&self) -> bool {
        !self.0.holds_for_absent()
    }
}

impl<Ix, A: FilterOn<Ix>> FilterOn<Ix> for Not<A> {}
