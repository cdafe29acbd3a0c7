//! Projection expressions: which attributes a read gives.

use dynamorm_core::expression::Placeholders;

/// The expression that names `attributes`; empty, which stands for all of them, where there is none.
pub(crate) fn expression(attributes: &[&'static str], placeholders: &mut Placeholders) -> String {
    let mut expression = String::new();
    for attribute in attributes {
        if !expression.is_empty() {
            expression.push_str(", ");
        }
        placeholders.push_name(&mut expression, *attribute);
    }
    expression
}
