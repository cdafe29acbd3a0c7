use super::contract::Model;

/// A model with a `version` field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `version` field",
    label = "nothing tells one version of its items from another",
    note = "give it an integer field with `#[dynamorm(version)]`"
)]
pub trait Versioned: Model {}
