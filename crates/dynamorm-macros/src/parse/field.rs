use std::fmt;

use proc_macro2::Span;
use syn::{Attribute, Ident, LitStr, Path};

use super::{
    argument::{NamedArgument, Value, of_attributes},
    given::Given,
};
use crate::errors::Errors;

/// The options on a field.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) rename: Given<LitStr>,
    pub(crate) skip_if_empty: Given<Span>,
    pub(crate) default: Given<Fallback>,
    /// Every role that is named, with its place.
    pub(crate) roles: Vec<(Role, Ident)>,
}

/// What a missing attribute is read as.
#[derive(Clone)]
pub(crate) enum Fallback {
    /// `default`
    Default,
    /// `default = path::to::function`
    Function(Path),
}

/// What DynamORM itself does with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Ttl,
    CreatedAt,
    UpdatedAt,
    Version,
}

impl Role {
    pub(crate) const ALL: [Self; 4] = [Self::Ttl, Self::CreatedAt, Self::UpdatedAt, Self::Version];

    fn name(self) -> &'static str {
        match self {
            Self::Ttl => "ttl",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Version => "version",
        }
    }

    fn named(name: &Ident) -> Option<Self> {
        Self::ALL.into_iter().find(|role| name == role.name())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FieldOptions {
    const OPTIONS: [&'static str; 7] =
        ["rename", "skip_if_empty", "default", "ttl", "created_at", "updated_at", "version"];

    pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for argument in of_attributes(attributes, errors) {
            if let Some(role) = Role::named(&argument.name) {
                options.roles.extend(argument.flag(errors).map(|_| (role, argument.name.clone())));
                continue;
            }
            match argument.name.to_string().as_str() {
                "rename" => argument.keep(&mut options.rename, argument.text(errors), errors),
                "skip_if_empty" => {
                    argument.keep(&mut options.skip_if_empty, argument.flag(errors), errors);
                }
                "default" => {
                    argument.keep(&mut options.default, Fallback::parse(&argument, errors), errors);
                }
                _ => argument.unknown(&Self::OPTIONS, errors),
            }
        }
        options
    }
}

impl Fallback {
    fn parse(argument: &NamedArgument, errors: &mut Errors) -> Option<Self> {
        match &argument.value {
            Value::Nothing => Some(Self::Default),
            Value::Path(path) => Some(Self::Function(path.clone())),
            _ => argument.wrong(
                errors,
                "`default` stands by itself or takes a function; write `default` or `default = path::to::function`",
            ),
        }
    }
}
