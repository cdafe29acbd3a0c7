use super::{
    absence::Absence, filter_on::FilterOn, operand::Operand, path::Path, placeholders::Placeholders,
};
use crate::codec::{EncodeError, Writer};

/// What a condition compares with an operand: what a path leads to, or the size of it.
pub trait Compared: Sized {
    /// The model or nested struct that it belongs to.
    type Model;
    /// The type of what is compared.
    type Value;

    /// Appends it to an expression.
    fn write_compared(&self, out: &mut String, placeholders: &mut Placeholders);

    /// Puts the error of an operand inside the attribute that is compared.
    #[must_use]
    fn locate_error(&self, error: EncodeError) -> EncodeError;

    /// Whether the operand stands for an absent attribute here.
    fn is_absent_here<V, M>(operand: &impl Operand<V, M>) -> bool {
        operand.is_absent_operand()
    }
}

impl<P: Path> Compared for P {
    type Model = P::Model;
    type Value = P::Value;

    fn write_compared(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.write_path(out, placeholders);
    }

    fn locate_error(&self, error: EncodeError) -> EncodeError {
        self.locate(error)
    }

    fn is_absent_here<V, M>(operand: &impl Operand<V, M>) -> bool {
        P::is_absent(operand)
    }
}

/// The size of what a path leads to: it can be compared, with sizes too, and nothing else.
#[derive(Clone, Copy, Debug)]
#[must_use = "compare the size with something, such as `.lt(10)`"]
pub struct Size<P>(pub(super) P);

impl<P: Path> Compared for Size<P> {
    type Model = P::Model;
    type Value = u64;

    fn write_compared(&self, out: &mut String, placeholders: &mut Placeholders) {
        out.push_str("size(");
        self.0.write_path(out, placeholders);
        out.push(')');
    }

    fn locate_error(&self, error: EncodeError) -> EncodeError {
        self.0.locate(error)
    }
}

impl<P: Path> Operand<u64, P::Model> for Size<P> {
    fn write(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.write_compared(out, placeholders);
    }

    fn encode_operand(&self, _: &mut Writer) -> Result<bool, EncodeError> {
        Ok(false)
    }
}

impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for Size<P> {}
