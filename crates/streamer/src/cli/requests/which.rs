use std::fmt;

use clap::{Args, builder::NonEmptyStringValueParser};
use streamer_store::{ErrorKind as StoreErrorKind, RequestKey};

use super::super::output::printable;
use crate::error::{Error, ErrorKind};

/// Which request.
#[derive(Args, Debug)]
pub(super) struct Which {
    /// The request's id.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    id: String,
    /// The tenant it is of.
    #[arg(long, value_name = "TENANT", value_parser = NonEmptyStringValueParser::new())]
    tenant: String,
}

impl Which {
    pub(super) fn key(&self) -> RequestKey {
        RequestKey::new(self.tenant.as_str(), self.id.as_str())
    }

    /// What the store said of it, in the command line's words.
    pub(super) fn failed(&self, error: streamer_store::Error) -> Error {
        match error.kind() {
            StoreErrorKind::NotFound => Error::new(ErrorKind::NotFound, format!("there is no {self}")),
            _ => error.into(),
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request `{}` of tenant `{}`", printable(&self.id), printable(&self.tenant))
    }
}
