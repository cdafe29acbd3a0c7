//! The handlers of a server or a worker, by their actions.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{contract::Handler, erased::ErasedHandler};
use crate::{
    error::{Error, Result},
    protocol::ACTION_CHARACTERS,
};

/// The handlers of a server or a worker, by their actions. Cheap to clone.
#[derive(Clone, Default)]
pub struct Handlers(BTreeMap<String, Arc<dyn ErasedHandler>>);

impl Handlers {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a handler; in place of the one that its action had.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for an action without a name, or with one that no
    /// message can have.
    pub fn add(&mut self, handler: impl Handler) -> Result<()> {
        let action = handler.action().to_owned();
        let characters = action.chars().count();
        if !(1..=ACTION_CHARACTERS).contains(&characters) {
            return Err(Error::configuration(format!(
                "an action's name has {characters} characters; it has at least 1 and {ACTION_CHARACTERS} at most"
            )));
        }
        self.0.insert(action, Arc::new(handler));
        Ok(())
    }

    /// Adds all of others; each in place of the one that its action had.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The names of the actions, in order.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn named(&self, action: &str) -> Option<&Arc<dyn ErasedHandler>> {
        self.0.get(action)
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
