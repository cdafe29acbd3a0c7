use std::{fmt, marker::PhantomData};

use super::{
    condition::{Condition, Precedence, write_within},
    filter_on::FilterOn,
    placeholders::Placeholders,
};

/// A filter put together at run time: every part is checked as it goes in.
#[must_use = "a filter does nothing until it is given to a query"]
pub struct Filter<M, Ix> {
    parts: Vec<Box<dyn Part>>,
    _of: PhantomData<fn() -> (M, Ix)>,
}

/// A condition whose type is forgotten.
trait Part: Send + Sync {
    fn write(&self, out: &mut String, placeholders: &mut Placeholders);

    fn holds_for_absent(&self) -> bool;
}

struct Typed<C>(C);

impl<C: Condition + Send + Sync> Part for Typed<C> {
    fn write(&self, out: &mut String, placeholders: &mut Placeholders) {
        write_within(&self.0, Precedence::And, out, placeholders);
    }

    fn holds_for_absent(&self) -> bool {
        self.0.holds_for_absent()
    }
}

impl<M, Ix> Filter<M, Ix> {
    /// A filter that every item passes.
    pub fn new() -> Self {
        Self { parts: Vec::new(), _of: PhantomData }
    }

    /// Adds a condition that must hold besides those before.
    pub fn and<C>(mut self, condition: C) -> Self
    where
        C: Condition<Model = M> + FilterOn<Ix> + Send + Sync + 'static,
    {
        self.parts.push(Box::new(Typed(condition)));
        self
    }
}

impl<M, Ix> Default for Filter<M, Ix> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M, Ix> fmt::Debug for Filter<M, Ix> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("conditions", &self.parts.len()).finish_non_exhaustive()
    }
}

impl<M, Ix> Condition for Filter<M, Ix> {
    type Model = M;

    fn write_condition(&self, out: &mut String, placeholders: &mut Placeholders) {
        for (position, part) in self.parts.iter().enumerate() {
            if position > 0 {
                out.push_str(" AND ");
            }
            part.write(out, placeholders);
        }
    }

    fn precedence(&self) -> Precedence {
        Precedence::And
    }

    fn holds_for_absent(&self) -> bool {
        self.parts.iter().all(|part| part.holds_for_absent())
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl<M, Ix> FilterOn<Ix> for Filter<M, Ix> {}
