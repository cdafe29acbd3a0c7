use super::argument::{NamedArgument, Value};
use crate::errors::{Errors, did_you_mean, listed};

/// What the records of the table's stream hold of a changed item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamView {
    KeysOnly,
    NewImage,
    OldImage,
    NewAndOldImages,
}

impl StreamView {
    /// Every view by the name it bears in `stream`: DynamoDB's, in the case of the other options.
    const NAMED: [(&'static str, Self); 4] = [
        ("keys_only", Self::KeysOnly),
        ("new_image", Self::NewImage),
        ("old_image", Self::OldImage),
        ("new_and_old_images", Self::NewAndOldImages),
    ];

    /// The view that `stream = "…"` names.
    pub(super) fn parse(argument: &NamedArgument, errors: &mut Errors) -> Option<Self> {
        let names = Self::NAMED.map(|(name, _)| name);
        let Value::Text(text) = &argument.value else {
            let views = listed(&names, "or");
            return argument.wrong(
                errors,
                format_args!("`stream` takes {views} as a text; write `stream = \"new_and_old_images\"`"),
            );
        };
        let name = text.value();
        let view = Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, view)| *view);
        if view.is_none() {
            let hint = did_you_mean(&name, names);
            let hint = if hint.is_empty() { format!("; known are {}", listed(&names, "and")) } else { hint };
            errors.at(text, format_args!("unknown stream view `{name}`{hint}"));
        }
        view
    }
}
