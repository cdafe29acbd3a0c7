use proc_macro2::Span;
use syn::{Attribute, Path};

use super::{
    argument::{NamedArgument, of_attributes},
    given::Given,
};
use crate::errors::{Errors, did_you_mean};

/// The options on an enum that derives `Collection`.
#[derive(Default)]
pub(crate) struct CollectionOptions {
    pub(crate) crate_path: Given<Path>,
    pub(crate) unknown: Given<(UnknownOption, Span)>,
}

/// What becomes of an item that is of none of the models, as `unknown = …` says.
#[derive(Clone, Copy)]
pub(crate) enum UnknownOption {
    Error,
    Skip,
}

impl CollectionOptions {
    const OPTIONS: [&'static str; 2] = ["unknown", "crate"];

    pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for argument in of_attributes(attributes, errors) {
            match argument.name.to_string().as_str() {
                "unknown" => argument.keep(&mut options.unknown, unknown(&argument, errors), errors),
                "crate" => argument.keep(&mut options.crate_path, argument.quoted_path(errors), errors),
                _ => argument.unknown(&Self::OPTIONS, errors),
            }
        }
        options
    }

    /// Whether a variant takes the items that are of none of the models: `#[dynamorm(raw)]`.
    pub(crate) fn is_raw(attributes: &[Attribute], errors: &mut Errors) -> bool {
        let mut raw = Given::Missing;
        for argument in of_attributes(attributes, errors) {
            match argument.name.to_string().as_str() {
                "raw" => argument.keep(&mut raw, argument.flag(errors), errors),
                _ => argument.unknown(&["raw"], errors),
            }
        }
        raw.right().is_some()
    }
}

fn unknown(argument: &NamedArgument, errors: &mut Errors) -> Option<(UnknownOption, Span)> {
    let ident = argument.ident(errors)?;
    match ident.to_string().as_str() {
        "error" => Some((UnknownOption::Error, ident.span())),
        "skip" => Some((UnknownOption::Skip, ident.span())),
        "raw" => argument.wrong(errors, "mark the variant instead: `#[dynamorm(raw)] Other(RawItem)`"),
        name => {
            let hint = did_you_mean(name, ["error", "skip"]);
            let hint = if hint.is_empty() {
                "; known are `error` and `skip`, and a variant can be marked `#[dynamorm(raw)]`".to_owned()
            } else {
                hint
            };
            argument.wrong(errors, format_args!("unknown policy `{name}`{hint}"))
        }
    }
}
