use super::{assignments::Assignments, contract::Model};
use crate::codec::EncodeError;

/// All fields of one group: those that share index-key templates and so change together.
///
/// The derive writes one struct a group; `Update::set_group` takes it.
pub trait KeyGroup {
    /// The model it is a group of.
    type Model: Model;

    /// Assigns every field of the group.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    fn assign(&self, assignments: &mut Assignments) -> Result<(), EncodeError>;
}
