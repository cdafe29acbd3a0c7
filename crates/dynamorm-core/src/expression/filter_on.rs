/// A condition that may filter a query of index `Ix`: it names none of the index's own key attributes, and only
/// attributes that the index carries.
#[diagnostic::on_unimplemented(
    message = "a filter on index `{Ix}` cannot name `{Self}`",
    label = "a key attribute of that index, or an attribute that it does not carry",
    note = "make a key attribute a key condition of the query; DynamoDB refuses it in a filter expression"
)]
pub trait FilterOn<Ix> {}
