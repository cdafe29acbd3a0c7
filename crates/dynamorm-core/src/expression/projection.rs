use super::placeholders::Placeholders;

/// The projection expression that names `attributes`; empty for none.
pub fn projection(attributes: &[&'static str], placeholders: &mut Placeholders) -> String {
    let mut out = String::new();
    for attribute in attributes {
        if !out.is_empty() {
            out.push_str(", ");
        }
        placeholders.push_name(&mut out, *attribute);
    }
    out
}
