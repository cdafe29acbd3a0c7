use syn::{Attribute, LitStr, Path};

use super::{argument::of_attributes, given::Given, model::rename_all};
use crate::{case::Case, errors::Errors};

/// The options on a type that derives `Attribute`, or on one variant of it.
#[derive(Default)]
pub(crate) struct NestedOptions {
    pub(crate) crate_path: Given<Path>,
    pub(crate) rename_all: Given<Case>,
    pub(crate) rename: Given<LitStr>,
}

impl NestedOptions {
    /// Reads the options of the type itself.
    pub(crate) fn parse_type(attributes: &[Attribute], errors: &mut Errors) -> Self {
        Self::parse(attributes, &["rename_all", "crate"], errors)
    }

    /// Reads the options of a variant.
    pub(crate) fn parse_variant(attributes: &[Attribute], errors: &mut Errors) -> Self {
        Self::parse(attributes, &["rename", "rename_all"], errors)
    }

    fn parse(attributes: &[Attribute], known: &[&str], errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for argument in of_attributes(attributes, errors) {
            let name = argument.name.to_string();
            if !known.contains(&name.as_str()) {
                argument.unknown(known, errors);
                continue;
            }
            match name.as_str() {
                "rename" => argument.keep(&mut options.rename, argument.text(errors), errors),
                "rename_all" => {
                    argument.keep(&mut options.rename_all, rename_all(&argument, errors), errors);
                }
                _ => argument.keep(&mut options.crate_path, argument.quoted_path(errors), errors),
            }
        }
        options
    }
}
