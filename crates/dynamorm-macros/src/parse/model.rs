use syn::{Attribute, LitStr, Path};

use super::{
    argument::{NamedArgument, of_attributes},
    given::Given,
    key::{IndexOptions, KeyOptions},
    stream::StreamView,
};
use crate::{
    case::Case,
    errors::{Errors, did_you_mean, listed},
};

/// The options on a struct that derives `Model`.
#[derive(Default)]
pub(crate) struct ModelOptions {
    pub(crate) crate_path: Given<Path>,
    pub(crate) table: Given<LitStr>,
    pub(crate) rename_all: Given<Case>,
    pub(crate) key: Given<KeyOptions>,
    pub(crate) indexes: Vec<IndexOptions>,
    pub(crate) stream: Given<StreamView>,
}

impl ModelOptions {
    const OPTIONS: [&'static str; 6] = ["table", "key", "index", "stream", "rename_all", "crate"];

    pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for argument in of_attributes(attributes, errors) {
            match argument.name.to_string().as_str() {
                "table" => argument.keep(&mut options.table, argument.text(errors), errors),
                "key" => argument.keep(&mut options.key, KeyOptions::parse(&argument, errors), errors),
                "index" => options.indexes.extend(IndexOptions::parse(&argument, errors)),
                "stream" => {
                    argument.keep(&mut options.stream, StreamView::parse(&argument, errors), errors);
                }
                "rename_all" => {
                    argument.keep(&mut options.rename_all, rename_all(&argument, errors), errors);
                }
                "crate" => {
                    argument.keep(&mut options.crate_path, argument.quoted_path(errors), errors);
                }
                _ => argument.unknown(&Self::OPTIONS, errors),
            }
        }
        options
    }
}

/// The rule that `rename_all = "…"` names.
pub(super) fn rename_all(argument: &NamedArgument, errors: &mut Errors) -> Option<Case> {
    let text = argument.text(errors)?;
    let name = text.value();
    let case = Case::named(&name);
    if case.is_none() {
        let hint = did_you_mean(&name, Case::names());
        let hint =
            if hint.is_empty() { format!("; known are {}", listed(&Case::names(), "and")) } else { hint };
        errors.at(text, format_args!("unknown rule `{name}`{hint}"));
    }
    case
}
