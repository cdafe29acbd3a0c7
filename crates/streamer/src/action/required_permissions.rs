//! What an operator demands of whoever asks for an action.

use std::collections::{BTreeMap, BTreeSet};

use super::built_in::Action;
use crate::{
    auth::{Identity, MAX_PERMISSION_BYTES},
    error::{Error, Result},
    handler::Handlers,
};

/// The permissions that actions need besides those that their handlers ask for: any action that a server has, the ones
/// that every server has too.
///
/// They are asked of messages on connections. Who writes to the database itself, as `streamer requests` does, is not asked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RequiredPermissions(BTreeMap<String, BTreeSet<String>>);

impl RequiredPermissions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands a permission of whoever asks for an action, besides what it needs already.
    #[must_use]
    pub fn require(mut self, action: impl Into<String>, permission: impl Into<String>) -> Self {
        self.0.entry(action.into()).or_default().insert(permission.into());
        self
    }

    /// Checks that a server with these handlers has each of the actions, and that a token can have each of the permissions.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for an action that it has not, which names those that it
    /// has, and for a permission that no token can have.
    pub fn check(&self, handlers: &Handlers) -> Result<()> {
        let known: BTreeSet<_> =
            Action::ALL.map(Action::name).into_iter().chain(handlers.actions()).collect();
        if let Some(unknown) = self.0.keys().find(|action| !known.contains(action.as_str())) {
            let known: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
            return Err(Error::configuration(format!(
                "a permission is required for the action `{unknown}`, which the server does not have; it has {}",
                known.join(", ")
            )));
        }
        let impossible = |permission: &&String| !(1..=MAX_PERMISSION_BYTES).contains(&permission.len());
        match self.0.values().flatten().find(impossible) {
            None => Ok(()),
            Some(permission) => Err(Error::configuration(format!(
                "a permission that is required has {} bytes; one of a token has at least 1 and {MAX_PERMISSION_BYTES} at most",
                permission.len()
            ))),
        }
    }

    /// A permission that the action needs and the caller has not.
    pub(super) fn missing(&self, action: &str, identity: &Identity) -> Option<&str> {
        let needed = self.0.get(action)?;
        needed.iter().map(String::as_str).find(|permission| !identity.allows(permission))
    }
}
