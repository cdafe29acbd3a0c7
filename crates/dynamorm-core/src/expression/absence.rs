use super::{operand::Operand, path::Path};
use crate::codec::Writer;

/// Tells which operands stand for an absent attribute, by the path that they are for.
pub trait Absence: Path {
    /// Whether the operand stands for an absent attribute here: `None`, an empty set, a value that a write leaves out.
    fn is_absent<V, M>(operand: &impl Operand<V, M>) -> bool {
        if Self::STORES_ABSENT {
            return false;
        }
        operand.is_absent_operand()
            || Self::LEFT_OUT.is_some_and(|is_left_out| {
                let mut writer = Writer::new();
                operand.encode_operand(&mut writer) == Ok(true) && is_left_out(writer.as_bytes())
            })
    }
}

impl<P: Path> Absence for P {}
