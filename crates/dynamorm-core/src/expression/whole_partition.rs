use super::key_condition::QueryKey;

/// A whole partition of a table: what a model's `partition(…)` gives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a whole partition of a table",
    label = "expected what `Model::partition(…)` gives",
    note = "a collection is read from the partition of the table itself, and a sort key is of one model"
)]
pub trait WholePartition: QueryKey {}
