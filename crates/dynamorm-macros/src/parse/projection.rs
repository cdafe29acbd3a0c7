use syn::{Attribute, Path};

use super::{argument::of_attributes, given::Given};
use crate::errors::Errors;

/// The options on a struct that derives `Projection`.
#[derive(Default)]
pub(crate) struct ProjectionOptions {
    pub(crate) crate_path: Given<Path>,
    pub(crate) model: Given<Path>,
}

impl ProjectionOptions {
    pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for argument in of_attributes(attributes, errors) {
            match argument.name.to_string().as_str() {
                "model" => argument.keep(&mut options.model, argument.path(errors), errors),
                "crate" => argument.keep(&mut options.crate_path, argument.quoted_path(errors), errors),
                _ => argument.unknown(&["model", "crate"], errors),
            }
        }
        options
    }
}
