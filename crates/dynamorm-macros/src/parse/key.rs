use syn::{Ident, LitStr, token};

use super::{
    argument::{Argument, NamedArgument, Value, named},
    given::Given,
};
use crate::errors::Errors;

const KEY_EXAMPLE: &str = "key(partition = \"ORDER#{order_id}\")";
const INDEX_EXAMPLE: &str = "index(name = \"user-index\", partition = user_id)";

/// `key(partition = …, sort = …, method = …)`
pub(crate) struct KeyOptions {
    pub(crate) place: Ident,
    pub(crate) partition: Given<KeySide>,
    pub(crate) sort: Given<KeySide>,
    pub(crate) method: Given<Ident>,
}

/// `index(name = "…", partition = …, sort = …, method = …, projection = …)`
pub(crate) struct IndexOptions {
    pub(crate) place: Ident,
    pub(crate) name: Given<LitStr>,
    pub(crate) partition: Given<KeySide>,
    pub(crate) sort: Given<KeySide>,
    pub(crate) method: Given<Ident>,
    pub(crate) projection: Given<ProjectionOption>,
}

/// The partition or sort side of a key.
pub(crate) enum KeySide {
    Field(Ident),
    Template { template: LitStr, attribute: Option<LitStr> },
}

/// `projection = all`, `keys` or `[field, field]`
pub(crate) enum ProjectionOption {
    All,
    Keys,
    Fields(token::Bracket, Vec<Ident>),
}

impl KeyOptions {
    const OPTIONS: [&'static str; 3] = ["partition", "sort", "method"];

    pub(crate) fn parse(argument: &NamedArgument, errors: &mut Errors) -> Option<Self> {
        let arguments = argument.arguments(KEY_EXAMPLE, errors)?;
        let mut options = Self {
            place: argument.name.clone(),
            partition: Given::Missing,
            sort: Given::Missing,
            method: Given::Missing,
        };
        for argument in named(arguments, errors) {
            match argument.name.to_string().as_str() {
                "partition" => {
                    argument.keep(&mut options.partition, KeySide::parse(&argument, errors), errors);
                }
                "sort" => argument.keep(&mut options.sort, KeySide::parse(&argument, errors), errors),
                "method" => argument.keep(&mut options.method, argument.ident(errors), errors),
                _ => argument.unknown(&Self::OPTIONS, errors),
            }
        }
        Some(options)
    }
}

impl IndexOptions {
    const OPTIONS: [&'static str; 5] = ["name", "partition", "sort", "method", "projection"];

    pub(crate) fn parse(argument: &NamedArgument, errors: &mut Errors) -> Option<Self> {
        let arguments = argument.arguments(INDEX_EXAMPLE, errors)?;
        let mut options = Self {
            place: argument.name.clone(),
            name: Given::Missing,
            partition: Given::Missing,
            sort: Given::Missing,
            method: Given::Missing,
            projection: Given::Missing,
        };
        for argument in named(arguments, errors) {
            match argument.name.to_string().as_str() {
                "name" => argument.keep(&mut options.name, argument.text(errors), errors),
                "partition" => {
                    argument.keep(&mut options.partition, KeySide::parse(&argument, errors), errors);
                }
                "sort" => argument.keep(&mut options.sort, KeySide::parse(&argument, errors), errors),
                "method" => argument.keep(&mut options.method, argument.ident(errors), errors),
                "projection" => {
                    let projection = ProjectionOption::parse(&argument, errors);
                    argument.keep(&mut options.projection, projection, errors);
                }
                _ => argument.unknown(&Self::OPTIONS, errors),
            }
        }
        Some(options)
    }
}

impl KeySide {
    fn parse(argument: &NamedArgument, errors: &mut Errors) -> Option<Self> {
        match &argument.value {
            Value::Path(path) if path.get_ident().is_some() => path.get_ident().cloned().map(Self::Field),
            Value::Text(template) => Some(Self::Template { template: template.clone(), attribute: None }),
            Value::Arguments(arguments) => Self::parse_template(argument, arguments, errors),
            Value::Nothing | Value::Path(_) | Value::List(..) => argument.wrong(
                errors,
                format_args!(
                    "`{0}` takes a field or a template; write `{0} = user_id` or `{0} = \"USER#{{user_id}}\"`",
                    argument.name
                ),
            ),
        }
    }

    fn parse_template(argument: &NamedArgument, arguments: &[Argument], errors: &mut Errors) -> Option<Self> {
        let [Argument::Text(template), options @ ..] = arguments else {
            return argument.wrong(
                errors,
                format_args!(
                    "`{0}(…)` begins with a template; write `{0}(\"USER#{{user_id}}\", attribute = \"…\")`",
                    argument.name
                ),
            );
        };

        let mut attribute = Given::Missing;
        for option in named(options.to_vec(), errors) {
            if option.name == "attribute" {
                option.keep(&mut attribute, option.text(errors), errors);
            } else {
                option.unknown(&["attribute"], errors);
            }
        }
        match attribute {
            Given::Wrong => None,
            attribute => Some(Self::Template { template: template.clone(), attribute: attribute.right() }),
        }
    }
}

impl ProjectionOption {
    fn parse(argument: &NamedArgument, errors: &mut Errors) -> Option<Self> {
        match &argument.value {
            Value::Path(path) if path.is_ident("all") => Some(Self::All),
            Value::Path(path) if path.is_ident("keys") => Some(Self::Keys),
            Value::List(bracket, fields) if !fields.is_empty() => {
                Some(Self::Fields(*bracket, fields.clone()))
            }
            _ => argument
                .wrong(errors, "`projection` is `all`, `keys` or a list of fields such as `[name, total]`"),
        }
    }
}
